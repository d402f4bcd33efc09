"""XY pictures: values stand where they belong, series differ, no label covers another."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.exports.canvas import Frame
from collector.exports.legend import entries, swatch
from collector.exports.paint import COLOURS, DASHES, LINES
from collector.exports.placing import Box, Place, Places, around
from collector.exports.scale import text_width
from collector.exports.svg import draw
from collector.exports.xy_series import POINTS_DRAWN
from collector.reports.report import (
    AxisLabel,
    LegendEntry,
    Meaning,
    ReferenceLine,
    SeriesKind,
    XYChart,
    XYMark,
    XYSeries,
)
from tests.collector.exports.sample_pictures import (
    crowd,
    cusum,
    duration,
    scatter,
    seasons,
    typical,
)
from tests.collector.exports.sample_report import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (358, 860)
SAMPLES = (duration, typical, seasons, scatter, crowd, cusum)
NUMBER = r"-?\d+(?:\.\d+)?"


def _chart(*series: XYSeries, **more: object) -> XYChart:
    chart = XYChart("title", "what is seen", "Hours", "h", "kW", series)
    return replace(chart, **more)  # type: ignore[arg-type]


def _series(kind: SeriesKind, *ys: float | None, **more: object) -> XYSeries:
    series = XYSeries("a", kind, "energy", tuple(float(n) for n in range(len(ys))), ys)
    return replace(series, **more)  # type: ignore[arg-type]


def _root(chart: XYChart, width: int = 860) -> ElementTree.Element:
    return ElementTree.fromstring(draw(chart, width, "k"))


def _lines(root: ElementTree.Element) -> list[str]:
    return [p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]


def _clouds(root: ElementTree.Element) -> list[str]:
    return [p.get("d", "") for p in root.iter(f"{SVG}path") if p.get("fill") != "none"]


def _frame(root: ElementTree.Element) -> Frame:
    """The rectangle inside the axes, read from its grid."""
    level = [line for line in root.iter(f"{SVG}line") if line.get("y1") == line.get("y2")]
    ys = [float(line.get("y1", "0")) for line in level]
    left, right = float(level[0].get("x1", "0")), float(level[0].get("x2", "0"))
    return Frame(left, min(ys), right, max(ys))


def _texts(root: ElementTree.Element) -> list[tuple[str, Box]]:
    size = float(root.get("font-size", "0"))
    found = []
    for text in root.iter(f"{SVG}text"):
        wide, x, y = (
            text_width(text.text or "", size),
            float(text.get("x", "0")),
            float(text.get("y", "0")),
        )
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor", "")]
        found.append((text.text or "", Box(left, y - size * 0.7, left + wide, y)))
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_all_that_is_drawn_stays_inside(sample: object, width: int) -> None:
    """Lines and points stay between the axes, texts inside the picture, in both widths."""
    chart: XYChart = sample(ja=True)  # type: ignore[operator]
    root = _root(chart, width)
    frame = _frame(root)
    for path in (*_lines(root), *_clouds(root)):
        for x, y in re.findall(rf"[ML]({NUMBER}) ({NUMBER})", path):
            assert frame.left - 4 <= float(x) <= frame.right + 4
            assert frame.top - 4 <= float(y) <= frame.bottom + 4
    for text, box in _texts(root):
        assert box.left >= -1, text
        assert box.right <= width + 1, text
        assert box.top >= 0, text
        assert box.bottom <= float(root.get("viewBox", "").split()[3]), text


@pytest.mark.parametrize("ja", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_no_label_covers_another(sample: object, width: int, ja: bool) -> None:
    """Ticks, titles, marks and references keep clear of each other."""
    chart: XYChart = sample(ja=ja)  # type: ignore[operator]
    for (one, left), (other, right) in combinations(_texts(_root(chart, width)), 2):
        assert not left.meets(right), (one, other)


def test_ids_are_the_keys() -> None:
    """Every id begins with the picture's key, so that a page can hold many."""
    root = _root(typical(ja=True))
    ids = [item.get("id", "") for item in root.iter() if item.get("id")]
    assert ids
    assert len(set(ids)) == len(ids)
    assert all(one.startswith("k-") for one in ids)


def test_a_point_stands_at_its_x_and_y() -> None:
    """Half of the x range and half of the y range are in the middle of the frame."""
    root = _root(_chart(_series("line", 0.0, 50.0, 94.0)))  # the axis runs to 100
    frame, (line,) = _frame(root), _lines(root)
    x, y = map(float, line.split("L")[1].split())
    assert x == pytest.approx((frame.left + frame.right) / 2, abs=0.1)
    assert y == pytest.approx((frame.top + frame.bottom) / 2, abs=0.1)


@pytest.mark.parametrize("gap", [None, math.nan, math.inf])
def test_what_is_not_known_breaks_the_line(gap: float | None) -> None:
    """A missing value, NaN or infinity is left blank; the value alone beside it is a dot."""
    root = _root(_chart(_series("line", 1.0, 2.0, gap, 3.0, gap, 4.0, 5.0)))
    (line,) = _lines(root)
    assert line.count("M") == 2
    (dot,) = _clouds(root)
    assert dot.count("M") == 1


def test_steps_hold_their_value_to_the_next_and_the_last_as_long() -> None:
    """Three steps of equal length end at the right edge; the corner is level, then upright."""
    root = _root(_chart(_series("steps", 10.0, 20.0, 30.0)))
    frame, (line,) = _frame(root), _lines(root)
    stops = [float(x) for x in re.findall(rf"H({NUMBER})", line)]
    third = frame.width / 3
    assert stops == pytest.approx([frame.left + third * n for n in (1, 2, 3)], abs=0.1)


def test_a_band_follows_the_steps_of_the_same_places() -> None:
    """A band has 2 corners a place as a polygon and 4 beside steps at the same x."""
    band = XYSeries("b", "band", "energy", (0.0, 1.0, 2.0), (), (1.0, 2.0, 3.0), (4.0, 5.0, 6.0))
    (plain,) = _clouds(_root(_chart(band)))
    (stepped,) = _clouds(_root(_chart(band, _series("steps", 2.0, 3.0, 4.0))))
    assert (len(plain.split("L")), len(stepped.split("L"))) == (6, 12)


def test_a_band_is_open_where_an_edge_is_missing() -> None:
    """Two stretches of a band stay apart; a place with one edge only is not filled."""
    band = XYSeries(
        "b", "band", "co2", (0.0, 1.0, 2.0, 3.0, 4.0), (), (1, 1, None, 1, 1), (2, 2, 2, 2, 2)
    )
    (path,) = _clouds(_root(_chart(band)))
    assert path.count("M") == path.count("Z") == 2


def test_every_point_is_drawn_up_to_the_bound_and_counted_in_cells_above() -> None:
    """1,500 points are 1,500 marks; 8,760 points are fewer dots, larger where there are more."""
    xs = tuple(float(n) for n in range(POINTS_DRAWN))
    few = XYSeries("a", "points", "energy", xs, xs)
    (path,) = _clouds(_root(_chart(few)))
    assert path.count("M") == POINTS_DRAWN
    root = _root(crowd(ja=True))
    dots = _clouds(root)
    assert 1 < len(dots) <= 4
    assert sum(path.count("M") for path in dots) < 8760
    radii = [float(re.findall(rf"a({NUMBER})", path)[0]) for path in dots]
    assert radii == sorted(radii)
    assert len(set(radii)) == len(radii)


def test_a_long_line_is_thinned_but_keeps_its_extremes() -> None:
    """Of 100,000 values a few a pixel are kept; a single spike among them is still drawn."""
    ys = [10.0] * 100_000
    ys[54_321] = 90.0
    root = _root(_chart(_series("line", *ys)))
    (line,) = _lines(root)
    places = [(float(x), float(y)) for x, y in re.findall(rf"({NUMBER}) ({NUMBER})", line)]
    assert len(places) < 4 * 860
    frame = _frame(root)
    spike = frame.bottom - 0.9 * frame.height
    assert min(y for _, y in places) == pytest.approx(spike, abs=0.2)


def test_the_y_axis_begins_at_zero_unless_told() -> None:
    """From zero, values of 900 to 1,000 use a tenth of the height; else most of it."""

    def used(chart: XYChart) -> float:
        root = _root(chart)
        ys = [float(y) for _, y in re.findall(rf"({NUMBER}) ({NUMBER})", _lines(root)[0])]
        return (max(ys) - min(ys)) / _frame(root).height

    chart = _chart(_series("line", 900.0, 1000.0))
    assert used(chart) < 0.15
    assert used(replace(chart, from_zero=False)) > 0.6


def test_values_below_zero_get_room() -> None:
    """A running sum that falls first is drawn on an axis with a line at zero."""
    texts = [text for text, _ in _texts(_root(cusum(ja=False)))]
    assert "−500" in texts
    assert "0" in texts


def test_series_of_one_meaning_differ_in_colour_and_stroke() -> None:
    """Four lines have four strokes and four colours; four clouds have four shapes."""
    root = _root(seasons(ja=True))
    drawn = [p for p in root.iter(f"{SVG}path") if p.get("fill") == "none"]
    assert len({p.get("stroke-dasharray", "") for p in drawn}) == len(DASHES) == 4
    assert len({p.get("stroke") for p in drawn}) == 4
    shapes = {
        draw(_chart(_series("points", 1.0, shade=n)), 860, "k").split("fill-opacity")[0]
        for n in range(4)
    }
    assert len(shapes) == 4


def _contrast(colour: str) -> float:
    """Contrast with white paper (WCAG 2)."""
    held = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in held)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@pytest.mark.parametrize("meaning", ["energy", "co2", "reference", "alarm", "plain"])
def test_lines_are_seen_on_paper(meaning: Meaning) -> None:
    """The first shade is the meaning's own colour; all stand out from white."""
    assert LINES[meaning][0] == COLOURS[meaning]
    assert all(_contrast(colour) > 2.4 for colour in LINES[meaning])


def test_the_legend_lists_the_series_once_and_what_is_added() -> None:
    """Series with a label come first, an added entry of the same name is not repeated."""
    chart = _chart(
        _series("line", 1.0), _series("points", 1.0, label=""),
        legend=(LegendEntry("a", "solid", "energy"), LegendEntry("b", "blank", "energy")),
    )  # fmt: skip
    assert [entry.label for entry in entries(chart)] == ["a", "b"]


@pytest.mark.parametrize("kind", ["line", "steps", "points", "band"])
@pytest.mark.parametrize("shade", range(4))
def test_the_sample_looks_like_the_series(kind: SeriesKind, shade: int) -> None:
    """The sample has the series' colour, and its stroke where it is a line."""
    series = _series(kind, 1.0, shade=shade)
    root = ElementTree.fromstring(swatch(series, "k"))
    assert LINES["energy"][shade] in ElementTree.tostring(root, "unicode")
    if kind != "points":
        (line,) = root.iter(f"{SVG}line")
        assert line.get("stroke-dasharray", "") == DASHES[shade]


def test_a_cloud_beside_its_model_is_told_from_it() -> None:
    """A dashed reference line over points is drawn after them, in grey."""
    root = _root(scatter(ja=True))
    drawn = [path.get("stroke-dasharray") for path in root.iter(f"{SVG}path")]
    assert drawn == [None, None, "7 5"]


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_labels_are_text_and_cut(width: int) -> None:
    """Names that are markup, very long or turn the text round stay inside the picture."""
    for name in HOSTILE:
        chart = _chart(
            _series("line", 1.0, 2.0, label=name), title=name, description=name, x_label=name,
            references=(ReferenceLine(1.5, name),), marks=(XYMark(1.0, 2.0, name),),
        )  # fmt: skip
        written = draw(chart, width, "k")
        root = ElementTree.fromstring(written)
        assert "<script" not in written
        assert "\u202e" not in written
        assert all(box.right <= width + 1 for _, box in _texts(root))


@pytest.mark.parametrize(
    "chart",
    [
        _chart(),
        _chart(_series("line")),
        _chart(_series("line", None, None)),
        _chart(_series("points", 5.0)),
        _chart(_series("steps", 5.0)),
        _chart(_series("line", 0.0, 0.0)),
        _chart(_series("line", 7.0, 7.0), from_zero=False),
        _chart(_series("line", math.nan, math.inf), from_zero=False),
        _chart(XYSeries("a", "band", "cost", (0.0,), (), (1.0,), (2.0,))),
        _chart(XYSeries("a", "points", "cost", (math.nan, 1.0), (1.0, 2.0))),
    ],
)
def test_little_or_nothing_can_be_drawn(chart: XYChart) -> None:
    """No series, no known value, one value, a flat line: a picture all the same."""
    root = _root(chart)
    assert "nan" not in ElementTree.tostring(root, "unicode")
    assert "inf" not in ElementTree.tostring(root, "unicode")


def test_named_ticks_take_the_place_of_numbers() -> None:
    """With named positions the x axis says them, without its numbers."""
    chart = _chart(
        _series("line", 1.0, 2.0, 3.0),
        x_ticks=(AxisLabel(0, "Mon", "M", 1, line=True), AxisLabel(1, "Tue", "T", 2, line=True)),
    )
    texts = [text for text, _ in _texts(_root(chart))]
    assert {"Mon", "Tue"} <= set(texts)
    assert "0.5" not in texts


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(st.floats(-100, 100), st.floats(-1e4, 1e4)), min_size=1, max_size=25),
    width=st.sampled_from(WIDTHS),
)
def test_labels_of_marks_anywhere_keep_clear_of_each_other(
    points: list[tuple[float, float]], width: int
) -> None:
    """However the marks lie, labels that are written do not overlap."""
    marks = tuple(XYMark(x, y, f"mark {n}") for n, (x, y) in enumerate(points))
    series = XYSeries(
        "", "points", "energy", tuple(x for x, _ in points), tuple(y for _, y in points)
    )
    root = _root(_chart(series, marks=marks), width)
    named = [box for text, box in _texts(root) if text.startswith("mark")]
    assert named
    assert not any(one.meets(other) for one, other in combinations(named, 2))


def test_a_label_without_any_free_place_is_left_out() -> None:
    """In a frame that is full nothing more is written."""
    places = Places(Frame(0, 0, 60, 20), 10)
    assert places.first_free("abcdef", [Place(30, 15, "middle")]) == Place(30, 15, "middle")
    assert places.first_free("abcdef", around(30, 15, 10)) is None

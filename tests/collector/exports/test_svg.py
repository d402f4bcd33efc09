"""Pictures: values land where they belong, quality can be seen, text stays inside."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from collector.exports.legend import swatch
from collector.exports.paint import COLOURS, HEAT
from collector.exports.scale import text_width
from collector.exports.svg import draw
from collector.reports.report import (
    AxisLabel,
    Bar,
    BarChart,
    BarPart,
    HeatCell,
    HeatMap,
    LegendEntry,
    Mark,
    Picture,
    ReferenceLine,
    Span,
    StepChart,
    StepPoint,
    Swatch,
)
from collector.reports.site_overview import site_overview
from tests.collector.reports.sample_site import one_meter, plant, year

WIDTHS = (358, 860)
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert("1")</script>&\''


def _step_chart(*points: StepPoint) -> StepChart:
    return StepChart(
        HOSTILE, "what is seen", "kW", "energy", 0, 400, 100, points,
        ticks=(AxisLabel(0, HOSTILE, HOSTILE, 200, line=True),),
        shades=(Span(200, 300),),
        references=(ReferenceLine(80, HOSTILE),),
        marks=(Mark(150, 60, HOSTILE),),
    )  # fmt: skip


def _bar_chart(*bars: Bar) -> BarChart:
    series = (LegendEntry("a", "solid", "energy", 0), LegendEntry("b", "solid", "energy", 1))
    return BarChart("bars", "", "kWh", series, bars)


def _heat_map(rows: tuple[tuple[HeatCell, ...], ...], gap_rows: bool) -> HeatMap:
    labels = (AxisLabel(0, "a", "a", 1),)
    return HeatMap("heat", "", "kW", "energy", rows, labels, labels, 0.0, 12.0, gap_rows=gap_rows)


def _pictures() -> list[Picture]:
    reports = [site_overview(data(), "ja") for data in (plant, one_meter, year)]
    sections = [section for report in reports for section in report.sections]
    kinds = (StepChart, BarChart, HeatMap)
    return [block for section in sections for block in section.blocks if isinstance(block, kinds)]


@pytest.mark.parametrize("width", WIDTHS)
def test_every_picture_is_well_formed_and_says_what_it_is(width: int) -> None:
    """Each picture of a week and of a year parses, with a title, a description and a role."""
    for picture in _pictures():
        root = ElementTree.fromstring(draw(picture, width, "k"))
        title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
        assert title is not None
        assert description is not None
        assert root.get("role") == "img"
        assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
        assert title.text == picture.title


@pytest.mark.parametrize("width", WIDTHS)
def test_no_text_leaves_the_picture(width: int) -> None:
    """Every text ends within the picture's width, at phone width too."""
    for picture in _pictures():
        root = ElementTree.fromstring(draw(picture, width, "k"))
        size = float(root.get("font-size", "0"))
        for text in root.iter(f"{SVG}text"):
            wide, x = text_width(text.text or "", size), float(text.get("x", "0"))
            start = {"start": x, "middle": x - wide / 2, "end": x - wide}[
                text.get("text-anchor", "")
            ]
            assert start >= -1, text.text
            assert start + wide <= width + 1, text.text


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_is_harmless(width: int) -> None:
    """Markup in titles, labels, references and marks is text, not markup."""
    written = draw(_step_chart(StepPoint(0, 10.0)), width, "k")
    root = ElementTree.fromstring(written)
    assert "<script" not in written
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert texts.count(HOSTILE) == 3


def test_a_gap_in_the_steps_stays_blank() -> None:
    """Between two known slots with a missing one no line is drawn."""
    chart = _step_chart(
        StepPoint(0, 10.0), StepPoint(100, None, "missing"), StepPoint(200, 20.0)
    )  # fmt: skip
    root = ElementTree.fromstring(draw(chart, 860, "k"))
    lines = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke")]
    assert len(lines) == 2
    ends = [[float(x) for x in re.findall(r"[MH](-?[\d.]+)", line)] for line in lines]
    assert max(ends[0]) < min(ends[1])


def test_a_step_stands_at_its_value() -> None:
    """Half the axis' range is drawn at half the height, for the length of the step."""
    root = ElementTree.fromstring(draw(_step_chart(StepPoint(100, 50.0)), 860, "k"))
    (line,) = [path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("stroke")]
    grid = [float(item.get("y1", "0")) for item in root.iter(f"{SVG}line")
            if item.get("y1") == item.get("y2") and not item.get("stroke-dasharray")]  # fmt: skip
    # The axis runs to 100, above the reference of 80.
    assert float(line.split()[1].split("H")[0]) == pytest.approx(
        (min(grid) + max(grid)) / 2, abs=0.1
    )


def test_estimated_is_hatched() -> None:
    """Estimated steps, bars and cells are filled with stripes, measured ones are not."""
    bar = Bar("a", "a", "a", (BarPart(10, 4), None))
    cells = ((HeatCell(3.0), HeatCell(4.0, "estimated")),)
    pictures: list[tuple[Picture, Picture]] = [
        (_step_chart(StepPoint(0, 5.0, "estimated")), _step_chart(StepPoint(0, 5.0))),
        (_bar_chart(bar), _bar_chart(Bar("a", "a", "a", (BarPart(10), None)))),
        (_heat_map(cells, True), _heat_map(((HeatCell(3.0),),), True)),
    ]
    for estimated, measured in pictures:
        assert 'fill="url(#k-estimated)"' in draw(estimated, 860, "k")
        assert 'fill="url(#k-estimated)"' not in draw(measured, 860, "k")


def test_bars_are_stacked_in_proportion() -> None:
    """Parts of 30 and 10 are drawn three to one, one above the other; a missing part is not."""
    bars = (Bar("a", "a", "a: 40", (BarPart(30), BarPart(10))), Bar("b", "b", "b", (None, None)))
    root = ElementTree.fromstring(draw(_bar_chart(*bars), 860, "k"))
    first, second = [list(group.iter(f"{SVG}rect")) for group in root.iter(f"{SVG}g")]
    low, high = [(float(r.get("y", "0")), float(r.get("height", "0"))) for r in first]
    assert low[1] / (high[1] + 0.8) == pytest.approx(3, rel=0.02)  # 0.8 px between parts
    assert high[0] + high[1] == pytest.approx(low[0], abs=1)
    assert second == []


@pytest.mark.parametrize("gap_rows", [True, False])
def test_heat_cells_take_the_colour_of_their_value(gap_rows: bool) -> None:
    """Of 0 to 12, the value 0 is the lightest and 12 the darkest; a missing cell has no colour."""
    cells = ((HeatCell(0.0), HeatCell(12.0), HeatCell(None, "missing"), HeatCell(6.0)),)
    root = ElementTree.fromstring(draw(_heat_map(cells, gap_rows), 860, "k"))
    (group,) = root.iter(f"{SVG}g")
    strokes = {path.get("stroke"): path.get("d") for path in group.iter(f"{SVG}path")}
    assert set(strokes) == {HEAT[0], HEAT[11], HEAT[6]}
    assert strokes[HEAT[6]] == ("M3 0.5h1" if gap_rows else "M3.5 0v1")


def test_heat_colours_darken_step_by_step() -> None:
    """Each colour of the scale is darker than the one before, in print without colour too."""

    def luminance(colour: str) -> float:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    steps = [luminance(colour) for colour in HEAT]
    assert all(left > right for left, right in pairwise(steps))


def test_a_flat_heat_map_has_a_colour() -> None:
    """A site that always takes the same power is not divided by zero."""
    flat = HeatMap("t", "", "kW", "energy", ((HeatCell(5.0),),), (AxisLabel(0, "a", "a"),),
                   (AxisLabel(0, "a", "a"),), 5.0, 5.0)  # fmt: skip
    assert HEAT[len(HEAT) // 2] in draw(flat, 860, "k")


@pytest.mark.parametrize("kind", ["solid", "hatched", "blank", "dashed", "shade", "band"])
def test_swatches(kind: Swatch) -> None:
    """Every kind of legend entry has a sample that parses and is hidden from listeners."""
    root = ElementTree.fromstring(swatch(LegendEntry("x", kind, "co2"), "k"))
    assert root.get("aria-hidden") == "true"
    assert len(list(root)) >= 1


def test_colours_of_meaning_are_okabe_ito() -> None:
    """Energy, cost, CO2 and alarm keep the colours that colour-blind readers tell apart."""
    assert [COLOURS[meaning] for meaning in ("energy", "cost", "co2", "alarm")] == [
        "#0072b2", "#e69f00", "#009e73", "#d55e00",
    ]  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
def test_very_long_names_are_cut_in_every_picture(width: int) -> None:
    """A name of 300 characters as row, tick, bar or reference leaves the picture in its frame."""
    name = "回路の名前" * 60
    label = AxisLabel(0, name, name, 1)
    heat = HeatMap(
        "t", "", "kW", "energy", ((HeatCell(1.0), HeatCell(2.0)),), (label,), (label,), 0, 2
    )
    step = StepChart("t", "", "kW", "energy", 0, 100, 100, (StepPoint(0, 1.0),),
                     (AxisLabel(0, name, name, 100),), (), (ReferenceLine(2, name),))  # fmt: skip
    pictures: list[Picture] = [heat, step, _bar_chart(Bar(name, name, "", (BarPart(1), None)))]
    for picture in pictures:
        root = ElementTree.fromstring(draw(picture, width, "k"))
        size = float(root.get("font-size", "0"))
        texts = [text.text or "" for text in root.iter(f"{SVG}text")]
        assert any(text.endswith("…") for text in texts)
        assert all(text_width(text, size) <= width for text in texts)
    (group, *_) = ElementTree.fromstring(draw(heat, width, "k")).iter(f"{SVG}g")
    left = float(re.findall(r"translate\(([\d.]+)", group.get("transform", ""))[0])
    assert left < width / 2

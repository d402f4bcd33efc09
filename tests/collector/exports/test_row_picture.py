"""Bars in rows: lengths in proportion, names beside or above, everything inside."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from xml.etree import ElementTree

import pytest

from collector.exports.placing import Box
from collector.exports.scale import text_width
from collector.exports.svg import draw
from collector.reports.report import Bar, BarChart, BarPart, LegendEntry
from tests.collector.exports.sample_pictures import ranking
from tests.collector.exports.sample_report import HOSTILE

SVG = "{http://www.w3.org/2000/svg}"
WIDTHS = (358, 860)


def _chart(*bars: Bar) -> BarChart:
    series = (LegendEntry("a", "solid", "cost"), LegendEntry("b", "solid", "cost", 1))
    return BarChart("ranking", "", "yen", series, bars, horizontal=True)


def _root(chart: BarChart, width: int = 860) -> ElementTree.Element:
    return ElementTree.fromstring(draw(chart, width, "k"))


def _boxes(root: ElementTree.Element) -> list[tuple[str, Box]]:
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


def test_bars_are_as_long_as_their_values() -> None:
    """40 is drawn twice as long as 20; the second part begins where the first ends."""
    root = _root(
        _chart(
            Bar("x", "x", "x", (BarPart(30), BarPart(10))), Bar("y", "y", "y", (BarPart(20), None))
        )
    )
    first, second = [list(group.iter(f"{SVG}rect")) for group in root.iter(f"{SVG}g")]
    widths = [float(bar.get("width", "0")) for bar in (*first, *second)]
    assert widths[0] == pytest.approx(1.5 * widths[2], rel=0.01)
    assert float(first[1].get("x", "0")) == pytest.approx(
        float(first[0].get("x", "0")) + widths[0] + 0.8, abs=0.2
    )
    assert float(first[0].get("y", "0")) < float(second[0].get("y", "0"))


def test_the_estimated_part_is_hatched_at_the_end() -> None:
    """Of 40 the last 10 are hatched."""
    root = _root(_chart(Bar("x", "x", "x", (BarPart(40, 10), None))))
    (group,) = root.iter(f"{SVG}g")
    whole, hatched = group.iter(f"{SVG}rect")
    assert hatched.get("fill") == "url(#k-estimated)"
    assert float(hatched.get("width", "0")) == pytest.approx(
        float(whole.get("width", "0")) / 4, rel=0.01
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("names", [(), HOSTILE], ids=["plain", "hostile"])
def test_texts_stay_inside_and_apart(names: tuple[str, ...], width: int) -> None:
    """Names, values and ticks keep clear of each other and of the edges, whatever the names."""
    chart = ranking(True, names)
    written = draw(chart, width, "k")
    root = ElementTree.fromstring(written)
    assert "<script" not in written
    assert "\u202e" not in written
    boxes = _boxes(root)
    height = float(root.get("viewBox", "").split()[3])
    for text, box in boxes:
        assert box.left >= -1, text
        assert box.right <= width + 1, text
        assert box.top >= 0, text
        assert box.bottom <= height, text
    for (one, left), (other, right) in combinations(boxes, 2):
        assert not left.meets(right), (one, other)


def test_the_picture_grows_with_its_bars() -> None:
    """Thirty bars are taller than three; each has its name."""
    bars = tuple(Bar(f"bar {n}", "", "", (BarPart(n + 1.0), None)) for n in range(30))
    tall, short = _root(_chart(*bars)), _root(_chart(*bars[:3]))
    assert float(tall.get("viewBox", "").split()[3]) > 5 * float(
        short.get("viewBox", "").split()[3]
    )
    assert {f"bar {n}" for n in range(30)} <= {text for text, _ in _boxes(tall)}


@pytest.mark.parametrize("parts", [(), ((None, None),), ((BarPart(0), None),)])
def test_nothing_to_rank_is_still_a_picture(
    parts: tuple[tuple[BarPart | None, ...], ...],
) -> None:
    """No bar, a bar that is not known and a bar of nothing do not divide by zero."""
    root = _root(_chart(*(Bar("x", "x", "x", one) for one in parts)))
    assert [rect for group in root.iter(f"{SVG}g") for rect in group.iter(f"{SVG}rect")] == []
    assert "nan" not in ElementTree.tostring(root, "unicode")


def test_a_bar_that_is_not_known_says_no_value() -> None:
    """Missing is blank, zero is 0."""
    texts = [
        text
        for text, _ in _boxes(
            _root(
                _chart(
                    Bar("gone", "", "", (None, None)),
                    Bar("none", "", "", (BarPart(0), None)),
                    Bar("much", "", "", (BarPart(123), None)),
                )
            )
        )
    ]
    assert texts[-6:] == ["gone", "", "none", "0", "much", "123"]


def test_a_muted_bar_is_lighter() -> None:
    """A bar set back is drawn with less ink."""
    chart = ranking(True)
    lively = replace(chart, bars=tuple(replace(bar, muted=False) for bar in chart.bars))
    assert 'opacity="0.65"' in draw(chart, 860, "k")
    assert 'opacity="0.65"' not in draw(lively, 860, "k")

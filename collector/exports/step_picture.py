"""A step chart as SVG: area and line, weekends shaded, estimates hatched, gaps left blank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from collector.exports.canvas import Canvas, Frame, axis_width, n
from collector.exports.paint import COLOURS, GROUND, INK, PAPER, TINTS
from collector.exports.scale import Scale, fitting_labels, nice_ticks, shortened, text_width
from collector.reports.report import AxisLabel, Mark, Quality, StepChart, StepPoint

HEADROOM = 1.06
"""Room above the largest value, so that its label stays inside."""


def step_picture(chart: StepChart, width: int, key: str) -> str:
    """Draw the chart ``width`` px wide."""
    canvas = Canvas(width, 250 if width < 500 else 280, key)
    ticks = _ticks(chart)
    size = canvas.size
    frame = Frame(axis_width(ticks, size), size * 2.2, width - 8, canvas.height - size * 2.1)
    x = Scale(chart.from_ms, chart.to_ms, frame.left, frame.right)
    y = Scale(ticks[0], ticks[-1], frame.bottom, frame.top)
    _ground(canvas, chart, frame, x)
    canvas.value_axis(frame, y, ticks, chart.unit)
    _steps(canvas, chart, x, y)
    _time_axis(canvas, chart, frame, x)
    _references(canvas, chart, frame, x, y)
    _marks(canvas, chart, frame, x, y)
    return canvas.svg(chart.title, chart.description)


def _ticks(chart: StepChart) -> tuple[float, ...]:
    values = [value for point in chart.points for value in (point.value, point.low, point.high)]
    held = [value for value in values if value is not None]
    held += [line.value for line in chart.references]
    return nice_ticks(min(0.0, *held, 0.0), max([*held, 0.0]) * HEADROOM)


def _ground(canvas: Canvas, chart: StepChart, frame: Frame, x: Scale) -> None:
    for span in chart.shades:
        left, right = max(x(span.from_ms), frame.left), min(x(span.to_ms), frame.right)
        canvas.add(
            "rect", x=left, y=frame.top, width=right - left, height=frame.height, fill=GROUND
        )
    for tick in chart.ticks:
        if tick.line and frame.left < x(tick.position) < frame.right:
            canvas.line(x(tick.position), frame.top, x(tick.position), frame.bottom + 4)


def _steps(canvas: Canvas, chart: StepChart, x: Scale, y: Scale) -> None:
    colour, tint = COLOURS[chart.meaning], TINTS[chart.meaning]
    hatched = canvas.hatch("estimated", PAPER, tint)
    base = y(max(0.0, y.low))
    for quality, run in _runs(chart):
        fill = tint if quality == "measured" else hatched
        path = _line(run, x, y, chart.step_ms)
        area = _band(run, x, y, chart.step_ms) or (f"{path}V{n(base)}H{n(x(run[0].at_ms))}Z")
        canvas.add("path", d=area, fill=fill, fill_opacity="0.85")
        stroke: dict[str, str | float] = {"stroke": colour, "stroke_width": 1.6, "fill": "none"}
        light = {"stroke_opacity": "0.55"} if quality == "estimated" else {}
        canvas.add("path", d=path, **stroke, **light, stroke_linejoin="round")


def _runs(chart: StepChart) -> Iterator[tuple[Quality, list[StepPoint]]]:
    """Points that follow each other without a gap and share a quality."""
    number, last_ms = 0, None
    numbered = []
    for point in chart.points:
        if point.value is None:
            continue
        if last_ms is not None and point.at_ms - last_ms > 1.5 * chart.step_ms:
            number += 1
        last_ms = point.at_ms
        numbered.append((number, point))
    for (_, quality), run in groupby(numbered, key=lambda pair: (pair[0], pair[1].quality)):
        yield quality, [point for _, point in run]


def _line(run: list[StepPoint], x: Scale, y: Scale, step_ms: int) -> str:
    path, last = "", ""
    for point in run:
        place = n(y(point.value or 0.0))
        if not path:
            path = f"M{n(x(point.at_ms))} {place}"
        elif place != last:
            path += f"H{n(x(point.at_ms))}V{place}"
        last = place
    return f"{path}H{n(min(x(run[-1].at_ms + step_ms), x.end))}"


def _band(run: list[StepPoint], x: Scale, y: Scale, step_ms: int) -> str:
    """The band from low to high, "" when the points have none."""
    spread = [(p.at_ms, p.low, p.high) for p in run if p.low is not None and p.high is not None]
    if not spread:
        return ""
    there = "".join(
        f"{'L' if index else 'M'}{n(x(at_ms))} {n(y(high))}H{n(min(x(at_ms + step_ms), x.end))}"
        for index, (at_ms, _, high) in enumerate(spread)
    )
    back = "".join(
        f"L{n(min(x(at_ms + step_ms), x.end))} {n(y(low))}H{n(x(at_ms))}"
        for at_ms, low, _ in reversed(spread)
    )
    return f"{there}{back}Z"


def _time_axis(canvas: Canvas, chart: StepChart, frame: Frame, x: Scale) -> None:
    for tick, text in fitting_labels(list(_named_ticks(chart)), x, canvas.size):
        half = text_width(text, canvas.size) / 2
        middle = min(max(x(tick.centre), half), canvas.width - half)
        canvas.text(middle, frame.bottom + canvas.size * 1.5, text)


def _named_ticks(chart: StepChart) -> Iterator[AxisLabel]:
    """Give the ticks with their label in the middle of what of their stretch is in the picture.

    A stretch (a day, a month) of which less than half is in the picture goes without a label.
    """
    for tick in chart.ticks:
        if tick.until is None:
            yield tick
            continue
        first, last = max(tick.position, chart.from_ms), min(tick.until, chart.to_ms)
        if (last - first) * 2 >= tick.until - tick.position:
            yield replace(tick, position=first, until=last)


def _references(canvas: Canvas, chart: StepChart, frame: Frame, x: Scale, y: Scale) -> None:
    peak_right = any(x(mark.at_ms) > frame.left + frame.width / 2 for mark in chart.marks)
    for line in chart.references:
        place = y(line.value)
        canvas.add(
            "line", x1=frame.left, y1=place, x2=frame.right, y2=place,
            stroke=COLOURS["reference"], stroke_width=1.6, stroke_dasharray="7 5",
        )  # fmt: skip
        at, anchor = (frame.left + 6, "start") if peak_right else (frame.right - 6, "end")
        text = shortened(line.label, frame.width - 12, canvas.size)
        canvas.text(at, place - 6, text, anchor, COLOURS["reference"], halo=True)


def _marks(canvas: Canvas, chart: StepChart, frame: Frame, x: Scale, y: Scale) -> None:
    for mark in chart.marks:
        at, place = x(mark.at_ms), y(mark.value)
        canvas.add(
            "circle", cx=at, cy=place, r=4.0, fill=PAPER,
            stroke=COLOURS[chart.meaning], stroke_width=2.0,
        )  # fmt: skip
        _mark_label(canvas, mark, frame, at, place, [y(r.value) for r in chart.references])


def _mark_label(
    canvas: Canvas,
    mark: Mark,
    frame: Frame,
    at: float,
    place: float,
    lines: Sequence[float],
) -> None:
    """Write above the mark, or beside it where a reference line runs through that place."""
    size, wide = canvas.size, text_width(mark.label, canvas.size)
    if any(place - 14 - size < line < place - 2 for line in lines):
        right = at + 10 + wide < frame.right
        side, anchor = (at + 10, "start") if right else (at - 10, "end")
        canvas.text(side, place + size * 0.9, mark.label, anchor, INK, strong=True, halo=True)
        return
    middle = min(max(at, frame.left + wide / 2 + 2), canvas.width - wide / 2 - 2)
    canvas.text(middle, place - 9, mark.label, fill=INK, strong=True, halo=True)

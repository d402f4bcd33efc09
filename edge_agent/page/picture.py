"""The phasor picture: voltages and currents as arrows, as a fitter draws them. PURE.

Angles count anticlockwise from the right, as mathematics and IEC 62053-23 have them; the first
voltage points up. Voltages are long and thin, currents short and thick with a filled head; each
carries its name, so that nobody need tell colours apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Protocol

from edge_agent.page.figures import digits
from edge_agent.page.html import Element, el
from edge_agent.words import said

_COLOURS = {"1": "#14202b", "2": "#a8437f", "3": "#0072b2"}
"""None of these means an alarm or CO2 anywhere else."""
_SIZE, _RADIUS, _CURRENT = 336, 124.0, 86.0


class Arrow(Protocol):
    """What is drawn: a voltage or a current, its size in V or A, its angle in degrees."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> float: ...  # noqa: D102
    @property
    def angle_deg(self) -> float: ...  # noqa: D102


def phasor_picture(phasors: Sequence[Arrow]) -> Element:
    """The picture, with the figures under it as its text for those who cannot see it."""
    phasors = [one for one in phasors if one.size or one.kind == "current"]
    middle = _SIZE / 2
    circle = el("circle", cx=middle, cy=middle, r=_RADIUS, class_="ring")
    cross = [
        el("line", x1=middle - _RADIUS, y1=middle, x2=middle + _RADIUS, y2=middle, class_="axis"),
        el("line", x1=middle, y1=middle - _RADIUS, x2=middle, y2=middle + _RADIUS, class_="axis"),
    ]
    largest = {kind: _largest(phasors, kind) for kind in ("voltage", "current")}
    arrows = [_arrow(one, largest[one.kind]) for one in _in_order(phasors) if largest[one.kind]]
    return el(
        "figure",
        el(
            "svg",
            circle,
            cross,
            arrows,
            viewBox=f"0 0 {_SIZE} {_SIZE}",
            role="img",
            aria_label=said("Phasor picture"),
            class_="phasors",
        ),
        el("figcaption", [_line(one) for one in phasors]),
    )


def _in_order(phasors: Iterable[Arrow]) -> list[Arrow]:
    return sorted(phasors, key=lambda one: one.kind == "current")


def _largest(phasors: Iterable[Arrow], kind: str) -> float:
    return max((abs(one.size) for one in phasors if one.kind == kind), default=0.0)


def _arrow(one: Arrow, largest: float) -> Element:
    length = (_CURRENT if one.kind == "current" else _RADIUS) * abs(one.size) / largest
    angle = math.radians(one.angle_deg + 90)
    x, y = _at(length, angle)
    mark = _at(length + (16 if one.kind == "voltage" else 13), angle)
    colour = _colour(one.name)
    middle = _SIZE / 2
    return el(
        "g",
        el("line", x1=middle, y1=middle, x2=f"{x:.1f}", y2=f"{y:.1f}"),
        _head(length, angle, one.kind),
        el("text", one.name, x=f"{mark[0]:.1f}", y=f"{mark[1]:.1f}"),
        class_=one.kind,
        stroke=colour,
        fill=colour,
    )


def _head(length: float, angle: float, kind: str) -> Element:
    size = 11.0 if kind == "current" else 8.0
    tip, back = _at(length, angle), max(length - size, 0.0)
    spread = math.atan2(size * 0.5, max(back, 1.0))
    wide = math.hypot(back, size * 0.5)
    points = (tip, _at(wide, angle + spread), _at(wide, angle - spread))
    return el("polygon", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points))


def _at(length: float, angle: float) -> tuple[float, float]:
    middle = _SIZE / 2
    return middle + length * math.cos(angle), middle - length * math.sin(angle)


def _colour(name: str) -> str:
    return next((_COLOURS[sign] for sign in name if sign in _COLOURS), "#374151")


def _line(one: Arrow) -> Element:
    unit = "A" if one.kind == "current" else "V"
    text = f"{one.name} {digits(one.size)} {unit} ∠ {one.angle_deg:.0f}°"
    return el("span", text, class_=one.kind)

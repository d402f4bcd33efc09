"""Colours by meaning, the same in every picture (Okabe-Ito, told apart by colour-blind readers)."""

from __future__ import annotations

from collector.reports.report import Meaning

COLOURS: dict[Meaning, str] = {
    "energy": "#0072b2",
    "cost": "#e69f00",
    "co2": "#009e73",
    "reference": "#6b7280",
    "alarm": "#d55e00",
    "plain": "#374151",
}
TINTS: dict[Meaning, str] = {
    "energy": "#d3e6f3",
    "cost": "#fbe7bd",
    "co2": "#c5e8dc",
    "reference": "#e5e7eb",
    "alarm": "#f9d5bd",
    "plain": "#e5e7eb",
}
"""Light grounds of the same colours, for areas under a line and for bands."""

STACK: dict[Meaning, tuple[str, ...]] = {
    "energy": ("#0072b2", "#00416b", "#5da8d8", "#9ccbea", "#cfe4f3"),
    "cost": ("#e69f00", "#8a5f00", "#f3c766", "#fbe7bd"),
    "co2": ("#009e73", "#00503a", "#5fc3a6", "#a6dccb"),
    "reference": ("#b4bac2", "#e0e3e7"),
    "alarm": ("#d55e00", "#7f3700", "#f0a26b", "#f9d5bd"),
    "plain": ("#374151", "#7b8491", "#b4bac2", "#e0e3e7"),
}
"""Shades of one meaning for the series of a stack, in order."""

LINES: dict[Meaning, tuple[str, ...]] = {
    "energy": ("#0072b2", "#00294a", "#4b9fd5", "#5b7fb5"),
    "cost": ("#e69f00", "#7a5300", "#c47f00", "#a8862f"),
    "co2": ("#009e73", "#00402e", "#45b894", "#4f8a74"),
    "reference": ("#6b7280", "#374151", "#9aa3ad", "#808894"),
    "alarm": ("#d55e00", "#6e2f00", "#ea8b45", "#b0623a"),
    "plain": ("#374151", "#7b8491", "#111827", "#9aa3ad"),
}
"""Shades of one meaning for lines and points: dark enough on paper to be followed."""

DASHES: tuple[str, ...] = ("", "9 4", "2 3", "9 3 2 3")
"""Strokes of the series of one meaning, in order, to be told apart in print without colour."""

REFERENCE_DASH = "7 5"

INK = "#1f2933"
FAINT_INK = "#5b6470"
GRID = "#e3e6ea"
AXIS = "#9aa3ad"
GROUND = "#f1f3f5"
PAPER = "#ffffff"

HEAT: tuple[str, ...] = (
    "#dcebf7", "#bcdaf0", "#9cc8e9", "#7db6e0", "#5da4d7", "#3b92cc",
    "#207fbd", "#006cab", "#005a92", "#00497a", "#003962", "#00294a",
)  # fmt: skip
"""Energy blue from light to dark in even steps of perceived lightness (OKLab)."""


def series_colour(meaning: Meaning, shade: int) -> str:
    """The colour of a series; past the last shade they repeat."""
    shades = STACK.get(meaning, (COLOURS[meaning],))
    return shades[shade % len(shades)]


def line_colour(meaning: Meaning, shade: int) -> str:
    """The colour of a line or a cloud of points; past the last shade they repeat."""
    shades = LINES[meaning]
    return shades[shade % len(shades)]


def line_dash(shade: int, dashed: bool) -> str:
    """How the line of a series is broken, "" for a whole one."""
    return REFERENCE_DASH if dashed else DASHES[shade % len(DASHES)]

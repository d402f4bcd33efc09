"""Figures as people read them: three or four digits, thousands apart, the unit beside. PURE."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.page.html import Element, el
from edge_agent.words import Language, Said, said

_KILO = {"W": "kW", "var": "kvar", "VA": "kVA", "Wh": "kWh", "varh": "kvarh"}
BUS = "modbus_"
"""What the agent counts of a meter's line, shown apart from what the meter measures."""
MAIN = (
    "active_power_w",
    "voltage_ln_avg_v",
    "voltage_ll_avg_v",
    "voltage_l1_v",
    "voltage_l1_l2_v",
    "current_avg_a",
    "current_l1_a",
    "power_factor",
    "frequency_hz",
    "active_energy_import_wh",
)
"""What is shown large, as far as a meter has it: at most four of these."""


def shown(quantity: str, value: float) -> tuple[str, str]:
    """Figure and unit; energies and powers in kilo."""
    row = QUANTITIES.get(quantity)
    unit = row.unit if row else ""
    if unit in _KILO:
        value, unit = value / 1000, _KILO[unit]
    if row is not None and row.kind == "counter":
        return f"{value:,.1f}", unit
    return digits(value), unit


def digits(value: float) -> str:
    """``value`` with four significant digits, thousands apart."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "—"
    places = max(3 - math.floor(math.log10(abs(value))), 0)
    return f"{value:,.{min(places, 3)}f}"


def label(quantity: str, language: Language) -> str:
    """What a quantity is called."""
    row = QUANTITIES.get(quantity)
    if row is None:
        return quantity
    return row.label_ja if language == "ja" else row.label_en


def figure(quantity: str, value: float, language: Language, tag: str = "div") -> Element:
    """One large figure."""
    number, unit = shown(quantity, value)
    return el(
        tag,
        el("span", label(quantity, language), class_="label"),
        el("span", number, el("span", unit, class_="unit"), class_="value"),
        class_="figure energy",
    )


def large_figures(values: Mapping[str, float], language: Language, most: int = 4) -> Element:
    """The most telling values, large."""
    return el(
        "div", [figure(q, values[q], language) for q in _main(values)[:most]], class_="figures"
    )


def value_table(values: Mapping[str, float], language: Language) -> Element:
    """Every value: by phase where there are phases, the rest below."""
    values = _sound_phases(values)
    return el("div", _phase_table(values), _rest_table(values, language), class_="tables")


def clock_time(at_ms: int) -> str:
    """An instant in the machine's own zone, as ``2026-11-28 19:36:05``."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
    return local.strftime("%Y-%m-%d %H:%M:%S")


def zoned_time(at_ms: int) -> str:
    """The same with the zone's offset, for paper that lies in a drawer for years."""
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
    return local.isoformat(" ", "seconds")


def span(seconds: float) -> Said:
    """A length of time in words."""
    if seconds < 1:
        return said("less than a second")
    if seconds < 100:
        return said("{s} s", s=f"{seconds:.0f}")
    if seconds < 5400:
        return said("{min} min", min=f"{seconds / 60:.0f}")
    return said("{h} h", h=f"{seconds / 3600:.0f}")


_PHASE_ROWS: tuple[tuple[Said, str, str], ...] = (
    (said("Voltage to neutral"), "voltage_{}_v", "V"),
    (said("Current"), "current_{}_a", "A"),
    (said("Active power"), "active_power_{}_w", "kW"),
    (said("Reactive power"), "reactive_power_{}_var", "kvar"),
    (said("Power factor"), "power_factor_{}", ""),
)
_PHASES = ("l1", "l2", "l3")
_LINES = ("l1_l2", "l2_l3", "l3_l1")


def _main(values: Mapping[str, float]) -> list[str]:
    """Of several that say the same, the first that is there, and not zero where it can be."""
    alike = (MAIN[:1], MAIN[1:5], MAIN[5:7], MAIN[7:8], MAIN[8:9], MAIN[9:])
    there = [[name for name in group if name in values] for group in alike]
    firsts = (next((name for name in names if values[name]), (*names, "")[0]) for names in there)
    return [name for name in firsts if name]


def _sound_phases(values: Mapping[str, float]) -> Mapping[str, float]:
    """Without what a meter gives as plain zeros where it has no neutral: powers of phases."""
    stars = [values.get(f"voltage_{phase}_v", 0.0) for phase in _PHASES]
    lines = [values.get(f"voltage_{name}_v", 0.0) for name in _LINES]
    if any(stars) or not any(lines):
        return values
    idle = [pattern.format(phase) for _, pattern, _ in _PHASE_ROWS for phase in _PHASES]
    idle = [*idle, *(f"apparent_power_{phase}_va" for phase in _PHASES), "voltage_ln_avg_v"]
    return {name: value for name, value in values.items() if value or name not in idle}


def _phase_table(values: Mapping[str, float]) -> Element | None:
    rows = [
        (title, [values.get(pattern.format(phase)) for phase in _PHASES], pattern, unit)
        for title, pattern, unit in _PHASE_ROWS
    ]
    there = [row for row in rows if any(value is not None for value in row[1])]
    if not there:
        return None
    return el(
        "table",
        el(
            "thead",
            el("tr", el("th"), [el("th", name, class_="right") for name in ("L1", "L2", "L3")]),
        ),
        el("tbody", [_phase_row(*row) for row in there]),
        class_="phases",
    )


def _phase_row(title: str, row: Iterable[float | None], pattern: str, unit: str) -> Element:
    cells = [
        el(
            "td",
            "—" if value is None else shown(pattern.format(phase), value)[0],
            class_="right negative" if value is not None and value < 0 else "right",
        )
        for phase, value in zip(_PHASES, row, strict=True)
    ]
    return el("tr", el("th", title, el("span", unit, class_="unit"), scope="row"), cells)


def _rest_table(values: Mapping[str, float], language: Language) -> Element | None:
    by_phase = {pattern.format(phase) for _, pattern, _ in _PHASE_ROWS for phase in _PHASES}
    rest = [name for name in QUANTITIES if name in values and name not in by_phase]
    rest = [name for name in rest if not name.startswith(BUS)]
    if not rest:
        return None
    return el("ul", [_rest_row(name, values[name], language) for name in rest], class_="values")


def _rest_row(name: str, value: float, language: Language) -> Element:
    number, unit = shown(name, value)
    kind = "negative" if value < 0 else None
    figures = el("b", number, el("span", unit, class_="unit"), class_=kind)
    return el("li", el("span", label(name, language)), figures)

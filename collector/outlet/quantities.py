"""PURE. The figures that leave, a row each: name with unit, what it is, and what people call it.

``device_class`` and ``state_class`` are Home Assistant's words for a sensor (developers.home-
assistant.io, core/entity/sensor). To publish another figure is to add a row here and its value in
``figures``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from edge_agent.contract.quantity import QUANTITIES, Quantity

Language = Literal["en", "ja"]


@dataclass(frozen=True, slots=True)
class Published:
    """One figure: ``live`` ones vanish while their meter is silent, others stand as counted.

    ``media`` tells of which meters it is: of electricity, of other media, or of both (empty).
    ``site_only`` is of whole sites alone.
    """

    name: str
    unit: str
    label_en: str
    label_ja: str
    decimals: int = 3
    live: bool = False
    device_class: str | None = None
    state_class: str | None = None
    electric: bool | None = True
    site_only: bool = False
    diagnostic: bool = False

    def label(self, language: Language) -> str:
        """What people read."""
        return self.label_ja if language == "ja" else self.label_en


_KWH, _KG = ("energy", "total_increasing"), ("weight", "total_increasing")
_KW = ("power", "measurement")
ENERGY_KWH = "energy_kwh"
COVERAGE = "coverage_percent"
TOTALS: tuple[Published, ...] = (
    Published(ENERGY_KWH, "kWh", "Energy", "電力量", 3, False, *_KWH),
    Published("today_kwh", "kWh", "Energy today", "本日の電力量", 3, False, *_KWH),
    Published("month_kwh", "kWh", "Energy this month", "今月の電力量", 3, False, *_KWH),
    Published("demand_kw", "kW", "Demand", "デマンド", 3, True, *_KW),
    Published(
        *("demand_now_kw", "kW", "Demand now", "現在のデマンド", 3, True, *_KW), site_only=True
    ),
    Published(
        *("demand_forecast_kw", "kW", "Demand forecast", "デマンド予測", 3, True, *_KW),
        site_only=True,
    ),
    Published("co2_kg_today", "kg", "CO2 today", "本日のCO2", 3, False, *_KG),
    Published("co2_kg_month", "kg", "CO2 this month", "今月のCO2", 3, False, *_KG),
    Published(
        *("amount", "", "Amount", "使用量", 3, False, None, "total_increasing"), electric=False
    ),
    Published(
        *("today_amount", "", "Amount today", "本日の使用量", 3, False, None, "total_increasing"),
        electric=False,
    ),
    Published(
        *(COVERAGE, "%", "Measured today", "本日の計測率", 1, False, None, "measurement"),
        electric=None,
        diagnostic=True,
    ),
)
"""Figures from the store's totals."""

_CLASSES: dict[str, tuple[str, str]] = {
    "V": ("voltage", "measurement"),
    "A": ("current", "measurement"),
    "W": ("power", "measurement"),
    "var": ("reactive_power", "measurement"),
    "VA": ("apparent_power", "measurement"),
    "Hz": ("frequency", "measurement"),
    "Wh": ("energy", "total_increasing"),
    "varh": ("reactive_energy", "total_increasing"),
    "m3": ("volume", "total_increasing"),
    "kg": ("weight", "total_increasing"),
    "ms": ("duration", "measurement"),
}
_ELECTRIC_UNITS = frozenset({"V", "A", "W", "var", "VA", "Hz", "Wh", "varh"})
_AMOUNT_CLASSES = {("gas", "m3"): "gas", ("water", "m3"): "water", ("heat", "kWh"): "energy"}


def of_reading(quantity: Quantity) -> Published:
    """The row of the newest reading of a quantity that agents read."""
    power_factor = quantity.unit == "" and quantity.name.startswith("power_factor")
    classes = ("power_factor", "measurement") if power_factor else _CLASSES.get(quantity.unit)
    counts = quantity.kind == "counter"
    device, state = classes or (None, "total_increasing" if counts else "measurement")
    labels = (quantity.label_en, quantity.label_ja)
    return Published(
        *(quantity.name, quantity.unit, *labels, 3, True, device, state),
        electric=None if quantity.name.startswith("modbus") else _is_electric(quantity),
    )


def _is_electric(quantity: Quantity) -> bool:
    heat = quantity.name.startswith("heat")
    return not heat and (quantity.unit == "" or quantity.unit in _ELECTRIC_UNITS)


def published(
    names: Iterable[str], medium: str, unit: str, whole_site: bool
) -> Iterator[Published]:
    """The rows of a meter: totals of its medium, then its readings of the names asked for.

    ``unit`` is what a meter of another medium counts in.
    """
    electric = medium == "electricity"
    for row in TOTALS:
        if row.electric in (None, electric) and (whole_site or not row.site_only):
            yield row if row.electric is not False else _amount(row, medium, unit)
    readings = (of_reading(QUANTITIES[name]) for name in names)
    yield from (row for row in readings if row.electric in (None, electric))


def _amount(row: Published, medium: str, unit: str) -> Published:
    shown = {"m3": "m³"}.get(unit, unit)
    return Published(
        *(row.name, shown, row.label_en, row.label_ja, row.decimals, row.live),
        *(_AMOUNT_CLASSES.get((medium, unit)), row.state_class),
        electric=False,
    )


def number(value: float, decimals: int = 3) -> str:
    """The value as plain digits: no exponent, no needless zero, never minus zero."""
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text

"""The head of an area supply file: its unit, and which column holds which fuel.

Columns are found by name, never by place: files have 15 to 22 columns, some operators repeat the
heads 実績 and 抑制量 below 太陽光 and 風力, and new columns have been put between old ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.errors import CollectorError
from collector.intensity.area_cells import plain
from collector.intensity.mix import Fuel

MINUTE_MS = 60_000
_LEFT_OUT = re.compile("制御|抑制|需要|合計|連系|揚水|蓄電")
"""Curtailment, demand, total, interconnector and storage: none of it is generation."""
_FUELS: tuple[tuple[str, Fuel], ...] = (
    ("LNG", "lng"), ("石炭", "coal"), ("石油", "oil"), ("火力.*その他", "thermal_other"),
    ("火力", "thermal"), ("原子力", "nuclear"), ("水力", "hydro"), ("地熱", "geothermal"),
    ("バイオマス", "biomass"), ("太陽光", "solar"), ("風力", "wind"), ("その他", "other"),
)  # fmt: skip
"""What a head must hold to mean a fuel; the first that fits wins."""
_NEEDED: Mapping[Fuel, str] = {"hydro": "水力", "solar": "太陽光", "wind": "風力"}
_SPLIT: Mapping[Fuel, str] = {"lng": "火力(LNG)", "coal": "火力(石炭)", "oil": "火力(石油)"}


@dataclass(frozen=True, slots=True)
class Unit:
    """How to read a file's figures.

    ``mwh`` is the energy (MWh) that a figure of 1 stands for in one interval of ``interval_ms``.
    """

    name: str
    mwh: Decimal
    interval_ms: int

    @property
    def is_power(self) -> bool:
        """Whether figures are mean power: the files with fuels, from 2023/24 on."""
        return "平均" in self.name


UNITS = (
    Unit("万kW平均", Decimal(5), 30 * MINUTE_MS),
    Unit("MW平均", Decimal("0.5"), 30 * MINUTE_MS),
    Unit("万kWh", Decimal(10), 60 * MINUTE_MS),
    Unit("MWh", Decimal(1), 60 * MINUTE_MS),
)
"""Half-hourly mean power today; hourly energy in the files before 2023/24."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the lines above the data say: the unit, the first column of figures, the fuels' columns.

    ``names`` are the heads by column, as written.
    """

    unit: Unit
    columns: Mapping[Fuel, int]
    names: Mapping[Fuel, str]

    @property
    def thermal_is_split(self) -> bool:
        """Whether thermal power is told apart by fuel."""
        return "thermal" not in self.columns


def read_head(lines: Sequence[Sequence[str]]) -> Head:
    """The head in the lines above the first line of data.

    Raises ``CollectorError`` when unit or fuels are not told, or a fuel is told twice.
    """
    unit = _unit(cell for line in lines for cell in line)
    columns: dict[Fuel, int] = {}
    names: dict[Fuel, str] = {}
    for column in range(1, max(map(len, lines), default=0)):
        name = plain("".join(line[column] for line in lines if column < len(line)))
        fuel = _fuel(name)
        if fuel is None:
            continue
        if fuel in columns:
            hint = "import the file as the operator publishes it"
            raise CollectorError(f"two columns are {fuel}: {names[fuel]} and {name}", hint)
        columns[fuel], names[fuel] = column, name
    _require(columns)
    return Head(unit, columns, names)


def _unit(cells: Iterable[str]) -> Unit:
    text = " ".join(map(plain, cells))
    for unit in UNITS:
        if unit.name in text:
            return unit
    known = ", ".join(unit.name for unit in UNITS)
    raise CollectorError(
        "the lines above the data name no unit", f"one of {known} must stand there"
    )


def _fuel(name: str) -> Fuel | None:
    if _LEFT_OUT.search(name):
        return None
    return next((fuel for mark, fuel in _FUELS if re.search(mark, name)), None)


def _require(columns: Mapping[Fuel, int]) -> None:
    thermal = {} if "thermal" in columns else _SPLIT
    missing = [name for fuel, name in {**thermal, **_NEEDED}.items() if fuel not in columns]
    if missing:
        hint = "is it an area supply file (エリア需給実績)? Demand files hold no fuels"
        raise CollectorError(f"columns are missing: {', '.join(missing)}", hint)

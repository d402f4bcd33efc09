"""What a column of a series holds: its name, its unit, what it means. The one list of them.

Heads of files, metadata of Parquet and the HTTP API's document are made from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from edge_agent.contract.quantity import QUANTITIES

Kind = Literal["text", "number", "instant"]
Value = float | str | None
SHARE = "0-1"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``unit`` is "" where it has none; ``example`` is a value it may hold."""

    name: str
    unit: str
    meaning: str
    kind: Kind = "number"
    example: Value = None

    @property
    def head(self) -> str:
        """The name with its unit, as it stands above a column of a file."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


def _text(name: str, meaning: str, example: str) -> Column:
    return Column(name, "", meaning, "text", example)


SITE = _text("site", "id of the site", "sendai")
METER = _text("meter", "id of the meter; _site is the whole site, _unmeasured the rest", "press")
NAME = _text("name", "the name people read of the meter", "プレス線")
START = Column("start", "", "first instant, with the site's offset", "instant")
END = Column("end", "", "end of the period, itself excluded, with the site's offset", "instant")
START_UTC = Column("start_utc", "", "the first instant in UTC", "instant")
TIME = Column("time", "", "instant of the reading, with the site's offset", "instant")
TIME_UTC = Column("time_utc", "", "the instant in UTC", "instant")
QUALITY = _text(
    "quality",
    "measured; estimated (a part bridges a gap); partial (a part is unknown); missing (all is)",
    "measured",
)
COVERAGE = Column("coverage", SHARE, "measured share of the period's time", example=1.0)
MISSING = Column("missing", SHARE, "unknown share of the period's time", example=0.0)

ENERGY: tuple[Column, ...] = (
    Column("kwh", "kWh", "active energy booked; null where nothing is known", example=42.5),
    Column("estimated_kwh", "kWh", "the part of kwh that bridges gaps", example=0.0),
    COVERAGE,
    MISSING,
    QUALITY,
    Column("peak_kw", "kW", "largest mean demand of a slot in the period", example=85.0),
    Column("export_kwh", "kWh", "energy given back; null where not measured"),
    Column("reactive_kvarh", "kvarh", "lagging reactive energy; null where not measured"),
    Column("reactive_export_kvarh", "kvarh", "leading reactive energy; null where not measured"),
)
"""What a total of any period holds."""
BOOKED: tuple[Column, ...] = (
    Column("co2_kg", "kg", "CO2 by the site's own method", example=17.978),
    Column("co2_location_kg", "kg", "CO2, location-based; never added to another method's"),
    Column("co2_market_kg", "kg", "CO2, market-based; never added to another method's"),
    Column("co2_basic_kg", "kg", "CO2 by the basic factor (SHK)"),
    Column("co2_adjusted_kg", "kg", "CO2 by the adjusted factor (SHK)"),
    Column("provisional", "0/1", "1 where a factor stands in for one not yet published"),
    _text("factor_id", "factor or factors behind co2_kg, joined by +", "jp-shk-2025-a0269-m"),
    _text("method_factors", "factors of the figures by method: method=id, joined by ;", ""),
    Column("energy_cost", "currency", "energy part of the bill, in the column currency"),
    _text("currency", "currency of energy_cost", "JPY"),
)
"""What days and longer hold beside it."""
AMOUNT: tuple[Column, ...] = (
    Column("amount", "unit", "gas, water, pieces ... in the column unit", example=120.0),
    Column("estimated_amount", "unit", "the part of amount that bridges gaps", example=0.0),
    COVERAGE,
    MISSING,
    QUALITY,
    Column("peak_per_h", "unit/h", "largest mean rate of a slot in the period"),
    _text("unit", "what the meter counts", "m3"),
)
COMPLETENESS: tuple[Column, ...] = (
    Column("expected", "readings", "readings the day should have", example=8640.0),
    Column("on_time", "readings", "readings that came on time", example=8640.0),
    Column("late", "readings", "readings that came late", example=0.0),
    Column("estimated", "readings", "readings whose instant the agent could only estimate"),
    Column("gap", "readings", "readings that have not come (yet)", example=0.0),
    Column("longest_gap_s", "s", "longest pause between readings", example=0.0),
    Column("share", SHARE, "what is stored of what was expected", example=1.0),
)


def quantity_column(name: str) -> Column:
    """The column of a quantity of readings. Raises ``KeyError`` for one that is not known."""
    row = QUANTITIES[name]
    return Column(name, row.unit, row.label_en)


def named(columns: Iterable[Column]) -> dict[str, Column]:
    """The columns by their names, in their order."""
    return {column.name: column for column in columns}

"""Made-up plants for the rules: a year of half hours with waste planted where a test says so.

Nothing here is measured. A plant works from 8:00 to 17:00 on working days, with an hour's lunch
from noon; circuits are arrays of kW along the year's half hours, the site is their sum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from collector.analysis.frame import frame_from_kwh, index_of, slot_index
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.billing.load import AgreedPower, BilledMonth, BilledSlot, Terms
from collector.findings.carbon import Carbon, kl_per_kwh
from collector.findings.find import find
from collector.findings.finding import Finding, Findings, Said, Silence
from collector.findings.plant import Plant
from collector.findings.prices import Billing, Prices, flat_prices, tariff_prices
from collector.findings.rules.table import RULES
from collector.rollup.periods import Calendar
from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import Tariff

Floats = npt.NDArray[np.float64]
ZONE = ZoneInfo("Asia/Tokyo")
FIRST, END = date(2025, 4, 1), date(2026, 4, 1)
KYUSHU = TariffLibrary.shipped().nearest("jp-kyushu-industrial-tou-a-6kv", FIRST)
CARBON = Carbon(0.4, kl_per_kwh(FIRST), "test-factor", Said("0.4", "0.4"))
WORKS = Plant(hours=(480, 1020), lunch=(720, 780))


@dataclass(frozen=True, slots=True, eq=False)
class Year:
    """The half hours of a year: hour of day, which work, which lie on closed days, at lunch."""

    index: pd.DatetimeIndex
    kinds: pd.Series[str]
    hour: Floats
    works: npt.NDArray[np.bool_]
    closed: npt.NDArray[np.bool_]
    lunch: npt.NDArray[np.bool_]

    def load(self, at_work: float, at_rest: float = 0.0, at_lunch: float | None = None) -> Floats:
        """A circuit's kW: a level at work, one at rest, and one at lunch (None: at rest)."""
        kw = np.where(self.works, at_work, at_rest)
        lunch = at_rest if at_lunch is None else at_lunch
        return np.asarray(np.where(self.lunch, lunch, kw), dtype=np.float64)


def year_of(first: date = FIRST, end: date = END) -> Year:
    """Working days Monday to Friday, but 17 of them closed: 244 work in 2025-04 to 2026-03."""
    index = slot_index(ZONE, first, end, 30)
    days = pd.date_range(first, end, freq="D", inclusive="left")
    names = {5: "saturday", 6: "sunday"}
    kinds = pd.Series([names.get(day.weekday(), "working") for day in days], index=days)
    kinds[[day for day in days if day.month in (8, 12) and day.day in range(12, 24)]] = "closed"
    of_slot = kinds.reindex(index.tz_localize(None).normalize()).to_numpy()
    hour = np.asarray(index.hour + index.minute / 60, dtype=np.float64)
    works = (of_slot == "working") & (hour >= 8) & (hour < 17)
    closed = np.isin(of_slot, ["sunday", "closed"])
    return Year(index, kinds, hour, works, closed, works & (hour >= 12) & (hour < 13))


def plant_of(
    year: Year,
    circuits: Mapping[str, Floats],
    *,
    kvar: Floats | float | None = 0.0,
    temperature_c: pd.Series[float] | None = None,
    parents: Mapping[str, str] | None = None,
) -> SiteLoad:
    """The site of the circuits (kW by half hour); ``kvar`` is lagging, None: not measured."""
    above = parents or {}
    tops = [kw for name, kw in circuits.items() if name not in above]
    slots = _frame(year, np.sum(tops, axis=0))
    if kvar is not None:
        slots["reactive_kvarh"] = np.broadcast_to(np.asarray(kvar) * 0.5, len(slots))
        slots["reactive_export_kvarh"] = 0.0
    first, end = year.kinds.index[0].date(), (year.kinds.index[-1] + pd.Timedelta(days=1)).date()
    return SiteLoad(
        site="works",
        name="工場",
        name_en="Works",
        zone=ZONE,
        first=first,
        end=end,
        slots=slots,
        day_kinds=year.kinds,
        days=pd.DataFrame(index=year.kinds.index),
        circuits=tuple(
            CircuitLoad(name, name, _frame(year, kw), above.get(name))
            for name, kw in circuits.items()
        ),
        temperature_c=temperature_c,
    )


def _frame(year: Year, kw: Floats) -> pd.DataFrame:
    return frame_from_kwh(pd.Series(kw * 0.5, index=year.index))


def tariff_of(load: SiteLoad, tariff: Tariff = KYUSHU, **known: object) -> Prices:
    """The load's prices under a tariff, its months billed; ``known`` are fields of ``Billing``."""
    months = tuple(_months(load))
    agreed = known.pop("agreed_kw", None)
    terms = Terms(agreed=(AgreedPower(Decimal(str(agreed)), date.min),) if agreed else ())
    billing = Billing(months, tariff, terms, months[0], **known)  # type: ignore[arg-type]
    return tariff_prices(load.slots, Calendar(ZONE), billing)


def _months(load: SiteLoad) -> list[BilledMonth]:
    firsts = list(pd.date_range(load.first, load.end, freq="MS"))
    starts = index_of(load.slots).as_unit("ms").asi8.tolist()
    milli = [round(kwh * 1e6) for kwh in load.slots["kwh"].tolist()]
    slots = [BilledSlot(at, at + 1_800_000, wh) for at, wh in zip(starts, milli, strict=True)]
    found = []
    for first, end in pairwise(firsts):
        low, high = (int(day.tz_localize(ZONE).timestamp() * 1000) for day in (first, end))
        inside = tuple(slot for slot in slots if low <= slot.start_ms < high)
        found.append(BilledMonth("works", ZONE, first.date(), end.date(), inside))
    return found


def agreed_tariff() -> Tariff:
    """The shipped tariff with an agreed contract power instead of one set by demand."""
    demand = tuple(
        replace(charge, mode="agreed", lookback_months=0, excess_factor=Decimal("1.5"))
        for charge in KYUSHU.demand
    )
    return replace(KYUSHU, demand=demand, id="agreed")


def found_in(
    load: SiteLoad,
    *rules: str,
    prices: Prices | None = None,
    plant: Plant = WORKS,
    **known: object,
) -> Findings:
    """What the rules named find in a load (none named: all); at 16.13 yen a kWh, 10,000 a kW."""
    held = prices or flat_prices(load.slots, 16.13, 10_000.0)
    chosen = [rule for rule in RULES if not rules or rule.name in rules]
    return find(load, held, CARBON, plant=plant, rules=chosen, **known)  # type: ignore[arg-type]


def of_rule(found: Findings, rule: str) -> tuple[Finding, ...]:
    """The findings of a rule."""
    return tuple(finding for finding in found.found if finding.rule == rule)


def silent(found: Findings, rule: str, circuit: str = "") -> Silence:
    """What a rule said of a circuit instead of a finding."""
    (said,) = [s for s in found.silences if (s.rule, s.circuit) == (rule, circuit)]
    return said

"""Longer periods from shorter ones, and the CO2 and cost that are booked on the way.

CO2 and cost are booked by local day, by the contract, factor and tariff in force on it; months and
years add their days up. Slots and shift days carry energy alone: a factor belongs to local days.
What already stands in the store is taken as it is, so that a touched slot makes one day, one month
and one year again, not all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.rollup.costs import Cost
from collector.rollup.periods import Window, joined
from collector.rollup.sums import (
    carried,
    energy_of,
    sum_of,
    with_cost,
    with_emissions,
)
from collector.rollup.totals import Period, Total
from collector.summarise.desk import Desk, Parts

ENERGY_ALONE: frozenset[Period] = frozenset({"15m", "30m", "1sd"})
Fresh = Mapping[str, Parts]
"""Fresh totals of a site by meter."""


def roll_up(desk: Desk, slots: Fresh) -> list[Total]:
    """Every total above the fresh slots, each from all its pieces: fresh, else stored."""
    fresh: dict[Period, Fresh] = {desk.slot: slots}
    totals: list[Total] = []
    for period, piece in desk.calendar.levels():
        fresh[period] = {
            meter: _level(desk, meter, period, piece, parts)
            for meter, parts in fresh[piece].items()
        }
        totals += [total for parts in fresh[period].values() for total in parts.values()]
    return totals


def _level(desk: Desk, meter: str, period: Period, piece: Period, parts: Parts) -> Parts:
    windows = sorted({desk.calendar.window(period, start_ms) for start_ms in parts})
    known = desk.stored(meter, piece, joined(windows)) | parts
    found: Parts = {}
    for window in windows:
        pieces = desk.calendar.pieces(piece, window)
        total = sum_of(known, pieces, period, window)
        if total is not None:
            found[window.start_ms] = _booked(desk, total, known, pieces, piece)
    return found


def _booked(
    desk: Desk,
    total: Total,
    known: Mapping[int, Total],
    pieces: Sequence[Window],
    piece: Period,
) -> Total:
    if total.period in ENERGY_ALONE or not desk.counts_energy(total.meter):
        return total
    if piece not in ENERGY_ALONE:
        return carried(total, known, pieces)
    held = [(known[one.start_ms], one) for one in pieces if one.start_ms in known]
    return with_cost(with_co2(desk, total), cost_of(desk, held))


def with_co2(desk: Desk, day: Total) -> Total:
    """The day's total with the CO2 of its energy."""
    if desk.emissions is None:
        return day
    end_ms = desk.calendar.day(day.start_ms).end_ms
    milli_wh = energy_of(day, end_ms).milli_wh
    return with_emissions(day, desk.emissions.of(milli_wh, desk.calendar.date_of(day.start_ms)))


def cost_of(desk: Desk, slots: Sequence[tuple[Total, Window]]) -> Cost | None:
    """The energy part of the bill for the slots of a local day."""
    if desk.prices is None or not slots:
        return None
    return desk.prices.cost(
        desk.calendar.date_of(slots[0][1].start_ms),
        [(window.start_ms, energy_of(total, window.end_ms).milli_wh) for total, window in slots],
    )

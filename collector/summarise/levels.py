"""Longer periods from shorter ones, and the CO2 and cost that are booked on the way.

CO2 and cost are booked by local day, by the contract, factor and tariff in force on it; months and
years add their days up. Slots and shift days carry energy alone: a factor belongs to local days.
What already stands in the store is taken as it is, so that a touched slot makes one day, one month
and one year again, not all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.rollup import co2_totals
from collector.rollup.costs import Cost
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.periods import joined
from collector.rollup.sums import (
    Booked,
    Piece,
    carried,
    pieces_known,
    sum_of,
    with_cost,
)
from collector.rollup.totals import Period, Total
from collector.summarise.desk import Desk, Parts

ENERGY_ALONE: frozenset[Period] = frozenset({"15m", "30m", "1sd"})
Fresh = Mapping[str, Parts]
"""Fresh totals of a site by meter."""


def roll_up(desk: Desk, slots: Fresh, booked: Mapping[str, Mapping[int, Booked]]) -> list[Total]:
    """Every total above the fresh slots, each from all its pieces: fresh, else stored.

    ``booked`` has the fresh slots' whole numbers.
    """
    fresh: dict[Period, Fresh] = {desk.slot: slots}
    totals: list[Total] = []
    for period, piece in desk.calendar.levels():
        fresh[period] = {
            meter: _level(desk, meter, (period, piece), parts, booked if piece == desk.slot else {})
            for meter, parts in fresh[piece].items()
        }
        totals += [total for parts in fresh[period].values() for total in parts.values()]
    return totals


def _level(
    desk: Desk,
    meter: str,
    level: tuple[Period, Period],
    parts: Parts,
    booked: Mapping[str, Mapping[int, Booked]],
) -> Parts:
    period, piece = level
    at_hand = booked.get(meter, {})
    windows = desk.calendar.windows_with(period, parts)
    known = desk.stored(meter, piece, joined(windows)) | parts
    found: Parts = {}
    for window in windows:
        pieces = pieces_known(known, desk.calendar.pieces(piece, window), at_hand)
        if pieces:
            total = sum_of(pieces, period, window)
            found[window.start_ms] = _booked(desk, total, pieces, piece)
    return found


def _booked(desk: Desk, total: Total, pieces: Sequence[Piece], piece: Period) -> Total:
    if total.period in ENERGY_ALONE or not desk.counts_energy(total.meter):
        return total
    # A piece that was emptied has neither CO2 nor cost, and takes none from the others.
    known = [one for one in pieces if one.booked.energy.known]
    if piece not in ENERGY_ALONE:
        return carried(total, [one.total for one in known])
    return with_cost(with_co2(desk, total), cost_of(desk, known))


def with_co2(desk: Desk, day: Total) -> Total:
    """The day's total with the CO2 of its energy."""
    if desk.emissions is None:
        return day
    rates = desk.emissions.on(desk.calendar.date_of(day.start_ms))
    return co2_totals.with_co2(day, round(day.kwh * MILLI_WH_PER_KWH), rates)


def cost_of(desk: Desk, slots: Sequence[Piece]) -> Cost | None:
    """The energy part of the bill for the slots of a local day."""
    if desk.prices is None or not slots:
        return None
    energies = [slot.booked.energy for slot in slots]
    day = desk.calendar.date_of(energies[0].start_ms)
    return desk.prices.cost(day, [(energy.start_ms, energy.milli_wh) for energy in energies])

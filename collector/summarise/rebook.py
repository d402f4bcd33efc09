"""Booking CO2 and cost anew, from the energy that stands in the store.

For when knowledge changes and energy does not: new factors, another contract, a new tariff. CO2
needs the days alone, cost needs their slots; raw readings are not touched, so this works for years
whose raw readings are long gone. It is always asked for, never done by itself: figures already
handed over must not move unseen (``collector.accounts`` keeps closed periods as they were).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from collector.rollup.periods import Window, joined
from collector.rollup.sums import carried, pieces_known, with_cost
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.site_config import SiteSettings
from collector.storage.port import ReadingStore
from collector.summarise.desk import Desk, Parts
from collector.summarise.evidence import Evidence
from collector.summarise.levels import cost_of, with_co2
from collector.summarise.library import Library


@dataclass(frozen=True, slots=True)
class RebookReport:
    """What one booking did: meters and days gone through, totals that changed, kg before and after.

    The kg are those of the site, None when one of its days has none. ``faults`` has one line for
    each thing a person should mend, ``notes`` for each that figures leave out.
    """

    meters: int
    days: int
    totals_changed: int
    co2_kg_before: float | None
    co2_kg_after: float | None
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def rebook(
    store: ReadingStore,
    evidence: Evidence,
    site: SiteSettings,
    library: Library,
    span: Window,
    cost: bool = False,
) -> RebookReport:
    """Book the CO2 (and the cost) of a site's days in the stretch anew, and all above them.

    Only totals that changed are written. Raises what the store raises.
    """
    desk = Desk(store, evidence, site.id, site, library)
    days = changed = 0
    before: float | None = None
    after: float | None = None
    electric = [meter for meter in desk.meters if desk.counts_energy(meter)]
    meters = [*electric, SITE_METER, UNMEASURED_METER]
    for meter in meters:
        old = desk.stored(meter, "1d", [span])
        new = _days(desk, meter, old, cost)
        written = _with_longer(desk, meter, span, old, new)
        desk.write(written)
        days, changed = days + len(old), changed + len(written)
        if meter == SITE_METER:
            before, after = _kg(old.values()), _kg(new.values())
    lines = tuple(desk.all_faults()), desk.all_notes()
    return RebookReport(len(meters), days, changed, before, after, *lines)


def _kg(totals: Iterable[Total]) -> float | None:
    # Days without a factor leave the sum without one: a part must not look like a whole.
    kg = [total.co2_kg for total in totals if total.kwh or total.coverage]
    return None if None in kg else fsum(one for one in kg if one is not None)


def _days(desk: Desk, meter: str, old: Parts, cost: bool) -> Parts:
    return {start_ms: _day(desk, meter, total, cost) for start_ms, total in old.items()}


def _day(desk: Desk, meter: str, total: Total, cost: bool) -> Total:
    booked = with_co2(desk, total)
    if not cost:
        return booked
    window = desk.calendar.day(total.start_ms)
    slots = desk.stored(meter, "30m", [window])
    held = pieces_known(slots, desk.calendar.pieces("30m", window))
    return with_cost(booked, cost_of(desk, held))


def _with_longer(desk: Desk, meter: str, span: Window, old: Parts, new: Parts) -> list[Total]:
    # The days that changed, and every longer period with one of them in it.
    fresh: dict[Period, Parts] = {"1d": {at: t for at, t in new.items() if t != old[at]}}
    for period, piece in desk.calendar.levels():
        if piece in fresh:
            windows = desk.calendar.windows_with(period, fresh[piece])
            known = new if piece == "1d" else {}
            beyond = [one for one in windows if not (known and _within(one, span))]
            parts = known | desk.stored(meter, piece, joined(beyond)) | fresh[piece]
            fresh[period] = _longer(desk, meter, (period, piece), windows, parts)
    return [total for parts in fresh.values() for total in parts.values()]


def _within(window: Window, span: Window) -> bool:
    return span.start_ms <= window.start_ms and window.end_ms <= span.end_ms


def _longer(
    desk: Desk, meter: str, level: tuple[Period, Period], windows: Sequence[Window], parts: Parts
) -> Parts:
    period, piece = level
    held = desk.stored(meter, period, joined(windows))
    found: Parts = {}
    for window in windows:
        if window.start_ms in held:
            pieces = desk.calendar.pieces(piece, window)
            made_of = [parts[one.start_ms] for one in pieces if one.start_ms in parts]
            found[window.start_ms] = carried(held[window.start_ms], made_of)
    return found

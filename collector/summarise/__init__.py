"""The station that turns raw readings into totals, and brings totals up to date.

Stands between the store's raw readings and its totals. What changed comes as dirty windows. For
each, the slots around it are computed again from the raw counters; then the days they lie in from
their slots, the months from their days, the years from their months; for every meter, for the
site and for what is unmeasured. A total is only ever replaced by the same total made from all
that is known, so running twice, late data and new factors need no path of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

from collector.clock import Clock
from collector.rollup.periods import Window
from collector.rollup.totals import Total
from collector.site_config import SiteSettings
from collector.state.dirty import DirtyWindow
from collector.state.stale_figures import Touched
from collector.storage.port import ReadingStore
from collector.summarise.desk import Desk
from collector.summarise.evidence import Evidence
from collector.summarise.levels import roll_up
from collector.summarise.library import Library
from collector.summarise.slots import Recomputed, TouchedSlots, recompute
from collector.summarise.touched import touched_days


class DirtyList(Protocol):
    """The windows to recompute; ``collector.state.dirty.DirtyWindows`` is the durable one."""

    def pending(self) -> Sequence[DirtyWindow]:
        """Every window still to recompute."""
        ...

    def clear(self, windows: Sequence[DirtyWindow]) -> None:
        """Strike off windows that were recomputed."""
        ...


class StaleList(Protocol):
    """Days whose figures are out of date; ``collector.state.stale_figures`` has the durable one."""

    def mark(self, site: str, touched: Iterable[Touched]) -> None:
        """Note that totals of the days changed."""
        ...


class _Nobody:
    def mark(self, site: str, touched: Iterable[Touched]) -> None:
        return None


NOBODY = _Nobody()
"""Nobody makes figures of the totals."""


@dataclass(frozen=True, slots=True)
class SummariseReport:
    """What one run did: windows recomputed and totals written, and when it ended (UTC ms).

    ``faults`` has one line for each thing a person should mend, ``events`` one for each decision
    on a counter (reset, rollover, glitch ...) that what changed has brought to light, ``notes``
    one for each thing that figures leave out because it is not known yet.
    """

    windows: int
    totals_written: int
    faults: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    at_ms: int = 0
    notes: tuple[str, ...] = ()


def run_once(
    store: ReadingStore,
    dirty: DirtyList,
    evidence: Evidence,
    sites: Sequence[SiteSettings],
    library: Library,
    clock: Clock,
    stale: StaleList = NOBODY,
) -> SummariseReport:
    """Bring every total up to date that a pending window touches; site after site.

    A site's windows are cleared only after the store has returned from writing its totals and
    their days are marked as ``stale``, so a run that breaks off is done again. Raises what the
    store raises: ``RetryLaterError`` when it is away, ``StopError`` when a person must act.
    """
    settings = {site.id: site for site in sites}
    windows = sorted(dirty.pending(), key=lambda window: (window.site, window.meter))
    written, faults, events, notes = 0, list[str](), list[str](), list[str]()
    for site_id, of_site in groupby(windows, key=lambda window: window.site):
        desk = Desk(store, evidence, site_id, settings.get(site_id), library)
        held = list(of_site)
        totals = _site_totals(desk, held)
        desk.write(totals)
        stale.mark(site_id, touched_days(totals, desk.slot))
        dirty.clear(held)
        written += len(totals)
        faults += desk.all_faults()
        events += desk.events
        notes += desk.all_notes()
    lines = tuple(faults), tuple(events)
    return SummariseReport(len(windows), written, *lines, clock.now_ms(), tuple(notes))


def _site_totals(desk: Desk, windows: Sequence[DirtyWindow]) -> list[Total]:
    _check_known(desk, windows)
    recomputed: dict[str, Recomputed] = {}
    for window in windows:
        found = recomputed.setdefault(window.meter, Recomputed())
        recompute(desk, window.meter, Window(window.from_ms, window.to_ms), found)
    slots = TouchedSlots(desk, recomputed)
    fresh = {meter: slots.fresh(meter) for meter in recomputed}
    if desk.meters:
        fresh |= slots.fresh_sums(fresh)
    totals = [total for parts in fresh.values() for total in parts.values()]
    return totals + (roll_up(desk, fresh, slots.booked) if desk.settings else [])


def _check_known(desk: Desk, windows: Iterable[DirtyWindow]) -> None:
    if desk.settings is None:
        desk.faults.append(
            f"site {desk.site}: not in the configuration, so its calendar is not known: only the"
            " energy of its slots is kept, without CO2"
            " (add it as [[sites]], then run: collector summarise --from DAY)"
        )
        return
    for meter in sorted({window.meter for window in windows} - desk.meters.keys()):
        desk.faults.append(
            f"site {desk.site}: meter {meter} is not in the configuration: it is summed, but is no"
            f' part of the site\'s total (add it as [[sites.meters]] with id = "{meter}")'
        )

"""Marks stored readings of local days, so that their totals are computed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from collector.clock import Clock
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings
from collector.state.dirty import DirtyWindows, Mark
from collector.storage.port import ReadingStore
from collector.summarise.series import IMPORT


def span_ms(
    site: SiteSettings, first: date | None, last: date | None, clock: Clock
) -> tuple[int, int]:
    """Answer the instants (UTC ms, end excluded) of local days, open to the past and to now."""
    end = last and last + timedelta(days=1)
    from_ms = midnight_ms(site.zone, first) if first else 0
    return from_ms, midnight_ms(site.zone, end) if end else clock.now_ms() + 1


def mark(
    store: ReadingStore,
    dirty: DirtyWindows,
    sites: Sequence[SiteSettings],
    days: tuple[date | None, date | None],
    clock: Clock,
) -> int:
    """Mark every reading of the sites on the days, both included; None leaves that side open.

    Answers the number of meters marked. Raises what the store raises.
    """
    by_id = {site.id: site for site in sites}
    marks = []
    for site_id, meter in store.meters():
        if (site := by_id.get(site_id)) is not None:
            found = _mark_of(store, site, meter, span_ms(site, *days, clock))
            marks += [found] if found else []
    dirty.mark_all(marks)
    return len(marks)


def _mark_of(
    store: ReadingStore, site: SiteSettings, meter: str, span: tuple[int, int]
) -> Mark | None:
    quantity = next((m.quantity for m in site.meters if m.id == meter), IMPORT)
    oldest = store.first_from(site.id, meter, quantity, span[0])
    newest = store.last_before(site.id, meter, quantity, span[1])
    if oldest is None or newest is None or oldest[0] > newest[0]:
        return None
    return site.id, meter, oldest[0], newest[0] + 1

"""Marks days whose totals stand as they are, so that their figures are made again."""

from __future__ import annotations

from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import Window
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.state.stale_figures import StaleFigures, Touched
from collector.storage.port import ReadingStore


def mark_again(store: ReadingStore, stale: StaleFigures, site: SiteSettings, span: Window) -> int:
    """Mark every stored day of the site's meters in the stretch (UTC ms); answers how many.

    Figures of momentary values are left as they are: no total tells of them.
    """
    electric = [meter.id for meter in site.meters if meter.medium == ELECTRICITY]
    touched: list[Touched] = []
    for meter in (SITE_METER, *electric):
        found = store.read_total_columns(
            *(site.id, meter, "1d", ("kwh",)), span.start_ms, span.end_ms
        )
        touched += [(meter, day_ms, day_ms, day_ms) for day_ms in found.start_ms]
    stale.mark(site.id, touched)
    return len(touched)

"""What one worker does: it opens the store by itself, and answers the figures of some sites.

Only paths, names and dates go to a worker and plain dataclasses come back, so that threads,
processes (started fresh) and other machines do the same thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import pandas as pd

from collector import config
from collector.analysis.site_load import SiteLoad
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.frames import Store
from collector.portfolio.figures import figures
from collector.reports.portfolio.data import SiteFault, SiteFigures
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER
from collector.storage import open_stores
from collector.storage.port import ReadingStore

Told = SiteFigures | SiteFault


def figures_of(source: str, sites: Sequence[str], first: date, end: date) -> tuple[Told, ...]:
    """The figures of the sites of a settings file, or of each why there are none.

    Raises ``CollectorError`` when settings or store cannot be used at all.
    """
    settings = _settings(source, _changed_ns(Path(source)))
    store = open_stores(settings)
    try:
        frames = Store(store, settings.sites)
        return tuple(told_of(store, frames, site, first, end) for site in sites)
    finally:
        store.close()


def _changed_ns(path: Path) -> int:
    return path.stat().st_mtime_ns if path.is_file() else 0


@lru_cache(maxsize=2)
def _settings(source: str, changed_ns: int) -> CollectorSettings:
    return config.load(Path(source))


def told_of(store: ReadingStore, frames: Store, site: str, first: date, end: date) -> Told:
    """The figures of one site, or why there are none."""
    try:
        load = light_load(frames, site, first, end)
        if load.days["kwh"].isna().all() and load.slots["kwh"].isna().all():
            reason = f"nothing is stored of {first} to {end - timedelta(days=1)}"
            return SiteFault(site, reason, stored=False)
        before = _before(frames, site, first, end)
        return figures(load, before, _currency(store, load))
    except CollectorError as error:
        return SiteFault(site, str(error))
    except (ValueError, ArithmeticError, LookupError) as error:
        # One site with a fault must not take the figures of three hundred others away.
        return SiteFault(site, f"a fault in the program: {error!r}")


def light_load(frames: Store, site: str, first: date, end: date) -> SiteLoad:
    """The site as a whole, without its circuits, weather and production."""
    at = frames.site(site)
    return SiteLoad(
        site=site,
        name=at.name,
        name_en=at.name_en,
        zone=at.zone,
        first=first,
        end=end,
        slots=frames.slots(site, SITE_METER, first, end),
        day_kinds=frames.day_kinds(site, first, end),
        days=frames.days(site, SITE_METER, first, end),
        contract_power_kw=at.contract_power_kw,
        billing_day=at.billing_day,
        fiscal_year_starts=at.fiscal_year_starts,
    )


def _before(frames: Store, site: str, first: date, end: date) -> pd.Series[float]:
    days = (_year_before(first), _year_before(end - timedelta(days=1)) + timedelta(days=1))
    return frames.days(site, SITE_METER, *days)["kwh"]


def _year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return (day - timedelta(days=1) if leap else day).replace(year=day.year - 1)


def _currency(store: ReadingStore, load: SiteLoad) -> str:
    edges = midnight_ms(load.zone, load.first), midnight_ms(load.zone, load.end)
    found = store.read_total_columns(load.site, SITE_METER, "1d", ("currency",), *edges)
    held = dict.fromkeys(str(name) for name in found.values["currency"] if name)
    return next(iter(held)) if len(held) == 1 else ""

"""A collector's store as frames: what a notebook and every report begin with.

```python
from collector.frames import Store

with Store.open("collector.toml") as store:
    load = store.site_load("sendai", date(2025, 4, 1), date(2026, 4, 1))
```
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from collector import config
from collector.analysis.frame import FIELDS, frame_of, slot_index
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.calendars.plant_calendar import PlantCalendar
from collector.errors import CollectorError
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period
from collector.site_config import MeterSettings, SiteSettings
from collector.storage import open_stores
from collector.storage.port import ReadingStore
from collector.storage.schema import AMOUNT_MEASUREMENTS, WEATHER, WEATHER_METER

DAY_FIELDS = (
    "kwh", "coverage", "co2_kg", "co2_location_kg", "co2_market_kg", "co2_basic_kg",
    "co2_adjusted_kg", "energy_cost",
)  # fmt: skip
PRODUCTION = "production"
HOUR_MS = 3_600_000


class Store:
    """Frames out of a ``ReadingStore``, for the sites of its settings. Reads only.

    Every verb raises ``CollectorError`` for a site that is not configured, and what the store
    raises.
    """

    def __init__(self, store: ReadingStore, sites: Sequence[SiteSettings]) -> None:
        self._store = store
        self._sites = {site.id: site for site in sites}

    @classmethod
    @contextmanager
    def open(cls, path: Path | str = "collector.toml") -> Iterator[Store]:
        """The store of a collector's settings, given back at the end."""
        settings = config.load(Path(path))
        store = open_stores(settings)
        try:
            yield cls(store, settings.sites)
        finally:
            store.close()

    @property
    def sites(self) -> tuple[SiteSettings, ...]:
        """The sites of the settings."""
        return tuple(self._sites.values())

    def site(self, site: str) -> SiteSettings:
        """The settings of a site."""
        if site not in self._sites:
            known = ", ".join(self._sites) or "none"
            raise CollectorError(f"there is no site {site}", f"the settings have: {known}")
        return self._sites[site]

    def slots(self, site: str, meter: str, first: date, end: date) -> pd.DataFrame:
        """A meter's slots from local ``first`` to ``end``, excluded (``collector.analysis.frame``).

        ``meter`` may be ``_site`` or ``_unmeasured``.
        """
        at = self.site(site)
        edges = midnight_ms(at.zone, first), midnight_ms(at.zone, end)
        period: Period = "15m" if at.slot_minutes == 15 else "30m"
        found = self._store.read_total_columns(site, meter, period, FIELDS, *edges)
        index = slot_index(at.zone, first, end, at.slot_minutes)
        return frame_of(found.start_ms, found.values, index)

    def days(self, site: str, meter: str, first: date, end: date) -> pd.DataFrame:
        """A meter's stored days by local date (naive midnight): ``DAY_FIELDS``, NaN where none."""
        at = self.site(site)
        edges = midnight_ms(at.zone, first), midnight_ms(at.zone, end)
        found = self._store.read_total_columns(site, meter, "1d", DAY_FIELDS, *edges)
        held = pd.DataFrame(
            {name: np.asarray(found.values[name], dtype=np.float64) for name in DAY_FIELDS},
            index=_dates_of(found.start_ms, at),
        )
        return held.reindex(_dates(first, end))

    def day_kinds(self, site: str, first: date, end: date) -> pd.Series[str]:
        """The kind of each local date (naive midnight), by the plant's own calendar."""
        calendar = PlantCalendar.of(self.site(site).calendar)
        dates = _dates(first, end)
        return pd.Series([calendar.day_type(day.date()).kind for day in dates], index=dates)

    def temperature_c(self, site: str, first: date, end: date) -> pd.Series[float] | None:
        """The outdoor temperature by the hour (mean, °C, site time); None where none is stored.

        The mean of a day stands for each of its hours.
        """
        at = self.site(site)
        edges = midnight_ms(at.zone, first), midnight_ms(at.zone, end)
        held = self._store.read_rows(WEATHER, site, WEATHER_METER, *edges)
        # A row of no duration was taken back.
        rows = [row for row in held if float(row.fields["duration_s"]) > 0]
        if not rows:
            return None
        lengths_h = np.array([float(row.fields["duration_s"]) for row in rows]) / 3600
        hours = np.maximum(1, np.rint(lengths_h)).astype(np.int64)
        into = np.arange(hours.sum()) - np.repeat(np.cumsum(hours) - hours, hours)
        starts_ms = np.repeat([row.at_ms for row in rows], hours) + into * HOUR_MS
        means = pd.Series(
            np.repeat([float(row.fields["temperature_c"]) for row in rows], hours),
            index=pd.to_datetime(starts_ms, unit="ms", utc=True),
        )
        return means.tz_convert(at.zone).resample("1h").mean()

    def production(self, site: str, first: date, end: date) -> pd.DataFrame | None:
        """Amounts by local date, a column for each production meter; None where there is none."""
        at = self.site(site)
        columns = {
            meter.id: self._amounts(at, meter, first, end)
            for meter in at.meters
            if meter.medium == PRODUCTION
        }
        return pd.DataFrame(columns, index=_dates(first, end)) if columns else None

    def circuit(self, site: str, meter: MeterSettings, first: date, end: date) -> CircuitLoad:
        """One meter's load and its place in the tree on the last day."""
        moves = [move for move in meter.moves if move.from_date < end]
        parent = moves[-1].parent or None if moves else meter.parent
        return CircuitLoad(
            id=meter.id,
            name=meter.name,
            slots=self.slots(site, meter.id, first, end),
            parent=parent,
            rated_kw=meter.rated_power_kw,
            name_en=meter.name_en,
        )

    def site_load(self, site: str, first: date, end: date) -> SiteLoad:
        """Everything findings and reports need of local days ``first`` to ``end``, excluded.

        Raises ``CollectorError`` when the period is empty.
        """
        if end <= first:
            raise CollectorError(f"{first} to {end} has no day", "choose a later end")
        at = self.site(site)
        electric = [meter for meter in at.meters if meter.medium == ELECTRICITY]
        return SiteLoad(
            site=site,
            name=at.name,
            name_en=at.name_en,
            zone=at.zone,
            first=first,
            end=end,
            slots=self.slots(site, SITE_METER, first, end),
            day_kinds=self.day_kinds(site, first, end),
            days=self.days(site, SITE_METER, first, end),
            circuits=tuple(self.circuit(site, meter, first, end) for meter in electric),
            unmeasured=self.slots(site, UNMEASURED_METER, first, end),
            temperature_c=self.temperature_c(site, first, end),
            production=self.production(site, first, end),
            production_units={m.id: m.unit for m in at.meters if m.medium == PRODUCTION},
            contract_power_kw=_contract_power_kw(at, end),
            billing_day=at.billing_day,
            fiscal_year_starts=at.fiscal_year_starts,
        )

    def _amounts(
        self, site: SiteSettings, meter: MeterSettings, first: date, end: date
    ) -> pd.Series[float]:
        edges = midnight_ms(site.zone, first), midnight_ms(site.zone, end)
        rows = self._store.read_rows(AMOUNT_MEASUREMENTS["1d"], site.id, meter.id, *edges)
        known = [row for row in rows if float(row.fields["missing"]) < 1]
        values = [float(row.fields["amount"]) for row in known]
        return pd.Series(values, index=_dates_of([row.at_ms for row in known], site), dtype=float)


def _contract_power_kw(site: SiteSettings, end: date) -> float | None:
    """The agreed power in force on the last day before ``end``."""
    begun = [power for power in site.contract_powers if power.from_date < end]
    newest = max(begun, key=lambda power: power.from_date, default=None)
    return site.contract_power_kw if newest is None else newest.kw


def _dates(first: date, end: date) -> pd.DatetimeIndex:
    return pd.date_range(first, end - timedelta(days=1), freq="D")


def _dates_of(start_ms: Sequence[int], site: SiteSettings) -> pd.DatetimeIndex:
    # A day is named by where it is noon: where clocks change at midnight its start is not 0:00.
    instants = pd.to_datetime(np.asarray(start_ms, dtype="int64"), unit="ms", utc=True)
    noon = instants.tz_convert(site.zone) + pd.Timedelta(hours=11)
    return noon.tz_localize(None).normalize()

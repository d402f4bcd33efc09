"""What kind of day each summed day was, beside its totals: boards tell working days from others."""

from __future__ import annotations

from collections.abc import Iterable

from collector.calendars.plant_calendar import PlantCalendar
from collector.rollup.periods import Calendar
from collector.rollup.totals import SITE_METER, Total
from collector.storage.port import Row
from collector.storage.schema import DAY_TYPE


def day_type_rows(totals: Iterable[Total], plant: PlantCalendar, calendar: Calendar) -> list[Row]:
    """A row for each of the site's days among the totals."""
    return [
        _row(total, plant, calendar)
        for total in totals
        if total.period == "1d" and total.meter == SITE_METER
    ]


def _row(total: Total, plant: PlantCalendar, calendar: Calendar) -> Row:
    day = calendar.date_of(total.start_ms)
    found = plant.day_type(day)
    fields: dict[str, float | str] = {
        "kind": found.kind,
        "name": found.name,
        "works": float(plant.works(day)),
    }
    return Row(DAY_TYPE, total.site, SITE_METER, total.start_ms, fields)

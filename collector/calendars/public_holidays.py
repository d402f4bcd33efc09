"""Public holidays of a country or one of its regions; the only file that knows `holidays`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import holidays


def public_holidays(place: str, year: int) -> Mapping[date, str]:
    """The holidays of a calendar year by day, with their names.

    ``place`` is a country of ISO 3166, or country and region joined by ``-`` ("JP", "DE-BY").
    Raises ``ValueError`` for a place that is not known.
    """
    country, _, region = place.partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=region or None, years=year)
    except NotImplementedError as error:
        raise ValueError(f"no public holidays of {place} are known") from error
    return {day: name for day, name in sorted(found.items()) if day.year == year}

"""Public holidays of a country or one of its regions; the only file that knows `holidays`.

The library is loaded by the first question: a plant that names no country does without it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import date


def public_holidays(place: str, year: int, language: str | None = None) -> Mapping[date, str]:
    """The holidays of a calendar year by day, with their names, in order of the days.

    ``place`` is a country of ISO 3166, or country and region joined by ``-`` ("JP", "DE-BY").
    Names are in the country's own language, or in the one asked for ("en") where it is known.
    Empty for a year the source does not know (Japan: before 1949 and after 2099). Raises
    ``ValueError`` for a place that is not known.
    """
    import holidays

    country, _, region = place.partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=region or None)
        # Where none of its languages is named, the library speaks the machine's.
        spoken = [name for name in days.supported_languages if name.split("_")[0] == language]
        days = holidays.country_holidays(
            country, subdiv=region or None, years=year, language=(*spoken, days.default_language)[0]
        )
    except NotImplementedError as error:
        raise ValueError(f"no public holidays of {place} are known") from error
    return {day: name for day, name in sorted(days.items()) if day.year == year}


def near_places(place: str) -> tuple[str, ...]:
    """Known places that a wrong one may stand for: the closest first, three at most.

    For a region that is not known, regions of its country; else countries.
    """
    import holidays

    country, _, region = place.upper().partition("-")
    regions = holidays.list_supported_countries()
    if region and country in regions:
        near = difflib.get_close_matches(region, regions[country], n=3, cutoff=0.3)
        return (country, *(f"{country}-{known}" for known in near))[:3]
    codes = [code for code in regions if len(code) == 2]
    return tuple(difflib.get_close_matches(country, codes, n=3))

"""Faults of a plant calendar in the settings, all of them, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collector.calendars.day_list import DayRange, day_range
from collector.calendars.public_holidays import near_places, public_holidays


def calendar_faults(calendar: Mapping[str, Any], path: str = "calendar") -> Iterator[str]:
    """Yield a line for every wrong entry of the section, with its dotted path and what to write.

    ``calendar`` is the section as plain values (``CalendarSettings.model_dump()``, or the TOML
    table as it stands; values of a wrong type are the schema's to name and are passed over).
    """
    place = calendar.get("holidays")
    if isinstance(place, str) and place:
        yield from _place_faults(place, f"{path}.holidays")
    faults: list[str] = []
    closed = _days(calendar, "closed", path, faults)
    working = _days(calendar, "working", path, faults)
    yield from faults
    for at, entry, days in working:
        for closed_at, _, closed_days in closed:
            if days.overlaps(closed_days):
                yield f"{at} = {_shown(entry)}: closed by {closed_at} (remove it from one of them)"


def _place_faults(place: str, path: str) -> Iterator[str]:
    try:
        public_holidays(place, 2025)
    except ValueError:
        near = ", ".join(f'"{known}"' for known in near_places(place))
        hint = near or 'a country of ISO 3166, for example "JP" or "DE-BY"'
        yield f"{path} = {_shown(place)}: no public holidays of this place are known (write {hint})"


def _days(
    calendar: Mapping[str, Any], key: str, path: str, faults: list[str]
) -> list[tuple[str, str, DayRange]]:
    # The entries that are days, with their paths; the others go to the faults.
    found: list[tuple[str, str, DayRange]] = []
    entries = calendar.get(key)
    for index, entry in enumerate(entries if isinstance(entries, (list, tuple)) else ()):
        at = f"{path}.{key}[{index}]"
        if not isinstance(entry, str):
            continue
        try:
            found.append((at, entry, day_range(entry)))
        except ValueError as error:
            faults.append(f"{at} = {_shown(entry)}: {error}")
    return found


def _shown(entry: str) -> str:
    text = " ".join(entry.split())
    return f'"{text}"' if len(text) <= 50 else f'"{text[:47]}..."'

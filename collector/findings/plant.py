"""What is known of a plant beside its load: its declared hours and what its circuits feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from collector.site_config import EquipmentSettings, SiteSettings

Span = tuple[int, int]
"""Minutes of the day, from and to; over midnight where the second is not the larger."""


@dataclass(frozen=True, slots=True)
class Plant:
    """Declared working hours and lunch break of a working day (None: not declared), equipment.

    ``equipment`` is by circuit id.
    """

    hours: Span | None = None
    lunch: Span | None = None
    equipment: Mapping[str, EquipmentSettings] = field(default_factory=dict)

    @classmethod
    def of(cls, site: SiteSettings) -> Plant:
        """What the site's settings say."""
        calendar = site.calendar
        return cls(
            hours=_span(calendar.hours),
            lunch=_span(calendar.lunch),
            equipment={m.id: m.equipment for m in site.meters if m.equipment is not None},
        )


def within(span: Span, minute: int) -> bool:
    """Whether a minute of the day lies in the span."""
    first, end = span
    return first <= minute < end if first < end else minute >= first or minute < end


def _span(text: str | None) -> Span | None:
    if text is None:
        return None
    first, end = (60 * int(at[:2]) + int(at[3:]) for at in text.split("-"))
    return first, end

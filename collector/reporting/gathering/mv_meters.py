"""The register of the meters that a saving was measured with."""

from __future__ import annotations

from collections.abc import Iterator

from collector.accounts.span import Span
from collector.reporting.sources import Sources
from collector.reports.mv.data import MeterRow, Named
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import midnight_ms
from collector.rollup.site_calendar import calendar_of
from collector.site_config import MeterSettings, SiteSettings


def meters_of(
    sources: Sources, site: SiteSettings, circuit: str, whole: Span
) -> tuple[MeterRow, ...]:
    """The meters within the boundary, each as often as it was changed before the end of ``whole``.

    The circuit's own meter, or those that the whole site is counted by.
    """
    electric = [meter for meter in site.meters if meter.medium == ELECTRICITY]
    chosen = [m for m in electric if (m.id == circuit if circuit else m.parent is None)]
    named = [row for meter in chosen for row in _rows(sources, site, meter, whole)]
    return tuple(named)


def _rows(
    sources: Sources, site: SiteSettings, meter: MeterSettings, whole: Span
) -> Iterator[MeterRow]:
    card = sources.state.cards.card(site.id, meter.id)
    profile = card.profile if card else ""
    name = Named(meter.name, meter.name_en)
    end_ms = midnight_ms(site.zone, whole.end)
    history = [i for i in sources.state.identities.history(site.id, meter.id) if i.from_ms < end_ms]
    if not history:
        yield MeterRow(meter.id, name, profile, "", None, None, None, "", meter.certified_until)
    for one in history:
        yield MeterRow(
            *(meter.id, name, profile, one.serial),
            *(calendar_of(site).date_of(one.from_ms), one.ratio, one.step_wh),
            *(one.by or one.agent, meter.certified_until if one is history[-1] else None),
        )

"""The path of a site's CO2 target, as far as its base year is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.accounts.account import DayEnergy
from collector.accounts.contracts import contracts_of
from collector.accounts.ledger import Book
from collector.accounts.span import Span
from collector.accounts.targets import Path, base_year_kg, rule_of
from collector.errors import CollectorError
from collector.figures.plant import FigurePlant
from collector.rollup.co2_totals import METHOD_FIELDS, OWN_FIELD
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.tariffs.series import months_on

_KG_PER_T = 1000


def co2_field(settings: SiteSettings) -> str:
    """The total's field by the method of the site's target; the site's own without a target."""
    if settings.target is None or settings.target.method == settings.co2_method:
        return OWN_FIELD
    return METHOD_FIELDS.get(settings.target.method, OWN_FIELD)


def target_path(plant: FigurePlant) -> Path | None:
    """The path; None without a target, or where the base year's CO2 is neither set nor known."""
    target = plant.settings.target
    if target is None:
        return None
    try:
        rule = rule_of(target)
        if target.base_t is not None:
            return Path(rule, Decimal(repr(target.base_t)) * _KG_PER_T)
        return Path(rule, _base_kg(plant, rule.base_year, target.method))
    except CollectorError:
        # Told by `collector accounts`; a board shows no path instead of a wrong one.
        return None


def _base_kg(plant: FigurePlant, year: int, method: str) -> Decimal:
    first = date(year, plant.calendar.fiscal_year_starts, 1)
    span = Span(first, months_on(first, 12))
    within = plant.window(span.first, span.end)
    totals = plant.store.read_totals(plant.site, SITE_METER, "1d", within.start_ms, within.end_ms)
    days = tuple(
        DayEnergy(plant.calendar.date_of(t.start_ms), round(t.kwh * MILLI_WH_PER_KWH))
        for t in totals
        if t.coverage or t.kwh
    )
    contracts = contracts_of(plant.settings)
    book = Book(plant.site, plant.settings.zone, contracts, (), days)
    return base_year_kg(book, span, plant.library.factors, method)

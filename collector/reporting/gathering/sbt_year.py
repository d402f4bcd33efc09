"""Gathers the SBT report: the year's account, the base year's figures, what was entered."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from collector.accounts.methods import own_method
from collector.accounts.span import fiscal_year_of, fiscal_year_span
from collector.accounts.targets import sbt_sme_rule
from collector.errors import CollectorError
from collector.reporting.gathering.signed_accounts import (
    signed_account,
    site_of,
    span_asked,
    year_figures,
)
from collector.reporting.kind import Request, Step
from collector.reporting.option_values import number_of, whole_of, yes_of
from collector.reporting.sources import Sources
from collector.reports.sbt.data import METHODS, Entered, SbtData
from collector.site_config import SiteSettings, TargetSettings

_TARGET_YEAR = 2030


def sbt_data(sources: Sources, request: Request, step: Step) -> SbtData:
    """Everything the report says of the fiscal year asked for.

    Raises ``CollectorError`` for options that cannot be read, and for a base year that is not
    before the target year or lies after the year reported.
    """
    site, span = site_of(sources, request), span_asked(request)
    year = fiscal_year_of(span.first, site.fiscal_year_starts)
    base_year = _base_year(site, request.options, year)
    step("account", 0.1)
    signed = signed_account(sources, site, span)
    step("base year", 0.5)
    base_span = fiscal_year_span(base_year, site.fiscal_year_starts)
    given = _base_entered(site, request.options, base_year)
    return SbtData(
        *(site.id, site.name, site.name_en, site.zone, site.fiscal_year_starts),
        signed=signed,
        made_at_ms=sources.clock.now_ms(),
        year=year,
        rule=sbt_sme_rule(base_year),
        base=year_figures(sources, site, base_span, METHODS, given),
        entered=_entered(request.options),
    )


def _base_year(site: SiteSettings, options: Mapping[str, str], year: int) -> int:
    asked = whole_of(options, "base_year", 1990, _TARGET_YEAR - 1)
    if asked is None:
        if site.target is None or site.target.scheme != "sbt_sme":
            hint = "write --option base_year=2018, or scheme = sbt_sme in [sites.target]"
            raise CollectorError(f"the base year of {site.id} is not known", hint)
        asked = site.target.base_year
    if asked >= _TARGET_YEAR or asked > year:
        what = f"the base year FY{asked} is later than the year reported, FY{year}"
        raise CollectorError(what, "choose a base year up to the year reported")
    return asked


def _base_entered(
    site: SiteSettings, options: Mapping[str, str], base_year: int
) -> dict[str, Decimal]:
    found = {}
    for method in METHODS:
        value = number_of(options, f"base_{method}_t")
        if value is not None:
            found[method] = value.scaleb(3)
    target = site.target or TargetSettings()
    method = own_method(target.method)
    if target.base_t is not None and target.base_year == base_year and method in METHODS:
        found.setdefault(method, Decimal(str(target.base_t)).scaleb(3))
    return found


def _entered(options: Mapping[str, str]) -> Entered:
    reduction = number_of(options, "reduction")
    if reduction is not None and reduction > 100:
        raise CollectorError(f"reduction = {reduction}", "a percentage up to 100")
    return Entered(
        s1_t=number_of(options, "s1_t"),
        base_s1_t=number_of(options, "base_s1_t"),
        staff=number_of(options, "staff"),
        turnover_meur=number_of(options, "turnover_meur"),
        assets_meur=number_of(options, "assets_meur"),
        flag=yes_of(options, "flag"),
        excluded_sector=yes_of(options, "excluded"),
        scope_3=yes_of(options, "scope3"),
        reduction_percent=reduction,
    )

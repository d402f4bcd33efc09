"""Gathers the Scope 2 pack: the account, its closing, the base year, the customers' parts."""

from __future__ import annotations

from collections.abc import Mapping

from collector.accounts.account import Account
from collector.errors import CollectorError
from collector.reporting.gathering.customer_parts import Spread, spread_over_customers
from collector.reporting.gathering.signed_accounts import (
    base_year,
    signed_account,
    site_of,
    span_asked,
)
from collector.reporting.kind import Request, Step
from collector.reporting.sources import Sources
from collector.reports.scope2_pack.data import METHODS, LineName, Scope2Data, part_rows
from collector.site_config import SiteSettings


def scope2_data(sources: Sources, request: Request, step: Step) -> Scope2Data:
    """Everything the pack says of the days asked for.

    Raises ``CollectorError`` for customers that cannot be read or allocated to.
    """
    site = site_of(sources, request)
    step("account", 0.1)
    signed = signed_account(sources, site, span_asked(request))
    step("customers", 0.6)
    spread = _spread(sources, site, signed.account, request.options)
    return Scope2Data(
        *(site.id, site.name, site.name_en, site.zone, site.fiscal_year_starts),
        signed=signed,
        made_at_ms=sources.clock.now_ms(),
        base=base_year(sources, site, METHODS),
        allocation=spread.allocation if spread else None,
        measured_hours=bool(spread and spread.measured_hours),
        line_names={m.id: LineName(m.name, m.name_en or m.name) for m in site.meters},
        only=request.options.get("customer", ""),
    )


def _spread(
    sources: Sources, site: SiteSettings, account: Account, options: Mapping[str, str]
) -> Spread | None:
    file, basis, only = (options.get(name, "") for name in ("customers", "basis", "customer"))
    if not file:
        if only or basis:
            hint = "write --option customers=FILE.csv"
            raise CollectorError("a customer or basis needs the table of customers", hint)
        return None
    spread = spread_over_customers(sources, site, account, file, basis)
    part_rows(spread.allocation, only, "")  # refuses a name that is not in the table
    return spread

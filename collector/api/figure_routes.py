"""Accounts, bills and factors: figures with their evidence, each from the room that makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from collector.accounts.period_text import window_of
from collector.accounts.view import account_view
from collector.api.answer import json_answer, table_answer
from collector.api.figure_schemas import ACCOUNT, BILL, BILL_LINES, FACTOR
from collector.api.made import made
from collector.api.problems import Problem, refused
from collector.api.said_answers import answers
from collector.api.seen import Asking, AskingNow, SeenProposals, SeenSite
from collector.billing.lines import Bill
from collector.billing.what_if import bills as billed
from collector.errors import CollectorError
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary
from collector.factors.record import factor_record
from collector.gather.account_book import account_of, checked_site, span_of
from collector.gather.bill_months import month_named, site_question
from collector.rollup.site_calendar import calendar_of

router = APIRouter(tags=["figures"])


@router.get(
    "/v1/sites/{site}/account",
    summary="The energy and CO2 account of a period",
    response_class=Response,
    responses=answers("the account", ACCOUNT, 403, 404, 409),
)
def account(
    request: Request,
    seen: SeenSite,
    period: Annotated[
        str,
        Query(description="FY2025, 2025, 2025-10, 2025-10-03 or first/last", examples=["FY2025"]),
    ],
) -> Response:
    """Scope 2 by every method that applies, side by side and never added, with factors."""
    with _asked():
        span = span_of(seen.site, period)
    seen.require(window_of(span, calendar_of(seen.site)))
    source = seen.source
    with made():
        found = account_of(source, checked_site(source.settings, seen.site.id), span, None)
    closed = source.state.closed.get(seen.site.id, span)
    mark = closed and {
        "number": closed.id,
        "by": closed.by,
        "closed_at_ms": closed.closed_at_ms,
        "digest": closed.digest,
    }
    return json_answer(request, {**account_view(found), "closed": mark})


@router.get(
    "/v1/sites/{site}/bills",
    summary="The bill of a month, line by line",
    response_class=Response,
    responses=answers("the bill", BILL, 403, 404, 409, csv=True),
)
def bills(
    request: Request,
    seen: SeenProposals,
    month: Annotated[str, Query(description="the month the bill ends in", examples=["2025-10"])],
) -> Response:
    """What the month costs under the site's tariff.

    Its demand charge looks back to the demands of up to eleven months before, as contracts do.
    """
    with _asked():
        named = month_named(month)
    try:
        window = calendar_of(seen.site).billing_month_named(named)
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"month: {month!r} lies too far away", "write it as 2025-10") from error
    seen.require(window)
    source = seen.source
    with made():
        asked = site_question(source.store, seen.site, source.library.tariffs, named)
        (found,) = billed(asked.months, asked.tariff, asked.terms, asked.from_day)
    view = _bill_view(found)
    rows = [[line[column.name] for column in BILL_LINES] for line in view.pop("lines")]
    return table_answer(request, view, BILL_LINES, rows)


@router.get(
    "/v1/factors/{factor_id}",
    summary="A CO2 factor with its source",
    response_class=Response,
    responses=answers("the factor", FACTOR, 404),
)
def factor(
    request: Request,
    who: AskingNow,
    factor_id: Annotated[str, Path(description="id of a factor, as a total names it")],
) -> Response:
    """Value, windows, publication and corrections of a factor.

    Of a plant's own factors a token sees those of the suppliers its sites have contracts with.
    """
    library = who.served.source.library.factors
    row = library.factor(factor_id)
    if row is None or not _may_see(who, row):
        raise Problem(404, "there is no such factor", "take the id from factor_id of a total")
    return json_answer(request, factor_record(row, library))


def _may_see(who: Asking, row: Factor) -> bool:
    if FactorLibrary.shipped().factor(row.id) is not None:
        return True
    contracts = (contract for site in who.sites for contract in site.contracts)
    return any(
        contract.region == row.region and contract.supplier in (row.supplier, row.supplier_name)
        for contract in contracts
    )


def _bill_view(bill: Bill) -> dict[str, Any]:
    return {
        "site": bill.site,
        "tariff_id": bill.tariff_id,
        "from": bill.from_date.isoformat(),
        "to": bill.to_date.isoformat(),
        "total": format(bill.total, "f"),
        "currency": bill.currency,
        "warnings": list(bill.warnings),
        "lines": [
            {column.name: getattr(line, column.name) for column in BILL_LINES}
            for line in bill.lines
        ],
    }


@contextmanager
def _asked() -> Iterator[None]:
    """What a caller wrote that is no period or month is the caller's fault."""
    try:
        yield
    except CollectorError as error:
        raise refused(error) from error

"""What people have signed or been sent: closed accounts of CO2 and suppliers' invoices, as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from collector.billing.load import BilledMonth
from collector.billing.verify import Verification
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings
from collector.state.closed_periods import Closed
from collector.storage.figure_schema import CLOSED_ACCOUNT, INVOICE_1BM
from collector.storage.port import Row


def closed_rows(site: SiteSettings, closed: Sequence[Closed]) -> Iterator[Row]:
    """A row for each closed period of the site, which come by period and order of closing.

    A period that has no figure by the site's method has no row.
    """
    for span, of_period in groupby(closed, lambda one: one.account.span):
        signed = [*of_period]
        newest = signed[-1]
        first_kg, kg = (one.account.sum_of(site.co2_method).kg for one in (signed[0], newest))
        if first_kg is None or kg is None:
            continue
        closed_at = datetime.fromtimestamp(newest.closed_at_ms / 1000, tz=site.zone)
        fields: dict[str, float | str] = {
            "co2_kg": float(kg),
            "first_co2_kg": float(first_kg),
            "restatements": float(len(signed) - 1),
            "span": str(span),
            "closed_on": closed_at.date().isoformat(),
            "reason": newest.reason,
        }
        at_ms = midnight_ms(site.zone, span.first) + span.length
        yield Row(CLOSED_ACCOUNT, site.id, SITE_METER, at_ms, fields)


def invoice_row(site: str, month: BilledMonth, found: Verification) -> Row:
    """The invoice of a billing month beside our bill."""
    fields: dict[str, float | str] = {
        "invoiced": float(found.their_total),
        "reckoned": float(found.our_total),
        "difference": float(found.difference),
        "fits": float(found.fits),
        "currency": found.currency,
    }
    return Row(INVOICE_1BM, site, SITE_METER, month.from_ms, fields)

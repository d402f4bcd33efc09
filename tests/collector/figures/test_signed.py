"""Closed accounts and invoices as rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector.figures.signed import closed_rows
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings
from collector.state.closed_periods import ClosedPeriods
from collector.state.database import StateDatabase
from collector.storage.admission import row_fault
from collector.storage.figure_schema import CLOSED_ACCOUNT
from tests.collector.state.test_closed_periods import APRIL, AT_MS, MAY, account

ZONE = ZoneInfo("Asia/Tokyo")
SITE = SiteSettings.model_validate(
    {"id": "s", "name": "s", "time_zone": "Asia/Tokyo", "co2_method": "location"}
)


@pytest.fixture
def periods(tmp_path: Path) -> Iterator[ClosedPeriods]:
    """An empty list."""
    database = StateDatabase(tmp_path / "state.sqlite")
    yield ClosedPeriods(database)
    database.close()


def test_a_restated_period_tells_both_figures_and_why(periods: ClosedPeriods) -> None:
    """The first and the newest; a period that was closed once tells one, without a reason."""
    first = periods.close(account(), "a", AT_MS)
    periods.restate(account(11), "b", "counter replaced", AT_MS + 1)
    newest = periods.restate(account(12), "b", "another factor", AT_MS + 86_400_000)
    periods.close(account(span=MAY), "a", AT_MS)
    april, may = closed_rows(SITE, periods.list("s"))
    assert (row_fault(april), row_fault(may)) == ("", "")
    assert (april.measurement, april.site, april.meter) == (CLOSED_ACCOUNT, "s", "_site")
    figures = [float(one.account.sum_of("location").kg or 0) for one in (first, newest)]
    assert figures[1] > figures[0] > 0
    assert april.fields == {
        "co2_kg": figures[1], "first_co2_kg": figures[0], "restatements": 2.0, "span": "2025-04",
        "closed_on": "2026-02-03", "reason": "another factor",
    }  # fmt: skip
    assert (may.fields["restatements"], may.fields["reason"]) == (0.0, "")
    assert may.fields["co2_kg"] == may.fields["first_co2_kg"]


def test_periods_that_begin_together_do_not_cover_one_another(periods: ClosedPeriods) -> None:
    """A row stands as many ms after the period's begin as the period has days."""
    periods.close(account(), "a", AT_MS)
    (april,) = closed_rows(SITE, periods.list("s"))
    assert april.at_ms == midnight_ms(ZONE, date(2025, 4, 1)) + APRIL.length


def test_a_period_without_the_sites_method_has_no_row(periods: ClosedPeriods) -> None:
    """No figure is better than another method's."""
    periods.close(account(), "a", AT_MS)
    site = SITE.model_copy(update={"co2_method": "unheard_of"})
    assert [*closed_rows(site, periods.list("s"))] == []

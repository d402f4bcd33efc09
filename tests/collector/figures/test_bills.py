"""Which months' bills are made again: those that hang on the days that were touched."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from collector.figures.bills import bill_rows
from collector.figures.plant import FigurePlant
from collector.rollup.periods import midnight_ms
from collector.rollup.totals import SITE_METER, Total
from collector.site_config import SiteSettings, TariffSettings
from tests.collector.memory_store import MemoryStore
from tests.collector.summarise.plant import LIBRARY, SITE

FIRST, TODAY = date(2024, 1, 1), date(2026, 3, 10)
TARIFF = TariffSettings(tariff="example-flat", from_date=FIRST)


def months(first: date, last: date) -> list[date]:
    """The first days of the months from one to the other, both included."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    at = [first.month - 1 + number for number in range(count)]
    return [date(first.year + one // 12, one % 12 + 1, 1) for one in at]


def plant(today: date, billing_day: int) -> FigurePlant:
    """A site with a half hour of 10 kWh at noon of each day since 2024."""
    changes = {"tariffs": (TARIFF,), "billing_day": billing_day}
    site: SiteSettings = SITE.model_copy(update=changes)
    store = MemoryStore()
    noon = 12 * 3_600_000
    store.write_totals(
        [
            Total(
                *("s", SITE_METER, "30m", midnight_ms(SITE.zone, FIRST + timedelta(days=n)) + noon),
                *(10.0, 0.0, 1.0, 20.0),
                None,
            )
            for n in range((today - FIRST).days)
        ]
    )
    return FigurePlant(store, site, LIBRARY, midnight_ms(SITE.zone, today) + 600_000)


def billed(held: FigurePlant, touched: Sequence[date]) -> list[date]:
    """The local days on which the billing months of the rows begin."""
    rows = bill_rows(held, touched)
    return [datetime.fromtimestamp(row.at_ms / 1000, SITE.zone).date() for row in rows]


@pytest.mark.parametrize(
    ("touched", "last"),
    [
        ([date(2024, 2, 3)], date(2025, 1, 1)),
        ([date(2024, 2, 3), date(2024, 5, 31)], date(2025, 4, 1)),
        ([date(2024, 5, 31), date(2024, 2, 3)], date(2025, 4, 1)),
        ([date(2024, 2, 3), date(2026, 3, 9)], date(2026, 3, 1)),
        ([date(2024, 2, 3), date(2025, 6, 1)], date(2026, 3, 1)),
    ],
)
def test_bills_go_on_for_eleven_months_after_the_last_day(touched: list[date], last: date) -> None:
    """A demand of a year ago is still charged; nothing is billed beyond the running month."""
    assert billed(plant(TODAY, 1), touched) == months(date(2024, 2, 1), last)


def test_only_the_running_month_is_projected() -> None:
    """A rebuild of two years ends with it."""
    rows = list(bill_rows(plant(TODAY, 1), [FIRST, TODAY - timedelta(days=1)]))
    assert len(rows) == 27
    assert [row.fields["projected"] for row in rows] == [0.0] * 26 + [1.0]


def test_months_are_those_of_the_bill() -> None:
    """Read on the 15th: the 20th belongs to the bill of the month after."""
    found = billed(plant(date(2024, 4, 20), 15), [date(2024, 2, 20)])
    assert found == [date(2024, 2, 15), date(2024, 3, 15), date(2024, 4, 15)]

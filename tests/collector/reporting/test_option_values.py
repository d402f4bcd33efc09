"""Options of reports as numbers, days and yearly values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from collector.errors import CollectorError
from collector.reporting.option_values import by_year_of, days_of, number_of, whole_of, yes_of

OptionReader = Callable[[Mapping[str, str], str], Any]


def month(options: Mapping[str, str], name: str) -> int | None:
    """A month."""
    return whole_of(options, name, 1, 12)


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        (number_of, "12.5", Decimal("12.5")),
        (number_of, " １２ ", Decimal(12)),
        (number_of, "", None),
        (month, "10", 10),
        (month, "", None),
        (yes_of, "Yes", True),
        (yes_of, "no", False),
        (yes_of, "", None),
        (by_year_of, "FY2021:3.2; 2022年度:3.1;", {2021: Decimal("3.2"), 2022: Decimal("3.1")}),
        (by_year_of, "", {}),
        (days_of, "2025-05-05, 2025-05-04;2025-05-04", (date(2025, 5, 4), date(2025, 5, 5))),
        (days_of, "", ()),
    ],
)
def test_values(reader: OptionReader, text: str, value: object) -> None:
    """What people write is read, full-width digits too; nothing given is nothing."""
    assert reader({"x": text}, "x") == value


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (number_of, "-1"),
        (number_of, "nan"),
        (number_of, "1e3"),
        (number_of, "1,000"),
        (month, "0"),
        (month, "13"),
        (month, "x"),
        (yes_of, "maybe"),
        (by_year_of, "2021=3"),
        (by_year_of, "FY2021:x"),
        (by_year_of, "FY2021:1;2021:2"),
        (days_of, "2025-02-30"),
        (days_of, "yesterday"),
    ],
)
def test_faults(reader: OptionReader, text: str) -> None:
    """Anything else is one line that names the option, with how to write it."""
    with pytest.raises(CollectorError, match="x") as caught:
        reader({"x": text}, "x")
    assert caught.value.hint

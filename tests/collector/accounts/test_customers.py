"""The table of customers, as a person writes it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.accounts.customers import customers_of
from collector.errors import CollectorError


def test_a_table_with_english_heads() -> None:
    """Names, lines and amounts; an empty cell is not known, which is not zero."""
    text = "customer,lines,mass,revenue\nAcme,press-1; press-2,120.5,\nBolt,,0,7\n"
    first, second = (row.customer for row in customers_of(text.encode()))
    assert (first.name, first.lines) == ("Acme", ("press-1", "press-2"))
    assert first.amounts == {"mass": Decimal("120.5")}
    assert second.amounts == {"mass": Decimal(0), "revenue": Decimal(7)}


def test_a_japanese_table_as_excel_saves_it() -> None:
    """Shift_JIS, heads with units, full-width digits, thousands separated."""
    text = '顧客,ライン,質量(t),売上高\n青葉精機,press,１２０.５,"5,000,000"\n'
    (row,) = customers_of(text.encode("cp932"))
    assert row.customer.name == "青葉精機"
    assert row.customer.amounts == {"mass": Decimal("120.5"), "revenue": Decimal(5_000_000)}


def test_measured_hours() -> None:
    """Machine hours may be left to be measured on the customer's lines."""
    (row,) = customers_of("customer,lines,machine_hours\nA,x,実測\n".encode())
    assert row.measured_hours
    assert row.customer.amounts == {}


def test_hostile_names_stay_text() -> None:
    """A name that looks like a formula or a tag is a name like any other."""
    text = 'customer,mass\n"=HYPERLINK(""x"")",1\n<script>,2\n'
    names = [row.customer.name for row in customers_of(text.encode())]
    assert names == ['=HYPERLINK("x")', "<script>"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("customer,mass\n", "no customer below the heads"),
        ("mass\n1\n", "no head customer"),
        ("customer,weight\nA,1\n", "unknown heads: weight"),
        ("customer,mass,質量\nA,1,1\n", "a head stands twice"),
        ("customer,mass\n,1\n", "line 2: a name of 1 to 200"),
        (f"customer,mass\n{'x' * 201},1\n", "line 2: a name of 1 to 200"),
        ("customer,mass\nA\x07,1\n", "line 2: a name of 1 to 200"),
        ("customer,mass\nA,-1\n", "line 2: mass -1 is not a number"),
        ("customer,mass\nA,NaN\n", "line 2: mass NaN is not a number"),
        ("customer,mass\nA,1e5\n", "line 2: mass 1e5 is not a number"),
        ("customer,mass\nA,1\nＡ,2\n", "A stands twice"),
        ("customer,mass\nA,1,7\n", "line 2: more cells than heads"),
        ("customer,machine_hours\nA,measured\n", "line 2: measured hours need"),
    ],
)
def test_faults_name_their_line(text: str, message: str) -> None:
    """Every wrong cell is named with its line, and the heads are told."""
    with pytest.raises(CollectorError, match=message) as caught:
        customers_of(text.encode())
    assert "customer, lines" in caught.value.hint


def test_a_file_that_is_no_text() -> None:
    """Bytes of no known encoding are one clear line."""
    with pytest.raises(CollectorError, match="not text"):
        customers_of(b"customer\n\x81")

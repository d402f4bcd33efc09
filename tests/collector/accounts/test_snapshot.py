"""Accounts as documents and back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.accounts.contracts import Contract
from collector.accounts.ledger import make_account
from collector.accounts.snapshot import account_of, document_of
from collector.errors import StopError
from tests.collector.accounts.books import CONTRACT, FY2025, KWH, book, claim, days_of, library

APRIL = date(2025, 4, 1)


@given(
    st.lists(st.integers(min_value=0, max_value=10**13), max_size=20),
    st.floats(min_value=0, max_value=1),
    st.sampled_from([(CONTRACT,), (), (Contract(date(2025, 4, 5), "JP"),)]),
)
def test_a_document_gives_the_account_back(
    energies: list[int], coverage: float, contracts: tuple[Contract, ...]
) -> None:
    """Through JSON text and back an account is equal to itself, every digit of it."""
    days = days_of(APRIL, [one / KWH for one in energies], coverage)
    held = book(days, contracts, [claim(40, FY2025), claim(1, FY2025, "jcm", retired_on=None)])
    account = make_account(held, FY2025, library(), date(2026, 5, 1), "mieruka 1")
    text = json.dumps(document_of(account))
    assert account_of(json.loads(text)) == account


@pytest.mark.parametrize("spoil", ["lines", "days", "span"])
def test_a_document_that_is_none_stops_with_a_hint(spoil: str) -> None:
    """Something of another program is told in one line, not read by half."""
    document = document_of(make_account(book(days_of(APRIL, [1])), FY2025, library()))
    document[spoil] = [{"what": "is this"}]
    with pytest.raises(StopError, match="cannot be read"):
        account_of(document)


def test_a_field_that_is_missing_or_unknown_stops() -> None:
    """A document of a newer program is refused rather than cut short."""
    document = document_of(make_account(book(days_of(APRIL, [1])), FY2025, library()))
    with pytest.raises(StopError):
        account_of({**document, "new": 1})
    del document["lines"]
    with pytest.raises(StopError):
        account_of(document)

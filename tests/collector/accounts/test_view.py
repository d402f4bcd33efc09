"""An account as JSON values."""

from __future__ import annotations

import json
from datetime import date

from collector.accounts.ledger import make_account
from collector.accounts.view import account_view
from tests.collector.accounts.books import FY2025, book, claim, days_of, library


def test_every_figure_is_exact_text_with_its_evidence() -> None:
    """kWh, kg, GJ and kL to the last digit; factor, source, certificate and version beside."""
    held = book(days_of(date(2025, 4, 1), [100.000001]), certificates=[claim(40, FY2025)])
    account = make_account(held, FY2025, library(), date(2026, 5, 1), "mieruka 1")
    view = account_view(account)
    assert json.loads(json.dumps(view)) == view
    assert (view["kwh"], view["energy_gj"]) == ("100.000001", "0.86400000864")
    figures = {one["method"]: one for one in view["scope_2"]}
    assert figures["market"]["kg"] == "30.0000005"
    assert figures["market"]["gross_kg"] == "50.0000005"
    assert figures["market"]["certificate_kwh"] == "40"
    line = view["lines"][0]
    assert line["factor"]["id"] == "basic"
    assert line["factor"]["source"]["publisher"] == "ministry"
    assert view["certificates"][0]["unused_kwh"] == "0"
    assert (view["known_on"], view["software_version"]) == ("2026-05-01", "mieruka 1")
    assert view["factor_snapshot"]


def test_what_is_not_there_is_null() -> None:
    """No contract: no factor, no kilograms, never zero."""
    account = make_account(book(days_of(date(2019, 4, 1), [1])), FY2025, library())
    assert account_view(account)["energy_gj"] is None
    before = make_account(
        book(days_of(date(2020, 3, 31), [1, 1])),
        FY2025.__class__(date(2020, 3, 31), date(2020, 4, 2)),
        library(),
    )
    view = account_view(before)
    assert view["lines"][0]["factor"] is None
    assert view["lines"][0]["kg"] is None
    assert view["scope_2"][0]["kg"] is None
    assert view["scope_2"][0]["missing_kwh"] == "1"

"""Factors and changes as records: what --json prints, whole and as text."""

from __future__ import annotations

import json

from collector.factors.changes import changes
from collector.factors.lookup import FactorLibrary
from collector.factors.record import change_record, factor_record
from tests.collector.factors.sample import GOOD, SAME_MENU, library

LIBRARY = FactorLibrary.shipped()


def test_a_factor_record_is_whole() -> None:
    """Windows, knowledge and its end, the successor and the source are all in it, as text."""
    factor = LIBRARY.factor("jp-shk-r3-A0274-C-adjusted")
    assert factor is not None
    record = json.loads(json.dumps(factor_record(factor, LIBRARY)))
    assert record["kg_per_kwh"] == "0.533"
    assert (record["valid_from"], record["valid_to"]) == ("2022-04-01", "2023-04-01")
    assert (record["known_on"], record["known_until"]) == ("2023-01-31", "2023-06-01")
    assert record["superseded_by"] == "jp-shk-r3-A0274-C-adjusted-corrected"
    assert record["source"]["publisher"] == "四国電力"
    assert record["decimals_published"] == 3


def test_an_unstated_beginning_is_absent() -> None:
    """A row whose year nobody states has no valid_from, rather than the year 1."""
    factor = LIBRARY.factor("doe-PH-LV")
    assert factor is not None
    assert factor_record(factor, LIBRARY)["valid_from"] is None


def test_a_change_record() -> None:
    """Key, window, and the values before and after."""
    correction = f'{SAME_MENU}, value = "0.5", supersedes = "x-1", known_on = 2025-06-01'
    (change,) = changes(library(GOOD), library(GOOD, correction))
    assert change_record(change) == {
        "kind": "value",
        "region": "XX",
        "supplier": "S1",
        "menu": "A",
        "method": "m",
        "valid_from": "2025-04-01",
        "valid_to": "2026-04-01",
        "before": {"factor_id": "x-1", "kg_per_kwh": "0.4", "status": "official"},
        "after": {"factor_id": "x-2", "kg_per_kwh": "0.5", "status": "official"},
    }

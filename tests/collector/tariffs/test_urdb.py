"""URDB rates: what they become, and what is refused by name."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from collector.tariffs.days import TariffDays
from collector.tariffs.tariff import Tariff, TariffError
from collector.tariffs.toml_text import tariff_toml
from collector.tariffs.urdb import urdb_tables
from tests.collector.tariffs.tariff_text import library
from tests.collector.tariffs.urdb_rate import RATE, as_text


def imported(folder: Path, text: str) -> Tariff:
    """The rate of the text, written as a tariff file and read again."""
    written = tariff_toml(urdb_tables(text, "rate.json"), "test")
    return next(t for t in library(folder, written).tariffs if t.id.startswith("urdb-"))


def test_matrices_become_seasons_days_and_bands(tmp_path: Path) -> None:
    """Every hour of the matrices has the period's price, for weekdays and weekends alike."""
    tariff = imported(tmp_path, as_text())
    days = TariffDays(tariff)
    for month in range(1, 13):
        for day, field in ((4, "energyweekdayschedule"), (5, "energyweekendschedule")):
            when = date(2025, month, day)
            while (when.weekday() >= 5) != (field == "energyweekendschedule"):
                when = when.replace(day=when.day + 1)
            bands = days.bands(when)[::4]
            assert bands == tuple(f"p{period}" for period in RATE[field][month - 1])


def test_prices_keep_their_digits_and_adjustments(tmp_path: Path) -> None:
    """Rate and adjustment are one price; tiers, fees, fuel and minimum are carried over."""
    tariff = imported(tmp_path, as_text())
    prices = {charge.band: [tier.price for tier in charge.tiers] for charge in tariff.energy}
    assert prices == {
        "p0": [Decimal("0.09")],
        "p1": [Decimal("0.185")],
        "p2": [Decimal("0.1"), Decimal("0.095")],
    }
    assert tariff.energy[2].tiers[0].up_to == 20000
    assert tariff.minimum_per_month == 500
    fixed, fuel = tariff.adders
    assert (fixed.per, fixed.price) == ("month", Decimal(250))
    assert fuel.by_month[11] == Decimal("-0.002")
    assert tariff.valid_from == date(2020, 1, 1)
    assert "Prices of energy sold are left out." in tariff.notes
    assert "holidays" in tariff.notes


def test_demand_by_time_and_flat_with_a_look_back(tmp_path: Path) -> None:
    """On-peak demand in its hours only, flat demand by season, both looked back to at 80 %."""
    tariff = imported(tmp_path, as_text())
    on_peak, flat = tariff.demand
    days = TariffDays(tariff)
    assert days.within(on_peak.when, date(2025, 7, 1), 12 * 60)
    assert not days.within(on_peak.when, date(2025, 7, 1), 18 * 60)
    assert not days.within(on_peak.when, date(2025, 7, 5), 12 * 60)
    assert not days.within(on_peak.when, date(2025, 1, 1), 12 * 60)
    assert sorted(price.tiers[0].price for price in flat.prices) == [Decimal("6.5"), Decimal(8)]
    for charge in tariff.demand:
        assert (charge.interval_minutes, charge.lookback_months) == (15, 11)
        assert charge.ratchet_percent == 80


def test_a_ratchet_by_month_and_its_months(tmp_path: Path) -> None:
    """A ratchet that is the same in all months is eleven months back; chosen months are kept."""
    ratchet = as_text(lookbackpercent=None, demandratchetpercentage=[0.5] * 12)
    assert imported(tmp_path, ratchet).demand[0].ratchet_percent == 50
    summer = [int(month in (5, 6, 7, 8)) for month in range(12)]
    chosen = imported(tmp_path, as_text(lookbackrange=0, lookbackmonths=summer)).demand[0]
    assert (chosen.lookback_months, chosen.ratchet_calendar_months) == (11, (6, 7, 8, 9))


def test_a_rate_without_seasons_or_demand(tmp_path: Path) -> None:
    """One price at all hours needs neither; what the rate does not say is noted."""
    alike: dict[str, Any] = {
        "energyratestructure": [[{"rate": 0.1}]],
        "energyweekdayschedule": [[0] * 24] * 12,
        "energyweekendschedule": [[0] * 24] * 12,
        "flatdemandmonths": [0] * 12,
        "startdate": None,
        "demandwindow": None,
    }
    gone = dict.fromkeys(
        ["demandratestructure", "demandweekdayschedule", "demandweekendschedule"], None
    )
    tariff = imported(tmp_path, as_text(**alike, **gone))
    assert not tariff.seasons
    assert [charge.id for charge in tariff.demand] == ["flat"]
    assert "states no first day" in tariff.notes
    assert "15 minutes are assumed" in tariff.notes


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"coincidentratestructure": [[{"rate": 3}]]}, "coincidentratestructure: not supported"),
        ({"demandreactivepowercharge": 2.7}, "demandreactivepowercharge: not supported"),
        ({"annualmincharge": 100}, "annualmincharge: not supported"),
        (
            {"energyratestructure": [[{"rate": 1, "unit": "kWh daily"}]] * 3},
            "energyratestructure: unit kWh daily is not supported",
        ),
        (
            {"energyratestructure": [[{"rate": 1, "unit": "kWh/kW"}]] * 3},
            "energyratestructure: unit kWh/kW is not supported",
        ),
        (
            {"energyratestructure": [[{"rate": 1, "max": 500}]] * 3},
            "the last tier ends at 500; what lies above has no price",
        ),
        ({"energyratestructure": [[{"rate": "x"}]] * 3}, "x: is not a number"),
        ({"energyratestructure": [[{"rate": 1}]]}, "period 2 is not in energyratestructure"),
        ({"energyweekdayschedule": [[0] * 24] * 11}, "energyweekdayschedule: must have 12 rows"),
        ({"energyweekendschedule": [[0] * 23] * 12}, "energyweekendschedule: must have 12 rows"),
        ({"flatdemandmonths": [0]}, "flatdemandmonths: must have 12 period numbers"),
        ({"demandwindow": 5}, "demandwindow: 5 minutes are not supported"),
        ({"demandrateunit": "hp"}, "demandrateunit: hp is not supported"),
        ({"flatdemandunit": "kW daily"}, "flatdemandunit: kW daily is not supported"),
        (
            {"lookbackpercent": None, "demandratchetpercentage": [0.5] * 6 + [0] * 6},
            "demandratchetpercentage: must be the same in all twelve months",
        ),
        ({"demandratchetpercentage": [0.5] * 12}, "lookbackpercent: beside demandratchetperc"),
        ({"lookbackpercent": 800}, "lookbackpercent: 800 is not a share"),
        ({"lookbackmonths": [1]}, "lookbackmonths: must have twelve entries"),
        ({"fixedchargeunits": "$/meter"}, "fixedchargeunits: $/meter is not supported"),
        ({"minchargeunits": "$/day"}, "minchargeunits: $/day is not supported"),
        ({"country": "JPN"}, "country: JPN: the rate does not state its currency"),
    ],
)
def test_what_cannot_be_held_is_refused_by_name(changed: dict[str, Any], fault: str) -> None:
    """The field is named, with file and rate; nothing is left out in silence."""
    with pytest.raises(TariffError) as caught:
        urdb_tables(as_text(**changed), "rate.json")
    assert fault in caught.value.message
    assert caught.value.message.startswith("rate.json: Large Power TOU: ")
    assert caught.value.hint


@pytest.mark.parametrize("text", ["{", "[]", "{}", json.dumps({"items": [{"name": "x"}]})])
def test_what_is_no_rate_is_refused(text: str) -> None:
    """Not JSON, or JSON without a rate."""
    with pytest.raises(TariffError, match=r"rate\.json: (not JSON|a rate without)"):
        urdb_tables(text, "rate.json")


def test_all_refusals_come_at_once() -> None:
    """Two fields are two lines."""
    text = as_text(annualmincharge=5, demandwindow=5)
    with pytest.raises(TariffError) as caught:
        urdb_tables(text, "rate.json")
    assert len(caught.value.message.splitlines()) == 2

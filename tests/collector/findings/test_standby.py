"""Standby and closed days: the worked case to the digit, planted waste, and clean plants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.findings.plant import Plant
from tests.collector.findings.plants import (
    FIRST,
    WORKS,
    found_in,
    of_rule,
    plant_of,
    silent,
    year_of,
)


def test_the_worked_case_comes_out_to_the_digit() -> None:
    """6 kW to 3 kW over 15 h x 260 d and 24 h x 105 d is 19,260 kWh and 311 thousand yen."""
    year = year_of()
    kinds = pd.Series(["working"] * 260 + ["closed"] * 105, index=year.kinds.index)
    of_slot = kinds.reindex(year.index.tz_localize(None).normalize()).to_numpy()
    works = (of_slot == "working") & (year.hour >= 8) & (year.hour < 17)
    kw = np.where(works, 40.0, 6.0)
    found = found_in(
        plant_of(replace(year, kinds=kinds), {"press": kw}), "standby", plant=Plant((480, 1020))
    )
    (finding,) = of_rule(found, "standby")
    assert finding.kwh.mid == pytest.approx(19_260, abs=1e-6)
    assert finding.yen.mid == pytest.approx(19_260 * 16.13)
    assert round(finding.yen.mid / 1000) == 311
    assert finding.co2_t.mid == pytest.approx(19_260 * 0.4 / 1000)
    assert finding.crude_oil_kl.mid == pytest.approx(19.26 * 8.64 * 0.0258)
    assert finding.kwh.low == pytest.approx(19_260 / 2)
    assert finding.kwh.high == pytest.approx(19_260 * 2)


def test_planted_standby_is_found_within_its_range() -> None:
    """10 kW that stay on at rest on one circuit are found there, all of them within the range."""
    year = year_of()
    load = plant_of(year, {"clean": year.load(80.0, 1.0), "left_on": year.load(60.0, 10.0)})
    (finding,) = of_rule(found_in(load, "standby"), "standby")
    planted = 10.0 * float((~year.works).sum()) / 2
    assert finding.circuit == "left_on"
    assert finding.kwh.low < planted <= finding.kwh.high + 1e-6
    assert finding.threshold.id == "standby.share"
    assert "10.0 kW" in finding.why_en
    assert "10.0 kW" in finding.why_ja


@settings(deadline=None, max_examples=12)
@given(at_rest=st.floats(0.6, 30.0), at_work=st.floats(31.0, 200.0))
def test_whatever_stays_on_is_found_from_its_share_on(at_rest: float, at_work: float) -> None:
    """Found exactly from 10 % of the operating power on; what is planted lies within the range."""
    year = year_of(FIRST, date(2025, 6, 1))
    load = plant_of(year, {"press": year.load(at_work, at_rest, at_lunch=at_work)})
    found = of_rule(found_in(load, "standby"), "standby")
    assert bool(found) == (at_rest / at_work >= 0.1)
    planted = at_rest * float((~year.works).sum()) / 2 * 365 / 61
    for finding in found:
        assert finding.kwh.low < planted <= finding.kwh.high * (1 + 1e-9)


def test_a_clean_plant_has_no_standby_and_says_what_it_saw() -> None:
    """A circuit with 2 % at rest is no finding; the silence tells the figure."""
    year = year_of()
    found = found_in(plant_of(year, {"press": year.load(50.0, 1.0)}), "standby")
    assert not of_rule(found, "standby")
    said = silent(found, "standby", "press")
    assert not said.lacking
    assert "1.00 kW" in said.why_en


def test_missing_slots_are_filled_by_their_kind_of_day() -> None:
    """A fifth of the slots missing does not make the year's saving smaller, and it is told."""
    year = year_of()
    kw = year.load(60.0, 10.0)
    whole = of_rule(found_in(plant_of(year, {"press": kw}), "standby"), "standby")[0]
    gone = kw.copy()
    gone[::7] = np.nan
    (holed,) = of_rule(found_in(plant_of(year, {"press": gone}), "standby"), "standby")
    assert holed.kwh.mid == pytest.approx(whole.kwh.mid, rel=0.01)
    assert any("missing" in caveat for caveat in holed.caveats("en"))


def test_half_a_year_is_stretched_and_trusted_less() -> None:
    """182 days give about the same yearly saving, a caveat, and less confidence."""
    year = year_of(FIRST, pd.Timestamp("2025-09-30").date())
    (finding,) = of_rule(
        found_in(plant_of(year, {"press": year.load(60.0, 10.0)}), "standby"), "standby"
    )
    expected = 10.0 * 0.5 * float((~year.works).sum()) / 2 * 365 / 182
    assert finding.kwh.mid == pytest.approx(expected)
    assert finding.confidence == "low"
    assert any("182 days" in caveat for caveat in finding.caveats("en"))


def test_a_circuit_hardly_known_is_not_looked_at() -> None:
    """A circuit with half of its slots unknown is a silence that asks for its meter."""
    year = year_of()
    kw = year.load(60.0, 10.0)
    kw[::2] = np.nan
    load = plant_of(year, {"holed": kw, "clean": year.load(50.0)})
    site = replace(load, slots=plant_of(year, {"clean": year.load(50.0)}).slots)
    found = found_in(site, "standby")
    assert not of_rule(found, "standby")
    assert silent(found, "general", "holed").lacking


def test_an_even_load_without_declared_hours_asks_for_them() -> None:
    """A load in which hours cannot be seen is silent and says where to declare them."""
    year = year_of()
    found = found_in(
        plant_of(year, {"cold": np.full(len(year.index), 50.0)}), "standby", plant=Plant()
    )
    assert silent(found, "standby").lacking
    assert "[sites.calendar] hours" in silent(found, "standby").why_ja


def test_hours_are_seen_in_the_load_where_none_are_declared() -> None:
    """Without declared hours the same standby is found from the load's own rhythm."""
    year = year_of()
    load = plant_of(year, {"press": year.load(60.0, 10.0, at_lunch=40.0)})
    declared = of_rule(found_in(load, "standby", plant=WORKS), "standby")[0]
    seen = of_rule(found_in(load, "standby", plant=Plant()), "standby")[0]
    assert seen.kwh.mid == pytest.approx(declared.kwh.mid, rel=0.02)


def test_a_compressor_on_closed_days_is_found() -> None:
    """15 kW on every Sunday and closed day are found, the planted energy within the range."""
    year = year_of()
    kw = np.where(year.closed, 15.0, year.load(30.0, 0.5))
    found = found_in(plant_of(year, {"air": kw, "press": year.load(80.0)}), "closed_day")
    (finding,) = of_rule(found, "closed_day")
    planted = (15.0 - 0.5) * float(year.closed.sum()) / 2
    assert finding.circuit == "air"
    assert finding.kwh.low < planted <= finding.kwh.high + 1e-6
    assert finding.pictures[0].kind == "days"


def test_a_single_closed_day_is_taken_for_wanted_work() -> None:
    """Running on one closed day of the year is told, not proposed."""
    year = year_of()
    kw = year.load(30.0, 0.5)
    sunday = np.asarray(year.index.tz_localize(None).normalize() == pd.Timestamp("2025-04-06"))
    found = found_in(plant_of(year, {"air": np.where(sunday, 15.0, kw)}), "closed_day")
    assert not of_rule(found, "closed_day")
    assert "ran on 1 of" in silent(found, "closed_day", "air").why_en

"""Savings and their uncertainty: the formula by hand, nominal rates over draws, known steps."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats  # type: ignore[import-untyped]

from collector.analysis.baselines import Baseline, baseline
from collector.analysis.fit import Floats
from collector.analysis.limits import rules
from collector.analysis.normal_year import normalised
from collector.analysis.observations import Conditions
from collector.analysis.savings import Adjustment, avoided, calendar_months, uncertainty_kwh
from tests.collector.analysis.weather_year import (
    noise,
    weather,
    year_of_days,
    year_of_hours,
)

BEFORE, AFTER = year_of_days("2024-04-01"), year_of_days("2025-04-01")
BOTH = pd.DatetimeIndex(BEFORE.append(AFTER))
CELSIUS = pd.concat([weather(BEFORE, 1), weather(AFTER, 2)])


def _cooled(seed: int = 0, sigma: float = 40.0) -> pd.Series[float]:
    kwh = 1000.0 + 25.0 * (CELSIUS - 20.0).clip(lower=0)
    return pd.Series(kwh + noise(BOTH, sigma, seed), index=BOTH)


def _cooled_conditions(index: pd.DatetimeIndex) -> Conditions:
    return Conditions(index, temperature_c=CELSIUS.loc[index])


def _baseline(kwh: pd.Series[float]) -> Baseline:
    return baseline(kwh.loc[BEFORE], _cooled_conditions(BEFORE))


def test_k_of_a_year_and_a_month() -> None:
    """K as the reference has it: daily 1.3925 and monthly 1.30558 for 12 months, hourly 1.26."""
    k = rules().k_factor
    assert k("daily", 12.0) == pytest.approx(-0.00024 * 144 + 0.03535 * 12 + 1.00286)
    assert k("daily", 12.0) == pytest.approx(1.3925)
    assert k("monthly", 12.0) == pytest.approx(-0.00022 * 144 + 0.03306 * 12 + 0.94054)
    assert k("hourly", 3.0) == 1.26


def test_the_uncertainty_by_hand() -> None:
    """N 365, p 3, rho 0.4, CV 5 %, 300 reporting days of 1,000 kWh: each factor worked out."""
    model = _baseline(_cooled()).model
    of = replace(model.statistics, n=365, p=3, autocorrelation=0.4, cv_rmse=0.05)
    independent = 365 * 0.6 / 1.4
    t = stats.t.ppf(0.95, independent - 3)
    root = math.sqrt(365 / independent * (1 + 2 / independent) * 300)
    expected = 1.3 * t * 1000.0 * 0.05 * root
    assert uncertainty_kwh(of, 300_000.0, 300, 1.3, 0.90) == pytest.approx(expected)


def test_savings_are_expected_less_actual_by_hand() -> None:
    """Of a plain mean of 100 kWh a day and 30 days of 92: 240 kWh, 8 %, with its adjustments."""
    index = year_of_days("2025-01-01", 90)
    kwh = pd.Series(np.tile([99.0, 101.0], 45), index=index)
    kwh.iloc[60:] -= 8.0
    base = baseline(kwh.iloc[:60], Conditions(index[:60]))
    saved = avoided(base, kwh.iloc[60:], Conditions(index[60:]))
    assert (saved.expected_kwh, saved.actual_kwh, saved.kwh) == pytest.approx((3000, 2760, 240))
    assert saved.share == pytest.approx(0.08)
    assert saved.at_90.low_kwh == pytest.approx(240.0 - saved.at_90.uncertainty_kwh)
    assert saved.at_90.high_kwh == pytest.approx(240.0 + saved.at_90.uncertainty_kwh)
    assert saved.at_68.fraction == pytest.approx(saved.at_68.uncertainty_kwh / 240.0)
    shift = Adjustment("third shift", "order of May", date(2025, 3, 10), date(2025, 3, 12), 50.0)
    line = Adjustment("line 2 sold", "moved", date(2025, 3, 15), date(2025, 4, 1), -20.0)
    more = avoided(base, kwh.iloc[60:], Conditions(index[60:]), (shift, line))
    assert more.kwh == pytest.approx(270.0)
    assert more.adjustments_kwh == 30.0
    assert more.share == pytest.approx(270.0 / 3030.0)


def _correlated(rho: float, seed: int, points: int = len(BOTH)) -> Floats:
    draw = np.random.default_rng(seed).normal(0.0, 1.0, points + 50)
    made = np.zeros(len(draw))
    for place in range(1, len(draw)):
        made[place] = rho * made[place - 1] + draw[place] * math.sqrt(1.0 - rho**2)
    return made[50:]


@pytest.mark.parametrize("rho", [0.0, 0.5])
@pytest.mark.parametrize("months", [12, 3])
def test_an_unchanged_plant_saves_nothing_at_the_nominal_rate(rho: float, months: int) -> None:
    """Over 100 plants the true saving, zero, is in the 68 and 90 % ranges about that often."""
    after = AFTER[pd.Timestamp("2025-04-01") + pd.DateOffset(months=months) > AFTER]
    within = {0.68: 0, 0.90: 0}
    for seed in range(100):
        pieces = np.random.default_rng(seed).uniform(200.0, 900.0, len(BOTH))
        made = pd.DataFrame({"pieces": pieces}, index=BOTH)
        kwh = 1000.0 + 1.2 * made["pieces"] + 40.0 * _correlated(rho, 5000 + seed)
        base = baseline(kwh.loc[BEFORE], Conditions(BEFORE, production=made.loc[BEFORE]))
        saved = avoided(base, kwh.loc[after], Conditions(after, production=made.loc[after]))
        for each in (saved.at_68, saved.at_90):
            within[each.confidence] += each.low_kwh <= 0.0 <= each.high_kwh
    assert 0.54 <= within[0.68] / 100 <= 0.82
    assert 0.80 <= within[0.90] / 100 <= 0.98


def test_hours_hold_the_nominal_rate_too() -> None:
    """Over 40 plants with hours that hang together, the hour-of-week model's ranges hold zero."""
    index = year_of_hours(days=140)
    work = np.asarray((index.hour >= 8) & (index.hour < 18), dtype=np.float64)
    before, after, within = index[: 24 * 112], index[24 * 112 :], 0
    for seed in range(40):
        kwh = pd.Series(100.0 + 50.0 * work + 8.0 * _correlated(0.5, seed, len(index)), index=index)
        saved = avoided(
            baseline(kwh.loc[before], Conditions(before)), kwh.loc[after], Conditions(after)
        )
        within += saved.at_90.low_kwh <= 0.0 <= saved.at_90.high_kwh
    assert 31 <= within <= 40


@pytest.mark.parametrize("percent", [5.0, 10.0, -8.0])
def test_a_known_step_is_found(percent: float) -> None:
    """A plant that uses x % less (or more) from the second year is found to, within its range."""
    kwh = _cooled(3)
    after = kwh.loc[AFTER] * (1.0 - percent / 100.0)
    saved = avoided(_baseline(kwh), after, _cooled_conditions(AFTER))
    true = float(kwh.loc[AFTER].sum()) * percent / 100.0
    assert saved.kwh == pytest.approx(true, abs=2.0 * saved.at_90.uncertainty_kwh)
    assert saved.share == pytest.approx(percent / 100.0, abs=0.01)
    assert saved.proven == (percent > 0.0)


def test_a_small_saving_in_a_wild_plant_is_not_proven() -> None:
    """Where the uncertainty is half of the saving or more, nothing is claimed as proven."""
    kwh = _cooled(4, sigma=180.0)
    saved = avoided(_baseline(kwh), kwh.loc[AFTER] * 0.995, _cooled_conditions(AFTER))
    assert not saved.proven


def test_hours_are_baselines_too() -> None:
    """Hourly energy takes the hour-of-week model, and a step of 10 % is found (option B)."""
    index = year_of_hours(days=140)
    work = (index.day_of_week < 5) & (index.hour >= 8) & (index.hour < 18)
    kwh = pd.Series(20.0 + 60.0 * work + noise(index, 3.0, 7), index=index)
    kwh.iloc[24 * 112 :] *= 0.9
    before, after = index[: 24 * 112], index[24 * 112 :]
    base = baseline(kwh.loc[before], Conditions(before), option="B", reporting_months=1)
    saved = avoided(base, kwh.loc[after], Conditions(after))
    assert (base.option, base.ok, saved.k_factor) == ("B", True, 1.26)
    assert saved.share == pytest.approx(0.10, abs=0.005)
    assert saved.proven


def test_operating_states_before_and_after() -> None:
    """A sub-meter by states (option B): each state against its own mean, whatever the mix."""
    index = year_of_days("2025-01-06", 60)
    states: pd.Series[str] = pd.Series(
        ["running" if day.day_of_week < 5 else "closed" for day in index], index=index
    )
    kwh = states.map({"running": 200.0, "closed": 40.0}).astype(float) + noise(index, 2.0, 1)
    base = baseline(kwh.iloc[:30], Conditions(index[:30], states=states.iloc[:30]), option="B")
    after = kwh.iloc[30:] - np.where(states.iloc[30:] == "closed", 30.0, 0.0)
    saved = avoided(base, after, Conditions(index[30:], states=states.iloc[30:]))
    closed_days = int((states.iloc[30:] == "closed").sum())
    assert saved.kwh == pytest.approx(30.0 * closed_days, abs=2 * saved.at_90.uncertainty_kwh)


def test_unknown_days_are_not_scaled_up() -> None:
    """Days that are unknown on either side are left out of both sums, and told."""
    kwh = _cooled(5)
    after = kwh.loc[AFTER].copy()
    after.iloc[:60] = np.nan
    saved = avoided(_baseline(kwh), after, _cooled_conditions(AFTER))
    assert (saved.points, saved.evidence.known_slots, saved.evidence.slots) == (305, 305, 365)
    assert saved.actual_kwh == pytest.approx(float(after.sum()))
    assert any("84% of the reporting period" in said for said in saved.caveats)


def test_a_poor_baseline_is_refused_with_reasons() -> None:
    """Half of the days missing, or a scatter of 40 %, is no ground for a saving."""
    kwh = _cooled(6)
    holes = kwh.loc[BEFORE].copy()
    holes.iloc[::2] = np.nan
    base = baseline(holes, _cooled_conditions(BEFORE))
    assert not base.ok
    assert "coverage is 0.4986, at least 0.9 needed" in base.reasons[0]
    wild = baseline(kwh.loc[BEFORE] + abs(noise(BEFORE, 800.0, 1)), _cooled_conditions(BEFORE))
    assert any("cv_rmse_whole_building" in reason for reason in wild.reasons)


def test_a_baseline_of_alike_neighbours_is_told() -> None:
    """Hours that hardly differ from their neighbours are few points, and the reader is told."""
    index = year_of_hours(days=140)
    kwh = pd.Series(100.0 + 8.0 * _correlated(0.995, 1, len(index)), index=index)
    before, after = index[: 24 * 112], index[24 * 112 :]
    base = baseline(kwh.loc[before], Conditions(before))
    saved = avoided(base, kwh.loc[after], Conditions(after))
    assert any("so alike that the 2688 of the baseline count as" in said for said in saved.caveats)


def test_the_whole_buildings_limit_does_not_bind_a_sub_meter() -> None:
    """A scatter of 30 % refuses a site's baseline, not that of one machine (option B)."""
    kwh = pd.Series(100.0 + noise(BEFORE, 30.0, 3), index=BEFORE).clip(lower=0.0)
    assert not baseline(kwh, Conditions(BEFORE)).ok
    assert baseline(kwh, Conditions(BEFORE), option="B").ok


def test_a_stretched_model_proves_nothing() -> None:
    """A large saving in weather the model has never seen is told, and not called proven."""
    kwh = _cooled(11, sigma=20.0)
    warm, winter = BEFORE[:180], AFTER[240:330]
    base = baseline(kwh.loc[warm], _cooled_conditions(warm), reporting_months=3)
    saved = avoided(base, kwh.loc[winter] * 0.7, _cooled_conditions(winter))
    assert saved.share == pytest.approx(0.3, abs=0.03)
    assert any("the model has seen" in said for said in saved.caveats)
    assert (saved.sound, saved.proven) == (False, False)


@pytest.mark.parametrize(("days", "sound"), [(1, True), (18, True), (19, False)])
def test_a_few_days_beyond_are_told_and_allowed(days: int, sound: bool) -> None:
    """A twentieth of a year (18 of 365 days) may be hotter than ever; one more proves nothing."""
    kwh = _cooled(12, sigma=20.0)
    hot = CELSIUS.loc[AFTER].copy()
    hot.iloc[100 : 100 + days] = 60.0
    after = 1000.0 + 25.0 * (hot - 20.0).clip(lower=0)
    met = Conditions(AFTER, temperature_c=hot)
    saved = avoided(_baseline(kwh), after * 0.8, met)
    assert (saved.points_beyond, saved.points_used) == (days, 365)
    assert saved.beyond_share == days / 365
    assert (saved.sound, saved.proven) == (sound, sound)
    assert any(f"{days} of 365 days lie beyond" in said for said in saved.caveats)


def test_a_hot_day_of_no_energy_known_does_not_count() -> None:
    """A day beyond the baseline whose energy is unknown is in no sum, and is not counted."""
    kwh, hot = _cooled(12, sigma=20.0), CELSIUS.loc[AFTER].copy()
    hot.iloc[100] = 60.0
    after = kwh.loc[AFTER].copy()
    after.iloc[100] = np.nan
    saved = avoided(_baseline(kwh), after, Conditions(AFTER, temperature_c=hot))
    assert (saved.points_beyond, saved.points_used) == (0, 364)


def test_a_sound_baseline_has_no_reasons() -> None:
    """A full year with a scatter of 4 % passes all that must be, with nothing to advise."""
    base = _baseline(_cooled(7, sigma=25.0))
    assert base.ok
    assert base.advice == ()


def test_the_whole_building_limit_grows_with_the_reporting_period() -> None:
    """CV up to 20 % for a year, 25 % for five, 30 % beyond."""
    kwh, conditions = _cooled().loc[BEFORE], _cooled_conditions(BEFORE)
    found = []
    for months in (12, 13, 60, 61):
        base = baseline(kwh, conditions, reporting_months=months)
        found += [c.limit.at_most for c in base.checks if c.limit.of == "cv_rmse_whole_building"]
    assert found == [0.20, 0.25, 0.25, 0.30]


def test_both_models_on_a_normal_year() -> None:
    """The normalised saving of a plant that halved its cooling is that of the normal weather."""
    kwh = _cooled(8, sigma=15.0)
    halved = 1000.0 + 12.5 * (CELSIUS.loc[AFTER] - 20.0).clip(lower=0) + noise(AFTER, 15.0, 9)
    before = _baseline(kwh)
    after = baseline(halved, _cooled_conditions(AFTER))
    usual = weather(AFTER, 77)
    saved = normalised(before, after, Conditions(AFTER, temperature_c=usual))
    true = 12.5 * float((usual - 20.0).clip(lower=0).sum())
    assert saved.kwh == pytest.approx(true, abs=saved.at_90.uncertainty_kwh)
    assert saved.kwh == pytest.approx(saved.before_kwh - saved.after_kwh)
    of_one = avoided(before, halved, _cooled_conditions(AFTER)).at_90.uncertainty_kwh
    assert saved.at_90.uncertainty_kwh > of_one


def test_months_are_counted_by_the_calendar() -> None:
    """A fiscal year has 12, a week of January 7/31; what is over counts by the end's month."""
    day = pd.Timestamp
    assert calendar_months(day("2025-04-01"), day("2026-04-01")) == 12.0
    assert calendar_months(day("2025-01-01"), day("2025-01-08")) == pytest.approx(7 / 31)
    assert calendar_months(day("2025-04-16"), day("2025-05-01")) == pytest.approx(16 / 31)


def test_two_times_must_not_overlap() -> None:
    """A saving of the baseline's own days is refused."""
    kwh = _cooled()
    with pytest.raises(ValueError, match="overlaps the baseline"):
        avoided(_baseline(kwh), kwh.loc[BEFORE], _cooled_conditions(BEFORE))


def test_points_must_be_alike() -> None:
    """Hours against a baseline of days are refused, and so is site time against none."""
    kwh = _cooled()
    hours = year_of_hours(days=20)
    with pytest.raises(ValueError, match="baseline has daily points"):
        avoided(_baseline(kwh), pd.Series(1.0, index=hours), Conditions(hours))
    zoned = kwh.loc[AFTER].tz_localize("Asia/Tokyo")
    with pytest.raises(ValueError, match="site time"):
        avoided(_baseline(kwh), zoned, Conditions(pd.DatetimeIndex(zoned.index)))


def test_an_unknown_period_is_refused() -> None:
    """A reporting period without a known point has no saving, not one of zero."""
    kwh = _cooled()
    with pytest.raises(ValueError, match="no point of the reporting period"):
        avoided(_baseline(kwh), kwh.loc[AFTER] * np.nan, _cooled_conditions(AFTER))


def test_adjustments_must_be_named_dated_and_inside() -> None:
    """An adjustment without name, reason, time or energy, or outside the period, is refused."""
    first, end = date(2025, 5, 1), date(2025, 6, 1)
    with pytest.raises(ValueError, match="a name and a reason"):
        Adjustment(" ", "why", first, end, 1.0)
    with pytest.raises(ValueError, match="a name and a reason"):
        Adjustment("shift", "", first, end, 1.0)
    with pytest.raises(ValueError, match="an end after its start"):
        Adjustment("shift", "why", end, first, 1.0)
    with pytest.raises(ValueError, match="an end after its start"):
        Adjustment("shift", "why", first, end, math.nan)
    kwh = _cooled()
    early = Adjustment("shift", "why", date(2025, 3, 1), end, 1.0)
    with pytest.raises(ValueError, match="outside the reporting period"):
        avoided(_baseline(kwh), kwh.loc[AFTER], _cooled_conditions(AFTER), [early])


def test_a_kind_needs_its_data() -> None:
    """Asked for production or temperature where there is none, the line says what to import."""
    kwh = _cooled().loc[BEFORE]
    with pytest.raises(ValueError, match="there is no production"):
        baseline(kwh, Conditions(BEFORE), kind="production")
    with pytest.raises(ValueError, match="there are no temperatures"):
        baseline(kwh, Conditions(BEFORE), kind="change_point")


def test_models_of_different_points_have_no_normal_year() -> None:
    """Hours and days cannot be subtracted, and a normal year must be known."""
    hours = year_of_hours(days=40)
    hourly = baseline(pd.Series(5.0, index=hours) + noise(hours, 0.1, 0), Conditions(hours))
    daily = _baseline(_cooled())
    with pytest.raises(ValueError, match="different length"):
        normalised(daily, hourly, Conditions(BEFORE))
    unknown = Conditions(BEFORE, temperature_c=CELSIUS.loc[BEFORE] * np.nan)
    with pytest.raises(ValueError, match="nothing is known"):
        normalised(daily, daily, unknown)

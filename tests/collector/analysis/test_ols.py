"""Least squares and its statistics against statsmodels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis.fit import bic, fit_statistics, lag_one
from collector.analysis.ols import least_squares


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(8, 60), st.integers(1, 3))
def test_everything_is_statsmodels(seed: int, n: int, drivers: int) -> None:
    """Values, errors, intervals, p-values, R², BIC and RMSE agree with statsmodels."""
    draw = np.random.default_rng(seed)
    x = draw.normal(10.0, 3.0, (n, drivers))
    y = 500.0 + x @ draw.normal(0.0, 5.0, drivers) + draw.normal(0.0, 8.0, n)
    columns = {"constant": np.ones(n), **{f"x{k}": x[:, k] for k in range(drivers)}}
    ours, theirs = least_squares(y, columns), sm.OLS(y, sm.add_constant(x)).fit()
    errors = [c.standard_error for c in ours.coefficients]
    assert ours.values == pytest.approx(theirs.params, rel=1e-7)
    assert errors == pytest.approx(theirs.bse, rel=1e-7)
    assert ours.covariance == pytest.approx(theirs.cov_params(), rel=1e-6, abs=1e-9)
    ranges = [(c.low, c.high) for c in ours.coefficients]
    assert np.array(ranges) == pytest.approx(theirs.conf_int(), rel=1e-6, abs=1e-7)
    assert [c.p_value for c in ours.coefficients] == pytest.approx(theirs.pvalues, abs=1e-9)
    assert [c.t for c in ours.coefficients] == pytest.approx(theirs.tvalues, rel=1e-6, abs=1e-9)
    of = ours.statistics
    assert (of.n, of.p, of.degrees_of_freedom) == (n, drivers + 1, n - drivers - 1)
    assert of.r_squared == pytest.approx(theirs.rsquared, abs=1e-9)
    assert of.adjusted_r_squared == pytest.approx(theirs.rsquared_adj, abs=1e-9)
    assert of.bic == pytest.approx(theirs.bic, rel=1e-9)
    assert of.rmse**2 == pytest.approx(theirs.mse_resid, rel=1e-8)


def test_statistics_by_hand() -> None:
    """Four points and one parameter: each figure as worked on paper."""
    observed, predicted = np.array([10.0, 12.0, 9.0, 13.0]), np.array([11.0, 11.0, 11.0, 11.0])
    of = fit_statistics(observed, predicted, 1)
    assert (of.mean, of.sse) == (11.0, 10.0)
    assert of.rmse == pytest.approx((10.0 / 3.0) ** 0.5)
    assert of.cv_rmse == pytest.approx((10.0 / 3.0) ** 0.5 / 11.0)
    assert (of.nmbe, of.r_squared) == (0.0, 0.0)


def test_the_sign_of_the_bias_is_observed_less_predicted() -> None:
    """A model that gives 1 too much everywhere has a negative NMBE of n / (n - p) parts."""
    observed = np.array([10.0, 12.0, 9.0, 13.0])
    assert fit_statistics(observed, observed + 1.0, 1).nmbe == pytest.approx(-4.0 / (3.0 * 11.0))


def test_neighbours_are_correlated_as_pandas_does() -> None:
    """Lag-1 autocorrelation is pandas' own, and pairs with a gap between are left out."""
    values = np.random.default_rng(3).normal(size=50).cumsum()
    assert lag_one(values) == pytest.approx(pd.Series(values).autocorr(1))
    values[10] = np.nan
    assert lag_one(values) == pytest.approx(pd.Series(values).autocorr(1))


def test_constant_residuals_have_no_correlation() -> None:
    """Without variation, or with too few neighbours, the correlation is zero, not unknown."""
    assert lag_one(np.ones(10)) == 0.0
    assert lag_one(np.array([1.0, 2.0])) == 0.0


def test_correlated_points_are_worth_fewer() -> None:
    """At a correlation of 0.5 a third of the points counts; a negative one gains none."""
    draw = np.random.default_rng(0).normal(100.0, 1.0, 90)
    of = fit_statistics(draw, np.full(90, draw.mean()), 1)
    worth = {rho: replace(of, autocorrelation=rho) for rho in (0.5, -0.5, 0.999)}
    assert worth[0.5].effective_n == pytest.approx(30.0)
    assert worth[-0.5].effective_n == 90.0
    assert worth[0.999].effective_n == 1.0


def test_an_exact_fit_has_a_finite_criterion() -> None:
    """Where nothing is left, BIC is finite and still prefers fewer parameters."""
    assert np.isfinite(bic(0.0, 10, 2))
    assert bic(0.0, 10, 2) < bic(0.0, 10, 3)


def test_a_column_that_others_make_up_is_named() -> None:
    """A constant driver, or one that doubles another, is refused by its name."""
    y, x = np.arange(10.0), np.arange(10.0) ** 2
    with pytest.raises(ValueError, match="twice does not vary, or only together"):
        least_squares(y, {"constant": np.ones(10), "once": x, "twice": 2.0 * x})
    with pytest.raises(ValueError, match="flat does not vary"):
        least_squares(y, {"constant": np.ones(10), "flat": np.full(10, 3.0)})


def test_unknown_values_are_refused() -> None:
    """A NaN in energy or driver is an error, never a NaN result."""
    x = np.arange(10.0)
    bad = np.where(x == 4.0, np.nan, x)
    with pytest.raises(ValueError, match="every value known"):
        least_squares(bad, {"constant": np.ones(10), "x": x})
    with pytest.raises(ValueError, match="every value known"):
        least_squares(x, {"constant": np.ones(10), "x": bad})


def test_too_few_points_are_refused() -> None:
    """As many points as parameters fit everything and say nothing."""
    with pytest.raises(ValueError, match="2 points cannot fit 2 parameters"):
        least_squares(np.array([1.0, 2.0]), {"constant": np.ones(2), "x": np.array([1.0, 3.0])})
    with pytest.raises(ValueError, match="2 points cannot judge 2 parameters"):
        fit_statistics(np.ones(2), np.ones(2), 2)


def test_a_mean_of_zero_has_no_shares() -> None:
    """CV(RMSE) of nothing used is refused, not infinite."""
    with pytest.raises(ValueError, match="must be above zero"):
        fit_statistics(np.zeros(5), np.zeros(5), 1)

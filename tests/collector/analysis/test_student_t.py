"""Student's t against scipy's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats  # type: ignore[import-untyped]

from collector.analysis.student_t import (
    incomplete_beta,
    p_value,
    t_quantile,
    t_two_sided,
    t_upper_tail,
)

DEGREES = st.floats(1.0, 10_000.0)


@settings(deadline=None)
@given(st.floats(0.0005, 0.9995), DEGREES)
def test_quantiles_are_scipys(probability: float, degrees: float) -> None:
    """Quantiles agree with scipy to nine digits for any probability and degrees of freedom."""
    expected = stats.t.ppf(probability, degrees)
    assert t_quantile(probability, degrees) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@settings(deadline=None)
@given(st.floats(0.0, 1.0), st.floats(0.5, 500.0), st.floats(0.5, 500.0))
def test_the_incomplete_beta_function_is_scipys(x: float, a: float, b: float) -> None:
    """The function that all stands on agrees with scipy over its whole range."""
    assert incomplete_beta(x, a, b) == pytest.approx(special.betainc(a, b, x), rel=1e-8, abs=1e-12)


@settings(deadline=None)
@given(st.floats(-50.0, 50.0), DEGREES)
def test_tails_are_scipys(t: float, degrees: float) -> None:
    """The chance beyond a value and the p-value of a ratio agree with scipy."""
    assert t_upper_tail(t, degrees) == pytest.approx(stats.t.sf(t, degrees), rel=1e-8, abs=1e-14)
    expected = 2.0 * stats.t.sf(abs(t), degrees)
    assert p_value(t, degrees) == pytest.approx(expected, rel=1e-8, abs=1e-14)


@pytest.mark.parametrize(
    ("confidence", "degrees", "printed"), [(0.95, 10, 2.228), (0.90, 5, 2.015), (0.68, 30, 1.011)]
)
def test_values_of_the_printed_table(confidence: float, degrees: float, printed: float) -> None:
    """The values that a textbook's table prints."""
    assert t_two_sided(confidence, degrees) == pytest.approx(printed, abs=5e-4)


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.1, 1.5])
def test_a_probability_outside_is_refused(probability: float) -> None:
    """A quantile of what is no probability is an error."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(probability, 5)


def test_no_degrees_of_freedom_are_refused() -> None:
    """As many points as parameters leave no t."""
    with pytest.raises(ValueError, match="degree of freedom"):
        t_two_sided(0.9, 0)


def test_the_beta_function_refuses_what_is_outside() -> None:
    """An argument beyond 1 or a parameter of zero is an error."""
    with pytest.raises(ValueError, match="incomplete beta"):
        incomplete_beta(1.1, 1.0, 1.0)
    with pytest.raises(ValueError, match="incomplete beta"):
        incomplete_beta(0.5, 0.0, 1.0)

"""Unbalance: NEMA by hand, IEC against symmetrical components, currents by their mean."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from collector.analysis.unbalance import current_percent, iec_percent, nema_percent


def _of(*volts: float) -> tuple[np.ndarray, ...]:
    return tuple(np.array([each]) for each in volts)


def test_nemas_own_example() -> None:
    """460, 467 and 450 V have a mean of 459 and an unbalance of 9 / 459 = 1.96 %."""
    assert nema_percent(*_of(460.0, 467.0, 450.0)) == pytest.approx([100.0 * 9.0 / 459.0])


def test_equal_voltages_have_none() -> None:
    """Three equal voltages are balanced by either definition."""
    assert nema_percent(*_of(200.0, 200.0, 200.0)) == pytest.approx([0.0])
    assert iec_percent(*_of(200.0, 200.0, 200.0)) == pytest.approx([0.0], abs=1e-5)


@settings(deadline=None)
@given(st.floats(0.0, 0.30), st.floats(-math.pi, math.pi), st.floats(90.0, 6600.0))
def test_iec_is_negative_over_positive_sequence(share: float, angle: float, volts: float) -> None:
    """Voltages made of a positive and a negative sequence give their ratio back."""
    turn = cmath.exp(2j * math.pi / 3.0)
    negative = cmath.rect(share * volts, angle)
    lines = [abs(volts * turn**-k + negative * turn**k) for k in range(3)]
    assert iec_percent(*_of(*lines))[0] == pytest.approx(100.0 * share, abs=1e-4)


@settings(deadline=None)
@given(st.floats(190.0, 210.0), st.floats(190.0, 210.0), st.floats(190.0, 210.0))
def test_the_simple_span_overstates(v12: float, v23: float, v31: float) -> None:
    """(Vmax - Vmin) / mean is never below NEMA's figure."""
    volts = (v12, v23, v31)
    span = 100.0 * (max(volts) - min(volts)) / (sum(volts) / 3.0)
    assert nema_percent(*_of(*volts))[0] <= span + 1e-9


@settings(deadline=None)
@given(st.floats(1.0, 100.0), st.floats(1.0, 100.0), st.floats(1.0, 100.0))
def test_no_order_of_phases_matters(i1: float, i2: float, i3: float) -> None:
    """Currents of exchanged phases are as unbalanced, at most 200 %."""
    found = current_percent(*_of(i1, i2, i3))[0]
    assert found == pytest.approx(current_percent(*_of(i3, i1, i2))[0])
    assert 0.0 <= found <= 200.0


def test_unknown_and_idle_are_unknown() -> None:
    """A missing phase, or no current at all, has no unbalance: NaN, not zero."""
    assert np.isnan(nema_percent(*_of(200.0, math.nan, 200.0))).all()
    assert np.isnan(iec_percent(*_of(200.0, math.nan, 200.0))).all()
    assert np.isnan(current_percent(*_of(0.0, 0.0, 0.0))).all()


@settings(deadline=None)
@given(st.floats(1.0, 300.0), st.floats(1.0, 300.0), st.floats(0.1, 200.0))
def test_voltages_that_close_no_triangle_are_refused(v12: float, v23: float, more: float) -> None:
    """One voltage larger than the other two together cannot be: the wiring is wrong."""
    assume(more > 0.05 * (v12 + v23))
    with pytest.raises(ValueError, match="close a triangle"):
        iec_percent(*_of(v12, v23, v12 + v23 + more))


def test_wrong_values_are_refused() -> None:
    """A voltage of zero and a current below zero are no measurements of a running line."""
    with pytest.raises(ValueError, match="not above zero"):
        nema_percent(*_of(200.0, 0.0, 200.0))
    with pytest.raises(ValueError, match="below zero"):
        current_percent(*_of(5.0, -1.0, 5.0))

"""Who makes the load."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.analysis import contribution_of
from tests.collector.analysis.loads import circuit, load, of_kw

NAN = float("nan")


def test_shares_of_energy_and_peak() -> None:
    """A press makes little energy and most of the peak; a parent is not counted beside it."""
    press, oven = of_kw([10.0] * 47 + [70.0]), of_kw([25.0] * 48)
    site = of_kw([50.0] * 47 + [100.0])
    found = contribution_of(
        site, [circuit("press", press, "hall"), circuit("oven", oven), circuit("hall", site)]
    )
    assert [(share.circuit, share.peak_kw, share.peak_share) for share in found.shares] == [
        ("oven", 25.0, 0.25),
        ("press", 70.0, 0.7),
    ]
    assert found.shares[0].energy_share == pytest.approx(48 * 25 / (47 * 50 + 100))
    assert (found.at.hour, found.peak_kw, found.rest_peak_kw) == (23, 100.0, 5.0)
    assert found.rest_kwh == (47 * 15 + 5) / 2
    assert found.rest_share == pytest.approx(found.rest_kwh / found.kwh)


def test_a_circuit_with_a_hole_is_compared_where_it_is_known() -> None:
    """Its share is of the site's energy in the same half hours, and how much is known is told."""
    found = contribution_of(of_kw([10.0] * 48), [circuit("a", of_kw([5.0] * 24 + [NAN] * 24))])
    (share,) = found.shares
    assert (share.kwh, share.energy_share, share.known) == (60.0, 0.5, 0.5)
    assert (found.rest_kwh, found.rest_share) == (60.0, 0.5)


def test_a_circuit_that_is_unknown_at_the_peak() -> None:
    """It has no part in the peak, and the rest there is not known."""
    site, gone = of_kw([10.0] * 47 + [20.0]), of_kw([5.0] * 47 + [NAN])
    found = contribution_of(site, [circuit("a", gone)])
    assert (found.shares[0].peak_kw, found.rest_peak_kw) == (None, None)


def test_a_circuit_of_which_nothing_is_known() -> None:
    """It has no energy and no share; nor has the rest."""
    found = contribution_of(of_kw([10.0] * 48), [circuit("a", of_kw([NAN] * 48))])
    assert (found.shares[0].energy_share, found.shares[0].known) == (None, 0.0)
    assert (found.rest_kwh, found.rest_share) == (None, None)


def test_no_circuits_and_no_load() -> None:
    """Without circuits all is the rest; no load has no shares, nothing known no site."""
    assert contribution_of(of_kw([10.0] * 48), []).rest_share == 1.0
    idle = contribution_of(of_kw([0.0] * 48), [circuit("a", of_kw([0.0] * 48))])
    assert (idle.shares[0].energy_share, idle.shares[0].peak_share, idle.rest_share) == (None,) * 3
    with pytest.raises(ValueError, match="no slot of the site is known"):
        contribution_of(of_kw([NAN] * 48), [])


def test_a_circuit_of_another_stretch_and_of_quarter_hours() -> None:
    """Half hours are matched by their instant, whatever the circuit's own frame holds."""
    quarter = load(4.0, days=2, minutes=15)
    found = contribution_of(load(8.0, days=1), [circuit("a", quarter)])
    assert found.shares[0].energy_share == 0.5


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100)), min_size=2, max_size=48
    )
)
def test_shares_and_rest_are_the_whole(rows: list[tuple[float, float, float]]) -> None:
    """Circuits and the unmeasured remainder add up to the site, in energy and at the peak."""
    one, two, rest = (list(column) for column in zip(*rows, strict=True))
    site = [sum(row) for row in rows]
    found = contribution_of(of_kw(site), [circuit("a", of_kw(one)), circuit("b", of_kw(two))])
    assert found.rest_kwh == pytest.approx(np.sum(rest) / 2, abs=1e-6)
    parts = sum(share.kwh for share in found.shares) + (found.rest_kwh or 0)
    assert parts == pytest.approx(found.kwh, abs=1e-6)
    peaks = sum(share.peak_kw or 0 for share in found.shares) + (found.rest_peak_kw or 0)
    assert peaks == pytest.approx(found.peak_kw, abs=1e-6)

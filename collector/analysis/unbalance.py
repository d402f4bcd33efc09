"""Unbalance of three phases: voltages between lines by NEMA and IEC, currents by their mean.

NEMA MG-1: 100 max|V - mean| / mean of the voltages between lines. (Vmax - Vmin) / mean overstates
it. IEC: negative over positive sequence, V2 / V1, from the three voltages alone:
beta = sum V^4 / (sum V²)², V2 / V1 = sqrt((1 - sqrt(3 - 6 beta)) / (1 + sqrt(3 - 6 beta))).
"""

from __future__ import annotations

import numpy as np

from collector.analysis.fit import Floats


def nema_percent(v12: Floats, v23: Floats, v31: Floats) -> Floats:
    """Voltage unbalance (percent) by NEMA MG-1 of voltages between lines, NaN where unknown.

    Raises ``ValueError`` for a voltage not above zero.
    """
    return _largest_deviation(_three(v12, v23, v31, "voltage"))


def iec_percent(v12: Floats, v23: Floats, v31: Floats) -> Floats:
    """Voltage unbalance (percent) by IEC 61000-4-30: V2 / V1, NaN where unknown.

    Raises ``ValueError`` for a voltage not above zero, or three that close no triangle.
    """
    squares = _three(v12, v23, v31, "voltage") ** 2
    beta = (squares**2).sum(axis=0) / squares.sum(axis=0) ** 2
    # Three equal voltages give a beta of 1/3 but for rounding.
    inner = 3.0 - 6.0 * beta
    if (inner < -1e-9).any():
        raise ValueError("three voltages between lines must close a triangle: check the wiring")
    root = np.sqrt(np.clip(inner, 0.0, 1.0))
    return np.asarray(100.0 * np.sqrt((1.0 - root) / (1.0 + root)))


def current_percent(i1: Floats, i2: Floats, i3: Floats) -> Floats:
    """Current unbalance (percent): largest deviation from the mean over the mean.

    NaN where unknown, or where no current flows. A single-phase load makes it without any fault,
    and voltage unbalance makes 6 to 10 times as much: it informs, it is no alarm. Raises
    ``ValueError`` for a current below zero.
    """
    currents = np.stack([i1, i2, i3])
    if (currents < 0.0).any():
        raise ValueError("a current is below zero: give effective values")
    idle = currents.sum(axis=0) == 0.0
    return _largest_deviation(np.where(idle, np.nan, currents))


def _three(one: Floats, two: Floats, three: Floats, what: str) -> Floats:
    values = np.stack([one, two, three])
    if (values <= 0.0).any():
        raise ValueError(f"a {what} is not above zero: give voltages between lines")
    return values


def _largest_deviation(values: Floats) -> Floats:
    mean = values.mean(axis=0)
    return np.asarray(100.0 * np.abs(values - mean).max(axis=0) / mean)

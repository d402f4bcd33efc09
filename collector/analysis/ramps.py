"""Where a load begins to rise with heat or cold: the search for change points.

Every change point of a 0.5 K grid is tried, then of a 0.05 K grid around the best, each by the
closed form of least squares: the squares that one or two ramps explain beside the other columns.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from collector.analysis.fit import Floats

Shape = Literal["1P", "3PC", "3PH", "4P", "5P"]
HEATING, COOLING = "heating (K)", "cooling (K)"
"""The columns of degrees below and above a change point."""
GRID_K = 0.5
FINE_K = 0.05
LEAST_POINTS = 10
"""Points a change-point model needs (small-plant rule of thumb: 10 to 12 baseline points)."""


def degree_columns(celsius: Floats, below: float | None, above: float | None) -> dict[str, Floats]:
    """Degrees below and above the change points (K, n each), of those that are there."""
    columns = {}
    if below is not None:
        columns[HEATING] = np.maximum(below - celsius, 0.0)
    if above is not None:
        columns[COOLING] = np.maximum(celsius - above, 0.0)
    return columns


def change_points(
    celsius: Floats, kwh: Floats, beside: Floats, shape: Shape
) -> tuple[float | None, float | None] | None:
    """The best change points (deg C: heating below, cooling above) of n points.

    ``beside`` (n x k) are the columns that are in the model anyway, a constant at least. None
    where no slope is above zero.
    """
    if shape == "1P":
        return (None, None)
    low, high = np.floor(celsius.min()), np.ceil(celsius.max())
    grid = np.arange(low, high + GRID_K, GRID_K)
    best = _best(celsius, kwh, beside, shape, grid, grid)
    if best is None:
        return None
    fine = [np.arange(c - GRID_K, c + GRID_K + FINE_K / 2, FINE_K) for c in best]
    refined = _best(celsius, kwh, beside, shape, *fine) or best
    below, above = (round(float(c), 2) for c in refined)
    return (None if shape == "3PC" else below, None if shape == "3PH" else above)


def _best(
    celsius: Floats, kwh: Floats, beside: Floats, shape: Shape, below: Floats, above: Floats
) -> tuple[float, float] | None:
    """The pair of change points with the least squares left, of all pairs the shape allows."""
    least = min(LEAST_POINTS, max(3, celsius.size // 4))
    others, _ = np.linalg.qr(beside)
    y = kwh - others @ (others.T @ kwh)
    heating = _Ramp(np.maximum(below[:, None] - celsius, 0.0), y, others, least)
    cooling = _Ramp(np.maximum(celsius - above[:, None], 0.0), y, others, least)
    if shape in ("3PC", "3PH"):
        ramp, grid = (cooling, above) if shape == "3PC" else (heating, below)
        explained = ramp.alone()
        best = int(np.argmax(explained))
        return (grid[best], grid[best]) if explained[best] > 0.0 else None
    both = _together(heating, cooling)
    both[below[:, None] > above + 1e-9] = -1.0
    if shape == "4P":
        both = np.where(np.eye(below.size) > 0.0, both, -1.0)
    row, column = np.unravel_index(int(np.argmax(both)), both.shape)
    return (below[row], above[column]) if both[row, column] > 0.0 else None


class _Ramp:
    """Rows of degrees (change points x n), freed of the other columns, beside the energy."""

    def __init__(self, degrees: Floats, y: Floats, others: Floats, least: int) -> None:
        self.rest = degrees - (degrees @ others) @ others.T
        self.square = (self.rest**2).sum(axis=1)
        self.with_y = self.rest @ y
        self.enough = (degrees > 0.0).sum(axis=1) >= least
        # What the others make up already says nothing of its own.
        self.enough &= self.square > 1e-9 * (degrees**2).sum(axis=1)

    def alone(self) -> Floats:
        """The squares explained by each row alone, -1 where its slope is not above zero."""
        usable = self.enough & (self.with_y > 0.0)
        return np.where(usable, self.with_y**2 / np.where(usable, self.square, 1.0), -1.0)


def _together(heating: _Ramp, cooling: _Ramp) -> Floats:
    """The squares explained by each pair of rows, -1 where a slope is not above zero."""
    cross = heating.rest @ cooling.rest.T
    h, c = heating.square[:, None], cooling.square[None, :]
    hy, cy = heating.with_y[:, None], cooling.with_y[None, :]
    determinant = h * c - cross**2
    usable = heating.enough[:, None] & cooling.enough[None, :] & (determinant > 1e-9 * h * c)
    divisor = np.where(usable, determinant, 1.0)
    slope_h, slope_c = (c * hy - cross * cy) / divisor, (h * cy - cross * hy) / divisor
    usable &= (slope_h > 0.0) & (slope_c > 0.0)
    return np.where(usable, slope_h * hy + slope_c * cy, -1.0)

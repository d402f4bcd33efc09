"""How well a model fits: the statistics that measurement and verification asks for.

Signs and divisors differ between tools, so they are said here: a residual is observed - predicted
(a negative NMBE says that the model gives too much), and CV(RMSE) and NMBE divide by n - p, as
ASHRAE Guideline 14-2014 does (OpenDSM names these "adjusted"; its plain ones divide by n).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
SIGN = "observed - predicted"


@dataclass(frozen=True, slots=True)
class FitStatistics:
    """What a fit is judged by. ``n`` points, ``p`` fitted parameters, change points counted too.

    ``mean`` and ``rmse`` are in the unit of what was observed, ``cv_rmse`` and ``nmbe`` shares of
    the mean (0.15 is 15 %). ``r_squared`` is 0 where the observed does not vary. ``bic`` is
    n ln(2 pi SSE / n) + n + p ln n, that of a normal likelihood: comparable between models of the
    same points only. ``autocorrelation`` is that of neighbouring residuals (lag 1).
    """

    n: int
    p: int
    mean: float
    sse: float
    rmse: float
    r_squared: float
    adjusted_r_squared: float
    cv_rmse: float
    nmbe: float
    bic: float
    autocorrelation: float

    @property
    def degrees_of_freedom(self) -> int:
        """Points left to judge by: n - p."""
        return self.n - self.p

    @property
    def effective_n(self) -> float:
        """Points that are worth as much as independent ones: n(1 - rho)/(1 + rho), 1 to n.

        Guideline 14-2014 as OpenDSM codes it; a negative rho, mostly chance, gains no points.
        """
        rho = max(self.autocorrelation, 0.0)
        return max(1.0, self.n * (1.0 - rho) / (1.0 + rho))


def fit_statistics(
    observed: Floats, predicted: Floats, p: int, neighbours: Floats | None = None
) -> FitStatistics:
    """The statistics of predictions with ``p`` fitted parameters, one for each observed value.

    ``neighbours`` are the residuals on their regular grid of time, NaN where a point is missing,
    so that only true neighbours are correlated; without it the points are neighbours as they come.
    Raises ``ValueError`` for no more points than parameters, a value that is none, or a mean that
    is not above zero.
    """
    n = observed.size
    if n <= p:
        raise ValueError(f"{n} points cannot judge {p} parameters: give a longer period")
    residuals = observed - predicted
    mean, sse = float(observed.mean()), float(residuals @ residuals)
    if not (math.isfinite(sse) and mean > 0.0):
        raise ValueError("the mean of what was observed must be above zero, every value known")
    total = float(((observed - mean) ** 2).sum())
    r_squared = 1.0 - sse / total if total > 0.0 else 0.0
    rmse = math.sqrt(sse / (n - p))
    return FitStatistics(
        n=n,
        p=p,
        mean=mean,
        sse=sse,
        rmse=rmse,
        r_squared=r_squared,
        adjusted_r_squared=1.0 - (1.0 - r_squared) * (n - 1) / (n - p),
        cv_rmse=rmse / mean,
        nmbe=float(residuals.sum()) / ((n - p) * mean),
        bic=bic(sse, n, p),
        autocorrelation=lag_one(residuals if neighbours is None else neighbours),
    )


def bic(sse: float, n: int, p: int) -> float:
    """Schwarz's criterion of a least-squares fit: the smaller, the better for its parameters."""
    # An exact fit has no logarithm; the smallest float stands for it and still ranks by p.
    return n * math.log(2.0 * math.pi * max(sse, 1e-290) / n) + n + p * math.log(n)


def lag_one(residuals: Floats) -> float:
    """The correlation of each residual with the next, NaN pairs left out; 0 without variation."""
    earlier, later = residuals[:-1], residuals[1:]
    both = np.isfinite(earlier) & np.isfinite(later)
    if both.sum() < 3:
        return 0.0
    left, right = earlier[both] - earlier[both].mean(), later[both] - later[both].mean()
    scale = math.sqrt(float(left @ left) * float(right @ right))
    return float(left @ right) / scale if scale > 0.0 else 0.0

"""Ordinary least squares by QR: values, standard errors, intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from collector.analysis.fit import FitStatistics, Floats, fit_statistics
from collector.analysis.student_t import p_value, t_two_sided

RANK_LIMIT = 1e-10
"""A column of which less than this share is left beside the others says nothing of its own."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One fitted parameter, in kWh (of the period of a point) per unit of what it multiplies.

    ``low`` and ``high`` hold the true value with 95 % confidence where residuals are independent.
    """

    name: str
    value: float
    standard_error: float
    low: float
    high: float
    p_value: float

    @property
    def t(self) -> float:
        """How many standard errors the value is from zero."""
        return self.value / self.standard_error if self.standard_error > 0.0 else float("inf")


@dataclass(frozen=True, slots=True, eq=False)
class LeastSquares:
    """A fitted linear model: its coefficients in the order of the columns given.

    ``covariance`` is theirs (p x p), ``predicted`` the model's value at each point.
    """

    coefficients: tuple[Coefficient, ...]
    covariance: Floats
    predicted: Floats
    statistics: FitStatistics

    @property
    def values(self) -> Floats:
        """The coefficients alone, in order."""
        return np.array([coefficient.value for coefficient in self.coefficients])


def least_squares(
    observed: Floats, columns: Mapping[str, Floats], confidence: float = 0.95
) -> LeastSquares:
    """The linear model of ``observed`` (n) by named columns (n each); a constant is a column too.

    Raises ``ValueError`` for a value that is none, no more points than columns, or a column that
    the others make up already (named).
    """
    names = tuple(columns)
    design = np.column_stack([columns[name] for name in names])
    if not (np.isfinite(design).all() and np.isfinite(observed).all()):
        raise ValueError("a regression needs every value known: leave unknown points out")
    n, p = design.shape
    if n <= p:
        raise ValueError(f"{n} points cannot fit {p} parameters: give a longer period")
    orthogonal, triangle = np.linalg.qr(design)
    _refuse_dependence(names, design, triangle)
    values = np.linalg.solve(triangle, orthogonal.T @ observed)
    predicted = design @ values
    statistics = fit_statistics(observed, predicted, p)
    inverse = np.linalg.inv(triangle)
    covariance = inverse @ inverse.T * statistics.rmse**2
    reach = t_two_sided(confidence, n - p)
    coefficients = tuple(
        _coefficient(name, float(value), float(error), reach, n - p)
        for name, value, error in zip(names, values, np.sqrt(np.diag(covariance)), strict=True)
    )
    return LeastSquares(coefficients, covariance, predicted, statistics)


def _refuse_dependence(names: tuple[str, ...], design: Floats, triangle: Floats) -> None:
    scales = np.linalg.norm(design, axis=0)
    for name, left, scale in zip(names, np.abs(np.diag(triangle)), scales, strict=True):
        if left <= RANK_LIMIT * scale:
            raise ValueError(
                f"{name} does not vary, or only together with the others: leave it out"
            )


def _coefficient(name: str, value: float, error: float, reach: float, degrees: int) -> Coefficient:
    chance = p_value(value / error, degrees) if error > 0.0 else 0.0
    return Coefficient(name, value, error, value - reach * error, value + reach * error, chance)

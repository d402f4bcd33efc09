"""Student's t distribution: the quantiles that intervals of small samples are made with.

The distribution function is the regularised incomplete beta function, evaluated by its continued
fraction with the modified Lentz method (Abramowitz and Stegun 26.5.8 and 26.7.1; NIST Digital
Library of Mathematical Functions 8.17.22). Quantiles come by
Newton's method from zero: above it the tail is convex, so every step stays below the root.
"""

from __future__ import annotations

import math
from itertools import count

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_TERMS = 10_000
_MOST_STEPS = 200


def incomplete_beta(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), 0 to 1.

    Raises ``ValueError`` unless 0 <= x <= 1 and both parameters are above zero.
    """
    if not 0.0 <= x <= 1.0 or a <= 0.0 or b <= 0.0:
        raise ValueError("the incomplete beta function needs 0 <= x <= 1 and a, b above zero")
    if x in (0.0, 1.0):
        return x
    # The fraction converges fast only below the mean; above it the mirrored one does.
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(1.0 - x, b, a)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    return math.exp(log_front) / (a * _fraction(x, a, b))


def _fraction(x: float, a: float, b: float) -> float:
    value, above, below = 1.0, 1.0, 0.0
    for term in count(1):
        step = _coefficient(term, x, a, b)
        below = 1.0 / (_off_zero(1.0 + step * below))
        above = _off_zero(1.0 + step / above)
        value *= above * below
        if abs(above * below - 1.0) < _CLOSE or term >= _MOST_TERMS:
            break
    return value


def _coefficient(term: int, x: float, a: float, b: float) -> float:
    half = term // 2
    if term % 2:
        return -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1.0))
    return half * (b - half) * x / ((a + 2 * half - 1.0) * (a + 2 * half))


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def t_upper_tail(t: float, degrees: float) -> float:
    """The chance that Student's t with ``degrees`` (> 0) of freedom lies above ``t``.

    Raises ``ValueError`` for no degrees of freedom.
    """
    if not degrees > 0.0:
        raise ValueError("Student's t needs at least one degree of freedom: give more points")
    square = t * t
    # Near zero the complement is exact where 1 - x would lose the digits of a small square.
    if square < degrees:
        both = 1.0 - incomplete_beta(square / (degrees + square), 0.5, degrees / 2.0)
    else:
        both = incomplete_beta(degrees / (degrees + square), degrees / 2.0, 0.5)
    return both / 2.0 if t >= 0.0 else 1.0 - both / 2.0


def t_quantile(probability: float, degrees: float) -> float:
    """The value below which Student's t lies with that probability (0 to 1, both excluded).

    Raises ``ValueError`` for a probability outside, or no degrees of freedom.
    """
    if not 0.0 < probability < 1.0:
        raise ValueError("a probability must lie between 0 and 1, both excluded")
    if probability < 0.5:
        return -t_quantile(1.0 - probability, degrees)
    tail, t = 1.0 - probability, 0.0
    for _ in range(_MOST_STEPS):
        step = (t_upper_tail(t, degrees) - tail) / _density(t, degrees)
        t += step
        if step <= _CLOSE * max(t, 1.0):
            break
    return t


def _density(t: float, degrees: float) -> float:
    scale = math.lgamma((degrees + 1.0) / 2.0) - math.lgamma(degrees / 2.0)
    fall = (degrees + 1.0) / 2.0 * math.log1p(t * t / degrees)
    return math.exp(scale - fall) / math.sqrt(degrees * math.pi)


def t_two_sided(confidence: float, degrees: float) -> float:
    """How many standard errors hold the true value with that confidence (0 to 1, excluded)."""
    return t_quantile((1.0 + confidence) / 2.0, degrees)


def p_value(t: float, degrees: float) -> float:
    """The chance of so large a t ratio, either sign, where the true value is zero."""
    return 2.0 * t_upper_tail(abs(t), degrees)

"""Energy intensity under Japan's energy conservation law (省エネ法), and its five-year change.

W = (A - B - B') / C: A energy used (GJ or crude-oil kL), B energy sold as a by-product, B' unused
heat bought, C the figure of activity. W is stated with 4 significant digits. The mean change over
five years is the fourth root of the product of the four year-on-year ratios; ratios and result in
percent to one decimal (Chugoku METI's worked example: 3.244, 3.247, 2.906, 2.819, 2.796 give
100.1, 89.5, 97.0, 99.2 and 96.4 %).
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from math import prod

FILE = "intensity_target_jp.toml"
YEARS = 5
_TENTH = Decimal("0.1")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class IntensityTarget:
    """The change a year that is to be reached (percent of the year before), with its source."""

    percent: Decimal
    source: str


@lru_cache(maxsize=1)
def intensity_target() -> IntensityTarget:
    """The target that comes with this program."""
    text = resources.files("collector.analysis").joinpath("data", FILE).read_text(encoding="utf-8")
    row = tomllib.loads(text, parse_float=Decimal)["target"]
    return IntensityTarget(Decimal(row["percent"]), row["source"])


def intensity_of(
    energy: Decimal,
    activity: Decimal,
    *,
    sold: Decimal = Decimal(0),
    bought_heat: Decimal = Decimal(0),
) -> Decimal:
    """W with 4 significant digits, in the energy's unit (GJ or kL) per unit of activity.

    ``sold`` and ``bought_heat`` are in the energy's unit. Raises ``ValueError`` for an activity
    not above zero, or an amount below zero.
    """
    if activity <= 0:
        raise ValueError("an intensity needs an activity above zero")
    if min(energy, sold, bought_heat) < 0:
        raise ValueError("an amount of energy is below zero")
    exact = (energy - sold - bought_heat) / activity
    return Context(prec=4, rounding=ROUND_HALF_UP).plus(exact)


@dataclass(frozen=True, slots=True)
class FiveYearChange:
    """``ratios_percent`` of four pairs of years, and their mean change, both to 0.1 %."""

    intensities: tuple[Decimal, ...]
    ratios_percent: tuple[Decimal, ...]
    percent: Decimal
    target: IntensityTarget

    @property
    def reached(self) -> bool:
        """Whether the mean change is the target or lower."""
        return self.percent <= self.target.percent


def five_year_change(intensities: Sequence[Decimal]) -> FiveYearChange:
    """The mean change over five yearly intensities, the oldest first.

    Raises ``ValueError`` unless there are five, each above zero.
    """
    if len(intensities) != YEARS:
        raise ValueError(f"five yearly intensities are needed, there are {len(intensities)}")
    if min(intensities) <= 0:
        raise ValueError("every intensity must be above zero")
    ratios = tuple(_percent(later / earlier) for earlier, later in pairwise(intensities))
    product = prod((ratio / _HUNDRED for ratio in ratios), start=Decimal(1))
    mean = product.sqrt().sqrt()
    return FiveYearChange(tuple(intensities), ratios, _percent(mean), intensity_target())


def _percent(ratio: Decimal) -> Decimal:
    return (ratio * _HUNDRED).quantize(_TENTH, ROUND_HALF_UP)

"""From the slots of a window to a year: what is unknown, and what a year has more or less of.

Each known slot stands for the slots of its day kind of which nothing is known, and a window that
is not a year is stretched or shrunk to 365 days. A window of 365 or 366 days is taken as it is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from collector.analysis.frame import Floats

YEAR_DAYS = 365


def year_weights(known: npt.NDArray[np.bool_], kinds: npt.NDArray[np.int64], days: int) -> Floats:
    """By what each slot's figure is multiplied so that their sum is a year's; 0 where unknown.

    ``known`` and ``kinds`` (the number of each slot's day kind) are along the window's slots,
    ``days`` is its length.
    """
    weights = np.zeros(len(known), dtype=np.float64)
    for kind in np.unique(kinds):
        of_kind = kinds == kind
        held = int((of_kind & known).sum())
        if held:
            weights[of_kind & known] = of_kind.sum() / held
    return weights * year_share(days)


def year_share(days: int) -> float:
    """By what a window's figure is multiplied to be a year's. Raises ``ValueError`` for none."""
    if days < 1:
        raise ValueError("a window without days says nothing of a year")
    return 1.0 if days in (YEAR_DAYS, YEAR_DAYS + 1) else YEAR_DAYS / days

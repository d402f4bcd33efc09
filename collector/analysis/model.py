"""What every baseline model can do, whatever it is made of."""

from __future__ import annotations

from typing import Protocol

import pandas as pd

from collector.analysis.evidence import Evidence
from collector.analysis.fit import FitStatistics
from collector.analysis.observations import Conditions, Interval


class Model(Protocol):
    """A fitted model of energy: change point, hour of week, production or operating states."""

    @property
    def interval(self) -> Interval:
        """What a point stands for."""

    @property
    def statistics(self) -> FitStatistics:
        """How well it fits."""

    @property
    def evidence(self) -> Evidence:
        """The window it was fitted to."""

    @property
    def caveats(self) -> tuple[str, ...]:
        """What a reader must be told of it, in plain words."""

    def expected(self, conditions: Conditions) -> pd.Series[float]:
        """Energy (kWh a point) under those conditions, NaN where they are unknown.

        Raises ``ValueError`` where the conditions lack what the model goes by.
        """

    def beyond(self, conditions: Conditions) -> pd.Series[bool]:
        """Which points of the conditions lie beyond what the model has seen; unknown ones do not.

        A tenth of the span it has seen, beyond either end of it, is still within.
        """

    def outside(self, conditions: Conditions) -> str:
        """Why the model is stretched beyond what it has seen by the conditions; "" if not."""

"""A site's energy and what it stood under, as points that models take."""

from __future__ import annotations

import pandas as pd

from collector.analysis.observations import (
    Conditions,
    daily_kwh,
    daily_temperature,
    hourly_kwh,
    points_of,
)
from collector.analysis.site_load import SiteLoad


def daily_energy(load: SiteLoad, circuit: str = "") -> pd.Series[float]:
    """Energy by local day (kWh, naive midnight) of the site, or of the circuit of that id.

    NaN where any slot of the day is unknown. Raises ``KeyError`` for a circuit that is none.
    """
    return daily_kwh(load.circuit(circuit).slots if circuit else load.slots)


def daily_conditions(load: SiteLoad) -> Conditions:
    """Temperature, production and kind of every day; what a site has no series of is None."""
    index = points_of(daily_kwh(load.slots))
    celsius = None if load.temperature_c is None else daily_temperature(load.temperature_c)
    made = load.production
    return Conditions(
        index=index,
        temperature_c=None if celsius is None else celsius.reindex(index),
        production=None if made is None or made.empty else made.reindex(index),
        states=load.day_kinds.reindex(index),
    )


def hourly_energy(load: SiteLoad, circuit: str = "") -> pd.Series[float]:
    """Energy by hour (kWh, site time) of the site, or of the circuit of that id.

    NaN where any slot of the hour is unknown. Raises ``KeyError`` for a circuit that is none.
    """
    return hourly_kwh(load.circuit(circuit).slots if circuit else load.slots)


def hourly_conditions(load: SiteLoad) -> Conditions:
    """The temperature of every hour, None where the site has no series."""
    index = points_of(hourly_kwh(load.slots))
    celsius = load.temperature_c
    return Conditions(index, None if celsius is None else celsius.reindex(index))

"""Energy by production and weather: bases of heating and cooling found in the same points."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from collector.analysis.fit import Floats
from collector.analysis.observations import Observations, observations
from collector.analysis.production import LEAST_POINTS, ProductionFit, fit_production
from collector.analysis.ramps import Shape, change_points

CELSIUS = "temperature_c"
SHAPES: tuple[Shape, ...] = ("3PC", "3PH", "5P")


def fit_production_weather(
    kwh: pd.Series[float], production: pd.DataFrame, temperature_c: pd.Series[float]
) -> ProductionFit:
    """The production model with cooling, heating, both or neither, the best by BIC.

    Energy (kWh a day or month), amounts and mean temperatures (deg C) by the same index; all
    models are fitted to the points of which all three are known. Errors are those of
    ``fit_production``.
    """
    columns = {str(name): production[name] for name in production}
    points = observations(kwh, {**columns, CELSIUS: temperature_c}, LEAST_POINTS)
    known = kwh.where(kwh.index.isin(points.index))
    fits = [fit_production(known, production, temperature_c=temperature_c)]
    for shape in SHAPES:
        bases = change_points(points.drivers[CELSIUS], points.kwh, _beside(points, columns), shape)
        if bases is not None:
            fits.append(
                fit_production(
                    known,
                    production,
                    temperature_c=temperature_c,
                    heating_below_c=bases[0],
                    cooling_above_c=bases[1],
                    bases_fitted=True,
                )
            )
    return min(fits, key=lambda fit: fit.statistics.bic)


def _beside(points: Observations, columns: Mapping[str, object]) -> Floats:
    return np.column_stack([np.ones_like(points.kwh), *(points.drivers[name] for name in columns)])

"""What explains the daily energy: weather on working days, production on all days, CUSUM."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from collector.analysis.baselines import judged
from collector.analysis.change_point import ChangePointFit, fit_change_point
from collector.analysis.cusum import Cusum, cusum_of
from collector.analysis.observations import Conditions
from collector.analysis.production import fit_production
from collector.analysis.production_weather import fit_production_weather
from collector.analysis.site_conditions import daily_conditions, daily_energy
from collector.analysis.site_load import SiteLoad
from collector.reports.consultant.answer import Answer, answered
from collector.reports.consultant.data import Models, Output, Weather
from collector.site_config import SiteSettings

LEAST_DAYS = 60
"""Working days that a line by temperature needs to be drawn: two seasons, own choice."""


def models_of(load: SiteLoad, site: SiteSettings) -> Models:
    """The models that the site's series allow, and the running sum of the better one."""
    kwh, conditions = daily_energy(load), daily_conditions(load)
    working = kwh.where(load.day_kinds.reindex(kwh.index) == "working")
    weather = answered(lambda: _weather(working, conditions))
    output = answered(lambda: _output(kwh, conditions, load, site))
    name = _better(weather, output)
    actual = kwh if name == "output" else working
    cusum: Answer[Cusum] = Answer(None, (), "there is no model to hold the days against")
    if name:
        cusum = answered(lambda: _cusum(name, actual, conditions, weather, output))
    return Models(weather, output, cusum, name)


def _weather(kwh: pd.Series[float], conditions: Conditions) -> Weather:
    celsius = conditions.temperature_c
    if celsius is None:
        raise ValueError("there are no temperatures: import a series for the site")
    known = kwh.notna() & celsius.notna()
    if int(known.sum()) < LEAST_DAYS:
        raise ValueError(f"{int(known.sum())} working days are known, {LEAST_DAYS} needed")
    fit = _of_working_days(fit_change_point(kwh, celsius), int(kwh.notna().sum()))
    return Weather(fit, judged(fit), _plain(celsius[known]), _plain(kwh[known]))


def _of_working_days(fit: ChangePointFit, days: int) -> ChangePointFit:
    """Its evidence counts working days only: the others were never meant to be in it."""
    evidence = replace(fit.evidence, slots=days, coverage=fit.evidence.known_slots / days)
    return replace(fit, evidence=evidence)


def _output(
    kwh: pd.Series[float], conditions: Conditions, load: SiteLoad, site: SiteSettings
) -> Output:
    made, celsius = conditions.production, conditions.temperature_c
    if made is None:
        raise ValueError("there is no production: import a series of amounts for the site")
    if celsius is not None and celsius.notna().any():
        fit = fit_production_weather(kwh, made, celsius)
    else:
        fit = fit_production(kwh, made)
    first = str(made.columns[0])
    known = kwh.notna() & made[first].notna()
    names = {meter.id: meter.name for meter in site.meters}
    return Output(
        fit=fit,
        judged=judged(fit),
        product=names.get(first, first),
        unit=load.production_units.get(first, ""),
        amounts=_plain(made[first][known]),
        kwh=_plain(kwh[known]),
    )


def _better(weather: Answer[Weather], output: Answer[Output]) -> str:
    there = {
        name: answer.value.fit.statistics.r_squared
        for name, answer in (("output", output), ("weather", weather))
        if answer.value is not None
    }
    return max(there, key=lambda name: there[name], default="")


def _cusum(
    name: str,
    kwh: pd.Series[float],
    conditions: Conditions,
    weather: Answer[Weather],
    output: Answer[Output],
) -> Cusum:
    held = output.value if name == "output" else weather.value
    if held is None:
        raise ValueError("there is no model to hold the days against")
    return cusum_of(kwh, held.fit.expected(conditions), held.fit.statistics.rmse)


def _plain(values: pd.Series[float]) -> tuple[float, ...]:
    return tuple(np.asarray(values, dtype=np.float64).tolist())

"""What weather and production explain, how well, and when the use changed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.baselines import Baseline
from collector.analysis.change_point import ChangePointFit
from collector.analysis.cusum import Cusum
from collector.analysis.fit import FitStatistics
from collector.reports.consultant.data import Output, Weather
from collector.reports.consultant.view import View, month_ticks
from collector.reports.consultant.words.table import WORDS
from collector.reports.numbers import percent, plain
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Note,
    Row,
    Section,
    Table,
    XYChart,
    XYSeries,
)

LINE_POINTS = 60


def models(view: View) -> Section:
    """Scatters with their lines, the statistics, the running sum."""
    blocks = (*_weather(view), *_output(view), *_statistics(view), *_cusum(view))
    return Section(view.say("models"), view.say("models_lead"), blocks)


def _weather(view: View) -> Iterator[Block]:
    answer = view.data.models.weather
    if answer.value is None:
        yield view.missing("weather", answer)
        return
    held = answer.value
    said = _weather_said(view, held.fit)
    xs = np.linspace(min(held.celsius), max(held.celsius), LINE_POINTS)
    line = tuple(held.fit.predict(np.asarray(xs, dtype=np.float64)).tolist())
    yield XYChart(
        title=view.say("weather_title"),
        description=said,
        x_label=view.say("mean_temperature"),
        x_unit="°C",
        unit="kWh",
        series=(
            XYSeries(view.say("measured_day"), "points", "energy", held.celsius, held.kwh),
            XYSeries(view.say("model_line"), "line", "reference", tuple(xs.tolist()), line),
        ),
    )
    yield Note(said)


def _weather_said(view: View, fit: ChangePointFit) -> str:
    told = [view.say("weather_said", shape=fit.shape, base=plain(fit.base_kwh, 4, 0))]
    for key, slope, at in (
        ("cooling_said", fit.cooling_kwh_per_k, fit.cooling_above_c),
        ("heating_said", fit.heating_kwh_per_k, fit.heating_below_c),
    ):
        if at is not None and slope > 0:
            told.append(view.say(key, c=plain(at, 3, 1), slope=plain(slope, 3)))
    if len(told) == 1:
        told.append(view.say("flat_said"))
    return view.joined(told)


def _output(view: View) -> Iterator[Block]:
    answer = view.data.models.output
    if answer.value is None:
        yield view.missing("output", answer)
        return
    held = answer.value
    said = _output_said(view, held)
    first = held.fit.products[0].name
    xs = [min(held.amounts), max(held.amounts)]
    line = tuple(held.fit.kwh_at({**held.fit.means, first: x}) for x in xs)
    yield XYChart(
        title=view.say("output_title", product=held.product),
        description=said,
        x_label=view.say("production"),
        x_unit=held.unit,
        unit="kWh",
        series=(
            XYSeries(view.say("measured_day"), "points", "energy", held.amounts, held.kwh),
            XYSeries(view.say("model_line"), "line", "reference", tuple(xs), line),
        ),
    )
    yield Note(said)


def _output_said(view: View, held: Output) -> str:
    fit = held.fit
    said = view.say(
        "output_said",
        fixed=plain(fit.fixed.value, 4, 0),
        share=percent(fit.fixed_share),
        unit=held.unit or view.say("piece"),
        slope=plain(fit.products[0].value, 3),
    )
    return view.joined((said, view.say("output_weather") if fit.weather else ""))


def _statistics(view: View) -> Iterator[Block]:
    held = view.data.models
    rows = [
        _fit(view, key, answer.value)
        for key, answer in (("weather_name", held.weather), ("output_name", held.output))
        if answer.value is not None
    ]
    if not rows:
        return
    columns = (
        Column(view.say("model_col"), align="left"),
        Column(view.say("n_col")),
        Column("CV(RMSE)", "%"),
        Column("NMBE", "%"),
        Column("R²"),
        Column(view.say("check_col"), align="left"),
    )
    yield Table(view.say("statistics"), columns, tuple(rows))
    yield Note(view.say("statistics_note"))


def _fit(view: View, key: str, held: Weather | Output) -> Row:
    found: FitStatistics = held.fit.statistics
    return Row(
        (
            Cell(view.say(key)),
            Cell(str(found.n), found.n),
            Cell(percent(found.cv_rmse), found.cv_rmse * 100),
            Cell(plain(round(found.nmbe * 100, 3), 3, 2), found.nmbe * 100),
            Cell(plain(found.r_squared, 3, 2), found.r_squared),
            Cell(_verdict(view, held.judged)),
        )
    )


def _verdict(view: View, judged: Baseline) -> str:
    failed = [check for check in judged.checks if not check.passed]
    names = [f"{_named(view, check.limit.of)} {plain(check.figure, 3)}" for check in failed]
    if not judged.ok:
        return view.say("verdict_not", why=view.listed(names))
    if names:
        return view.say("verdict_advice", why=view.listed(names))
    return view.say("verdict_ok")


def _named(view: View, of: str) -> str:
    key = f"check_{of}"
    return view.say(key) if key in WORDS.rows else of


def _cusum(view: View) -> Iterator[Block]:
    found = view.data.models.cusum.value
    if found is None:
        return
    days = [stamp.date() for stamp in view.data.profile.heat.dates]
    at = {day: number for number, day in enumerate(days)}
    held = found.cumulative_kwh
    xs = tuple(float(at[stamp.date()]) for stamp in held.index)
    yield XYChart(
        title=view.say("cusum"),
        description=view.say("cusum_said"),
        x_label="",
        x_unit="",
        unit="kWh",
        series=(XYSeries(view.say("cusum_axis"), "line", "energy", xs, tuple(held.tolist())),),
        x_ticks=month_ticks(view, days),
    )
    yield Note(view.joined((view.say("cusum_said"), *_changes(view, found))))


def _changes(view: View, found: Cusum) -> Iterator[str]:
    if not found.changes:
        yield view.say("cusum_none")
    for change in found.changes[:4]:
        yield view.say(
            "cusum_change",
            since=view.dates.day_only(change.since.date()),
            kwh=plain(change.kwh_a_point, 3, 0),
            word=view.say("less" if change.direction == "saving" else "more"),
        )

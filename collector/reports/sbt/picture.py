"""The line to the target with the base year and this year on it."""

from __future__ import annotations

from decimal import Decimal

from collector.reports.account_words import method_name
from collector.reports.report import AxisLabel, Language, LegendEntry, XYChart, XYMark, XYSeries
from collector.reports.sbt.data import SbtData, Standing
from collector.reports.sbt.words import WORDS
from collector.rollup.period_names import fiscal_year_name


def line_chart(data: SbtData, standing: Standing, language: Language) -> XYChart:
    """Fiscal years across, Scope 1+2 in tonnes up; the standing has a path."""
    rule = data.rule
    years = range(rule.base_year, rule.target_year + 1)
    path = standing.path
    allowed = [path.allowed_kg(year) if path else None for year in years]
    points = [(data.rule.base_year, standing.base_kg), (data.year, standing.now_kg)]
    known = [(float(year), _t(kg)) for year, kg in points if kg is not None]
    name, points_name = WORDS.say("path", language), WORDS.say("sum", language)
    xs, ys = tuple(map(float, years)), tuple(_t(kg) for kg in allowed)
    line = XYSeries(name, "line", "reference", xs, ys, dashed=True)
    own_xs, own_ys = tuple(year for year, _ in known), tuple(t for _, t in known)
    method = method_name(standing.method, language)
    return XYChart(
        title=WORDS.say("total", language, method=method),
        description=WORDS.say("description", language),
        x_label=WORDS.say("year", language),
        x_unit="",
        unit="t-CO₂",
        series=(line, XYSeries(points_name, "points", "co2", own_xs, own_ys)),
        x_ticks=tuple(_tick(data, year, language) for year in years),
        marks=_marks(data, standing, language),
        legend=(
            LegendEntry(name, "dashed", "reference"),
            LegendEntry(points_name, "solid", "co2"),
        ),
    )


def _tick(data: SbtData, year: int, language: Language) -> AxisLabel:
    return AxisLabel(
        float(year), fiscal_year_name(year, data.fiscal_year_starts, language), str(year)
    )


def _marks(data: SbtData, standing: Standing, language: Language) -> tuple[XYMark, ...]:
    rule, path = data.rule, standing.path
    marks = [
        (rule.base_year, standing.base_kg, "base_mark"),
        (data.year, standing.now_kg if data.year != rule.base_year else None, "this_mark"),
        (rule.target_year, path.target_kg if path else None, "target_mark"),
    ]
    return tuple(
        XYMark(float(year), float(kg.scaleb(-3)), WORDS.say(key, language))
        for year, kg, key in marks
        if kg is not None
    )


def _t(kg: Decimal | None) -> float | None:
    return None if kg is None else float(kg.scaleb(-3))

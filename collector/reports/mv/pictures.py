"""The pictures: the fitted line in its cloud, residuals, expected and used, the running sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from collector.reports.mv.data import DayPoint, Model, Term
from collector.reports.mv.equation import expected_kwh, means
from collector.reports.mv.view import MvView, kwh_text
from collector.reports.report import AxisLabel, ReferenceLine, XYChart, XYMark, XYSeries

LINE_POINTS = 60
WEEKS_FROM = 120
"""From so many days on the course is drawn as means of seven days."""
MARKS = 4
Numbers = tuple[float, ...]
Maybe = tuple[float | None, ...]


def scatter(view: MvView, model: Model) -> XYChart | None:
    """Energy by the variable that moves it most, with the model's line; None without any."""
    used = [day for day in view.data.baseline.days if day.used]
    variable = _variable(view, model, used)
    if variable is None or not used:
        return None
    name = view.product(variable.of) if variable.of else view.driver("temperature")
    others = len(_moving(model)) > _alike(variable, model)
    unit = view.product_unit(variable.of) if variable.of else "°C"
    return XYChart(
        title=view.say("scatter", name=name),
        description=view.say("scatter_text", others=view.say("others_mean") if others else ""),
        x_label=name,
        x_unit=unit,
        unit=view.say("per_day_unit"),
        series=tuple(_cloud(view, model, variable, used)),
    )


def _moving(model: Model) -> list[Term]:
    return [term for term in model.terms if term.kind not in ("fixed", "state")]


def _alike(variable: Term, model: Model) -> int:
    """How many terms go by the variable that is drawn."""
    return 1 if variable.of else len(model.of_kind("heating")) + len(model.of_kind("cooling"))


def _variable(view: MvView, model: Model, used: Sequence[DayPoint]) -> Term | None:
    """The term that moves the energy most over what the baseline has seen."""

    def moved(term: Term) -> float:
        values = [value for day in used if (value := _value(view, term, day)) is not None]
        return abs(term.value) * (max(values) - min(values)) if values else 0.0

    return max(_moving(model), key=moved, default=None)


def _value(view: MvView, term: Term, day: DayPoint) -> float | None:
    if term.of:
        return day.amounts[list(view.data.products).index(term.of)]
    return day.temperature_c


def _cloud(
    view: MvView, model: Model, variable: Term, used: Sequence[DayPoint]
) -> Iterator[XYSeries]:
    states = [term.of for term in model.of_kind("state")] or [""]
    for shade, state in enumerate(states):
        days = [day for day in used if not state or day.state == state]
        xs = tuple(_value(view, variable, day) or 0.0 for day in days)
        name = view.say("observed_of", name=view.state(state)) if state else view.say("observed")
        yield XYSeries(name, "points", "energy", xs, tuple(day.kwh for day in days), shade=shade)
    for shade, state in enumerate(states):
        days = [day for day in used if not state or day.state == state]
        if days:
            xs, ys = _line(view, model, variable, days, state)
            name = view.say("fitted_of", name=view.state(state)) if state else view.say("fitted")
            yield XYSeries(name, "line", "reference", xs, ys, shade=shade, dashed=True)


def _line(
    view: MvView, model: Model, variable: Term, days: Sequence[DayPoint], state: str
) -> tuple[Numbers, Maybe]:
    values = [value for day in days if (value := _value(view, variable, day)) is not None]
    low, high = min(values), max(values)
    xs = tuple(low + (high - low) * n / (LINE_POINTS - 1) for n in range(LINE_POINTS))
    celsius, amounts = means(days)
    products = list(view.data.products)

    def at(x: float) -> float | None:
        pairs = zip(products, amounts, strict=True)
        made = [x if name == variable.of else held for name, held in pairs]
        return expected_kwh(model, products, state or None, celsius if variable.of else x, made)

    return xs, tuple(map(at, xs))


def residuals(view: MvView) -> XYChart:
    """Observed - predicted of the baseline by date."""
    days = view.data.baseline.days
    xs = tuple(float(n) for n in range(len(days)))
    ys = tuple(_residual(day) for day in days)
    return XYChart(
        title=view.say("residuals"),
        description=view.say("residuals_text"),
        x_label="",
        x_unit="",
        unit=view.say("per_day_unit"),
        series=(XYSeries(view.say("residual"), "points", "energy", xs, ys),),
        x_ticks=month_ticks(view, days),
        references=(ReferenceLine(0.0, ""),),
    )


def _residual(day: DayPoint) -> float | None:
    if day.kwh is None or day.expected_kwh is None:
        return None
    return day.kwh - day.expected_kwh


def course(view: MvView) -> XYChart:
    """Expected and used by date, as means of seven days where there are many."""
    days = view.data.reporting.days
    step = 7 if len(days) >= WEEKS_FROM else 1
    parts = [days[at : at + step] for at in range(0, len(days), step)]
    xs = tuple(float(n * step) for n in range(len(parts)))
    expected = tuple(_mean([day.expected_kwh for day in part if day.used]) for part in parts)
    actual = tuple(_mean([day.kwh for day in part if day.used]) for part in parts)
    texts = [view.say("course_text"), view.say("week_text") if step > 1 else ""]
    return XYChart(
        title=view.say("course"),
        description=" ".join(filter(None, texts)),
        x_label="",
        x_unit="",
        unit=view.say("per_day_unit"),
        series=(
            XYSeries(view.say("expected"), "steps", "reference", xs, expected, dashed=True),
            XYSeries(view.say("actual"), "steps", "energy", xs, actual),
        ),
        x_ticks=month_ticks(view, days),
    )


def cusum(view: MvView) -> XYChart:
    """The running sum of expected - used (kWh), before adjustments, with lasting changes."""
    days = view.data.reporting.days
    total, sums = 0.0, []
    for day in days:
        total -= _residual(day) or 0.0
        sums.append(total)
    xs = tuple(float(n) for n in range(len(days)))
    return XYChart(
        title=view.say("cusum"),
        description=view.say("cusum_text"),
        x_label="",
        x_unit="",
        unit="kWh",
        series=(XYSeries(view.say("cusum_series"), "line", "energy", xs, tuple(sums)),),
        x_ticks=month_ticks(view, days),
        references=(ReferenceLine(0.0, ""),),
        marks=tuple(_marks(view, days, sums)),
    )


def _marks(view: MvView, days: Sequence[DayPoint], sums: Sequence[float]) -> Iterator[XYMark]:
    saving = view.data.saving
    place = {day.day: n for n, day in enumerate(days)}
    changes = sorted(saving.noticed if saving else (), key=lambda one: -one.kwh_a_day)[:MARKS]
    for one in changes:
        day = view.dates.short(one.since)
        text = view.say(f"change_{one.direction}", day=day, kwh=kwh_text(one.kwh_a_day))
        at = place[one.since]
        yield XYMark(float(at), sums[at], text)


def month_ticks(view: MvView, days: Sequence[DayPoint]) -> tuple[AxisLabel, ...]:
    """The months of the days, by the number of the day."""
    if not days:
        return ()
    opens: date = days[0].day
    ticks = []
    for first, last, (label, short) in view.dates.months([day.day for day in days]):
        at, until = (first - opens).days, (last - opens).days + 1
        ticks.append(AxisLabel(float(at), label, short, float(until), line=True))
    return tuple(ticks)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

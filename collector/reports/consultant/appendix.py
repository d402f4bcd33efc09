"""Appendix: months, methods with their sources, prices and factors, thresholds, software."""

from __future__ import annotations

from collections.abc import Iterator

from collector.accounts.energy_law import HEAT_VALUES, KL_PER_GJ
from collector.reports.consultant.data import MonthRow
from collector.reports.consultant.proposals import threshold_value
from collector.reports.consultant.view import View
from collector.reports.money import money
from collector.reports.numbers import ABSENT, percent, plain, power
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table

METHODS = (
    ("demand", "s_demand"),
    ("contract", "s_demand"),
    ("lf", "s_lf"),
    ("base", "s_base"),
    ("standby", "s_base"),
    ("operating", "s_operating"),
    ("diversity", "s_lf"),
    ("weather", "s_weather"),
    ("output", "s_output"),
    ("pf", "s_demand"),
    ("unbalance", "s_unbalance"),
    ("transformer", "s_transformer"),
    ("yen", "s_yen"),
    ("co2", "s_co2"),
)


def appendix(view: View) -> Iterator[Section]:
    """The parts of the appendix."""
    yield _months(view)
    yield _methods(view)
    yield _prices(view)
    if view.data.proposals.waiting:
        yield _thresholds(view)


def lf_of(row: MonthRow) -> float | None:
    """Energy over largest demand and the hours of the known days; None without energy."""
    if row.kwh is None or not row.hours or not row.peak_kw > 0:
        return None
    return row.kwh / (row.hours * row.peak_kw)


def _months(view: View) -> Section:
    columns = (
        Column(view.say("month_col"), align="left"),
        Column(view.say("known_days_col")),
        Column(view.say("energy_col"), "kWh"),
        Column(view.say("is_peak"), "kW"),
        Column(view.say("peak_when_col"), align="left"),
        Column(view.say("lf_col"), "%"),
        Column("CO₂", "t"),
        Column(view.say("bill_col"), view.unit),
        Column(view.say("coverage_col"), "%"),
    )
    rows = [_month(view, row) for row in view.data.months]
    if len(rows) > 1:
        rows.append(_sum_row(view))
    table = Table(view.say("months"), columns, tuple(rows))
    partial = [view.dates.month(row.month) for row in view.data.months if not row.whole]
    notes = [Note(view.say("partial", months=view.listed(partial)))] if partial else []
    return Section(view.say("months"), blocks=(table, *notes))


def _month(view: View, row: MonthRow) -> Row:
    factor = lf_of(row)
    co2_t = None if row.co2_kg is None else row.co2_kg / 1000
    bill = money(row.bill, view.data.sums.currency, view.language)[0]
    return Row(
        (
            Cell(view.dates.month(row.month)),
            Cell(str(row.known_days), row.known_days),
            Cell(plain(row.kwh, 12, 0), row.kwh),
            Cell(power(row.peak_kw), row.peak_kw),
            Cell(f"{view.dates.short(view.dates.day_of(row.at_ms))} {view.dates.clock(row.at_ms)}"),
            Cell(percent(factor), None if factor is None else factor * 100),
            Cell(plain(co2_t, 4), co2_t),
            Cell(bill, None if row.bill is None else float(row.bill)),
            Cell(percent(row.coverage), row.coverage * 100),
        )
    )


def _sum_row(view: View) -> Row:
    sums, months = view.data.sums, view.data.months
    largest = max(row.peak_kw for row in months)
    co2 = None if sums.co2_kg is None else sums.co2_kg / 1000
    bill = money(sums.bill, sums.currency, view.language)[0]
    cells = (
        Cell(view.say("sum_row")),
        Cell(str(sums.known_days), sums.known_days),
        Cell(plain(sums.kwh, 12, 0), sums.kwh),
        Cell(power(largest), largest),
        Cell(""),
        Cell(""),
        Cell(plain(co2, 4), co2),
        Cell(bill, None if sums.bill is None else float(sums.bill)),
        Cell(""),
    )
    return Row(cells, strong=True)


def _methods(view: View) -> Section:
    columns = tuple(
        Column(view.say(key), align="left") for key in ("method_col", "formula_col", "source_col")
    )
    rows = tuple(
        Row((Cell(view.say(f"m_{key}")), Cell(view.say(f"f_{key}")), Cell(view.say(source))))
        for key, source in METHODS
    )
    return Section(view.say("methods"), blocks=(Table(view.say("methods"), columns, rows),))


def _prices(view: View) -> Section:
    held = view.data.proposals
    terms = [("price_kwh", held.price_basis.in_(view.language) if held.price_basis else ABSENT)]
    if held.one_kw:
        amount, unit = money(held.one_kw, held.currency, view.language)
        terms.append(("price_kw", f"{amount} {unit}"))
    terms.append(("factor_id", _factor(view)))
    terms.append(("heat_value", _heat(view)))
    terms.append(("calculated", view.say("calculated_said")))
    terms.append(("software", f"Mieruka {view.data.head.software_version}"))
    rows = tuple(Row((Cell(view.say(key)), Cell(text))) for key, text in terms)
    columns = (Column("", align="left"), Column("", align="left"))
    return Section(view.say("prices"), blocks=(Table(view.say("prices"), columns, rows),))


def _factor(view: View) -> str:
    row, carbon = view.data.proposals.factor, view.data.proposals.carbon
    if row is None or carbon is None:
        return carbon.basis.in_(view.language) if carbon else ABSENT
    return view.say(
        "factor_said",
        id=row.id,
        value=str(row.kg_per_kwh),
        publisher=row.source.publisher,
        title=row.source.title,
        published=row.source.published_on,
        status=view.say("provisional" if carbon.provisional else "official"),
    )


def _heat(view: View) -> str:
    value = next(v for v in HEAT_VALUES if v.first <= view.data.span.last < v.end)
    kl = plain(value.gj_per_mwh * KL_PER_GJ, 4)
    said = view.say("heat_said", kl=kl, gj=str(value.gj_per_mwh), per_gj=str(KL_PER_GJ))
    return f"{said} · {value.source}"


def _thresholds(view: View) -> Section:
    columns = (
        Column(view.say("threshold_id"), align="left"),
        Column(view.say("threshold_value"), align="left"),
        Column(view.say("confidence"), align="left"),
        Column(view.say("threshold_source"), align="left"),
        Column(view.say("threshold_since"), align="left"),
    )
    held = {
        one.finding.threshold.id: one.finding.threshold
        for one in view.data.proposals.waiting
        if one.finding
    }
    rows = tuple(
        Row(
            (
                Cell(row.text(view.language)),
                Cell(threshold_value(view, row)),
                Cell(view.say(row.confidence)),
                Cell(row.source),
                Cell(row.since),
            )
        )
        for row in held.values()
    )
    blocks: tuple[Block, ...] = (Table(view.say("thresholds"), columns, rows),)
    return Section(view.say("thresholds"), blocks=blocks)

"""The M&V report as a workbook: daily data, and every step from a coefficient to the saving live.

The model's sheet holds coefficients, statistics and the uncertainty's constants; both daily sheets
compute ŷ from it, and the first sheet sums them.
"""

from __future__ import annotations

from collector.reports.book import Book, BookCell
from collector.reports.mv.book_days import DaySheet, baseline_sheet, reporting_sheet
from collector.reports.mv.book_model import ModelSheet, model_sheet
from collector.reports.mv.data import Model, MvData
from collector.reports.mv.saving import Band, Savings
from collector.reports.mv.view import MvView
from collector.reports.numbers import plain
from collector.reports.report import Language
from collector.reports.sheet_rows import SheetRows, live


def mv_book(data: MvData, language: Language) -> Book:
    """The workbook; without a model it has the days as they were measured."""
    view = MvView.of(data, language)
    model = model_sheet(view)
    before, after = baseline_sheet(view, model), reporting_sheet(view, model)
    summary = _summary(view, model, before, after)
    sheets = [summary, model.rows, before.rows, after.rows, _adjustments(view), _meters(view)]
    return Book(tuple(rows.sheet() for rows in sheets))


def _summary(view: MvView, model: ModelSheet, before: DaySheet, after: DaySheet) -> SheetRows:
    rows = SheetRows(view.tell("sheet_summary"), (44, 22, 14))
    rows.title(view.say("title", site=view.data.head.called(view.language)))
    for label, window in (
        ("baseline_row", view.data.baseline),
        ("reporting_row", view.data.reporting),
    ):
        rows.add(view.say(label), view.span(window.span))
    rows.note(view.data.head.made(view.language))
    rows.note(view.tell("change_cells"))
    rows.add()
    held, saving = view.data.model, view.data.saving
    if held is None or saving is None:
        rows.note(view.tell("withheld_book"))
        return rows
    fit = _fit(view, rows, held, model, before)
    _saving(view, rows, saving, after, fit)
    return rows


def _fit(
    view: MvView, rows: SheetRows, held: Model, model: ModelSheet, before: DaySheet
) -> dict[str, str]:
    """The statistics of the baseline from its residuals; answers where they stand."""
    fit = held.statistics
    rows.title(view.say("checks"))
    n = rows.add("n", live(f"=COUNT({before.actual})", fit.n, "integer"))
    p = rows.add("p", live(f"={model.p}", fit.p, "integer"))
    sse = fit.rmse_kwh**2 * (fit.n - fit.p)
    total = rows.add(view.tell("sse_row"), live(f"=SUM({before.squares})", sse, "number"))
    mean = live(f"=SUM({before.actual})/B{n}", fit.mean_kwh, "kwh")
    average = rows.add(view.tell("mean_row"), mean)
    text = f"=(B{total}/(B{n}-B{p}))^0.5/B{average}"
    cv = rows.add("CV(RMSE)", live(text, fit.cv_rmse, "percent"))
    text = f"=SUM({before.residuals})/((B{n}-B{p})*B{average})"
    rows.add("NMBE", live(text, fit.nmbe, "percent"))
    # Independent points are between one and all of them, whatever the residuals say.
    share = f"(1-{model.rho})/(1+{model.rho})"
    text = f"=IF({model.rho}<0,B{n},IF(B{n}*{share}<1,1,B{n}*{share}))"
    effective = rows.add(view.tell("n_prime"), live(text, fit.effective_n, "number"))
    rows.add()
    return {"n": f"B{n}", "cv": f"B{cv}", "n'": f"B{effective}"}


def _saving(
    view: MvView, rows: SheetRows, saving: Savings, after: DaySheet, fit: dict[str, str]
) -> None:
    """The saving, its ranges, its CO2 and crude oil, all from the daily sheet."""
    rows.title(view.say("result"))
    expected = _sum(view, rows, "expected", after.expected, saving.expected_kwh)
    adjusted = _sum(view, rows, "adjustments_row", after.adjusted, saving.adjustments_kwh)
    actual = _sum(view, rows, "actual", after.actual, saving.actual_kwh)
    text = f"={expected}+{adjusted}-{actual}"
    kwh = f"B{rows.add(view.say('avoided'), live(text, saving.kwh, 'kwh'), 'kWh')}"
    if saving.share is not None:
        text = f"={kwh}/({expected}+{adjusted})"
        rows.add(view.say("share"), live(text, saving.share, "percent"))
    count = live(f"=COUNT({after.actual})", saving.points, "integer")
    m = f"B{rows.add(view.tell('points_row'), count)}"
    rows.add(view.tell("months_row"), BookCell(saving.months, "number"))
    k = f"B{rows.add('K', BookCell(saving.k, 'input'), None, saving.k_source)}"
    n, cv, effective = fit["n"], fit["cv"], fit["n'"]
    spread = f"({n}/{effective}*(1+2/{effective})*{m})^0.5"
    for band in (saving.at_68, saving.at_90):
        _band(view, rows, band, kwh, f"{k}*{{t}}*{expected}/{m}*{cv}*{spread}")
    _carbon(view, rows, after)


def _sum(view: MvView, rows: SheetRows, key: str, cells: str, value: float) -> str:
    return f"B{rows.add(view.say(key), live(f'=SUM({cells})', value, 'kwh'), 'kWh')}"


def _band(view: MvView, rows: SheetRows, band: Band, kwh: str, formula: str) -> None:
    confidence = plain(band.confidence * 100, 3, 0)
    names = {"confidence": confidence}
    t = f"B{rows.add(view.tell('t_of', **names), BookCell(band.t, 'input'))}"
    text = "=" + formula.format(t=t)
    cell = live(text, band.uncertainty_kwh, "kwh")
    off = f"B{rows.add(view.tell('uncertainty_of', **names), cell, 'kWh')}"
    rows.add(view.tell("low_of", **names), live(f"={kwh}-{off}", band.low_kwh, "kwh"), "kWh")
    rows.add(view.tell("high_of", **names), live(f"={kwh}+{off}", band.high_kwh, "kwh"), "kWh")
    if band.fraction is not None:
        absolute = f"=IF({kwh}<0,-{off}/{kwh},{off}/{kwh})"
        label = f"{view.tell('uncertainty_of', **names)} / {view.say('avoided')}"
        rows.add(label, live(absolute, band.fraction, "percent"))


def _carbon(view: MvView, rows: SheetRows, after: DaySheet) -> None:
    carbon = view.data.carbon
    rows.add()
    if carbon.co2_t is not None:
        cell = live(f"=SUM({after.kg})/1000", carbon.co2_t, "tonnes")
        rows.add(view.say("co2"), cell, "t-CO₂", carbon.method)
    if carbon.kl is not None:
        rows.add(view.say("kl"), live(f"=SUM({after.kl})", carbon.kl, "kl"), "kL")


def _adjustments(view: MvView) -> SheetRows:
    rows = SheetRows(view.tell("sheet_adjustments"), (28, 14, 60), 1)
    rows.heads(view.tell("period"), "kWh", view.tell("reason"))
    for one in view.data.adjustments:
        rows.add(view.days(one.first, one.end), BookCell(one.kwh, "kwh"), one.reason)
    return rows


def _meters(view: MvView) -> SheetRows:
    rows = SheetRows(view.tell("sheet_meters"), (30, 24, 20, 14, 12, 12, 16), 1)
    heads = ("meter", "profile", "serial", "since", "ratio", "step", "certified")
    rows.heads(*(view.tell(head) for head in heads))
    for row in view.data.meters:
        rows.add(
            f"{row.name.in_(view.language)} ({row.meter})",
            row.profile,
            row.serial,
            BookCell(row.since, "date"),
            row.ratio,
            row.step_wh,
            BookCell(row.certified_until, "date"),
        )
    return rows

"""The saving as a reader sees it first: figures, what is proven, what is missing."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.mv.data import Withheld
from collector.reports.mv.saving import Band, Savings
from collector.reports.mv.view import MvView, figure, kwh_text, left, share_text
from collector.reports.numbers import ABSENT, plain
from collector.reports.report import Block, Cell, Column, Figure, Note, Row, Section, Table

LEAST_FREE = 10
"""Independent points beyond the parameters, below which a range is hardly one."""


def figures(view: MvView) -> tuple[Figure, ...]:
    """The headline: the saving and its uncertainty, its share, CO2 and crude oil, the fit."""
    saving = view.data.saving
    if saving is None:
        badge = view.say("withheld_badge")
        absent = Figure(view.say("avoided"), ABSENT, "kWh", "", "energy", badge)
        return tuple(filter(None, (absent, _fit(view))))
    return tuple(filter(None, (*_told(view, saving), _fit(view))))


def _told(view: MvView, saving: Savings) -> Iterator[Figure]:
    badge = "" if saving.proven else view.say("not_proven")
    band, n = saving.at_90, f"{saving.points:,}"
    low, high = kwh_text(band.low_kwh), kwh_text(band.high_kwh)
    note = view.say("avoided_note", low=low, high=high, n=n)
    yield Figure(view.say("avoided"), kwh_text(saving.kwh), "kWh", note, "energy", badge)
    note = view.say("share_note", kwh=kwh_text(saving.expected_kwh + saving.adjustments_kwh))
    yield Figure(view.say("share"), share_text(saving.share), "%", note, "energy", badge)
    limit = share_text(saving.most_uncertain)
    note = view.say("fraction_note", limit=limit)
    fraction = share_text(saving.at_68.fraction)
    yield Figure(view.say("fraction"), fraction, "%", note)
    yield from _carbon(view, badge)


def _carbon(view: MvView, badge: str) -> Iterator[Figure]:
    carbon = view.data.carbon
    note = view.say("co2_note", method=carbon.method)
    if carbon.co2_t is None:
        note = view.no_co2
    marks = [badge] if badge else []
    statuses = {part.status for part in carbon.factors} - {"official"}
    marks += [view.tell(f"status_{status}") for status in sorted(statuses)]
    middot = "・" if view.language == "ja" else ", "
    yield Figure(
        view.say("co2"), plain(carbon.co2_t, 4, 3), "t-CO₂", note, "co2", middot.join(marks)
    )
    yield Figure(view.say("kl"), plain(carbon.kl, 4, 3), "kL", view.say("kl_note"), "plain", badge)


def _fit(view: MvView) -> Figure | None:
    model = view.data.model
    if model is None:
        return None
    fit = model.statistics
    note = view.say("fit_note", r2=plain(fit.r_squared, 3, 2), n=f"{fit.n:,}")
    return Figure(view.say("fit"), share_text(fit.cv_rmse), "%", note)


def result(view: MvView) -> Section:
    """The result in a sentence and a table; where nothing may be told, what is missing."""
    title, saving = view.say("result"), view.data.saving
    if saving is None:
        return Section(title, view.say("withheld_lead"), tuple(_missing(view)))
    blocks: list[Block] = [Note(_said(view, saving), kind="plain" if saving.proven else "warning")]
    blocks += [Note(text, kind="warning") for text in _doubts(view, saving)]
    blocks.append(_table(view, saving))
    blocks.append(Note(view.tell("confidence_note")))
    return Section(title, view.say("result_lead"), tuple(blocks))


def _said(view: MvView, saving: Savings) -> str:
    key = "said_proven" if saving.proven else "said_unsure" if saving.kwh > 0 else "said_more"
    band, share = saving.at_90, saving.share
    return view.say(
        key,
        n=f"{saving.points:,}",
        kwh=kwh_text(abs(saving.kwh)),
        share=share_text(None if share is None else abs(share)),
        low=kwh_text(band.low_kwh),
        high=kwh_text(band.high_kwh),
    )


def _doubts(view: MvView, saving: Savings) -> Iterator[str]:
    """Why the saving is not proven, and what else is to be doubted."""
    fraction, limit = saving.at_68.fraction, saving.most_uncertain
    if saving.kwh > 0 and (fraction is None or fraction >= limit):
        names = {"value": share_text(fraction), "limit": share_text(limit)}
        yield view.say("doubt_fraction", **names)
    for reach in view.data.beyond:
        met, seen = (view.ends(ends, reach.unit) for ends in (reach.reporting, reach.baseline))
        names = {"name": view.reach(reach), "met": met, "seen": seen, "n": f"{reach.days_beyond:,}"}
        yield view.say("doubt_beyond", **names)
    if saving.beyond_share:
        key = "doubt_share" if saving.beyond_share > saving.most_beyond else "share_allowed"
        shares = {"share": share_text(saving.beyond_share), "limit": share_text(saving.most_beyond)}
        yield view.say(key, **shares)
    model = view.data.model
    if model is None:
        return
    fit = model.statistics
    if fit.effective_n < fit.p + LEAST_FREE:
        effective = plain(fit.effective_n, 3, 0)
        yield view.say("doubt_effective", n=f"{fit.n:,}", effective=effective)
    for term in model.terms:
        if term.doubtful:
            yield view.say("doubt_term", name=view.term(term))


def _missing(view: MvView) -> Iterator[Note]:
    for one in view.data.withheld:
        yield Note(_why(view, one), _hint(view, one), "warning")


def _why(view: MvView, one: Withheld) -> str:
    if one.by == "check" and one.check is not None:
        name = view.say(f"of_{one.check.of}")
        held = figure(one.check.of, one.check.figure)
        return view.say("check_missing", name=name, figure=held, bound=view.bound(one.check))
    if one.by in ("no_model", "no_points"):
        return view.say(one.by, figure=plain(one.figure, 4, 0))
    return view.say(one.by, figure=share_text(one.figure), limit=share_text(one.limit))


def _hint(view: MvView, one: Withheld) -> str:
    key = "known" if one.by in ("baseline_known", "reporting_known") else one.by
    return view.say(f"{key}_hint")


def _table(view: MvView, saving: Savings) -> Table:
    rows = [
        _row(view.say("expected"), saving.expected_kwh),
        _row(view.say("adjustments_row"), saving.adjustments_kwh),
        _row(view.say("actual"), saving.actual_kwh),
        _row(view.say("avoided"), saving.kwh, strong=True),
        *(row for band in (saving.at_68, saving.at_90) for row in _band_rows(view, band)),
        _fraction_row(view, saving),
    ]
    promised = view.data.promised
    if promised is not None:
        low, high = kwh_text(promised.low_kwh), kwh_text(promised.high_kwh)
        text = view.say("range_text", low=low, high=high)
        rows.append(Row((Cell(view.say("promise")), Cell(text, promised.mid_kwh))))
    columns = (*left(view.say("item")), Column(view.say("kwh"), "kWh"))
    return Table(view.say("avoided"), columns, tuple(rows))


def _row(label: str, kwh: float, strong: bool = False) -> Row:
    return Row((Cell(label), Cell(kwh_text(kwh), kwh)), strong=strong)


def _band_rows(view: MvView, band: Band) -> Iterator[Row]:
    confidence = plain(band.confidence * 100, 3, 0)
    low, high = kwh_text(band.low_kwh), kwh_text(band.high_kwh)
    label = view.say("range", confidence=confidence)
    yield Row((Cell(label), Cell(view.say("range_text", low=low, high=high))))
    label = view.say("uncertainty", confidence=confidence)
    yield Row((Cell(label), Cell(kwh_text(band.uncertainty_kwh), band.uncertainty_kwh)))


def _fraction_row(view: MvView, saving: Savings) -> Row:
    fraction = saving.at_68.fraction
    text = view.say(
        "fraction_pass" if saving.certain else "fraction_fail",
        value=share_text(fraction),
        limit=share_text(saving.most_uncertain),
    )
    return Row((Cell(view.say("fraction_row")), Cell(text, fraction)))

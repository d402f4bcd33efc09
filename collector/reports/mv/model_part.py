"""The baseline model: its equation, coefficients, statistics against limits, models tried."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reports.mv.data import Candidate, CheckRow, Model, Term
from collector.reports.mv.pictures import residuals, scatter
from collector.reports.mv.saving import Savings
from collector.reports.mv.view import MvView, figure, left, share_text, texts
from collector.reports.numbers import ABSENT, plain
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table


def model_part(view: MvView) -> Section:
    """The section; without a model the candidates and why none was fitted."""
    title, model = view.say("model"), view.data.model
    if model is None:
        return Section(title, "", (_candidates(view),))
    lead = view.say("model_lead", equation=equation(view, model))
    return Section(title, lead, tuple(_blocks(view, model)))


def equation(view: MvView, model: Model) -> str:
    """The equation as people read it: 120.5 × working days + 3.2 × degrees above 22 °C."""
    parts = [
        number(term.value) if term.kind == "fixed" else f"{number(term.value)} × {view.term(term)}"
        for term in model.terms
    ]
    return " + ".join(parts)


def number(value: float) -> str:
    """A coefficient with four digits."""
    return plain(value, 4)


def _blocks(view: MvView, model: Model) -> Iterator[Block]:
    picture = scatter(view, model)
    if picture is not None:
        yield picture
    yield _terms(view, model)
    yield _checks(view)
    yield _statistics(view, model)
    yield residuals(view)
    if len(view.data.candidates) > 1:
        yield _candidates(view)


def _terms(view: MvView, model: Model) -> Table:
    heads = (
        *left(view.say("term")),
        Column(view.say("coefficient")),
        Column(view.say("interval95")),
        *left(view.say("unit")),
    )
    return Table(view.say("terms"), heads, tuple(_term(view, term) for term in model.terms))


def _term(view: MvView, term: Term) -> Row:
    between = ABSENT
    if term.low is not None and term.high is not None:
        low, high = number(term.low), number(term.high)
        between = view.say("range_text", low=low, high=high)
    cells = (Cell(view.term(term)), Cell(number(term.value), term.value))
    return Row((*cells, Cell(between), Cell(view.term_unit(term))))


def _checks(view: MvView) -> Table:
    heads = (
        *left(view.say("item")),
        Column(view.say("figure_col")),
        *left(view.say("bound_col"), view.say("verdict"), view.say("source")),
    )
    rows = [_check(view, check) for check in view.data.checks]
    if view.data.saving is not None:
        rows += _of_saving(view, view.data.saving)
    return Table(view.say("checks"), heads, tuple(rows))


def _of_saving(view: MvView, saving: Savings) -> Iterator[Row]:
    held, beyond = saving.at_68.fraction, saving.beyond_share
    below = view.say("below", value=f"{share_text(saving.most_uncertain)}%")
    up_to = view.say("up_to", value=f"{share_text(saving.most_beyond)}%")
    allowed = beyond <= saving.most_beyond
    for name, share, bound, passed, source in (
        ("of_fraction", held, below, saving.certain, saving.uncertain_source),
        ("of_beyond", beyond, up_to, allowed, view.say("own_choice")),
    ):
        verdict = Cell(view.say("pass" if passed else "fail"))
        cells = (Cell(figure("fraction", share), share), Cell(bound), verdict, Cell(source))
        yield Row((Cell(view.say(name)), *cells))


def _check(view: MvView, check: CheckRow) -> Row:
    word = "pass" if check.passed else "fail"
    key = word if check.must else f"advice_{word}"
    return Row(
        (
            Cell(view.say(f"of_{check.of}")),
            Cell(figure(check.of, check.figure), check.figure),
            Cell(view.bound(check)),
            Cell(view.say(key)),
            Cell(check.source),
        )
    )


def _statistics(view: MvView, model: Model) -> Note:
    fit = model.statistics
    return Note(
        view.say(
            "statistics_note",
            n=f"{fit.n:,}",
            p=fit.p,
            mean=plain(fit.mean_kwh, 5),
            rmse=plain(fit.rmse_kwh, 4),
            nmbe=plain(round(fit.nmbe * 100, 2) + 0.0, 3, 2),
            rho=plain(fit.autocorrelation, 3, 2),
            effective=plain(fit.effective_n, 4, 1),
        )
    )


def _candidates(view: MvView) -> Table:
    heads = (
        *left(view.say("candidate")),
        Column("n"),
        Column("p"),
        Column("R²"),
        Column("CV(RMSE)"),
        *left(""),
    )
    return Table(
        view.say("candidates"), heads, tuple(_candidate(view, one) for one in view.data.candidates)
    )


def _candidate(view: MvView, one: Candidate) -> Row:
    name, fit = view.say(f"kind_{one.kind}"), one.statistics
    if fit is None:
        return texts(name, "", "", "", "", view.say("not_fitted", why=one.why))
    cells = (
        Cell(name),
        Cell(f"{fit.n:,}", fit.n),
        Cell(str(fit.p), fit.p),
        Cell(plain(fit.r_squared, 3, 2), fit.r_squared),
        Cell(figure("cv_rmse", fit.cv_rmse), fit.cv_rmse),
        Cell(view.say("chosen") if one.chosen else ""),
    )
    return Row(cells, strong=one.chosen)

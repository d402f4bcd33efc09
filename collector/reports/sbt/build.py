"""The SBT report in a language: the point on the line, conditions, base year, what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.reports.account_head import account_report, dates_of, site_name
from collector.reports.account_parts import (
    factor_blocks,
    fixed_text,
    mass_cell,
    method_figure,
    quality_table,
    remarks,
    tonnes,
)
from collector.reports.account_words import method_name, say
from collector.reports.dates import Dates
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Figure,
    Language,
    Note,
    Report,
    Row,
    Section,
    Table,
)
from collector.reports.sbt.data import (
    METHODS,
    SbtData,
    Standing,
    criteria_of,
    eligible,
    missing_of,
    open_facts,
    standing_of,
)
from collector.reports.sbt.picture import line_chart
from collector.reports.sbt.words import WORDS
from collector.reports.signed import base_blocks, closed_blocks


def sbt_report(data: SbtData, language: Language) -> Report:
    """The report of the fiscal year."""
    dates = dates_of(data, language)
    title = WORDS.say("title", language, site=site_name(data, language))
    parts = (_figures(data, language), _sections(data, dates), _notes(data, language))
    return account_report(data, dates, title, parts)


def rule_notes(data: SbtData, language: Language) -> Iterator[Note]:
    """How sure the reduction is, and whether the firm's own falls short of it."""
    rule = data.rule
    names: dict[str, str | int] = {"percent": _percent(rule.percent), "base": rule.base_year}
    if rule.confidence != "high":
        what = WORDS.say("rule_what", language, **names)
        why = WORDS.say(f"rule_{rule.confidence}", language)
        text = say("confirm_note", language, what=what, why=why)
        yield Note(f"{text} [{rule.source}]", kind="warning")
    own = data.entered.reduction_percent
    if own is not None and own < rule.percent:
        if rule.base_year == 2018 and own == 42:
            yield Note(WORDS.say("wrong_2018", language), kind="warning")
        text = WORDS.say("below_scheme", language, own=_percent(own), **names)
        yield Note(text, kind="warning")


def _notes(data: SbtData, language: Language) -> Iterator[Note]:
    yield Note(f"{WORDS.say('not_validated', language)} {WORDS.say('of_site', language)}")
    yield from remarks(data.account, METHODS, data.signed.known, language)


def _figures(data: SbtData, language: Language) -> Iterator[Figure]:
    for method in METHODS:
        yield _total_figure(data, standing_of(data, method), language)
    for method in METHODS:
        figure = method_figure(data.account.sum_of(method), language)
        yield Figure(
            f"{WORDS.say('scope_2', language)} {figure.label}",
            *(figure.value, figure.unit, figure.note, figure.meaning, figure.badge),
        )


def _total_figure(data: SbtData, standing: Standing, language: Language) -> Figure:
    label = WORDS.say("total", language, method=method_name(standing.method, language))
    if standing.now_kg is None:
        return Figure(label, "–", "", WORDS.say("no_total", language), "co2")
    note = verdict(standing, language)
    if standing.allowed_kg is not None:
        allowed = WORDS.say("allowed", language)
        note = f"{note} · {allowed} {tonnes(standing.allowed_kg)} t"
    return Figure(label, tonnes(standing.now_kg), "t-CO₂", note, "co2", _badge(data, language))


def _badge(data: SbtData, language: Language) -> str:
    marks = [] if data.complete else [say("provisional", language)]
    if data.rule.confidence != "high":
        marks.append(say("confirm", language))
    return " · ".join(marks)


def verdict(standing: Standing, language: Language) -> str:
    """Whether the year lies on the line, in words."""
    if standing.on_line is None:
        return WORDS.say("cannot_say", language)
    return WORDS.say("on_line" if standing.on_line else "above_line", language)


def _sections(data: SbtData, dates: Dates) -> Iterator[Section]:
    language, account = dates.language, data.account
    yield _line(data, language)
    yield _missing(data, language)
    yield _eligibility(data, language)
    blocks = base_blocks(data.base, data.site, dates)
    yield Section(WORDS.say("base", language), "", tuple(blocks))
    names = data.signed.known.suppliers
    factors = factor_blocks(account, METHODS, names, language)
    yield Section(WORDS.say("scope_2_both", language), "", factors)
    quality = quality_table(account, data.signed.known, language)
    closed = closed_blocks(data.signed, METHODS, dates)
    yield Section(say("quality", language), "", (quality, *closed))


def _line(data: SbtData, language: Language) -> Section:
    names: dict[str, str | int] = {
        "base": data.rule.base_year,
        "percent": _percent(data.rule.percent),
    }
    standings = [standing_of(data, method) for method in METHODS]
    charts = (line_chart(data, one, language) for one in standings if one.path is not None)
    blocks: list[Block] = [*charts, _method_table(data, standings, language)]
    blocks += rule_notes(data, language)
    return Section(
        WORDS.say("line", language),
        WORDS.say("line_lead", language, **names),
        tuple(blocks),
        badge=_badge(data, language),
    )


def _method_table(data: SbtData, standings: list[Standing], language: Language) -> Table:
    names = (Column(method_name(one.method, language), "t-CO₂") for one in standings)
    s1 = None if data.entered.s1_t is None else data.entered.s1_t.scaleb(3)
    terms = (
        ("scope_1", [s1 for _ in standings]),
        ("scope_2", [data.scope_2_kg(one.method) for one in standings]),
        ("sum", [one.now_kg for one in standings]),
        ("base_sum", [one.base_kg for one in standings]),
        ("allowed", [one.allowed_kg for one in standings]),
        ("difference", [one.gap_kg for one in standings]),
    )
    rows = [
        Row((Cell(WORDS.say(key, language)), *map(mass_cell, masses)), strong=key == "sum")
        for key, masses in terms
    ]
    verdicts = (Cell(verdict(one, language)) for one in standings)
    rows.append(Row((Cell(WORDS.say("verdict", language)), *verdicts), strong=True))
    columns = (Column("", align="left"), *names)
    return Table(WORDS.say("method_table", language), columns, tuple(rows))


def _missing(data: SbtData, language: Language) -> Section:
    keys = missing_of(data)
    title = WORDS.say("missing", language)
    if not keys:
        return Section(title, "", (Note(WORDS.say("missing_none", language)),))
    facts = ", ".join(open_facts(data))
    texts = (WORDS.say(f"missing_{key}", language, facts=facts) for key in keys)
    rows = tuple(Row((Cell(f"{n}"), Cell(text))) for n, text in enumerate(texts, 1))
    columns = (Column("", align="left"), Column("", align="left"))
    return Section(title, "", (Table(title, columns, rows),))


def _eligibility(data: SbtData, language: Language) -> Section:
    columns = (
        Column(WORDS.say("criterion", language), align="left"),
        Column(WORDS.say("value", language)),
        Column(WORDS.say("met", language), align="left"),
    )
    rows = []
    for one in criteria_of(data):
        limit = f"{one.limit:,}" if one.limit is not None else "–"
        value = Cell("–") if one.value is None else Cell(_value(one.value), float(one.value))
        name = Cell(WORDS.say(one.id, language, limit=limit))
        rows.append(Row((name, value, Cell(WORDS.say(one.answer, language)))))
    found = eligible(data)
    answer = Cell(WORDS.say("open_unknown" if found == "unknown" else found, language))
    rows.append(Row((Cell(WORDS.say("eligible", language)), Cell(""), answer), strong=True))
    table = Table(WORDS.say("eligibility", language), columns, tuple(rows))
    lead = WORDS.say("eligibility_lead", language)
    return Section(WORDS.say("eligibility", language), lead, (table,))


def _value(value: Decimal) -> str:
    return fixed_text(value, 3).rstrip("0").rstrip(".")


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}"

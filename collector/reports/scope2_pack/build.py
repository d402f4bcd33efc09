"""The Scope 2 pack in a language: figures, months, factors, allocation, method, quality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from collector.reports.account_head import account_report, dates_of, site_name
from collector.reports.account_parts import (
    certificate_table,
    energy_figure,
    factor_blocks,
    kwh_text,
    method_figure,
    month_table,
    quality_table,
    remarks,
    tonnes,
)
from collector.reports.account_words import say
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
from collector.reports.scope2_pack.data import METHODS, Scope2Data
from collector.reports.scope2_pack.parts import allocation_section, own_figures
from collector.reports.scope2_pack.words import WORDS
from collector.reports.signed import base_blocks, closed_blocks

_STATEMENTS = ("boundary", "standard", "location_rule", "market_rule", "accuracy", "rounding")
_TEXTS = {"location_rule": "location_text", "market_rule": "market_text"}


def scope2_pack(data: Scope2Data, language: Language) -> Report:
    """The pack as a report."""
    dates = dates_of(data, language)
    title = WORDS.say("title", language, site=site_name(data, language))
    if data.only:
        title = f"{title} · {WORDS.say('copy', language, customer=data.only)}"
    notes = remarks(data.account, METHODS, data.signed.known, language)
    parts = (_figures(data, language), _sections(data, dates), notes)
    days = WORDS.say("days", language, n=data.account.span.length)
    return account_report(data, dates, title, parts, f"{{text}} · {days} · {{year}}")


def statements(data: Scope2Data, language: Language) -> list[tuple[str, str]]:
    """Boundary and method, as terms and their texts."""
    names = {"site": site_name(data, language)}
    return [
        (
            WORDS.say(key, language),
            WORDS.say(_TEXTS.get(key, f"{key}_text"), language, **names),
        )
        for key in _STATEMENTS
    ]


def _figures(data: Scope2Data, language: Language) -> Iterator[Figure]:
    account = data.account
    if data.only and data.allocation is not None:
        yield from own_figures(data, data.allocation, language)
    for method in METHODS:
        yield method_figure(account.sum_of(method), language)
    yield energy_figure(account, language)


def _sections(data: Scope2Data, dates: Dates) -> Iterator[Section]:
    language = dates.language
    yield _overview(data, language)
    if data.allocation is not None:
        yield allocation_section(data, data.allocation, language)
    names = data.signed.known.suppliers
    yield Section(
        say("factors", language),
        WORDS.say("factors_lead", language),
        factor_blocks(data.account, METHODS, names, language),
    )
    yield Section(say("certificates", language), "", tuple(_certificates(data, language)))
    closed = closed_blocks(data.signed, METHODS, dates)
    base = base_blocks(data.base, data.site, dates)
    signed = (_as_read(data, block) for block in (*closed, *base))
    yield Section(WORDS.say("signed", language), "", tuple(signed))
    yield _statement(data, language)
    quality = quality_table(data.account, data.signed.known, language)
    yield Section(say("quality", language), "", (quality,))


def _as_read(data: Scope2Data, block: Block) -> Block:
    # What to do about a remark is for the plant; a customer reads the remark alone.
    return replace(block, hint="") if data.only and isinstance(block, Note) else block


def _overview(data: Scope2Data, language: Language) -> Section:
    table = month_table(data.account, METHODS, WORDS.say("months", language), language)
    return Section(WORDS.say("overview", language), WORDS.say("overview_lead", language), (table,))


def _certificates(data: Scope2Data, language: Language) -> Iterator[Block]:
    market = data.account.sum_of("market")
    if not any(claim.method == "market" for claim in data.account.claims):
        yield Note(WORDS.say("no_certificates", language))
        return
    kwh = Decimal(market.certificate_milli_wh).scaleb(-6)
    yield Note(
        WORDS.say(
            "certificate_effect",
            language,
            kwh=kwh_text(kwh),
            t=tonnes(market.deducted_kg),
            gross=tonnes(market.gross_kg),
        )
    )
    yield certificate_table(data.account, "market", language)


def _statement(data: Scope2Data, language: Language) -> Section:
    rows = tuple(Row((Cell(term), Cell(text))) for term, text in statements(data, language))
    table = Table(
        WORDS.say("statement", language), (Column("", align="left"), Column("", align="left")), rows
    )
    blocks: list[Block] = [table]
    if any(line.contract and line.contract.japanese for line in data.account.lines):
        what = WORDS.say("japan_market", language)
        why = WORDS.say("japan_market_why", language)
        blocks.append(Note(say("confirm_note", language, what=what, why=why), kind="warning"))
    return Section(WORDS.say("statement", language), "", tuple(blocks))

"""An account as it was signed: closed periods, their restatements, and the base year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from collector.accounts.account import Account
from collector.accounts.span import Span
from collector.reports.account_parts import Known, mass_cell, tonnes
from collector.reports.account_words import method_name
from collector.reports.dates import Dates
from collector.reports.report import Block, Cell, Column, Language, Note, Row, Table
from collector.reports.wording import Words


@dataclass(frozen=True, slots=True)
class ClosedEntry:
    """A closed account or a restatement of it: who, when (UTC ms), why, and its figures (kg)."""

    number: int
    by: str
    at_ms: int
    digest: str
    reason: str
    restates: int | None
    kg: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class BaseYear:
    """The year compared with: by a closed account, entered in the settings, or computed now.

    ``kg`` is by method and holds no figure that is not known.
    """

    span: Span
    origin: Literal["closed", "entered", "computed"]
    kg: Mapping[str, Decimal]
    history: tuple[ClosedEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class SignedAccount:
    """The account that a report tells: the closed one where the period is closed.

    ``history`` holds the closing and its restatements; ``now_kg`` today's figures by method
    (None: there is none) where they differ from what was closed, else None.
    """

    account: Account
    known: Known
    history: tuple[ClosedEntry, ...] = ()
    now_kg: Mapping[str, Decimal | None] | None = None


_WORDS = Words(
    {
        "closed": ("締めた期間と再算定", "Closed period and restatements"),
        "open": (
            "この期間はまだ締めていません。数値は後から変わることがあります。",
            "This period is not closed: its figures may still change.",
        ),
        "open_hint": (
            "確定するには: collector accounts close {site} {period} --by 氏名",
            "to sign it: collector accounts close {site} {period} --by NAME",
        ),
        "changed": (
            "締めた後にデータまたは係数が変わり、いま計算すると{method}は {now} t です"
            "(締めた値 {then} t)。",
            "Data or factors have changed since closing: computed now, {method} is {now} t"
            " ({then} t when closed).",
        ),
        "changed_hint": (
            "再算定する場合: collector accounts restate",
            "to restate: collector accounts restate",
        ),
        "number": ("番号", "No."),
        "by": ("担当", "By"),
        "at": ("日時", "At"),
        "what": ("区分", "What"),
        "closing": ("締め", "closed"),
        "restating": ("No.{n} の再算定", "restates no. {n}"),
        "reason": ("理由", "Reason"),
        "digest": ("ダイジェスト(SHA-256)", "Digest (SHA-256)"),
        "base": ("基準年", "Base year"),
        "base_none": (
            "基準年の値がありません(未設定、またはその年度のデータが足りません)。",
            "There is no base-year figure: none is set, or data of that year are missing.",
        ),
        "base_hint": (
            "設定の [sites.target] に base_year(と base_t)を書いてください",
            "write base_year (and base_t) in [sites.target] of the settings",
        ),
        "base_closed": ("締めた値(凍結済み)", "closed, frozen"),
        "base_entered": ("入力値", "entered"),
        "base_computed": ("現在のデータからの計算値(未凍結)", "computed now, not frozen"),
        "base_not_frozen": (
            "基準年の値はまだ凍結されていません。後から変わると推移の比較が崩れます。",
            "The base year is not frozen: if it changes later, comparisons change with it.",
        ),
        "base_not_frozen_hint": (
            "凍結するには: collector accounts close {site} {period} --by 氏名",
            "to freeze it: collector accounts close {site} {period} --by NAME",
        ),
        "period": ("期間", "Period"),
        "origin": ("値の由来", "Origin"),
    }
)


def closed_blocks(signed: SignedAccount, methods: Sequence[str], dates: Dates) -> list[Block]:
    """The closing and restatements as a table with their digests, or that there is none."""
    account, language = signed.account, dates.language
    names = {"site": account.site, "period": str(account.span)}
    if not signed.history:
        hint = _WORDS.say("open_hint", language, **names)
        return [Note(_WORDS.say("open", language), hint, "plain")]
    keys = ("number", "what", "by", "at", "reason", "digest")
    columns = (
        *(Column(_WORDS.say(key, language), align="left") for key in keys),
        *(Column(method_name(method, language), "t-CO₂") for method in methods),
    )
    rows = tuple(_closed_row(entry, methods, dates) for entry in signed.history)
    return [
        Table(_WORDS.say("closed", language), columns, rows),
        *_changes(signed, methods, language),
    ]


def _closed_row(entry: ClosedEntry, methods: Sequence[str], dates: Dates) -> Row:
    language = dates.language
    what = _WORDS.say("closing", language)
    if entry.restates is not None:
        what = _WORDS.say("restating", language, n=entry.restates)
    texts = (
        str(entry.number),
        what,
        entry.by,
        dates.moment(entry.at_ms),
        entry.reason,
        entry.digest,
    )
    return Row((*map(Cell, texts), *(mass_cell(entry.kg.get(method)) for method in methods)))


def _changes(signed: SignedAccount, methods: Sequence[str], language: Language) -> Iterator[Note]:
    now = signed.now_kg or {}
    for method in methods:
        then = signed.account.sum_of(method).kg
        if method in now and now[method] != then:
            names = {"method": method_name(method, language), "now": tonnes(now[method])}
            text = _WORDS.say("changed", language, then=tonnes(then), **names)
            yield Note(text, _WORDS.say("changed_hint", language), "warning")


def base_blocks(base: BaseYear | None, site: str, dates: Dates) -> list[Block]:
    """The base year with the origin of its figures, or that there is none."""
    language = dates.language
    if base is None:
        hint = _WORDS.say("base_hint", language)
        return [Note(_WORDS.say("base_none", language), hint, "empty")]
    columns = (
        Column(_WORDS.say("period", language), align="left"),
        Column(_WORDS.say("origin", language), align="left"),
        *(Column(method_name(method, language), "t-CO₂") for method in base.kg),
    )
    origin = _WORDS.say(f"base_{base.origin}", language)
    year = dates.fiscal_year(base.span.first, base.span.last)
    cells = (Cell(year), Cell(origin), *(mass_cell(kg) for kg in base.kg.values()))
    blocks: list[Block] = [Table(_WORDS.say("base", language), columns, (Row(cells),))]
    if base.origin == "computed":
        names = {"site": site, "period": str(base.span)}
        hint = _WORDS.say("base_not_frozen_hint", language, **names)
        blocks.append(Note(_WORDS.say("base_not_frozen", language), hint, "warning"))
    return blocks

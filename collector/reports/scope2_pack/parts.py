"""The allocation as a reader sees it: the rule and its reason, the lines, each customer's part."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from collector.accounts.allocation import PHYSICAL, Allocation, Basis
from collector.reports.account_parts import badge_of, fixed_text, kwh_text, share_text, tonnes
from collector.reports.account_words import method_name, say
from collector.reports.constants import constant_on
from collector.reports.numbers import percent
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Figure,
    Language,
    Note,
    Row,
    Section,
    Table,
)
from collector.reports.scope2_pack.data import METHODS, PartRow, Scope2Data, part_rows
from collector.reports.scope2_pack.words import WORDS

_MOST_NAMES = 6
_TERMS = (Column("", align="left"), Column("", align="left"))


def allocation_section(data: Scope2Data, allocation: Allocation, language: Language) -> Section:
    """The whole section."""
    basis = basis_name(allocation.choice.basis, language)
    return Section(
        WORDS.say("allocation", language),
        WORDS.say("allocation_lead", language, basis=basis),
        tuple(_blocks(data, allocation, language)),
        badge="".join(badge_of(data.account.sum_of(m).status, language) for m in METHODS[:1]),
    )


def own_figures(data: Scope2Data, allocation: Allocation, language: Language) -> Iterator[Figure]:
    """The named customer's part by each method, with the method's standing."""
    own = part_rows(allocation, data.only, "")[0]
    for method, grams in own.grams.items():
        if method in METHODS:
            yield Figure(
                label=f"{own.name}: {method_name(method, language)}",
                value=tonnes(kg_of(grams)),
                unit="t-CO₂",
                note=f"{percent(own.share)} % · {kwh_text(kwh_of(own.wh))} kWh",
                meaning="co2",
                badge=badge_of(data.account.sum_of(method).status, language),
            )


def shown_rows(data: Scope2Data, allocation: Allocation, language: Language) -> tuple[PartRow, ...]:
    """The customers as this copy may show them."""
    return part_rows(allocation, data.only, WORDS.say("others", language))


def basis_name(basis: Basis, language: Language) -> str:
    """The basis as people read it."""
    return WORDS.say(f"basis_{basis}", language)


def reasons(allocation: Allocation, language: Language) -> str:
    """Why the basis was chosen, in sentences."""
    choice = allocation.choice
    kind = "kind_physical" if choice.basis in PHYSICAL else "kind_economic"
    names = {
        "basis": basis_name(choice.basis, language),
        "kind": WORDS.say(kind, language),
    }
    first = WORDS.say("why_asked" if choice.asked else "why_best", language, **names)
    rest = (
        WORDS.say("why_without", language, basis=basis_name(basis, language), n=n)
        for basis, n in choice.without
    )
    return " ".join((first, *rest))


def line_name(data: Scope2Data, line: str, language: Language) -> str:
    """What a line is called in the language."""
    named = (data.line_names or {}).get(line)
    return line if named is None else named.ja if language == "ja" else named.en


def kwh_of(wh: int) -> Decimal:
    """Whole Wh as kWh."""
    return Decimal(wh).scaleb(-3)


def kg_of(grams: int) -> Decimal:
    """Whole grams as kg."""
    return Decimal(grams).scaleb(-3)


def _blocks(data: Scope2Data, allocation: Allocation, language: Language) -> Iterator[Block]:
    yield _part_table(data, allocation, language)
    for method in METHODS:
        if method not in allocation.grams:
            name = method_name(method, language)
            yield Note(WORDS.say("not_allocated", language, method=name), kind="warning")
    if not allocation.total_milli_wh:
        yield Note(WORDS.say("no_energy", language), kind="warning")
    yield Note(_check(allocation, language))
    yield _spread_table(data, allocation, language)
    if allocation.lines:
        yield _line_table(data, allocation, language)
    for line in allocation.lines:
        if line.known_days < data.account.span.length and _shown(data, allocation, line.id):
            name = line_name(data, line.id, language)
            yield Note(WORDS.say("lines_short", language, line=name), kind="warning")
    yield _rule_table(data, allocation, language)


def _part_table(data: Scope2Data, allocation: Allocation, language: Language) -> Table:
    methods = [method for method in METHODS if method in allocation.grams]
    columns = (
        Column(WORDS.say("customer", language), align="left"),
        Column(say("kwh", language), "kWh"),
        Column(WORDS.say("share", language), "%"),
        *(Column(method_name(method, language), "kg-CO₂") for method in methods),
    )
    rows = [
        Row(
            (
                Cell(row.name),
                _unit_cell(row.wh),
                Cell(percent(row.share), row.share * 100),
                *(_unit_cell(row.grams[method]) for method in methods),
            )
        )
        for row in shown_rows(data, allocation, language)
    ]
    some = bool(allocation.total_milli_wh)
    sums = (
        Cell(say("total", language)),
        _unit_cell(allocation.wh),
        Cell("100" if some else "0", 100.0 if some else 0.0),
        *(_unit_cell(allocation.grams[method]) for method in methods),
    )
    return Table(WORDS.say("parts", language), columns, (*rows, Row(sums, strong=True)))


def _spread_table(data: Scope2Data, allocation: Allocation, language: Language) -> Table:
    columns = (
        Column(WORDS.say("customer", language), align="left"),
        Column(basis_name(allocation.choice.basis, language)),
        Column(WORDS.say("direct", language), "kWh"),
        Column(WORDS.say("common", language), "kWh"),
    )
    rows = [
        Row((Cell(row.name), _amount_cell(row.amount), *_energies(row.direct_kwh, row.common_kwh)))
        for row in shown_rows(data, allocation, language)
    ]
    total = float(Decimal(allocation.total_milli_wh).scaleb(-6))
    common = float(Decimal(allocation.common_milli_wh).scaleb(-6))
    amounts = sum((part.amount for part in allocation.parts), Decimal(0))
    head = (Cell(say("total", language)), _amount_cell(amounts))
    last = Row((*head, *_energies(total - common, common)), strong=True)
    return Table(WORDS.say("spread", language), columns, (*rows, last))


def _amount_cell(amount: Decimal) -> Cell:
    return Cell(f"{amount.normalize():,f}", float(amount))


def _energies(*kwh: float) -> tuple[Cell, ...]:
    return tuple(Cell(kwh_text(Decimal(repr(value))), value) for value in kwh)


def _unit_cell(units: int) -> Cell:
    value = Decimal(units).scaleb(-3)
    return Cell(fixed_text(value, 3), float(value))


def _check(allocation: Allocation, language: Language) -> str:
    wh = sum(part.wh for part in allocation.parts) - allocation.wh
    grams = sum(
        sum(part.grams[method] for part in allocation.parts) - total
        for method, total in allocation.grams.items()
    )
    return WORDS.say("sum_check", language, wh=wh, grams=grams)


def _shown(data: Scope2Data, allocation: Allocation, line: str) -> bool:
    # A copy for one customer tells nothing of lines that are not its own.
    names = [allocation.parts[place].customer.name for place in allocation.sharers(line)]
    return not data.only or data.only in names


def _line_table(data: Scope2Data, allocation: Allocation, language: Language) -> Table:
    columns = (
        Column(WORDS.say("line", language), align="left"),
        Column(WORDS.say("assigned", language), align="left"),
        Column(say("kwh", language), "kWh"),
        Column(WORDS.say("line_days", language)),
    )
    rows, hidden = [], Decimal(0)
    for line in allocation.lines:
        kwh = Decimal(line.milli_wh).scaleb(-6)
        if not _shown(data, allocation, line.id):
            hidden += kwh
            continue
        days = say("days_of", language, known=line.known_days, all=data.account.span.length)
        cells = (
            Cell(line_name(data, line.id, language)),
            Cell(_assigned(data, allocation, line.id, language)),
            Cell(kwh_text(kwh), float(kwh)),
            Cell(days, line.known_days),
        )
        rows.append(Row(cells))
    if hidden:
        others = Cell(WORDS.say("others", language))
        other_lines = Cell(WORDS.say("other_lines", language))
        rows.append(Row((other_lines, others, Cell(kwh_text(hidden), float(hidden)), Cell(""))))
    common = Decimal(allocation.common_milli_wh).scaleb(-6)
    name = Cell(WORDS.say("common", language))
    rows.append(Row((name, Cell(""), Cell(kwh_text(common), float(common)), Cell("")), strong=True))
    return Table(WORDS.say("lines", language), columns, tuple(rows))


def _assigned(data: Scope2Data, allocation: Allocation, line: str, language: Language) -> str:
    names = [allocation.parts[place].customer.name for place in allocation.sharers(line)]
    if data.only and len(names) > 1:
        return f"{data.only} + {WORDS.say('others', language)}"
    more = [f"+{len(names) - _MOST_NAMES}"] if len(names) > _MOST_NAMES else []
    return ", ".join((*names[:_MOST_NAMES], *more))


def _rule_table(data: Scope2Data, allocation: Allocation, language: Language) -> Table:
    terms = [
        (WORDS.say("why", language), reasons(allocation, language)),
        (
            WORDS.say("hierarchy", language).partition(":")[0],
            _after(WORDS.say("hierarchy", language)),
        ),
        (WORDS.say("rule", language), WORDS.say("rule_text", language)),
    ]
    limit = constant_on("allocation", "running_share", data.account.span.first)
    if data.measured_hours and limit is not None:
        share = share_text(limit.value, Decimal(1)).removesuffix(" %")
        text = WORDS.say("hours_measured", language, percent=share)
        doubt = say("confirm_note", language, what=text, why=limit.doubt(language))
        terms.append((basis_name("machine_hours", language), doubt))
    rows = tuple(Row((Cell(term), Cell(text))) for term, text in terms)
    return Table(WORDS.say("rule", language), _TERMS, rows)


def _after(text: str) -> str:
    return text.partition(":")[2].strip()

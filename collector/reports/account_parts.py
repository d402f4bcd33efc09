"""Parts of reports that come from an account alone: figures, factors, months, quality, remarks.

Every figure keeps its standing beside it, and every factor can be traced to who published it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from collector.accounts.account import Account, AccountLine, FactorUse, MethodSum
from collector.accounts.methods import NEW_BASIC_FROM, Status
from collector.accounts.monthly import month_energies, month_lines
from collector.accounts.span import ONE_DAY
from collector.factors.factor import UNSTATED, Factor
from collector.factors.methods import BASIC
from collector.reports.account_words import method_name, say
from collector.reports.dates import plain_day, plain_span
from collector.reports.edition import edition_text
from collector.reports.numbers import ABSENT, percent
from collector.reports.report import Block, Cell, Column, Figure, Language, Note, Row, Table
from collector.rollup.period_names import month_name

Names = Mapping[str, str]
"""The supplier and menu of each factor, by the factor's id, as its publisher writes them."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside an account: suppliers' names, and how much is not summed yet."""

    suppliers: Names
    pending: int = 0


def supplier_names(rows: Iterable[Factor]) -> dict[str, str]:
    """Supplier and menu of the rows that have one, by the row's id."""
    return {
        row.id: " ".join(filter(None, (row.supplier, row.supplier_name, row.menu_name or row.menu)))
        for row in rows
        if row.supplier
    }


def tonnes(kg: Decimal | None) -> str:
    """Kilograms as tonnes with every gram's place up to a kilogram: 558.024."""
    return ABSENT if kg is None else fixed_text(kg.scaleb(-3), 3)


def kwh_text(kwh: Decimal | None) -> str:
    """An energy in kWh with one decimal, thousands separated."""
    return ABSENT if kwh is None else fixed_text(kwh, 1)


def fixed_text(value: Decimal, places: int) -> str:
    """A number with that many decimals, rounded half up once, thousands separated."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{rounded:,}".replace("-", "−")


def share_text(part: Decimal, whole: Decimal) -> str:
    """A share of the whole as percent; the absent mark for a share of nothing."""
    return f"{percent(part / whole)} %" if whole else ABSENT


def badge_of(status: Status, language: Language) -> str:
    """The mark that must stand beside a figure; "" for an official one."""
    return "" if status == "official" else say(status, language)


def method_figure(figure: MethodSum, language: Language) -> Figure:
    """A method's CO2 in tonnes, its factors below, its standing as a mark."""
    return Figure(
        label=method_name(figure.method, language),
        value=tonnes(figure.kg),
        unit="t-CO₂" if figure.kg is not None else "",
        note=", ".join(figure.factor_ids) or say("missing", language),
        meaning="co2",
        badge=badge_of(figure.status, language),
    )


def energy_figure(account: Account, language: Language) -> Figure:
    """The energy in kWh, with the measured share of time and the estimated share of energy."""
    estimated = share_text(account.estimated_kwh, account.kwh)
    note = (
        f"{say('coverage', language)} {percent(account.coverage)} %"
        f" · {say('estimated_share', language)} {estimated}"
    )
    return Figure(say("kwh", language), kwh_text(account.kwh), "kWh", note, "energy")


def supplier_of(line: AccountLine, names: Names, language: Language) -> str:
    """Who supplied under the line, as the factor's publisher writes it."""
    if line.contract is None:
        return say("no_contract", language)
    named = names.get(line.factor.id) if line.factor else None
    return named or str(line.contract)


def factor_table(
    account: Account, methods: Sequence[str], names: Names, language: Language
) -> Table:
    """Every factor of the methods, with who published what, for when, and how firm it is here."""
    labels = ("method", "factor_id", "value", "supplier", "publisher", "revision", "window")
    columns = (_factor_column(key, language) for key in (*labels, "status"))
    rows = (
        Row(
            (
                Cell(method_name(line.method, language)),
                Cell(factor.id),
                Cell(str(factor.kg_per_kwh), float(factor.kg_per_kwh)),
                Cell(names.get(factor.id, ABSENT)),
                Cell(f"{factor.publisher}: {factor.title}"),
                Cell(edition_text((factor.published_on, factor.revision), language)),
                Cell(_window(factor, language)),
                Cell(say(line.status, language)),
            )
        )
        for line, factor in _used(account, methods)
    )
    return Table(say("factors", language), tuple(columns), tuple(rows))


def factor_list(
    account: Account, methods: Sequence[str], names: Names, language: Language
) -> Table:
    """The same for a page: fewer, wider columns."""
    labels = ("method", "value", "whose", "publisher", "factor_id")
    columns = (_factor_column(key, language) for key in labels)
    rows = []
    for line, factor in _used(account, methods):
        whose = (names.get(factor.id, ""), _window(factor, language))
        document = (
            f"{factor.publisher}: {factor.title}",
            edition_text((factor.published_on, factor.revision), language),
        )
        cells = (
            Cell(f"{method_name(line.method, language)} ({say(line.status, language)})"),
            Cell(str(factor.kg_per_kwh), float(factor.kg_per_kwh)),
            Cell(" · ".join(filter(None, whose))),
            Cell(" · ".join(filter(None, document))),
            Cell(factor.id),
        )
        rows.append(Row(cells))
    return Table(say("factors", language), tuple(columns), tuple(rows))


def factor_blocks(
    account: Account, methods: Sequence[str], names: Names, language: Language
) -> tuple[Block, ...]:
    """The list of factors; where no factor was used, that there is none and what to do."""
    table = factor_list(account, methods, names, language)
    if table.rows:
        return (table,)
    return (Note(say("no_factors", language), say("missing_hint", language), "empty"),)


def _factor_column(key: str, language: Language) -> Column:
    if key == "value":
        return Column(say(key, language), "kg-CO₂/kWh")
    return Column(say(key, language), align="left")


def _used(account: Account, methods: Sequence[str]) -> Iterable[tuple[AccountLine, FactorUse]]:
    # One row a factor, method and standing: the same factor may be firm on some days only.
    held: dict[tuple[str, str, str], tuple[AccountLine, FactorUse]] = {}
    for method in methods:
        for line in account.lines_of(method):
            if line.factor is not None:
                held.setdefault((method, line.factor.id, line.status), (line, line.factor))
    return held.values()


def _window(factor: FactorUse, language: Language) -> str:
    if factor.valid_from == UNSTATED:
        return say("unstated", language)
    if factor.valid_to is None:
        return say("open_end", language, first=plain_day(factor.valid_from, language))
    return plain_span(factor.valid_from, factor.valid_to - ONE_DAY, language)


def month_table(account: Account, methods: Sequence[str], title: str, language: Language) -> Table:
    """Energy, coverage and CO2 before certificates by month, the sum below."""
    by_method = {method: _month_kg(account, method) for method in methods}
    columns = (
        Column(say("month", language), align="left"),
        Column(say("kwh", language), "kWh"),
        Column(say("estimated", language), "kWh"),
        Column(say("coverage", language), "%"),
        *(Column(method_name(method, language), "t-CO₂") for method in methods),
    )
    rows = []
    for month in month_energies(account):
        known = month.kwh if month.known_days else None
        cells = (
            Cell(month_name(month.month, language)),
            _energy_cell(known),
            _energy_cell(_kwh(month.estimated_milli_wh) if month.known_days else None),
            Cell(percent(month.coverage), month.coverage * 100),
            *(mass_cell(by_method[method].get(month.month)) for method in methods),
        )
        rows.append(Row(cells))
    sums = (account.sum_of(method).gross_kg for method in methods)
    total = (
        Cell(say("total", language)),
        _energy_cell(account.kwh),
        _energy_cell(account.estimated_kwh),
        Cell(percent(account.coverage), account.coverage * 100),
        *(mass_cell(kg) for kg in sums),
    )
    return Table(title, columns, (*rows, Row(total, strong=True)))


def _month_kg(account: Account, method: str) -> dict[date, Decimal | None]:
    found: dict[date, Decimal | None] = {}
    for part in month_lines(account, method):
        before, kg = found.get(part.month, Decimal(0)), part.gross_kg
        found[part.month] = None if before is None or kg is None else before + kg
    return found


def _kwh(milli_wh: int) -> Decimal:
    return Decimal(milli_wh).scaleb(-6)


def _energy_cell(kwh: Decimal | None) -> Cell:
    return Cell(kwh_text(kwh), None if kwh is None else float(kwh))


def mass_cell(kg: Decimal | None) -> Cell:
    """A cell with a mass in tonnes."""
    return Cell(tonnes(kg), None if kg is None else float(kg.scaleb(-3)))


def certificate_table(account: Account, method: str, language: Language) -> Table:
    """Every certificate that lowers the method's figure, and how far it was used."""
    labels = ("kind", "tracking", "certificate_kwh", "used", "unused", "vintage", "use", "retired")
    units = dict.fromkeys(("certificate_kwh", "used", "unused"), "kWh")
    columns = [
        Column(say(key, language), units.get(key, ""), "right" if key in units else "left")
        for key in labels
    ]
    rows = []
    for claim in account.claims:
        if claim.method == method:
            held, retired = claim.certificate, claim.certificate.retired_on
            energies = (held.milli_wh, claim.used_milli_wh, claim.left_milli_wh)
            cells = (
                *(Cell(say(f"kind_{held.kind}", language)), Cell(held.tracking_no or ABSENT)),
                *(_energy_cell(_kwh(energy)) for energy in energies),
                *(Cell(str(held.vintage)), Cell(str(held.use))),
                Cell(str(retired) if retired else say("not_retired", language)),
            )
            rows.append(Row(cells))
    return Table(say("certificates", language), tuple(columns), tuple(rows))


def quality_table(account: Account, known: Known, language: Language) -> Table:
    """How much was measured, what is estimated, and with which knowledge it was made."""
    known_on = str(account.known_on) if account.known_on else say("known_all", language)
    days = say("days_of", language, known=len(account.days), all=account.span.length)
    terms = (
        ("days_known", days),
        ("coverage", f"{percent(account.coverage)} %"),
        ("estimated", f"{kwh_text(account.estimated_kwh)} kWh"),
        ("estimated_share", share_text(account.estimated_kwh, account.kwh)),
        ("known_on", known_on),
        ("snapshot", account.factor_snapshot),
        ("version", account.software_version),
        ("pending", str(known.pending)),
    )
    rows = tuple(Row((Cell(say(key, language)), Cell(text))) for key, text in terms if text)
    return Table(
        say("quality", language), (Column("", align="left"), Column("", align="left")), rows
    )


def remarks(
    account: Account, methods: Sequence[str], known: Known, language: Language
) -> Iterator[Note]:
    """What a reader must know beside the figures: missing days, and figures that are not firm."""
    if len(account.days) < account.span.length:
        counts = {"known": len(account.days), "all": account.span.length}
        text = say("days_missing", language, **counts)
        yield Note(text, say("days_missing_hint", language), "warning")
    if known.pending:
        text = say("pending_note", language, n=known.pending)
        yield Note(text, say("pending_hint", language), "warning")
    for line in (line for method in methods for line in account.lines_of(method)):
        if line.status != "official":
            yield _standing_note(line, language)
    if BASIC in methods and account.span.first < NEW_BASIC_FROM < account.span.end:
        yield Note(say("break_note", language), kind="warning")
    if any(claim.method in ("jp_shk_basic", "jp_shk_adjusted") for claim in account.claims) and any(
        method.startswith("jp_shk") for method in methods
    ):
        yield Note(say("not_deducted", language), kind="warning")


def _standing_note(line: AccountLine, language: Language) -> Note:
    text = say(
        f"{line.status}_note",
        language,
        method=method_name(line.method, language),
        first=plain_day(line.first, language),
        last=plain_day(line.end - ONE_DAY, language),
        id=line.factor.id if line.factor else "",
        kwh=kwh_text(line.kwh),
    )
    if line.status == "missing":
        return Note(text, say("missing_hint", language), "warning")
    return Note(text, kind="provisional")

"""How bills, comparisons and checks against an invoice are printed for people."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table

from collector.billing.lines import Bill
from collector.billing.verify import LineDifference, Verification
from collector.billing.what_if import Comparison
from collector.commands.terminal import err, out, print_table
from collector.tariffs.tariff import Tariff

_DECIMALS = {"JPY": 0, "KRW": 0}
_QUANTITY_DECIMALS = {"kWh": 1, "kvarh": 1, "kW": 1, "kVA": 1}
_DASH = "-"


def money(amount: Decimal, currency: str) -> str:
    """An amount with thousands separated and the decimals of its currency."""
    return f"{amount:,.{_DECIMALS.get(currency, 2)}f}"


def show_bill(bill: Bill) -> None:
    """Print the total first, then the lines with their formulas, then what to know of them."""
    out.print(
        f"[bold]{money(bill.total, bill.currency)} {bill.currency}[/]  {bill.site}  "
        f"{bill.from_date} to {bill.to_date} (excluded)  {bill.tariff_id}"
    )
    table = Table()
    table.add_column("line", overflow="fold")
    for heading in ("quantity", "price", bill.currency):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("formula", style="dim", overflow="fold")
    for line in bill.lines:
        quantity = f"{line.quantity:,.{_QUANTITY_DECIMALS.get(line.unit, 0)}f} {line.unit}"
        label = f"{line.label_en} {line.label_ja}"
        amount = money(line.amount, bill.currency)
        table.add_row(label, quantity, f"{line.price:,.4f}", amount, line.formula)
    print_table(table)
    warn(bill.warnings)


def show_sum(found: Sequence[Bill]) -> None:
    """Print what bills of several months come to together, before each of them."""
    first, last = found[0], found[-1]
    total = money(sum((one.total for one in found), Decimal(0)), first.currency)
    span = f"{len(found)} months, {first.from_date} to {last.to_date} (excluded)"
    out.print(f"[bold]{total} {first.currency}[/] in {span}\n")


def warn(warnings: Sequence[str]) -> None:
    """Print what makes the figures differ from the supplier's, on stderr."""
    for warning in dict.fromkeys(warnings):
        err.print(f"note: {warning}", markup=False)


def show_tariffs(tariffs: Sequence[Tariff]) -> None:
    """Print the versions known."""
    # Two lines a row: an id must be whole to be written into the settings.
    for tariff in tariffs:
        name = tariff.name_en if tariff.name_ja == tariff.name_en else tariff.name_ja
        end = tariff.valid_to or "open"
        out.print(f"[bold]{tariff.id}[/]  {tariff.valid_from} to {end}, {tariff.status}")
        what = f"{name}; {tariff.area}, {tariff.currency}; confidence {tariff.source.confidence}"
        out.print(f"    {what}", markup=False)


def show_comparison(comparison: Comparison, one_kw: Decimal, percent: Decimal | None) -> None:
    """Print the saving, then what each kind of line costs now and otherwise."""
    currency = comparison.now[0].currency
    word = "less" if comparison.saving >= 0 else "more"
    months = len(comparison.now)
    span = f"{months} months" if months > 1 else "1 month"
    saving = money(abs(comparison.saving), currency)
    first, end = comparison.now[0].from_date, comparison.now[-1].to_date
    out.print(f"[bold]{saving} {currency}[/] {word} in {span}, {first} to {end} (excluded)")
    table = Table()
    table.add_column("kind")
    for heading in ("now", "otherwise", "saving"):
        table.add_column(heading, justify="right", no_wrap=True)
    for kind in comparison.kinds():
        figures = (kind.now, kind.otherwise, kind.saving)
        table.add_row(kind.kind, *(money(figure, currency) for figure in figures))
    table.add_section()
    totals = [
        sum((b.total for b in way), Decimal(0)) for way in (comparison.now, comparison.otherwise)
    ]
    table.add_row("total", *(money(figure, currency) for figure in (*totals, comparison.saving)))
    print_table(table)
    at = "" if percent is None else f" at a power factor of {percent.normalize():f} %"
    out.print(f"1 kW of demand less is worth {money(one_kw, currency)} {currency} a year{at}")
    warn([warning for bill in comparison.otherwise for warning in bill.warnings])


def show_verification(found: Verification) -> None:
    """Print whether the invoice fits, then each line beside ours with likely causes."""
    verdict = "fits" if found.fits else "differs"
    apart = money(found.difference, found.currency)
    theirs = money(found.their_total, found.currency)
    ours = money(found.our_total, found.currency)
    out.print(
        f"[bold]{verdict}[/]: invoice {theirs}, ours {ours}, difference {apart} {found.currency}"
    )
    table = Table()
    table.add_column("line", overflow="fold")
    for heading in ("invoice", "ours", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("likely causes", overflow="fold")
    for line in found.lines:
        table.add_row(*_compared(line, found.currency))
    print_table(table)
    warn(found.warnings)


def _compared(line: LineDifference, currency: str) -> tuple[str, str, str, str, str]:
    theirs = _DASH if line.theirs is None else money(line.theirs.amount, currency)
    ours = _DASH if line.ours is None else money(line.ours.amount, currency)
    apart = money(line.difference, currency)
    return line.label, theirs, ours, apart, "\n".join(line.causes)

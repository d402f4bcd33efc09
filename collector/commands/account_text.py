"""Accounts and their derivation as tables for a terminal: figures first, units beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.table import Table

from collector.accounts.account import Account, AccountLine, MethodSum
from collector.accounts.amounts import plain
from collector.accounts.derivation import MeterDerivation, SlotCounts
from collector.accounts.energy_law import whole_kl
from collector.accounts.span import ONE_DAY
from collector.accounts.view import thresholds_of
from collector.commands.terminal import out, print_table
from collector.rollup.carbon import energy_kwh


def figure(amount: Decimal | None) -> str:
    """Every digit of the amount, thousands separated; "none" for none."""
    if amount is None:
        return "none"
    whole, _, rest = plain(amount).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "") if whole != "-0" else f"-0.{rest}"


def show_account(account: Account) -> None:
    """Print figures, lines, certificates, energy law and remarks."""
    _show_sums(account)
    _show_lines(account)
    _show_claims(account)
    for text in account.remarks:
        out.print(f"! {text}", markup=False)
    known = f", as known on {account.known_on}" if account.known_on else ""
    snapshot = account.factor_snapshot[:16]
    out.print(f"made by {account.software_version}, factor set {snapshot}{known}", markup=False)


def show_answer(account: Account) -> None:
    """Print what a derivation comes to before the derivation itself: energy, CO2 by each method."""
    span = account.span
    head = f"[bold]{figure(account.kwh)} kWh[/]" if account.days else "no energy is known"
    out.print(f"{head}  {account.site}  {span}  ({span.first} to {span.last})")
    for total in account.scope_2:
        if total.kg is not None:
            out.print(f"{figure(total.kg)} kg CO2 by {total.method} [{total.status}]", markup=False)


def instant(at_ms: int, zone: ZoneInfo) -> str:
    """The instant in the site's own time, with its offset."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone).isoformat()


def _show_sums(account: Account) -> None:
    span = account.span
    out.print(f"{account.site}  {span}  ({span.first} to {span.last})", markup=False)
    estimated = f", of which estimated {figure(account.estimated_kwh)} kWh"
    coverage = f", measured {account.coverage:.2%}"
    if account.days:
        out.print(f"energy: {figure(account.kwh)} kWh{estimated}{coverage}", markup=False)
    else:
        out.print("energy: none is known of these days", markup=False)
    show_sums((*account.scope_2, *account.scope_3))
    for line in _law(account):
        out.print(line, markup=False)


def show_sums(sums: Sequence[MethodSum]) -> None:
    """Print a row for each method: figures first, no digit ever cut off."""
    if not sums:
        return
    table = Table()
    table.add_column("kg CO2", justify="right", no_wrap=True)
    table.add_column("by", overflow="fold")
    table.add_column("status", overflow="fold")
    table.add_column("before certificates", justify="right", no_wrap=True)
    for total in sums:
        before = figure(total.gross_kg) if total.deducted_kg else ""
        status: str = total.status
        if total.kg is None:
            status = f"{figure(energy_kwh(total.missing_milli_wh))} kWh without a factor"
        table.add_row(figure(total.kg), total.method, status, before)
    print_table(table)


def _law(account: Account) -> Iterator[str]:
    if account.energy_gj is None or account.crude_oil_kl is None:
        return
    kl = account.crude_oil_kl
    yield f"primary energy: {figure(account.energy_gj)} GJ, crude oil {figure(kl)} kL"
    for part in account.primary:
        if len(account.primary) > 1 or part.heat_value.note:
            value = part.heat_value
            note = f" ({value.note})" if value.note else ""
            yield f"  {figure(part.gj)} GJ at {plain(value.gj_per_mwh)} GJ/MWh{note}"
    for way in thresholds_of(account):
        limit = way.threshold
        left = f"{way.kl_left:,.0f} kL below" if way.kl_left > 0 else "reached"
        so_far = "" if len(account.days) == account.span.length else " so far"
        kl_text = f"{whole_kl(kl):,} kL{so_far}"
        yield f"  {kl_text}, {limit.kl:,} kL ({limit.of}) {left}: {limit.meaning}"


def _show_lines(account: Account) -> None:
    for line in account.lines:
        for text in _line_texts(line):
            out.print(text, markup=False)
    for text in dict.fromkeys(_source(line) for line in account.lines if line.factor):
        out.print(text, markup=False)


def _line_texts(line: AccountLine) -> Iterator[str]:
    contract = line.contract or "no contract"
    yield f"{line.method}, {line.first} to {line.end - ONE_DAY}, {contract} [{line.status}]"
    if line.factor is None:
        yield f"  {figure(line.kwh)} kWh without a factor: {line.reason}"
        return
    value = plain(line.factor.kg_per_kwh)
    product = f"{figure(line.kwh)} kWh x {value} kg/kWh = {figure(line.gross_kg)} kg"
    yield f"  {product}, by {line.factor.id}"
    if line.deducted_kg:
        less = f"{figure(line.deducted_kg)} kg for {figure(line.certificate_kwh)} kWh certified"
        yield f"  less {less} = {figure(line.kg)} kg"


def _source(line: AccountLine) -> str:
    factor = line.factor
    if factor is None:
        return ""
    end = "on" if factor.valid_to is None else f"to {factor.valid_to - ONE_DAY}"
    return (
        f"source of {factor.id}: {factor.publisher}, {factor.title}, {factor.revision},"
        f" {factor.published_on}; activity from {factor.valid_from} {end}; {factor.licence}"
    )


def _show_claims(account: Account) -> None:
    for claim in account.claims:
        amounts = (claim.certificate.milli_wh, claim.used_milli_wh, claim.before_milli_wh)
        held, used, before, left = (
            figure(energy_kwh(amount)) for amount in (*amounts, claim.left_milli_wh)
        )
        out.print(
            f"certificate {claim.certificate}, {held} kWh by {claim.method}: {used} kWh used here,"
            f" {before} kWh before, {left} kWh unused",
            markup=False,
        )


def show_meters(meters: Iterable[MeterDerivation], zone: ZoneInfo) -> None:
    """Print each meter's counter and energy, and every event with what was booked and why."""
    for meter in meters:
        for text in _meter_texts(meter, zone):
            out.print(text, markup=False)


def _meter_texts(meter: MeterDerivation, zone: ZoneInfo) -> Iterator[str]:
    name = f" ({meter.name})" if meter.name != meter.meter else ""
    part = f", part of {meter.parent}" if meter.parent else ""
    yield f"meter {meter.meter}{name}{part}"
    if meter.formula:
        yield f"  = {meter.formula}"
    elif meter.first is None or meter.last is None:
        yield "  no reading of its counter in the period"
        if meter.stored_milli_wh is None:
            return
    else:
        for word, value in (("from", meter.first), ("to", meter.last)):
            yield f"  counter {word} {value.wh / 1000:,.3f} kWh at {instant(value.at_ms, zone)}"
    amounts = (meter.milli_wh, meter.estimated_milli_wh, meter.stored_milli_wh)
    counted, estimated, stored = (_kwh_text(amount) for amount in amounts)
    if not meter.formula:
        yield f"  by its counter {counted}, of which estimated {estimated}"
        yield f"  slots: {slots_text(meter.slots)}"
    yield f"  stored {stored}"
    for event in meter.events:
        booked = _kwh_text(event.booked_milli_wh)
        at = instant(event.at_ms, zone)
        yield f"  {at} {event.kind}: {booked} booked: {event.reason}"


def _kwh_text(milli_wh: int | None) -> str:
    return "nothing" if milli_wh is None else f"{figure(energy_kwh(milli_wh))} kWh"


def slots_text(slots: SlotCounts) -> str:
    """How slots are known, in words."""
    return (
        f"{slots.measured:,} measured, {slots.estimated:,} estimated, {slots.partial:,} partly"
        f" known, {slots.missing:,} missing"
    )

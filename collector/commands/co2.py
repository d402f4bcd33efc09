"""`collector co2`: the CO2 of an energy by every method that applies, so that anyone can check it.

Needs no settings: the shipped factors are enough. kg are exact, never rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, Inexact
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from collector.accounts.contracts import Contract
from collector.accounts.methods import MARKET, Lookup
from collector.commands.factor_folder import (
    FolderOption,
    KnownOnOption,
    SettingsOption,
    library_named,
)
from collector.commands.terminal import (
    JsonOption,
    day_named,
    err,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.errors import CollectorError
from collector.factors.factor import MethodMatch
from collector.factors.lookup import FactorLibrary
from collector.factors.methods import MARKET as RESIDUAL
from collector.factors.methods import MARKET_SUPPLIER
from collector.factors.missing import near_suppliers, near_words
from collector.factors.record import day_text, factor_record
from collector.factors.zones import zone_of

HOME_REGION = "JP"
_MARKET_BASED = frozenset({MARKET, RESIDUAL, MARKET_SUPPLIER})
_EXACT = Context(prec=60, traps=[Inexact])
_QUOTED = (
    *("gas", "gwp", "scope", "scheme", "boundary", "definition", "region", "supplier", "menu"),
    *("note", "source", "valid_from", "valid_to", "known_on"),
)
"""What is quoted of a factor beside its figure."""
_KWH = re.compile(r"(?=.{1,30}$)[0-9]+(\.[0-9]+)?", re.ASCII)


def co2(
    kwh: Annotated[str, typer.Argument(metavar="KWH", help="Energy in kWh: 1234567.8.")],
    supplier: Annotated[str, typer.Option(help="The retailer: A0269, or its name.")] = "",
    menu: Annotated[str, typer.Option(help="Its menu: M.")] = "",
    region: Annotated[str, typer.Option(help="GB, US-CAMX; JP when a supplier is given.")] = "",
    on: Annotated[
        str, typer.Option(help="The local day of use, 2025-10-01, or an instant; none: today.")
    ] = "",
    known_on: KnownOnOption = None,
    path: SettingsOption = None,
    folder: FolderOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell the CO2 of KWH by every method that applies, with factor, source and status."""
    with one_line():
        energy = _energy(kwh)
        place = region or (HOME_REGION if supplier else "")
        if not place:
            raise CollectorError("neither --region nor --supplier is given", "write --region JP")
        day = _day(on, place)
        known = day_named(known_on) if known_on else None
        library = library_named(path, folder)
        matches = library.matches(place, supplier, menu, day, known)
        found = (*matches, *_market(library, matches, Contract(day, place, supplier, menu), known))
        notes = _notes(library, place, supplier, known)
        methods = [_record(energy, match, library) for match in found]
    if as_json:
        asked = {"kwh": format(energy, "f"), "on": day.isoformat(), "known_on": day_text(known)}
        where = {"region": place, "supplier": supplier, "menu": menu}
        snapshot = {"snapshot_id": library.snapshot_id}
        print_json({**asked, **where, "methods": methods, "notes": notes, **snapshot})
        return
    _show(energy, methods)
    for note in notes:
        err.print(note, markup=False)


def _market(
    library: FactorLibrary, found: Sequence[MethodMatch], contract: Contract, known_on: date | None
) -> Iterator[MethodMatch]:
    # Market-based as the accounts count it, where no factor is published under that name.
    if any(match.method in _MARKET_BASED for match in found):
        return
    applied = Lookup(library, known_on).applied(contract, MARKET, contract.first)
    if applied.factor is not None and applied.status != "missing":
        yield MethodMatch(MARKET, applied.factor, applied.status)


def _energy(text: str) -> Decimal:
    if not _KWH.fullmatch(text):
        hint = "write digits and a point, 30 characters at most: 1234567.8"
        raise CollectorError(f"{text[:40]} is not an energy in kWh", hint)
    return Decimal(text)


def _day(text: str, region: str) -> date:
    """The local day: as written, or that of an instant in the region's time zone."""
    if not text:
        return datetime.now(_zone(region)).date()
    if "T" not in text:
        return day_named(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        hint = "write it as 2025-04-01T00:00:00+09:00"
        raise CollectorError(f"{text} is not an instant", hint) from error
    if instant.tzinfo is None:
        raise CollectorError(f"{text} has no UTC offset", "end it with Z or +09:00")
    return instant.astimezone(_zone(region)).date()


def _zone(region: str) -> ZoneInfo:
    return ZoneInfo(zone_of(region) or "UTC")


def _notes(library: FactorLibrary, region: str, supplier: str, known_on: date | None) -> list[str]:
    notes = []
    regions = {row.region for row in library.factors}
    if region not in regions:
        near = ", ".join(near_words(region, regions))
        notes.append(f"no factor of region {region} is held (near: {near})")
    if supplier and not library.supplier_number(region, supplier, known_on):
        hint = near_suppliers(library.factors, region, supplier)
        when = f" known on {known_on}" if known_on else ""
        notes.append(f"no factor of supplier {supplier} is held{when} ({hint})")
    return notes


def _record(energy: Decimal, match: MethodMatch, library: FactorLibrary) -> dict[str, Any]:
    factor = match.factor
    known = factor_record(factor, library)
    return {
        "method": match.method,
        "kg": _plain(_EXACT.multiply(energy, factor.kg_per_kwh)),
        "kg_per_kwh": known["kg_per_kwh"],
        "factor_id": factor.id,
        "status": match.status,
        "part": factor.menu if factor.kind == "part" else "",
        **{name: known[name] for name in _QUOTED},
    }


def _plain(kg: Decimal) -> str:
    text = format(kg, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _show(energy: Decimal, methods: list[dict[str, Any]]) -> None:
    out.print(f"[bold]{energy:,f}[/] kWh")
    table = Table()
    for heading in ("kg", "kg/kWh"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("method", "status"):
        table.add_column(heading, overflow="fold")
    for one in methods:
        figures = f"{Decimal(one['kg']):,f}", one["kg_per_kwh"]
        table.add_row(*figures, _named(one), one["status"])
    print_table(table)
    for one in methods:
        source = f"{one['source']['publisher']}, {one['source']['published_on']}"
        kind = f"{one['gas']}, scope {one['scope']}"
        out.print(f"{_named(one)}: {one['factor_id']} ({source}; {kind})", markup=False)
    out.print("Methods stand side by side; they are never added.")


def _named(one: dict[str, Any]) -> str:
    return " ".join(filter(None, (one["method"], one["part"])))

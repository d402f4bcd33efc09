"""`collector bill`: tariffs, a site's bill, an invoice checked, what would be otherwise."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from collector import config
from collector.billing.verify import Tolerance
from collector.billing.verify import verify as compared
from collector.billing.what_if import (
    Comparison,
    bills,
    compare,
    hours_of_use,
    value_of_one_kw,
)
from collector.commands.bill_file import IntervalFile, file_question, market_prices
from collector.commands.bill_text import (
    show_bill,
    show_comparison,
    show_sum,
    show_tariffs,
    show_verification,
    warn,
)
from collector.commands.columns import (
    DateOrderOption,
    DecimalOption,
    FileArgument,
    bytes_of,
    date_order_of,
    mark_of,
    zone_named,
)
from collector.commands.invoice_file import read_invoice
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    open_collector,
    out,
    print_json,
    site_named,
)
from collector.errors import CollectorError
from collector.figures.signed import invoice_row
from collector.gather.bill_months import (
    Question,
    beyond_contract,
    decimal_of,
    library_of,
    month_named,
    months_asked,
    power_factor_of,
    site_question,
)
from collector.imports.table import Columns
from collector.storage.port import Row
from collector.tariffs.library import TariffLibrary
from collector.tariffs.toml_text import tariff_toml
from collector.tariffs.urdb import urdb_tables
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="What energy costs, line by line, and why.")
SiteArgument = Annotated[str, typer.Argument(help="The id of a site in the settings.")]
MonthArgument = Annotated[str, typer.Argument(help="The month the bill ends in: 2025-10.")]
MonthsOption = Annotated[int, typer.Option(help="So many months, up to the one named.")]
PowerFactorOption = Annotated[
    float | None,
    typer.Option("--power-factor", help="In %, where reactive energy is not measured."),
]
MarketOption = Annotated[
    Path | None,
    typer.Option("--market-prices", help="A file with the columns start and price (per kWh)."),
]
TariffFolder = Annotated[
    Path | None, typer.Option("--folder", help="A folder of your own tariff files.")
]


class Label(StrEnum):
    """Which end of an interval its time names."""

    START = "start"
    END = "end"


@app.command()
def tariffs(
    path: Annotated[
        Path | None,
        typer.Option("--config", "-c", help="The settings: they name your tariff folder."),
    ] = None,
    folder: TariffFolder = None,
    as_json: JsonOption = False,
) -> None:
    """List the tariffs known: the shipped ones and those of your own folder."""
    with one_line():
        known = _known(path, folder).tariffs
        if as_json:
            print_json(known)
        else:
            show_tariffs(known)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Tariff files.", readable=False)],
    as_json: JsonOption = False,
) -> None:
    """Look for faults in tariff files: all of them at once."""
    with one_line():
        shipped = TariffLibrary.shipped()
        library = shipped.with_files(paths)
        before = {(tariff.id, tariff.valid_from) for tariff in shipped.tariffs}
        own = [t.id for t in library.tariffs if (t.id, t.valid_from) not in before]
        if as_json:
            print_json({"ok": True, "tariffs": own})
        else:
            out.print(f"no fault; tariffs: {', '.join(own) or 'none'}", markup=False)


@app.command()
def show(
    site: SiteArgument,
    month: MonthArgument,
    power_factor: PowerFactorOption = None,
    prices: MarketOption = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show a site's bill: every line with quantity, price, amount and formula."""
    with one_line():
        asked = _at_market(_asked(path, site, month, power_factor), prices)
        (found,) = bills(asked.months, asked.tariff, asked.terms, asked.from_day)
        if as_json:
            print_json(found)
        else:
            show_bill(found)


@app.command()
def verify(
    site: SiteArgument,
    month: MonthArgument,
    invoice: Annotated[Path, typer.Argument(help="The invoice, typed in.", readable=False)],
    percent: Annotated[
        float, typer.Option("--tolerance-percent", help="How far a line may be off.")
    ] = 0.5,
    power_factor: PowerFactorOption = None,
    keep: Annotated[bool, typer.Option("--keep", help="Show it on the board of costs.")] = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Compare a site's bill with the invoice, and say what may explain each difference.

    Exit code 1 when a line or the total does not fit.
    """
    with one_line():
        theirs = read_invoice(invoice)
        asked = _asked(path, site, month, power_factor)
        (ours,) = bills(asked.months, asked.tariff, asked.terms, asked.from_day)
        tolerance = Tolerance(percent=Decimal(repr(percent)))
        found = compared(ours, theirs, asked.tariff, tolerance)
        if keep:
            _keep(path, invoice_row(site, asked.months[-1], found))
        if as_json:
            extra = {"difference": found.difference, "fits": found.fits}
            print_json({**dataclasses.asdict(found), **extra})
        else:
            show_verification(found)
    if not found.fits:
        raise typer.Exit(1)


@app.command("what-if")
def what_if(
    site: SiteArgument,
    month: MonthArgument,
    tariff: Annotated[str, typer.Option(help="The id of another tariff.")] = "",
    contract_kw: Annotated[float | None, typer.Option(help="Another contract power.")] = None,
    months: MonthsOption = 1,
    power_factor: PowerFactorOption = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Bill the same load under another tariff, with another contract power, or with both."""
    with one_line():
        if not tariff and contract_kw is None:
            raise CollectorError("nothing to compare with", "give --tariff or --contract-kw")
        asked = _asked(path, site, month, power_factor, months_asked(months))
        found = _compared(path, asked, tariff, decimal_of(contract_kw))
        beyond = beyond_contract(asked, decimal_of(contract_kw))
        percent = power_factor_of(asked)
        hours = hours_of_use(asked.months, asked.tariff)
        counted = Decimal(100) if percent is None else percent
        one_kw = value_of_one_kw(asked.tariff, counted, asked.from_day.year, hours)
        if as_json:
            doc = {"saving": found.saving, "kinds": found.kinds(), "one_kw_a_year": one_kw}
            more = {"power_factor_percent": percent, "warnings": beyond}
            print_json({**doc, **more, "now": found.now, "otherwise": found.otherwise})
        else:
            show_comparison(found, one_kw, percent)
            warn(beyond)


@app.command("import-urdb")
def import_urdb(
    file: FileArgument,
    target: Annotated[Path, typer.Option("--out", help="The tariff file to write.")],
    as_json: JsonOption = False,
) -> None:
    """Turn rates of OpenEI's URDB (JSON) into a tariff file; refuse by name what cannot be held."""
    with one_line():
        text = bytes_of(file).decode("utf-8", errors="replace")
        tables = urdb_tables(text, file.name)
        written = tariff_toml(tables, f"From OpenEI URDB (CC0), file {file.name}.")
        try:
            target.write_text(written, encoding="utf-8")
        except OSError as error:
            raise CollectorError(f"{target}: {error.strerror}", "choose another --out") from error
        TariffLibrary.shipped().with_files([target])
        ids = [str(table["id"]) for table in tables]
        if as_json:
            print_json({"file": str(target), "tariffs": ids})
        else:
            out.print(f"{target}: {', '.join(ids)}", markup=False)


@app.command()
def csv(
    file: FileArgument,
    time_column: Annotated[str, typer.Option(help="The column of times (or dates).")],
    energy_column: Annotated[str, typer.Option(help="The column of kWh by interval.")],
    label: Annotated[Label, typer.Option(help="Whether times name start or end.")],
    time_zone: Annotated[str, typer.Option(help="Where the clock stood: Asia/Tokyo.")],
    tariff: Annotated[str, typer.Option(help="The id of a tariff.")],
    month: Annotated[str, typer.Option(help="The month the bill ends in: 2025-10.")],
    reactive_column: Annotated[str, typer.Option(help="Lagging kvarh by interval.")] = "",
    clock_column: Annotated[str, typer.Option(help="The time of day, if it stands apart.")] = "",
    months: MonthsOption = 1,
    billing_day: Annotated[int, typer.Option(min=1, max=28, help="First day of a bill.")] = 1,
    contract_kw: Annotated[float | None, typer.Option(help="An agreed contract power.")] = None,
    power_factor: PowerFactorOption = None,
    date_order: DateOrderOption = None,
    decimal: DecimalOption = None,
    prices: MarketOption = None,
    folder: TariffFolder = None,
    as_json: JsonOption = False,
) -> None:
    """Bill the intervals of a file: no settings, no store. Earlier months in it are its history."""
    with one_line():
        columns = _columns(time_column, energy_column, reactive_column, clock_column)
        columns = dataclasses.replace(
            columns, date_order=date_order_of(date_order), decimal=mark_of(decimal)
        )
        read = IntervalFile(columns, label.value, zone_named(time_zone), billing_day)
        asked, said = file_question(
            bytes_of(file),
            file.name,
            read,
            _library(folder),
            tariff,
            month_named(month),
            months_asked(months),
            decimal_of(power_factor),
            decimal_of(contract_kw),
        )
        _print_bills(_at_market(asked, prices), said, as_json)


def _print_bills(asked: Question, said: Sequence[str], as_json: bool) -> None:
    found = bills(asked.months, asked.tariff, asked.terms, asked.from_day)
    if as_json:
        total = sum((one.total for one in found), Decimal(0))
        print_json({"total": total, "bills": found, "notices": said})
        return
    if len(found) > 1:
        show_sum(found)
    for one in found:
        show_bill(one)
    warn(said)


def _at_market(asked: Question, prices: Path | None) -> Question:
    if prices is None:
        return asked
    known = market_prices(bytes_of(prices), prices.name, asked.months[-1].zone)
    return dataclasses.replace(asked, terms=dataclasses.replace(asked.terms, market_prices=known))


def _columns(time: str, energy: str, reactive: str, clock: str) -> Columns:
    return Columns(time, (energy, *((reactive,) if reactive else ())), clock)


def _library(folder: Path | None) -> TariffLibrary:
    shipped = TariffLibrary.shipped()
    return shipped if folder is None else shipped.with_folder(folder)


def _known(path: Path | None, folder: Path | None) -> TariffLibrary:
    if folder is not None or (path is None and not DEFAULT_CONFIG.exists()):
        return _library(folder)
    return library_of(config.load(path or DEFAULT_CONFIG))


def _asked(
    path: Path, site: str, month: str, power_factor: float | None, months: int = 1
) -> Question:
    settings = config.load(path)
    wanted, named = site_named(settings, site), month_named(month)
    library = library_of(settings)
    with open_collector(settings) as collector:
        return site_question(collector.store, wanted, library, named, power_factor, months)


def _keep(path: Path, row: Row) -> None:
    with open_collector(config.load(path)) as collector:
        collector.store.check()
        collector.store.write_rows([row])


def _compared(path: Path, asked: Question, tariff: str, kw: Decimal | None) -> Comparison:
    other = asked.tariff
    if tariff:
        other = library_of(config.load(path)).nearest(tariff, asked.from_day)
    return compare(asked.months, asked.tariff, other, asked.terms, asked.from_day, kw)

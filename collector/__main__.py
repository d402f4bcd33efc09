"""The `collector` command. Only here do errors become one line and an exit code.

Exit codes: 0 well, 1 something is away or refused, 2 the settings have faults.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table

from collector import config
from collector.app import Collector
from collector.check import findings
from collector.commands import accounts, bill, dead_letters, factors, intensity, meters
from collector.commands.calendar import calendar
from collector.commands.co2 import co2
from collector.commands.energy import energy
from collector.commands.explain import explain
from collector.commands.recompute import recompute
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    open_collector,
    out,
    print_json,
)
from collector.errors import CollectorError
from collector.rollup.totals import SITE_METER, UNMEASURED_METER
from collector.summarise import SummariseReport

TRACE = "MIERUKA_TRACE"
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Stores what the edge agents send, and turns it into kWh and CO2.",
)


@app.command()
def check(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Look for faults: all of the settings, then store, broker and CO2 factors."""
    with one_line():
        settings = config.load(path)
        found = []
        for finding in findings(settings, datetime.now(UTC).date()):
            found.append(finding)
            if not as_json:
                mark = "[green]ok   [/]" if finding.ok else "[red]fault[/]"
                out.print(mark, end=" ")
                out.print(f"{finding.subject}: {finding.text}", markup=False)
    if as_json:
        print_json(
            {"ok": all(f.ok for f in found), "findings": [dataclasses.asdict(f) for f in found]}
        )
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


@app.command()
def run(path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Collect until SIGTERM or Ctrl-C."""
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    _log_to_stderr()
    with one_line(), open_collector(config.load(path)) as collector:
        collector.start()
        while not asked_to_stop.wait(0.5):
            if collector.failure:
                raise CollectorError(f"the collector has stopped: {collector.failure}")
        collector.stop()
        status = collector.status()
        logging.getLogger("collector").info(
            "ended as asked: %d messages, %d readings stored, %d refused",
            *(status.messages_received, status.readings_stored, status.readings_rejected),
        )


FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day to compute again."),
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")
]


@app.command()
def summarise(
    path: ConfigOption = DEFAULT_CONFIG,
    first: FromOption = None,
    last: ToOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the totals up to date; with --from or --to, compute those days again."""
    from_day, to_day = first and first.date(), last and last.date()
    with one_line(), open_collector(config.load(path)) as collector:
        if from_day and to_day and to_day < from_day:
            raise CollectorError(f"--to {to_day} is before --from {from_day}", "exchange them")
        if from_day or to_day:
            collector.mark(from_day, to_day)
        report = collector.summarise_once()
        if as_json:
            print_json(dataclasses.asdict(report))
        else:
            _show(report, _rows(collector, from_day, to_day))
    if report.faults:
        raise typer.Exit(1)


@app.command()
def boards(
    path: ConfigOption = DEFAULT_CONFIG,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over boards that were changed by hand.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Put folder, data source and boards into Grafana; repeat at will.

    Exit code 1 when Grafana cannot read one of its data sources.
    """
    from collector import boards as grafana_boards

    with one_line():
        report = grafana_boards.apply(config.load(path), replace=replace)
        if as_json:
            print_json(dataclasses.asdict(report))
        else:
            for line in report.lines:
                out.print(line, markup=False)
    if report.unhealthy:
        raise typer.Exit(1)


app.command()(recompute)
app.command()(energy)
app.command()(co2)
app.command()(explain)
app.command()(calendar)
for name, group in (
    ("meters", meters.app),
    ("factors", factors.app),
    ("accounts", accounts.app),
    ("bill", bill.app),
    ("intensity", intensity.app),
    ("dead-letters", dead_letters.app),
):
    app.add_typer(group, name=name)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"collector {importlib.metadata.version('mieruka')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it, end.")
    ] = False,
) -> None:
    # Without a handler, logging would print warnings beside the lines of a verb.
    logging.getLogger("collector").addHandler(logging.NullHandler())


def main() -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    try:
        app()
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        kind = type(error).__name__
        hint = f"a fault in this program; {TRACE}=1 shows where, please report it"
        err.print(f"collector: {kind}: {error} ({hint})", markup=False)
        sys.exit(1)


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


# What `summarise` shows.


def _rows(
    collector: Collector, first: date | None, last: date | None
) -> Iterator[tuple[str, str, float, float | None, float]]:
    """Answer site, meter, kWh, kg CO2 and mean coverage of each meter over the days."""
    for site in collector.settings.sites:
        from_ms, to_ms = collector.span_ms(site, first, last)
        meters = [meter.id for meter in site.meters]
        for meter in [*meters, UNMEASURED_METER, SITE_METER]:
            days = collector.store.read_totals(site.id, meter, "1d", from_ms, to_ms)
            if not days:
                continue
            # Days without a factor leave the sum without one: a part must not look like a whole.
            co2 = [day.co2_kg for day in days if day.co2_kg is not None]
            co2_kg = sum(co2) if len(co2) == len(days) else None
            coverage = sum(day.coverage for day in days) / len(days)
            kwh = sum(day.kwh for day in days)
            yield site.id, meter, kwh, co2_kg, coverage


_SUMS = {SITE_METER: "(whole site)", UNMEASURED_METER: "(unmeasured)"}


def _show(
    report: SummariseReport, rows: Iterator[tuple[str, str, float, float | None, float]]
) -> None:
    table = Table()
    table.add_column("site", overflow="fold")
    table.add_column("meter", overflow="fold")
    for heading in ("kWh", "kg CO2", "coverage"):
        table.add_column(heading, justify="right", no_wrap=True)
    for site, meter, kwh, co2_kg, coverage in rows:
        co2 = "" if co2_kg is None else f"{co2_kg:,.1f}"
        name = _SUMS.get(meter, meter)
        table.add_row(site, name, f"{kwh:,.1f}", co2, f"{coverage:.1%}")
    out.print(table)
    out.print(f"{report.windows} windows computed, {report.totals_written} totals written")
    for event in report.events:
        out.print(event, markup=False)
    for note in report.notes:
        err.print(f"note: {note}", markup=False)
    for fault in report.faults:
        err.print(f"collector: {fault}", markup=False)


if __name__ == "__main__":
    main()

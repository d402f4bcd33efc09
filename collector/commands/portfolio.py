"""`collector portfolio`: the figures of many sites, computed side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from collector import config
from collector.accounts.span import Span
from collector.clock import SystemClock
from collector.commands.report_asked import formats_of, languages_of
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.reporting.period import HINT, asked_period
from collector.rollup.site_calendar import calendar_of

if TYPE_CHECKING:
    from collector.reports.portfolio.data import Portfolio, SiteFigures

FORMATS = "html,xlsx,csv"


class ExecutorName(StrEnum):
    """Who does the work."""

    PROCESSES = "processes"
    THREADS = "threads"
    SERIAL = "serial"
    DASK = "dask"


def portfolio(
    period: Annotated[str, typer.Option("--period", help="FY2025, 2026-11, last-month, ...")] = "",
    sites: Annotated[
        str, typer.Option("--sites", help='Ids or patterns, with commas: "tohoku-*"; all.')
    ] = "",
    executor: Annotated[
        ExecutorName, typer.Option("--executor", help="Who does the work.")
    ] = ExecutorName.PROCESSES,
    workers: Annotated[
        int | None, typer.Option("--workers", help="How many at once; as many as processors.")
    ] = None,
    scheduler: Annotated[
        str, typer.Option("--scheduler", help="dask: its address, tcp://HOST:8786.")
    ] = "",
    folder: Annotated[
        Path | None, typer.Option("--out", help="Write the report into this folder.")
    ] = None,
    formats: Annotated[str, typer.Option("--format", help="Of the report.")] = FORMATS,
    language: Annotated[str, typer.Option("--language", help="ja, en or both.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Figures of many sites side by side: energy, CO2, cost, demand, and how it is used.

    Exit code 1 when a site has no figures: each is named with the reason, the others are there.
    """
    with one_line():
        settings = config.load(path)
        if not period:
            raise CollectorError("which period?", HINT)
        from collector.portfolio.asked import sites_asked

        calendar = calendar_of(settings.sites[0])
        span = asked_period(period, calendar, SystemClock().now_ms())
        asked = sites_asked(settings, sites)
        written = (formats_of(formats), languages_of(language))
        found = _computed(path, asked, (executor, workers, scheduler), span)
        files = _written(settings, found, folder, period, *written) if folder else ()
    if as_json:
        print_json(_document(found, files))
    else:
        _show(found)
        for file in files:
            out.print(str(file), markup=False)
    for fault in found.faults:
        err.print(f"collector: site {fault.site}: {fault.reason}", markup=False)
    if found.faults:
        raise typer.Exit(1)


def _computed(
    path: Path, sites: tuple[str, ...], who: tuple[ExecutorName, int | None, str], span: Span
) -> Portfolio:
    from collector.portfolio.computed import portfolio as computed
    from collector.portfolio.executors import executor_named

    name, workers, scheduler = who
    with executor_named(name.value, workers, scheduler) as executor, _told(len(sites)) as step:
        return computed(path, sites, executor, span.first, span.end, step)


@contextmanager
def _told(sites: int) -> Iterator[Callable[[int], None]]:
    if not err.is_terminal:
        yield lambda _done: None
        return
    columns = (TextColumn("sites"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("sites", total=sites)
        yield lambda done: bar.update(task, completed=done)


def _written(
    settings: CollectorSettings,
    found: Portfolio,
    folder: Path,
    period: str,
    formats: tuple[Any, ...],
    languages: tuple[Any, ...],
) -> tuple[Path, ...]:
    from collector.exports.render import render_files
    from collector.portfolio.asked import head_of
    from collector.reports.portfolio.build import portfolio_report

    head = head_of(settings, SystemClock().now_ms())
    reports = {one: portfolio_report(found, head, one) for one in languages}
    stem = f"portfolio-{period.replace('/', '_')}"
    return render_files(reports, None, folder, stem, formats, languages)


# Saying it.


def _document(found: Portfolio, files: tuple[Path, ...]) -> dict[str, Any]:
    return {
        "first": str(found.first),
        "end": str(found.end),
        "sites": [_row(site) for site in found.sites],
        "faults": [dataclasses.asdict(fault) for fault in found.faults],
        "files": [str(file) for file in files],
    }


def _row(site: SiteFigures) -> dict[str, Any]:
    at = None if site.peak_at is None else site.peak_at.isoformat()
    return {**dataclasses.asdict(site), "peak_at": at}


def _show(found: Portfolio) -> None:
    table = Table()
    table.add_column("site", overflow="fold")
    for heading in ("kWh", "on last year", "t CO2", "cost", "peak kW", "load factor", "idle"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("measured", justify="right", no_wrap=True)
    for site in found.sites:
        table.add_row(site.site, *_cells(site))
    print_table(table)


def _cells(site: SiteFigures) -> Iterator[str]:
    yield _of(site.kwh, "{:,.0f}")
    yield _of(site.change, "{:+.1%}")
    yield _of(None if site.co2_kg is None else site.co2_kg / 1000, "{:,.1f}")
    cost = _of(site.energy_cost, "{:,.0f}")
    yield f"{cost} {site.currency}".strip()
    yield _of(site.peak_kw, "{:,.1f}")
    yield _of(site.lf_peak, "{:.1%}")
    yield _of(site.standby_share, "{:.1%}")
    yield f"{site.coverage:.1%}"


def _of(figure: float | None, shape: str) -> str:
    return "" if figure is None else shape.format(figure)

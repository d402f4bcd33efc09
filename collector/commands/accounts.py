"""`collector accounts`: the figures of a period, closing it, restating it, and the year's path."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import typer

from collector import config
from collector.accounts.account import Account
from collector.accounts.methods import own_method
from collector.accounts.progress import Progress
from collector.accounts.progress import progress as progress_of
from collector.accounts.restatement import Comparison, compare
from collector.accounts.span import fiscal_year_of, fiscal_year_span
from collector.accounts.targets import BaseRule, Path, base_year_kg, rule_of
from collector.accounts.view import account_view
from collector.app import Collector
from collector.commands.account_text import show_account
from collector.commands.closed_text import (
    closed_view,
    comparison_view,
    progress_view,
    show_closed,
    show_comparison,
    show_progress,
)
from collector.commands.explain import KnownOnOption, PeriodArgument, SiteArgument
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    day_named,
    one_line,
    open_collector,
    out,
    print_json,
)
from collector.errors import CollectorError
from collector.gather.account_book import (
    account_of,
    book_of,
    checked_site,
    pending_of,
    span_of,
    today_of,
)
from collector.site_config import SiteSettings, TargetSettings
from collector.state.closed_periods import Closed
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="The energy and CO2 account of a site, to be signed.")
ByOption = Annotated[str, typer.Option("--by", help="The name of the person who answers for it.")]


@app.command()
def show(
    site_name: SiteArgument,
    period: PeriodArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    known_on: KnownOnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a period's account; of a closed one also what has changed since."""
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        span, day = span_of(site, period), _day(known_on)
        with open_collector(settings) as collector:
            account = account_of(collector, site, span, day)
            closed = collector.state.closed.get(site.id, span)
            pending = pending_of(collector, site)
        since = compare(closed.account, account) if closed else None
        if as_json:
            print_json(_shown(account, closed, since, pending))
            return
        show_account(account)
        if pending:
            out.print(f"! {pending} stretches are not summed yet: collector summarise")
        if closed and since:
            out.print(f"closed by {closed.by} as no. {closed.id}", markup=False)
            show_comparison(since) if since.changed else out.print("nothing has changed since")


@app.command()
def close(
    site_name: SiteArgument,
    period: PeriodArgument,
    by: ByOption,
    path: ConfigOption = DEFAULT_CONFIG,
    known_on: KnownOnOption = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="Also when days are missing or a figure is.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Close a period that is over: its account is kept for good, with all evidence."""
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        span, day = span_of(site, period), _day(known_on) or today_of(site)
        with open_collector(settings) as collector:
            collector.summarise_once()
            account = account_of(collector, site, span, day)
            _check_can_be_closed(account, today_of(site), incomplete)
            closed = collector.state.closed.close(account, by, _now_ms())
        if as_json:
            print_json(closed_view(closed))
        else:
            show_account(account)
            out.print(f"closed by {closed.by} as no. {closed.id}", markup=False)


@app.command("list")
def list_closed(
    site_name: SiteArgument, path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Print every closed period of a site, restatements too."""
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        with open_collector(settings) as collector:
            entries = collector.state.closed.list(site.id)
        if as_json:
            print_json([closed_view(entry) for entry in entries])
        elif entries:
            show_closed(entries, site.zone)
        else:
            hint = f"collector accounts close {site.id} PERIOD --by NAME"
            out.print(f"no period of {site.id} is closed: {hint}", markup=False)


@app.command()
def restate(
    site_name: SiteArgument,
    period: PeriodArgument,
    by: ByOption,
    reason: Annotated[str, typer.Option("--reason", help="Why the closed figure is not right.")],
    path: ConfigOption = DEFAULT_CONFIG,
    known_on: KnownOnOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a closed period a new figure; the old one stays beside it."""
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        span, day = span_of(site, period), _day(known_on) or today_of(site)
        with open_collector(settings) as collector:
            collector.summarise_once()
            account = account_of(collector, site, span, day)
            periods = collector.state.closed
            former = periods.get(site.id, span)
            _check_has_changed(former, account)
            closed = periods.restate(account, by, reason, _now_ms())
        since = compare(former.account, account) if former else None
        if as_json:
            print_json({**closed_view(closed), "since": since and comparison_view(since)})
            return
        if since:
            show_comparison(since)
        out.print(f"restated by {closed.by} as no. {closed.id}, of no. {closed.restates}")


@app.command()
def progress(
    site_name: SiteArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    on: Annotated[
        str | None, typer.Option("--on", help="As if this were today: YYYY-MM-DD.")
    ] = None,
    base_rule: Annotated[
        str,
        typer.Option(
            "--base-rule",
            help="How a base year is counted that has no base_t: activity (the factor for that"
            " year's activity) or measured (the factor measured in that year).",
        ),
    ] = "activity",
    as_json: JsonOption = False,
) -> None:
    """Print how the fiscal year goes against the path to the target, and where it will end."""
    with one_line():
        settings = config.load(path)
        site = checked_site(settings, site_name)
        today = _day(on) or today_of(site)
        rule = _base_rule(base_rule)
        with open_collector(settings) as collector:
            found, why = _progress(collector, site, today, rule)
        if as_json:
            print_json({**progress_view(found), "base_rule": rule, "no_path": why})
            return
        show_progress(found)
        if why:
            out.print(f"! no path: {why}", markup=False)


def _progress(
    collector: Collector, site: SiteSettings, today: date, rule: BaseRule
) -> tuple[Progress, str]:
    target = site.target or TargetSettings()
    starts = site.fiscal_year_starts
    number = fiscal_year_of(today, starts)
    year, before = fiscal_year_span(number, starts), fiscal_year_span(number - 1, starts)
    base = fiscal_year_span(target.base_year, starts)
    factors = collector.library.factors
    method = own_method(target.method)
    way, why = None, ""
    try:
        reduction = rule_of(target)
        if target.base_t is not None:
            base_kg = Decimal(str(target.base_t)).scaleb(3)
        else:
            base_kg = base_year_kg(book_of(collector, site, [base]), base, factors, method, rule)
        way = Path(reduction, base_kg)
    except CollectorError as error:
        why = str(error)
    book = book_of(collector, site, [before, year])
    return progress_of(book, year, today, factors, method, way), why


def _check_can_be_closed(account: Account, today: date, incomplete: bool) -> None:
    span = account.span
    if span.end > today:
        raise CollectorError(f"{span} is not over", f"close it from {span.end} on")
    if not account.days:
        hint = "see that its readings are stored: collector summarise --from DAY"
        raise CollectorError(f"no energy of {account.site} is known in {span}", hint)
    if incomplete:
        return
    hint = "mend it, or close it as it is with --incomplete"
    if len(account.days) < span.length:
        what = f"energy is known of {len(account.days)} of the {span.length} days of {span}"
        raise CollectorError(what, hint)
    without = [total.method for total in account.scope_2 if total.kg is None]
    if without or not account.scope_2:
        raise CollectorError(f"no CO2 figure by {', '.join(without) or 'any method'}", hint)


def _check_has_changed(former: Closed | None, account: Account) -> None:
    if former is not None and not compare(former.account, account).changed:
        what = f"nothing has changed in {account.span} of {account.site}"
        raise CollectorError(what, "a restatement is for figures that have")


def _shown(
    account: Account, closed: Closed | None, since: Comparison | None, pending: int
) -> dict[str, Any]:
    return {
        **account_view(account),
        "pending": pending,
        "closed": closed and closed_view(closed),
        "since_closed": since and comparison_view(since),
    }


def _base_rule(text: str) -> BaseRule:
    if text == "activity":
        return "activity"
    if text == "measured":
        return "measured"
    raise CollectorError(f"{text} is not a base rule", "write activity or measured")


def _day(text: str | None) -> date | None:
    return day_named(text) if text else None


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

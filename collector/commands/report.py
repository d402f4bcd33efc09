"""`collector report`: a report made now, or the list of those there are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from collector import config
from collector.clock import SystemClock
from collector.commands.report_asked import (
    formats_of,
    languages_of,
    mail_of,
    options_of,
    site_asked,
)
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    print_json,
)
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.report_config import MailSettings
from collector.reporting.kind import FORMATS, ReportKind
from collector.reporting.period import HINT, asked_period
from collector.reporting.table import all_kinds, kind_named
from collector.rollup.periods import Calendar
from collector.rollup.site_calendar import calendar_of
from edge_agent.words import language_of

if TYPE_CHECKING:
    from collector.reporting.make import Made
    from collector.reporting.wanted import Wanted

MAIL_TEST = "mail-test"
_NICE = 10
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="A report of --list.")]
SiteOption = Annotated[str, typer.Option("--site", help="A site's id; the only one needs none.")]
PeriodOption = Annotated[
    str, typer.Option("--period", help="2026-11-23, 2026-11, FY2025, yesterday, last-month, ...")
]
LanguageOption = Annotated[
    str, typer.Option("--language", help="ja, en or both; left out: the one spoken here.")
]
FormatOption = Annotated[
    str, typer.Option("--format", help=f"{', '.join(FORMATS)}: one or several, with commas.")
]
OutOption = Annotated[Path, typer.Option("--out", help="The folder the files go to.")]
OptionOption = Annotated[
    list[str] | None, typer.Option("--option", metavar="KEY=VALUE", help="An option of the report.")
]
ToOption = Annotated[
    list[str] | None, typer.Option("--to", metavar="ADDRESS", help=r"Mail it there by \[mail].")
]
BackgroundOption = Annotated[bool, typer.Option("--background", hidden=True)]
ListOption = Annotated[bool, typer.Option("--list", help="List the reports and what they take.")]


def report(
    name: NameArgument = "",
    site: SiteOption = "",
    period: PeriodOption = "",
    language: LanguageOption = "",
    formats: FormatOption = "",
    out: OutOption = Path("reports"),
    options: OptionOption = None,
    to: ToOption = None,
    listed: ListOption = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
    background: BackgroundOption = False,
) -> None:
    """Make a report of a site and a period; with --list, tell which there are.

    `collector report mail-test --to ADDRESS` sends a mail that says only that mail arrives.
    """
    with one_line():
        if background:
            os.nice(_NICE)  # readings come first
        if listed:
            _list(as_json)
            return
        if name == MAIL_TEST:
            _test_mail(config.load(path), to or ())
            return
        kind = _kind(name)
        languages, written = languages_of(language), formats_of(formats)
        chosen = options_of(options or ())
        settings = config.load(path)
        mail = mail_of(settings, to or ())
        asked = site_asked(settings, kind, site)
        span = asked_period(_given(period), _calendar(settings, asked), SystemClock().now_ms())
        from collector.reporting.wanted import Wanted  # frames load only when a report is made

        wanted = Wanted(asked, span, languages, written, chosen)
        made = _make(settings, kind, wanted, out, as_json)
        if mail is not None:
            _post(mail, made, to or ())
        if as_json:
            print_json(made)
        else:
            from collector.commands.report_text import show_made

            show_made(made, language_of(), to or ())


def _list(as_json: bool) -> None:
    from collector.commands.report_text import kinds_document, show_kinds

    kinds = all_kinds()
    if as_json:
        print_json(kinds_document(kinds))
    else:
        show_kinds(kinds, language_of())


def _kind(name: str) -> ReportKind:
    if not name:
        raise CollectorError("which report?", "collector report --list tells them")
    return kind_named(name)


def _given(period: str) -> str:
    if not period:
        raise CollectorError("which period?", HINT)
    return period


def _make(
    settings: CollectorSettings, kind: ReportKind, wanted: Wanted, out: Path, quiet: bool
) -> Made:
    from collector.commands.report_text import told_steps
    from collector.reporting.make import make
    from collector.reporting.sources import Sources

    language = language_of()
    title = kind.title_ja if language == "ja" else kind.title_en
    with Sources.open(settings) as sources, told_steps(title, language, quiet) as step:
        return make(sources, kind, wanted, out, step)


def _calendar(settings: CollectorSettings, site: str) -> Calendar:
    held = [known for known in settings.sites if known.id == site] or settings.sites
    return calendar_of(held[0])


def _post(mail: MailSettings, made: Made, to: Sequence[str]) -> None:
    from collector.reporting.mail import Letter, send

    send(mail, to, Letter(dict(made.titles), tuple(file.path for file in made.files)))


def _test_mail(settings: CollectorSettings, to: Sequence[str]) -> None:
    from collector.commands.terminal import out
    from collector.reporting.mail import send, trial_letter

    if not to:
        raise CollectorError("to whom?", "write --to ADDRESS")
    mail = mail_of(settings, to)
    if mail is not None:
        send(mail, to, trial_letter(language_of()))
        out.print(f"{mail.host} has taken a mail to {', '.join(to)}", markup=False)

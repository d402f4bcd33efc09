"""What the running collector is to make by itself: one job a report and site, and its command."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from collector.accounts.span import Span
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.report_config import EVERY_SITE, ScheduledReportSettings
from collector.reporting.due import JUST_ENDED, last_due_ms
from collector.reporting.period import asked_period, fits
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings

if TYPE_CHECKING:
    from collector.reporting.kind import ReportKind


@dataclass(frozen=True, slots=True)
class ReportJob:
    """A report that is made by itself; ``site`` is that of its calendar.

    ``of_all`` is True for a report of all sites together: it is made once, by the calendar of
    the first of them.
    """

    entry: ScheduledReportSettings
    site: SiteSettings
    of_all: bool = False

    @property
    def key(self) -> str:
        """What the state knows it by: what is made, not for whom."""
        entry = self.entry
        parts = (entry.name, entry.when, entry.period, entry.languages, str(entry.folder))
        return json.dumps([*parts, entry.options], ensure_ascii=False, sort_keys=True)

    @property
    def site_name(self) -> str:
        """The site's id, "" for a report of all sites."""
        return "" if self.of_all else self.site.id

    def last_due_ms(self, now_ms: int) -> int:
        """The newest instant (UTC ms) at which it was due."""
        return last_due_ms(self.entry.due, self.site.zone, now_ms)

    def span(self, due_ms: int) -> Span:
        """The days it is about when due then: counted from that instant, however late it is.

        Raises ``CollectorError`` when the period of the settings is none.
        """
        text = self.entry.period or JUST_ENDED[self.entry.due.every]
        return asked_period(text, calendar_of(self.site), due_ms)

    def command(self, due_ms: int, config: Path) -> tuple[str, ...]:
        """The command line that makes it, puts its files into the folder and sends them."""
        entry = self.entry
        languages = entry.languages[0] if len(set(entry.languages)) == 1 else "both"
        words = [
            *(sys.executable, "-m", "collector", "report", entry.name, "--background", "--json"),
            *("--period", str(self.span(due_ms)), "--language", languages),
            *("--out", str(entry.folder), "--config", str(config)),
        ]
        if not self.of_all:
            words += ["--site", self.site.id]
        if entry.formats:
            words += ["--format", ",".join(entry.formats)]
        for name, value in entry.options.items():
            words += ["--option", f"{name}={value}"]
        for address in entry.to:
            words += ["--to", address]
        return tuple(words)


def jobs_of(settings: CollectorSettings) -> tuple[ReportJob, ...]:
    """Every job of the settings, those of reports that do not exist left out."""
    return tuple(job for entry in settings.reports for job in _jobs(entry, settings.sites))


def schedule_faults(settings: CollectorSettings) -> Iterator[str]:
    """One line for each of the [[reports]] that cannot be made as it is written."""
    for number, entry in enumerate(settings.reports):
        try:
            kind = _kind(entry.name)
            for job in _jobs(entry, settings.sites):
                _require_fit(kind, job)
        except CollectorError as error:
            yield f"reports[{number}]: {error}"


def _jobs(entry: ScheduledReportSettings, sites: Sequence[SiteSettings]) -> Iterator[ReportJob]:
    try:
        of_all = _kind(entry.name).of_sites == "all"
    except CollectorError:
        return
    if of_all:
        yield ReportJob(entry, sites[0], of_all=True)
        return
    for site in sites:
        if entry.site in (EVERY_SITE, site.id):
            yield ReportJob(entry, site)


def _kind(name: str) -> ReportKind:
    from collector.reporting.table import kind_named  # a collector without reports needs none

    return kind_named(name)


def _require_fit(kind: ReportKind, job: ReportJob) -> None:
    known = {option.name for option in kind.options}
    unknown = [name for name in job.entry.options if name not in known]
    if unknown:
        have = ", ".join(sorted(known)) or "none"
        raise CollectorError(f"the report {kind.name} has no option {unknown[0]}", f"has: {have}")
    span = job.span(job.last_due_ms(_ANY_DAY_MS))
    if not fits(span, kind.periods, job.site.fiscal_year_starts):
        hint = f"write another period, it takes: {', '.join(kind.periods)}"
        raise CollectorError(f"the report {kind.name} is not made for {span}", hint)


_ANY_DAY_MS = 1_767_225_600_000
"""1 January 2026: whether a period fits a report does not hang on the day."""

"""The options of the M&V report, each read once; every fault is one line with a hint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.findings.status import Promise
from collector.gather.account_book import span_of
from collector.reporting.gathering.finding_keys import done_promise
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reports.mv.data import Driver, Option
from collector.rollup.members import ELECTRICITY
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings

DRIVERS: tuple[Driver, ...] = ("temperature", "production", "calendar")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is verified: which meter, by which option, against which days, by what drivers.

    ``drivers`` is () where the best of all models is wanted. ``reporting`` ends with yesterday
    where the period is not over (``shortened``).
    """

    option: Option
    circuit: str
    baseline: Span
    reporting: Span
    shortened: bool
    drivers: tuple[Driver, ...]
    finding: str = ""
    promise: Promise | None = None


def asked_of(sources: Sources, site: SiteSettings, request: Request) -> Asked:
    """The options of the request.

    Raises ``CollectorError`` for options that contradict one another, and days that overlap.
    """
    options = request.options
    key, promise = "", None
    circuit, baseline = _text(options, "circuit"), _text(options, "baseline")
    if _text(options, "finding"):
        _refuse_both(options)
        key, promise = done_promise(sources, site, _text(options, "finding"))
        circuit = key.split(":", 2)[2].removeprefix("_site")
        before = Span(promise.first, promise.end)
    else:
        before = _baseline(site, baseline)
    reporting, shortened = _so_far(sources, site, Span(request.first, request.end, request.asked))
    _refuse_overlap(before, reporting, promise)
    option = _option(site, _text(options, "option").upper(), circuit)
    drivers = _drivers(_text(options, "drivers"))
    return Asked(option, circuit, before, reporting, shortened, drivers, key, promise)


def _text(options: Mapping[str, str], name: str) -> str:
    return options.get(name, "").strip()


def _refuse_both(options: Mapping[str, str]) -> None:
    for name in ("baseline", "circuit"):
        if _text(options, name):
            what = f"finding and {name} are both given"
            raise CollectorError(what, f"a finding has its own {name}: leave one of them out")


def _baseline(site: SiteSettings, text: str) -> Span:
    if not text:
        hint = "write --option baseline=2024-04-01/2025-03-31, the time before the measure"
        raise CollectorError("there is no saving without a baseline", hint)
    return span_of(site, text)


def _so_far(sources: Sources, site: SiteSettings, span: Span) -> tuple[Span, bool]:
    """The span up to yesterday: what has not come to pass is not missing."""
    now_ms, end = sources.clock.now_ms(), span.end
    while end > span.first and midnight_ms(site.zone, end) > now_ms:
        end -= timedelta(days=1)
    if end <= span.first:
        raise CollectorError(f"no day of {span} is over", "choose days that have passed")
    if end == span.end:
        return span, False
    return Span(span.first, end), True


def _refuse_overlap(before: Span, reporting: Span, promise: Promise | None) -> None:
    if promise is not None and reporting.first < promise.done_on:
        what = f"the measure works from {promise.done_on} on, the period begins before"
        raise CollectorError(what, f"write --period {promise.done_on}/{reporting.last}")
    common = before.common(reporting)
    if common is not None:
        what = f"baseline and period share {common.first} to {common.last}"
        raise CollectorError(what, "a saving needs the time before the measure and one after")


def _option(site: SiteSettings, text: str, circuit: str) -> Option:
    if text not in ("", "B", "C"):
        raise CollectorError(f"option = {text}", "write B (a circuit's meter) or C (whole site)")
    known = [meter.id for meter in site.meters if meter.medium == ELECTRICITY]
    if circuit and circuit not in known:
        what = f"{site.id} has no circuit {circuit}"
        raise CollectorError(what, f"write one of: {', '.join(known) or 'none'}")
    if text == "B" and not circuit:
        hint = f"write --option circuit=ID, one of: {', '.join(known) or 'none'}"
        raise CollectorError("option B takes a circuit's own meter, none is named", hint)
    if text == "C" and circuit:
        hint = f"leave out circuit={circuit}, or write option=B"
        raise CollectorError("option C takes the whole site's meter", hint)
    return "B" if circuit else "C"


def _drivers(text: str) -> tuple[Driver, ...]:
    wanted = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [name for name in wanted if name not in DRIVERS]
    if unknown:
        what = f"drivers = {', '.join(unknown)}"
        raise CollectorError(what, f"write some of: {','.join(DRIVERS)}")
    if {"production", "calendar"} <= set(wanted):
        hint = "write production,temperature or calendar,temperature"
        raise CollectorError("no model goes by production and calendar together", hint)
    return tuple(driver for driver in DRIVERS if driver in wanted)

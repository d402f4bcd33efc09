"""A site's findings with what people made of them, and whether the done ones keep their promise."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from collector.errors import CollectorError
from collector.findings.finding import Finding, Findings, key_of
from collector.findings.status import Change, Promise
from collector.findings.tracked import Tracked, tracked
from collector.findings.verification import Verified, verified
from collector.frames import Store
from collector.gather.held import Held
from collector.gather.site_findings import GivenPrice, findings_of
from collector.site_config import SiteSettings


@dataclass(frozen=True, slots=True)
class Followed:
    """What the rules say of a site, and every finding with its status and history."""

    findings: Findings
    tracked: tuple[Tracked, ...]

    def of(self, site: str, text: str) -> Tracked:
        """The finding of a key, written whole or without the site: ``standby:press``, ``peak``.

        Raises ``CollectorError`` for an unknown one, with why its rule is silent, or keys like it.
        """
        known = {item.key: item for item in self.tracked}
        key = whole_key(site, text)
        if key in known:
            return known[key]
        raise CollectorError(f"{site} has no finding {text}", self._instead(site, key, known))

    def _instead(self, site: str, key: str, known: Iterable[str]) -> str:
        whole = key_of(key.split(":")[0], site, "")
        said = {key_of(s.rule, site, s.circuit): s.why_en for s in self.findings.silences}
        if key in said or whole in said:
            return said.get(key) or said[whole]
        near = difflib.get_close_matches(key, list(known), 3, 0.3)
        return f"near: {', '.join(near)}" if near else f"collector findings list {site} --all"


def followed(
    collector: Held,
    site: SiteSettings,
    days: tuple[date, date],
    today: date,
    price: GivenPrice | None = None,
) -> Followed:
    """The findings of local days (the second excluded) with their status today.

    Raises what ``findings_of`` raises.
    """
    found = findings_of(collector, site, *days, price)
    history = collector.state.findings.history(site.id)
    return Followed(found, tracked(found.found, history, today))


def whole_key(site: str, text: str) -> str:
    """A key as people shorten it: rule and circuit, or the rule alone for the site."""
    parts = text.split(":")
    if len(parts) == 3:
        return text
    rule, circuit = parts[0], parts[1] if len(parts) == 2 else ""
    return key_of(rule, site, circuit)


def promise_of(finding: Finding, days: tuple[date, date], done_on: date) -> Promise:
    """The finding's frozen baseline: the days it was found in, up to the day it was done.

    Raises ``CollectorError`` when it was done before that baseline begins.
    """
    first, end = days
    if done_on <= first:
        hint = f"give --done-on a day after {first}, or --from an earlier day"
        raise CollectorError(f"done on {done_on} leaves no baseline before it", hint)
    kwh = finding.kwh
    return Promise(first, min(end, done_on), done_on, kwh.low, kwh.mid, kwh.high)


def verification_of(collector: Held, site: SiteSettings, key: str, today: date) -> Verified:
    """What a done finding has saved up to yesterday against its promise.

    Raises ``CollectorError`` when it is not done, saves no energy, or too little is known since.
    """
    history = collector.state.findings.history(site.id, key)
    last = history[-1] if history else None
    if last is None or last.status != "done" or last.promise is None:
        status = last.status if last is not None else "open"
        hint = f"first: collector findings set {site.id} {key} --status done --by NAME"
        raise CollectorError(f"{key} is {status}, only a done finding is verified", hint)
    _check_energy(key, last)
    load = Store(collector.store, collector.settings.sites).site_load(
        site.id, last.promise.first, max(today, last.promise.end)
    )
    circuit = key.split(":", 2)[2].removeprefix("_site")
    return verified(key, circuit, last.promise, load)


def _check_energy(key: str, last: Change) -> None:
    promise = last.promise
    if promise is not None and not promise.high_kwh > 0:
        hint = "compare the bills instead: collector bill what-if, collector bill verify"
        raise CollectorError(f"{key} promises no kWh, so energy cannot verify it", hint)

"""What `collector findings` was asked for: the site, the days, the price, and what was found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from collector import config
from collector.accounts.span import ONE_DAY
from collector.commands.report_asked import languages_of
from collector.commands.terminal import DEFAULT_CONFIG, day_named, site_named
from collector.errors import CollectorError, NoTariffError
from collector.findings.status import Change, Promise
from collector.findings.threshold_files import Thresholds
from collector.findings.tracked import Tracked, tracked
from collector.findings.verification import Verified
from collector.gather.followed_findings import (
    Followed,
    followed,
    promise_of,
    verification_of,
    whole_key,
)
from collector.gather.site_findings import GivenPrice, thresholds_of, window_of
from collector.reporting.sources import Sources
from collector.reports.report import Language
from collector.site_config import SiteSettings


@dataclass(frozen=True)
class Asked:
    """A site opened, and its findings of local days (the second excluded) with their status.

    The rules run when ``followed`` is asked for.
    """

    sources: Sources
    site: SiteSettings
    days: tuple[date, date]
    price: GivenPrice | None

    @cached_property
    def followed(self) -> Followed:
        """What the rules find. Raises ``CollectorError`` as ``findings_of`` does."""
        today = today_of(self.site)
        try:
            return followed(self.sources, self.site, self.days, today, self.price)
        except NoTariffError as error:
            hint = f"{error.hint}; or give a price of a kWh with --price"
            raise NoTariffError(error.message, hint) from error

    def settled(self, change: Change, done_on: str) -> Change:
        """The entry with its whole key, with owner and cost as before where none is given.

        One that is done gets its promise, for which the rules run. Raises ``CollectorError`` for
        an unknown key, and for a done finding that is not found in these days.
        """
        done = change.status == "done"
        found = self._standing(change.key, with_figures=done)
        return replace(
            change,
            key=found.key,
            owner=change.owner or found.owner,
            cost_yen=found.cost_yen if change.cost_yen is None else change.cost_yen,
            promise=self._promise(found, done_on) if done else None,
        )

    def _standing(self, key: str, *, with_figures: bool) -> Tracked:
        # What was touched before is known without its figures.
        named = whole_key(self.site.id, key)
        history = self.sources.state.findings.history(self.site.id, named)
        if history and not with_figures:
            return tracked((), history, today_of(self.site))[0]
        return self.followed.of(self.site.id, key)

    def _promise(self, found: Tracked, done_on: str) -> Promise:
        if found.finding is None:
            first, last = self.days[0], self.days[1] - ONE_DAY
            hint = "give --from and --to of the time before the measure"
            raise CollectorError(f"{found.key} is not found from {first} to {last}", hint)
        day = day_named(done_on) if done_on else today_of(self.site)
        return promise_of(found.finding, self.days, day)


@contextmanager
def opened(
    path: Path, site: str, days: tuple[str, str], price: GivenPrice | None, done_on: str = ""
) -> Iterator[Asked]:
    """The findings of a site's days, first and last (included), written as YYYY-MM-DD.

    "" is a year back, and up to the day before it was done, else yesterday. Raises
    ``CollectorError`` for anything that cannot be.
    """
    settings = config.load(path)
    wanted = site_named(settings, site)
    first, last = (day_named(text) if text else None for text in days)
    until = last + ONE_DAY if last else day_named(done_on) if done_on else None
    window = window_of(first, until, today_of(wanted))
    with Sources.open(settings) as sources:
        yield Asked(sources, wanted, window, price)


def price_of(per_kwh: float | None, one_kw: float) -> GivenPrice | None:
    """A price given instead of the tariff; None where none is."""
    if per_kwh is None:
        if one_kw:
            raise CollectorError("--kw-price alone", "give --price too, or neither")
        return None
    return GivenPrice(per_kwh, one_kw)


def language_asked(text: str) -> Language:
    """One language; "" is that of this machine. Raises ``CollectorError`` for anything else."""
    return languages_of(text)[0]


def today_of(site: SiteSettings) -> date:
    """Today in the site's time zone."""
    return datetime.now(site.zone).date()


def thresholds_asked(path: Path | None) -> Thresholds:
    """The thresholds of the settings, or the shipped ones where there are none."""
    if path is None and not DEFAULT_CONFIG.exists():
        return Thresholds.shipped()
    return thresholds_of(config.load(path or DEFAULT_CONFIG))


def verification_asked(path: Path, site: str, key: str) -> Verified:
    """What a done finding has saved up to yesterday. Raises ``CollectorError`` as it must."""
    settings = config.load(path)
    wanted = site_named(settings, site)
    with Sources.open(settings) as sources:
        return verification_of(sources, wanted, whole_key(site, key), today_of(wanted))

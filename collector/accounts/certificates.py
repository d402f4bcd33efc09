"""Energy certificates: claims on kWh that were used, never more than were used.

A claim belongs to the days from ``use.first`` to ``use.end``. Each day's energy is given to the
claims whose days it lies in: the claim that ends first takes first, day after day from the oldest
on, until it is used up. So no kWh is claimed twice, nothing goes below zero, months add up to
their year, and a month's figure does not change when later months come in. What is not used up
stays with the claim.

Which method a kind lowers (reference co2-factors.md sections 1.4 and 4): non-fossil certificates,
green power and renewable J-credits lower the market-based figure and, in Japan's SHK scheme, the
adjusted one, from FY2024 activity on the basic one too; other J-credits and JCM only the adjusted
one; guarantees of origin, RECs and I-RECs only the market-based one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.accounts.methods import MARKET, NEW_BASIC_FROM
from collector.accounts.span import Span, fiscal_year_of
from collector.factors.methods import ADJUSTED as SHK_ADJUSTED
from collector.factors.methods import BASIC as SHK_BASIC
from collector.site_config import SiteSettings

_ENERGY = (MARKET, SHK_ADJUSTED, SHK_BASIC)
LOWERS: Mapping[str, tuple[str, ...]] = {
    "non_fossil_fit": _ENERGY,
    "non_fossil_non_fit": _ENERGY,
    "green_power": _ENERGY,
    "j_credit_renewable": _ENERGY,
    "j_credit_other": (SHK_ADJUSTED,),
    "jcm": (SHK_ADJUSTED,),
    "go": (MARKET,),
    "rec": (MARKET,),
    "i_rec": (MARKET,),
}
"""The methods each kind lowers."""
JAPANESE_KINDS = frozenset(kind for kind, methods in LOWERS.items() if SHK_ADJUSTED in methods)


@dataclass(frozen=True, slots=True)
class CorrectionRate:
    """By how much a certificate's kWh counts in the SHK scheme: a rate of a kind and a year."""

    kind: str
    fiscal_year: int
    rate: Decimal
    source: str


CORRECTION_RATES: tuple[CorrectionRate, ...] = ()
"""None could be sourced: the ministry fixes them about July of the year of the report. Until a
rate is held, a certificate is not deducted in the SHK scheme, and the account says so."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A claim on energy: which kind, how much (milli-Wh), generated when, used when."""

    kind: str
    milli_wh: int
    vintage: Span
    use: Span
    tracking_no: str = ""
    retired_on: date | None = None
    technology: str = ""
    evidence: str = ""
    number: int = 0
    """Its place in the site's list, which tells two of a kind apart."""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.tracking_no, f"used {self.use}")))

    def retired(self, known_on: date | None) -> bool:
        """Whether it had been retired by the day (None: at all)."""
        return self.retired_on is not None and (known_on is None or self.retired_on <= known_on)

    def lowers(self, method: str, day: date, japanese: bool) -> bool:
        """Whether it lowers the method's figure on a day under a contract in Japan, or not."""
        if not self.use.holds(day) or (self.kind in JAPANESE_KINDS and not japanese):
            return False
        if method == SHK_BASIC and day < NEW_BASIC_FROM:
            return False
        return method in LOWERS[self.kind]

    def vintage_warning(self) -> str:
        """What is odd about the time of generation; "" when it lies within the time of use."""
        common = self.vintage.common(self.use)
        if common is None:
            return f"{self}: generated {self.vintage}, on no day of the use it is claimed for"
        if common != self.vintage:
            return f"{self}: generated {self.vintage}, partly outside the use it is claimed for"
        return ""


@dataclass(frozen=True, slots=True)
class Taken:
    """What one claim took of one day's energy (milli-Wh)."""

    certificate: Certificate
    day: date
    milli_wh: int


def certificates_of(site: SiteSettings) -> tuple[Certificate, ...]:
    """The site's certificates, in the order of the settings."""
    return tuple(
        Certificate(
            kind=item.kind,
            milli_wh=int(Decimal(str(item.kwh)).scaleb(6)),
            vintage=Span(item.vintage_from, item.vintage_to),
            use=Span(item.applies_from, item.applies_to),
            tracking_no=item.tracking_no,
            retired_on=item.retired_on,
            technology=item.technology,
            evidence=item.evidence,
            number=number,
        )
        for number, item in enumerate(site.certificates)
    )


def certificate_faults(sites: Sequence[SiteSettings]) -> Iterator[str]:
    """One line for each certificate that cannot be right, with its path in the settings.

    A tracking number claimed twice, by whichever sites; a window that ends before it begins.
    """
    first: dict[str, str] = {}
    for path, claim in _with_paths(sites):
        if claim.vintage.length <= 0:
            yield (
                f"{path}.vintage_to = {claim.vintage.end}: not after vintage_from"
                f" {claim.vintage.first} (write the day after the last)"
            )
        if claim.use.length <= 0:
            yield (
                f"{path}.applies_to = {claim.use.end}: not after applies_from"
                f" {claim.use.first} (write the day after the last)"
            )
        number = claim.tracking_no
        if number and first.setdefault(number, path) != path:
            yield (
                f'{path}.tracking_no = "{number}": claimed already by {first[number]}'
                " (a certificate counts once; remove one of them)"
            )


def rate_of(rates: Iterable[CorrectionRate], kind: str, day: date) -> CorrectionRate | None:
    """The correction rate of the kind for activity of the day's fiscal year, when it is held."""
    year = fiscal_year_of(day)
    return next((r for r in rates if (r.kind, r.fiscal_year) == (kind, year)), None)


def matched(
    certificates: Iterable[Certificate],
    days: Iterable[tuple[date, int]],
    counts: Callable[[Certificate, date], bool],
) -> Mapping[date, tuple[Taken, ...]]:
    """What each claim takes of each day's energy (local day, milli-Wh; in order of time).

    ``counts`` says whether a claim may take on a day. Takes time in proportion to the days.
    """
    order = sorted(certificates, key=lambda c: (c.use.end, c.use.first, c.tracking_no))
    left = {position: claim.milli_wh for position, claim in enumerate(order)}
    found: dict[date, list[Taken]] = defaultdict(list)
    for day, milli_wh in days:
        free = milli_wh
        for position, claim in enumerate(order):
            taken = min(left[position], free)
            if taken > 0 and counts(claim, day):
                left[position] -= taken
                free -= taken
                found[day].append(Taken(claim, day, taken))
    return {day: tuple(taken) for day, taken in found.items()}


def _with_paths(sites: Sequence[SiteSettings]) -> Iterator[tuple[str, Certificate]]:
    for number, site in enumerate(sites):
        for position, claim in enumerate(certificates_of(site)):
            yield f"sites[{number}].certificates[{position}]", claim

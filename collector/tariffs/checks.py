"""Faults between the values of a tariff: hours without a band, unknown seasons, missing prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise, product

from collector.calendars.public_holidays import public_holidays
from collector.tariffs.days import ALL, bands_by_quarter
from collector.tariffs.series import Series
from collector.tariffs.tariff import (
    QUARTER_MINUTES,
    DemandCharge,
    EnergyCharge,
    Tariff,
    Tier,
    Utilisation,
    When,
)

_A_LEAP_YEAR = 2024


def faults_of(tariff: Tariff) -> Iterator[str]:
    """Every fault between the values of one tariff, each beginning with its path."""
    if tariff.valid_to is not None and tariff.valid_to <= tariff.valid_from:
        yield f"valid_to: {tariff.valid_to} is not after valid_from {tariff.valid_from}"
    yield from _repeated_ids(tariff)
    yield from _year_without_season(tariff)
    yield from _day_types(tariff)
    names = list(_unknown_names(tariff))
    yield from names
    if not names:
        yield from _hours(tariff)
    yield from _energy(tariff)
    yield from _demands(tariff)
    yield from _adders(tariff)


def faults_of_series(series: Series) -> Iterator[str]:
    """Months with two prices, or entries that end before they begin."""
    for number, entry in enumerate(series.entries):
        if entry.end <= entry.first:
            yield f"entries[{number}]: to {entry.end:%Y-%m} is not after from {entry.first:%Y-%m}"
    for one, other in combinations(series.entries, 2):
        if one.first < other.end and other.first < one.end:
            month = max(one.first, other.first)
            yield f"entries: {month:%Y-%m} has two prices, {one.value} and {other.value}"


def overlap(one: Tariff, other: Tariff) -> bool:
    """Whether two versions of a tariff are in force on the same day."""
    ends = [version.valid_to or date.max for version in (one, other)]
    return one.id == other.id and one.valid_from < ends[1] and other.valid_from < ends[0]


def _repeated_ids(tariff: Tariff) -> Iterator[str]:
    for name in ("seasons", "day_types", "bands", "demand", "adders"):
        counted = Counter(item.id for item in getattr(tariff, name))
        for key, count in counted.items():
            if count > 1:
                yield f"{name}: the id {key} stands {count} times"


def _year_without_season(tariff: Tariff) -> Iterator[str]:
    if not tariff.seasons:
        return
    first = date(_A_LEAP_YEAR, 1, 1)
    days = [first + timedelta(days=number) for number in range(366)]
    found = [(day, [s.id for s in tariff.seasons if s.covers(day)]) for day in days]
    bare = next((day for day, seasons in found if not seasons), None)
    if bare:
        yield f"seasons: no season holds {bare:%m-%d}"
    twice = next(((day, seasons) for day, seasons in found if len(seasons) > 1), None)
    if twice:
        yield f"seasons: {twice[0]:%m-%d} lies in {' and '.join(twice[1])}"


def _day_types(tariff: Tariff) -> Iterator[str]:
    for kind in tariff.day_types:
        if kind.holidays:
            try:
                public_holidays(kind.holidays, _A_LEAP_YEAR)
            except ValueError as error:
                yield f"day_types {kind.id}: holidays: {error}"
    rests = [kind.id for kind in tariff.day_types if kind.rest]
    if tariff.day_types and len(rests) != 1:
        yield f"day_types: {len(rests)} of them have no rule; one must, it takes all other days"


def _unknown_names(tariff: Tariff) -> Iterator[str]:
    parts: list[tuple[str, Sequence[When]]] = [
        *((f"bands {band.id}", band.when) for band in tariff.bands),
        *((f"demand {charge.id}", charge.when) for charge in tariff.demand),
    ]
    for path, when in parts:
        for part in when:
            yield from _unknown(path, "season", part.seasons, [s.id for s in tariff.seasons])
            yield from _unknown(path, "day type", part.days, [d.id for d in tariff.day_types])
    for charge in tariff.demand:
        named = [season for price in charge.prices for season in price.seasons]
        known = [season.id for season in tariff.seasons]
        yield from _unknown(f"demand {charge.id}", "season", named, known)


def _unknown(path: str, what: str, named: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    for name in dict.fromkeys(named):
        if name not in known:
            there = f"known: {', '.join(known)}" if known else f"there is no {what} at all"
            yield f"{path}: unknown {what} {name} ({there})"


def _hours(tariff: Tariff) -> Iterator[str]:
    seasons = [season.id for season in tariff.seasons] or [ALL]
    kinds = [kind.id for kind in tariff.day_types] or [ALL]
    for season, kind in product(seasons, kinds):
        found = bands_by_quarter(tariff.bands, season, kind)
        at = f"season {season}, day type {kind}"
        for first, end in _runs([not bands for bands in found]):
            yield f"bands: no band holds {first} to {end} ({at})"
        for first, end in _runs([len(bands) > 1 for bands in found]):
            names = next(bands for bands in found if len(bands) > 1)
            pair = " and ".join(band.id for band in names)
            yield f"bands: {pair} overlap from {first} to {end} ({at})"


def _runs(marks: Sequence[bool]) -> Iterator[tuple[str, str]]:
    edges = [n for n, (a, b) in enumerate(pairwise([False, *marks, False])) if a != b]
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        yield _clock(first), _clock(end)


def _clock(quarter: int) -> str:
    hour, minute = divmod(quarter * QUARTER_MINUTES, 60)
    return f"{hour:02}:{minute:02}"


def _energy(tariff: Tariff) -> Iterator[str]:
    if not tariff.energy and tariff.market is None:
        yield "energy: missing; give [[tariff.energy]] or [tariff.market]"
        return
    known = [band.id for band in tariff.bands]
    yield from _unknown("energy", "band", [charge.band for charge in tariff.energy], known)
    by_hours = [charge for charge in tariff.energy if charge.utilisation != Utilisation()]
    if by_hours and not tariff.demand:
        yield "energy: hours of use are yearly kWh / peak kW, but there is no demand charge"
    for charge in tariff.energy:
        yield from _tiers(f"energy {charge.band}", charge.tiers)
    if tariff.energy:
        for band in known:
            priced = [charge for charge in tariff.energy if charge.band == band]
            yield from _prices(band, priced)


def _prices(band: str, priced: Sequence[EnergyCharge]) -> Iterator[str]:
    if not priced:
        yield f"energy: band {band} has no price"
    else:
        yield from _utilisations(f"energy {band}", [charge.utilisation for charge in priced])


def _utilisations(path: str, ranges: Sequence[Utilisation]) -> Iterator[str]:
    ordered = sorted(ranges, key=lambda hours: hours.from_hours)
    ends = [0, *(hours.below_hours for hours in ordered)]
    starts: list[int | None] = [*(hours.from_hours for hours in ordered), None]
    if ends != starts:
        yield f"{path}: its prices must follow each other in hours of use, from 0 on, without end"


def _tiers(path: str, tiers: Sequence[Tier]) -> Iterator[str]:
    if not tiers:
        yield f"{path}: price: missing"
        return
    limits = [tier.up_to for tier in tiers]
    bounded = [limit for limit in limits[:-1] if limit is not None]
    rising = all(one < other for one, other in pairwise(bounded))
    if limits[-1] is not None or len(bounded) != len(tiers) - 1 or not rising:
        yield f"{path}: give one price, or tiers whose up_to rises, the last without up_to"


def _demands(tariff: Tariff) -> Iterator[str]:
    for charge in tariff.demand:
        yield from _demand(charge)
        if charge.power_factor and tariff.power_factor is None:
            yield f"demand {charge.id}: power_factor: there is no [tariff.power_factor]"
    if tariff.power_factor and not any(charge.power_factor for charge in tariff.demand):
        yield "power_factor: no demand charge says power_factor = true"


def _demand(charge: DemandCharge) -> Iterator[str]:
    path = f"demand {charge.id}"
    if not charge.prices:
        yield f"{path}: price: missing"
    for price in charge.prices:
        yield from _tiers(path, price.tiers)
    seasons = Counter(season for price in charge.prices for season in price.seasons)
    if any(not price.seasons for price in charge.prices) and len(charge.prices) > 1:
        yield f"{path}: give price or season_prices, not both"
    for season, count in seasons.items():
        if count > 1:
            yield f"{path}: season {season} has {count} prices"
    if charge.excess_factor is not None and charge.mode != "agreed":
        yield f"{path}: excess_factor: only with mode agreed"


def _adders(tariff: Tariff) -> Iterator[str]:
    for adder in tariff.adders:
        given = (adder.price is not None) + bool(adder.series) + bool(adder.by_month)
        if given != 1:
            yield f"adders {adder.id}: give one of price, series and by_month"
        if adder.per == "kW" and not tariff.demand:
            yield f"adders {adder.id}: per kW, but the tariff has no demand charge"

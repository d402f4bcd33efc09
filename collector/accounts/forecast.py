"""How much energy a year will have used at its end, from what is known of it.

Two methods, and each forecast says which it is:

same_months    the rest of last year, scaled by how this year's days so far compare with the same
               days of last year; when last year is known to 95 % of its days
straight_line  the mean of this year's known days for each day still to come; otherwise

The range repeats the method with the lowest and the highest of the blocks of 15 days known so
far, so it is a plain outer bound and no confidence interval. Under 30 known days nothing is
forecast. Days to come become energies of their own, so that contracts, factors and certificates
apply to them as to any other day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from collector.accounts.account import DayEnergy
from collector.accounts.span import Span

ForecastMethod = Literal["same_months", "straight_line"]
LEAST_DAYS = 30
BLOCK_DAYS = 15
LAST_YEAR_SHARE = Fraction(95, 100)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The days of a year still to come, as expected and as the range's low and high ends.

    ``known`` is how many days the forecast rests on, ``ratio`` this year against last year (None
    for a straight line).
    """

    method: ForecastMethod
    known: int
    ratio: Fraction | None
    days: tuple[DayEnergy, ...]
    low: tuple[DayEnergy, ...]
    high: tuple[DayEnergy, ...]


def forecast(days: Iterable[DayEnergy], year: Span, known_end: date) -> Forecast | None:
    """The energy of the year's days from ``known_end`` (the first day not over) to its end.

    ``days`` may hold more than the year; last year's are looked for in them. None when the year is
    over, or fewer than 30 of its days are known.
    """
    held = {energy.day: energy.milli_wh for energy in days}
    end = min(known_end, year.end)
    so_far = [day for day in Span(year.first, end).days() if day in held]
    to_come = list(Span(end, year.end).days())
    if len(so_far) < LEAST_DAYS or not to_come:
        return None
    by_last_year = _same_months(held, so_far, to_come, year)
    return by_last_year or _straight_line(held, so_far, to_come)


def _same_months(
    held: Mapping[date, int], so_far: Sequence[date], to_come: Sequence[date], year: Span
) -> Forecast | None:
    then = {day: _year_before(day) for day in (*so_far, *to_come)}
    known = sum(before in held for before in then.values())
    pairs = [day for day in so_far if then[day] in held]
    base = sum(held[then[day]] for day in pairs)
    if known < LAST_YEAR_SHARE * year.length or base <= 0:
        return None
    rest = {day: held[then[day]] for day in to_come if then[day] in held}
    usual = Fraction(sum(rest.values()), max(len(rest), 1))

    def ratio_of(block: Sequence[date]) -> Fraction | None:
        whole = sum(held[then[day]] for day in block)
        return Fraction(sum(held[day] for day in block), whole) if whole > 0 else None

    ratio = ratio_of(pairs) or Fraction(0)
    ratios = [r for block in _blocks(pairs) if (r := ratio_of(block)) is not None] or [ratio]

    def scaled(by: Fraction) -> tuple[DayEnergy, ...]:
        return _expected(to_come, lambda day: rest.get(day, usual) * by)

    ends = scaled(min(*ratios, ratio)), scaled(max(*ratios, ratio))
    return Forecast("same_months", len(so_far), ratio, scaled(ratio), *ends)


def _straight_line(
    held: Mapping[date, int], so_far: Sequence[date], to_come: Sequence[date]
) -> Forecast:
    def mean_of(block: Sequence[date]) -> Fraction:
        return Fraction(sum(held[day] for day in block), len(block))

    def flat(milli_wh: Fraction) -> tuple[DayEnergy, ...]:
        return _expected(to_come, lambda _: milli_wh)

    mean = mean_of(so_far)
    means = [mean_of(block) for block in _blocks(so_far)]
    ends = flat(min(*means, mean)), flat(max(*means, mean))
    return Forecast("straight_line", len(so_far), None, flat(mean), *ends)


def _blocks(days: Sequence[date]) -> list[Sequence[date]]:
    count = len(days) // BLOCK_DAYS
    return [days[number * BLOCK_DAYS : (number + 1) * BLOCK_DAYS] for number in range(count)]


def _expected(
    days: Sequence[date], milli_wh: Callable[[date], Fraction | int]
) -> tuple[DayEnergy, ...]:
    expected = ((day, round(milli_wh(day))) for day in days)
    return tuple(DayEnergy(day, wh, estimated_milli_wh=wh, coverage=0.0) for day, wh in expected)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return date(day.year - 1, 2, 28)

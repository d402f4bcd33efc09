"""The months, days and hours of a URDB rate: its matrices as seasons, day types and bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

MONTHS, HOURS = 12, 24
_LARGEST_TIER = Decimal("1e9")
"""A last tier that ends beyond is written by those who mean that it does not end."""
_DAYS = {"weekday": "energyweekdayschedule", "weekend": "energyweekendschedule"}
_DEMAND_DAYS = {"weekday": "demandweekdayschedule", "weekend": "demandweekendschedule"}


class Refused(Exception):
    """A field of a rate that cannot be honoured, and why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")


class RateHours:
    """Which period rules in which season, day type and hour. Raises ``Refused`` when not sound.

    Months that are alike in everything (hours of energy and demand, flat demand) are one season.
    """

    def __init__(self, rate: Mapping[str, Any]) -> None:
        self._energy = _matrices(rate, _DAYS, "energyratestructure")
        self._demand = _matrices(rate, _DEMAND_DAYS, "demandratestructure")
        self.flat = _flat_months(rate)
        keys = [self._key(month) for month in range(MONTHS)]
        self._kinds = list(dict.fromkeys(keys))
        self._season_of = [self._kinds.index(key) for key in keys]

    @property
    def seasons(self) -> Mapping[str, int]:
        """Each season's name with one of its months (0 January)."""
        return {f"s{n + 1}": self._season_of.index(n) for n in range(len(self._kinds))}

    @property
    def energy_periods(self) -> Sequence[int]:
        """The energy periods that occur."""
        return _used(self._energy)

    @property
    def demand_periods(self) -> Sequence[int]:
        """The time-of-use demand periods that occur."""
        return _used(self._demand)

    def tables(self) -> dict[str, Any]:
        """The seasons, day types and bands of the tariff table."""
        seasons = [
            {"id": name, "spans": self._spans(number)} for number, name in enumerate(self.seasons)
        ]
        bands = [
            {
                "id": f"p{period}",
                "label_en": f"period {period + 1}",
                "label_ja": f"時間帯{period + 1}",
                "when": self._when(self._energy, period),
            }
            for period in self.energy_periods
        ]
        kinds = [{"id": "weekend", "weekdays": ["sat", "sun"]}, {"id": "weekday"}]
        return {
            "seasons": seasons if len(seasons) > 1 else [],
            "day_types": kinds,
            "bands": bands,
        }

    def demand_when(self, period: int) -> list[dict[str, Any]]:
        """The hours of a time-of-use demand period."""
        return self._when(self._demand, period)

    def named(self, seasons: Sequence[str]) -> list[str]:
        """The seasons as a table names them: none where there is only one."""
        return list(seasons) if len(self.seasons) > 1 else []

    def _key(self, month: int) -> tuple[Any, ...]:
        rows = [tuple(matrix[month]) for matrix in (*self._energy.values(), *self._demand.values())]
        return (*rows, self.flat[month] if self.flat else None)

    def _spans(self, number: int) -> list[str]:
        found, month = [], 0
        for season, run in groupby(self._season_of):
            length = len(list(run))
            if season == number:
                end = (month + length) % MONTHS
                found.append(f"{month + 1:02}-01/{end + 1:02}-01")
            month += length
        return found

    def _when(
        self, matrices: Mapping[str, Sequence[Sequence[int]]], period: int
    ) -> list[dict[str, Any]]:
        found = []
        for season, month in self.seasons.items():
            for kind, matrix in matrices.items():
                times = list(_runs(matrix[month], period))
                if times:
                    when = {"seasons": self.named([season]), "days": [kind], "times": times}
                    found.append({key: value for key, value in when.items() if value})
        return found


def tiers_of(field: str, tiers: Sequence[Mapping[str, Any]], units: Sequence[str]) -> list[Any]:
    """The tiers of a period as tables; price is rate and adjustment together.

    Raises ``Refused`` for a unit not in ``units`` and for a last tier that ends.
    """
    found: list[dict[str, Any]] = []
    for place, tier in enumerate(tiers):
        unit = tier.get("unit") or units[0]
        if unit not in units:
            raise Refused(field, f"unit {unit} is not supported")
        table = {"price": number(tier.get("rate") or 0) + number(tier.get("adj") or 0)}
        limit = number(tier.get("max") or 0)
        if place < len(tiers) - 1:
            table["up_to"] = limit
        elif 0 < limit < _LARGEST_TIER:
            raise Refused(field, f"the last tier ends at {limit}; what lies above has no price")
        found.append(table)
    return found


def number(value: Any) -> Decimal:
    """A JSON number, exact; text that holds one is taken too. Raises ``Refused``."""
    try:
        return Decimal(str(value))
    except ArithmeticError as error:
        raise Refused(str(value), "is not a number") from error


def _matrices(
    rate: Mapping[str, Any], fields: Mapping[str, str], structure: str
) -> Mapping[str, Sequence[Sequence[int]]]:
    periods = rate.get(structure)
    if not periods:
        return {}
    found = {}
    for kind, field in fields.items():
        matrix = rate.get(field)
        if not isinstance(matrix, list) or len(matrix) != MONTHS:
            raise Refused(field, "must have 12 rows of 24 period numbers")
        for row in matrix:
            if not isinstance(row, list) or len(row) != HOURS:
                raise Refused(field, "must have 12 rows of 24 period numbers")
            _check_periods(field, row, structure, len(periods))
        found[kind] = matrix
    return found


def _check_periods(field: str, row: Sequence[Any], structure: str, count: int) -> None:
    for period in row:
        if not isinstance(period, int) or not 0 <= period < count:
            raise Refused(field, f"period {period} is not in {structure}")


def _flat_months(rate: Mapping[str, Any]) -> Sequence[int]:
    periods = rate.get("flatdemandstructure")
    if not periods:
        return ()
    months = rate.get("flatdemandmonths")
    if not isinstance(months, list) or len(months) != MONTHS:
        raise Refused("flatdemandmonths", "must have 12 period numbers")
    _check_periods("flatdemandmonths", months, "flatdemandstructure", len(periods))
    return months


def _used(matrices: Mapping[str, Sequence[Sequence[int]]]) -> Sequence[int]:
    rows = (row for matrix in matrices.values() for row in matrix)
    return sorted({period for row in rows for period in row})


def _runs(row: Sequence[int], period: int) -> Iterator[str]:
    hour = 0
    for found, run in groupby(row):
        length = len(list(run))
        if found == period:
            yield f"{hour:02}:00-{hour + length:02}:00"
        hour += length

"""The baseline's equation: what it expects of a day, term by term."""

from __future__ import annotations

from collections.abc import Sequence

from collector.reports.mv.data import DayPoint, Model


def expected_kwh(
    model: Model,
    products: Sequence[str],
    state: str | None,
    temperature_c: float | None,
    amounts: Sequence[float | None],
) -> float | None:
    """What the model expects of a day under those conditions (kWh); None where one is unknown.

    ``amounts`` are in the order of ``products``.
    """
    by_product = dict(zip(products, amounts, strict=True))
    states = {term.of: term.value for term in model.of_kind("state")}
    total = 0.0
    if states:
        if state not in states:
            return None
        total += states[state]
    for term in model.terms:
        if term.kind == "state":
            continue
        by = _multiplier(term.kind, term.at_c, temperature_c, by_product.get(term.of))
        if by is None:
            return None
        total += term.value * by
    return total


def _multiplier(
    kind: str, at_c: float | None, temperature_c: float | None, amount: float | None
) -> float | None:
    if kind == "fixed":
        return 1.0
    if kind == "product":
        return amount
    if temperature_c is None or at_c is None:
        return None
    beyond = temperature_c - at_c if kind == "cooling" else at_c - temperature_c
    return max(beyond, 0.0)


def means(days: Sequence[DayPoint]) -> tuple[float | None, tuple[float | None, ...]]:
    """The mean temperature and amounts of the days that the model used."""
    used = [day for day in days if day.used]
    celsius = _mean([day.temperature_c for day in used])
    count = len(used[0].amounts) if used else 0
    return celsius, tuple(_mean([day.amounts[n] for day in used]) for n in range(count))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None

"""What is wrong with factors: within a row, and between rows. Pure; each fault is one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import combinations

from collector.factors.factor import Factor, Key
from collector.factors.methods import METHODS, definition_of

SMALLEST, LARGEST = Decimal("0.001"), Decimal("3")
"""Values outside are in another unit: t/kWh is a thousandth, g/kWh a thousandfold."""
Held = tuple[str, Factor]
"""A row with where it stands: file and set."""


def faults_within(factor: Factor) -> Iterator[str]:
    """What is wrong with the row itself: value, windows, kind, or what its method rules out."""
    yield from _of_numbers(factor)
    yield from _of_kind(factor)
    yield from _of_method(factor)


def _of_numbers(factor: Factor) -> Iterator[str]:
    value = factor.kg_per_kwh
    if value and not SMALLEST <= value <= LARGEST:
        yield f"value: {value} cannot be kg/kWh; is it t/kWh, kg/MWh or g/kWh?"
    if factor.valid_to is not None and factor.valid_to <= factor.valid_from:
        yield f"valid_to: {factor.valid_to} is not after valid_from {factor.valid_from}"
    begins, ends = factor.measured_from, factor.measured_to
    if (begins is None) != (ends is None):
        yield "measured_from, measured_to: give both or none"
    if begins is not None and ends is not None and ends <= begins:
        yield f"measured_to: {ends} is not after measured_from {begins}"


def _of_kind(factor: Factor) -> Iterator[str]:
    if factor.kind == "named" and not (factor.supplier and factor.menu):
        yield "kind: a named menu needs supplier and menu"
    if factor.kind == "part" and not factor.menu:
        yield "kind: a part needs menu to tell it from the other parts"
    if factor.kind in ("national", "substitute") and factor.supplier:
        yield f"kind: {factor.kind} is of a region, not of supplier {factor.supplier}"
    if factor.supplier and not factor.supplier_name:
        yield "supplier_name: missing"
    if factor.status == "withdrawn" and not factor.supersedes:
        yield "status: withdrawn needs supersedes, the id of the row that was withdrawn"


def _of_method(factor: Factor) -> Iterator[str]:
    method = METHODS.get(factor.method)
    if method and factor.scope != method.scope:
        yield f"scope: {factor.method} is scope {method.scope}, not {factor.scope}"
    if method and factor.scheme != method.scheme:
        yield f"scheme: {factor.method} belongs to {method.scheme}, not {factor.scheme}"
    definition = definition_of(factor.method, factor.valid_from)
    if definition and factor.definition != definition:
        yield f"definition: {factor.method} from {factor.valid_from} is {definition}"
    if (factor.gas == "CO2e") == (factor.gwp == "none"):
        yield f"gwp: {factor.gas} with {factor.gwp}; only CO2e has a GWP (as_published if unknown)"


def faults_between(held: Sequence[Held]) -> Iterator[str]:
    """What is wrong between rows: ids, corrections, and two rows for one key, day and knowledge."""
    by_id: dict[str, Held] = {}
    for where, factor in held:
        if factor.id in by_id:
            yield f"{where}: row {factor.id}: the id is also in {by_id[factor.id][0]}"
        by_id.setdefault(factor.id, (where, factor))
    looping = _looping({row.id: row.supersedes for _, row in held})
    for where, factor in held:
        if factor.supersedes:
            at = f"{where}: row {factor.id}"
            yield from _of_correction(at, factor, by_id, looping)
    yield from _forks(held)
    yield from _overlaps(held)


def _of_correction(
    at: str, factor: Factor, by_id: Mapping[str, Held], looping: set[str]
) -> Iterator[str]:
    if factor.supersedes not in by_id:
        yield f"{at}: supersedes {factor.supersedes}, which is not there"
        return
    old = by_id[factor.supersedes][1]
    if factor.id in looping:
        yield f"{at}: supersedes {old.id}, which leads back to it"
        return
    if factor.identity != old.identity:
        yield f"{at}: supersedes {old.id}, which has another key or window"
    if factor.known_on <= old.known_on:
        yield f"{at}: known_on {factor.known_on} is not after that of {old.id}, {old.known_on}"
    if factor.status == "withdrawn" and factor.kg_per_kwh != old.kg_per_kwh:
        yield f"{at}: withdraws {old.id} but gives another value, {factor.kg_per_kwh}"


def _looping(older: Mapping[str, str]) -> set[str]:
    found = set()
    for start in older:
        seen, at = {start}, older[start]
        while at in older and at not in seen:
            seen.add(at)
            at = older[at]
        if at == start:
            found.add(start)
    return found


def _forks(held: Sequence[Held]) -> Iterator[str]:
    by_old: dict[str, str] = {}
    for where, factor in held:
        if not factor.supersedes:
            continue
        other = by_old.setdefault(factor.supersedes, factor.id)
        if other != factor.id:
            yield f"{where}: row {factor.id}: {factor.supersedes} is already superseded by {other}"


def _overlaps(held: Sequence[Held]) -> Iterator[str]:
    until = {row.supersedes: row.known_on for _, row in held if row.supersedes}
    by_key: dict[Key, list[Held]] = defaultdict(list)
    for where, factor in held:
        if factor.status != "withdrawn":
            for key in factor.keys:
                by_key[(*key, *factor.gas_key)].append((where, factor))
    told: set[tuple[str, str]] = set()
    for rows in by_key.values():
        for (where, one), (_, other) in combinations(rows, 2):
            pair = (one.id, other.id)
            if pair not in told and one.id != other.id and _clash(one, other, until):
                told.add(pair)
                yield f"{where}: row {one.id}: applies to the same key and days as {other.id}"


def _clash(one: Factor, other: Factor, until: Mapping[str, date]) -> bool:
    # Two rows may cover the same days only if one was no longer known when the other came.
    if not one.overlaps(other):
        return False
    return one.known_on < until.get(other.id, date.max) and other.known_on < until.get(
        one.id, date.max
    )

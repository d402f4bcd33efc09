"""Factor files: TOML text in, checked rows out, or every fault at once.

A file holds sets, one a publication: ``[[set]]`` with the source and what its rows share, and
``factors``, a list of rows. A row may give any shared value itself. The format is described in
this folder's README.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.errors import FactorError
from collector.factors.factor import Factor, Key, Kind, Source, Status

UNIT = "kg/kWh"
SMALLEST, LARGEST = Decimal("0.001"), Decimal("3")
"""Values outside are in another unit: t/kWh is a thousandth, g/kWh a thousandfold."""

Text = Annotated[str, Field(min_length=1)]
Held = tuple[str, Factor]
"""A row with where it stands: file and set."""


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    set: Text
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    title: Text
    publisher: Text
    revision: Text
    published_on: Text
    licence: Text
    attribution: Text
    url: str = ""
    via: str = ""
    region: Text
    supplier: str = ""
    supplier_name: str = ""
    menu: str = ""
    menu_name: str = ""
    kind: Kind
    method: Text
    value: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    unit: Literal["kg/kWh"]
    gas: Text
    valid_from: date
    valid_to: date | None = None
    known_on: date
    status: Status
    supersedes: str = ""
    note: str = ""

    def factor(self) -> Factor:
        """The row as the object everyone downstream uses."""
        shared = {name: getattr(self, name) for name in _SHARED}
        source = Source(**{name: getattr(self, name) for name in _SOURCE})
        return Factor(**shared, kg_per_kwh=Decimal(self.value), source=source)


_SOURCE = tuple(Source.__dataclass_fields__)
_SHARED = tuple(
    name for name in Factor.__dataclass_fields__ if name not in ("kg_per_kwh", "source")
)


def read_factors(paths: Iterable[Path | Traversable]) -> tuple[Factor, ...]:
    """Every row of the files, in their order.

    Raises ``FactorError`` with one line for each fault: text that is not TOML, a row without
    source, window or licence, a wrong unit, an id given twice, two rows for one key and day.
    """
    faults: list[str] = []
    held: list[Held] = []
    for path in paths:
        for where, row in _rows(path, faults):
            held += _checked(where, row, faults)
    faults += _faults_between(held)
    if faults:
        raise FactorError("\n".join(faults), "correct the factor files named")
    return tuple(factor for _, factor in held)


def _rows(path: Path | Traversable, faults: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        doc = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        faults.append(f"{path.name}: cannot be read: {error}")
        return
    sets = doc.pop("set", [])
    if doc or not isinstance(sets, list) or not sets:
        faults.append(f"{path.name}: must hold [[set]] tables and nothing else")
        return
    for shared in sets:
        rows = shared.pop("factors", [])
        name = shared.pop("id", "?")
        if not rows:
            faults.append(f"{path.name}: set {name}: has no factors")
        for row in rows:
            yield f"{path.name}: set {name}", {"set": name, **shared, **row}


def _checked(where: str, text: dict[str, Any], faults: list[str]) -> list[Held]:
    at = f"{where}: row {text.get('id', '?')}"
    try:
        row = _Row.model_validate(text)
    except ValidationError as error:
        faults += [f"{at}: {_plain(item['loc'], item['msg'])}" for item in error.errors()]
        return []
    factor = row.factor()
    found = list(_faults_within(factor))
    faults += [f"{at}: {fault}" for fault in found]
    return [] if found else [(where, factor)]


def _plain(loc: Sequence[str | int], message: str) -> str:
    return f"{'.'.join(map(str, loc))}: {message.lower()}"


def _faults_within(factor: Factor) -> Iterator[str]:
    value = factor.kg_per_kwh
    if value and not SMALLEST <= value <= LARGEST:
        yield f"value: {value} cannot be {UNIT}; is it t/kWh, kg/MWh or g/kWh?"
    if factor.valid_to is not None and factor.valid_to <= factor.valid_from:
        yield f"valid_to: {factor.valid_to} is not after valid_from {factor.valid_from}"
    if factor.kind == "named" and not (factor.supplier and factor.menu):
        yield "kind: a named menu needs supplier and menu"
    if factor.supplier and not factor.supplier_name:
        yield "supplier_name: missing"


def _faults_between(held: Sequence[Held]) -> Iterator[str]:
    by_id: dict[str, str] = {}
    by_key: dict[Key, list[Held]] = defaultdict(list)
    for where, factor in held:
        if factor.id in by_id:
            yield f"{where}: row {factor.id}: the id is also in {by_id[factor.id]}"
        by_id.setdefault(factor.id, where)
        for key in factor.keys:
            by_key[key].append((where, factor))
    for where, factor in held:
        if factor.supersedes and factor.supersedes not in by_id:
            yield f"{where}: row {factor.id}: supersedes {factor.supersedes}, which is not there"
    for rows in by_key.values():
        yield from _overlaps(rows)


def _overlaps(rows: Sequence[Held]) -> Iterator[str]:
    for (where, one), (_, other) in combinations(rows, 2):
        corrected = one.supersedes == other.id or other.supersedes == one.id
        if one.overlaps(other) and not corrected and one.id != other.id:
            yield f"{where}: row {one.id}: applies to the same key and days as {other.id}"

"""Tariff files: TOML text in, checked tariffs and series out, or every fault at once.

A file holds ``[[tariff]]`` tables (a tariff in one version) and ``[[series]]`` tables (prices by
bill month). The format is described in this folder's README.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from collector.tariffs.checks import faults_of, faults_of_series, overlap
from collector.tariffs.entries import SeriesTable, TariffTable
from collector.tariffs.fault_text import fault_text
from collector.tariffs.series import Series
from collector.tariffs.tariff import Tariff, TariffError
from collector.unreadable import why_unreadable
from edge_agent.process.bounded import tables_in, text_in

_TABLES: dict[str, type[TariffTable] | type[SeriesTable]] = {
    "tariff": TariffTable,
    "series": SeriesTable,
}


@dataclass(frozen=True, slots=True)
class TariffFiles:
    """What some files hold."""

    tariffs: tuple[Tariff, ...] = ()
    series: tuple[Series, ...] = ()

    def with_files(self, paths: Iterable[Path | Traversable]) -> TariffFiles:
        """What is held, and what the files hold; a series held already gets their entries too.

        Raises ``TariffError`` with one line for each fault: file, tariff or series, path, value.
        """
        faults: list[str] = []
        tariffs: list[tuple[str, Tariff]] = [("held already", tariff) for tariff in self.tariffs]
        series: list[tuple[str, Series]] = []
        for path in paths:
            for where, item in _items(path, faults):
                if isinstance(item, Tariff):
                    tariffs.append((where, item))
                else:
                    series.append((where, item))
        joined = _joined(self.series, series)
        faults += _faults_between(tariffs, series, joined)
        if faults:
            raise TariffError("\n".join(faults), "correct the tariff files named")
        return TariffFiles(tuple(_bound(tariff, joined) for _, tariff in tariffs), joined)


def _items(path: Path | Traversable, faults: list[str]) -> Iterator[tuple[str, Tariff | Series]]:
    try:
        doc = tables_in(text_in(path), Decimal)
    except (OSError, ValueError) as error:
        faults.append(f"{path.name}: {why_unreadable(error)}")
        return
    if not doc or not set(doc) <= set(_TABLES):
        faults.append(f"{path.name}: must hold [[tariff]] and [[series]] tables and nothing else")
        return
    for name, tables in doc.items():
        for number, table in enumerate(tables if isinstance(tables, list) else [tables]):
            where = f"{path.name}: {name} {_id_of(table, number)}"
            item = _item(name, table, where, faults)
            if item is not None:
                yield where, item


def _item(name: str, table: Any, where: str, faults: list[str]) -> Tariff | Series | None:
    try:
        item = _TABLES[name].model_validate(table).made()
    except ValidationError as error:
        faults += [f"{where}: {fault_text(fault)}" for fault in error.errors()]
        return None
    inner = faults_of(item) if isinstance(item, Tariff) else faults_of_series(item)
    found = list(inner)
    faults += [f"{where}: {fault}" for fault in found]
    return None if found else item


def _id_of(table: Any, number: int) -> str:
    return str(table.get("id", f"number {number + 1}")) if isinstance(table, dict) else "?"


def _joined(held: Sequence[Series], added: Sequence[tuple[str, Series]]) -> tuple[Series, ...]:
    found = {series.id: series for series in held}
    for _, series in added:
        known = found.get(series.id)
        found[series.id] = series if known is None else known.extended(series)
    return tuple(found.values())


def _faults_between(
    tariffs: Sequence[tuple[str, Tariff]],
    series: Sequence[tuple[str, Series]],
    joined: Sequence[Series],
) -> Iterator[str]:
    for (_, one), (where, other) in combinations(tariffs, 2):
        if overlap(one, other):
            yield f"{where}: in force on the same days as the version from {one.valid_from}"
    for (_, known), (where, again) in combinations(series, 2):
        if known.id == again.id:
            yield f"{where}: the id stands in two tables; join their entries"
    ids = [known.id for known in joined]
    for where, tariff in tariffs:
        for adder in tariff.adders:
            if adder.series and adder.series not in ids:
                yield f"{where}: adders {adder.id}: unknown series {adder.series}"


def _bound(tariff: Tariff, series: Sequence[Series]) -> Tariff:
    named = {adder.series for adder in tariff.adders}
    return replace(tariff, series=tuple(known for known in series if known.id in named))

"""The values of a region or supplier over the years: what was superseded, where a name changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary
from collector.factors.missing import nothing_fits


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row in order of time; ``break_before``: from here on the name means another quantity."""

    factor: Factor
    superseded_by: Factor | None
    break_before: bool


def history(
    library: FactorLibrary, region: str, supplier: str = "", menu: str = ""
) -> tuple[HistoryRow, ...]:
    """All rows of the region, of a supplier (number or name) of it, or of one menu.

    In order of method, menu and gas, each by activity and knowledge; withdrawals included. Without
    a supplier only the region's own rows. Raises ``FactorError`` when there are none.
    """
    rows = [row for row in library.factors if row.region == region and _of(row, supplier, menu)]
    if not rows:
        raise _nothing(library, region, supplier, menu)
    return tuple(_marked(library, sorted(rows, key=_order)))


def _of(row: Factor, supplier: str, menu: str) -> bool:
    named = supplier in (row.supplier, row.supplier_name) if supplier else not row.supplier
    return named and menu in ("", row.menu)


def _order(row: Factor) -> tuple[str, ...]:
    return (*_series(row), str(row.valid_from), str(row.known_on))


def _series(row: Factor) -> tuple[str, ...]:
    return (row.method, row.menu, row.kind, *row.gas_key)


def _marked(library: FactorLibrary, rows: list[Factor]) -> Iterator[HistoryRow]:
    # A menu's first row breaks with the supplier as a whole, where menus had no values before.
    begun: set[tuple[str, ...]] = set()
    for row in rows:
        series = (*_series(row), row.definition)
        earlier = any(
            other.method == row.method
            and other.definition != row.definition
            and other.valid_from < row.valid_from
            for other in rows
        )
        yield HistoryRow(row, library.superseded_by(row), earlier and series not in begun)
        begun.add(series)


def _nothing(library: FactorLibrary, region: str, supplier: str, menu: str) -> FactorError:
    if supplier or all(row.region != region for row in library.factors):
        return nothing_fits(library.factors, region, supplier, menu, "history")
    hint = "name one of its suppliers: collector factors list --region " + region
    return FactorError(f"{region} has no row of its own", hint)

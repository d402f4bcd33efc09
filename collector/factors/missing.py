"""What is said when no factor fits: what is there instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.methods import method_named


def nothing_fits(
    factors: Sequence[Factor], region: str, supplier: str, menu: str, method: str
) -> FactorError:
    """The error for a look-up without an answer; its hint names what is held nearby."""
    asked = " ".join(filter(None, (region, supplier, menu and f"menu {menu}", method)))
    return FactorError(f"no emission factor for {asked}", _hint(factors, region, supplier, method))


def _hint(factors: Sequence[Factor], region: str, supplier: str, method: str) -> str:
    rows = [row for row in factors if row.region == region]
    if not rows:
        near = near_words(region.upper(), {row.region for row in factors})
        return f"no factor of region {region} is held; near: {', '.join(near)}"
    parts = {row.menu for row in rows if row.kind == "part" and row.method == method}
    if parts:
        return f"{method} of {region} has the parts {_listed(parts)}; name one as menu"
    if not supplier or method_named(method).regional:
        return f"{region} has the methods {_listed(row.method for row in rows)}"
    of_supplier = [row for row in rows if supplier in (row.supplier, row.supplier_name)]
    if of_supplier:
        menus = _listed(row.menu or row.kind for row in of_supplier)
        methods = _listed(row.method for row in of_supplier)
        return f"{supplier} has the menus {menus}, the methods {methods}"
    return near_suppliers(rows, region, supplier)


def near_suppliers(rows: Iterable[Factor], region: str, supplier: str) -> str:
    """A hint with the suppliers of the region whose number or name is near."""
    full = {
        name: f"{row.supplier} {row.supplier_name}"
        for row in rows
        if row.region == region and row.supplier
        for name in (row.supplier, row.supplier_name)
    }
    if not full:
        return f"no supplier of {region} is held; method location gives the region's average"
    near = dict.fromkeys(full[name] for name in near_words(supplier, full))
    return f"suppliers near {supplier}: {', '.join(near)}"


def near_words(word: str, words: Iterable[str]) -> list[str]:
    """Up to five of the words: those that hold it, else those that look like it, else the first."""
    ordered = sorted(words)
    holding = [other for other in ordered if word and word in other]
    return (holding or difflib.get_close_matches(word, ordered, 5, 0.5) or ordered)[:5]


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(set(words)))

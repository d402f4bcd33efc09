"""From the ministries' list to a factor file: what is new, held already, or refused."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import ValidationError

from collector.errors import FactorError
from collector.factors.factor import Factor
from collector.factors.faults import faults_within
from collector.factors.lookup import FactorLibrary
from collector.factors.methods import ADJUSTED, BASIC, NATIONAL_AVERAGE, SUBSTITUTE
from collector.factors.ministry_blocks import ListRow, Refused, rows_of_list
from collector.factors.ministry_list import activity_year_named, decoded, read_list
from collector.factors.own_folder import Draft, Value, set_text
from collector.factors.row import UNIT, Row

REGION = "JP"
GRID_SUPPLIERS = {
    "北海道電力ネットワーク(株)": "hokkaido-network",
    "東北電力ネットワーク(株)": "tohoku-network",
    "東京電力パワーグリッド(株)": "tepco-power-grid",
    "中部電力パワーグリッド(株)": "chubu-power-grid",
    "北陸電力送配電(株)": "hokuriku-transmission",
    "関西電力送配電(株)": "kansai-transmission",
    "中国電力ネットワーク(株)": "chugoku-network",
    "四国電力送配電(株)": "shikoku-transmission",
    "九州電力送配電(株)": "kyushu-transmission",
    "沖縄電力(株)": "okinawa-network",
}
"""Grid operators, which have no registration number, by the name the list gives them."""


@dataclass(frozen=True, slots=True)
class ListEdition:
    """Which edition of the list it is, and the fiscal year of activity it is for."""

    published_on: str
    known_on: date
    activity_year: int
    url: str = ""

    @property
    def set_id(self) -> str:
        """The id of the set, and the beginning of its rows' ids."""
        return f"jp-shk-fy{self.activity_year}-{self.known_on:%Y%m%d}"


@dataclass(frozen=True, slots=True)
class ListImport:
    """What an import would do. ``draft`` is None when the list has nothing new."""

    draft: Draft | None
    taken: tuple[Factor, ...]
    unchanged: int
    refused: tuple[Refused, ...]


def import_list(
    name: str, content: bytes, edition: ListEdition, library: FactorLibrary
) -> ListImport:
    """Compare the list with the library. Nothing is written.

    A value that differs from the one that stands becomes a correction of it. Raises ``FactorError``
    when the file is not such a list, or is for another year than ``edition`` says.
    """
    text = decoded(content)
    _same_year(text, edition)
    rows, refused = rows_of_list(read_list(text))
    if not rows and not refused:
        hint = "it needs registration number, retailer, menu, basic and adjusted in t-CO2/kWh"
        raise FactorError(f"{name} holds no row of the list", hint)
    sha256 = hashlib.sha256(content).hexdigest()
    shared = _shared(edition, f"import of {name}, SHA-256 {sha256}")
    taken, unchanged, more = _sorted_out(rows, shared, edition, library)
    text_of_set = set_text(shared, [_given(factor, shared) for factor in taken])
    draft = Draft(f"{edition.set_id}.toml", text_of_set) if taken else None
    return ListImport(draft, taken, unchanged, (*refused, *more))


def _same_year(text: str, edition: ListEdition) -> None:
    named = activity_year_named(text)
    if named is not None and named != edition.activity_year:
        raise FactorError(
            f"the list is for activity of FY{named}, not FY{edition.activity_year}",
            f"write --activity-year {named}, or take the other list",
        )


def _shared(edition: ListEdition, via: str) -> dict[str, Value]:
    year = edition.activity_year
    return {
        "id": edition.set_id,
        "title": f"電気事業者別排出係数(特定排出者の温室効果ガス排出量算定用) FY{year - 1}実績",
        "publisher": "環境省・経済産業省",
        "revision": f"published {edition.published_on}, for activity of FY{year}",
        "published_on": edition.published_on,
        "url": edition.url,
        "via": via,
        "licence": "公共データ利用規約 (第1.0版), compatible with CC BY 4.0",
        "attribution": "環境省・経済産業省「電気事業者別排出係数」を加工して作成 (Mieruka)",
        "region": REGION,
        "valid_from": date(year, 4, 1),
        "valid_to": date(year + 1, 4, 1),
        "measured_from": date(year - 1, 4, 1),
        "measured_to": date(year, 4, 1),
        "known_on": edition.known_on,
        "status": "official",
        "unit": UNIT,
        "gas": "CO2",
    }


def _sorted_out(
    rows: Sequence[ListRow],
    shared: dict[str, Value],
    edition: ListEdition,
    library: FactorLibrary,
) -> tuple[tuple[Factor, ...], int, tuple[Refused, ...]]:
    taken, unchanged, refused = [], 0, []
    standing = _Standing(library)
    for row in rows:
        for values in _values(row, edition, standing):
            outcome = standing.judged({**shared, "set": edition.set_id, **values})
            if isinstance(outcome, str):
                refused.append(Refused(row.at, row.text, outcome))
            elif outcome is None:
                unchanged += 1
            else:
                taken.append(outcome)
    return tuple(taken), unchanged, tuple(refused)


def _values(row: ListRow, edition: ListEdition, standing: _Standing) -> Iterator[dict[str, Value]]:
    if not row.number:
        method = SUBSTITUTE if row.kind == "substitute" else NATIONAL_AVERAGE
        short = "substitute" if row.kind == "substitute" else "national-average"
        pairs = [(method, short, row.basic)]
    else:
        pairs = [(BASIC, "basic", row.basic), (ADJUSTED, "adjusted", row.adjusted)]
    place = _place(row, standing)
    part = _ascii(row.menu) if row.menu else row.kind
    middle = f"-{place['supplier']}-{part}-" if row.number else "-"
    for method, short, value in pairs:
        if value is not None:
            yield {
                "id": f"{edition.set_id}{middle}{short}",
                **place,
                "kind": row.kind,
                "method": method,
                "value": _kg(value),
                "note": row.note,
            }


def _place(row: ListRow, standing: _Standing) -> dict[str, Value]:
    if not row.number:
        return {}
    number, name, region, menu_name = row.number, row.name, REGION, row.menu_name
    if row.of_grid:
        number, menu_name = GRID_SUPPLIERS.get(name, f"grid-{number}"), "最終保障/離島供給"
        if number == "okinawa-network":
            region, name = "JP-47", f"{name} 一般送配電"
    name = standing.names.get((region, number), name)
    place = {"region": region, "supplier": number, "supplier_name": name, "menu": row.menu}
    return {**place, "menu_name": menu_name}


def _ascii(menu: str) -> str:
    # An id is read aloud and typed; a menu with a name of its own is told by a few digits.
    if re.fullmatch(r"[A-Za-z0-9]+", menu):
        return menu
    return f"menu-{hashlib.sha256(menu.encode()).hexdigest()[:8]}"


def _kg(tonnes: Decimal) -> str:
    return format(tonnes.scaleb(3), "f")


def _given(factor: Factor, shared: dict[str, Value]) -> dict[str, Value]:
    texts: dict[str, Value] = {
        name: getattr(factor, name)
        for name in (
            *("id", "region", "supplier", "supplier_name", "menu", "menu_name", "kind"),
            *("method", "status", "supersedes", "note"),
        )
    }
    texts["value"] = format(factor.kg_per_kwh, "f")
    return {name: value for name, value in texts.items() if value != shared.get(name)}


class _Standing:
    """The rows that stand now, to say of a new one whether it is new, a correction, or neither."""

    def __init__(self, library: FactorLibrary) -> None:
        standing = [row for row in library.factors if library.is_known(row)]
        self.names = {(row.region, row.supplier): row.supplier_name for row in standing}
        self._by_key: dict[tuple[str, ...], list[Factor]] = {}
        self._ids = {row.id for row in library.factors}
        for row in standing:
            for key in row.keys:
                self._by_key.setdefault((*key, *row.gas_key), []).append(row)

    def judged(self, values: dict[str, Value]) -> Factor | str | None:
        """The factor to take, a correction as such; None if it stands already; else why not."""
        factor = _checked(values)
        if isinstance(factor, str):
            return factor
        stood = self._overlapping(factor)
        if not stood:
            return self._new(factor)
        old = stood[0]
        if len(stood) > 1 or old.identity != factor.identity:
            return f"applies to the days of {stood[-1].id}, which has another window or kind"
        changed = old.kg_per_kwh != factor.kg_per_kwh
        if not changed and old.status != "preliminary":
            return None
        if factor.known_on <= old.known_on:
            return f"known_on {factor.known_on} is not after that of {old.id}, {old.known_on}"
        corrects = changed and old.status != "preliminary"
        status = {"status": "corrected" if corrects else "official"}
        correction = _checked({**values, **status, "supersedes": old.id})
        return correction if isinstance(correction, str) else self._new(correction)

    def _new(self, factor: Factor) -> Factor | str:
        if factor.id in self._ids:
            return f"the row {factor.id} is there already, or stands twice in the list"
        self._ids.add(factor.id)
        return factor

    def _overlapping(self, factor: Factor) -> list[Factor]:
        keys = ((*key, *factor.gas_key) for key in factor.keys)
        rows = {row.id: row for key in keys for row in self._by_key.get(key, ())}
        return [row for row in rows.values() if row.overlaps(factor)]


def _checked(values: dict[str, Value]) -> Factor | str:
    given = {name: value for name, value in values.items() if value != ""}
    try:
        factor = Row.model_validate(given).factor()
    except ValidationError as error:
        return "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors())
    return "; ".join(faults_within(factor)) or factor

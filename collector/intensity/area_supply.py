"""Area supply files of Japan's ten operators (エリア需給実績): CSV bytes to carbon intensity.

``eria_jukyu_YYYYMM_NN.csv`` with half-hourly mean MW by fuel, and the hourly files before 2023/24
with one column for all thermal power, whose points are ``estimated``. Traps and sources:
``shared/reference/co2-factors.md`` section 5. No licence statement was found for these files: the
user fetches them, and we pass none on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from collector.errors import CollectorError
from collector.intensity.area_cells import JAPAN_TIME, decoded, month_of, number_in
from collector.intensity.area_columns import MINUTE_MS, Head, read_head
from collector.intensity.area_lines import Account, Line, interval_ms, labelled, split
from collector.intensity.fuels import FuelLibrary
from collector.intensity.mix import THERMAL, Fuel, mix_kg_per_kwh
from collector.intensity.point import Boundary, IntensityPoint, Parsed, Refused

Labels = Literal["start", "end"]
END_LABELLED = frozenset({"09"})
"""Kyushu labels an interval by its end, all others by its start; the hourly files of energy
(before 2023/24) are labelled by the start everywhere."""
NOT_FILLED = "thermal power is zero or blank all month: the operator had not filled it in yet"
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True)
class _Slot:
    line_number: int
    start_ms: int
    mwh: Mapping[Fuel, Decimal]


def parse_area_supply(
    content: bytes,
    area: str,
    weights: FuelLibrary,
    boundary: Boundary = "direct",
    labels: Labels | None = None,
) -> Parsed:
    """The carbon intensity of every interval that the file tells.

    ``area`` is two digits, 01 to 10. ``labels`` overrules which end of an interval the file's
    times stand for. Raises ``CollectorError`` when the file as a whole cannot be read: archive,
    web page, no unit, no fuels, times that contradict the area's way of labelling them.
    """
    account = Account()
    above, rows = split(decoded(content))
    head = read_head(above)
    lines = list(labelled(rows, account))
    interval = interval_ms(lines, head.unit)
    ends = _end_labelled(lines, head, area) if labels is None else labels == "end"
    slots = _slots(lines, head, interval, -interval if ends else 0, account)
    points = (
        _point(slot, f"jp-{area}", interval, head, weights, boundary, account)
        for slot in _without_unfilled_months(list(slots), account)
    )
    return Parsed(
        tuple(point for point in points if point), tuple(account.refused), account.passed_over
    )


def _end_labelled(lines: Sequence[Line], head: Head, area: str) -> bool:
    ends = area in END_LABELLED and head.unit.is_power
    minutes = {line.minute for line in lines}
    other, own = (0, _MIDNIGHT) if ends else (_MIDNIGHT, 0)
    if other in minutes and own not in minutes:
        told, way = ("0:00 and no 24:00", "end") if ends else ("24:00 and no 0:00", "start")
        raise CollectorError(
            f"the times hold {told}, but area {area} labels an interval by its {way}",
            "check the area; if both are right, add --labels start or --labels end",
        )
    return ends


def _slots(
    lines: Sequence[Line], head: Head, interval: int, shift_ms: int, account: Account
) -> Iterator[_Slot]:
    held = _held_fuels(lines, head)
    seen: dict[int, int] = {}
    for line in lines:
        start_ms = line.label_ms + shift_ms
        try:
            if line.minute * MINUTE_MS % interval:
                raise ValueError(f"{line.minute // 60}:{line.minute % 60:02} is no slot's edge")
            if start_ms in seen:
                raise ValueError(f"the same time as line {seen[start_ms]}")
            mwh = _energies(line, head, held)
        except ValueError as error:
            account.refuse(line.number, str(error))
            continue
        if mwh:
            seen[start_ms] = line.number
            yield _Slot(line.number, start_ms, mwh)
        else:
            account.passed_over += 1


def _held_fuels(lines: Sequence[Line], head: Head) -> frozenset[Fuel]:
    """The fuels of the area: one that is blank on every line is one it does not have."""
    return frozenset(
        fuel
        for fuel, column in head.columns.items()
        if any(_has_value(line.cells, column) for line in lines)
    )


def _has_value(cells: Sequence[str], column: int) -> bool:
    try:
        return column < len(cells) and number_in(cells[column]) is not None
    except ValueError:
        return True


def _energies(line: Line, head: Head, held: frozenset[Fuel]) -> Mapping[Fuel, Decimal]:
    """MWh by fuel; empty when nothing is published for the line yet."""
    mwh: dict[Fuel, Decimal] = {}
    missing: list[str] = []
    for fuel, column in head.columns.items():
        try:
            value = number_in(line.cells[column]) if column < len(line.cells) else None
        except ValueError as error:
            raise ValueError(f"{head.names[fuel]}: {error}") from None
        if value is not None:
            mwh[fuel] = value * head.unit.mwh
        elif fuel in held:
            missing.append(head.names[fuel])
    if mwh and missing:
        raise ValueError(f"{', '.join(missing)} is blank, so the mix is not whole")
    return mwh


def _without_unfilled_months(slots: Sequence[_Slot], account: Account) -> Iterator[_Slot]:
    months: dict[str, list[_Slot]] = defaultdict(list)
    for slot in slots:
        months[month_of(slot.start_ms)].append(slot)
    for month, held in months.items():
        if any(slot.mwh.get(fuel) for slot in held for fuel in THERMAL):
            yield from held
        else:
            where = f"{month} (lines {held[0].line_number} to {held[-1].line_number})"
            account.refused.append(Refused(where, NOT_FILLED, len(held)))


def _point(
    slot: _Slot,
    area: str,
    interval: int,
    head: Head,
    weights: FuelLibrary,
    boundary: Boundary,
    account: Account,
) -> IntensityPoint | None:
    day = datetime.fromtimestamp(slot.start_ms / 1000, JAPAN_TIME).date()
    held = weights.on(boundary, day)
    kg_per_kwh = mix_kg_per_kwh(slot.mwh, held.kg_per_kwh)
    if kg_per_kwh is None:
        account.refuse(slot.line_number, "nothing was generated")
        return None
    return IntensityPoint(
        area=area,
        start_ms=slot.start_ms,
        end_ms=slot.start_ms + interval,
        g_per_kwh=float(kg_per_kwh * 1000),
        kind="actual" if head.thermal_is_split else "estimated",
        boundary=boundary,
        source=f"area-supply, weights {held.id}",
    )

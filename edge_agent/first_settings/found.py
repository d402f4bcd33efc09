"""Found units as rows of the settings. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from edge_agent.commission.identify import LIKELY, tie_note
from edge_agent.commission.recognise import Recognised
from edge_agent.commission.scan.sift import place_of
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.words import said

POWER = "active_power_w"


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter for the settings, and the line it is on."""

    link: LinkSettings
    meter: MeterSettings


def is_known(row: Recognised) -> bool:
    """Whether it is clear enough what the unit is to read it from now on."""
    best = row.best
    return best is not None and best.score >= LIKELY and not row.found.doubled


def told_of(row: Recognised) -> str:
    """What a unit is, in one line."""
    facts = {"unit": row.found.unit_id, "place": place_of(row.found.link)}
    best = row.best
    if row.found.doubled:
        return said("unit {unit} on {place}: two meters seem to have this id", **facts)
    if best is None or not is_known(row):
        return said("unit {unit} on {place}: it answers, but no profile fits", **facts)
    facts |= {"profile": best.profile.name, "percent": round(100 * best.score)}
    tie = tie_note(row.candidates)
    if tie:
        return said("unit {unit} on {place}: {profile}? {tie}", **facts, tie=tie)
    if POWER in best.values:
        kw = f"{best.values[POWER] / 1000:.3g}"
        return said(
            "unit {unit} on {place}: {profile}, fits to {percent} %, shows {kw} kW now",
            **facts,
            kw=kw,
        )
    return said("unit {unit} on {place}: {profile}, fits to {percent} %", **facts)


def new_meters(
    rows: Iterable[Recognised], links: Sequence[LinkSettings], meters: Sequence[MeterSettings]
) -> tuple[NewMeter, ...]:
    """The known units that ``links`` and ``meters`` do not hold yet, with ids of their own."""
    lines, taken = list(links), {meter.id for meter in meters}
    units = {(meter.link, meter.unit_id) for meter in meters}
    new: list[NewMeter] = []
    for row in filter(is_known, rows):
        link = _among(lines, row.found.link)
        if (link.id, row.found.unit_id) not in units:
            units.add((link.id, row.found.unit_id))
            new.append(NewMeter(link, _meter(row, link.id, taken)))
    return tuple(new)


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, with a number behind it when it is taken."""
    known = set(taken)
    ids = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(known) + 2))
    return next(each for each in ids if each not in known)


def same_place(one: LinkSettings, other: LinkSettings) -> bool:
    """Whether two links are one line: the same port, or the same address."""
    return _place(one) == _place(other)


def _among(lines: list[LinkSettings], link: LinkSettings) -> LinkSettings:
    for known in lines:
        if same_place(known, link):
            return known
    wanted = "rs485" if link.device else "lan"
    named = link.model_copy(update={"id": free_id(wanted, (each.id for each in lines))})
    lines.append(named)
    return named


def _place(link: LinkSettings) -> tuple[str, int]:
    return (link.device, 0) if link.device else (link.host, link.port)


def _meter(row: Recognised, link_id: str, taken: set[str]) -> MeterSettings:
    best = row.best
    assert best is not None
    number = next(n for n in range(1, len(taken) + 2) if f"meter-{n}" not in taken)
    taken.add(f"meter-{number}")
    return MeterSettings(
        id=f"meter-{number}",
        link=link_id,
        unit_id=row.found.unit_id,
        profile=best.profile.name,
        serial=best.serial[:80],
    )

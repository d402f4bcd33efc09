"""What a line's answers mean: units, two units with one id, noise, slow ones. PURE.

Before: for each unit id all that was heard when it was asked. After: the units, and notes in
words a fitter can act on.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from edge_agent.commission.scan.found import Found
from edge_agent.commission.scan.heard import Heard
from edge_agent.config import LinkSettings
from edge_agent.words import said

Trials = Mapping[int, Sequence[Heard]]
"""What was heard of each unit id, in the order of asking."""
SLOW_MS, HELD_UP_MS = 200.0, 25.0


def units_in(link: LinkSettings, trials: Trials) -> Iterator[Found]:
    """The units that are there on ``link``."""
    noisy = is_noisy(trials)
    for unit_id, heard in trials.items():
        there = [one for one in heard if one.there]
        if there:
            latency_ms = sum(one.latency_ms for one in there) / len(there)
            doubled = _spoiled(heard) > 1 and not noisy
            yield Found(link, unit_id, latency_ms, _evidence(heard), doubled)
        elif _always_garbled(heard) and not noisy:
            yield Found(link, unit_id, 0.0, _evidence(heard), True)


def is_noisy(trials: Trials) -> bool:
    """Whether answers of several units are spoiled: then it is the line, not a unit."""
    spoiled = [unit for unit, heard in trials.items() if _spoiled(heard) > 1]
    return len(spoiled) > 1


def line_notes(link: LinkSettings, trials: Trials) -> Iterator[str]:
    """What is to be known of a line on which units answer."""
    place = place_of(link)
    if is_noisy(trials):
        rows = [unit for unit, heard in trials.items() if _spoiled(heard)]
        yield said(
            "{place}: answers of units {units} are spoiled again and again: noise on the line. "
            "Check the two end resistors of 120 ohm, the shield, the common wire (GND) and the "
            "distance to power cables and inverters",
            place=place,
            units=_list(rows),
        )
        return
    yield from _foreign_notes(place, trials)
    for found in units_in(link, trials):
        if found.doubled:
            yield said(
                "{place}: at unit {unit} bytes come that are no whole answer, at the others not: "
                "two meters seem to have unit id {unit}, or its own connection is bad. Switch one "
                "of them off or take its wires out, scan again, and give one of them another id",
                place=place,
                unit=found.unit_id,
            )
        elif found.latency_ms > SLOW_MS:
            yield said(
                "{place}: unit {unit} takes {ms:.0f} ms to answer; give it timeout_ms = {wait}",
                place=place,
                unit=found.unit_id,
                ms=found.latency_ms,
                wait=advised_timeout_ms(found),
            )


def advised_timeout_ms(found: Found) -> int | None:
    """The ``timeout_ms`` that a slow unit wants in the settings: three times its latency."""
    slow = found.latency_ms > SLOW_MS
    return 100 * math.ceil(3 * found.latency_ms / 100) if slow else None


def _foreign_notes(place: str, trials: Trials) -> Iterator[str]:
    """Who answers for another again and again; once is a late answer."""
    for heard in trials.values():
        foreign = [one for one in heard if one.outcome == "foreign"]
        if len(foreign) > 1:
            told, todo = foreign[0].told, foreign[0].todo
            yield said("{place}: {told}, each time: {todo}", place=place, told=told, todo=todo)


def came_late(trials: Trials) -> list[int]:
    """Silent units after which the next one's first answer was late: theirs may have come first."""
    asked = list(trials)
    pairs = ((one, trials[other]) for one, other in pairwise(asked) if len(trials[one]) == 1)
    return [one for one, after in pairs if trials[one][0].outcome == "silent" and _held_up(after)]


def _held_up(heard: Sequence[Heard]) -> bool:
    later = [one.latency_ms for one in heard[1:] if one.there]
    return bool(later) and heard[0].there and heard[0].latency_ms > HELD_UP_MS + 2 * min(later)


def silence_note(device: str, tries: Sequence[tuple[LinkSettings, Trials]]) -> str:
    """Why no unit answered on a serial port at any of the settings that were tried."""
    garbled = [link for link, trials in tries if any(map(_spoiled, trials.values()))]
    if garbled:
        return said(
            "{device}: bytes come (at {settings}), but never a whole answer: speed or parity are "
            "others than were tried, or two meters answer at once. Look up the meter's "
            "communication settings on its display; with several meters, connect one alone",
            device=device,
            settings=modes_of(garbled[:3]),
        )
    return said(
        "{device}: not one byte came at {count} settings. Check that the meter has power, that A "
        "and B are not swapped (swap them once), the unit id, and that Modbus RTU is chosen in "
        "the meter: some leave the factory with another protocol",
        device=device,
        count=len(tries),
    )


def place_of(link: LinkSettings) -> str:
    """The line as people name it: port and settings, or address and kind."""
    if link.kind in ("rtu", "rtu-listen"):
        return f"{link.device} {mode_of(link)}"
    return f"{link.host}:{link.port} {link.kind}"


def mode_of(link: LinkSettings) -> str:
    """A serial line's settings as they stand on a meter's display: ``9600 8E1``."""
    return f"{link.baud} 8{link.parity}{link.stop_bits}"


def modes_of(links: Sequence[LinkSettings]) -> str:
    """Several lines' settings in a row."""
    return ", ".join(map(mode_of, links))


def _evidence(heard: Sequence[Heard]) -> str:
    garbled = _spoiled(heard)
    if garbled:
        of = len(heard)
        return said("{garbled} of {of} answers were spoiled", garbled=garbled, of=of)
    first = next(one for one in heard if one.there)
    if first.outcome == "refusal":
        return said("refused the address (exception {code}), so it is there", code=first.code)
    return said("it answered")


def _spoiled(heard: Sequence[Heard]) -> int:
    return sum(one.outcome == "garbled" for one in heard)


def _always_garbled(heard: Sequence[Heard]) -> bool:
    return len(heard) > 1 and all(one.outcome == "garbled" for one in heard)


def _list(units: Sequence[int]) -> str:
    return ", ".join(map(str, units))

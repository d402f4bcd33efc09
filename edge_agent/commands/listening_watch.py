"""What `edge-agent listen` knows of a line so far, for people and for machines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from edge_agent import profile
from edge_agent.config import LinkSettings
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.listen.heard_values import HeardValues, Value
from edge_agent.listen.heard_words import HeardWords
from edge_agent.listen.listener import LinePicture, Listener
from edge_agent.listen.traffic import UnitTraffic
from edge_agent.words import said

HUSH_S = 5.0
"""So long without a byte, or with bytes and no frame, and a reason is shown."""
GUESS_EVERY = 6
"""A guess takes a while: one look of so many makes one."""
GUESSES_SHOWN = 3
FEWEST_BAD, BAD_SHARE = 5, 0.1
"""So many bad answers, and more than this share of the questions, are no chance."""
FEWEST_SCORE = 0.5
"""A guess that scores less is none."""


@dataclass(slots=True)
class Watched:
    """One line, and all that is known of it until now; ``look`` brings it up to date.

    ``meter`` makes the values of a unit, None where nobody says what it is.
    """

    link: LinkSettings
    listener: Listener
    meter: Callable[[int], HeardValues | None]
    guess: bool = False
    line: LinePicture | None = None
    units: dict[int, HeardValues | None] = field(default_factory=dict)
    values: dict[int, dict[str, Value]] = field(default_factory=dict)
    words: dict[int, HeardWords] = field(default_factory=dict)
    guessed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    looks: int = 0

    @property
    def answered(self) -> bool:
        """Whether any unit was heard to answer."""
        return self.line is not None and any(one.sound for one in self.line.units.values())

    def look(self) -> None:
        """Take in what was heard since the last look."""
        for exchange in self.listener.take():
            unit = exchange.question.unit
            if unit not in self.units:
                self.units[unit] = self.meter(unit)
            self.words.setdefault(unit, HeardWords()).keep(exchange)
            meter = self.units[unit]
            if meter is not None:
                meter.hear(exchange)
                self.values.setdefault(unit, {}).update(meter.take(tuple(QUANTITIES)))
        self.looks += 1
        if self.looks % GUESS_EVERY == 0:
            self.suppose()
        self.line = self.listener.picture()

    def suppose(self) -> None:
        """Guess what the units are that nobody says it of."""
        if self.guess:
            unknown = [unit for unit in self.words if self.units.get(unit) is None]
            self.guessed = {unit: guesses(self.words[unit]) for unit in unknown}

    def document(self) -> dict[str, object]:
        """All of it, for machines; times in seconds and milliseconds as the names say."""
        line = self.line or self.listener.picture()
        units = sorted(line.units.values(), key=lambda one: one.unit)
        return {
            "device": self.link.device,
            "baud": self.link.baud,
            "parity": self.link.parity,
            "bytes": line.heard,
            "bytes_in_no_frame": line.unread,
            "frames": line.frames,
            "why": self.why(),
            "notes": [*self.notes()],
            "units": [self._unit_document(unit, line.now_s) for unit in units],
        }

    def why(self) -> str:
        """What is wrong with the line in one text, empty when nothing is."""
        line = self.line
        if self.listener.down is not None:
            down = self.listener.down
            return down.told
        if line is None or _fresh(line.frame_at_s, line.now_s):
            return ""
        if not _fresh(line.heard_at_s, line.now_s):
            return said(
                "nothing is heard: see whether the other master runs; check wiring A/B and the "
                "common wire"
            )
        return said("bytes come, but no frames: other speed or parity; --find-settings finds them")

    def notes(self) -> Iterator[str]:
        """What is odd about single units."""
        for unit in sorted(self.line.units.values(), key=lambda one: one.unit) if self.line else ():
            bad = unit.garbled + unit.unasked
            if bad >= FEWEST_BAD and bad > BAD_SHARE * unit.asked:
                yield said(
                    "unit {unit}: {bad} answers to {asked} questions are spoiled or unasked for: "
                    "two meters with one unit id, a bad wire, or noise",
                    unit=unit.unit,
                    bad=bad,
                    asked=unit.asked,
                )
            if unit.doubtful > BAD_SHARE * unit.asked:
                yield said(
                    "unit {unit} answers late: which question {count} of its answers belong to "
                    "cannot be told, and they are not used",
                    unit=unit.unit,
                    count=unit.doubtful,
                )

    def _unit_document(self, unit: UnitTraffic, now_s: float) -> dict[str, object]:
        mean_s = unit.latency_mean_s
        meter = self.units.get(unit.unit)
        return {
            "unit": unit.unit,
            "asked": unit.asked,
            "answered": unit.answered,
            "silent": unit.silent,
            "garbled": unit.garbled,
            "refused": unit.refused,
            "doubtful": unit.doubtful,
            "unasked": unit.unasked,
            "latency_ms": None if mean_s is None else round(1000 * mean_s, 1),
            "latency_max_ms": None if mean_s is None else round(1000 * unit.latency_max_s, 1),
            "requests": [
                {
                    "function": f,
                    "address": a,
                    "count": n,
                    "asked": one.asked,
                    "every_s": one.every_s,
                }
                for (f, a, n), one in sorted(unit.spans.items())
            ],
            "profile": meter.profile.name if meter else None,
            "may_be": list(self.guessed.get(unit.unit, ())),
            "values": {
                name: {"value": one.value, "age_s": round(now_s - one.at_s, 1)}
                for name, one in self.values.get(unit.unit, {}).items()
            },
        }


def guesses(words: HeardWords) -> tuple[str, ...]:
    """The likeliest profiles and their scores (0 to 1), best first; empty when none fits."""
    from edge_agent.commission.identify import identify

    models = [profile.load(name) for name in profile.available()]
    found = [one for one in identify(words.read, models) if one.score >= FEWEST_SCORE]
    return tuple(f"{one.profile.name} {one.score:.2f}" for one in found[:GUESSES_SHOWN])


def _fresh(at_s: float | None, now_s: float) -> bool:
    return at_s is not None and now_s - at_s <= HUSH_S

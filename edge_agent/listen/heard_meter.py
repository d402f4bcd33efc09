"""One meter that another master reads, and why nothing is heard of it. PURE.

Before: the meter's settings, and the figures of the line. After: an error that says in a person's
words what is missing: bytes, frames, questions, answers, or registers of the profile.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edge_agent import link_faults
from edge_agent.bus import PolledMeter
from edge_agent.errors import BadAnswerError, SilentMeterError, SkipMeterError
from edge_agent.listen.heard_values import HeardValues
from edge_agent.listen.listener import LinePicture
from edge_agent.listen.traffic import UnitTraffic
from edge_agent.words import said

PATIENCE_S = 60.0
PATIENCE_TURNS = 3.0
"""A meter is missed after so many of its intervals or the other master's, and ``PATIENCE_S``."""
SLOWER = 1.5
"""So many times our own interval is too slow for it."""
SHOWN = 6
"""So many units or requests are named in one line."""


@dataclass(slots=True)
class HeardMeter:
    """A meter as the agent knows it, its values as they are heard, and since when it is awaited."""

    meter: PolledMeter
    values: HeardValues
    since_s: float
    told_doubts: bool = False

    def patience_s(self, unit: UnitTraffic | None) -> float:
        """How long without a reading is nothing to worry about."""
        slowest_s = max(portion.every_s for portion in self.meter.portions)
        paces_s = [span.every_s or 0.0 for span in unit.spans.values()] if unit else []
        return max(PATIENCE_S, PATIENCE_TURNS * max([slowest_s, *paces_s]))

    def missed(self, line: LinePicture, device: str) -> SkipMeterError | None:
        """Why there is no reading of this meter; None while it is too early to ask."""
        unit = line.units.get(self.meter.settings.unit_id)
        since_s = line.now_s - self.patience_s(unit)
        if self.since_s > since_s:
            return None
        if not _after(line.heard_at_s, since_s):
            return _nothing_heard(device)
        if not _after(line.frame_at_s, since_s):
            return _no_frames(line, device)
        if unit is None or not _after(unit.asked_at_s, since_s):
            return self._not_asked(line, unit)
        return self._not_given(unit, since_s)

    def doubts(self, unit: UnitTraffic | None) -> Iterator[str]:
        """What should be known once of a meter that is heard: what is absent, slow or assumed."""
        paces_s = [span.every_s for span in unit.spans.values() if span.every_s] if unit else []
        if paces_s and min(paces_s) > SLOWER * self.meter.interval_s:
            yield said(
                "the other master reads it every {pace_s} s only: write every_s = {pace_s} for it",
                pace_s=round(min(paces_s)),
            )
        rows = self.values.profile.registers
        if absent := [row.quantity for row in rows if row.quantity not in self.values.ever]:
            yield said("the other master does not read: {names}", names=listed(absent))
        if assumed := self.values.assumed:
            yield said(
                "nobody reads how the meter is set ({names}): taken as it comes from the factory, "
                "compare its values with its display once",
                names=listed(assumed),
            )

    def _not_asked(self, line: LinePicture, unit: UnitTraffic | None) -> SkipMeterError:
        unit_id = self.meter.settings.unit_id
        if unit is not None and unit.asked_at_s is not None:
            ago_s = line.now_s - unit.asked_at_s
            return SilentMeterError(
                said(
                    "nobody asks this meter any more (unit {unit}, last {ago_s} s ago)",
                    unit=unit_id,
                    ago_s=round(ago_s),
                ),
                said("see whether the other master runs, and still has this unit in its list"),
            )
        asked = sorted(one.unit for one in line.units.values() if one.asked)
        return SilentMeterError(
            said("nobody asks unit {unit} on this line", unit=unit_id),
            said("correct unit_id (asked are: {units})", units=listed(map(str, asked))),
        )

    def _not_given(self, unit: UnitTraffic, since_s: float) -> SkipMeterError:
        """What is wrong with a meter that is asked."""
        unit_id = unit.unit
        if not _after(unit.answered_at_s, since_s):
            if unit.garbled > unit.silent:
                what = said("what unit {unit} answers is spoiled on the way", unit=unit_id)
                return BadAnswerError(what, said("check wiring, shield and termination"))
            return SilentMeterError(
                said("unit {unit} gives the other master no answer", unit=unit_id),
                said("check the meter's supply and its wiring"),
            )
        if unit.refused and not unit.answered:
            return link_faults.refusal(unit_id, unit.refusal)
        if unit.doubtful and not unit.answered:
            return BadAnswerError(
                said("which question unit {unit} answers cannot be told", unit=unit_id),
                said("its answers come late: give the other master a longer time limit"),
            )
        return self._no_values(unit)

    def _no_values(self, unit: UnitTraffic) -> SkipMeterError:
        profile = self.values.profile.name
        if self.values.wrong:
            what = said("the meter is not set as profile {profile} wants it", profile=profile)
            return BadAnswerError(what, self.values.wrong)
        asked = listed(f"{f}: 0x{a:04X}+{n}" for f, a, n in sorted(unit.spans))
        if self.values.unscaled:
            return BadAnswerError(
                said("the scale of profile {profile} hangs on what nobody reads", profile=profile),
                said("let the other master read the meter's settings too, once"),
            )
        return BadAnswerError(
            said(
                "what is read of unit {unit} holds no value of profile {profile}",
                unit=unit.unit,
                profile=profile,
            ),
            said("choose the meter's own profile (read are, by function: {asked})", asked=asked),
        )


def _nothing_heard(device: str) -> SilentMeterError:
    return SilentMeterError(
        said("nothing is heard on {device}", device=device),
        said("see whether the other master runs; check wiring A/B and the common wire"),
    )


def _no_frames(line: LinePicture, device: str) -> BadAnswerError:
    return BadAnswerError(
        said("{heard} bytes came on {device}, no whole frame", heard=line.heard, device=device),
        said(
            "correct baud and parity: `edge-agent listen {device} --find-settings` tells them",
            device=device,
        ),
    )


def _after(at_s: float | None, since_s: float) -> bool:
    return at_s is not None and at_s >= since_s


def listed(names: Iterable[str]) -> str:
    """The first few names in a row."""
    found = list(names)
    return ", ".join(found[:SHOWN]) + (", ..." if len(found) > SHOWN else "")

"""Whether a meter is what a profile says, by the registers in which it names itself.

Before: a profile and a way to read. After: how well it fits, and the meter's own serial number.
PURE but for the reads it is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edge_agent import sunspec
from edge_agent.errors import RefusedError
from edge_agent.profile import IdentityRow, Profile
from edge_agent.sunspec import Read
from edge_agent.words import said


@dataclass(frozen=True, slots=True)
class Match:
    """How well a meter fits a profile.

    ``score`` is 1 when every row that tells models apart is as expected, 0 when one is not or
    none could be read, and between when some could not be read. ``known`` is whether any could:
    a score of 0 that is known is a contradiction, else nothing is. ``told`` says why.
    """

    score: float
    model: str = ""
    serial: str = ""
    told: tuple[str, ...] = ()
    known: bool = False
    firmware: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """One identity row and what the meter answered; None: it has no such register."""

    row: IdentityRow
    words: tuple[int, ...] | None

    @property
    def shown(self) -> str:
        """What the meter says there; empty when nothing."""
        return "" if self.words is None else self.row.shown(self.words)

    @property
    def fits(self) -> bool | None:
        """Whether it is as expected; None when nothing is expected, or nothing came."""
        if self.words is None or not self.row.expects:
            return None
        return self.row.accepts(self.words)


def match(profile: Profile, read: Read) -> Match:
    """How well the meter behind ``read`` fits ``profile``; one request for each identity row.

    Raises what ``read`` raises, other than the refusal of an address.
    """
    if profile.anchor:
        return _match_sunspec(profile.anchor.models, read)
    return judged(answers(profile, read))


def answers(profile: Profile, read: Read) -> tuple[Answered, ...]:
    """What the meter says in every identity row. Raises as ``match``."""
    return tuple(Answered(row, _words(row, read)) for row in profile.identity)


def judged(rows: tuple[Answered, ...]) -> Match:
    """What the answered rows come to."""
    telling = [row for row in rows if row.row.expects]
    verdicts = [row.fits for row in telling if row.fits is not None]
    wrong = not all(verdicts)
    return Match(
        score=0.0 if wrong or not telling else len(verdicts) / len(telling),
        model=_shown(rows, "model"),
        serial=_shown(rows, "serial"),
        told=tuple(_told(rows)),
        known=bool(verdicts),
        firmware=_shown(rows, "firmware"),
    )


def _match_sunspec(models: tuple[int, ...], read: Read) -> Match:
    try:
        place = sunspec.find(read, models)
    except sunspec.NoMapError as error:
        return Match(0.0, told=(error.args[0],), known=True)
    texts, model = place.texts, place.model
    told = said("SunSpec model {id} at register {at}", id=model.id, at=model.address)
    return Match(
        score=1.0,
        model=texts.get("model", ""),
        serial=texts.get("serial", ""),
        told=(told,),
        known=True,
        firmware=texts.get("firmware", ""),
    )


def _words(row: IdentityRow, read: Read) -> tuple[int, ...] | None:
    try:
        return read(row.function, row.address, row.count)
    except RefusedError as error:
        if not sunspec.is_absent(error):
            raise
        return None


def _shown(rows: tuple[Answered, ...], role: str) -> str:
    return next((row.shown for row in rows if row.row.role == role and row.shown), "")


def _told(rows: tuple[Answered, ...]) -> Iterator[str]:
    for row in rows:
        if row.fits is None:
            continue
        values = {"at": f"0x{row.row.address:04X}", "shown": row.shown}
        if row.fits:
            yield said("register {at} says {shown}, as this model does", **values)
        else:
            values["wanted"] = row.row.wanted()
            yield said("register {at} says {shown}, where this model says {wanted}", **values)

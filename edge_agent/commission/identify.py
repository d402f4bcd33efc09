"""Which profile a meter is: by the registers in which it names itself, and by its values.

PURE but for the reads it is given. Every profile is tried through one shared reader, so that most
of them cost no request of their own; what contradicts a profile's identity registers is not read
any further.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from edge_agent.commission.plausible import plausibility
from edge_agent.commission.reader import Read, SharedReader
from edge_agent.commission.sample import Sample, is_answered, sample
from edge_agent.errors import RefusedError, SkipMeterError
from edge_agent.identity import Answered, Match, judged, match
from edge_agent.profile import Profile, Wiring
from edge_agent.settle import Settled, settle
from edge_agent.words import said

NAMED = 0.5
"""What identity registers that fit count for; the values count for the rest."""
UNNAMED = 0.9
"""The most that a profile may score by its values alone."""
BREADTH = 0.2
"""Of two profiles that fit, the one that explains more values is preferred by so much."""
CONTRADICTED = 0.45
"""The most when the meter calls itself something else: a model that the profile does not name."""
MUTE = 0.05
"""Off for a meter that does not tell its model where the profile's would."""
STOPPED, DOUBTED = 0.6, 0.7
"""Factors for a meter that is set otherwise than the profile can read, or that is doubtful."""
MANY_SPOILED = 3
CERTAIN, SURE = 0.9, 0.75
"""A named candidate that scores so high spares the other ones, those without a name."""
TIE = 0.02
ENERGY = "active_energy_import_wh"
LIKELY = 0.5
"""Below it no profile fits: the reading may be shifted or turned round (see ``solve``)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A profile that a meter may be; ``score`` 0 to 1, ``reasons`` for and against it in words.

    ``values`` are as the meter gives them now: CT and VT ratios are not multiplied.
    """

    profile: Profile
    score: float
    reasons: tuple[str, ...]
    values: Mapping[str, float]
    serial: str = ""
    model: str = ""


def identify(
    read: Read, profiles: Iterable[Profile], *, wiring: Wiring | None = None
) -> tuple[Candidate, ...]:
    """The ``profiles`` that the meter behind ``read`` may be, the best first.

    With ``wiring`` those that cannot be connected so score half. Profiles that nothing speaks for
    are left out. Raises what ``read`` raises when the unit does not answer at all.
    """
    shared = SharedReader(read)
    shared.knock()
    tried = _tried_all(profiles, shared, wiring)
    ranked = _ranked(tried)
    best = tuple(_looked_at_again(one, shared) for one in ranked[:1])
    return best + tuple(one.candidate for one in ranked[1:])


def _tried_all(
    profiles: Iterable[Profile], shared: SharedReader, wiring: Wiring | None
) -> list[_Tried]:
    """What the profiles come to; the rest is spared once the meter has named itself."""
    matches: list[tuple[Profile, Match]] = []
    for profile in sorted(profiles, key=_says_least):
        matched = _match(profile, shared)
        if matched.score == 1:
            named = _tried(profile, matched, shared, wiring)
            if named.candidate.score >= CERTAIN:
                return [named]
        matches.append((profile, matched))
    tried: list[_Tried] = []
    sure = False
    for profile, matched in sorted(matches, key=lambda pair: _last_named(pair[1])):
        if matched.score == 0 and sure:
            break
        if matched.known and matched.score == 0 and any(o.candidate.score >= SURE for o in tried):
            break
        tried.append(_tried(profile, matched, shared, wiring))
        sure = sure or (matched.score > 0 and tried[-1].candidate.score >= SURE)
    return tried


def reads_nonsense(candidate: Candidate) -> bool:
    """Whether the meter names itself so, and yet its values cannot be true: see ``solve``."""
    return candidate.score >= LIKELY and plausibility(candidate.values).score < LIKELY


def tied(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates that cannot be told from the best one; empty when it stands alone."""
    near = [one for one in candidates if candidates[0].score - one.score <= TIE]
    return tuple(near) if len(near) > 1 else ()


def tie_note(candidates: Sequence[Candidate]) -> str:
    """What to look at when several candidates fit equally well; "" when one stands alone."""
    rows = tied(candidates)
    if not rows:
        return ""
    names = ", ".join(f"{one.profile.name} ({', '.join(one.profile.models)})" for one in rows)
    return said(
        "these fit equally well: {names}. Read the model on the meter's face and choose",
        names=names,
    )


def _match(profile: Profile, shared: SharedReader) -> Match:
    """How the meter names itself; what contradicts, or says nothing, costs one request a row."""
    try:
        if profile.anchor:
            return match(profile, shared)
        for row in (row for row in profile.identity if row.expects):
            with suppress(RefusedError):
                words = shared(row.function, row.address, row.count)
                if row.accepts(words):
                    return match(profile, shared)
                return judged((Answered(row, words),))
    except RefusedError as error:
        return Match(0.0, told=(error.message,))
    return Match(0.0)


def _says_least(profile: Profile) -> int:
    return -sum(row.expects for row in profile.identity)


def _last_named(matched: Match) -> tuple[float, bool]:
    return -matched.score, matched.known


@dataclass(frozen=True, slots=True)
class _Tried:
    """A candidate, and its profile as it was made for this meter; None: it could not be."""

    candidate: Candidate
    settled: Profile | None = None


def _tried(profile: Profile, matched: Match, shared: SharedReader, wiring: Wiring | None) -> _Tried:
    nothing = _Tried(Candidate(profile, 0.0, matched.told, {}))
    try:
        if not profile.anchor and not is_answered(profile, shared):
            return nothing
        settled = settle(profile, shared)
        if settled.profile.anchor:
            return nothing
        taken = sample(settled.profile, shared)
    except RefusedError:
        return nothing
    score, doubts = _score(profile, matched, taken, wiring), _settings_doubts(settled, taken)
    reasons = (*matched.told, *dict.fromkeys(taken.plausibility.reasons), *doubts)
    if wiring and profile.wirings and wiring not in profile.wirings:
        reasons += (said("it is not made for {wiring}", wiring=wiring),)
    serial, model = settled.serial or matched.serial, settled.model or matched.model
    score *= STOPPED if settled.stops else 1.0
    candidate = Candidate(profile, score, reasons, taken.values, serial, model)
    return _Tried(candidate, settled.profile)


def _settings_doubts(settled: Settled, taken: Sample) -> Iterator[str]:
    yield from taken.bounds_told
    yield from (complaint.text for complaint in settled.complaints)
    if taken.answered < 1:
        share = round(100 * taken.answered)
        yield said("{share} % of its registers were answered", share=share)


def _score(profile: Profile, matched: Match, taken: Sample, wiring: Wiring | None) -> float:
    if matched.score > 0:
        score = NAMED * matched.score + (1 - NAMED) * taken.score
    elif matched.known:
        score = CONTRADICTED * taken.score
    else:
        silent = any(row.expects for row in profile.identity)
        score = UNNAMED * taken.score - (MUTE if silent else 0.0)
    foreign = wiring and profile.wirings and wiring not in profile.wirings
    return score / 2 if foreign else score


def _ranked(tried: Sequence[_Tried]) -> list[_Tried]:
    """The best first; what explains few of the values that others see is set back a little."""
    counts = [plausibility(one.candidate.values).counted for one in tried]
    most = max(counts, default=0)
    rows = []
    for one, count in zip(tried, counts, strict=True):
        behind = BREADTH * (1 - count / most) if most else 0.0
        score = round(one.candidate.score - behind, 4)
        if score > 0:
            rows.append(replace(one, candidate=replace(one.candidate, score=score)))
    return sorted(rows, key=lambda one: -one.candidate.score)


def _looked_at_again(tried: _Tried, shared: SharedReader) -> Candidate:
    """The best one read once more: energy that falls, or another serial number, is told."""
    candidate = tried.candidate
    try:
        doubts = (*_other_serial(candidate, shared), *_falling_energy(tried, shared))
    except SkipMeterError as error:
        doubts = (error.message,)
    if shared.spoiled >= MANY_SPOILED:
        doubts += (_spoiled(shared.spoiled),)
    score = candidate.score * (DOUBTED if doubts else 1.0)
    return replace(candidate, score=score, reasons=(*candidate.reasons, *doubts))


def _spoiled(count: int) -> str:
    return said(
        "{count} of its answers were spoiled: two meters with one unit id, or noise", count=count
    )


def _other_serial(candidate: Candidate, shared: SharedReader) -> Iterator[str]:
    rows = [row for row in candidate.profile.identity if row.role == "serial"]
    for row in rows if candidate.serial and not candidate.profile.anchor else ():
        again = row.shown(shared.fresh(row.function, row.address, row.count))
        if again != candidate.serial:
            yield said(
                "its serial number was {first}, then {second}: two meters with one unit id?",
                first=candidate.serial,
                second=again,
            )


def _falling_energy(tried: _Tried, shared: SharedReader) -> Iterator[str]:
    before = tried.candidate.values.get(ENERGY)
    for row in tried.settled.registers if tried.settled and before else ():
        if row.quantity == ENERGY and row.scale_register is None and before:
            after = row.value_of(shared.fresh(row.function, row.address, row.words))
            if after is not None and after < before:
                yield said("its energy counter fell while it was looked at")

"""What must be known of the very meter before it is polled: where its map lies, how it is set.

Before: a profile as its file says, and a way to read. After: a plain profile with final addresses
and scales, its requests planned; the serial number; and what is wrong. Always settle the profile
that ``profile.load`` gave, not one that is settled. PURE but for the reads it is given.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from edge_agent import sunspec
from edge_agent.errors import RefusedError
from edge_agent.identity import Answered, answers, judged
from edge_agent.profile import Profile, Register, Setting, Severity
from edge_agent.registers import Number
from edge_agent.sunspec import Read
from edge_agent.words import said

__all__ = ["Complaint", "Read", "Settled", "settle"]

ENERGY = "active_energy_import_wh"
"""The counter that a profile's [counter] is about."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something about the meter that a person must look at; "stop": its values would be wrong."""

    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A profile made for one meter. ``settings`` are the numbers that the meter is set to."""

    profile: Profile
    serial: str = ""
    model: str = ""
    complaints: tuple[Complaint, ...] = ()
    settings: Mapping[str, Number] = field(default_factory=dict)
    firmware: str = ""

    @property
    def stops(self) -> bool:
        """Whether the meter must not be read by this profile."""
        return any(complaint.severity == "stop" for complaint in self.complaints)


def settle(profile: Profile, read: Read) -> Settled:
    """``profile`` made for the meter behind ``read``; no request when there is nothing to settle.

    Raises what ``read`` raises, other than the refusal of an address: try again later.
    """
    if not profile.to_settle:
        return Settled(profile)
    if not profile.anchor:
        return _settle_here(profile, read)
    try:
        place = sunspec.find(read, profile.anchor.models)
        moved = profile.moved(place.model.address)
    except sunspec.NoMapError as error:
        return Settled(profile, complaints=(Complaint("stop", error.args[0]),))
    texts = place.texts
    settled = _settle_here(moved, read)
    return replace(
        settled,
        serial=settled.serial or texts.get("serial", ""),
        model=settled.model or texts.get("model", ""),
        firmware=settled.firmware or texts.get("firmware", ""),
    )


def _settle_here(profile: Profile, read: Read) -> Settled:
    rows = answers(profile, read)
    found = judged(rows)
    settings = {setting.name: _number(setting, read) for setting in profile.settings}
    scaling = {name for register in profile.registers for name in register.scale_by}
    complaints = [*_strangers(profile, rows)]
    for setting in profile.settings:
        complaints += _complaints(setting, settings[setting.name], setting.name in scaling)
    return Settled(
        _scaled(profile, settings),
        found.serial,
        found.model,
        tuple(complaints),
        {name: number for name, number in settings.items() if number is not None},
        found.firmware,
    )


def _number(setting: Setting, read: Read) -> Number | None:
    try:
        return setting.number_of(read(setting.function, setting.address, setting.words))
    except RefusedError as error:
        if not sunspec.is_absent(error):
            raise
        return None


def _factor(setting: Setting, number: Number | None) -> float | None:
    if number is None:
        return 1.0 if setting.optional else None
    return setting.factor_of(number)


def _scaled(profile: Profile, numbers: Mapping[str, Number | None]) -> Profile:
    """The profile with the meter's factors in its scales; a factor that is unknown counts 1."""
    factors = {row.name: _factor(row, numbers[row.name]) or 1.0 for row in profile.settings}
    plain = replace(profile, settings=())
    if not profile.scales_itself:
        return plain
    energy = (row for row in profile.registers if row.quantity == ENERGY)
    counter = math.prod(_factor_of(row, factors) for row in energy)
    modulus_wh = profile.counter_modulus_wh
    return replace(
        plain.with_registers(tuple(_with_factor(row, factors) for row in profile.registers)),
        counter_step_wh=profile.counter_step_wh * counter,
        counter_modulus_wh=None if modulus_wh is None else modulus_wh * counter,
    )


def _factor_of(row: Register, factors: Mapping[str, float]) -> float:
    return math.prod(factors[name] for name in row.scale_by)


def _with_factor(row: Register, factors: Mapping[str, float]) -> Register:
    return replace(row, scale=row.scale * _factor_of(row, factors), scale_by=())


def _strangers(profile: Profile, rows: tuple[Answered, ...]) -> Iterator[Complaint]:
    for row in rows:
        if row.fits is False:
            text = said(
                "the meter calls itself {shown}, and profile {profile} is for {wanted}",
                shown=row.shown,
                profile=profile.name,
                wanted=row.row.wanted(),
            )
            yield Complaint("warn", text)


def _complaints(setting: Setting, number: Number | None, scales: bool) -> Iterator[Complaint]:
    if number is None:
        if not setting.optional:
            text = said("the meter does not tell its setting {name}", name=setting.name)
            yield Complaint("stop" if scales else "warn", text)
        return
    values = {"name": setting.name, "found": f"{number:g}"}
    if setting.expect and number not in setting.expect:
        wanted = ", ".join(f"{good:g}" for good in setting.expect)
        text = said(
            "the meter's setting {name} is {found}, not {wanted}: {message}",
            **values,
            wanted=wanted,
            message=setting.message,
        )
        yield Complaint(setting.severity, text)
    if scales and setting.factor_of(number) is None:
        text = said("the meter's setting {name} is {found}, which gives no scale", **values)
        yield Complaint("stop", text)

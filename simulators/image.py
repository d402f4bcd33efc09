"""What of a meter does not change while it runs: identity, settings, scale factors, addresses.

PURE. Before: a profile and one meter of it. After: fixed words by function and address, and the
profile as this very meter has it: addresses final, the factors of its settings in the scales.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.profile import IdentityRow, Profile, Register
from edge_agent.registers import FORMATS
from simulators import sunspec
from simulators.hookup import Hookup, usual_wiring
from simulators.plant import PlantMeter

Place = tuple[int, int]
"""(function, address)"""
_GREATEST: Mapping[str, int] = {"u16": 0xFFFE, "s16": 0x7FFE, "u32": 0xFFFFFFFE, "s32": 0x7FFFFFFE}
LEAST_POWER, GREATEST_POWER = -3, 10


@dataclass(frozen=True, slots=True)
class Image:
    """One meter's profile, its fixed words, and the power of ten of each scale register.

    ``alone`` are the spans that tell the identity when exactly they are asked for: some meters
    (Carlo Gavazzi) have a value in the same register for whoever reads across it.
    """

    profile: Profile
    words: Mapping[Place, int]
    powers: Mapping[Place, int]
    alone: frozenset[tuple[int, int, int]]

    def power_of(self, register: Register) -> int:
        """The power of ten that multiplies this register's number."""
        if register.scale_register is None:
            return 0
        return self.powers[register.function, register.scale_register]


def hookup_of(meter: PlantMeter, profile: Profile) -> Hookup:
    """How the meter is connected: as the plant says, else by four wires, else as it can be."""
    if meter.hookup is not None:
        return meter.hookup
    return Hookup(usual_wiring(profile.wirings))


def image_of(meter: PlantMeter, profile: Profile, hookup: Hookup, voltage_v: float) -> Image:
    """The fixed part of ``meter``. ``ValueError`` for a setting that the profile has not."""
    words: dict[Place, int] = {}
    if profile.anchor:
        model = sunspec.meter_model(profile.anchor.models, hookup.wiring)
        functions = {row.function for row in profile.registers} | {3}
        chain = sunspec.chain(model, _texts(meter, profile))
        words |= {(f, address): word for f in functions for address, word in chain.items()}
        profile = profile.moved(sunspec.METER_AT)
    for row in profile.identity:
        shown = row.words_of(_shown(row, meter))
        places = [(row.function, row.address + index) for index in range(row.count)]
        # What a chain says of itself stands: a model there is told by its number in it.
        words |= {p: word for p, word in zip(places, shown, strict=True) if p not in words}
    words |= _settings(meter, profile)
    scaled = profile.with_registers(
        tuple(_scaled(row, meter, profile) for row in profile.registers)
    )
    powers = _powers(scaled, meter, voltage_v)
    words |= {place: power & 0xFFFF for place, power in powers.items()}
    alone = frozenset((row.function, row.address, row.count) for row in scaled.identity)
    return Image(scaled, words, powers, alone)


def serial_of(meter: PlantMeter) -> str:
    """The serial number on the meter's plate: the plant's, else one made of its id."""
    return meter.serial or str(10_000_000 + zlib.crc32(meter.id.encode()) % 90_000_000)


def _texts(meter: PlantMeter, profile: Profile) -> dict[str, str]:
    names = {"maker": profile.vendor[:32], "model": profile.models[0][:32], "version": "1.0"}
    return names | {"serial": serial_of(meter)[:32]}


def _shown(row: IdentityRow, meter: PlantMeter) -> str | int | float:
    typical: str | int | float = row.typical()
    if row.role != "serial" or row.expects:
        return typical
    serial = serial_of(meter)
    if row.format == "text":
        return serial[: row.count * row.chars_per_register]
    digits = "".join(filter(str.isdecimal, serial)) or "0"
    return int(digits) % int(2 ** (16 * row.count - 1))


def _settings(meter: PlantMeter, profile: Profile) -> dict[Place, int]:
    known = {row.name for row in profile.settings}
    strange = sorted(set(meter.settings) - known)
    if strange:
        raise ValueError(f"{profile.name} has no setting {strange[0]}")
    words: dict[Place, int] = {}
    for row in profile.settings:
        shown = row.words_of(meter.settings.get(row.name, row.typical()))
        words |= {(row.function, row.address + index): word for index, word in enumerate(shown)}
    return words


def _scaled(row: Register, meter: PlantMeter, profile: Profile) -> Register:
    """The register with the factors of the meter's settings in its scale."""
    scale = row.scale
    for setting in profile.settings:
        if setting.name in row.scale_by:
            scale *= setting.factor_of(meter.settings.get(setting.name, setting.typical())) or 1.0
    return row if scale == row.scale else replace(row, scale=scale)


def _powers(profile: Profile, meter: PlantMeter, voltage_v: float) -> dict[Place, int]:
    """For each scale register the finest power of ten at which all of its values fit."""
    powers: dict[Place, int] = {}
    for row in profile.registers:
        if row.scale_register is not None:
            place = row.function, row.scale_register
            powers[place] = max(powers.get(place, LEAST_POWER), _fitting(row, meter, voltage_v))
    return powers


def _fitting(row: Register, meter: PlantMeter, voltage_v: float) -> int:
    full_w = meter.rated_power_kw * 1000
    # One phase may carry all, at a bad power factor; the rest is what a miswiring adds.
    greatest = {
        "V": 2 * voltage_v, "A": 6 * full_w / voltage_v, "Hz": 70.0, "": 1.0,
        "W": 3 * full_w, "var": 3 * full_w, "VA": 3 * full_w, "Wh": 1e6, "varh": 1e6,
    }[QUANTITIES[row.quantity].unit]  # fmt: skip
    bits = 16 * FORMATS[row.format].words
    most = _GREATEST.get(row.format, 2 ** (bits - 1)) * row.scale
    fitting = (p for p in range(LEAST_POWER, GREATEST_POWER) if greatest <= most * 10.0**p)
    return 0 if QUANTITIES[row.quantity].kind == "counter" else next(fitting, GREATEST_POWER)

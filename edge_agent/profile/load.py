"""A profile's text made into the model that is read with."""

from __future__ import annotations

from dataclasses import replace

from edge_agent.config_faults import shipped_profiles
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.errors import ConfigError, StopError
from edge_agent.profile.checks import parse
from edge_agent.profile.facts import TEXT, Anchor, IdentityRow, NeverWrite, Setting, Source
from edge_agent.profile.fault_line import ProfileFaultsError
from edge_agent.profile.file import document, place_of
from edge_agent.profile.model import Profile
from edge_agent.profile.register import Register, plan
from edge_agent.profile.text import (
    IdentityText,
    NeverWriteText,
    ProfileText,
    ReadingText,
    RegisterText,
    SettingText,
)
from edge_agent.registers import FORMATS
from edge_agent.words import Said, joined, said


def available() -> tuple[str, ...]:
    """The names of the shipped profiles, sorted."""
    return shipped_profiles()


def load(name_or_path: str) -> Profile:
    """The profile of that name, or in the file at that path (it ends in ``.toml``).

    Raises ``StopError`` telling every fault of the file, or the near names when there is none.
    """
    place = place_of(name_or_path)
    try:
        return profile_of(place.name, parse(document(place)))
    except ProfileFaultsError as error:
        head = said("profile {name}", name=place.name)
        lines: list[str] = [joined(": ", [head, line]) for line in error.faults]
        hint = said("correct the profile; `edge-agent profile check FILE` tells when it is well")
        raise ConfigError(lines, hint) from None


def faults(name_or_path: str) -> list[str]:
    """What ``load`` would complain about, one line each; empty when the profile is sound."""
    try:
        load(name_or_path)
    except ConfigError as error:
        return error.faults
    except StopError as error:
        return [error.message]
    return []


def profile_of(name: str, file: ProfileText) -> Profile:
    """The model that ``file``, which has no faults, describes."""
    registers = _registers(file)
    bare = Profile(
        name=name,
        vendor=file.vendor,
        models=file.models,
        registers=registers,
        blocks=plan(registers, file.reading.limits()),
        max_registers=file.reading.max_registers,
        max_gap=file.reading.max_gap,
        min_gap_ms=file.reading.min_gap_ms,
        timeout_ms=file.reading.timeout_ms,
        unit_id=file.factory.unit_id,
        baud=file.factory.baud,
        parity=file.factory.parity,
        stop_bits=file.factory.stop_bits,
        counter_step_wh=file.counter.step_wh,
        counter_modulus_wh=file.counter.modulus_wh,
        verification=file.verification,
        sources=tuple(Source(row.title, row.revision, row.where) for row in file.sources),
        limits=file.reading.limits(),
    )
    return _with_facts(bare, file)


def _with_facts(bare: Profile, file: ProfileText) -> Profile:
    """``bare`` and what the file says beyond its registers."""
    factory, anchor = file.factory, file.anchor
    return replace(
        bare,
        extends=file.extends,
        wirings=file.wirings,
        values=file.values,
        quirks=tuple(_told(text) for text in file.quirks),
        identity=tuple(_identity(row, file.reading) for row in file.identity),
        settings=tuple(_setting(name, row, file) for name, row in file.settings.items()),
        never_write=tuple(_never_write(row) for row in file.never_write),
        anchor=Anchor(anchor.kind, anchor.models) if anchor else None,
        bauds=factory.bauds or ((factory.baud,) if factory.baud else ()),
        parities=factory.parities or ((factory.parity,) if factory.parity else ()),
        tcp_port=factory.tcp_port,
        must_enable=_told(factory.must_enable),
    )


def _registers(file: ProfileText) -> tuple[Register, ...]:
    """Every register with the defaults of [reading] filled in, in the order people expect."""
    rows = file.registers
    return tuple(_register(name, rows[name], file.reading) for name in QUANTITIES if name in rows)


def _register(name: str, row: RegisterText, reading: ReadingText) -> Register:
    return Register(
        quantity=name,
        function=row.function or reading.function,
        address=row.address,
        format=row.format or reading.format or "",
        scale=row.scale,
        offset=row.offset,
        word_order=row.word_order or reading.word_order,
        byte_order=row.byte_order or reading.byte_order,
        not_available=row.not_available,
        encoding=row.encoding,
        optional=row.optional,
        verified=row.verified,
        scale_by=row.scale_by,
        scale_register=row.scale_register,
        zero_is_missing=row.zero_is_missing,
        bounds=row.range,
    )


def _identity(row: IdentityText, reading: ReadingText) -> IdentityRow:
    return IdentityRow(
        role=row.role,
        function=row.function,
        address=row.address,
        count=row.count or (1 if row.format == TEXT else FORMATS[row.format].words),
        format=row.format,
        chars_per_register=row.chars_per_register,
        word_order=row.word_order or reading.word_order,
        byte_order=row.byte_order or reading.byte_order,
        between=row.between,
        equals=row.equals,
        begins=row.text,
    )


def _setting(name: str, row: SettingText, file: ProfileText) -> Setting:
    return Setting(
        name=name,
        function=row.function,
        address=row.address,
        format=row.format,
        word_order=row.word_order or file.reading.word_order,
        byte_order=row.byte_order or file.reading.byte_order,
        scale=row.scale,
        expect=row.expect,
        severity=row.severity,
        message=_told(row.message),
        factors=row.map,
        optional=row.optional,
    )


def _never_write(row: NeverWriteText) -> NeverWrite:
    return NeverWrite(_told(row.why), row.address, row.last, row.function)


def _told(text: str) -> Said:
    """A sentence of the file, which a catalogue may have in the reader's language."""
    return Said(text, {})

"""A proposal of ``solve`` as a profile of its own, and a found meter as rows of the settings.

PURE: both are texts that a person looks at and keeps.
"""

from __future__ import annotations

from collections.abc import Iterator

from edge_agent.commission.scan.found import Found
from edge_agent.commission.scan.sift import advised_timeout_ms, place_of
from edge_agent.commission.solve import Change, told_of
from edge_agent.config import LinkSettings
from edge_agent.profile import Profile, Register

_SERIAL = ("device", "baud", "parity", "stop_bits")
_NETWORK = ("host", "port")


def proposed_profile(parent: str, profile: Profile, change: Change, day: str) -> str:
    """The TOML of a profile that reads as ``change`` says; ``parent`` is what it extends.

    Every changed register is written out, so that it can be compared with the manual. ``day`` is
    an ISO date.
    """
    lines = [
        f"# Proposed on {day} for a meter that {profile.name} does not fit: {told_of(change)}.",
        "# Its values made physical sense then. Compare each with the meter's display.",
        "",
        f"extends = {_quoted(parent)}",
        'verification = "none"',
        "identity = []  # the parent's lie elsewhere, or say another model",
        "",
        "[reading]",
        "even = false",
        "holes = []",
        "readable = []",
        "",
        "[registers]",
        *(_register(row, change.of(row)) for row in profile.registers),
    ]
    return "\n".join(lines) + "\n"


def settings_rows(found: Found, profile: str, meter_id: str, link_id: str) -> str:
    """The TOML of one found meter, to paste into the settings below its link."""
    lines = [
        "[[meters]]",
        f"id = {_quoted(meter_id)}",
        f"link = {_quoted(link_id)}",
        f"unit_id = {found.unit_id}",
        f"profile = {_quoted(profile)}",
    ]
    wait_ms = advised_timeout_ms(found)
    return "\n".join([*lines, *([f"timeout_ms = {wait_ms}"] if wait_ms else [])])


def link_rows(link: LinkSettings, link_id: str) -> str:
    """The TOML of a line, to paste into the settings."""
    keys = _SERIAL if link.kind == "rtu" else _NETWORK
    lines = [f"# {place_of(link)}", "[[links]]", f"id = {_quoted(link_id)}"]
    lines.append(f"kind = {_quoted(link.kind)}")
    return "\n".join([*lines, *(f"{key} = {_value(getattr(link, key))}" for key in keys)])


def _register(old: Register, new: Register) -> str:
    keys = ", ".join(_changed_keys(old, new))
    return f"{new.quantity} = {{ {keys} }}"


def _changed_keys(old: Register, new: Register) -> Iterator[str]:
    yield f"address = 0x{new.address:04X}"
    if new.scale_register is not None:
        yield f"scale_register = 0x{new.scale_register:04X}"
    for key in ("function", "format", "word_order", "byte_order", "scale"):
        if getattr(new, key) != getattr(old, key):
            yield f"{key} = {_value(getattr(new, key))}"


def _value(value: object) -> str:
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

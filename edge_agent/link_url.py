"""A link and a unit in one line of text, for a meter that is in no settings file.

``tcp://host:502?unit=1``, ``rtu+tcp://host:502?unit=1`` or
``rtu:///dev/ttyUSB0?baud=9600&parity=N&stop_bits=1&unit=2``; every other key of ``[[links]]`` may
follow too.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pydantic import Field, ValidationError

from edge_agent.config import SERIAL_KEYS, LinkSettings, Whole
from edge_agent.config_faults import schema_faults
from edge_agent.errors import ConfigError
from edge_agent.words import said

KINDS = {"tcp": "tcp", "rtu+tcp": "rtu-over-tcp", "rtu": "rtu"}
HINT = said(
    "write tcp://host:502?unit=1, rtu+tcp://host:502?unit=1 "
    "or rtu:///dev/ttyUSB0?baud=9600&parity=N&unit=1"
)


class Target(LinkSettings):
    """A link, and the unit on it."""

    unit: Whole = Field(ge=0, le=255)


def parse(url: str, **defaults: Any) -> Target:
    """The target that ``url`` names.

    ``defaults`` (``unit`` and, for serial lines, ``baud``, ``parity``, ``stop_bits``) hold where
    the URL is silent. Raises ``ConfigError`` with all faults of the URL.
    """
    scheme, fields = _fields(url)
    known = {k: v for k, v in defaults.items() if scheme == "rtu" or k not in SERIAL_KEYS}
    try:
        return Target.model_validate({"id": "link", "kind": KINDS[scheme], **known, **fields})
    except ValidationError as error:
        faults = [_fault(url, fault) for fault in schema_faults(error, Target)]
        raise ConfigError(faults, HINT) from None


def _fields(url: str) -> tuple[str, dict[str, Any]]:
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, strict_parsing=bool(parts.query))
        query: dict[str, Any] = {k: int(v) if v.isdecimal() else v for k, v in pairs}
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError([_fault(url, str(error))], HINT) from None
    if parts.scheme not in KINDS:
        raise ConfigError([_fault(url, said("not a link"))], HINT)
    if parts.scheme == "rtu":
        return parts.scheme, {"device": parts.path, **query}
    return parts.scheme, {"host": host, **({"port": port} if port else {}), **query}


def _fault(url: str, what: str) -> str:
    return said("{url}: {what}", url=url, what=what)

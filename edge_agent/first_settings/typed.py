"""What people type, made into what the settings want. Refusals are ``StopError``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_agent.config import LinkSettings, MqttSettings
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.errors import StopError
from edge_agent.link_url import parse
from edge_agent.process.address import host_and_port
from edge_agent.words import Language, said

_LANGUAGES: dict[str, Language] = {"en": "en", "ja": "ja"}
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line as somebody named it. ``exact``: with all its settings, so none need be looked for."""

    link: LinkSettings
    exact: bool


def name(text: str) -> str:
    """A name for topics and files. Raises ``StopError``."""
    if re.fullmatch(NAME_PATTERN, text):
        return text
    what = said("{text} cannot be a name", text=f'"{text}"')
    raise StopError(what, said("use a-z, 0-9, - and _, for example sendai-1"))


def suggested_name(hostname: str) -> str:
    """A name made of what the machine is called."""
    bare = re.sub(r"[^a-z0-9_-]+", "-", hostname.partition(".")[0].lower()).strip("-_")
    return bare[:63] or "agent-1"


def language(text: str) -> Language:
    """A language of ours. Raises ``StopError``."""
    found = _LANGUAGES.get(text)
    if found is not None:
        return found
    what = said("there is no language {text}", text=f'"{text}"')
    raise StopError(what, said("write en or ja"))


def broker_url(text: str) -> str:
    """The broker's address as [mqtt] url has it; a bare host will do. Raises ``StopError``."""
    text = text.strip()
    if "://" not in text:
        text = f"{'mqtts' if text.endswith(':8883') else 'mqtt'}://{text}"
    try:
        if re.search(r"\s", text):
            raise ValueError(text)
        return MqttSettings(url=text).url
    except ValueError:  # pydantic's is one too
        what = said("{text} is no address of a broker", text=text)
        hint = said(
            "write for example 192.168.1.5, broker.local:1883 or mqtts://broker.example.com"
        )
        raise StopError(what, hint) from None


def file(text: str) -> Path | None:
    """The file, by its whole path; None for nothing. Raises ``StopError`` where there is none."""
    if not text:
        return None
    path = Path(text).absolute()
    if path.is_file():
        return path
    what = said("there is no file {path}", path=path)
    raise StopError(what, said("give its whole path"))


def line(text: str) -> Line:
    """A serial port, a network address or a link's URL. Raises ``StopError``."""
    text = text.strip()
    if "://" in text:
        return Line(_link_of_url(text), exact=True)
    if text.startswith("/"):
        return Line(_link(text, id="rs485", kind="rtu", device=text), exact=False)
    host, port = text, 502
    if ":" in text:
        try:
            host, port = host_and_port(text)
        except ValueError:
            raise _no_line(text) from None
    if not _HOST.fullmatch(host):
        raise _no_line(text)
    return Line(_link(text, id="lan", kind="tcp", host=host, port=port), exact=False)


def _link_of_url(text: str) -> LinkSettings:
    target = parse(text, unit=1)
    row = target.model_dump(exclude_defaults=True, exclude={"unit"})
    return _link(text, **{**row, "id": "rs485" if target.kind == "rtu" else "lan"})


def _link(text: str, **row: Any) -> LinkSettings:
    try:
        return LinkSettings.model_validate(row)
    except ValidationError:
        raise _no_line(text) from None


def _no_line(text: str) -> StopError:
    return StopError(
        said("{text} is no serial port and no address", text=text),
        said("write /dev/ttyUSB0, 192.168.1.20 or rtu:///dev/ttyUSB0?baud=9600&parity=N"),
    )

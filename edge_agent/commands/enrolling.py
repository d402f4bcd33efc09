"""`edge-agent enrol`: a certificate for this agent, from the line that its collector printed."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from edge_agent import config, settings_file
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption
from edge_agent.commands.told import speaking
from edge_agent.config import AgentSettings
from edge_agent.enrolment.certificate import Certificate
from edge_agent.enrolment.enrol import enrol as get_certificate
from edge_agent.enrolment.identity import Identity
from edge_agent.errors import AgentError, StopError
from edge_agent.words import in_language, language_of, said

INSTALLED = Path("/etc/mieruka/agent.toml")
"""Where `deploy/pi/install.sh` puts the settings."""
UrlOption = Annotated[str, typer.Option(help="The collector's fleet server, https://...")]
TokenOption = Annotated[
    str, typer.Option(help="The one-time token; asked for when it is left out.", show_default=False)
]


def enrol(url: UrlOption, token: TokenOption = "", path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Get this agent's certificate with a one-time token, and write it into the settings.

    The key is made here and never leaves. The agent renews the certificate by itself.
    """
    path = _settings_file(path)
    settings = config.load(path, page_on=True, unenrolled=True)
    with speaking(language_of(settings.agent.language)):
        _enrol(url, token, path, settings)


def _enrol(url: str, token: str, path: Path, settings: AgentSettings) -> None:
    if not _is_https(url):
        what = said("{url} is not the address of a fleet server", url=url)
        raise StopError(what, said("write it as the collector printed it: https://..."))
    secret = token or typer.prompt(in_language(said("token"), language_of()), hide_input=True)
    identity = Identity.of(settings.agent.state_dir)
    found = get_certificate(url, secret, settings.agent.id, identity)
    changes = _changes(path, settings, identity, url.rstrip("/"), found.broker_url)
    _tell_certificate(found.certificate)
    _write(path, changes)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, a bracket left open
        return False


def _settings_file(path: Path) -> Path:
    """The settings to change: those of the installed agent, where none are named and none here.

    The line that a collector prints knows nothing of where they are.
    """
    if path != DEFAULT_CONFIG or path.exists():
        return path
    try:
        return INSTALLED if INSTALLED.exists() else path
    except PermissionError:
        what = said("{path} cannot be read: not with the rights of this user", path=INSTALLED)
        raise StopError(what, said("put `sudo -u mieruka` before the line")) from None


def _changes(
    path: Path, settings: AgentSettings, identity: Identity, url: str, broker_url: str
) -> dict[str, dict[str, Any]]:
    """The keys of [mqtt] and [fleet] from now on; a certificate takes the password's place."""
    mqtt = {
        "url": broker_url or settings.mqtt.url,
        "ca_file": _beside(path, identity.ca_file),
        "cert_file": _beside(path, identity.agent_file),
        "key_file": None,
        "username": None,
        "password_file": None,
    }
    return {"mqtt": mqtt, "fleet": {"url": url}}


def _beside(path: Path, file: Path) -> str:
    """The file as the settings name it: relative to them where it lies below."""
    folder = path.parent.absolute()
    return str(file.relative_to(folder) if file.is_relative_to(folder) else file)


def _write(path: Path, changes: dict[str, dict[str, Any]]) -> None:
    try:
        backup = settings_file.change_tables(path, changes)
    except AgentError as error:
        # The certificate is there and the token spent: what is left can be done by hand.
        _say(said("the settings could not be changed: {fault}", fault=error.told))
        _say(said("write this into {path} by hand:", path=path))
        for name, keys in changes.items():
            lines = [f'{key} = "{value}"' for key, value in keys.items() if value is not None]
            sys.stdout.write("\n".join([f"[{name}]", *lines]) + "\n")
        raise typer.Exit(1) from error
    _say(said("{path} is changed, {backup} is as it was", path=path, backup=backup.name))
    _say(said("start the agent anew: sudo systemctl restart edge-agent"))


def _tell_certificate(held: Certificate) -> None:
    until = datetime.fromtimestamp(held.not_after_ms / 1000, UTC).date().isoformat()
    text = said(
        "{agent} is enrolled; its certificate is good until {until} and is renewed by itself",
        agent=held.name,
        until=until,
    )
    _say(text)


def _say(text: str) -> None:
    sys.stdout.write(f"{in_language(text, language_of())}\n")

"""Whether the broker can be reached, trusted, and lets this agent in: one short visit."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from edge_agent.contract.topics import ROOT
from edge_agent.errors import StopError
from edge_agent.first_settings.answers import BrokerAnswers
from edge_agent.probes.broker import Address, Wants, broker_findings
from edge_agent.probes.finding import Finding
from edge_agent.process.secret_file import secret_in
from edge_agent.words import said

LOGIN = "broker: login"
LARGEST_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Tried:
    """How it went; ``detail`` is what was measured, in English, ``hint`` what to look at."""

    well: bool
    text: str
    hint: str = ""
    detail: str = ""


def try_broker(broker: BrokerAnswers, agent_id: str) -> Tried:
    """Visit the broker; takes ten seconds at most. Raises ``StopError`` for unreadable files."""
    address = _address(broker)
    place = f"{address.host}:{address.port}"
    with closing(_findings(address, agent_id)) as findings:
        for finding in findings:
            if finding.mark == "fault":
                return _failed(finding, place)
            if finding.subject == LOGIN:
                break
    return Tried(True, said("the broker at {place} answers and lets this agent in", place=place))


def _findings(address: Address, agent_id: str) -> Generator[Finding, None, None]:
    """What is seen up to being let in; the rest of the look is the doctor's."""
    topic = f"{ROOT}/{agent_id}/doctor/{secrets.token_hex(4)}"
    wants = Wants(f"{agent_id}-doctor", topic, 0, 20, LARGEST_BYTES, 60)
    yield from broker_findings(address, wants)


def _failed(finding: Finding, place: str) -> Tried:
    text, hint = _doubt(finding.subject, place)
    return Tried(False, text, hint, finding.measured)


def _doubt(subject: str, place: str) -> tuple[str, str]:
    if subject == "broker":
        return (
            said("the broker at {place} does not answer", place=place),
            said("is it running, is the address right, does a firewall let its port through?"),
        )
    if subject == "broker: TLS":
        return (
            said("the broker at {place} cannot be trusted, or speaks no TLS there", place=place),
            said("check the port (8883 with TLS), the host name and the CA's certificate"),
        )
    return (
        said("the broker at {place} does not let this agent in", place=place),
        said("check user and password, and the broker's log"),
    )


def _address(broker: BrokerAnswers) -> Address:
    parts = urlsplit(broker.url)
    encrypted = parts.scheme == "mqtts"
    file = broker.password_file
    try:
        password = secret_in(file) if file else broker.password
        context = ssl.create_default_context(cafile=broker.ca_file) if encrypted else None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        what = said("{path} cannot be used: {reason}", path=file or broker.ca_file, reason=reason)
        raise StopError(what, said("name a file that this user may read")) from None
    return Address(
        host=parts.hostname or "",
        port=parts.port or (8883 if encrypted else 1883),
        username=broker.username or None,
        password=password or None,
        tls=context,
    )

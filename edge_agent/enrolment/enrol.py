"""First contact: from a one-time token to a certificate.

The token carries a pin of the server's authority, so no trust is needed before: a server that
cannot show an authority with that pin, or whose name does not fit, never sees the token's secret.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_agent.contract import enrolment as wire
from edge_agent.enrolment import certificate
from edge_agent.enrolment.certificate import Certificate
from edge_agent.enrolment.client import FleetClient
from edge_agent.enrolment.identity import Identity
from edge_agent.errors import StopError
from edge_agent.words import said


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What has come: the certificate, and where the broker is ("": nothing was said of it)."""

    certificate: Certificate
    broker_url: str


def enrol(url: str, token_text: str, agent: str, identity: Identity) -> Enrolled:
    """Get the first certificate for ``agent`` and keep it. Raises ``AgentError``.

    The token is spent only when the certificate has been issued.
    """
    token = _token(token_text)
    identity.prepare()
    client = FleetClient(url)
    authority = certificate.pinned(client.authorities(), token.pin)
    if authority is None:
        raise StopError(
            said("the server at {url} is not the one that made the token", url=url),
            said("compare the address with the collector's line; else somebody is in between"),
        )
    key = certificate.new_key()
    request = wire.EnrolRequest(token.secret.hex(), certificate.request_for(key, agent))
    answer = client.send(wire.ENROL, request, client.trusting(authority))
    return keep(answer, key, agent, identity)


def keep(answer: bytes, key: str, agent: str, identity: Identity) -> Enrolled:
    """Look through what was issued, and keep it. Raises ``StopError`` for what does not fit."""
    try:
        issued = wire.decode(wire.Issued, answer)
    except wire.EnrolmentError as error:
        raise _unfit(str(error)) from error
    if not certificate.fits(issued.certificate, key, agent):
        raise _unfit(said("the certificate is for another key or name"))
    if not certificate.fingerprints(issued.authorities):
        raise _unfit(said("no authority to trust"))
    identity.put(issued.certificate, key, issued.authorities)
    held = certificate.certificate_of(issued.certificate, str(identity.agent_file))
    return Enrolled(held, issued.broker_url)


def _token(text: str) -> wire.Token:
    try:
        return wire.token_of(text)
    except wire.EnrolmentError:
        what = said("that is not a token: it has eight groups of five letters and digits")
        raise StopError(what, said("copy the whole line that the collector printed")) from None


def _unfit(reason: str) -> StopError:
    return StopError(
        said("the fleet server's answer cannot be used: {reason}", reason=reason),
        said("a fault in the program: please report this line"),
    )

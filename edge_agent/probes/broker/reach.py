"""Whether a broker can be reached, and what its certificate says."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import suppress

from edge_agent.probes.broker.visit import CONNECT_S, Address, VisitError
from edge_agent.probes.finding import Finding, fault, note, ok

DAY_S = 86_400
SOON_DAYS = 21
WORD_S = 0.5
"""So long a broker has for its word on our certificate."""
_NO_CERTIFICATE = (
    "wants a certificate of this machine",
    "Enrol this agent, or set cert_file in [mqtt].",
)
_STRANGER = (
    "does not know who issued this machine's certificate",
    "Enrol this agent with the collector that this broker belongs to.",
)
_REFUSALS = {
    "CERTIFICATE_REVOKED": (
        "refuses this machine's certificate: revoked",
        "Ask the collector's people why; an agent is let in again by `collector fleet enrol`.",
    ),
    "CERTIFICATE_EXPIRED": (
        "refuses this machine's certificate: expired",
        "It is renewed without a person; when that fails, the log says why.",
    ),
    "CERTIFICATE_REQUIRED": _NO_CERTIFICATE,
    "HANDSHAKE_FAILURE": _NO_CERTIFICATE,
    "UNKNOWN_CA": _STRANGER,
    "BAD_CERTIFICATE": _STRANGER,
}
"""What the alerts of RFC 8446, 6.2, mean here, and what to do."""
WAITS = "Readings wait in the outbox until it is back."


def reach_findings(address: Address, now_s: float) -> Iterator[Finding]:
    """TCP, then TLS. Raises ``VisitError`` after a fault: there is no going on."""
    place = f"{address.host}:{address.port}"
    start_s = time.perf_counter()
    try:
        with socket.create_connection((address.host, address.port), CONNECT_S) as line:
            took_ms = (time.perf_counter() - start_s) * 1000
            yield ok("broker", f"{place} answers in {took_ms:.1f} ms")
            yield from _tls(address, line, now_s)
    except OSError as error:
        yield network_fault(place, error)
        raise VisitError("not reached") from error


def network_fault(place: str, error: OSError) -> Finding:
    """A fault of the network or of TLS, in words that say what to do."""
    # ssl's errors are OSErrors as well, so they come first.
    if isinstance(error, ssl.SSLCertVerificationError):
        measured = f"{place}: its certificate is not trusted: {error.verify_message}"
        remedy = "Correct [mqtt] ca_file, or the host name in [mqtt] url; renew what has expired."
        return fault("broker: TLS", measured, WAITS, remedy)
    if isinstance(error, ssl.SSLError):
        for alert, (word, remedy) in _REFUSALS.items():
            if alert in (getattr(error, "reason", None) or ""):
                return fault("broker: TLS", f"{place} {word}", WAITS, remedy)
        measured = f"{place}: no TLS: {getattr(error, 'reason', None) or error.strerror}"
        remedy = "Is that the broker's TLS port (8883)? mqtt:// is for ports without TLS."
        return fault("broker: TLS", measured, WAITS, remedy)
    if isinstance(error, socket.gaierror):
        measured = f"{place}: the name is not known"
        return fault("broker", measured, WAITS, "Correct [mqtt] url, or this machine's DNS.")
    remedy = "Is it running, is [mqtt] url right, and does a firewall let its port through?"
    return fault("broker", f"{place}: {_reason(error)}", WAITS, remedy)


def _reason(error: OSError) -> str:
    return "no answer" if isinstance(error, TimeoutError) else error.strerror or str(error)


def _tls(address: Address, line: socket.socket, now_s: float) -> Iterator[Finding]:
    if address.tls is None:
        yield _plain(address.host)
        return
    try:
        with address.tls.wrap_socket(line, server_hostname=address.host) as secure:
            version, certificate = secure.version() or "TLS", secure.getpeercert() or {}
            _await_word(secure)
    except ssl.SSLError:
        raise
    except OSError as error:  # some servers hang up, or wait, when they are spoken to like that
        raise ssl.SSLError(error.errno or 0, _reason(error)) from error
    yield certificate_finding(version, certificate.get("notAfter"), now_s)


def _await_word(secure: ssl.SSLSocket) -> None:
    """Let the broker say what it thinks of our certificate: TLS 1.3 has that come afterwards.

    One that takes it says nothing before our CONNECT. Raises ``ssl.SSLError``.
    """
    secure.settimeout(WORD_S)
    with suppress(TimeoutError, ConnectionError):
        secure.recv(1)


def _plain(host: str) -> Finding:
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return ok("broker: TLS", "not encrypted, on this machine only")
    what = "Who is on the way can read the readings and the password, and can send others."
    remedy = "Across any network but the plant's own: mqtts:// and deploy/mosquitto/mosquitto.conf."
    return note("broker: TLS", "not encrypted", what, remedy)


def certificate_finding(version: str, not_after: object, now_s: float) -> Finding:
    """The broker's certificate, trusted by now; ``not_after`` as Python's ssl tells it."""
    if not isinstance(not_after, str):
        return ok("broker: TLS", f"{version}, certificate trusted")
    days = int((ssl.cert_time_to_seconds(not_after) - now_s) // DAY_S)
    measured = f"{version}, certificate trusted, {days} days left"
    if days < SOON_DAYS:
        what = f"After that day nothing connects. {WAITS}"
        return note("broker: TLS", measured, what, "Renew the broker's certificate now.")
    return ok("broker: TLS", measured)

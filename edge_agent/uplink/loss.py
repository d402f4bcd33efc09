"""Why a connection ended or never came up, in words that say what to do."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from edge_agent.words import said

NO_SUBSCRIBER = 0x10
FAILURE = 0x80
_TAKEN_OVER = 0x8E
_TOO_LITTLE = (0x9A, 0x9B)
"""Retain not supported, QoS not supported: already the will asks for both."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One cause and its hint. ``taken_over``: another client came with our id; ``code``: MQTT's."""

    reason: str
    hint: str
    taken_over: bool = False
    code: int = 0


def loss_of(error: OSError | ValueError) -> Loss:
    """A connection that could not be opened."""
    # ssl's errors are OSErrors as well, so they come first.
    if isinstance(error, ssl.SSLCertVerificationError):
        return Loss(
            said("its certificate is not trusted: {reason}", reason=error.verify_message),
            said(
                "check [mqtt] ca_file, and that the url's host name is the one in the certificate"
            ),
        )
    if isinstance(error, ssl.SSLError):
        if (refused := certificate_refused(error.reason or "")) is not None:
            return refused
        return Loss(
            said("no TLS: {reason}", reason=error.reason or str(error)),
            said(
                "check [mqtt] url: mqtts:// needs the broker's TLS port (8883), ca_file a PEM file"
            ),
        )
    if isinstance(error, OSError) and error.filename is not None:
        file, reason = str(error.filename), error.strerror
        return Loss(
            said("{file} cannot be read: {reason}", file=file, reason=reason),
            said("check password_file, ca_file and cert_file in [mqtt]"),
        )
    hint = said("check [mqtt] url and that the broker runs; readings wait in the outbox")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Loss(reason, hint)


def certificate_refused(alert: str) -> Loss | None:
    """A broker that ends the handshake over our certificate; ``alert`` is OpenSSL's word for it.

    None where it speaks of something else. Source: RFC 8446, 6.2.
    """
    if "CERTIFICATE_REVOKED" in alert:
        return Loss(
            said("it refuses this agent's certificate: revoked"),
            said("enrol this agent anew: ask for a line with `collector fleet enrol`"),
        )
    if "CERTIFICATE_EXPIRED" in alert:
        return Loss(
            said("it refuses this agent's certificate: expired"),
            said("the agent renews it by itself; if that fails, its log says why"),
        )
    if "CERTIFICATE_REQUIRED" in alert or "HANDSHAKE_FAILURE" in alert:
        return Loss(
            said("it wants a certificate of this agent"),
            said("enrol this agent, or set cert_file in [mqtt]"),
        )
    if "UNKNOWN_CA" in alert or "BAD_CERTIFICATE" in alert:
        return Loss(
            said("it does not know who issued this agent's certificate"),
            said("enrol this agent with the collector that this broker belongs to"),
        )
    return None


def silent(wait_s: float) -> Loss:
    """A peer that takes the connection and does not answer."""
    hint = said("is this an MQTT broker, and does it speak the version in [mqtt] version?")
    return Loss(said("no answer within {s:.0f} s", s=wait_s), hint)


def refused(code: int, reason: str) -> Loss:
    """A broker that does not let us in; ``code`` is the MQTT reason code."""
    if code in _TOO_LITTLE:
        return too_little()
    hint = said("check username, password_file and version in [mqtt]")
    return Loss(said("it refuses the connection: {reason}", reason=reason), hint)


def too_little() -> Loss:
    """A broker that offers less than the delivery promise needs."""
    hint = said("allow both in the broker's configuration")
    return Loss(said("it offers no QoS 1 or no retained messages"), hint)


def deaf(topic: str) -> Loss:
    """A broker that does not let us hear our receipts: nothing could ever be settled."""
    hint = said("let the broker's ACL allow this user to read it: deploy/mosquitto/acl")
    return Loss(said("it refuses the subscription to {topic}", topic=topic), hint)


def lost(code: int, reason: str) -> Loss:
    """A connection that was up; ``reason`` is the broker's word for ``code``, if it gave one."""
    if code == _TAKEN_OVER:
        hint = said("do two agents have one [agent] id?")
        return Loss(said("another client connected with the same id"), hint, taken_over=True)
    what = said("connection lost")
    if reason:
        what = said("it ended the connection: {reason}", reason=reason)
    return Loss(what, said("readings wait in the outbox; it is tried again"), code=code)


def broken(error: Exception) -> Loss:
    """A network thread that has died: of a packet that is none, or of a fault in the library."""
    what = f"{type(error).__name__}: {error}"
    hint = said("it connects anew and nothing is lost; please report this line")
    return Loss(said("the network thread ended: {what}", what=what), hint)


def refusal_hint(code: int) -> str:
    """What to do about a message that the broker did not take."""
    if code == NO_SUBSCRIBER:
        return said("is the collector running? nothing is lost, readings wait in the outbox")
    return said("let the broker's ACL and limits allow it: deploy/mosquitto/acl")

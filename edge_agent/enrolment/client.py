"""The agent's side of HTTPS to the fleet server: one request, one answer, bounded in size and time.

Every connection verifies the server's name and authority, but for the one that asks for the
authorities: nothing secret goes over it, and what comes is believed only as far as the token's
pin goes.
"""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path
from urllib.parse import urlsplit

from edge_agent.contract import enrolment as wire
from edge_agent.enrolment.refusals import Refusal, refusal_of
from edge_agent.errors import RetryLaterError
from edge_agent.process.tls import client_context
from edge_agent.words import said

ANSWER_WITHIN_S = 20.0
PART_BYTES = 256 * 1024
"""A part of a package is no longer."""
BROKER_PORTS = (1883, 8883)
"""MQTT without and with TLS, as registered: a plant's other address, easily typed instead."""


class FleetClient:
    """Asks the fleet server at ``url`` (https). ``ca_file`` is whom to trust, PEM."""

    def __init__(self, url: str, ca_file: Path | None = None) -> None:
        self._url, self._ca_file = url, ca_file

    def authorities(self) -> str:
        """What the server says whom to trust (PEM): to be believed for a pin alone."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return self._ask("GET", wire.AUTHORITIES, b"", context).decode("ascii", errors="replace")

    def trusting(self, authority: str) -> ssl.SSLContext:
        """A context that trusts one authority (PEM) alone, and wants the server's name."""
        return ssl.create_default_context(cadata=authority)

    def known(self, identity: Path | None = None) -> ssl.SSLContext:
        """A context that trusts ``ca_file``, and shows the identity in that file.

        Raises ``RetryLaterError`` when a file cannot be used.
        """
        try:
            return client_context(self._ca_file, identity)
        except OSError as error:
            what = said(
                "{file} cannot be read: {reason}",
                file=error.filename or self._ca_file,
                reason=error.strerror or str(error),
            )
            raise RetryLaterError(what, said("enrol this agent anew if it stays so")) from error

    def send(self, path: str, message: wire.Message, context: ssl.SSLContext) -> bytes:
        """Post a message; the answer. Raises ``Refusal`` or ``RetryLaterError``."""
        return self._ask("POST", path, wire.encode(message), context)

    def get(self, path: str, context: ssl.SSLContext) -> bytes:
        """The answer to a question. Raises ``Refusal`` or ``RetryLaterError``."""
        return self._ask("GET", path, b"", context)

    def fetch(self, path: str, context: ssl.SSLContext) -> bytes:
        """A part of a file. Raises ``Refusal`` or ``RetryLaterError``."""
        return self._ask("GET", path, b"", context, PART_BYTES)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes,
        context: ssl.SSLContext,
        most: int = wire.MOST_BYTES,
    ) -> bytes:
        parts = urlsplit(self._url)
        host, port = parts.hostname or "", parts.port or 443
        connection = http.client.HTTPSConnection(
            host, port, timeout=ANSWER_WITHIN_S, context=context
        )
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read(most + 1)
        except (OSError, http.client.HTTPException) as error:
            raise self._away(error) from error
        finally:
            connection.close()
        if answer.status != 200 or len(content) > most:
            raise refusal_of(content, answer.status)
        return content

    def _away(self, error: OSError | http.client.HTTPException) -> RetryLaterError:
        if isinstance(error, ssl.SSLCertVerificationError):
            return self._unknown(error)
        if isinstance(error, ssl.SSLError) and "CERTIFICATE_EXPIRED" in (error.reason or ""):
            return Refusal("expired", said("it says that this agent's certificate has ended"), "")
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        hint = said("check its address and the network; readings are kept and sent meanwhile")
        port = urlsplit(self._url).port
        if port in BROKER_PORTS:
            hint = said(
                "{port} is a port of brokers; the fleet server has its own, mostly 8884: write "
                "the address as the collector printed it",
                port=port,
            )
        return RetryLaterError(
            said("fleet server {url} is away: {reason}", url=self._url, reason=reason), hint
        )

    def _unknown(self, error: ssl.SSLCertVerificationError) -> RetryLaterError:
        what = said(
            "fleet server {url} cannot prove who it is: {reason}",
            url=self._url,
            reason=error.verify_message,
        )
        if "expired" in error.verify_message or "not yet valid" in error.verify_message:
            return RetryLaterError(what, said("is this machine's clock right?"))
        hint = said("write the address exactly as the collector's line has it")
        return RetryLaterError(what, hint)

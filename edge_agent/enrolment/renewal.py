"""The certificate renewed by the running agent: at half of its life, or when it is asked to.

Once an hour the agent asks the fleet server how it stands, over mutual TLS. With a certificate that
has ended it proves by a signature that it has the key: it is let in for a year still. Readings go
on being taken and kept whatever becomes of this.
"""

from __future__ import annotations

import base64
import logging
import random
from pathlib import Path
from typing import Literal

from edge_agent.clock import Clock
from edge_agent.contract import enrolment as wire
from edge_agent.enrolment import certificate
from edge_agent.enrolment.client import FleetClient
from edge_agent.enrolment.enrol import keep
from edge_agent.enrolment.identity import Identity
from edge_agent.enrolment.refusals import Refusal, refusal_for
from edge_agent.errors import AgentError
from edge_agent.words import said

log = logging.getLogger(__name__)
EVERY_S = 3600.0
WITHIN_S = 240.0
"""Four questions, each with a dead name server."""
ALARM_DAYS = 14
_DAY_MS = 86_400_000
Outcome = Literal["holds", "renewed", "renewed late"]


class Renewal:
    """Renews the identity in ``state_dir`` at the fleet server at ``url``."""

    def __init__(self, url: str, agent: str, state_dir: Path, clock: Clock) -> None:
        self._agent, self._clock = agent, clock
        self._identity = Identity.of(state_dir)
        self._client = FleetClient(url, self._identity.ca_file)
        self._told: set[str] = set()

    def first_wait_s(self) -> float:
        """How long after its start the agent looks first: soon where it has no way to the broker.

        By chance, so that a fleet that comes back does not ask at one moment.
        """
        ends_ms = certificate.certificate_not_after_ms(self._identity.agent_file)
        over = ends_ms is not None and ends_ms <= self._clock.now_ms()
        return random.uniform(5.0, 60.0) if over else random.uniform(60.0, EVERY_S)

    def tend(self) -> None:
        """``run_once``; whatever goes wrong is told once, until it is well again."""
        try:
            outcome = self.run_once()
        except AgentError as error:
            self._tell(error)
            return
        if outcome != "holds" or self._told:
            held = certificate.read_certificate(self._identity.agent_file)
            days = round((held.not_after_ms - self._clock.now_ms()) / _DAY_MS)
            log.info(said("this agent's certificate is good for {days} days", days=days))
        self._told.clear()

    def run_once(self) -> Outcome:
        """Look at the certificate, and renew it when that is due. Raises ``AgentError``."""
        held = certificate.read_certificate(self._identity.agent_file)
        now_ms = self._clock.now_ms()
        if now_ms >= held.not_after_ms:
            return self._renew_late()
        try:
            if now_ms >= held.half_life_ms or self._is_asked():
                return self._renew()
        except Refusal as refusal:
            if refusal.fault != "expired":  # by the server's clock, which may be the right one
                raise
            return self._renew_late()
        return "holds"

    def _is_asked(self) -> bool:
        context = self._client.known(self._identity.agent_file)
        answer = self._client.get(wire.STANDING, context)
        try:
            return wire.decode(wire.Standing, answer).renew == "yes"
        except wire.EnrolmentError:
            return False

    def _renew(self) -> Outcome:
        key = certificate.new_key()
        request = wire.RenewRequest(certificate.request_for(key, self._agent))
        context = self._client.known(self._identity.agent_file)
        keep(self._client.send(wire.RENEW, request, context), key, self._agent, self._identity)
        self._is_asked()  # with the new one, so that the server knows it has come
        return "renewed"

    def _renew_late(self) -> Outcome:
        key, context = certificate.new_key(), self._client.known()
        request = certificate.request_for(key, self._agent)
        nonce = self._nonce(self._client.get(wire.NONCE, context))
        held, old_key = certificate.parts_of(self._identity.agent_file)
        proof = certificate.signature(old_key, wire.late_message(nonce, request))
        message = wire.LateRequest(request, held, nonce, base64.b64encode(proof).decode())
        answer = self._client.send(wire.RENEW_LATE, message, context)
        keep(answer, key, self._agent, self._identity)
        self._is_asked()
        return "renewed late"

    def _nonce(self, answer: bytes) -> str:
        try:
            return wire.decode(wire.Nonce, answer).nonce
        except wire.EnrolmentError:
            raise refusal_for("bad_request") from None

    def _tell(self, error: AgentError) -> None:
        if error.message in self._told:
            return
        self._told.add(error.message)
        text = said("the certificate cannot be renewed now: {fault}", fault=error.told)
        ends_ms = certificate.certificate_not_after_ms(self._identity.agent_file)
        left_ms = (ends_ms or 0) - self._clock.now_ms()
        if left_ms < ALARM_DAYS * _DAY_MS:
            days = max(0, round(left_ms / _DAY_MS))
            log.error(said("ALARM: {days} days are left: {fault}", days=days, fault=text))
        else:
            log.warning(text)

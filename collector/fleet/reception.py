"""What the fleet server does for an agent: enrol it, renew its certificate, tell how it stands.

Without HTTP and TLS: documents in, documents out. Whoever asks over mutual TLS is a ``Member``; its
certificate was verified, and is looked up here, so a revoked one is refused from that moment on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from collector.clock import Clock
from collector.fleet import signing
from collector.fleet.authority import DAY_MS, Authority
from collector.fleet.posts import Posts
from collector.fleet_config import FleetSettings
from collector.state.fleet import FleetAgent, FleetRegister, Issuance, TokenState
from edge_agent.contract import enrolment as wire

log = logging.getLogger(__name__)
LATE_DAYS = 365
"""So long after its end a certificate that is known and not revoked still renews."""
NONCE_MS = 120_000
MOST_NONCES = 10_000
MOST_LOST = 5
AGAIN_AFTER_MS = 3_600_000
"""An agent that is not asked to renews no sooner after the last time."""
_TOKEN_FAULTS: dict[TokenState, wire.Fault] = {
    "unknown": "token_unknown",
    "used": "token_used",
    "expired": "token_expired",
}


class Refused(Exception):
    """A request that is not granted; ``detail`` is for whoever reads the log."""

    def __init__(self, fault: wire.Fault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else fault)
        self.fault, self.detail = fault, detail


@dataclass(frozen=True, slots=True)
class Member:
    """Who came with a certificate of ours: its common name and serial number (hexadecimal)."""

    name: str
    serial: str


class Reception:
    """Answers agents, by the register and the authority. Safe to use from several threads."""

    def __init__(
        self,
        posts: Callable[[], Posts],
        register: FleetRegister,
        fleet: FleetSettings,
        clock: Clock,
    ) -> None:
        self._posts, self._register = posts, register
        self._fleet, self._clock = fleet, clock
        self._nonces = Nonces()
        self._issuing = threading.Lock()

    @property
    def authority(self) -> Authority:
        """The authority as it is now: a command beside this server may have changed it."""
        return self._posts().authority

    def authorities(self) -> str:
        """The certificates that agents trust (PEM). Open to anyone: a token tells the right one."""
        return self.authority.authorities

    def enrol(self, request: wire.EnrolRequest) -> wire.Issued:
        """A first certificate, for a one-time token. Raises ``Refused``.

        Earlier certificates of the agent are revoked: there is one card of each agent.
        """
        now_ms = self._clock.now_ms()
        digest = _digest_of(request.secret)
        token = self._register.token(digest, now_ms)
        if token.state != "good":
            raise Refused(_TOKEN_FAULTS[token.state], token.agent)
        was_shut_out = token.agent in self.authority.shut_out()
        with self._issuing, self._register.database.write():
            pem = self._issued(request.request, token.agent, now_ms)
            if not self._register.use_token(digest, now_ms):
                raise Refused("token_used", token.agent)
            self._register.enrolled(token.agent, token.site, now_ms)
            serial = signing.facts_of(pem).serial
            gone = self._register.revoke(token.agent, now_ms, "enrolled anew", but=serial)
            self._register.tell(token.agent, "enrolled", f"certificate {serial}", now_ms)
        log.info("agent %s is enrolled, for site %s", token.agent, token.site)
        if gone or was_shut_out:
            self._tell_broker(now_ms)
        return self._answer(pem)

    def renew(self, member: Member, request: wire.RenewRequest) -> wire.Issued:
        """The next certificate of an agent that came with its present one. Raises ``Refused``."""
        return self._renewed(self._held(member), request.request)

    def nonce(self) -> wire.Nonce:
        """A number to sign, good once and for two minutes."""
        return wire.Nonce(self._nonces.make(self._clock.now_ms()))

    def renew_late(self, request: wire.LateRequest) -> wire.Issued:
        """The next certificate of an agent whose last has ended. Raises ``Refused``.

        It proves that it has the key by a signature over a number of ours and its request: an
        ended certificate completes no handshake. Heard again, the same request is refused.
        """
        now_ms = self._clock.now_ms()
        if not self._nonces.take(request.nonce, now_ms):
            raise Refused("nonce_unknown")
        message = wire.late_message(request.nonce, request.request)
        try:
            facts = signing.facts_of(request.certificate)
            roots = [root.certificate for root in self.authority.roots]
            ours = signing.issuer_of(request.certificate, roots) is not None
            signed = signing.is_signed(request.certificate, message, _signature(request))
        except signing.SigningError as error:
            raise Refused("bad_request", str(error)) from error
        if not (ours and signed):
            raise Refused("not_known", "not signed by a key that we know")
        if now_ms - facts.not_after_ms > LATE_DAYS * DAY_MS:
            raise Refused("too_late", facts.name)
        return self._renewed(self._held(Member(facts.name, facts.serial)), request.request)

    def standing(self, member: Member) -> wire.Standing:
        """Whether the agent is to renew now; that it was here is noted. Raises ``Refused``."""
        held = self._held(member)
        self._watch_for_twins(held)
        known = self._agent(held.name)
        return wire.Standing("yes" if known.renew_asked_ms is not None else "no")

    def member(self, member: Member) -> Member:
        """The same member, once it is known and not revoked. Raises ``Refused``."""
        held = self._held(member)
        return Member(held.name, held.serial)

    # What is behind it.

    def _held(self, member: Member) -> Issuance:
        held = self._register.certificate(member.serial)
        if held is None or held.kind != "agent" or held.name != member.name:
            raise Refused("not_known", member.name)
        if held.revoked_at_ms is not None:
            raise Refused("revoked", held.name)
        return held

    def _agent(self, name: str) -> FleetAgent:
        known = self._register.agent(name)
        if known is None:
            raise Refused("not_known", name)
        return known

    def _renewed(self, held: Issuance, request: str) -> wire.Issued:
        now_ms = self._clock.now_ms()
        with self._issuing:
            self._may_renew(held, now_ms)
            with self._register.database.write():
                self._register.saw(held.name, held.serial, now_ms)
                pem = self._issued(request, held.name, now_ms, held.serial)
                serial = signing.facts_of(pem).serial
                self._register.tell(held.name, "renewed", f"certificate {serial}", now_ms)
        log.info("agent %s has renewed its certificate", held.name)
        return self._answer(pem)

    def _may_renew(self, held: Issuance, now_ms: int) -> None:
        successors = self._register.successors(held.serial)
        if any(one.seen_ms is not None for one in successors):
            self._clone(held.name, "one certificate was renewed twice", now_ms)
            raise Refused("renewed_already", held.name)
        # An answer may be lost on its way, a few times; the agent then asks again.
        lost = 0 < len(successors) < MOST_LOST
        newest_ms = max([held.issued_at_ms, *(one.issued_at_ms for one in successors)])
        asked = self._agent(held.name).renew_asked_ms is not None
        if not (asked or lost) and now_ms - newest_ms < AGAIN_AFTER_MS:
            raise Refused("too_often", held.name)

    def _issued(self, request: str, agent: str, now_ms: int, renews: str = "") -> str:
        try:
            named = signing.requested_name(request)
            if named != agent:
                raise Refused("other_agent", f"{agent}, not {named[:64]!r}")
            days = self._fleet.certificate_days
            return self.authority.issue_agent(request, agent, now_ms, days, renews)
        except signing.SigningError as error:
            raise Refused("bad_request", str(error)) from error

    def _answer(self, pem: str) -> wire.Issued:
        return wire.Issued(pem, self.authority.authorities, self._fleet.broker_url)

    def _watch_for_twins(self, held: Issuance) -> None:
        """Two that renewed from one certificate, and both came back: two cards of one agent."""
        now_ms = self._clock.now_ms()
        if held.seen_ms is None and held.renews:
            twins = self._register.successors(held.renews)
            if any(one.seen_ms is not None for one in twins if one.serial != held.serial):
                self._clone(held.name, "two certificates of one renewal are in use", now_ms)
        self._register.saw(held.name, held.serial, now_ms)

    def _clone(self, agent: str, what: str, now_ms: int) -> None:
        self._register.tell(agent, "two holders", what, now_ms)
        hint = f"a copied card? end both with: collector fleet revoke {agent}, then enrol one anew"
        log.error("ALARM: agent %s: %s (%s)", agent, what, hint)

    def _tell_broker(self, now_ms: int) -> None:
        posts = self._posts()
        posts.write_trust(now_ms)
        if fault := posts.reload_broker():
            log.error("the broker does not know it yet: %s", fault)


class Nonces:
    """Numbers that were given out and not used yet: a bounded list, the oldest go first."""

    def __init__(self) -> None:
        self._made: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def make(self, now_ms: int) -> str:
        """A new number."""
        nonce = secrets.token_hex(16)
        with self._lock:
            self._made[nonce] = now_ms
            if len(self._made) > MOST_NONCES:
                self._made.popitem(last=False)
        return nonce

    def take(self, nonce: str, now_ms: int) -> bool:
        """Use a number up; False when it is none of ours, was used, or is too old."""
        with self._lock:
            made_ms = self._made.pop(nonce, None)
        return made_ms is not None and 0 <= now_ms - made_ms <= NONCE_MS


def _digest_of(secret: str) -> str:
    try:
        return hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    except ValueError:
        raise Refused("token_unknown") from None


def _signature(request: wire.LateRequest) -> bytes:
    try:
        return base64.b64decode(request.signature, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("bad_request", "the signature is not base64") from None

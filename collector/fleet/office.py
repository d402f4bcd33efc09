"""What a person does with the fleet: make the authority, invite, list, revoke, rotate.

Every step is durable when it returns, and safe beside a fleet server that runs: it looks at the
files anew when they change.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.clock import Clock
from collector.config import CollectorSettings
from collector.errors import CollectorError, StopError
from collector.fleet.authority import COLLECTOR, Authority
from collector.fleet.posts import Posts, require_hosts
from collector.site_config import NAME_HINT
from collector.state import CollectorState
from collector.state.fleet import FleetAgent, Issuance
from edge_agent.contract.enrolment import SECRET_BYTES, Token, pin_of
from edge_agent.contract.topics import NAME_PATTERN

TOKEN_MINUTES = 10
_MINUTE_MS = 60_000


def fleet_folder(settings: CollectorSettings) -> Path:
    """Where the authority is."""
    return settings.collector.state_dir / "fleet"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time token and the line to type on the agent; ``until_ms`` is its end (UTC)."""

    agent: str
    site: str
    token: str
    line: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class Revocation:
    """How many certificates were revoked, and what the broker's reload said ("" is well)."""

    certificates: int
    reload_fault: str


class Office:
    """The fleet of one collector's settings."""

    def __init__(self, settings: CollectorSettings, state: CollectorState, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self.register = state.fleet
        self.folder = fleet_folder(settings)

    def now_ms(self) -> int:
        """The instant by the office's clock, UTC ms."""
        return self._clock.now_ms()

    def posts(self) -> Posts:
        """The authority as its files are now. Raises ``StopError`` when there is none."""
        authority = Authority(self.folder, self.register)
        return Posts(authority, self._settings.fleet.reload_command)

    def found(self, more_hosts: Sequence[str] = ()) -> Posts:
        """Make the authority, and the certificates of broker, fleet server and collector.

        Raises ``StopError`` when there is one already, or nothing says how agents call it, and
        ``CollectorError`` for a name that is none; then nothing was made.
        """
        fleet, now_ms = self._settings.fleet, self._clock.now_ms()
        hosts = {
            "server": [host for host in (fleet.host, *more_hosts) if host],
            "broker": [host for host in (fleet.broker_host, *more_hosts) if host],
        }
        if not all(hosts.values()):
            hint = "write [fleet] url and broker_url, or: collector fleet init NAME"
            raise StopError("not told by which names agents reach this machine", hint)
        require_hosts([*hosts["server"], *hosts["broker"]])
        title = f"Mieruka {self._settings.collector.id}"
        authority = Authority.found(self.folder, self.register, title, now_ms)
        posts = Posts(authority, fleet.reload_command)
        posts.write_trust(now_ms)
        posts.write_server("server", list(dict.fromkeys(hosts["server"])), now_ms)
        posts.write_server("broker", list(dict.fromkeys(hosts["broker"])), now_ms)
        posts.write_collector(now_ms)
        return posts

    def invite(self, agent: str, site: str) -> Invitation:
        """A token for an agent, good once and for ten minutes. Raises ``CollectorError``."""
        if not re.fullmatch(NAME_PATTERN, agent):
            raise CollectorError(f"{agent} is not a name", NAME_HINT)
        if agent == COLLECTOR:
            hint = "give the agent another [agent] id"
            raise CollectorError(f"{agent} is the collector's own name at the broker", hint)
        url = self._settings.fleet.url
        if not (url and self._settings.fleet.broker_url):
            hint = 'as url = "https://collector.example.com:8884" and mqtts://collector.example.com'
            raise CollectorError("[fleet] url or broker_url is not set", hint)
        pin = pin_of(self.posts().authority.fingerprints[0])
        token = Token(secrets.token_bytes(SECRET_BYTES), pin)
        now_ms = self._clock.now_ms()
        until_ms = now_ms + TOKEN_MINUTES * _MINUTE_MS
        self.register.add_token(token.digest(), agent, site, now_ms, until_ms)
        self.register.tell(agent, "invited", f"for site {site}", now_ms)
        line = f"edge-agent enrol --url {url} --token {token.text()}"
        return Invitation(agent, site, token.text(), line, until_ms)

    def revoke(self, agent: str, reason: str) -> Revocation:
        """End every certificate of the agent, at the fleet server from the next request on.

        Raises ``CollectorError`` when there is no such agent, or nothing to revoke.
        """
        self.agent(agent)
        now_ms, posts = self._clock.now_ms(), self.posts()
        gone = self.register.revoke(agent, now_ms, reason)
        if not gone:
            hint = f"to let it in again: collector fleet enrol {agent} --site ID"
            raise CollectorError(f"every certificate of {agent} is revoked already", hint)
        self.register.tell(agent, "revoked", reason, now_ms)
        posts.write_trust(now_ms)
        return Revocation(len(gone), posts.reload_broker())

    def agent(self, name: str) -> FleetAgent:
        """The agent of that name. Raises ``CollectorError``."""
        known = self.register.agent(name)
        if known is None:
            names = ", ".join(one.agent for one in self.register.agents()[:8])
            hint = f"known: {names}" if names else "enrol one: collector fleet enrol ID --site SITE"
            raise CollectorError(f"there is no agent {name} in the fleet", hint)
        return known

    def ask_to_renew(self, agents: Sequence[str]) -> int:
        """Let these agents renew at their next look, within the hour; answers how many.

        Raises ``CollectorError`` for one that is not there, or is revoked.
        """
        gone = self.register.shut_out()
        for name in agents:
            self.agent(name)
            if name in gone:
                hint = f"to let it in again: collector fleet enrol {name} --site ID"
                raise CollectorError(f"{name} is revoked, and cannot renew", hint)
        self.register.ask_to_renew(agents, self._clock.now_ms())
        return len(agents)

    # A new authority.

    def begin_new_root(self) -> int:
        """Let a new root sign agents from now on, and ask all to renew; answers how many."""
        now_ms, posts = self._clock.now_ms(), self.posts()
        title = f"Mieruka {self._settings.collector.id} {now_ms // 1000}"
        authority = posts.authority.with_new_root(title, now_ms)
        Posts(authority).write_trust(now_ms)
        fault = posts.reload_broker()
        if fault:
            raise CollectorError(f"the broker does not trust the new root yet: {fault}", _RELOAD)
        return self.ask_to_renew([one.name for one in self.behind()] or [])

    def behind(self) -> list[Issuance]:
        """The newest certificates that still count and are not by the newest root."""
        newest, now_ms = self.posts().authority.fingerprints[-1], self._clock.now_ms()
        return [
            one
            for one in self.register.newest("agent").values()
            if one.root != newest and one.revoked_at_ms is None and one.not_after_ms > now_ms
        ]

    def finish_new_root(self, *, force: bool = False) -> list[Path]:
        """Take the old root away; answers the files of the servers' new certificates.

        Raises ``CollectorError`` while agents would be locked out by it, unless forced.
        """
        posts, now_ms = self.posts(), self._clock.now_ms()
        if len(posts.authority.roots) == 1:
            raise CollectorError("there is one root alone", "begin with: ... fleet rotate --root")
        waiting = self.behind()
        if waiting and not force:
            names = ", ".join(one.name for one in waiting[:8])
            hint = "wait, or lock them out with --force: they must be enrolled anew then"
            who = "1 agent has" if len(waiting) == 1 else f"{len(waiting)} agents have"
            raise CollectorError(f"{who} not renewed: {names}", hint)
        fresh = Posts(posts.authority.without_old_roots(), self._settings.fleet.reload_command)
        files = fresh.renew(now_ms, all_of_them=True)
        fresh.write_trust(now_ms)
        if fault := fresh.reload_broker():
            hint = "restart it by hand: systemctl restart mosquitto"
            raise CollectorError(f"the broker shows its old certificate still: {fault}", hint)
        return files


_RELOAD = "restart it by hand: systemctl restart mosquitto; then: collector fleet rotate --all"

"""The collector's own certificate authority: its folder, and what it issues.

``<state_dir>/fleet/`` holds the roots (``root-1.pem``, ``root-1.key``, ...) and the certificates
of this machine; ``broker/`` in it is what the broker reads. While a new root takes over there are
two: agents' certificates are signed by the newest root, the servers' by the oldest, which every
agent trusts until the last has renewed. Nothing here needs a network.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from collector.errors import StopError
from collector.fleet import files, signing
from collector.fleet.signing import Root
from collector.state.fleet import FleetRegister, Issuance, Kind

DAY_MS = 86_400_000
SERVER_DAYS = 398
"""What browsers and TLS libraries still take; renewed at half of it."""
COLLECTOR = "collector"
"""The name the broker's access list knows the collector by: no agent may have it."""
BACKDATED_MS = DAY_MS


class Authority:
    """The authority in ``folder``. Raises ``StopError`` when there is none, or it is damaged."""

    def __init__(self, folder: Path, register: FleetRegister) -> None:
        self.folder, self._register = folder, register
        self.roots = tuple(_root(path) for path in _root_files(folder))
        """The oldest first."""
        if not self.roots:
            hint = "make one with: collector fleet init"
            raise StopError(f"{folder}: there is no authority", hint)

    @classmethod
    def found(cls, folder: Path, register: FleetRegister, title: str, at_ms: int) -> Authority:
        """Make the authority. Raises ``StopError`` when there is one already."""
        if held := _root_files(folder):
            _require_key(held[-1])
            hint = "it stays; for other server names: collector fleet server-cert"
            raise StopError(f"{folder}: there is an authority already", hint)
        _write_root(folder, 1, signing.new_root(title, at_ms))
        return cls(folder, register)

    # What may be trusted.

    @property
    def authorities(self) -> str:
        """Every root's certificate, the oldest first: what agents and servers trust."""
        return "".join(root.certificate for root in self.roots)

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """SHA-256 of each root, the oldest first; the first is the one that servers show."""
        return tuple(signing.facts_of(root.certificate).fingerprint for root in self.roots)

    # What is issued.

    def issue_agent(self, request: str, agent: str, at_ms: int, days: int, renews: str = "") -> str:
        """A certificate for an agent's own key. Raises ``SigningError`` for an odd request."""
        span_ms = (at_ms - BACKDATED_MS, at_ms + days * DAY_MS)
        pem = signing.sign(self.roots[-1], request, agent, "client", span_ms)
        self._note(pem, "agent", self.fingerprints[-1], at_ms, renews)
        return pem

    def issue_server(self, hosts: Sequence[str], at_ms: int) -> tuple[str, str]:
        """Certificate and key of a server that is known by these names or IP addresses."""
        key = signing.new_key()
        span_ms = (at_ms - BACKDATED_MS, at_ms + SERVER_DAYS * DAY_MS)
        request = signing.request_for(key, hosts[0])
        pem = signing.sign(self.roots[0], request, hosts[0][:64], "server", span_ms, hosts)
        self._note(pem, "server", self.fingerprints[0], at_ms)
        return pem, key

    def issue_collector(self, at_ms: int) -> tuple[str, str]:
        """Certificate and key with which a collector comes to the broker."""
        key = signing.new_key()
        span_ms = (at_ms - BACKDATED_MS, at_ms + SERVER_DAYS * DAY_MS)
        request = signing.request_for(key, COLLECTOR)
        pem = signing.sign(self.roots[-1], request, COLLECTOR, "client", span_ms)
        self._note(pem, "collector", self.fingerprints[-1], at_ms)
        return pem, key

    def revocations(self, at_ms: int) -> str:
        """The lists of revoked certificates, one of each root (PEM)."""
        gone = [(one.serial, one.revoked_at_ms or at_ms) for one in self._register.revoked(at_ms)]
        return "".join(signing.revocations(root, gone, at_ms) for root in self.roots)

    def shut_out(self) -> list[str]:
        """The agents whose newest certificate is revoked."""
        return self._register.shut_out()

    # A new root.

    def with_new_root(self, title: str, at_ms: int) -> Authority:
        """The authority with one more root, which signs agents' certificates from now on."""
        if len(self.roots) > 1:
            hint = "let all agents renew, then: collector fleet rotate --finish"
            raise StopError("a new root is taking over already", hint)
        number = _number(_root_files(self.folder)[-1]) + 1
        _write_root(self.folder, number, signing.new_root(title, at_ms))
        return Authority(self.folder, self._register)

    def without_old_roots(self) -> Authority:
        """The authority with its newest root alone; what older ones signed holds no more."""
        for path in _root_files(self.folder)[:-1]:
            path.with_suffix(".key").unlink(missing_ok=True)
            path.unlink(missing_ok=True)
        return Authority(self.folder, self._register)

    def _note(self, pem: str, kind: Kind, root: str, at_ms: int, renews: str = "") -> None:
        facts = signing.facts_of(pem)
        row = Issuance(facts.serial, kind, facts.name, root, at_ms, facts.not_after_ms, renews)
        self._register.issued(row)


def is_founded(folder: Path) -> bool:
    """Whether an authority has been made in the folder, damaged or not."""
    return bool(_root_files(folder))


def _root_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("root-*.pem"), key=_number)


def _number(path: Path) -> int:
    number = path.stem.removeprefix("root-")
    return int(number) if number.isdecimal() else 0


def _require_key(path: Path) -> None:
    """A backup without secrets brings a root back, and not what it signs with."""
    key = path.with_suffix(".key")
    if not key.exists():
        hint = (
            "bring it back from a backup with secrets; or begin anew: move the folder "
            f"{path.parent} away, then collector fleet init, and enrol every agent anew"
        )
        raise StopError(f"{key} is missing: nothing can be signed", hint)


def _root(path: Path) -> Root:
    _require_key(path)
    root = Root(files.read(path), files.read(path.with_suffix(".key")))
    try:
        sound = signing.fits(root.certificate, root.key)
    except signing.SigningError as error:
        raise _damaged(path, str(error)) from error
    if not sound:
        raise _damaged(path, "the key is another's")
    return root


def _damaged(path: Path, reason: str) -> StopError:
    return StopError(f"{path}: {reason}", "put the folder back from a backup")


def _write_root(folder: Path, number: int, root: Root) -> None:
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    place = folder / f"root-{number}.pem"
    # The key first: a certificate without its key would be a damaged authority.
    files.write(place.with_suffix(".key"), root.key, files.SECRET)
    files.write(place, root.certificate, files.OPEN)

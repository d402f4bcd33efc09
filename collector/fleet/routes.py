"""What the fleet server answers: to add a place is to add a row to ``ROUTES``.

A path that ends with ``/<name>`` takes one further part, of letters, digits, ``.``, ``-`` and
``_``; the handler finds it in ``asked.name``. A place for members is reached with a certificate of
ours alone, whose holder is ``asked.member``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from collector.fleet.packages import part_in
from collector.fleet.reception import Member, Reception, Refused
from edge_agent.contract import enrolment as wire

JSON, PEM, BINARY = "application/json", "application/x-pem-file", "application/octet-stream"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that may be answered. ``folder`` is the one of the authority."""

    reception: Reception
    folder: Path
    body: bytes
    name: str = ""
    member: Member | None = None

    @property
    def agent(self) -> Member:
        """The member that asks. Raises ``Refused`` when nobody showed a certificate."""
        if self.member is None:
            raise Refused("no_certificate")
        return self.member


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: ``body``, or the content of ``file``, which may be large."""

    body: bytes = b""
    kind: str = JSON
    file: Path | None = None


Handler = Callable[[Asked], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One place. ``members_only`` places want a certificate that is known and not revoked."""

    method: str
    path: str
    handler: Handler
    members_only: bool = True


def _authorities(asked: Asked) -> Answer:
    return Answer(asked.reception.authorities().encode(), PEM)


def _enrol(asked: Asked) -> Answer:
    return _document(asked.reception.enrol(wire.decode(wire.EnrolRequest, asked.body)))


def _nonce(asked: Asked) -> Answer:
    return _document(asked.reception.nonce())


def _renew(asked: Asked) -> Answer:
    request = wire.decode(wire.RenewRequest, asked.body)
    return _document(asked.reception.renew(asked.agent, request))


def _renew_late(asked: Asked) -> Answer:
    return _document(asked.reception.renew_late(wire.decode(wire.LateRequest, asked.body)))


def _standing(asked: Asked) -> Answer:
    return _document(asked.reception.standing(asked.agent))


def _package(asked: Asked) -> Answer:
    return Answer(part_in(asked.folder, asked.name), BINARY)


def _document(message: wire.Message) -> Answer:
    return Answer(wire.encode(message))


ROUTES: tuple[Route, ...] = (
    Route("GET", wire.AUTHORITIES, _authorities, members_only=False),
    Route("POST", wire.ENROL, _enrol, members_only=False),
    Route("GET", wire.NONCE, _nonce, members_only=False),
    Route("POST", wire.RENEW_LATE, _renew_late, members_only=False),
    Route("POST", wire.RENEW, _renew),
    Route("GET", wire.STANDING, _standing),
    Route("GET", "/packages/<name>", _package),
)


def route_of(method: str, path: str, routes: Iterable[Route] = ROUTES) -> tuple[Route, str] | None:
    """The place of that path and the name in it, None when there is none."""
    for route in routes:
        if route.method != method:
            continue
        if route.path == path:
            return route, ""
        place, _, name = path.rpartition("/")
        if route.path == f"{place}/<name>" and _NAME.fullmatch(name):
            return route, name
    return None

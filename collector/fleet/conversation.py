"""One request over one TLS connection: read within a time and a size, answered, ended."""

from __future__ import annotations

import logging
import ssl
import time
from dataclasses import dataclass
from pathlib import Path

from collector.errors import CollectorError
from collector.fleet.http_text import END, HEAD_BYTES, BadRequestError, Head, answer_head, head_of
from collector.fleet.limits import Limit
from collector.fleet.reception import Member, Reception, Refused
from collector.fleet.routes import JSON, Answer, Asked, Route, route_of
from edge_agent.contract import enrolment as wire

log = logging.getLogger(__name__)
REQUEST_WITHIN_S = 15.0
"""From the connection's start to the end of the request, however slowly it comes."""
PIECE_BYTES = 64 * 1024
PIECE_WITHIN_S, FILE_WITHIN_S = 30.0, 3600.0
_STATUS: dict[wire.Fault, int] = {
    "bad_request": 400,
    "no_such_place": 404,
    "too_often": 429,
    "not_now": 503,
}


@dataclass(frozen=True, slots=True)
class Hall:
    """What every conversation shares. ``wrong`` counts requests that were refused."""

    reception: Reception
    folder: Path
    routes: tuple[Route, ...]
    wrong: Limit


def converse(connection: ssl.SSLSocket, address: str, hall: Hall) -> None:
    """Answer the one request on a connection whose handshake is done.

    Raises ``OSError`` when the peer is gone or too slow.
    """
    try:
        head, body = _request(connection)
        answer = _answered(head, body, member_of(connection), address, hall)
    except BadRequestError as error:
        _refuse(connection, error.status, wire.Refusal("bad_request", str(error)))
    except Refused as refusal:
        hall.wrong.take(address, time.monotonic())
        log.warning("a request of %s is refused: %s", address, refusal)
        _refuse(connection, _STATUS.get(refusal.fault, 403), wire.Refusal(refusal.fault, ""))
    except CollectorError as error:
        log.error("a request of %s cannot be answered now: %s", address, error)
        _refuse(connection, 503, wire.Refusal("not_now", ""))
    else:
        _send(connection, answer)


def member_of(connection: ssl.SSLSocket) -> Member | None:
    """Whose certificate the peer showed; TLS has verified it. None when it showed none."""
    shown = connection.getpeercert()
    if not shown:
        return None
    subject = dict(pair for group in shown.get("subject", ()) for pair in group)  # type: ignore[misc]
    serial = str(shown.get("serialNumber", "0"))
    return Member(str(subject.get("commonName", "")), f"{int(serial, 16):x}")


def _answered(head: Head, body: bytes, member: Member | None, address: str, hall: Hall) -> Answer:
    # Whoever guesses behind a plant's address must not keep its agents from renewing.
    if member is None and not hall.wrong.has_room(address, time.monotonic()):
        raise Refused("too_often", address)
    found = route_of(head.method, head.path, hall.routes)
    if found is None:
        raise Refused("no_such_place", f"{head.method} {head.path[:80]}")
    route, name = found
    asked = Asked(hall.reception, hall.folder, body, name, member)
    if route.members_only:
        hall.reception.member(asked.agent)
    try:
        return route.handler(asked)
    except wire.EnrolmentError as error:
        raise Refused("bad_request", str(error)) from error


def _request(connection: ssl.SSLSocket) -> tuple[Head, bytes]:
    end_s = time.monotonic() + REQUEST_WITHIN_S
    text = b""
    while END not in text:
        if len(text) >= HEAD_BYTES:
            raise BadRequestError("the head is too long")
        text += _received(connection, HEAD_BYTES, end_s)
    place = text.index(END) + len(END)
    head, body = head_of(text[:place], wire.MOST_BYTES), text[place:]
    while len(body) < head.body_bytes:
        body += _received(connection, head.body_bytes - len(body), end_s)
    return head, body[: head.body_bytes]


def _received(connection: ssl.SSLSocket, most: int, end_s: float) -> bytes:
    left_s = end_s - time.monotonic()
    if left_s <= 0:
        raise BadRequestError("too slow", 408)
    connection.settimeout(left_s)
    try:
        part = connection.recv(most)
    except TimeoutError:
        raise BadRequestError("too slow", 408) from None
    if not part:
        raise ConnectionError("the peer has gone")
    return part


def _send(connection: ssl.SSLSocket, answer: Answer) -> None:
    connection.settimeout(PIECE_WITHIN_S)
    if answer.file is None:
        connection.sendall(answer_head(200, answer.kind, len(answer.body)) + answer.body)
        return
    with answer.file.open("rb") as file:
        length = answer.file.stat().st_size
        connection.sendall(answer_head(200, answer.kind, length))
        end_s = time.monotonic() + FILE_WITHIN_S
        while time.monotonic() < end_s and (piece := file.read(PIECE_BYTES)):
            connection.sendall(piece)


def _refuse(connection: ssl.SSLSocket, status: int, refusal: wire.Refusal) -> None:
    body = wire.encode(refusal)
    connection.settimeout(PIECE_WITHIN_S)
    connection.sendall(answer_head(status, JSON, len(body)) + body)

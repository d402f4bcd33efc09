"""Scans addresses on a network: who takes a connection, then which units are behind it."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from edge_agent.commission.scan.attempt import Attempt
from edge_agent.commission.scan.board import Board
from edge_agent.commission.scan.heard import Heard
from edge_agent.commission.scan.plan import (
    CONNECT_S,
    CONNECTIONS_AT_ONCE,
    HOSTS_AT_ONCE,
    Endpoint,
    ScanPlan,
)
from edge_agent.commission.scan.probe import Opener
from edge_agent.commission.scan.sift import place_of
from edge_agent.link_faults import why_down
from edge_agent.words import said

STRANGERS = (231, 189)
"""Unit ids that nobody uses: who answers to them answers to every id."""


def scan_endpoints(
    endpoints: Sequence[Endpoint], plan: ScanPlan, board: Board, opener: Opener
) -> None:
    """Write on ``board`` which units are behind ``endpoints``, several hosts at a time."""
    if not endpoints:
        return
    board.at(said("connecting to {count} addresses", count=len(endpoints)))
    with ThreadPoolExecutor(CONNECTIONS_AT_ONCE) as pool:
        refusals = list(pool.map(lambda one: None if board.stop() else _refusal(one), endpoints))
    if board.stop():
        return
    there = [one for one, error in zip(endpoints, refusals, strict=True) if error is None]
    absent = [one for one in endpoints if one not in there]
    ways = [(one, kind) for one in absent for kind in one.kinds]
    _give_up([Attempt(one.link(kind), plan, board, opener) for one, kind in ways])
    if absent:
        _tell_of_absent(endpoints, refusals, board)
    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        list(pool.map(lambda one: _scan_endpoint(one, plan, board, opener), there))


def _refusal(endpoint: Endpoint) -> OSError | None:
    """Why ``endpoint`` takes no connection; None when it does."""
    try:
        socket.create_connection((endpoint.host, endpoint.port), CONNECT_S).close()
    except OSError as error:
        return error
    return None


def _tell_of_absent(
    endpoints: Sequence[Endpoint], refusals: Sequence[OSError | None], board: Board
) -> None:
    rows = [(one, error) for one, error in zip(endpoints, refusals, strict=True) if error]
    if len(endpoints) == 1:
        what, todo = why_down(endpoints[0].link("tcp"), rows[0][1])
        board.note(said("{what}: {todo}", what=what, todo=todo))
        return
    board.note(
        said(
            "{absent} of {all} addresses take no connection",
            absent=len(rows),
            all=len(endpoints),
        )
    )


def _scan_endpoint(endpoint: Endpoint, plan: ScanPlan, board: Board, opener: Opener) -> None:
    tries = [Attempt(endpoint.link(kind), plan, board, opener) for kind in endpoint.kinds]
    for ids in (plan.likely_ids, plan.unit_ids):
        for way in tries:
            if way.finds(ids):
                _give_up([each for each in tries if each is not way])
                _finish(way, board)
                return
    downs = [way for way in tries if way.down]
    if downs:
        board.note(downs[0].down_note())
    elif not board.stop():
        board.note(_nobody(endpoint, plan))


def _give_up(tries: Sequence[Attempt]) -> None:
    for attempt in tries:
        attempt.give_up()


def _finish(way: Attempt, board: Board) -> None:
    """Ask the rest, unless one device answers to every id; tell who is there."""
    first = next(unit for unit, heard in way.trials.items() if heard[0].there)
    stranger = None
    with way.line() as link:
        stranger = way.answer_of_all(link, STRANGERS)
        if stranger is None or stranger.outcome == "refusal":
            way.ask_all(link)
    if way.down:
        board.note(way.down_note())
    real = {u: h for u, h in way.trials.items() if not (stranger and stranger.like(h[0]))}
    if stranger is None:
        way.tell(way.trials)
    elif any(heard[0].there for heard in real.values()):
        board.note(_answers_for_absent(way, stranger))
        way.tell(real)
    else:
        way.tell({first: way.trials[first]})
        board.note(_answers_to_all(way, first))


def _answers_for_absent(way: Attempt, stranger: Heard) -> str:
    return said(
        "{place}: refuses unit ids that nobody has with exception {code}; ids that are answered "
        "like that were left out",
        place=place_of(way.settings),
        code=stranger.code,
    )


def _answers_to_all(way: Attempt, first: int) -> str:
    return said(
        "{place}: one device answers to every unit id; unit {unit} stands for it",
        place=place_of(way.settings),
        unit=first,
    )


def _nobody(endpoint: Endpoint, plan: ScanPlan) -> str:
    return said(
        "{host}:{port} takes a connection, but none of {count} unit ids answered: check that "
        "Modbus is switched on there, the unit ids and the wiring behind a gateway, and that no "
        "other program holds its only connection",
        host=endpoint.host,
        port=endpoint.port,
        count=len(plan.unit_ids),
    )

"""Scans one serial port: first the settings that bring an answer, then the units at them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from edge_agent.commission.scan.attempt import Attempt
from edge_agent.commission.scan.board import Board
from edge_agent.commission.scan.overhear import Overhear
from edge_agent.commission.scan.plan import COMMON, LISTEN_S, ScanPlan, SerialPort
from edge_agent.commission.scan.probe import Opener
from edge_agent.commission.scan.sift import Trials, came_late, modes_of, silence_note
from edge_agent.words import said

SMALL_BUS = 32
"""Units that one segment of RS-485 bears; few buses have a higher id."""
MOST_COMMON = 4
"""So many of the common settings are tried with all ids of a small bus before the rare ones."""
A_REQUEST = 8
"""Bytes of the shortest frame that another master sends; fewer are stray ones."""
CONFIRM = 2
"""Each unit that answered is asked so many times more."""
BAD = ("garbled", "foreign")
PATIENCE = 4
"""Units whose answer may have come late are waited for so many times longer."""


def scan_port(
    port: SerialPort,
    plan: ScanPlan,
    board: Board,
    opener: Opener,
    listener: Overhear,
    busy_ok: bool,
) -> None:
    """Write on ``board`` which units are on ``port``; a line in use is left alone."""
    if not busy_ok and _in_use(port, board, listener):
        board.skip(len(port.settings) * len(plan.unit_ids), _longest_s(port, plan))
        return
    board.skip(0, LISTEN_S)
    tries = [Attempt(settings, plan, board, opener) for settings in port.settings]
    for attempt, ids in _turns(tries, plan):
        if attempt.finds(ids):
            _give_up([each for each in tries if each is not attempt])
            _finish(attempt, board)
            return
    _tell_of_nothing(port, tries, board)


def _turns(tries: Sequence[Attempt], plan: ScanPlan) -> Iterator[tuple[Attempt, Sequence[int]]]:
    """What to try with which ids, from the likely to the last; nothing is asked twice."""
    usual = [one for one in tries if (one.settings.baud, one.settings.parity) in COMMON]
    small = [unit for unit in plan.unit_ids if unit <= SMALL_BUS]
    yield from product(usual, [plan.likely_ids])
    yield from product(usual[:MOST_COMMON], [small])
    yield from product(tries, [plan.likely_ids])
    yield from product(usual, [plan.unit_ids])
    yield from product(tries, [plan.unit_ids])


def _in_use(port: SerialPort, board: Board, listener: Overhear) -> bool:
    board.at(said("{device}: hearing whether another master speaks", device=port.device))
    heard = listener(port.settings[0], LISTEN_S, board.stop)
    if heard >= A_REQUEST:
        board.busy(port.device)
        board.note(
            said(
                "{device}: another master is at work ({count} bytes in {seconds:g} s), so nothing "
                "was asked. Stop it for the scan, or read along with it: `edge-agent listen "
                "{device}`. With --even-if-busy the scan asks all the same and may disturb it",
                device=port.device,
                count=heard,
                seconds=LISTEN_S,
            )
        )
    elif heard:
        board.note(
            said(
                "{device}: {count} stray bytes on a line where nobody speaks: check the end "
                "resistors of 120 ohm and the bias of the adapter",
                device=port.device,
                count=heard,
            )
        )
    return heard >= A_REQUEST


def _longest_s(port: SerialPort, plan: ScanPlan) -> float:
    return LISTEN_S + sum(map(plan.turn_s, port.settings)) * len(plan.unit_ids)


def _give_up(tries: Sequence[Attempt]) -> None:
    for attempt in tries:
        attempt.give_up()


def _tell_of_nothing(port: SerialPort, tries: Sequence[Attempt], board: Board) -> None:
    for note in dict.fromkeys(attempt.down_note() for attempt in tries if attempt.down):
        board.note(note)
    rows = [(attempt.settings, attempt.trials) for attempt in tries if not attempt.down]
    refused = [attempt.settings for attempt in tries if attempt.down]
    if rows and refused:
        board.note(said("not tried: {settings}", settings=modes_of(refused)))
    if rows and not board.stop():
        board.note(silence_note(port.device, rows))


def _finish(attempt: Attempt, board: Board) -> None:
    """Ask the rest, make sure of those that are there, tell."""
    with attempt.line() as link:
        attempt.ask_all(link)
        attempt.ask_again(link, _suspects(attempt.trials), CONFIRM, PATIENCE)
        there = [unit for unit, heard in attempt.trials.items() if heard[0].there]
        attempt.ask_again(link, there, CONFIRM, 1)
        attempt.ask_again(link, came_late(attempt.trials), CONFIRM, PATIENCE)
    if attempt.down:
        board.note(attempt.down_note())
    attempt.tell(attempt.trials)


def _suspects(trials: Trials) -> list[int]:
    """Units of spoiled answers, and the silent ones before them: theirs may have come late."""
    asked = list(trials)
    spoiled = [at for at, unit in enumerate(asked) if trials[unit][0].outcome in BAD]
    late = [at - 1 for at in spoiled if at and trials[asked[at - 1]][0].outcome == "silent"]
    return [asked[at] for at in sorted({*spoiled, *late})]

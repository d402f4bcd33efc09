"""One way to speak on one line, and what was heard there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from edge_agent.commission.scan.board import Board
from edge_agent.commission.scan.heard import Heard
from edge_agent.commission.scan.plan import ScanPlan
from edge_agent.commission.scan.probe import Opener, probe
from edge_agent.commission.scan.sift import Trials, line_notes, place_of, units_in
from edge_agent.config import LinkSettings
from edge_agent.errors import LinkDownError
from edge_agent.meter_link import MeterLink
from edge_agent.words import said

SAME_UNIT_S = 0.1
"""Between two questions to one unit: some meters restart when they are asked too quickly."""
RELEASE_S, RECONNECTS = 1.5, 5
"""Gateways of one connection need a moment to notice that the last one was closed."""


class Attempt:
    """Asks units over the line of ``settings``. ``down`` says what kept it from being open."""

    def __init__(
        self, settings: LinkSettings, plan: ScanPlan, board: Board, opener: Opener
    ) -> None:
        self.settings = settings
        self.trials: dict[int, list[Heard]] = {}
        self.down: LinkDownError | None = None
        self._open: MeterLink | None = None
        self._tries_left = RECONNECTS
        self._plan, self._board, self._opener = plan, board, opener
        self._timeout_ms = plan.timeout_of(settings)
        self._place = place_of(settings)

    def finds(self, ids: Iterable[int]) -> bool:
        """Ask ``ids`` until one of them answers; whether one did. Then the line stays open."""
        with self.line() as link:
            if any(self.ask(link, unit).there for unit in self._new(ids)):
                self._open = link
        return self._open is not None

    @contextmanager
    def line(self) -> Iterator[MeterLink]:
        """The line, let go of at the end; one that is away ends what is done with it."""
        link = self._open or self._opener(self.settings)
        self._open = self.down = None
        try:
            yield link
        except LinkDownError as error:
            self.down = error
        finally:
            if self._open is None:
                link.close()

    def ask_all(self, link: MeterLink) -> None:
        """Ask every unit of the plan that was not asked yet."""
        for unit in self._new(self._plan.unit_ids):
            self.ask(link, unit)

    def ask(self, link: MeterLink, unit: int, patience: int = 1) -> Heard:
        """Ask once, waiting ``patience`` times as long as usual. Raises ``LinkDownError``."""
        heard = self._probe(link, unit, self._timeout_ms * patience)
        self.trials.setdefault(unit, []).append(heard)
        at = said("{place}, unit {unit}", place=self._place, unit=unit)
        self._board.asked(self._plan.turn_s(self.settings), at)
        return heard

    def _probe(self, link: MeterLink, unit: int, timeout_ms: int) -> Heard:
        """One question; a network connection that is refused gets a moment and another try."""
        try:
            return probe(link, unit, timeout_ms)
        except LinkDownError:
            if self.settings.kind == "rtu" or not self._tries_left:
                raise
        self._tries_left -= 1
        time.sleep(RELEASE_S)
        return probe(link, unit, timeout_ms)

    def ask_again(self, link: MeterLink, units: Iterable[int], times: int, patience: int) -> None:
        """Ask units that were asked already, to be sure of what they are."""
        for unit in units:
            for _ in range(times):
                if not self._board.stop():
                    time.sleep(SAME_UNIT_S)
                    self.ask(link, unit, patience)

    def answer_of_all(self, link: MeterLink, strangers: Iterable[int]) -> Heard | None:
        """What ids that nobody has are answered with, None when one of them is not answered."""
        heard = [self._probe(link, unit, self._timeout_ms) for unit in strangers]
        return heard[0] if all(one.like(heard[0]) for one in heard) else None

    def give_up(self) -> None:
        """What was not asked yet will not be: the line is spoken to in another way."""
        left = len(self._plan.unit_ids) - len(self.trials)
        self._board.skip(left, left * self._plan.turn_s(self.settings))

    def tell(self, trials: Trials) -> None:
        """Write on the board which units are there, and what is to be known of the line."""
        for found in units_in(self.settings, trials):
            self._board.find(found)
        for text in line_notes(self.settings, trials):
            self._board.note(text)

    def down_note(self) -> str:
        """What kept the line from being open, and what to do; "" when it was."""
        if self.down is None:
            return ""
        return said("{what}: {todo}", what=self.down.message, todo=self.down.hint)

    def _new(self, ids: Iterable[int]) -> Iterator[int]:
        for unit in ids:
            if self._board.stop():
                return
            if unit not in self.trials:
                yield unit

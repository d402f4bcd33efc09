"""A line that is read along, and its meters: what the agent needs of it to run it.

Its shape is that of ``edge_agent.bus.Station``, so that one schedule drives lines that are polled
and lines that are heard.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from edge_agent import profile as profiles
from edge_agent.bus import (
    Fault,
    LineLentError,
    LineStatus,
    PolledMeter,
    Told,
    UnitStatistics,
)
from edge_agent.bus.judgement import suspicion
from edge_agent.bus.statistics import Answers
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings, PollSettings
from edge_agent.errors import LinkDownError, StopError
from edge_agent.listen.ear import EarMaker, SerialEar
from edge_agent.listen.heard_meter import HeardMeter
from edge_agent.listen.heard_values import HeardValues
from edge_agent.listen.listener import Listener
from edge_agent.listen.statistics import statistics_of
from edge_agent.meter_link import MeterLink
from edge_agent.words import Language, language_of, said

ROUND_WITHIN_S = 10.0
"""A round waits for nothing; this is how long it may take at most."""


@dataclass(slots=True)
class ListenBus:
    """One line that is read along, and its meters. ``listener`` hears it by a thread of its own.

    ``counts_every_s`` is how often a reading carries its meter's statistics, None for never.
    """

    settings: LinkSettings
    listener: Listener
    heard: tuple[HeardMeter, ...]
    poll: PollSettings
    told: Told
    unsound: tuple[Fault, ...] = ()
    counts_every_s: float | None = None
    lent: bool = False
    halted: bool = False
    moved: Callable[[], object] = field(default=lambda: None)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def meters(self) -> tuple[PolledMeter, ...]:
        """The meters as the agent knows them."""
        return tuple(one.meter for one in self.heard)

    @property
    def tick_s(self) -> float:
        """The fastest pace on this line."""
        paces = [portion.every_s for meter in self.meters for portion in meter.portions]
        return min([self.poll.every_s, *paces])

    def watch(self, moved: Callable[[], object]) -> None:
        """Call ``moved`` at each round."""
        self.moved = moved

    def longest_request_s(self) -> float:
        """How long a round may take at most."""
        return ROUND_WITHIN_S

    @contextmanager
    def lend(self) -> Iterator[LinkSettings]:
        """Let another part have the port: listening pauses, and goes on at the next round.

        Raises ``LineLentError`` when another part has it.
        """
        with self.lock:
            if self.lent:
                raise _lent(self.settings)
            self.lent = True
            self.listener.stop()
        try:
            yield self.settings
        finally:
            self._begin_anew()
            self.lent = False

    def begin(self) -> None:
        """Rounds are driven by a schedule from now on."""
        self.halted = False
        self._begin_anew()

    def awake(self) -> bool:
        """Whether it listens; begins to, unless its port is lent or its rounds are halted."""
        with self.lock:
            if self.lent or self.halted:
                return False
            self.listener.start()
            return True

    def halt(self) -> None:
        """End the round under way soon."""
        self.halted = True

    def behind(self, now_ms: int) -> bool:
        """Never: what another master reads cannot be hurried."""
        return False

    def ask(self) -> MeterLink:
        """Raises ``LinkDownError``: on this line nobody of the agent may speak."""
        raise LinkDownError(
            said("link {link} only listens: nothing can be asked on it", link=self.settings.id),
            said("ask by the other master, or make it a link of kind rtu once that one is gone"),
        )

    def statistics(self, unit_id: int) -> UnitStatistics:
        """How a unit answers the other master."""
        line = self.listener.picture()
        return statistics_of(line.units.get(unit_id), line.now_s)

    def status(self) -> LineStatus:
        """What the answers of all units point to."""
        units = self.listener.picture().units
        ended = {id: Answers(one.sound, one.garbled, one.silent) for id, one in units.items()}
        return LineStatus(suspicion=suspicion(self.settings, ended))

    def close(self) -> None:
        """Let go of the port."""
        self.listener.stop()

    def _begin_anew(self) -> None:
        """Nobody is missed for the time that has passed."""
        for one in self.heard:
            one.since_s = self.listener.now_s()


def gather(settings: AgentSettings, make: EarMaker = SerialEar) -> tuple[ListenBus, ...]:
    """The lines to listen to that ``settings`` describe, with the profiles of their meters."""
    language = language_of(settings.agent.language)
    found = []
    for link in settings.links:
        if link.kind == "rtu-listen":
            rows = [row for row in settings.meters if row.link == link.id]
            site = settings.agent.site
            found.append(assemble(site, link, rows, settings.poll, language, make))
    return tuple(found)


def assemble(
    site: str,
    link: LinkSettings,
    rows: Sequence[MeterSettings],
    poll: PollSettings,
    language: Language = "en",
    make: EarMaker = SerialEar,
) -> ListenBus:
    """One line: ``link`` and the meters of ``site`` on it.

    A meter whose profile is not there or has faults is told and left out.
    """
    listener = Listener(link, make)
    heard, unsound = list[HeardMeter](), list[Fault]()
    for row in rows:
        told = Told(said("meter {meter}", meter=row.id), language)
        try:
            model = profiles.load(row.profile)
        except StopError as error:
            unsound.append(Fault(row.id, error.message, error.hint))
            told.fault(error)
            continue
        meter = PolledMeter(site, row, link, poll, model, told=told)
        heard.append(HeardMeter(meter, HeardValues(model, meter.ratios), listener.now_s()))
    told = Told(said("link {link}", link=link.id), language)
    return ListenBus(link, listener, tuple(heard), poll, told, tuple(unsound))


def _lent(settings: LinkSettings) -> LineLentError:
    return LineLentError(
        said("link {link} is in use by another part of this agent", link=settings.id),
        said("wait until it is done"),
    )

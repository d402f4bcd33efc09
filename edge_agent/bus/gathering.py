"""A bus: one link, its meters, and all that is known of how they answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from edge_agent import profile as profiles
from edge_agent.bus.judgement import Suspicion
from edge_agent.bus.line import Asked, Line
from edge_agent.bus.meter import NETWORK_TIMEOUT_MS, PolledMeter
from edge_agent.bus.paces import Paces
from edge_agent.bus.station import LineStatus
from edge_agent.bus.statistics import UnitStatistics
from edge_agent.bus.told import Fault, Told
from edge_agent.bus.turns import Turns
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings, PollSettings
from edge_agent.errors import StopError
from edge_agent.meter_link import CONNECT_TIMEOUT_S, SERIAL_GAP_MS, MeterLink, open_link
from edge_agent.profile import Profile
from edge_agent.words import Language, language_of, said

Opener = Callable[[LinkSettings, Mapping[int, int]], MeterLink]


@dataclass(slots=True)
class Bus:
    """One link and its meters.

    ``line`` is the link as all parts of the agent share it, ``link`` the same as polling uses it.
    ``unsound`` are meters that cannot be read at all, with the reason; ``counts_every_s`` is how
    often a reading carries its meter's statistics, None for never; ``suspicion`` is what the
    answers of all units point to; ``driven`` says that rounds follow the ticks.
    """

    settings: LinkSettings
    link: MeterLink
    meters: tuple[PolledMeter, ...]
    line: Line
    turns: Turns
    told: Told
    paces: Paces
    unsound: tuple[Fault, ...] = ()
    counts_every_s: float | None = None
    driven: bool = False
    halted: bool = False
    suspicion: Suspicion | None = None

    @property
    def lock(self) -> object:
        """What guards the link: a context manager, given in the order of asking."""
        return self.line.lock

    @property
    def tick_s(self) -> float:
        """The fastest pace on this line."""
        return self.turns.tick_s

    def watch(self, moved: Callable[[], object]) -> None:
        """Call ``moved`` before each request: dead meters take time, and that is no standstill."""
        self.link = _WatchedLink(self.link, moved)

    def longest_request_s(self) -> float:
        """How long a single request may take by these settings: quiet times, a second try."""
        slowest = max((meter.timeout_ms(0) for meter in self.meters), default=0)
        timeout_ms = max(self.settings.timeout_ms or 0, slowest, NETWORK_TIMEOUT_MS)
        return 2 * (CONNECT_TIMEOUT_S + 3 * timeout_ms / 1000)

    @contextmanager
    def lend(self) -> Iterator[LinkSettings]:
        """Let another part have the port itself: polling pauses, and goes on afterwards."""
        with self.line.lend() as settings:
            try:
                yield settings
            finally:
                self.turns.begin_anew()

    def begin(self) -> None:
        """The bus is polled by its own clock from now on."""
        self.driven, self.halted = True, False
        self.turns.begin_anew()
        self.paces.begin()

    def halt(self) -> None:
        """End the round under way after the meter that is being read."""
        self.halted = True

    def behind(self, now_ms: int) -> bool:
        """Whether a portion is due now, right after a round."""
        return not (self.halted or self.line.lent) and bool(self.turns.due(now_ms))

    def ask(self) -> MeterLink:
        """The line for requests of others, which take turns with polling."""
        return Asked(self.line)

    def statistics(self, unit_id: int) -> UnitStatistics:
        """How a unit has answered since the agent was made."""
        return self.line.statistics(unit_id)

    def status(self) -> LineStatus:
        """How the line is used, and what its answers point to."""
        paces = self.paces
        return LineStatus(paces.load, paces.due, paces.left_out, self.suspicion)

    def close(self) -> None:
        """Let go of the link."""
        self.link.close()


class _WatchedLink:
    """A ``MeterLink`` that tells of every request to the one beneath it."""

    def __init__(self, link: MeterLink, moved: Callable[[], object]) -> None:
        self._link, self._moved = link, moved

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        self._moved()
        return self._link.read(unit_id, function, address, count, timeout_ms)

    def close(self) -> None:
        self._link.close()


def gather(settings: AgentSettings, opener: Opener = open_link) -> tuple[Bus, ...]:
    """The buses to poll that ``settings`` describe, with their profiles loaded and planned.

    A meter whose profile is not there or has faults is told and left out. Raises ``StopError``
    when these are all there are.
    """
    language = language_of(settings.agent.language)
    buses = []
    for link in settings.links:
        if link.kind == "rtu-listen":
            continue  # nobody may be asked on it
        rows = [row for row in settings.meters if row.link == link.id]
        buses.append(assemble(settings.agent.site, link, rows, settings.poll, opener, language))
    unsound = [fault for bus in buses for fault in bus.unsound]
    if unsound and len(unsound) == len(settings.meters) and not settings.page.listen:
        raise StopError(unsound[0].message, unsound[0].hint)
    return tuple(buses)


def assemble(
    site: str,
    link: LinkSettings,
    rows: Sequence[MeterSettings],
    poll: PollSettings,
    opener: Opener = open_link,
    language: Language = "en",
) -> Bus:
    """One bus: ``link`` and the meters of ``site`` on it."""
    models, unsound = _models(rows, language)
    sound = [row for row in rows if row.profile in models]
    gaps_ms = {row.unit_id: _gap_ms(row, link, models[row.profile]) for row in sound}
    meters = tuple(
        PolledMeter(
            *(site, row, link, poll, models[row.profile]),
            told=Told(said("meter {meter}", meter=row.id), language),
        )
        for row in sound
    )
    line = Line(link, opener(link, gaps_ms))
    told = Told(said("link {link}", link=link.id), language)
    turns = Turns(meters, poll.align_s, poll.every_s)
    paces = Paces(told, lambda: line.busy_s)
    return Bus(link, line, meters, line, turns, told, paces, unsound)


def _models(
    rows: Sequence[MeterSettings], language: Language
) -> tuple[dict[str, Profile], tuple[Fault, ...]]:
    """The profiles by name, and the meters whose profile cannot be used, which are told."""
    models: dict[str, Profile] = {}
    faults: list[Fault] = []
    for row in rows:
        try:
            models[row.profile] = models.get(row.profile) or profiles.load(row.profile)
        except StopError as error:
            faults.append(Fault(row.id, error.message, error.hint))
            told = Told(said("meter {meter}", meter=row.id), language)
            told.fault(error)
    return models, tuple(faults)


def _gap_ms(row: MeterSettings, link: LinkSettings, model: Profile) -> int:
    """The silence before a request to one unit: as it is set, else what the profile wants."""
    for set_ms in (row.gap_ms, link.gap_ms):
        if set_ms is not None:
            return set_ms
    return model.min_gap_ms if link.kind == "tcp" else max(model.min_gap_ms, SERIAL_GAP_MS)

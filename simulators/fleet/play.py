"""A fleet from start to verdict: dial, poll, perhaps a cut, wait for receipts, take leave."""

from __future__ import annotations

import asyncio
import math
import resource
import secrets
import ssl
import time
from collections.abc import Callable
from random import Random

from edge_agent.errors import StopError
from simulators.fleet.connection import Connection
from simulators.fleet.options import FleetOptions, crew
from simulators.fleet.player import Player
from simulators.fleet.tally import Tally, Verdict, verdict

SPARE_FILES = 64
LOOK_EVERY_S = 1.0
LOOK_TURNS = 5
"""A fifth of the agents looks after its receipts each second."""
DIAL_WAIT_S = 30.0
NOBODY_S = 5.0
"""When not one agent is in so long after the last has dialled, none will be."""
LEAVE_S = 3.0
Watch = Callable[[Tally, str, float], None]
"""Told each second: the counts, what is going on, seconds since the start."""


def play(
    options: FleetOptions, watch: Watch = lambda *_: None, patience_s: float = DIAL_WAIT_S
) -> Verdict:
    """Play the fleet; blocks until it is over, at most ramp + ``for_s`` + ``settle_s`` and a bit.

    It begins when all are connected, or ``patience_s`` after the last has dialled.

    Raises ``StopError`` when this process may not open so many connections, or not one agent
    could connect.
    """
    allow_files(options.agents + SPARE_FILES)
    return asyncio.run(_Play(options, watch, patience_s).run())


def allow_files(wanted: int) -> None:
    """Raise this process's limit of open files to ``wanted``. Raises ``StopError``."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard not in (resource.RLIM_INFINITY,) and hard < wanted:
        what = f"{wanted} open files are needed, this machine allows {hard}"
        raise StopError(what, f"fewer --agents, or: ulimit -n {wanted} as root")
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class _Play:
    def __init__(self, options: FleetOptions, watch: Watch, patience_s: float) -> None:
        self._options, self._watch, self._patience_s = options, watch, patience_s
        self._tally = Tally()
        self._context = _context(options)
        self._begun_s = time.monotonic()
        self._receipts_s: tuple[float, float] | None = None
        self._stage = "connecting"
        self._random = Random(11)
        self._polling: list[asyncio.Task[None]] = []

    async def run(self) -> Verdict:
        options = self._options
        start_ms = _first_mark_ms(options)
        epoch = secrets.token_hex(8)
        players = [
            Player(who, options, self._tally, self._dial) for who in crew(options, start_ms, epoch)
        ]
        watching = asyncio.create_task(self._look(players))
        try:
            await self._ramp(players)
            await self._middle(players, start_ms)
            await self._settle(players)
        finally:
            watching.cancel()
            await self._leave(players)
        return self._verdict()

    async def _ramp(self, players: list[Player]) -> None:
        """Dial, so many a second, until all are up or stay refused."""
        begun_s = time.monotonic()
        for number, player in enumerate(players):
            ahead_s = begun_s + number / self._options.connects_per_s - time.monotonic()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            player.connect()
        waited_s, until_s = time.monotonic(), time.monotonic() + self._patience_s
        while self._tally.connected < len(players) and time.monotonic() < until_s:
            if not self._tally.connections and time.monotonic() - waited_s > NOBODY_S:
                break
            await asyncio.sleep(0.05)
        if not self._tally.connections:
            raise self._nobody()

    def _nobody(self) -> StopError:
        reasons = self._tally.losses.most_common(1)
        reason = reasons[0][0] if reasons else "no answer"
        hint = "does the broker run there, with this version, CA and password?"
        return StopError(f"no agent could connect to {self._options.broker}: {reason}", hint)

    async def _middle(self, players: list[Player], start_ms: int) -> None:
        options, loop = self._options, asyncio.get_running_loop()
        self._stage = "playing"
        for player in players:
            self._polling.append(loop.create_task(self._poll(player, start_ms)))
        if options.cut_at_s is None:
            await asyncio.sleep(options.for_s)
        else:
            await asyncio.sleep(options.cut_at_s)
            self._stage = "cut"
            for player in players:
                player.cut()
            await asyncio.sleep(options.away_s)
            self._stage = "coming back"
            for player in players:
                player.come_back()
            await asyncio.sleep(max(options.for_s - options.cut_at_s - options.away_s, 0))
        for task in self._polling:
            task.cancel()

    async def _poll(self, player: Player, start_ms: int) -> None:
        """One agent's rounds: its meters at the marks, its commit some time after them."""
        options = self._options
        behind_s = self._random.uniform(0, min(options.commit_s, options.round_s))
        due_s = (start_ms - _now_ms()) / 1000 + (options.polls - 1) * options.every_s + behind_s
        due_s += time.monotonic()
        while True:
            await asyncio.sleep(max(due_s - time.monotonic(), 0))
            player.poll()
            due_s += options.round_s

    async def _settle(self, players: list[Player]) -> None:
        self._stage = "waiting for receipts"
        until_s = time.monotonic() + self._options.settle_s
        while self._tally.open and time.monotonic() < until_s:
            await asyncio.sleep(0.1)

    async def _leave(self, players: list[Player]) -> None:
        self._stage = "taking leave"
        for number, player in enumerate(players):
            player.stop(self._options.tidy)
            if number % 500 == 499:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.2)
        until_s = time.monotonic() + LEAVE_S
        while self._tally.connected > 0 and time.monotonic() < until_s:
            await asyncio.sleep(0.05)

    async def _look(self, players: list[Player]) -> None:
        """Tell how it is each second, and let each agent look after its receipts."""
        seen = turn = 0
        while True:
            now_s = time.monotonic()
            if self._tally.receipted != seen:
                seen = self._tally.receipted
                first_s = self._receipts_s[0] if self._receipts_s else now_s - LOOK_EVERY_S
                self._receipts_s = (first_s, now_s)
            self._watch(self._tally, self._stage, now_s - self._begun_s)
            for player in players[turn::LOOK_TURNS]:
                player.look()
            turn = (turn + 1) % LOOK_TURNS
            await asyncio.sleep(LOOK_EVERY_S)

    async def _dial(self, made: Callable[[], Connection]) -> object:
        options = self._options
        name = options.host if self._context is not None else None
        async with asyncio.timeout(DIAL_WAIT_S):
            return await asyncio.get_running_loop().create_connection(
                made, options.host, options.port, ssl=self._context, server_hostname=name
            )

    def _verdict(self) -> Verdict:
        seconds = time.monotonic() - self._begun_s
        first_s, last_s = self._receipts_s or (0.0, 0.0)
        options = self._options
        return verdict(self._tally, options.agents, options.meters, seconds, last_s - first_s)


def _context(options: FleetOptions) -> ssl.SSLContext | None:
    """The certificate of the broker is always verified, and its name."""
    if not options.tls:
        return None
    try:
        return ssl.create_default_context(cafile=options.ca_file)
    except (ssl.SSLError, OSError) as error:
        raise StopError(f"--ca-file {options.ca_file}: {error}", "name a PEM file") from error


def _first_mark_ms(options: FleetOptions) -> int:
    """The whole second at which all agents poll first: about when the last of them has dialled."""
    ready_ms = _now_ms() + options.agents / options.connects_per_s * 1000
    return math.ceil(ready_ms / 1000) * 1000


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

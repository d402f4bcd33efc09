"""Which speed and parity a line runs at, found by listening with each in turn.

Before: a port beside another master. After: the settings under which its bytes make frames. At
the wrong ones bytes come too, but no frames; a line that brings no byte at all is silent under
every setting. Stop bits cannot be heard: one is enough to receive two.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from edge_agent import link_faults
from edge_agent.config import LinkSettings
from edge_agent.errors import LinkDownError, SilentMeterError
from edge_agent.listen.ear import EarMaker, SerialEar
from edge_agent.listen.listener import QUIET_S
from edge_agent.listen.traffic import Traffic
from edge_agent.words import said

BAUDS = (9_600, 19_200, 38_400, 115_200, 57_600, 4_800, 2_400, 1_200)
PARITIES = ("N", "E", "O")
"""Those that are met most often come first."""
ENOUGH_FRAMES = 2
"""A checksum holds by chance once in 65,536 tries: not twice, and not for most of the bytes."""
ENOUGH_BYTES = 1_200
"""So many bytes that do not fit are the wrong settings: four of the longest answers."""
AFTER_BYTE_S = 3.0
"""A trial ends so long after its first byte."""
SILENCE_S = 30.0
"""So long may a master pause between two rounds before the line is called silent."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was heard with one pair of settings: bytes, whole frames, bytes outside of frames."""

    baud: int
    parity: str
    heard: int
    frames: int
    unread: int

    @property
    def fits(self) -> bool:
        """Whether these are the line's settings."""
        return self.frames >= ENOUGH_FRAMES and 2 * self.unread < self.heard


def candidates(
    link: LinkSettings, bauds: Sequence[int] = (), parities: Sequence[str] = ()
) -> tuple[LinkSettings, ...]:
    """The link with every pair of settings (those of ``BAUDS``, ``PARITIES``), its own first."""
    own = (link.baud, link.parity)
    pairs = [(baud, parity) for parity in parities or PARITIES for baud in bauds or BAUDS]
    rest = [pair for pair in pairs if pair != own]
    return tuple(
        link.model_copy(update={"baud": baud, "parity": parity}) for baud, parity in [own, *rest]
    )


def find(
    links: Sequence[LinkSettings],
    silence_s: float | None = None,
    make: EarMaker = SerialEar,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Trial]:
    """Listen with each of ``links`` in turn; ends with the trial that fits, if there is one.

    A trial ends once it is decided, ``AFTER_BYTE_S`` after its first byte or, without any, after
    ``silence_s`` (None: ``SILENCE_S``). Raises ``SilentMeterError`` for a line that brings no byte
    at first, and ``LinkDownError`` for a port that cannot be had.
    """
    for number, link in enumerate(links):
        trial = _listened(link, silence_s or SILENCE_S, make, stop)
        yield trial
        if trial.fits or stop():
            return
        if number == 0 and not trial.heard:
            raise SilentMeterError(
                said("nothing is heard on {device}", device=link.device),
                said("see whether the other master runs; check wiring A/B and the common wire"),
            )


def _listened(
    link: LinkSettings, silence_s: float, make: EarMaker, stop: Callable[[], bool]
) -> Trial:
    ear, traffic = make(link), Traffic()
    until_s = time.monotonic() + silence_s
    try:
        ear.open()
        while not (stop() or _decided(link, traffic)) and (now_s := time.monotonic()) < until_s:
            data = ear.hear(QUIET_S)
            if data and not traffic.heard:
                until_s = now_s + AFTER_BYTE_S
            if data:
                traffic.feed(data, now_s)
            else:
                traffic.quiet(now_s)
    except OSError as error:
        raise LinkDownError(*link_faults.why_down(link, error)) from error
    finally:
        ear.close()
    return _trial(link, traffic)


def _decided(link: LinkSettings, traffic: Traffic) -> bool:
    return traffic.heard >= ENOUGH_BYTES or _trial(link, traffic).fits


def _trial(link: LinkSettings, traffic: Traffic) -> Trial:
    return Trial(link.baud, link.parity, traffic.heard, traffic.frames, traffic.unread)

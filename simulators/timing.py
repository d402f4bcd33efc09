"""How long bytes take on a line, and what becomes of answers that are sent at the same time.

PURE. Times follow section 2.5.1 of Modbus over Serial Line V1.02: start, eight data, parity and
stop bits; 3.5 characters of silence around a frame, 1.75 ms above 19200 baud.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from simulators.plant import Link

SILENT_CHARACTERS = 3.5
FAST_BAUD, FAST_SILENCE_S = 19_200, 0.00175


class Sent(NamedTuple):
    """A frame and when it begins, in seconds after the request has ended."""

    at_s: float
    frame: bytes


def byte_s(link: Link) -> float:
    """How long one byte takes."""
    return (1 + 8 + (link.parity != "N") + link.stop_bits) / link.baud


def frame_s(link: Link, size: int) -> float:
    """How long a frame of ``size`` bytes takes, with the silence behind it."""
    silence_s = FAST_SILENCE_S if link.baud > FAST_BAUD else SILENT_CHARACTERS * byte_s(link)
    return size * byte_s(link) + silence_s


def on_one_pair(frames: Iterable[Sent], link: Link) -> list[Sent]:
    """What is heard of frames on one pair of wires: those that overlap spoil each other.

    Two drivers at once: a bit that either of them pulls low is low. Equal frames that begin
    together are heard as one, which is why a doubled unit id can pass unseen for a while.
    """
    heard: list[Sent] = []
    for sent in sorted(frames):
        last = heard[-1] if heard else None
        if last and sent.at_s < last.at_s + len(last.frame) * byte_s(link):
            places = round((sent.at_s - last.at_s) / byte_s(link))
            heard[-1] = Sent(last.at_s, _collided(last.frame, sent.frame, places))
        else:
            heard.append(sent)
    return heard


def _collided(first: bytes, second: bytes, places: int) -> bytes:
    """Idle is high, so the shorter of both is filled up with ones."""
    size = max(len(first), places + len(second))
    one = first.ljust(size, b"\xff")
    other = (b"\xff" * places + second).ljust(size, b"\xff")
    return bytes(a & b for a, b in zip(one, other, strict=True))

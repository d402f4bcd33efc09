"""PURE. What is handed to a broker."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """A topic and its payload; an empty retained payload takes away what was retained there."""

    topic: str
    payload: bytes
    retain: bool = True
    qos: int = 0

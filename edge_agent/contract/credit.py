"""Credit: how fast the collector lets an agent send its backlog, and nothing else.

It bounds the back lane; readings of now are never held up. Each credit stands until the next one,
a new connection or ``VALID_S``; an agent that hears none goes by its own settings.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TypeGuard, cast

from edge_agent.contract.wire import MOST_BYTES, VERSION, WireError

LEAST_READINGS_PER_S = 1.0
"""No credit is less: a backlog that may not move at all would in the end be dropped."""
MOST_READINGS_PER_S = 1_000_000.0
VALID_S = 180.0
"""A credit is told again each minute; after three minutes of silence it is worth nothing."""
_AGENT_LENGTH = 256


@dataclass(frozen=True, slots=True)
class Credit:
    """What ``agent`` may send of its backlog, in readings per second, on average."""

    agent: str
    readings_per_s: float


def encode_credit(credit: Credit) -> bytes:
    """The credit as UTF-8 JSON, for the topic ``down/credit``.

    Raises ``ValueError`` for a rate that no agent would take.
    """
    rate = credit.readings_per_s
    if not _is_rate(rate):
        raise ValueError(f"a credit of {rate!r} readings/s is not {_BOUNDS}")
    body = {"v": VERSION, "agent": credit.agent, "readings_per_s": rate}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def decode_credit(payload: bytes) -> Credit:
    """The credit in ``payload``. Raises ``WireError``, for a rate out of all reason too."""
    if len(payload) > MOST_BYTES:
        raise WireError(f"{len(payload)} bytes, above {MOST_BYTES}")
    try:
        doc = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error
    if not isinstance(doc, dict) or doc.get("v") != VERSION:
        raise WireError(f"not a JSON object of version {VERSION}")
    agent, rate = doc.get("agent"), doc.get("readings_per_s")
    if not isinstance(agent, str) or not 1 <= len(agent) <= _AGENT_LENGTH:
        raise WireError(f"agent is not a text of 1 to {_AGENT_LENGTH} characters")
    if not _is_rate(rate):
        raise WireError(f"readings_per_s is {rate!r:.40}, not {_BOUNDS}")
    return Credit(agent, float(rate))


_BOUNDS = f"a number from {LEAST_READINGS_PER_S:.0f} to {MOST_READINGS_PER_S:.0f}"


def _is_rate(value: object) -> TypeGuard[float]:
    # NaN is between no two numbers, and whole numbers of hundreds of digits compare without fault.
    return type(value) in (int, float) and (
        LEAST_READINGS_PER_S <= cast(float, value) <= MOST_READINGS_PER_S
    )

"""What working on a question comes to, before it is an answer on the wire; and how it is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from edge_agent.contract.care import (
    ANSWER_MOST_BYTES,
    TEXT_MOST,
    Answer,
    Ask,
    Outcome,
    encode_answer,
)
from edge_agent.errors import AgentError, StopError
from edge_agent.words import Said, joined, said

NEWEST_LAST = "lines"
"""Of this list the beginning is left out first, of any other the end."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a question was answered; the fields are those of ``Answer``."""

    outcome: Outcome = "done"
    message: str = ""
    hint: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)


def fault(error: AgentError) -> Told:
    """It was not tried, because it never can be; or it was, or may be another time."""
    outcome: Outcome = "refused" if isinstance(error, StopError) else "failed"
    return Told(outcome, error.message, error.hint)


def outcome_said(outcome: Outcome) -> Said:
    """The outcome as the plant's own log has it: in the reader's language."""
    match outcome:
        case "done":
            return said("done")
        case "accepted":
            return said("taken on")
        case "refused":
            return said("refused")
    return said("failed")


def line_of(ask: Ask, answer: Answer) -> Said:
    """A question and what became of it, as one line of the log; why, where it was not done."""
    line = said(
        "asked from afar by {by}: {kind}: {outcome}",
        by=ask.by or "-",
        kind=ask.kind,
        outcome=outcome_said(answer.outcome),
    )
    return joined(": ", (line, answer.message)) if answer.message else line


def payload_of(answer: Answer, most_bytes: int | None = None) -> tuple[Answer, bytes]:
    """The answer as it goes out, and its bytes: what is too much of it is left out, and told.

    ``most_bytes`` is what the broker takes, where that is known.
    """
    bound = min(ANSWER_MOST_BYTES, most_bytes or ANSWER_MOST_BYTES)
    answer = replace(answer, message=short_text(answer.message), hint=short_text(answer.hint))
    payload = encode_answer(answer)
    while len(payload) > bound and answer.body:
        answer = replace(answer, body=_shorter(answer.body), cut=True)
        payload = encode_answer(answer)
    return answer, payload


def _shorter(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with half of its longest list, or without anything when it has no list to halve."""
    lists = {key: value for key, value in body.items() if isinstance(value, list) and value}
    if not lists:
        return {}
    key = max(lists, key=lambda name: len(lists[name]))
    rows, half = lists[key], len(lists[key]) // 2
    kept = rows[len(rows) - half :] if key == NEWEST_LAST else rows[:half]
    return {**body, key: kept}


def short_text(text: str) -> str:
    """A text as it may stand in a message: not too long, and without what is no letter."""
    plain = str(text).encode("utf-8", "replace").decode("utf-8")
    return plain if len(plain) <= TEXT_MOST else plain[: TEXT_MOST - 3] + "..."

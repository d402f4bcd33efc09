"""Remote care: a question to an agent, its answer, and which pushed settings it runs with.

A question goes down on ``down/ask``; what comes of it goes up on ``up/answer``, as does the state
of pushed settings. Nothing else reaches an agent: it never listens, it only hears what its own
connection brings. Every message is bounded, and unknown keys are ignored.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.contract.wire import Loads, WireError, dump, load

Outcome = Literal["done", "accepted", "refused", "failed"]
"""``accepted``: under way, its end is told by a ``ConfigState``. ``refused``: not tried."""
Decision = Literal["", "in-use", "refused", "rolled-back"]
"""What became of the newest pushed version, "" before the first."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
DECISIONS: tuple[Decision, ...] = get_args(Decision)
SETTINGS_MOST_BYTES = 128 * 1024
"""Pushed settings are no larger: 500 meters have half of it."""
ASK_MOST_BYTES = 2 * SETTINGS_MOST_BYTES
ANSWER_MOST_BYTES = 2 * SETTINGS_MOST_BYTES
MOST_ARGUMENTS = 16
TEXT_MOST = 2_000
DEEPEST = 12
"""No body of ours is nested deeper than half of it."""
_LARGEST = 2**63 - 1
_NAME = re.compile(NAME_PATTERN)
_DIGEST = re.compile(r"(|[0-9a-f]{64})")
Argument = str | int | bool


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, or settings to take over, for one agent.

    ``id`` is the collector's; the answer carries it back. ``by`` is who asks, for the records at
    both ends. ``expires_ms`` (UTC ms): nobody waits for an answer any more.
    """

    id: str
    agent: str
    kind: str
    by: str
    at_ms: int
    expires_ms: int
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question: ``message`` and ``hint`` for a person, ``body`` for a program.

    ``took_ms`` is how long the agent worked on it; ``cut``: the body was too large, and is told
    in part.
    """

    id: str
    agent: str
    kind: str
    outcome: Outcome
    at_ms: int
    took_ms: int = 0
    message: str = ""
    hint: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True, slots=True)
class ConfigState:
    """Which pushed settings an agent runs with.

    ``version`` is the one in use (0: settings made at the plant) and ``digest`` that of its text;
    ``part_digest`` is that of what may be pushed as the file has it now, ``drifted`` whether
    somebody at the plant has changed that since. ``on_trial`` is the version on trial, 0 when
    none is. ``newest`` is the last one that was decided on, ``decision`` how, ``reason`` why.
    """

    agent: str
    at_ms: int
    version: int = 0
    digest: str = ""
    part_digest: str = ""
    drifted: bool = False
    on_trial: int = 0
    newest: int = 0
    decision: Decision = ""
    reason: str = ""


def settings_digest(text: str) -> str:
    """SHA-256 of a settings text, in hexadecimal; line ends do not count."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def encode_ask(ask: Ask) -> bytes:
    """The question as UTF-8 JSON, for the topic ``down/ask``.

    Raises ``ValueError`` for one that no agent would take.
    """
    payload = dump({**asdict(ask), "arguments": dict(ask.arguments)})
    decode_ask(payload)
    return payload


def decode_ask(payload: bytes, loads: Loads = json.loads) -> Ask:
    """The question in ``payload``. Raises ``WireError``."""
    doc = _document(payload, loads, ASK_MOST_BYTES)
    return Ask(
        id=_name(doc, "id"),
        agent=_name(doc, "agent"),
        kind=_name(doc, "kind"),
        by=_text(doc, "by", 256),
        at_ms=_count(doc, "at_ms"),
        expires_ms=_count(doc, "expires_ms"),
        arguments=_arguments(doc.get("arguments", {})),
    )


def encode_answer(answer: Answer) -> bytes:
    """The answer as UTF-8 JSON, for the topic ``up/answer``.

    Raises ``ValueError`` for a figure that is not finite.
    """
    return dump({"message_of": "answer", **asdict(answer)})


def encode_config_state(state: ConfigState) -> bytes:
    """The state as UTF-8 JSON, for the topic ``up/answer``."""
    return dump({"message_of": "config", **asdict(state)})


def decode_answer(payload: bytes, loads: Loads = json.loads) -> Answer | ConfigState:
    """What an agent says on ``up/answer``. Raises ``WireError``."""
    doc = _document(payload, loads, ANSWER_MOST_BYTES)
    match doc.get("message_of"):
        case "answer":
            return _answer(doc)
        case "config":
            return _config_state(doc)
    raise WireError(f"message_of is {doc.get('message_of')!r:.40}, not answer or config")


def _answer(doc: Mapping[str, Any]) -> Answer:
    body = doc.get("body", {})
    if not isinstance(body, dict):
        raise WireError("body is not an object")
    _require_shallow(body)
    return Answer(
        id=_name(doc, "id"),
        agent=_name(doc, "agent"),
        kind=_name(doc, "kind"),
        outcome=_one_of(doc, "outcome", OUTCOMES),
        at_ms=_count(doc, "at_ms"),
        took_ms=_count(doc, "took_ms"),
        message=_text(doc, "message"),
        hint=_text(doc, "hint"),
        body=body,
        cut=_flag(doc, "cut"),
    )


def _config_state(doc: Mapping[str, Any]) -> ConfigState:
    return ConfigState(
        agent=_name(doc, "agent"),
        at_ms=_count(doc, "at_ms"),
        version=_count(doc, "version"),
        digest=_digest(doc, "digest"),
        part_digest=_digest(doc, "part_digest"),
        drifted=_flag(doc, "drifted"),
        on_trial=_count(doc, "on_trial"),
        newest=_count(doc, "newest"),
        decision=_one_of(doc, "decision", DECISIONS),
        reason=_text(doc, "reason"),
    )


def _document(payload: bytes, loads: Loads, most_bytes: int) -> dict[str, Any]:
    if len(payload) > most_bytes:
        raise WireError(f"larger than {most_bytes} bytes")
    return load(payload, loads)


def _arguments(value: object) -> dict[str, Argument]:
    if not isinstance(value, dict) or len(value) > MOST_ARGUMENTS:
        raise WireError(f"arguments is not an object of at most {MOST_ARGUMENTS} keys")
    for key, item in value.items():
        if not _NAME.fullmatch(key):
            raise WireError(f"arguments has a key that is no name: {key!r:.40}")
        if isinstance(item, str):
            _require_sayable(key, item)
        elif not (isinstance(item, bool) or (type(item) is int and abs(item) <= _LARGEST)):
            raise WireError(f"argument {key} is not a text, a whole number, true or false")
    return value


def _require_shallow(body: dict[str, Any]) -> None:
    """Whoever writes the body down again must not run out of stack: walked without recursion."""
    level: list[Any] = [body]
    for _ in range(DEEPEST):
        rows = [one.values() if isinstance(one, dict) else one for one in level]
        level = [one for row in rows for one in row if isinstance(one, dict | list)]
        if not level:
            return
    raise WireError(f"body is nested deeper than {DEEPEST} levels")


def _name(doc: Mapping[str, Any], key: str) -> str:
    value = doc.get(key)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise WireError(f"{key} is not a name")
    return value


def _text(doc: Mapping[str, Any], key: str, most: int = TEXT_MOST) -> str:
    value = doc.get(key, "")
    if not isinstance(value, str) or len(value) > most:
        raise WireError(f"{key} is not a text of at most {most} characters")
    _require_sayable(key, value)
    return value


def _require_sayable(key: str, text: str) -> None:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        # JSON can hold half of a surrogate pair; no file, no store and no terminal can.
        raise WireError(f"{key} holds something that is no letter") from error


def _digest(doc: Mapping[str, Any], key: str) -> str:
    value = doc.get(key, "")
    if not isinstance(value, str) or not _DIGEST.fullmatch(value):
        raise WireError(f"{key} is not a SHA-256 in hexadecimal")
    return value


def _count(doc: Mapping[str, Any], key: str) -> int:
    value = doc.get(key, 0)
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise WireError(f"{key} is not a whole number from 0")
    return value


def _flag(doc: Mapping[str, Any], key: str) -> bool:
    value = doc.get(key, False)
    if not isinstance(value, bool):
        raise WireError(f"{key} is not true or false")
    return value


def _one_of(doc: Mapping[str, Any], key: str, known: tuple[Any, ...]) -> Any:
    value = doc.get(key, "")
    if value not in known:
        raise WireError(f"{key} is {value!r:.40}, not one of {', '.join(filter(None, known))}")
    return value

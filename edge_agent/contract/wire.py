"""Messages as bytes: versioned columnar JSON, and back.

One message holds several polls of one meter, column by column: sixty polls of twenty quantities
take 9.6 kB against 23 kB row by row. Every record carries its outbox number, so that the
collector's receipt can name it. ``decode_*`` refuse what does not fit with one ``WireError``;
unknown keys are ignored, so that an older collector reads a newer agent.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from edge_agent.contract.columns import WHOLE, surely_floats, surely_numbers, surely_whole
from edge_agent.contract.reading import Reading

VERSION = 1
CONTENT_TYPE = "application/vnd.mieruka.v1+json"
MAX_POLLS = 10_000
"""More polls than this in one message are refused: no sender makes such a message."""
MOST_BYTES = 4 * 1024 * 1024
"""Nor does any make a payload that is larger; brokers are to refuse it before (see deploy)."""

Loads = Callable[[bytes], Any]
ClockState = Literal["synchronised", "unsynchronised", "unknown", "estimated"]
CLOCK_STATES: tuple[ClockState, ...] = get_args(ClockState)
"""Only "synchronised" is sure; "estimated" instants were placed between their neighbours."""
Range = tuple[int, int]
"""First and last sequence number, both included."""


class WireError(ValueError):
    """A payload that is not a message of ours; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ReadingsMessage:
    """Several polls of one meter, as columns of equal length.

    ``seqs`` are the outbox numbers within (agent, epoch), ``at_ms`` the instants; ``columns``
    maps a quantity name to its values, None where that poll did not have it.
    """

    agent: str
    epoch: str
    site: str
    meter: str
    boot: str
    clock: ClockState
    seqs: tuple[int, ...]
    at_ms: tuple[int, ...]
    columns: Mapping[str, Sequence[float | None]]

    def readings(self) -> Iterator[tuple[int, Reading]]:
        """Each poll as (sequence number, reading), absent values left out."""
        for i, (seq, at) in enumerate(zip(self.seqs, self.at_ms, strict=True)):
            values = {
                name: value
                for name, column in self.columns.items()
                if (value := column[i]) is not None
            }
            yield seq, Reading(self.site, self.meter, at, values)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A range that the collector will never store, and why."""

    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the collector has made durable (``stored``) or refused, by sequence ranges."""

    agent: str
    epoch: str
    stored: tuple[Range, ...]
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A range the agent no longer has and will never send, and why."""

    agent: str
    epoch: str
    first: int
    last: int
    reason: str


@dataclass(frozen=True, slots=True)
class Resend:
    """A command: the agent is asked for a range again, for what it no longer has by a gap."""

    agent: str
    epoch: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class MeterCard:
    """What the agent knows of a meter: electrical identity and how its energy counter counts.

    ``step_wh`` is the counter's smallest step; ``modulus_wh`` the energy at which it starts
    again at zero, None when it never does. ``serial`` ("" where nobody has told it) and
    ``ratio``, by which the meter's own energy is multiplied, say when it was replaced or its
    transformers were: the counter then goes on from elsewhere.
    """

    site: str
    meter: str
    name: str
    profile: str
    interval_s: float
    step_wh: float
    modulus_wh: float | None = None
    serial: str = ""
    ratio: float = 1.0


@dataclass(frozen=True, slots=True)
class Birth:
    """The agent's card, retained: who it is, on which connection, with which meters."""

    agent: str
    epoch: str
    connection: int
    software: str
    at_ms: int
    meters: tuple[MeterCard, ...]


@dataclass(frozen=True, slots=True)
class State:
    """Online or offline. A will older than the newest birth's ``connection`` means nothing."""

    agent: str
    connection: int
    online: bool


def encode_readings(message: ReadingsMessage) -> bytes:
    """The message as UTF-8 JSON. Raises ``ValueError`` for a value that is not finite."""
    return dump(
        {
            "agent": message.agent,
            "epoch": message.epoch,
            "site": message.site,
            "meter": message.meter,
            "boot": message.boot,
            "clock": message.clock,
            "seq": list(message.seqs),
            "at": list(message.at_ms),
            "q": {name: list(column) for name, column in message.columns.items()},
        }
    )


def decode_readings(payload: bytes, loads: Loads = json.loads) -> ReadingsMessage:
    """The message in ``payload``. Raises ``WireError`` naming the first thing that is wrong."""
    doc = load(payload, loads)
    seqs = _integers(doc, "seq", minimum=1)
    at_ms = _integers(doc, "at", minimum=0)
    if len(seqs) != len(at_ms):
        raise WireError(f"seq has {len(seqs)} entries, at has {len(at_ms)}")
    columns = doc.get("q")
    if not isinstance(columns, dict):
        raise WireError("q is not an object of columns")
    if not surely_floats(columns.values(), len(seqs)):
        for name, column in columns.items():
            _check_column(name, column, len(seqs))
    clock = _text(doc, "clock") if "clock" in doc else "unknown"
    return ReadingsMessage(
        agent=_text(doc, "agent"),
        epoch=_text(doc, "epoch"),
        site=_text(doc, "site"),
        meter=_text(doc, "meter"),
        boot=_text(doc, "boot"),
        # A newer agent may have a word of its own: a clock that nobody here can vouch for.
        clock=clock if clock in CLOCK_STATES else "unknown",
        seqs=seqs,
        at_ms=at_ms,
        columns=columns,
    )


def encode_receipt(receipt: Receipt) -> bytes:
    """The receipt as UTF-8 JSON."""
    return dump(
        {
            "agent": receipt.agent,
            "epoch": receipt.epoch,
            "stored": [list(pair) for pair in receipt.stored],
            "rejected": [[r.first, r.last, r.reason] for r in receipt.rejected],
        }
    )


def decode_receipt(payload: bytes, loads: Loads = json.loads) -> Receipt:
    """The receipt in ``payload``. Raises ``WireError``."""
    doc = load(payload, loads)
    stored = tuple(_range(item) for item in _list(doc, "stored"))
    rejected = []
    for item in _list(doc, "rejected"):
        if not (isinstance(item, list) and len(item) == 3 and isinstance(item[2], str)):
            raise WireError("rejected has an entry that is not [first, last, reason]")
        rejected.append(Rejected(*_range(item[:2]), item[2]))
    return Receipt(_text(doc, "agent"), _text(doc, "epoch"), stored, tuple(rejected))


def encode_gap(gap: Gap) -> bytes:
    """The gap record as UTF-8 JSON."""
    return dump(asdict(gap))


def decode_gap(payload: bytes, loads: Loads = json.loads) -> Gap:
    """The gap record in ``payload``. Raises ``WireError``."""
    doc = load(payload, loads)
    first, last = _range([doc.get("first"), doc.get("last")])
    return Gap(_text(doc, "agent"), _text(doc, "epoch"), first, last, _text(doc, "reason"))


def encode_resend(resend: Resend) -> bytes:
    """The command as UTF-8 JSON, for the topic ``down/cmd``."""
    return dump({"cmd": "resend", **asdict(resend)})


def decode_resend(payload: bytes, loads: Loads = json.loads) -> Resend:
    """The command in ``payload``. Raises ``WireError``, for another command too."""
    doc = load(payload, loads)
    if doc.get("cmd") != "resend":
        raise WireError(f"cmd is {doc.get('cmd')!r:.40}, not resend")
    first, last = _range([doc.get("first"), doc.get("last")])
    return Resend(_text(doc, "agent"), _text(doc, "epoch"), first, last)


def encode_birth(birth: Birth) -> bytes:
    """The birth as UTF-8 JSON."""
    return dump(
        {
            "agent": birth.agent,
            "epoch": birth.epoch,
            "connection": birth.connection,
            "software": birth.software,
            "at": birth.at_ms,
            "meters": [asdict(card) for card in birth.meters],
        }
    )


def decode_birth(payload: bytes, loads: Loads = json.loads) -> Birth:
    """The birth in ``payload``. Raises ``WireError``."""
    doc = load(payload, loads)
    return Birth(
        agent=_text(doc, "agent"),
        epoch=_text(doc, "epoch"),
        connection=_integer(doc, "connection"),
        software=_text(doc, "software"),
        at_ms=_integer(doc, "at"),
        meters=tuple(_card(item) for item in _list(doc, "meters")),
    )


def encode_state(state: State) -> bytes:
    """The state (and the will) as UTF-8 JSON."""
    return dump({"agent": state.agent, "connection": state.connection, "online": state.online})


def decode_state(payload: bytes, loads: Loads = json.loads) -> State:
    """The state in ``payload``. Raises ``WireError``."""
    doc = load(payload, loads)
    online = doc.get("online")
    if not isinstance(online, bool):
        raise WireError("online is not true or false")
    return State(_text(doc, "agent"), _integer(doc, "connection"), online)


def ranges(numbers: Iterable[int]) -> tuple[Range, ...]:
    """The numbers as sorted, merged (first, last) ranges."""
    merged: list[list[int]] = []
    for number in sorted(set(numbers)):
        if merged and number == merged[-1][1] + 1:
            merged[-1][1] = number
        else:
            merged.append([number, number])
    return tuple((first, last) for first, last in merged)


def dump(body: dict[str, Any]) -> bytes:
    """A message of this version. Raises ``ValueError`` for a figure that is not finite."""
    document = {"v": VERSION, **body}
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def load(payload: bytes, loads: Loads) -> dict[str, Any]:
    """The object in a message of this version. Raises ``WireError``."""
    if len(payload) > MOST_BYTES:
        raise WireError(f"{len(payload)} bytes, above {MOST_BYTES}")
    try:
        doc = loads(payload)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from error
    if not isinstance(doc, dict):
        raise WireError("not a JSON object")
    version = doc.get("v")
    if version != VERSION:
        raise WireError(f"version {version!r:.40} is not known here (known: {VERSION})")
    return doc


def _text(doc: Mapping[str, Any], key: str) -> str:
    value = doc.get(key)
    if not isinstance(value, str) or not value or len(value) > 256:
        raise WireError(f"{key} is not a text of 1 to 256 characters")
    return value


def _integer(doc: Mapping[str, Any], key: str) -> int:
    value = doc.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise WireError(f"{key} is not a whole number")
    return value


def _list(doc: Mapping[str, Any], key: str) -> list[Any]:
    value = doc.get(key, [])
    if not isinstance(value, list):
        raise WireError(f"{key} is not a list")
    return value


def _integers(doc: Mapping[str, Any], key: str, minimum: int) -> tuple[int, ...]:
    values = _list(doc, key)
    if not 1 <= len(values) <= MAX_POLLS:
        raise WireError(f"{key} has {len(values)} entries, not 1 to {MAX_POLLS}")
    if not surely_whole(values, minimum):
        raise WireError(f"{key} holds something else than whole numbers from {minimum}")
    return tuple(values)


def _check_column(name: str, column: object, length: int) -> None:
    if not isinstance(column, list) or len(column) != length:
        raise WireError(f"column {name:.80} does not have {length} values")
    if surely_numbers(column):
        return
    for value in column:
        if value is not None and not _is_finite(value):
            raise WireError(f"column {name:.80} holds {value!r:.40}, not a finite number")


def _is_finite(value: object) -> bool:
    # A whole number of hundreds of digits is JSON as well, and no float.
    if type(value) is int:
        return abs(value) < WHOLE
    return type(value) is float and math.isfinite(value)


def _range(item: object) -> Range:
    match item:
        case [int(first), int(last)] if 1 <= first <= last:
            return first, last
    raise WireError(f"{item!r:.80} is not a range [first, last]")


def _card(item: object) -> MeterCard:
    if not isinstance(item, dict):
        raise WireError("meters has an entry that is not an object")
    modulus = item.get("modulus_wh")
    return MeterCard(
        site=_text(item, "site"),
        meter=_text(item, "meter"),
        name=_text(item, "name"),
        profile=_text(item, "profile"),
        interval_s=_positive(item.get("interval_s"), "interval_s"),
        step_wh=_positive(item.get("step_wh"), "step_wh"),
        modulus_wh=None if modulus is None else _positive(modulus, "modulus_wh"),
        serial=_text(item, "serial") if item.get("serial") else "",
        ratio=_positive(item.get("ratio", 1.0), "ratio"),
    )


def _positive(value: object, key: str) -> float:
    if not (isinstance(value, int | float) and _is_finite(value) and value > 0):
        raise WireError(f"{key} is not a positive number")
    return float(value)

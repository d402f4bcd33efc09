"""Messages survive the way out and back, and what is not one of ours is refused in one line."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract import topics, wire
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.wire import ReadingsMessage, WireError

SEQUENCES = st.lists(st.integers(1, 2**62), min_size=1, max_size=20)
TEXTS = st.text(min_size=1, max_size=40)
VALUES = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def messages(draw: st.DrawFn) -> ReadingsMessage:
    """Any message an agent may send."""
    seqs = tuple(draw(SEQUENCES))
    names = draw(st.lists(st.sampled_from(sorted(QUANTITIES)), unique=True, max_size=4))
    length = len(seqs)
    column = st.lists(VALUES, min_size=length, max_size=length)
    return ReadingsMessage(
        agent=draw(TEXTS),
        epoch=draw(TEXTS),
        site=draw(TEXTS),
        meter=draw(TEXTS),
        boot=draw(TEXTS),
        clock=draw(st.sampled_from(wire.CLOCK_STATES)),
        seqs=seqs,
        at_ms=tuple(draw(st.lists(st.integers(0, 2**52), min_size=length, max_size=length))),
        columns={name: draw(column) for name in names},
    )


def _document(**changes: Any) -> bytes:
    document: dict[str, Any] = {
        "v": 1, "agent": "a", "epoch": "e", "site": "s", "meter": "m", "boot": "b",
        "clock": "synchronised", "seq": [1, 2], "at": [1000, 2000],
        "q": {"active_power_w": [1.5, None]},
    }  # fmt: skip
    return json.dumps(document | changes).encode()


@given(messages())
def test_readings_survive_the_wire(message: ReadingsMessage) -> None:
    """Decoding what was encoded gives the same message."""
    assert message == wire.decode_readings(wire.encode_readings(message))


def test_absent_values_stay_absent() -> None:
    """A poll without a value has no such key in its reading: neither zero nor None."""
    readings = dict(wire.decode_readings(_document()).readings())
    assert [reading.values for reading in readings.values()] == [{"active_power_w": 1.5}, {}]


def test_newer_messages_are_read() -> None:
    """An unknown key does not keep an older collector from reading."""
    assert wire.decode_readings(_document(colour="blue")).seqs == (1, 2)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"v": 2}, "version"),
        ({"agent": ""}, "agent"),
        ({"seq": [1]}, "seq has 1"),
        ({"seq": [0, 1]}, "seq"),
        ({"seq": [1, True]}, "seq"),
        ({"at": [1.5, 2]}, "at"),
        ({"q": []}, "q"),
        ({"q": {"active_power_w": [1]}}, "active_power_w"),
        ({"q": {"active_power_w": [1, "2"]}}, "active_power_w"),
        ({"q": {"active_power_w": [1, 10**400]}}, "active_power_w"),
        ({"clock": 5}, "clock"),
    ],
)
def test_a_fault_is_named(changes: dict[str, Any], named: str) -> None:
    """What does not fit is refused, and the error names it."""
    with pytest.raises(WireError, match=named):
        wire.decode_readings(_document(**changes))


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(payload: bytes) -> None:
    """No payload raises anything but a WireError."""
    for decode in (
        *(wire.decode_readings, wire.decode_receipt, wire.decode_gap, wire.decode_birth),
        *(wire.decode_state, wire.decode_resend),
    ):
        with pytest.raises(WireError):
            decode(payload)


def test_numbers_that_are_not_finite_are_not_sent() -> None:
    """NaN never leaves the agent."""
    message = wire.decode_readings(_document())
    spoilt = ReadingsMessage(
        *(message.agent, message.epoch, message.site, message.meter, message.boot),
        *(message.clock, message.seqs, message.at_ms, {"active_power_w": [1.0, float("nan")]}),
    )
    with pytest.raises(ValueError, match="JSON"):
        wire.encode_readings(spoilt)


@given(st.sets(st.integers(1, 300)))
def test_ranges_hold_exactly_their_numbers(numbers: set[int]) -> None:
    """Ranges are sorted, apart, and cover what was given and nothing else."""
    found = wire.ranges(numbers)
    assert numbers == {n for first, last in found for n in range(first, last + 1)}
    assert all(b[0] - a[1] > 1 for a, b in pairwise(found))


def test_receipts_births_gaps_and_states_survive_the_wire() -> None:
    """The small messages come back as they were sent."""
    receipt = wire.Receipt("a", "e", ((1, 5), (9, 9)), (wire.Rejected(6, 8, "future"),))
    card = wire.MeterCard("s", "m", "受電", "schneider_iem3155", 10.0, 1.0, 2.0**32)
    birth = wire.Birth("a", "e", 3, "mieruka 0.1.0", 1_000, (card,))
    gap = wire.Gap("a", "e", 4, 7, "outbox full")
    state = wire.State("a", 3, online=False)
    assert receipt == wire.decode_receipt(wire.encode_receipt(receipt))
    assert birth == wire.decode_birth(wire.encode_birth(birth))
    assert gap == wire.decode_gap(wire.encode_gap(gap))
    assert state == wire.decode_state(wire.encode_state(state))


@given(TEXTS, TEXTS, st.integers(1, 2**62), st.integers(0, 2**61))
def test_a_resend_survives_the_wire(agent: str, epoch: str, first: int, more: int) -> None:
    """The command comes back as it was sent."""
    resend = wire.Resend(agent, epoch, first, first + more)
    assert resend == wire.decode_resend(wire.encode_resend(resend))


def test_a_newer_resend_is_read() -> None:
    """An unknown key does not keep an older agent from answering."""
    newer = {"v": 1, "cmd": "resend", "agent": "a", "epoch": "e", "first": 2, "last": 9, "lane": 1}
    assert wire.decode_resend(json.dumps(newer).encode()) == wire.Resend("a", "e", 2, 9)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"v": 2}, "version"),
        ({"cmd": "restart"}, "'restart', not resend"),
        ({"cmd": None}, "cmd"),
        ({"epoch": ""}, "epoch"),
        ({"first": 0}, "range"),
        ({"first": 10}, "range"),
        ({"last": "9"}, "range"),
    ],
)
def test_what_is_no_resend_is_refused(changes: dict[str, Any], named: str) -> None:
    """Another command, another version and a range that is none are named."""
    command = {"v": 1, "cmd": "resend", "agent": "a", "epoch": "e", "first": 2, "last": 9}
    with pytest.raises(WireError, match=named):
        wire.decode_resend(json.dumps(command | changes).encode())


def test_topics_name_the_agent_first() -> None:
    """One access pattern covers an agent, and a topic gives agent and channel back."""
    assert topics.up("a-1", "live") == "mieruka/1/a-1/up/live"
    assert topics.parse_up("mieruka/1/a-1/up/live") == ("a-1", "live")
    assert topics.parse_up("mieruka/1/a-1/down/receipt") is None
    assert topics.parse_up("mieruka/1/A/up/live") is None


def test_a_clock_state_of_a_newer_agent_is_unknown() -> None:
    """A word for the clock that is not known here does not make a message poison."""
    assert wire.decode_readings(_document(clock="radio")).clock == "unknown"

"""The health as bytes: what is sent is read, what is odd is refused with one line."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract.health import (
    MOST_LINES,
    MOST_METERS,
    Health,
    LineHealth,
    WiringHealth,
    decode_health,
    encode_health,
)
from edge_agent.contract.wire import CLOCK_STATES, WireError

PLAIN = Health("osaka-1", 1_800_000_000_000, "mieruka 0.9", "synchronised", 60.0, 12, 0)
COUNTS = st.integers(0, 2**63 - 1)
FIGURES = st.none() | st.floats(-1e12, 1e12)
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=40)
LINES = st.builds(
    LineHealth,
    *(WORDS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS),
    load=FIGURES,
    latency_ms=FIGURES,
)
WIRINGS = st.builds(WiringHealth, WORDS, WORDS, WORDS, WORDS, COUNTS, COUNTS, st.booleans())
HEALTHS = st.builds(
    Health,
    *(WORDS, COUNTS, WORDS, st.sampled_from(CLOCK_STATES), st.floats(0, 1e9), COUNTS, COUNTS),
    outbox_oldest_s=FIGURES,
    outbox_bytes=st.none() | COUNTS,
    certificate_days=FIGURES,
    board_celsius=FIGURES,
    lines=st.lists(LINES, max_size=3).map(tuple),
    wiring=st.lists(WIRINGS, max_size=3).map(tuple),
)


@given(health=HEALTHS)
def test_a_health_is_read_as_it_was_written(health: Health) -> None:
    """Every figure comes back, and what is absent stays absent."""
    assert decode_health(encode_health(health)) == health


def changed(**values: Any) -> bytes:
    """The plain message with some keys changed; a None takes the key away."""
    document = {"v": 1, **asdict(PLAIN), **values}
    return json.dumps({key: value for key, value in document.items() if value is not None}).encode()


LINE = {"link": "a", "due": 1, "left_out": 0, "answers": 1, "timeouts": 0, "bad_answers": 0,
        "refusals": 0}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"v": 2}, "version 2 is not known here"),
        ({"agent": None}, "agent is not a printable text"),
        ({"agent": "a\n"}, "agent is not a printable text"),
        ({"software": "x" * 257}, "software is not a printable text of at most 256"),
        ({"software": "\ud800"}, "software is not a printable text"),
        ({"at_ms": 1.5}, "at_ms is not a whole number from 0"),
        ({"at_ms": True}, "at_ms is not a whole number from 0"),
        ({"outbox_rows": -1}, "outbox_rows is not a whole number from 0"),
        ({"outbox_rows": 10**400}, "outbox_rows is not a whole number from 0"),
        ({"uptime_s": "long"}, "uptime_s is not a number"),
        ({"board_celsius": float("nan")}, "board_celsius is not a number"),
        ({"certificate_days": 1e300}, "certificate_days is not a number"),
        ({"lines": {}}, "lines is not a list of at most 100"),
        ({"lines": [LINE] * (MOST_LINES + 1)}, "lines is not a list of at most 100"),
        ({"lines": [7]}, "lines has an entry that is not an object"),
        ({"lines": [LINE | {"due": "many"}]}, "due is not a whole number"),
        ({"wiring": [{}] * (MOST_METERS + 1)}, "wiring is not a list of at most 1000"),
        ({"wiring": [{"site": "s", "meter": "m", "kind": "k", "phases": "", "faults": 0,
                      "checks": 0, "enough_load": 1}]}, "enough_load is not true or false"),
    ],
)  # fmt: skip
def test_what_is_no_health_is_refused(values: dict[str, Any], said: str) -> None:
    """The error says the first thing that is wrong."""
    with pytest.raises(WireError, match=said):
        decode_health(changed(**values))


def test_what_a_newer_agent_adds_is_ignored() -> None:
    """Keys, and a word for its clock, that nobody here knows: the rest is read."""
    newer = changed(fan_rpm=900, clock="atomic", lines=[LINE | {"colour": "red"}])
    expected = replace(PLAIN, clock="unknown", lines=(LineHealth("a", 1, 0, 1, 0, 0, 0),))
    assert decode_health(newer) == expected


@given(payload=st.binary(max_size=80))
def test_no_bytes_do_harm(payload: bytes) -> None:
    """Anything at all is a health or one error."""
    try:
        health = decode_health(payload)
    except WireError:
        return
    assert decode_health(encode_health(health)) == health


@given(key=st.sampled_from(sorted(asdict(PLAIN))), value=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
))  # fmt: skip
def test_no_value_in_any_place_does_harm(key: str, value: Any) -> None:
    """One value replaced by anything JSON can say: a health that can be sent on, or one error."""
    payload = json.dumps({"v": 1, **asdict(PLAIN), key: value}).encode()
    try:
        health = decode_health(payload)
    except WireError:
        return
    assert decode_health(encode_health(health)) == health


def test_a_figure_that_is_not_finite_is_not_even_written() -> None:
    """The agent finds its own mistake before the collector does."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode_health(replace(PLAIN, board_celsius=float("inf")))

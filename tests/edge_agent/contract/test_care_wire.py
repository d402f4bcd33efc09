"""Questions and answers as bytes: what is sent is read, what is odd is refused with one line."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.contract.care import (
    ANSWER_MOST_BYTES,
    ASK_MOST_BYTES,
    DECISIONS,
    DEEPEST,
    MOST_ARGUMENTS,
    OUTCOMES,
    SETTINGS_MOST_BYTES,
    TEXT_MOST,
    Answer,
    Ask,
    ConfigState,
    decode_answer,
    decode_ask,
    encode_answer,
    encode_ask,
    encode_config_state,
    settings_digest,
)
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.contract.wire import WireError

NAMES = st.from_regex(NAME_PATTERN, fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
COUNTS = st.integers(0, 2**63 - 1)
ARGUMENTS = st.dictionaries(
    NAMES, TEXTS | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1), max_size=5
)
ASKS = st.builds(Ask, NAMES, NAMES, NAMES, TEXTS, COUNTS, COUNTS, ARGUMENTS)
BODIES = st.dictionaries(
    TEXTS, st.lists(st.dictionaries(TEXTS, TEXTS | COUNTS | st.booleans(), max_size=2), max_size=3)
)
ANSWERS = st.builds(
    Answer,
    *(NAMES, NAMES, NAMES, st.sampled_from(OUTCOMES), COUNTS, COUNTS, TEXTS, TEXTS, BODIES),
    cut=st.booleans(),
)
STATES = st.builds(
    ConfigState,
    *(NAMES, COUNTS, COUNTS, st.just("a" * 64), st.just(""), st.booleans(), COUNTS, COUNTS),
    *(st.sampled_from(DECISIONS), TEXTS),
)
PLAIN = Ask("q1", "osaka-1", "read", "sato", 1_800_000_000_000, 1_800_000_030_000, {"meter": "m"})
DONE = Answer("q1", "osaka-1", "read", "done", 1_800_000_000_100)


def document(told: Ask | Answer, /, **changes: Any) -> bytes:
    """The message with some keys changed, as a sender of another mind might write it."""
    more = {} if isinstance(told, Ask) else {"message_of": "answer"}
    return json.dumps({"v": 1, **more, **asdict(told), **changes}).encode()


@given(ask=ASKS)
def test_a_question_is_read_as_it_was_written(ask: Ask) -> None:
    """Every field comes back."""
    assert decode_ask(encode_ask(ask)) == ask


@given(message=ANSWERS | STATES)
def test_an_answer_is_read_as_it_was_written(message: Answer | ConfigState) -> None:
    """Answers and states of settings share a channel, and are told apart."""
    if isinstance(message, Answer):
        assert decode_answer(encode_answer(message)) == message
    else:
        assert decode_answer(encode_config_state(message)) == message


@given(payload=st.binary(max_size=200) | st.text(max_size=50).map(str.encode))
def test_anything_else_is_refused_with_one_error(payload: bytes) -> None:
    """Whatever comes, it is a message of ours or a ``WireError``."""
    for decode in (decode_ask, decode_answer):
        with pytest.raises(WireError):
            decode(payload)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"v": 2}, "version 2 is not known"),
        ({"id": ""}, "id is not a name"),
        ({"id": "Q/1"}, "id is not a name"),
        ({"agent": "a/../b"}, "agent is not a name"),
        ({"kind": 3}, "kind is not a name"),
        ({"by": "x" * 257}, "by is not a text of at most 256"),
        ({"by": "\ud800"}, "by holds something that is no letter"),
        ({"at_ms": -1}, "at_ms is not a whole number from 0"),
        ({"expires_ms": 10**30}, "expires_ms is not a whole number"),
        ({"expires_ms": True}, "expires_ms is not a whole number"),
        ({"arguments": []}, "arguments is not an object"),
        ({"arguments": dict.fromkeys(map(str, range(MOST_ARGUMENTS + 1)), 1)}, "at most 16 keys"),
        ({"arguments": {"A": 1}}, "a key that is no name"),
        ({"arguments": {"a": 1.5}}, "argument a is not a text"),
        ({"arguments": {"a": 2**63}}, "argument a is not a text"),
        ({"arguments": {"a": {"b": 1}}}, "argument a is not a text"),
        ({"arguments": {"a": "\udfff"}}, "a holds something that is no letter"),
    ],
)
def test_an_odd_question_is_refused(changes: dict[str, Any], told: str) -> None:
    """The first thing that is wrong is named."""
    with pytest.raises(WireError, match=told):
        decode_ask(document(PLAIN, **changes))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"message_of": "other"}, "message_of is 'other'"),
        ({"outcome": "maybe"}, "outcome is 'maybe', not one of done, accepted"),
        ({"outcome": []}, "outcome is"),
        ({"took_ms": 1.5}, "took_ms is not a whole number"),
        ({"message": "x" * (TEXT_MOST + 1)}, "message is not a text of at most 2000"),
        ({"body": [1]}, "body is not an object"),
        ({"cut": 1}, "cut is not true or false"),
    ],
)
def test_an_odd_answer_is_refused(changes: dict[str, Any], told: str) -> None:
    """The first thing that is wrong is named."""
    with pytest.raises(WireError, match=told):
        decode_answer(document(DONE, **changes))


def test_an_odd_state_of_settings_is_refused() -> None:
    """A digest that is none, a decision that nobody makes."""
    sound = json.loads(encode_config_state(ConfigState("osaka-1", 1)))
    for key, value in (("digest", "A" * 64), ("decision", "thrown"), ("drifted", "no")):
        with pytest.raises(WireError, match=key):
            decode_answer(json.dumps({**sound, key: value}).encode())


def test_a_message_beyond_its_bound_is_refused_unread() -> None:
    """Nobody parses what is larger than any message of ours."""
    with pytest.raises(WireError, match="larger than"):
        decode_ask(b"{" + b" " * ASK_MOST_BYTES)
    with pytest.raises(WireError, match="larger than"):
        decode_answer(b"{" + b" " * ANSWER_MOST_BYTES)


def test_a_question_that_no_agent_would_take_is_not_sent() -> None:
    """It fails where it is made, not at the plant."""
    for odd in (Ask("Q", "a", "k", "", 1, 1), Ask("q", "a", "k", "b" * 300, 1, 1)):
        with pytest.raises(WireError):
            encode_ask(odd)


def test_a_body_nested_without_end_is_refused() -> None:
    """Whoever writes it down again would run out of stack."""
    deep: dict[str, Any] = {}
    for _ in range(DEEPEST + 1):
        deep = {"in": deep}
    with pytest.raises(WireError, match="nested deeper"):
        decode_answer(document(DONE, body=deep))
    with pytest.raises(WireError, match="nested deeper"):
        decode_answer(document(DONE, body={"a": [[[[[[[[[[[[[1]]]]]]]]]]]]]}))


def test_unknown_keys_are_passed_over() -> None:
    """An older agent reads a newer collector."""
    assert decode_ask(document(PLAIN, colour="blue")) == PLAIN


def test_the_largest_settings_fit_into_a_question() -> None:
    """Even when every second letter must be escaped."""
    text = '"\n' * (SETTINGS_MOST_BYTES // 4) + "a" * 1000
    ask = Ask("q", "a", "config", "sato", 1, 2, {"settings": text, "digest": settings_digest(text)})
    assert decode_ask(encode_ask(ask)).arguments["settings"] == text


def test_line_ends_do_not_change_a_digest() -> None:
    """A file that was edited on another system is the same file."""
    assert settings_digest("a\r\nb\rc\n") == settings_digest("a\nb\nc\n")
    assert settings_digest("a") != settings_digest("b")

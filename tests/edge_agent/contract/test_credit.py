"""The credit as bytes: what is sent is read, and nothing absurd is believed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis.strategies import binary, floats

from edge_agent.contract.credit import (
    LEAST_READINGS_PER_S,
    MOST_READINGS_PER_S,
    Credit,
    decode_credit,
    encode_credit,
)
from edge_agent.contract.wire import WireError


@given(rate=floats(LEAST_READINGS_PER_S, MOST_READINGS_PER_S))
def test_a_credit_is_read_as_it_was_written(rate: float) -> None:
    """Agent and rate come back unchanged."""
    credit = Credit("osaka-1", rate)
    assert decode_credit(encode_credit(credit)) == credit


@pytest.mark.parametrize("rate", [0.0, -1.0, 0.5, math.nan, math.inf, 1e300])
def test_an_absurd_credit_is_not_even_written(rate: float) -> None:
    """The collector finds its own mistake before an agent does."""
    with pytest.raises(ValueError, match="is not a number from 1 to 1000000"):
        encode_credit(Credit("osaka-1", rate))


@pytest.mark.parametrize(
    "rate", ["0", "-5", "0.99", "NaN", "Infinity", "1e300", "9" * 400, "true", '"500"', "null"]
)
def test_an_absurd_rate_is_refused(rate: str) -> None:
    """Zero, less, not a number, far too much: one line says which."""
    payload = f'{{"v":1,"agent":"a","readings_per_s":{rate}}}'.encode()
    with pytest.raises(WireError, match=r"readings_per_s is .* not a number from 1 to 1000000"):
        decode_credit(payload)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"\xff\x00", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object of version 1"),
        (b'{"v":2,"agent":"a","readings_per_s":5}', "not a JSON object of version 1"),
        (b'{"v":1,"readings_per_s":5}', "agent is not a text"),
        (b'{"v":1,"agent":"","readings_per_s":5}', "agent is not a text"),
        (b'{"v":1,"agent":7,"readings_per_s":5}', "agent is not a text"),
        (b'{"v":1,"agent":"%s","readings_per_s":5}' % (b"a" * 257), "agent is not a text"),
        (b'{"v":1,"agent":"a"}', "readings_per_s is None"),
    ],
)
def test_what_is_no_credit_is_refused(payload: bytes, said: str) -> None:
    """The error says the first thing that is wrong."""
    with pytest.raises(WireError, match=said):
        decode_credit(payload)


@given(payload=binary(max_size=60))
def test_no_bytes_do_harm(payload: bytes) -> None:
    """Anything at all is a credit or one error."""
    try:
        credit = decode_credit(payload)
    except WireError:
        return
    assert LEAST_READINGS_PER_S <= credit.readings_per_s <= MOST_READINGS_PER_S


def test_what_a_newer_collector_adds_is_ignored() -> None:
    """A key nobody knows here does not make a credit unreadable."""
    payload = b'{"v":1,"agent":"a","readings_per_s":40,"until":5}'
    assert decode_credit(payload) == Credit("a", 40.0)

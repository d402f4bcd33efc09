"""How the uplink learns what a broker finds too large."""

from __future__ import annotations

from edge_agent.uplink.size import LEAST_BYTES, OVERHEAD_BYTES, PACKET_TOO_LARGE, Size


def test_what_the_broker_offers_is_the_bound() -> None:
    """The broker's largest packet, less what is not payload, bounds every message from then on."""
    size = Size()
    assert size.most_bytes is None
    size.offered(10_000)
    assert size.most_bytes == 10_000 - OVERHEAD_BYTES
    size.offered(20_000)
    assert size.most_bytes == 10_000 - OVERHEAD_BYTES


def test_a_broker_that_says_too_large_gets_halves() -> None:
    """Ended with 0x95 a connection halves the largest payload that was unanswered."""
    size = Size()
    size.ended(PACKET_TOO_LARGE, 9_000, short_lived=True)
    assert size.most_bytes == 4_500


def test_a_silent_broker_is_believed_the_second_time() -> None:
    """One early end says nothing; two in a row with large messages unanswered do."""
    size = Size()
    size.ended(0, 9_000, short_lived=True)
    assert size.most_bytes is None
    size.ended(0, 9_000, short_lived=True)
    assert size.most_bytes == 4_500


def test_a_good_connection_between_two_breaks_clears_the_doubt() -> None:
    """Only breaks in a row count: a connection that lived long starts the count anew."""
    size = Size()
    for short_lived in (True, False, True):
        size.ended(0, 9_000, short_lived=short_lived)
    assert size.most_bytes is None


def test_messages_never_get_smaller_than_useful() -> None:
    """Whatever a link breaks for, the bound ends at its least."""
    size = Size()
    for _ in range(40):
        size.ended(0, size.most_bytes or 9_000, short_lived=True)
    assert size.most_bytes == LEAST_BYTES

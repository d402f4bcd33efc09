"""What changes at a broker, and that a slow one costs only the values in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.outlet import retained as room
from collector.outlet.message import Message
from collector.outlet.retained import Retained


class Broker:
    """Holds what is retained; takes only so many messages."""

    def __init__(self, room_for: int = 1_000) -> None:
        self.held: dict[str, str] = {}
        self.said: list[Message] = []
        self.room_for = room_for

    def publish(self, message: Message) -> bool:
        """Take a message, as long as there is room."""
        if self.room_for <= 0:
            return False
        self.room_for -= 1
        self.said.append(message)
        if message.payload:
            self.held[message.topic] = message.payload.decode()
        else:
            self.held.pop(message.topic, None)
        return True


def test_only_what_changed_is_sent() -> None:
    """The same figures again are no message."""
    broker, retained = Broker(), Retained()
    retained.want({"a": "1", "b": "2"})
    assert retained.send(broker.publish) == []
    retained.want({"a": "1", "b": "3"})
    retained.send(broker.publish)
    assert [(one.topic, one.payload) for one in broker.said] == [
        *(("a", b"1"), ("b", b"2")),
        ("b", b"3"),
    ]
    assert all(one.retain and one.qos == 0 for one in broker.said)


def test_what_is_gone_is_emptied_with_a_receipt() -> None:
    """A lost removal would leave a wrong figure for ever, so it goes at QoS 1."""
    broker, retained = Broker(), Retained()
    retained.want({"a": "1", "b": "2"})
    retained.send(broker.publish)
    retained.want({"b": "2"})
    assert retained.send(broker.publish) == ["a"]
    assert broker.said[-1] == Message("a", b"", retain=True, qos=1)
    assert broker.held == {"b": "2"}


def test_what_an_earlier_run_filled_is_taken_away() -> None:
    """A meter that left the settings while the collector was down leaves no figure behind."""
    broker, retained = Broker(), Retained(["old", "kept"])
    assert retained.filled
    retained.want({"kept": "1"})
    assert retained.send(broker.publish) == ["old"]
    assert broker.held == {"kept": "1"}


def test_a_slow_broker_gets_the_newest_value_and_the_others_are_counted() -> None:
    """Nothing piles up: one waiting payload a topic."""
    broker, retained = Broker(room_for=0), Retained()
    for value in range(100):
        retained.want({"a": str(value), "b": "same"})
        retained.send(broker.publish)
    assert (retained.waiting, retained.replaced) == (2, 99)
    broker.room_for = 10
    retained.send(broker.publish)
    assert broker.held == {"a": "99", "b": "same"}
    assert retained.waiting == 0


def test_a_value_that_came_back_need_not_be_sent() -> None:
    """What waits is forgotten when the broker already holds the newest."""
    broker, retained = Broker(), Retained()
    retained.want({"a": "1"})
    retained.send(broker.publish)
    retained.want({"a": "2"})
    retained.want({"a": "1"})
    retained.send(broker.publish)
    assert [one.payload for one in broker.said] == [b"1"]


def test_a_new_connection_gets_everything_again() -> None:
    """The broker behind it may have lost all that was retained."""
    retained = Retained([], ["there"])
    for broker in (Broker(), Broker()):
        retained.lost()
        retained.want({"there": "online", "a": "1"})
        retained.send(broker.publish)
        assert broker.held == {"there": "online", "a": "1"}
        assert {one.topic: one.qos for one in broker.said} == {"there": 1, "a": 0}


def test_nothing_is_taken_away_before_it_is_known_what_is_wanted() -> None:
    """A store that is away at the start must not cost the topics of the run before."""
    broker, retained = Broker(), Retained(["old"])
    retained.lost()
    assert retained.send(broker.publish) == []
    assert broker.said == []
    retained.want({})
    assert retained.send(broker.publish) == ["old"]


def test_there_is_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """More topics than may wait are left for the next round, and counted."""
    monkeypatch.setattr(room, "MOST_WAITING", 3)
    broker, retained = Broker(), Retained()
    wanted = {str(number): "1" for number in range(5)}
    retained.want(wanted)
    assert (retained.waiting, retained.left) == (3, 2)
    retained.send(broker.publish)
    retained.want(wanted)
    retained.send(broker.publish)
    assert broker.held == wanted


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from("abcde"), st.sampled_from("xyz")),
            st.integers(0, 4),
            st.booleans(),
        ),
        max_size=20,
    )
)
def test_in_the_end_the_broker_holds_what_is_wanted(
    rounds: list[tuple[dict[str, str], int, bool]],
) -> None:
    """However it stumbles and loses connections, nothing else and nothing less."""
    broker, retained = Broker(), Retained()
    wanted: dict[str, str] = {}
    for wanted, room_for, lost in rounds:
        if lost:
            retained.lost()
        broker.room_for = room_for
        retained.want(wanted)
        retained.send(broker.publish)
    broker.room_for = 100
    retained.send(broker.publish)
    assert broker.held == wanted
    assert retained.waiting == 0

"""What a collector hears at the MQTT broker: alone, in a group, and behind Kafka."""

from __future__ import annotations

from collector.inlet.subscriptions import TO_EVERY_MEMBER, given_up, wanted
from edge_agent.contract.topics import UP_CHANNELS, up_filter


def test_alone_it_hears_everything() -> None:
    """By one filter, and nothing is given up."""
    assert wanted("") == [up_filter()]
    assert given_up("") == []


def test_in_a_group_readings_are_shared_and_all_else_comes_to_every_member() -> None:
    """Each channel by exactly one filter; the one of a time before the group is given up."""
    filters = wanted("plant")
    heard = [one.rsplit("/", 1)[1] for one in filters]
    assert sorted(heard) == sorted(UP_CHANNELS)
    shared = {one.rsplit("/", 1)[1] for one in filters if one.startswith("$share/plant/")}
    assert shared == {"live", "back"}
    assert given_up("plant") == [up_filter()]


def test_behind_kafka_it_hears_all_but_readings() -> None:
    """Readings come out of Kafka; what a session still holds for them is given up."""
    filters = wanted("", readings=False)
    assert filters == [up_filter(channel) for channel in TO_EVERY_MEMBER]
    assert not any(one.endswith(("/live", "/back", "/#")) for one in filters)
    assert given_up("", readings=False) == [up_filter()]

"""Which topics a collector subscribes to. Pure.

In a group of collectors each reading goes to one member. What agents tell of themselves, and of
readings that will never come, goes to every member: a broker keeps no retained message for a
group, and each member watches over all meters. Who has readings from Kafka hears only these.
"""

from __future__ import annotations

from edge_agent.contract.topics import UpChannel, up_filter

SHARED: tuple[UpChannel, ...] = ("live", "back")
TO_EVERY_MEMBER: tuple[UpChannel, ...] = ("birth", "state", "gap", "health", "answer")


def wanted(share_group: str, readings: bool = True) -> list[str]:
    """The topic filters, of MQTT 5 and, on the brokers that know ``$share`` there, of 3.1.1."""
    if not readings:
        return [*map(up_filter, TO_EVERY_MEMBER)]
    if not share_group:
        return [up_filter()]
    shared = [f"$share/{share_group}/{up_filter(channel)}" for channel in SHARED]
    return [*shared, *map(up_filter, TO_EVERY_MEMBER)]


def given_up(share_group: str, readings: bool = True) -> list[str]:
    """The filters that a session may still hold from a time before the group, or before Kafka."""
    return [up_filter()] if share_group or not readings else []

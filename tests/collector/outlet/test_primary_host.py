"""The state of the host that an edge node waits for."""

from __future__ import annotations

import pytest

from collector.outlet.primary_host import PrimaryHost

TOPIC = "spBv1.0/STATE/scada"


def host(*states: bytes) -> PrimaryHost:
    """A host that has told these states."""
    made = PrimaryHost("scada")
    for state in states:
        made.hear(TOPIC, state)
    return made


def test_no_host_is_waited_for_unless_the_settings_name_one() -> None:
    """And no topic is subscribed to for it."""
    anyone = PrimaryHost("")
    assert anyone.online
    assert anyone.topics == ()
    anyone.hear("spBv1.0/STATE/", b'{"online": false, "timestamp": 1}')
    anyone.lost()
    assert anyone.online


@pytest.mark.parametrize(
    ("states", "online"),
    [
        ([], False),
        ([b'{"online": true, "timestamp": 5}'], True),
        ([b'{"online": true, "timestamp": 5}', b'{"online": false, "timestamp": 5}'], False),
        ([b'{"online": true, "timestamp": 5}', b'{"online": false, "timestamp": 4}'], True),
        ([b'{"online": true, "timestamp": 5}', b'{"online": false, "timestamp": 6}'], False),
    ],
)
def test_an_older_state_counts_for_nothing(states: list[bytes], online: bool) -> None:
    """The will of a connection long replaced does not take the host away."""
    assert host(*states).online is online


@pytest.mark.parametrize(
    "state",
    [
        b"OFFLINE",
        b"",
        b"[]",
        b'{"online": 0, "timestamp": 9}',
        b'{"online": false}',
        b'{"online": false, "timestamp": "9"}',
        b'{"online": false, "timestamp": true}',
        b"\xff",
    ],
)
def test_what_is_no_state_changes_nothing(state: bytes) -> None:
    """Also the words of Sparkplug 2.2."""
    assert host(b'{"online": true, "timestamp": 5}', state).online


def test_another_host_and_another_connection_are_not_this_one() -> None:
    """Only the host that is named, only what this connection has told."""
    made = host()
    made.hear("spBv1.0/STATE/other", b'{"online": true, "timestamp": 5}')
    assert not made.online
    made.hear(TOPIC, b'{"online": true, "timestamp": 5}')
    made.lost()
    assert not made.online
    made.hear(TOPIC, b'{"online": true, "timestamp": 1}')
    assert made.online

"""Who may use the page."""

from __future__ import annotations

import pytest

from edge_agent.page.guard import (
    FREE_TRIES,
    LAST_WAIT_S,
    PIN_DIGITS,
    PinLock,
    is_our_name,
    is_private,
    machine_names,
    new_pin,
)
from edge_agent.page.sessions import IDLE_S, LONGEST_S, MOST, Sessions
from tests.edge_agent.bench import HandClock


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("192.168.1.20", True),
        ("10.200.0.1", True),
        ("172.16.0.1", True),
        ("172.31.255.255", True),
        ("127.0.0.1", True),
        ("169.254.10.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd12::9", True),
        ("::ffff:192.168.1.20", True),
        ("172.32.0.1", False),
        ("8.8.8.8", False),
        ("100.64.0.1", False),
        ("203.0.113.7", False),
        ("2001:db8::1", False),
        ("::ffff:8.8.8.8", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_only_addresses_of_the_plant_are_let_in(address: str, private: bool) -> None:
    """RFC 1918, loopback, link-local and ULA, and nothing else."""
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("192.168.1.9:9873", True),
        ("[fd00::1]:9873", True),
        ("localhost:9873", True),
        ("Pi-3:9873", True),
        ("pi-3.local", True),
        ("pi-3.local.:9873", True),
        ("evil.example:9873", False),
        ("pi-3.evil.example", False),
        ("93.184.216.34", False),
        ("", False),
    ],
)
def test_only_names_of_this_machine_are_answered_to(host: str, ours: bool) -> None:
    """A name that an outsider's DNS points here is not one of them."""
    assert is_our_name(host, machine_names("pi-3.plant.lan")) is ours


def test_a_machine_without_a_name_is_found_by_its_address() -> None:
    """No name gives no name that is empty."""
    assert machine_names("") == {"localhost"}


def test_wrong_pins_make_everybody_wait_longer_and_longer() -> None:
    """Five tries are free; then each wrong one doubles the wait, up to an hour."""
    clock = HandClock()
    lock = PinLock("123456", clock.monotonic_s)
    for _ in range(FREE_TRIES - 1):
        assert not lock.opens("000000")
    assert lock.wait_s() == 0
    waits = []
    for _ in range(10):
        assert not lock.opens("000000")
        waits.append(lock.wait_s())
        assert not lock.opens("123456"), "not even the right one while one must wait"
        clock.advance(lock.wait_s())
    assert waits[:3] == [30.0, 60.0, 120.0]
    assert waits[-1] == LAST_WAIT_S
    assert lock.opens("123456")
    assert not lock.opens("000000")
    assert lock.wait_s() == 0, "the right one begins anew"


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12345６", "１２３４５６"])
def test_what_is_not_the_pin_does_not_open(pin: str) -> None:
    """Shorter, longer, or digits of another script."""
    assert not PinLock("123456", HandClock().monotonic_s).opens(pin)


def test_a_new_pin_is_of_six_digits() -> None:
    """Leading zeros are kept."""
    pins = {new_pin() for _ in range(200)}
    assert all(len(pin) == PIN_DIGITS and pin.isdigit() for pin in pins)
    assert len(pins) > 100


def test_a_session_is_of_one_visitor() -> None:
    """A token that nobody was given makes a stranger; giving the PIN changes the token."""
    sessions = Sessions(HandClock().monotonic_s)
    stranger = sessions.of("made up")
    assert stranger.token != "made up"
    assert not stranger.known
    known = sessions.known(stranger)
    assert known.token != stranger.token
    assert known.csrf != stranger.csrf
    assert sessions.of(known.token) is known
    assert not sessions.of(stranger.token).known
    sessions.end(known)
    assert not sessions.of(known.token).known


def test_a_session_ends_by_itself() -> None:
    """After two idle hours, and after twelve in any case."""
    clock = HandClock()
    sessions = Sessions(clock.monotonic_s)
    idle = sessions.known(sessions.of(""))
    clock.advance(IDLE_S + 1)
    assert not sessions.of(idle.token).known
    busy = sessions.known(sessions.of(""))
    for _ in range(round(LONGEST_S / IDLE_S) * 2):
        clock.advance(IDLE_S / 2)
        seen = sessions.of(busy.token)
    assert seen is busy
    clock.advance(IDLE_S / 2)
    assert not sessions.of(busy.token).known


def test_strangers_do_not_crowd_out_who_is_known() -> None:
    """A flood of strangers costs no memory and ends nobody's session."""
    sessions = Sessions(HandClock().monotonic_s)
    known = sessions.known(sessions.of(""))
    for _ in range(10 * MOST):
        sessions.of("")
    assert sessions.of(known.token) is known

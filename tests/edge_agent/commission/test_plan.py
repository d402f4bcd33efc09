"""What a scan will ask, and how long it says that may take."""

from __future__ import annotations

import pytest

from edge_agent.commission.scan import links_plan, serial_plan, tcp_plan
from edge_agent.commission.scan.plan import COMMON, exchange_s, unit_ids_in
from edge_agent.commission.scan.targets import hosts_in, is_device
from edge_agent.config import LinkSettings
from edge_agent.errors import StopError


def serial(**more: object) -> LinkSettings:
    """A serial link."""
    return LinkSettings.model_validate({"id": "a", "kind": "rtu", "device": "/dev/x", **more})


def test_what_is_common_is_tried_first() -> None:
    """Speeds and parities stand in the order in which meters come with them."""
    (port,) = serial_plan("/dev/x").ports
    pairs = [(one.baud, one.parity) for one in port.settings]
    assert tuple(pairs[: len(COMMON)]) == COMMON
    assert len(pairs) == len(set(pairs)) == 24


def test_only_the_named_settings_are_tried() -> None:
    """Two speeds with one parity are two ways."""
    (port,) = serial_plan("/dev/x", [2400, 19200], ["E"], 2).ports
    assert [(s.baud, s.parity, s.stop_bits) for s in port.settings] == [
        (19200, "E", 2),
        (2400, "E", 2),
    ]


@pytest.mark.parametrize(
    ("baud", "parity", "registers", "ms"),
    [(9600, "N", 2, 25), (9600, "E", 20, 69), (38400, "E", 50, 36), (2400, "N", 80, 750)],
)
def test_time_on_the_wire_is_that_of_the_reference(
    baud: int, parity: str, registers: int, ms: int
) -> None:
    """The table of wire times holds within its rounding and the fixed silences."""
    assert exchange_s(serial(baud=baud, parity=parity), registers) * 1000 == pytest.approx(ms, 0.05)


def test_patience_grows_as_the_line_gets_slower() -> None:
    """A slow line gets a longer limit, a network a fixed one, and a person's word stands."""
    plan = serial_plan("/dev/x")
    assert plan.timeout_of(serial(baud=1200)) > plan.timeout_of(serial(baud=9600)) > 250
    network = tcp_plan(["h"])
    assert network.timeout_of(network.endpoints[0].link("tcp")) == 1000
    assert serial_plan("/dev/x", timeout_ms=77).timeout_of(serial(baud=1200)) == 77


def test_the_estimate_is_the_sum_of_what_silence_costs() -> None:
    """One speed and ten units: ten time limits with their pauses, and the listening before."""
    plan = serial_plan("/dev/x", [9600], ["N"], 1, range(1, 11))
    assert plan.requests == 10
    assert plan.estimate_s == pytest.approx(2 + 10 * (0.275 + 0.02), abs=0.1)
    assert plan.likely_s == plan.estimate_s
    assert serial_plan("/dev/x").likely_s < serial_plan("/dev/x").estimate_s / 10


def test_hosts_are_asked_side_by_side() -> None:
    """A network of silent hosts takes as long as its waves, not as all of them in a row."""
    one, many = tcp_plan(["h"]), tcp_plan([f"h{n}" for n in range(16)])
    assert many.requests == 16 * one.requests
    assert many.estimate_s < 2.1 * one.estimate_s


def test_links_keep_their_own_settings() -> None:
    """A known link is scanned as it is written, one that only listens is left alone."""
    listening = LinkSettings(id="l", kind="rtu-listen", device="/dev/y")
    lan = LinkSettings(id="lan", kind="rtu-over-tcp", host="10.0.0.1", port=4001)
    plan = links_plan([serial(id="bus"), listening, lan], [1, 2])
    assert [s.id for port in plan.ports for s in port.settings] == ["bus"]
    (endpoint,) = plan.endpoints
    assert endpoint.kinds == ("rtu-over-tcp",)
    assert endpoint.link("rtu-over-tcp") == lan


def test_likely_ids_come_from_those_that_are_wanted() -> None:
    """When none of the usual ids is wanted, the first of the wanted ones are tried first."""
    assert serial_plan("/dev/x", unit_ids=[4, 33, 200]).likely_ids == (4, 33)
    assert serial_plan("/dev/x", unit_ids=range(40, 80)).likely_ids == tuple(range(40, 50))


def test_unit_ids_are_read_as_written() -> None:
    """Ranges and single ids, each once."""
    assert unit_ids_in("1-3, 7,3") == (1, 2, 3, 7)


@pytest.mark.parametrize("text", ["", "0", "0-3", "256", "1-999", "a", "5-", "9-3"])
def test_wrong_unit_ids_are_refused(text: str) -> None:
    """The broadcast, what is no id and what is no text for one."""
    with pytest.raises(StopError, match="unit"):
        unit_ids_in(text)


@pytest.mark.parametrize(
    ("text", "count", "first", "last"),
    [
        ("192.168.1.20", 1, "192.168.1.20", "192.168.1.20"),
        ("meter.example", 1, "meter.example", "meter.example"),
        ("192.168.1.0/24", 254, "192.168.1.1", "192.168.1.254"),
        ("192.168.1.10-12", 3, "192.168.1.10", "192.168.1.12"),
        ("192.168.1.250-192.168.2.3", 10, "192.168.1.250", "192.168.2.3"),
        ("fe80::1", 1, "fe80::1", "fe80::1"),
    ],
)
def test_addresses_are_read_as_written(text: str, count: int, first: str, last: str) -> None:
    """Hosts, networks and ranges."""
    hosts = hosts_in([text])
    assert (len(hosts), hosts[0], hosts[-1]) == (count, first, last)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "192.168.1.0/99",
        "10.0.0.0/8",
        "192.168.1.9-3",
        "1.2.3.300-1.2.3.301",
        "a b",
        "10.0.0.1-10.9.0.0",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    """Wrong texts, ranges that run backwards, and more than a scan takes."""
    with pytest.raises(StopError) as caught:
        hosts_in([text])
    assert caught.value.hint


def test_too_many_ports_are_refused() -> None:
    """Addresses times ports is what counts."""
    with pytest.raises(StopError, match="too many"):
        tcp_plan(hosts_in(["10.0.0.0/23"]), range(502, 512))


def test_ports_and_addresses_are_told_apart() -> None:
    """A path or a COM port is a device."""
    assert [is_device(text) for text in ("/dev/ttyUSB0", "COM3", "10.0.0.1")] == [True, True, False]

"""An independent client reads what the ledger says: mbpoll, which shares no code with us."""

from __future__ import annotations

import pytest

from edge_agent import profile
from edge_agent.profile import Register
from simulators.face import ENERGY
from simulators.plant import LinkKind
from simulators.switchboard import Switchboard
from tests.simulators.clients import mbpoll
from tests.simulators.small_plant import HandClock, meter, plant

pytestmark = pytest.mark.services


def _register(name: str, quantity: str) -> Register:
    return next(row for row in profile.load(name).registers if row.quantity == quantity)


@pytest.mark.parametrize("kind", ["tcp", "rtu"])
def test_mbpoll_reads_floats(kind: LinkKind) -> None:
    """Power and the float counter of an SDM630, over TCP and over a serial line."""
    name, clock = "eastron_sdm630", HandClock()
    with Switchboard(plant(meter(name), kind=kind), clock.now_ms) as board:
        at = board.addresses["line"]
        power = mbpoll(at, 1, "3:float", _register(name, "active_power_w").address)
        energy = mbpoll(at, 1, "3:float", _register(name, ENERGY).address)
        entry = board.ledger.last("m1")
    assert entry is not None
    assert float(power[0]) == pytest.approx(entry.power_w, rel=1e-5)
    assert float(energy[0]) * 1000 == pytest.approx(entry.wh, rel=1e-5)


def test_mbpoll_reads_a_64_bit_counter() -> None:
    """The iEM3155's energy is exact to the watt-hour in its four registers."""
    name, clock = "schneider_iem3155", HandClock()
    with Switchboard(plant(meter(name, start_wh=6e9)), clock.now_ms) as board:
        words = mbpoll(board.addresses["line"], 1, "4:hex", _register(name, ENERGY).address, 4)
        entry = board.ledger.last("m1")
    assert entry is not None
    assert int("".join(word.removeprefix("0x") for word in words), 16) == entry.wh > 2**32


def test_mbpoll_reads_a_32_bit_counter_and_a_scaled_integer() -> None:
    """The OMRON's Wh counter is exact, and its power comes in tenths of a watt."""
    name, clock = "omron_km_n1", HandClock()
    with Switchboard(plant(meter(name, unit_id=21)), clock.now_ms) as board:
        at = board.addresses["line"]
        energy = mbpoll(at, 21, "4:int", _register(name, ENERGY).address)
        power = mbpoll(at, 21, "4:int", _register(name, "active_power_w").address)
        entry = board.ledger.last("m1")
    assert entry is not None
    assert int(energy[0]) == entry.wh
    assert int(power[0]) / 10 == pytest.approx(entry.power_w, abs=0.06)

"""A meter whose map is one register off: the page finds the reading that makes sense."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent import profile
from edge_agent.page.pages import CommissioningPage
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving
from tests.edge_agent.page.life import Life
from tests.edge_agent.page.stage import PIN, Visitor

CASE = Path(__file__).parent.parent.parent / "profiles" / "eastron_sdm230"


def _one_too_high() -> dict[int, int]:
    """The words of a real map, each at the address above its own."""
    case = tomllib.loads((CASE / "capture.toml").read_text("utf-8"))
    return {
        block["address"] + at + 1: word
        for block in case["blocks"]
        for at, word in enumerate(block["words"])
    }


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """A sound meter, and one that its list describes one too low."""
    words = dict.fromkeys(range(65_536), 0)
    units = {1: Unit(words=words), 2: Unit(words={**words, **_one_too_high()})}
    with serving("tcp", units) as running:
        yield running


@pytest.fixture
def visitor(tmp_path: Path, server: ModbusServer) -> Iterator[Visitor]:
    """Somebody at the page of an agent that runs."""
    life = Life(tmp_path, server)
    (tmp_path / "page.pin").write_text(PIN, "ascii")
    page = CommissioningPage(life.bench, "127.0.0.1:0", tmp_path / "page.pin")
    assert page.start() == ""
    made = Visitor(page.urls()[0].rstrip("/"))
    made.enter()
    yield made
    page.stop()
    life.end()


def test_a_reading_that_makes_sense_is_proposed_and_kept(
    visitor: Visitor, server: ModbusServer, tmp_path: Path
) -> None:
    """Shown beside the nonsense; once taken, it is a profile of the plant and read from then on."""
    visitor.get("/typed")
    fields = {"host": "127.0.0.1", "tcp_port": str(server.port), "unit": "2", "kind": "tcp"}
    visitor.post("/typed/network", fields)
    wait_until(lambda: "/identify/again" in visitor.get("/identify"), 60)
    visitor.post("/identify/choose", {"profile": "eastron_sdm230"})
    visitor.get("/live")
    visitor.post("/solve")
    wait_until(lambda: "As the profile reads it" in visitor.get("/solve"), 60)
    proposals = re.findall(r'name="number" value="(\d)"><h2>([^<]+)<', visitor.page)
    (number,) = (number for number, told in proposals if told == "addresses one higher")
    visitor.post("/solve/take", {"number": number})
    (file,) = (tmp_path / "state" / "edge" / "profiles").iterdir()
    own = profile.load(str(file))
    assert own.doubtful
    (model,) = (row for row in own.registers if row.quantity == "voltage_l1_v")
    assert model.address == 1
    expected = tomllib.loads((CASE / "expected.toml").read_text("utf-8"))["values"]
    assert f"{expected['frequency_hz']:.2f}"[:4] in visitor.get("/live")


def test_what_is_no_proposal_is_told(visitor: Visitor) -> None:
    """Before a search there is none; without a meter there is nothing to search."""
    visitor.get("/typed")
    assert "none of the proposals" in visitor.post("/solve/take", {"number": "0"})
    visitor.get("/typed")
    visitor.post("/solve")
    assert "no meter has been chosen yet" in visitor.page

"""Faults 8 and 9: a real cable that is taken out, and one into which everything disappears."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.network_namespaces import OFFICE_ADDRESS, Namespaces, inside
from tests.faults.network_sockets import connections
from tests.faults.outbox_file import depth
from tests.faults.plant import Plan, Works
from tests.faults.processes import until
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = pytest.mark.services
BOTH_SIDES = """\
listener {port}
allow_anonymous true
persistence false
log_dest none
"""
NOTICED_WITHIN_S = 2 * 20 + 5
"""Two keep-alive times of the agent, and a little."""
WAITING = 150
"""Readings in the outbox before a cable is put in again: more than ten seconds' worth."""


@dataclass(frozen=True, slots=True)
class Site:
    """Meters and agent at one end of a cable, broker and collector at the other; all running."""

    cable: Namespaces
    works: Works
    broker: MosquittoServer

    def readings_wait(self) -> None:
        """Wait until the outbox has readings that cannot go out."""
        until(self._many_wait, 60, f"{WAITING} readings wait", self.works.last_lines)

    def _many_wait(self) -> bool:
        now = depth(self.works.edge_folder)
        return now is not None and now.waiting >= WAITING


@pytest.fixture
def site(trial: Trial, tmp_path: Path) -> Iterator[Site]:
    """A site across a cable of its own."""
    with ExitStack() as stack:
        cable = stack.enter_context(Namespaces())
        broker = MosquittoServer(mosquitto_binary(), tmp_path, BOTH_SIDES)
        stack.callback(broker.kill)
        inside(cable.office, broker.start)
        plan = Plan(collector={"mqtt": {"url": broker.url}})
        far = f"mqtt://{OFFICE_ADDRESS}:{broker.port}"
        works = inside(cable.works, lambda: stack.enter_context(trial.works(far, plan)))
        inside(cable.office, works.collector.start)
        inside(cable.works, works.agent.start)
        works.more_arrives(30)
        yield Site(cable, works, broker)


@pytest.mark.every_change
def test_a_cable_is_taken_out_and_another_leads_nowhere(trial: Trial, site: Site) -> None:
    """No packet passes for a while: the agent notices soon, and nothing is lost."""
    works, cable = site.works, site.cable
    cable.cut()
    site.readings_wait()
    cable.mend()
    works.more_arrives(60)
    before = connections(works.agent.pid, site.broker.port)
    assert len(before) == 1
    cable.black_hole()
    until(
        lambda: not before & connections(works.agent.pid, site.broker.port),
        NOTICED_WITHIN_S,
        "the agent gives up a silent connection",
        works.last_lines,
    )
    cable.mend()
    works.more_arrives(60)
    works.settle(90)
    injected = "cable out until 150 readings wait, then a black hole until it is noticed (netns)"
    trial.prove(works.outcome(), fault="8, 9", injected=injected, times=2)


@pytest.mark.nightly
def test_a_thin_cable(trial: Trial, site: Site) -> None:
    """Through 64 kbit/s, out and in again each five seconds, everything arrives in the end."""
    works, cable = site.works, site.cable
    cable.narrow(64)
    for _ in range(6):
        works.more_arrives(90)
        cable.cut()
        site.readings_wait()
        cable.mend()
    works.settle(180)
    injected = "a cable of 64 kbit/s, taken out six times until 150 readings wait (netns, tbf)"
    trial.prove(works.outcome(), fault=10, injected=injected, times=6)

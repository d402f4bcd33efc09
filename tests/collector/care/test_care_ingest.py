"""What agents answer on its way through ingest: kept, or refused without a trace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.ingest.batch import Batch
from collector.ingest.keeping import keep
from collector.ingest.sorting import sort_into
from collector.inlet import Delivery
from edge_agent.contract import topics
from edge_agent.contract.care import Answer, ConfigState, encode_answer, encode_config_state
from tests.collector.care.stage import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A collector's desk."""
    made = Desk(tmp_path)
    yield made
    made.state.database.close()


def taken_in(desk: Desk, *payloads: bytes, agent: str = "a-1") -> Batch:
    """The batch that these payloads of an agent's answers make, kept."""
    batch = Batch(desk.clock.now_ms())
    sort_into(batch, [Delivery(topics.up(agent, "answer"), payload) for payload in payloads])
    keep(batch, (), desk.state)
    return batch


def test_answers_and_states_of_settings_are_kept(desk: Desk) -> None:
    """Each where its readers look; twice is once."""
    request = desk.ask()
    answer = Answer(request.id, "a-1", "read", "done", 1, body={"readings": [{"meter": "m"}]})
    state = ConfigState("a-1", 1, version=3, digest="a" * 64)
    batch = taken_in(desk, *[encode_answer(answer), encode_config_state(state)] * 2)
    assert batch.lines == {}
    came, told = desk.state.care_requests.answer(request.id), desk.state.agent_settings.told("a-1")
    assert came is not None
    assert told is not None
    assert (came.answer, told.state) == (answer, state)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{}",
        b"\xff\xfe",
        b"[" * 100_000,
        encode_answer(Answer("q1", "b-2", "read", "done", 1)),
        encode_config_state(ConfigState("b-2", 1)),
        encode_answer(Answer("q1", "a-1", "read", "done", 1, body={"x": "y" * 300_000})),
        b'{"v":1,"message_of":"answer","id":"q1","agent":"a-1","kind":"read","outcome":"done",'
        b'"body":' + b'{"a":' * 500 + b"1" + b"}" * 500 + b"}",
    ],
)
def test_what_is_no_answer_of_this_agent_is_refused_with_one_line(
    desk: Desk, payload: bytes
) -> None:
    """It is no dead letter: nothing of it would ever be replayed."""
    request = desk.ask()
    batch = taken_in(desk, payload)
    (line,) = batch.lines
    assert line.startswith("agent a-1: message on answer refused: ")
    assert batch.letters == {}
    assert desk.state.care_requests.answer(request.id) is None
    assert desk.state.agent_settings.told("b-2") is None

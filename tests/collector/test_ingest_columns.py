"""Whole columns and single readings: two ways through ingest, and the same outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector import ingest
from collector.ingest import sorting
from collector.validate import EARLIEST_MS, FUTURE_MS, Accepted, all_sound, judge
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import ReadingsMessage
from tests.collector.test_ingest import DAY_MS, ENERGY, NOW_MS, POWER, StandingClock, Walk

QUANTITIES = (POWER, ENERGY, "power_factor", "frequency_hz")
RATINGS: dict[tuple[str, str], float | None] = {("sendai", "press"): 1000.0}

sound = st.floats(0, 1) | st.integers(0, 1)
odd = st.none() | st.floats(-1e18, 1e18) | st.sampled_from([-0.0, 1.1, 1000.0, 1e4, 1e17, 2**62])
instants = st.integers(NOW_MS - DAY_MS, NOW_MS) | st.sampled_from(
    [0, EARLIEST_MS - 1, EARLIEST_MS, NOW_MS + FUTURE_MS, NOW_MS + FUTURE_MS + 1]
)


@st.composite
def messages(draw: st.DrawFn) -> ReadingsMessage:
    """Messages that are sound, or odd in a few places."""
    polls = draw(st.integers(1, 5))
    values = draw(st.sampled_from([sound, sound | odd]))
    names = draw(st.lists(st.sampled_from([*QUANTITIES, "flux_wb"]), unique=True, max_size=4))
    first = draw(st.integers(1, 20))
    return ReadingsMessage(
        agent="pi-1",
        epoch="e1",
        site=draw(st.sampled_from(["sendai", "sendai", "Sendai"])),
        meter=draw(st.sampled_from(["press", "main"])),
        boot="b1",
        clock=draw(st.sampled_from(["synchronised", "estimated"])),
        seqs=tuple(range(first, first + polls)),
        at_ms=tuple(draw(instants) for _ in range(polls)),
        columns={name: [draw(values) for _ in range(polls)] for name in names},
    )


@given(message=messages(), rated_power_w=st.none() | st.floats(0.01, 1e6))
def test_columns_are_sound_only_where_every_reading_is(
    message: ReadingsMessage, rated_power_w: float | None
) -> None:
    """The look at whole columns accepts nothing that a look at each reading would not."""
    if all_sound(
        *(message.site, message.meter, message.at_ms, message.columns), NOW_MS, rated_power_w
    ):
        for _, reading in message.readings():
            assert judge(reading, NOW_MS, rated_power_w) == Accepted(reading)


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_sound_columns_are_known_as_such(values: list[float]) -> None:
    """The quick way is taken wherever every value is well within its bounds."""
    at_ms = [NOW_MS - 1000 * n for n in range(len(values))]
    columns = dict.fromkeys(QUANTITIES, values)
    assert all_sound("sendai", "press", at_ms, columns, NOW_MS, 1000.0)


@pytest.mark.parametrize("value", [None, -1.0, 1e18, 1.2])
def test_one_odd_value_is_enough(value: float | None) -> None:
    """A column with one value that is absent or out of bounds is looked at reading by reading."""
    columns: dict[str, list[float | None]] = {"power_factor": [0.5, 0.9], "frequency_hz": [50, 50]}
    name = "frequency_hz" if value == -1.0 else "power_factor"
    columns[name] = [0.5, value]
    assert not all_sound("sendai", "press", [NOW_MS, NOW_MS], columns, NOW_MS)


@contextmanager
def station(folder: Path) -> Iterator[Walk]:
    """A station of its own."""
    folder.mkdir()
    walk = Walk(folder)
    walk.ratings = RATINGS
    with closing(walk.store), closing(walk.state.database):
        yield walk


def outcome(walk: Walk) -> dict[str, Any]:
    """Everything a batch leaves behind."""
    points = {
        (meter, name): walk.store.read_series("sendai", meter, name, 0, 2**60)
        for meter in ("press", "main")
        for name in QUANTITIES
    }
    return {
        "points": points,
        "receipts": walk.inlet.receipts,
        "received": walk.state.received.ranges("pi-1", "e1"),
        "letters": [(letter.topic, letter.reason) for letter in walk.state.dead_letters.list()],
        "counts": [
            walk.state.arrivals.counts("sendai", meter, 0, 2**60) for meter in ("press", "main")
        ],
        "dirty": sorted(walk.dirty()),
    }


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(batch=st.lists(messages(), min_size=1, max_size=6))
def test_both_ways_leave_the_same_behind(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    batch: list[ReadingsMessage],
) -> None:
    """Points, receipts, numbers, dead letters, counts and windows are equal either way."""
    folder = tmp_path_factory.mktemp("both")
    found: list[dict[str, Any]] = []
    reports: list[ingest.IngestReport] = []
    for way in ("columns", "readings"):
        with station(folder / way) as walk, monkeypatch.context() as patch:
            if way == "readings":
                patch.setattr(sorting, "_sound_parts", lambda *_: [])
            for message in batch:
                walk.inlet.bring(encoded(message))
            reports.append(
                ingest.run_once(
                    walk.inlet, walk.store, walk.state, StandingClock(), ratings=RATINGS
                )
            )
            found.append(outcome(walk))
    assert reports[0] == reports[1]
    assert found[0] == found[1]


def encoded(message: ReadingsMessage) -> bytes:
    """The message as an agent of whatever kind would send it."""
    body = {name: getattr(message, name) for name in ("agent", "epoch", "site", "meter", "boot")}
    body |= {"v": 1, "clock": message.clock, "seq": message.seqs, "at": message.at_ms}
    return orjson.dumps({**body, "q": message.columns})


def test_a_message_that_is_wholly_sound_stays_in_its_columns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No reading of it is ever made one by one."""

    def never(reading: Reading, *_: object) -> None:
        raise AssertionError(f"{reading} was made")

    monkeypatch.setattr(sorting, "judge", never)
    with station(tmp_path / "s") as walk:
        columns = {POWER: [1.0, 2.0], ENERGY: [5.0, 6.0]}
        whole = ReadingsMessage(
            *("pi-1", "e1", "sendai", "press", "b1", "synchronised"),
            *((1, 2), (NOW_MS - 2000, NOW_MS - 1000), columns),
        )
        walk.inlet.bring(encoded(whole))
        assert walk.run().readings_stored == 2


def test_slow_registers_are_no_reason_to_look_at_each_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quantity that only some polls have parts the message in two, and each stays in columns."""
    monkeypatch.setattr(sorting, "judge", lambda *_: pytest.fail("a reading was made"))
    with station(tmp_path / "s") as walk:
        columns: dict[str, list[float | None]] = {
            POWER: [1.0, 2.0, 3.0, 4.0],
            ENERGY: [5.0, None, None, 6.0],
        }
        at_ms = tuple(NOW_MS - 1000 * n for n in range(4, 0, -1))
        sparse = ReadingsMessage(
            *("pi-1", "e1", "sendai", "press", "b1", "synchronised"),
            *((1, 2, 3, 4), at_ms, columns),
        )
        walk.inlet.bring(encoded(sparse))
        assert walk.run().readings_stored == 4
        assert walk.stored() == [(at_ms[0], 5.0), (at_ms[3], 6.0)]
        assert walk.inlet.receipts[0].stored == ((1, 4),)


@pytest.mark.parametrize("lane", ["live", "back"])
def test_what_came_on_the_back_lane_is_counted_by_agent(tmp_path: Path, lane: str) -> None:
    """The collector lends its pace to agents by what they drain."""
    with station(tmp_path / "s") as walk:
        whole = ReadingsMessage(
            *("pi-1", "e1", "sendai", "press", "b1", "synchronised"),
            *((1, 2), (NOW_MS - 2000, NOW_MS - 1000), {POWER: [1.0, 2.0]}),
        )
        walk.inlet.bring(encoded(whole), channel=lane)
        assert walk.run().backlog == ({"pi-1": 2} if lane == "back" else {})

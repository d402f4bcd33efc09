"""`collector dead-letters`: look at what could not be stored, take it in again, lose nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector import config
from collector.app import Collector
from collector.commands import dead_letters
from collector.commands.dead_letters import BATCH, app
from collector.errors import RetryLaterError, StopError
from collector.storage.port import Columns, Write
from collector.storage.sqlite import SqliteStore
from edge_agent.contract import wire
from edge_agent.contract.wire import ReadingsMessage
from tests.collector.commands.test_calendar import SETTINGS

ENERGY = "active_energy_import_wh"
NOW_MS = time.time_ns() // 1_000_000
LIVE = "mieruka/1/pi-1/up/live"


def message(first_seq: int = 1, at_ms: int = NOW_MS - 60_000, polls: int = 3) -> bytes:
    """Polls of one meter, a second apart."""
    seqs = tuple(range(first_seq, first_seq + polls))
    return wire.encode_readings(
        ReadingsMessage(
            *("pi-1", "e1", "sendai", "press", "b1", "synchronised", seqs),
            at_ms=tuple(at_ms + 1000 * n for n in range(polls)),
            columns={ENERGY: [float(seq) for seq in seqs]},
        )
    )


class Site:
    """A collector's folder, and the verbs on it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "collector.toml"
        self.path.write_text(SETTINGS, encoding="utf-8")
        self.collector = Collector(config.load(self.path))

    def bury(self, payload: bytes, reason: str = "a former fault", topic: str = LIVE) -> int:
        """Let a letter be there; answers its id."""
        self.collector.state.dead_letters.keep(topic, payload, reason, NOW_MS - 1000)
        return max(letter.id for letter in self.collector.state.dead_letters.list())

    def run(self, *words: str) -> Result:
        """Run a verb as its own process would, beside the open collector."""
        return CliRunner().invoke(app, [*words, "-c", str(self.path)])

    def replay(self, *words: str) -> dict[str, Any]:
        """Replay and answer the report."""
        answer: dict[str, Any] = json.loads(self.run("replay", *words, "--json").stdout)
        return answer

    def stored(self) -> int:
        """Answer how many readings are stored."""
        self.collector.store.check()
        return self.collector.store.count_readings("sendai", "press", 0, NOW_MS + 1000)

    def left(self) -> list[str]:
        """Answer the reasons of the letters that are left, the oldest letter first."""
        letters = sorted(self.collector.state.dead_letters.list(), key=lambda letter: letter.id)
        return [letter.reason for letter in letters]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A collector with nothing in it."""
    made = Site(tmp_path)
    yield made
    made.collector.close()


# List and show.


def test_an_empty_list_says_so(site: Site) -> None:
    """In words, and as an empty list of JSON."""
    assert site.run("list").stdout == "no dead letters: all that came could be stored\n"
    assert json.loads(site.run("list", "--json").stdout) == []


def test_the_list_tells_reason_topic_count_and_time(site: Site) -> None:
    """The newest first; brackets in a reason are no colours."""
    first = site.bury(b"x", "not JSON: [red]")
    site.bury(b"x", "not JSON: [red]")
    second = site.bury(b"y", "version 2", "elsewhere")
    shown = json.loads(site.run("list", "--json").stdout)
    assert [(row["id"], row["reason"], row["topic"], row["times"]) for row in shown] == [
        (second, "version 2", "elsewhere", 1),
        (first, "not JSON: [red]", LIVE, 2),
    ]
    assert shown[0]["last"].endswith("+00:00")
    text = site.run("list").stdout
    assert "2 dead letters" in text
    assert "pi-1 live" in text
    assert "[red]" in text


def test_a_letter_of_json_is_shown_key_by_key(site: Site) -> None:
    """As JSON again, Japanese as it is."""
    letter = site.bury('{"v": 1, "meter": "受電", "seq": [1, 2]}'.encode())
    text = site.run("show", str(letter)).stdout
    assert '"meter": "受電"' in text
    assert '"seq": [1, 2]' in text
    shown = json.loads(site.run("show", str(letter), "--json").stdout)
    assert json.loads(shown["payload"])["meter"] == "受電"
    assert shown["bytes"] == 42


@pytest.mark.parametrize(
    ("payload", "seen"),
    [
        (b"\x00\xff\xfe", "00 ff fe"),
        (b"[1, 2", "5b 31 2c 20 32"),
        (b"[1, 2]", "[1, 2]"),
        (b"[" * 3000, "5b 5b"),
        (b'{"a": "\\ud800"}', '"a": "\\ud800"'),
        (b"", "bytes    0"),
    ],
)
def test_any_payload_can_be_shown(site: Site, payload: bytes, seen: str) -> None:
    """What is no JSON is shown in hexadecimal, and --json always has every byte."""
    letter = str(site.bury(payload))
    result = site.run("show", letter)
    assert (result.exit_code, result.exception) == (0, None)
    assert seen in result.stdout
    assert bytes.fromhex(json.loads(site.run("show", letter, "--json").stdout)["hex"]) == payload


@pytest.mark.parametrize("words", [("show", "7"), ("replay", "7")])
def test_a_letter_that_is_not_there_is_one_line(site: Site, words: tuple[str, str]) -> None:
    """With a hint."""
    result = site.run(*words)
    assert result.exit_code == 1
    assert "there is no dead letter 7 (see collector dead-letters list" in result.stderr


# Replay.


def test_a_replayed_letter_is_stored_marked_and_struck_off(site: Site) -> None:
    """It goes the way of a message that comes now: store, windows, numbers."""
    letter = site.bury(message())
    result = site.run("replay", str(letter))
    assert result.exit_code == 0
    assert "1 of 1 letters stored and struck off (3 readings), 0 refused again" in result.stdout
    assert (site.stored(), site.left()) == (3, [])
    state = site.collector.state
    (window,) = state.dirty.pending()
    assert (window.meter, window.from_ms) == ("press", NOW_MS - 60_000)
    assert state.received.ranges("pi-1", "e1") == ((1, 3),)


def test_a_letter_that_is_refused_again_keeps_its_new_reason(site: Site) -> None:
    """Whatever of it can be stored is; the exit code tells."""
    site.bury(b"poison", "an old reason")
    site.bury(json.dumps({**json.loads(message()), "at": [NOW_MS, 5, 6]}).encode(), "an old reason")
    result = site.run("replay", "--all")
    assert result.exit_code == 1
    assert "0 of 2 letters" in result.stdout
    reasons = site.left()
    assert "not JSON" in reasons[0]
    assert "before 2000" in reasons[1]
    assert "dead letter" in result.stderr
    assert site.stored() == 1


def test_letters_are_chosen_by_number_by_reason_or_all(site: Site) -> None:
    """A text of the reason, large or small letters; a number given twice counts once."""
    letters = [site.bury(message(10 * n + 1), f"Fault {n}") for n in range(4)]
    assert site.replay("--reason", "fault 2")["stored"] == 1
    assert site.left() == ["Fault 0", "Fault 1", "Fault 3"]
    assert site.replay(str(letters[1]), str(letters[1])) == {
        "letters": 1, "stored": 1, "refused": 0, "left": 0, "readings": 3, "lines": [
            "meter sendai/press not in the settings"
            " (stored, but no part of the site's total; add it under [[sites.meters]])"
        ], "fault": "",
    }  # fmt: skip
    assert site.replay("--reason", "no such")["letters"] == 0
    assert site.replay("--all")["stored"] == 2
    assert site.left() == []


@pytest.mark.parametrize("words", [(), ("1", "--all"), ("--all", "--reason", "x")])
def test_the_letters_must_be_told_in_one_way(site: Site, words: tuple[str, ...]) -> None:
    """Nothing is replayed by accident."""
    site.bury(message())
    result = site.run("replay", *words)
    assert result.exit_code == 1
    assert "give IDs, --all or --reason TEXT" in result.stderr
    assert site.stored() == 0


@pytest.mark.parametrize("fault", [RetryLaterError("away", "start it"), StopError("refused")])
def test_a_store_that_goes_away_half_way_loses_nothing(
    site: Site, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    """What was stored is struck off, the rest stays as it was and can be replayed later."""
    for n in range(BATCH + 5):
        site.bury(message(10 * n + 1, NOW_MS - 10_000_000 + 10_000 * n))
    ready = SqliteStore.ready
    calls: list[int] = []

    def once(store: SqliteStore, columns: Sequence[Columns]) -> Write:
        calls.append(len(columns))
        if len(calls) > 1:
            raise fault
        return ready(store, columns)

    with monkeypatch.context() as patch:
        patch.setattr(SqliteStore, "ready", once)
        result = site.run("replay", "--all")
    assert result.exit_code == 1
    assert str(fault) in result.stderr
    assert site.left() == ["a former fault"] * 5
    assert site.stored() == 3 * BATCH
    assert site.replay("--all")["stored"] == 5
    assert site.stored() == 3 * (BATCH + 5)


def test_a_stop_before_the_letter_is_struck_off_costs_a_repeat(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The readings are stored, the letter is still there, and doing it again changes nothing."""
    site.bury(message())

    def cut(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("collector.state.dead_letters.DeadLetters.strike_off", cut)
        assert site.run("replay", "--all").exit_code != 0
    assert (site.stored(), len(site.left())) == (3, 1)
    assert site.replay("--all")["stored"] == 1
    assert (site.stored(), site.left()) == (3, [])


def test_the_group_says_what_it_is_for() -> None:
    """Without a verb it lists them."""
    text = CliRunner().invoke(dead_letters.app, ["--help"]).stdout
    for verb in ("list", "show", "replay"):
        assert verb in text

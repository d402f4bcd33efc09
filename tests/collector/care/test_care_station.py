"""Requests go to agents, and what came of them stays on record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from collector.care.asking import answer_to, asked, require_there
from collector.care.pushing import difference, settings_in, version_before, version_of
from collector.errors import CollectorError, RetryLaterError, StopError
from collector.state.care_requests import ANSWERS_KEPT_MS, Ending
from edge_agent.contract.care import ANSWER_MOST_BYTES, SETTINGS_MOST_BYTES, Answer
from tests.collector.care.stage import TABLES, WHO, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A collector's desk, with agent a-1 there."""
    made = Desk(tmp_path)
    yield made
    made.state.database.close()


# Questions.


def test_a_question_is_sent_once_and_ends_with_its_answer(desk: Desk) -> None:
    """With who asked, how long the agent took, and the answer's digest."""
    request = desk.ask()
    desk.round()
    desk.round()
    (sent,) = desk.post.asks
    assert (sent.id, sent.agent, sent.kind, sent.by) == (request.id, "a-1", "read", "sato")
    assert desk.post.waits_s == [29]
    answer = desk.answers(request.id)
    desk.round()
    ending = desk.request(request.id).ending
    assert (ending.outcome, ending.message, ending.took_ms) == ("done", "told", 12)
    assert len(ending.digest) == 64
    came = desk.state.care_requests.answer(request.id)
    assert came is not None
    assert came.answer == answer
    assert not desk.state.care_requests.open()


def test_a_silent_agent_is_told_as_such(desk: Desk) -> None:
    """After its time, and not before; an answer that comes later changes nothing."""
    request = desk.ask(within_s=30.0)
    desk.round()
    desk.round(28.0)
    assert desk.request(request.id).ended_ms is None
    desk.round(2.0)
    ending = desk.request(request.id).ending
    assert (ending.outcome, ending.message) == ("no answer", "the agent gave no answer in time")
    desk.answers(request.id)
    assert desk.state.care_requests.answer(request.id) is None
    assert desk.request(request.id).ending == ending


def test_a_question_waits_for_the_broker_until_nobody_waits_for_it(desk: Desk) -> None:
    """It goes out when the broker is back in time; else it says why it did not."""
    desk.post.away = True
    late, lost = desk.ask(within_s=30.0), desk.ask(within_s=3.0)
    desk.round(5.0)
    assert desk.request(lost.id).ending.message == "it could not be sent: the broker was away"
    desk.post.away = False
    desk.round()
    assert [ask.id for ask in desk.post.asks] == [late.id]
    assert desk.post.waits_s == [24]


def test_only_an_answer_that_somebody_waits_for_is_kept(desk: Desk) -> None:
    """Neither another agent's, nor one nobody asked for, nor one of another kind."""
    request = desk.ask()
    answer = Answer(request.id, "a-1", "read", "done", 1)
    for odd in (
        replace(answer, agent="b-2"),
        replace(answer, id="unknown"),
        replace(answer, kind="log"),
        replace(answer, body={"text": "x" * ANSWER_MOST_BYTES}),
    ):
        desk.state.care_requests.take(odd, 1)
        assert desk.state.care_requests.answer(odd.id) is None
    desk.state.care_requests.take(answer, 1)
    assert desk.state.care_requests.answer(request.id) is not None


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM care_request",
        "UPDATE care_request SET by_name = 'nobody'",
        "UPDATE care_request SET at_ms = 1",
        "UPDATE care_request SET agent = 'b-2'",
        "UPDATE care_request SET outcome = 'refused'",
        "DELETE FROM agent_settings",
    ],
)
def test_the_record_can_neither_be_deleted_nor_changed(desk: Desk, sql: str) -> None:
    """The file itself refuses, whoever asks it."""
    request = desk.ask()
    desk.push()
    desk.state.care_requests.end(request.id, Ending("done"), 5)
    with pytest.raises(StopError, match="never"), desk.state.database.write() as connection:
        connection.execute(sql)
    assert desk.request(request.id).ending.outcome == "done"


def test_the_first_end_stands(desk: Desk) -> None:
    """A command that gave up and a station that heard do not fight over the record."""
    request = desk.ask()
    desk.state.care_requests.end(request.id, Ending("no answer"), 5)
    desk.state.care_requests.end(request.id, Ending("done"), 6)
    desk.state.care_requests.sent(request.id, 7)
    found = desk.request(request.id)
    assert (found.ending.outcome, found.ended_ms, found.sent_ms) == ("no answer", 5, None)


def test_whole_answers_are_let_go_of_and_requests_stay(desk: Desk) -> None:
    """After ninety days the digest is enough."""
    request = desk.ask()
    desk.round()
    desk.answers(request.id)
    desk.round()
    desk.round(ANSWERS_KEPT_MS / 1000 + 10)
    assert desk.state.care_requests.answer(request.id) is None
    assert desk.request(request.id).ending.digest


def test_a_command_waits_for_its_answer(desk: Desk) -> None:
    """While it sleeps the station works, as another process would."""
    request = asked("a-1", "read", {}, WHO, desk.clock, 30.0)
    turns = iter(range(100))

    def sleep(seconds: float) -> None:
        desk.round(seconds)
        if next(turns) == 3:
            desk.answers(request.id)

    found, answer = answer_to(desk.state, request, sleep)
    assert found.ending.outcome == "done"
    assert answer is not None
    assert answer.body == {"ok": True}


def test_a_command_without_a_running_collector_says_so(desk: Desk) -> None:
    """Within seconds, and the request ends there: it is not sent an hour later."""
    request = asked("a-1", "read", {}, WHO, desk.clock, 30.0)
    slept: list[float] = []
    with pytest.raises(RetryLaterError, match="no running collector has sent it"):
        answer_to(desk.state, request, slept.append)
    assert sum(slept) < 8
    desk.round()
    assert desk.post.asks == []


def test_an_agent_that_is_not_there_is_not_asked(desk: Desk) -> None:
    """Unknown or offline: each is one clear line."""
    now_ms = desk.clock.now_ms()
    require_there(desk.state, "a-1", now_ms)
    with pytest.raises(CollectorError, match=r"there is no agent b-2 \(known: a-1\)"):
        require_there(desk.state, "b-2", now_ms)
    desk.is_there("a-1", online=False)
    with pytest.raises(RetryLaterError, match="agent a-1 is offline"):
        require_there(desk.state, "a-1", now_ms)
    with pytest.raises(RetryLaterError, match="last connected 3 days ago"):
        require_there(desk.state, "a-1", now_ms + 3 * 86_400_000)


# Settings.


def test_pushed_settings_go_out_whole_and_stand_as_the_agent_says(desk: Desk) -> None:
    """Waiting, on trial, in use: each with its time, and the request ends with the decision."""
    version = desk.push()
    desk.round()
    (sent,) = desk.post.asks
    assert sent.kind == "config"
    assert dict(sent.arguments) == {
        "version": 1, "settings": TABLES, "digest": version.digest, "over-local": False,
    }  # fmt: skip
    desk.answers(version.request, "accepted", "config")
    desk.says(on_trial=1)
    desk.round()
    assert desk.version(1).state == "on trial"
    assert desk.request(version.request).ended_ms is None
    desk.says(version=1, digest=version.digest, newest=1, decision="in-use")
    assert desk.round() == ("agent a-1: settings version 1: in use",)
    assert desk.version(1).state == "in use"
    assert desk.request(version.request).ending.outcome == "in use"
    assert desk.round(120.0) == ()
    assert len(desk.post.asks) == 1


def test_settings_that_were_taken_back_are_told_with_the_reason(desk: Desk) -> None:
    """And not sent again: a person must push others."""
    version = desk.push()
    desk.round()
    desk.answers(version.request, "accepted", "config")
    desk.round()
    desk.says(newest=1, decision="rolled-back", reason="no answer of meter main")
    (line,) = desk.round()
    assert line == "agent a-1: settings version 1: rolled back: no answer of meter main"
    assert desk.request(version.request).ending.message == "no answer of meter main"
    desk.is_there("a-1")
    desk.round(120.0)
    assert len(desk.post.asks) == 1


def test_a_plant_that_allows_no_pushes_is_told_by_its_answer(desk: Desk) -> None:
    """It says nothing of settings, only that it refuses."""
    version = desk.push()
    desk.round()
    desk.answers(version.request, "refused", "config")
    desk.round()
    assert (desk.version(1).state, desk.version(1).reason) == ("refused", "told (do)")


def test_settings_wait_for_an_agent_and_are_sent_until_it_decides(desk: Desk) -> None:
    """Offline: not at all. There: once a minute. What failed is tried again."""
    desk.is_there("a-1", online=False)
    version = desk.push()
    desk.round(300.0)
    assert desk.post.asks == []
    desk.is_there("a-1")
    desk.round()
    desk.round(30.0)
    assert len(desk.post.asks) == 1
    desk.round(31.0)
    desk.answers(version.request, "failed", "config")
    desk.round()
    assert (desk.version(1).state, desk.version(1).reason) == ("waiting", "told (do)")
    desk.round(61.0)
    assert [ask.id for ask in desk.post.asks] == [version.request] * 3


def test_an_agent_that_has_lost_its_settings_gets_them_again(desk: Desk) -> None:
    """A new card knows of no version: the collector asks by itself, and that is on record too."""
    version = desk.push()
    desk.says(version=1, digest=version.digest)
    desk.round(11.0)
    assert desk.version(1).state == "in use"
    desk.clock.at_ms += 1000
    desk.says()
    desk.round(11.0)
    again = desk.version(1)
    assert (again.state, len(desk.post.asks)) == ("waiting", 1)
    request = desk.request(again.request)
    assert request.by_name == "collector"
    assert request.note == "the agent does not know of it any more"
    desk.clock.at_ms += 1000
    desk.says(version=1, digest=version.digest)
    desk.round(11.0)
    assert desk.request(again.request).ending.outcome == "in use"


def test_a_change_at_the_plant_is_no_reason_to_send_again(desk: Desk) -> None:
    """It is the same version still: whoever looks sees that it drifted."""
    version = desk.push()
    desk.says(version=1, digest=version.digest, drifted=True)
    desk.round(11.0)
    desk.round(120.0)
    assert (desk.version(1).state, desk.post.asks) == ("in use", [])


def test_a_newer_push_overtakes_one_that_waits(desk: Desk) -> None:
    """The agent never sees the older one, and its request says why."""
    desk.is_there("a-1", online=False)
    old, new = desk.push(), desk.push(TABLES + "# more\n")
    desk.is_there("a-1")
    desk.round()
    assert [ask.id for ask in desk.post.asks] == [new.request]
    assert desk.version(1).state == "superseded"
    assert desk.request(old.request).ending.outcome == "superseded"


@pytest.mark.parametrize(
    ("word", "state", "reason"),
    [
        (
            {"newest": 1, "decision": "rolled-back", "reason": "no answer"},
            "rolled back",
            "no answer",
        ),
        ({"newest": 1, "decision": "in-use", "version": 1, "digest": ""}, "in use", ""),
        ({}, "superseded", ""),
    ],
)
def test_a_trial_that_a_newer_push_overtook_has_an_end_too(
    desk: Desk, word: dict[str, Any], state: str, reason: str
) -> None:
    """The agent tells how it came out, or knows nothing of it any more."""
    old = desk.push()
    desk.round()
    desk.answers(old.request, "accepted", "config")
    desk.says(on_trial=1)
    desk.round()
    new = desk.push(TABLES + "# more\n")
    desk.round(11.0)
    assert (desk.version(1).state, desk.request(old.request).ending.outcome) == (
        "on trial",
        "superseded",
    )
    desk.says(**{**word, **({"digest": old.digest} if "digest" in word else {})})
    lines = desk.round(11.0)
    assert (desk.version(1).state, desk.version(1).reason) == (state, reason)
    assert any(line.startswith(f"agent a-1: settings version 1: {state}") for line in lines)
    desk.clock.at_ms += 1000
    desk.says(version=2, digest=new.digest, newest=2, decision="in-use")
    desk.round(11.0)
    assert desk.version(1).state == ("replaced" if state == "in use" else state)
    assert desk.version(2).state == "in use"


def test_the_version_before_is_found_to_go_back_to(desk: Desk) -> None:
    """The one that was in use, not one that was refused."""
    with pytest.raises(CollectorError, match="no settings were ever pushed"):
        version_of(desk.state, "a-1")
    for number, text in enumerate(("", "# two\n", "# three\n"), 1):
        version = desk.push(TABLES + text)
        decision = "refused" if number == 2 else "in-use"
        used = {"version": number, "digest": version.digest} if number != 2 else {}
        desk.clock.at_ms += 1000
        desk.says(newest=number, decision=decision, **used)
        desk.round()
    states = [row.state for row in desk.state.agent_settings.list("a-1")]
    assert states == ["replaced", "refused", "in use"]
    assert version_before(desk.state, "a-1").version == 1
    assert version_of(desk.state, "a-1").version == 3
    lines = list(difference(desk.version(1), desk.version(3)))
    assert lines[-1] == "+# three"
    with pytest.raises(CollectorError, match=r"no version 9 \(known: 1, 2, 3\)"):
        version_of(desk.state, "a-1", 9)


def test_numbers_go_on_above_what_the_agent_knows(desk: Desk) -> None:
    """Also when the collector's own list was lost."""
    desk.says(version=7, newest=9, decision="refused")
    assert desk.push().version == 10


def test_the_same_settings_are_not_pushed_twice(desk: Desk) -> None:
    """Unless somebody has changed them at the plant meanwhile."""
    version = desk.push()
    desk.says(version=1, digest=version.digest)
    desk.round()
    with pytest.raises(CollectorError, match="version 1 is the same and in use"):
        desk.push()
    desk.says(version=1, digest=version.digest, drifted=True)
    assert desk.push(over_local=True).version == 2


def test_there_is_no_version_before_the_first(desk: Desk) -> None:
    """Nothing to go back to is said, not guessed."""
    desk.push()
    with pytest.raises(CollectorError, match="no version that was in use before"):
        version_before(desk.state, "a-1")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[[meters", "not TOML"),
        (b"\xff\xfe", "is not UTF-8"),
        (b"[poll]\nevery_s = 1\n", "has no meters"),
        (b"", "new.toml is empty"),
        (b" \r\n\n", "new.toml is empty"),
        (b"#" * (SETTINGS_MOST_BYTES + 1), "larger than 128 KiB"),
    ],
)
def test_a_file_that_holds_no_settings_is_not_pushed(
    tmp_path: Path, content: bytes, told: str
) -> None:
    """It fails at the desk, before any agent is bothered."""
    file = tmp_path / "new.toml"
    file.write_bytes(content)
    with pytest.raises(CollectorError, match=told):
        settings_in(file)
    with pytest.raises(CollectorError, match="cannot be read"):
        settings_in(tmp_path / "none.toml")

"""Settings pushed from afar: refused, on trial, kept, taken back; and never lost half way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from edge_agent import config, settings_file
from edge_agent.care.crash_points import CRASH_AT, EXIT_CODE
from edge_agent.care.journal import BEFORE, FILE, SET_ASIDE, JournalFile
from edge_agent.care.keeper import Keeper
from edge_agent.care.pushed import KEPT, PUSHABLE
from edge_agent.care.resume import FOLDER, folder_of, resume
from edge_agent.contract.care import settings_digest
from edge_agent.errors import RetryLaterError, StopError
from tests.edge_agent.care.stage import MORE, OWN, TABLES, Stage, keeper_of, push_of, stage_in

ROOT = Path(__file__).resolve().parents[3]
SILENT = TABLES.replace("unit_id = 1", "unit_id = 9")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An agent that reads one meter."""
    return stage_in(tmp_path)


def lived(stage: Stage, keeper: Keeper, for_s: float) -> None:
    """The agent starts with what is in its file, and lives for so long."""
    stage.started()
    keeper.look()
    stage.clock.advance(for_s)
    keeper.look()


def test_pushed_settings_are_in_use_after_a_trial(stage: Stage) -> None:
    """The plant's own tables stay, remarks too; the file of before is kept beside it."""
    keeper = keeper_of(stage)
    assert keeper.push(push_of(1, MORE)).outcome == "accepted"
    assert stage.wanted
    assert stage.way_back == settings_file.backups(stage.path)[0]
    assert keeper.state().on_trial == 1
    lived(stage, keeper, 11.0)
    state = keeper.state()
    assert (state.version, state.decision, state.drifted, state.on_trial) == (1, "in-use", False, 0)
    assert state.digest == settings_digest(MORE)
    text = stage.path.read_text("utf-8")
    assert "# the broker of head office" in text
    assert "# new in hall 3" in text
    assert [row.id for row in config.load(stage.path).meters] == ["main", "press"]


def test_settings_that_silence_a_meter_are_taken_back(stage: Stage) -> None:
    """Alone, after the trial's time, and with the reason; the same push is not tried again."""
    keeper, before = keeper_of(stage), stage.path.read_text("utf-8")
    keeper.push(push_of(1, SILENT))
    stage.works = set()
    lived(stage, keeper, 59.0)
    assert keeper.state().on_trial == 1
    lived(stage, keeper, 2.0)
    assert stage.path.read_text("utf-8") == before
    assert stage.wanted
    state = keeper.state()
    assert (state.version, state.newest, state.decision) == (0, 1, "rolled-back")
    assert "no answer of meter main" in state.reason
    stage.started()
    again = keeper.push(push_of(1, SILENT))
    assert (again.outcome, "no answer of meter main" in again.message) == ("refused", True)


def test_settings_without_receipts_are_taken_back(stage: Stage) -> None:
    """Readings that nobody confirms any more are as bad as none."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, MORE))
    stage.receipts = False
    lived(stage, keeper, 61.0)
    assert "no receipt of the collector" in keeper.state().reason


def test_no_receipt_is_expected_while_readings_wait_for_a_clock(tmp_path: Path) -> None:
    """Each start holds them anew: their absence says nothing of the settings."""
    stage = stage_in(tmp_path)
    stage.path.write_text((OWN + TABLES).replace("wait_s = 0", "wait_s = 900"), "utf-8")
    keeper = keeper_of(stage, "unsynchronised")
    keeper.push(push_of(1, MORE + "[clock]\nwait_s = 900\n"))
    stage.receipts = False
    lived(stage, keeper, 61.0)
    assert keeper.state().decision == "in-use"


def test_settings_with_which_the_agent_does_not_start_are_told(stage: Stage) -> None:
    """The service has put the old file back already: the keeper says why."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, MORE))
    assert stage.way_back is not None
    settings_file.restore(stage.path, stage.way_back)
    stage.fault = "the agent did not start with the new settings: no such relay"
    lived(stage, keeper, 1.0)
    assert (keeper.state().decision, keeper.state().reason) == ("rolled-back", stage.fault)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[meters", "not TOML"),
        ("x = [" * 50 + "]" * 50, "not TOML"),
        (TABLES + "bogus = 1\n", "meters[0].bogus: unknown key"),
        (TABLES.replace('"lan"\nunit', '"wan"\nunit'), "no [[links]] has that id"),
        (TABLES.replace("schneider_iem3155", "no_such_model"), "unknown profile"),
        ("[poll]\nevery_s = 5\n", "no meter to read"),
        (TABLES + '[mqtt]\nurl = "mqtt://elsewhere:1883"\n', "[mqtt] can only be changed at"),
        (TABLES + '[agent]\nid = "b-9"\nsite = "plant"\n', "[agent] can only be changed at"),
        (TABLES + '[care]\nallow = ["read"]\n', "[care] can only be changed at the plant"),
        (TABLES + '[page]\nlisten = "0.0.0.0:80"\n', "[page] can only be changed at the plant"),
        (TABLES + '[health]\nlisten = "0.0.0.0:80"\n', "[health] can only be changed at the"),
        (TABLES + '[demand]\nmeter = "main"\ntarget_kw = 1\n', "[demand] can only be changed"),
        (TABLES.replace("schneider_iem3155", "/etc/passwd.toml"), "outside of the folder"),
        (TABLES.replace("schneider_iem3155", "x/../../y.toml"), "outside of the folder"),
    ],
)
def test_wrong_settings_are_refused_before_anything_changes(
    stage: Stage, text: str, told: str
) -> None:
    """Every fault that `edge-agent check` finds, and whatever only the plant may change."""
    before, keeper = stage.path.read_bytes(), keeper_of(stage)
    answer = keeper.push(push_of(1, text))
    assert answer.outcome == "refused"
    assert told in answer.message
    assert stage.path.read_bytes() == before
    assert not stage.wanted
    state = keeper.state()
    assert (state.newest, state.decision, state.version) == (1, "refused", 0)
    assert keeper.push(push_of(1, text)).message == answer.message


def test_the_plants_own_tables_may_be_pushed_as_they_are(stage: Stage) -> None:
    """A whole file that was fetched and edited can be pushed."""
    keeper = keeper_of(stage)
    assert keeper.push(push_of(1, OWN + MORE)).outcome == "accepted"
    assert stage.path.read_text("utf-8").count("[mqtt]") == 1


def test_settings_that_change_nothing_are_in_use_at_once(stage: Stage) -> None:
    """What is there already becomes a version without a new start."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, TABLES))
    lived(stage, keeper, 11.0)
    assert keeper.push(push_of(2, stage.path.read_text("utf-8"))).outcome == "done"
    assert not stage.wanted
    assert (keeper.state().version, keeper.state().decision) == (2, "in-use")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"settings": 3}, "no settings with a version"),
        ({"version": 0}, "no settings with a version"),
        ({"version": True}, "no settings with a version"),
        ({"digest": "0" * 64}, "did not come whole"),
    ],
)
def test_a_push_that_is_none_is_refused(stage: Stage, changes: dict[str, Any], told: str) -> None:
    """Without its text, number and digest nothing is decided on."""
    with pytest.raises(StopError, match=told):
        keeper_of(stage).push(push_of(1, MORE, **changes))


def test_the_same_push_twice_is_one_push(stage: Stage) -> None:
    """A broker delivers at least once, and the collector sends until it hears of a decision."""
    keeper = keeper_of(stage)
    assert [keeper.push(push_of(1, MORE)).outcome for _ in range(2)] == ["accepted", "accepted"]
    other = keeper.push(push_of(2, TABLES))
    assert (other.outcome, other.message) == ("failed", "version 1 is on trial")
    lived(stage, keeper, 11.0)
    assert keeper.push(push_of(1, MORE)).outcome == "done"
    older = keeper.push(push_of(1, TABLES))
    assert (older.outcome, older.message) == ("refused", "version 1 is not above 1")


def test_nothing_is_pushed_while_the_agent_starts(stage: Stage) -> None:
    """Somebody at the page has just written settings: the push waits for its turn."""
    keeper = keeper_of(stage)
    stage.wanted = True
    assert keeper.push(push_of(1, MORE)).outcome == "failed"
    assert keeper.state().newest == 0


def test_a_change_at_the_plant_is_noticed_and_not_written_over(stage: Stage) -> None:
    """Unless the push says so."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, MORE))
    lived(stage, keeper, 11.0)
    by_hand = stage.path.read_text("utf-8").replace("unit_id = 2", "unit_id = 3")
    stage.path.write_text(by_hand, "utf-8")
    assert keeper.state().drifted
    refused = keeper.push(push_of(2, TABLES))
    assert refused.outcome == "refused"
    assert "changed at the plant since version 1" in refused.message
    assert stage.path.read_text("utf-8") == by_hand
    told = {"over-local": True}
    assert keeper.push(push_of(3, TABLES, **told)).outcome == "accepted"
    lived(stage, keeper, 11.0)
    assert (keeper.state().version, keeper.state().drifted) == (3, False)


def test_the_plants_own_tables_and_remarks_are_no_drift(stage: Stage) -> None:
    """A new certificate or a page switched on is no other version of what was pushed."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, MORE))
    lived(stage, keeper, 11.0)
    text = stage.path.read_text("utf-8").replace("[clock]", "[page]\nlisten = ''\n# why\n[clock]")
    stage.path.write_text(text.replace("trial_s = 60", "trial_s = 61"), "utf-8")
    assert not keeper.state().drifted
    assert keeper.push(push_of(2, TABLES)).outcome == "accepted"
    assert "trial_s = 61" in stage.path.read_text("utf-8")


def test_a_change_at_the_plant_during_the_trial_wins(stage: Stage) -> None:
    """Whoever stands before the machine knows better."""
    keeper = keeper_of(stage)
    keeper.push(push_of(1, MORE))
    stage.started()
    by_hand = stage.path.read_text("utf-8").replace("unit_id = 2", "unit_id = 3")
    stage.path.write_text(by_hand, "utf-8")
    lived(stage, keeper, 1.0)
    assert keeper.state().decision == "rolled-back"
    assert "somebody at the plant" in keeper.state().reason
    assert stage.path.read_text("utf-8") == by_hand


def test_a_folder_that_cannot_be_written_refuses_the_push(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason and what to do go to whoever pushed."""

    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", read_only)
    before = stage.path.read_bytes()
    with pytest.raises(RetryLaterError, match="Read-only"):
        keeper_of(stage).push(push_of(1, MORE))
    assert stage.path.read_bytes() == before


# The end of the process between two steps.

CHILD = """
import sys
from pathlib import Path
from tests.edge_agent.care.stage import MORE, Stage, keeper_of, push_of
stage = Stage(Path(sys.argv[1]))
keeper = keeper_of(stage)
if sys.argv[2] == "push":
    keeper.push(push_of(1, MORE))
else:
    keeper._go_back("no answer of meter main")
"""


def killed_at(stage: Stage, step: str, work: str = "push") -> None:
    """Let another process do it, and die at the step."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(stage.path), work],
        cwd=ROOT, env={**os.environ, CRASH_AT: step}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == EXIT_CODE, done.stderr


@pytest.mark.parametrize("step", ["kept", "noted", "replaced", "trial"])
def test_a_push_may_be_cut_short_at_any_step(stage: Stage, step: str) -> None:
    """The file is the old or the new one, whole; the next start goes on, and so does the push."""
    old = stage.path.read_text("utf-8")
    killed_at(stage, step)
    text = stage.path.read_text("utf-8")
    assert (text == old) == (step in ("kept", "noted"))
    resume(stage.path)
    keeper = keeper_of(stage)
    assert bool(keeper.state().on_trial) == (text != old)
    assert keeper.push(push_of(1, MORE)).outcome == "accepted"
    lived(stage, keeper, 11.0)
    assert keeper.state().version == 1
    assert not (stage.path.parent / "state" / FOLDER / BEFORE).exists()


@pytest.mark.parametrize("step", ["going-back", "put-back"])
def test_a_way_back_may_be_cut_short_at_any_step(stage: Stage, step: str) -> None:
    """The next start ends it: the old settings are there, with the reason."""
    old, keeper = stage.path.read_text("utf-8"), keeper_of(stage)
    keeper.push(push_of(1, MORE))
    killed_at(stage, step, "go back")
    resume(stage.path)
    assert stage.path.read_text("utf-8") == old
    state = keeper_of(stage).state()
    assert (state.decision, state.on_trial) == ("rolled-back", 0)
    assert state.reason == "no answer of meter main"


def test_a_second_end_within_a_trial_is_the_settings_fault(stage: Stage) -> None:
    """The first may be a power cut."""
    old, keeper = stage.path.read_text("utf-8"), keeper_of(stage)
    keeper.push(push_of(1, MORE))
    resume(stage.path)
    assert keeper_of(stage).state().on_trial == 1
    resume(stage.path)
    assert stage.path.read_text("utf-8") == old
    state = keeper_of(stage).state()
    assert state.decision == "rolled-back"
    assert "ended again and again" in state.reason


def test_settings_that_no_agent_can_load_any_more_are_taken_back(stage: Stage) -> None:
    """The profile was deleted meanwhile: the start before the settings are read mends it."""
    (stage.path.parent / "own.toml").write_text("x = 1", "utf-8")
    old, keeper = stage.path.read_text("utf-8"), keeper_of(stage)
    keeper.push(push_of(1, MORE))
    text = stage.path.read_text("utf-8")
    for _ in range(2):
        resume(stage.path)
    assert text != stage.path.read_text("utf-8") == old


def test_a_damaged_journal_is_set_aside_and_the_agent_starts(stage: Stage) -> None:
    """What a card has spoilt must not keep an agent from starting."""
    folder = folder_of(stage.path)
    assert folder is not None
    folder.mkdir(parents=True)
    for damage in (b"{", b"[]", b'{"phase": "odd"}', b'{"version": "1"}', b"\xff\xfe", b"\0" * 64):
        (folder / FILE).write_bytes(damage)
        resume(stage.path)
        assert keeper_of(stage).state().version == 0
        assert (folder / SET_ASIDE).read_bytes() == damage


def test_a_journal_is_read_as_it_was_written(stage: Stage, tmp_path: Path) -> None:
    """Keys that a later program has added are passed over."""
    keeper_of(stage).push(push_of(1, MORE))
    file = JournalFile(tmp_path / "state" / FOLDER)
    journal = file.load()
    assert (journal.phase, journal.meters, journal.receipts) == ("trial", ("main",), True)
    path = tmp_path / "state" / FOLDER / FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), "colour": "blue"}))
    assert file.load() == journal


def test_a_start_without_settings_or_journal_goes_on(tmp_path: Path) -> None:
    """There is nothing to resume, and nothing is made."""
    resume(tmp_path / "none.toml")
    (tmp_path / "agent.toml").write_text("[agent", "utf-8")
    resume(tmp_path / "agent.toml")
    (tmp_path / "agent.toml").write_text("agent = 3", "utf-8")
    resume(tmp_path / "agent.toml")
    assert [path.name for path in tmp_path.iterdir()] == ["agent.toml"]


def test_a_new_table_of_settings_is_the_plants_until_somebody_says_otherwise() -> None:
    """What may be pushed is named; all else that an agent knows is kept."""
    assert {"agent", "mqtt", "health", "page", "care", "demand"} <= set(KEPT)
    assert set(KEPT) | set(PUSHABLE) == set(config.AgentSettings.model_fields)
    assert not set(KEPT) & set(PUSHABLE)

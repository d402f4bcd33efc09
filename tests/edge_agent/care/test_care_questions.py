"""Questions on their way through the agent: worked on one by one, bounded, each on record."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast, get_args

import pytest

from edge_agent.care import Care, audit
from edge_agent.care.log_tail import KEPT_LINES, LogTail, tail_of_log
from edge_agent.care.questions import QUESTIONS, Question, doctor, log, read, settings, wiring
from edge_agent.care.station import CONFIG, MOST_WAITING
from edge_agent.care.told import Told, line_of, outcome_said
from edge_agent.config import CareSettings, CareWord, LinkSettings
from edge_agent.contract.care import OUTCOMES, Answer, Ask, ConfigState, decode_answer, encode_ask
from edge_agent.contract.topics import UpChannel
from edge_agent.errors import LinkDownError, RetryLaterError, StopError
from edge_agent.meter_link import MeterLink
from edge_agent.uplink import Uplink
from edge_agent.uplink.unreadable import Unreadable
from edge_agent.wiring.verdict import Judgement, Look, Verdict
from edge_agent.words import in_language, said
from tests.edge_agent.bench import ScriptedLink
from tests.edge_agent.care.stage import MORE, OWN, TABLES, Stage, push_of, stage_in
from tests.edge_agent.delivery import wait_until


@dataclass
class Wire:
    """What remote care needs of an uplink, without a broker: the whole way is tested elsewhere."""

    coming: list[bytes] = field(default_factory=list)
    went: list[Answer | ConfigState] = field(default_factory=list)
    unreadable: Unreadable = field(default_factory=Unreadable)
    connected: bool = True
    connection: int = 1
    most_bytes: int | None = None

    def asks(self) -> list[bytes]:
        """What came, once."""
        found, self.coming = self.coming, []
        return found

    def room(self) -> int:
        """Always."""
        return 1

    def publish(self, channel: UpChannel, payload: bytes) -> bool:
        """Take an answer."""
        assert channel == "answer"
        self.went.append(decode_answer(payload))
        return True


_MADE: list[Post] = []


class Post:
    """One agent's remote care and its wire."""

    def __init__(self, stage: Stage, **questions: Callable[..., Told]) -> None:
        known = {kind: Question("status", answer) for kind, answer in questions.items()}
        self.wire, self.stage = Wire(), stage
        self.care = Care(stage, stage.clock, questions=known, state_of_clock=lambda: "unknown")
        _MADE.append(self)

    def serve(self, *asks: Ask) -> None:
        """These came; the thread that forwards has its turn."""
        self.wire.coming += map(encode_ask, asks)
        self.care.serve(cast("Uplink", self.wire))

    def answers(self, count: int) -> list[Answer]:
        """So many answers, when they have gone out."""

        def went() -> list[Answer]:
            self.serve()
            return [one for one in self.wire.went if isinstance(one, Answer)]

        wait_until(lambda: len(went()) >= count)
        return went()


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An agent that reads one meter, and allows status and config."""
    return stage_in(tmp_path)


def ask(number: int, kind: str = "echo", **arguments: Any) -> Ask:
    """Question ``number``."""
    return Ask(f"q{number}", "a-1", kind, "sato", 1, 2, arguments)


def recorded(stage: Stage, name: str = audit.FILE) -> list[dict[str, Any]]:
    """What the plant has on record."""
    text = (stage.path.parent / "state/care" / name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_each_question_is_answered_and_on_record(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asked is in the log too; the state of settings goes out first, once a connection."""
    caplog.set_level(logging.INFO)
    post = Post(stage, echo=lambda _plant, asked: Told(body={"said": asked.arguments["text"]}))
    post.serve(ask(1, text="hello"))
    (answer,) = post.answers(1)
    assert (answer.id, answer.outcome, dict(answer.body)) == ("q1", "done", {"said": "hello"})
    assert isinstance(post.wire.went[0], ConfigState)
    wait_until(lambda: (stage.path.parent / "state/care" / audit.FILE).exists())
    (row,) = recorded(stage)
    assert (row["by"], row["kind"], row["outcome"]) == ("sato", "echo", "done")
    assert "asked from afar by sato: echo: done" in caplog.text
    post.wire.connection = 2
    post.serve()
    assert sum(isinstance(one, ConfigState) for one in post.wire.went) == 2


def test_the_plants_log_says_in_its_language_what_became_of_a_question() -> None:
    """No word of the other language in it, and where nothing was done, why."""
    why = said("this plant does not allow {word} from afar", word="config")
    line = line_of(ask(1, "config"), Answer("q1", "a-1", "config", "refused", 1, message=why))
    english = "asked from afar by sato: config: refused: this plant does not allow config from afar"
    assert line == english
    japanese = (
        "遠隔からの問い合わせ(sato): config: 拒否: この工場では遠隔からの config を許可していません"
    )
    assert in_language(line, "ja") == japanese
    outcomes = [in_language(outcome_said(one), "ja") for one in OUTCOMES]
    assert outcomes == ["完了", "受付済み", "拒否", "失敗"]


def test_a_question_that_is_delivered_twice_is_answered_once(stage: Stage) -> None:
    """Only settings are answered again: the collector asks until it hears of a decision."""
    done: list[str] = []

    def echo(_plant: object, asked: Ask) -> Told:
        done.append(asked.id)
        return Told()

    post = Post(stage, echo=echo)
    post.serve(ask(1), ask(1), ask(2))
    post.answers(2)
    assert done == ["q1", "q2"]
    odd = push_of(1, "[[")
    post.serve(odd, odd)
    assert [one.kind for one in post.answers(4)[2:]] == ["config", "config"]


def test_what_goes_wrong_is_answered_and_ends_nothing(stage: Stage) -> None:
    """Refused, failed, a fault of ours, an answer that is no JSON: the next one is answered."""

    def refuse(*_: object) -> Told:
        raise StopError("no", "never")

    def away(*_: object) -> Told:
        raise RetryLaterError("away", "later")

    def fail(*_: object) -> Told:
        raise ZeroDivisionError("oops")

    def odd(*_: object) -> Told:
        return Told(body={"value": float("nan")})

    post = Post(stage, refuse=refuse, away=away, fail=fail, odd=odd, well=lambda *_: Told())
    post.serve(*(ask(n, kind) for n, kind in enumerate(("refuse", "away", "fail", "odd", "well"))))
    told = [(one.outcome, one.message.partition(":")[0]) for one in post.answers(5)]
    assert told == [
        ("refused", "no"), ("failed", "away"), ("failed", "ZeroDivisionError"),
        ("failed", "ValueError"), ("done", ""),
    ]  # fmt: skip


def test_more_questions_than_can_wait_are_told_so(stage: Stage) -> None:
    """Nothing queues without end behind one that takes long."""
    go_on = threading.Event()

    def slow(*_: object) -> Told:
        go_on.wait(20)
        return Told()

    post = Post(stage, echo=slow)
    stage.running = stage.settings().model_copy(
        update={"care": stage.settings().care.model_copy(update={"asks_a_minute": 100})}
    )
    post.serve(*(ask(number) for number in range(MOST_WAITING + 4)))
    busy = post.answers(2)
    assert {one.message for one in busy} == {"earlier questions are still worked on"}
    go_on.set()
    assert len(post.answers(MOST_WAITING + 4)) == MOST_WAITING + 4


def test_a_flood_is_refused_and_fills_no_disk(stage: Stage) -> None:
    """Each is answered as long as it can be; the record has the first refusal alone."""
    post = Post(stage, echo=lambda *_: Told())
    for number in range(40):
        post.serve(ask(number))
        post.answers(number + 1)
    refusals = [one for one in post.answers(40) if "within a minute" in one.message]
    assert len(refusals) == 20
    wait_until(lambda: len(recorded(stage)) == 21)


def test_a_message_that_is_no_question_is_passed_over(stage: Stage) -> None:
    """It is counted, and told once for each reason."""
    post = Post(stage)
    post.wire.coming += [b"", b"{", b'{"v": 1}', b"[" * 50_000]
    post.serve()
    assert post.wire.unreadable.count == 4


def test_a_fault_while_sending_does_not_stop_readings(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """The thread that forwards goes on, and the line is told once."""
    post = Post(stage)
    post.wire.publish = cast("Any", lambda *_: 1 / 0)  # type: ignore[method-assign]
    for _ in range(3):
        post.serve()
    assert caplog.text.count("ZeroDivisionError") == 1


def test_a_plant_that_allows_no_pushes_says_nothing_of_its_settings(tmp_path: Path) -> None:
    """And refuses them with what to do there."""
    stage = stage_in(tmp_path)
    stage.path.write_text((OWN + TABLES).replace('"config"', '"log"'), "utf-8")
    post = Post(stage)
    post.serve(push_of(1, MORE))
    (answer,) = post.answers(1)
    assert (answer.outcome, answer.message) == (
        "refused", "this plant does not allow config from afar",
    )  # fmt: skip
    assert len(post.wire.went) == 1
    assert not stage.wanted


def test_a_record_that_cannot_be_written_is_told_and_questions_go_on(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """A file stands where the folder should be."""
    folder = stage.path.parent / "state"
    folder.mkdir()
    (folder / "care").write_text("", "utf-8")
    post = Post(stage, echo=lambda *_: Told())
    post.serve(ask(1), ask(2))
    post.answers(2)
    wait_until(lambda: "the record of questions cannot be written" in caplog.text)
    assert caplog.text.count("the record of questions cannot be written") == 1


def test_the_record_is_bounded(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two files: the older one is written over."""
    monkeypatch.setattr(audit, "MOST_BYTES", 400)
    book = audit.Audit(stage.path.parent / "state/care")
    for number in range(12):
        answer = Answer(f"q{number}", "a-1", "echo", "done", 1)
        book.note(ask(number, text="x" * 300), answer)
    rows = [*recorded(stage, audit.OLDER), *recorded(stage)]
    assert 3 <= len(rows) <= 8
    assert rows[-1]["id"] == "q11"
    assert rows[-1]["arguments"]["text"].startswith("sha256:")


def test_care_ends_when_the_service_ends(stage: Stage) -> None:
    """What waits is worked on, then its thread is gone."""
    before = threading.enumerate()
    post = Post(stage, echo=lambda *_: Told())
    post.serve(ask(1))
    post.answers(1)
    (worker,) = [one for one in threading.enumerate() if one.name == "care" and one not in before]
    post.care.close()
    worker.join(10)
    assert not worker.is_alive()
    post.care.close()


# The questions themselves.


class WithLine(Stage):
    """A stage with one line."""

    line: MeterLink

    def ask(self, link_id: str) -> MeterLink:
        """The line."""
        assert link_id == "lan"
        return self.line


@pytest.fixture
def lined(tmp_path: Path) -> WithLine:
    """An agent whose line answers with zeros."""
    path = tmp_path / "agent.toml"
    path.write_text(OWN + MORE, "utf-8")
    found = WithLine(path)
    found.line = ScriptedLink(lambda _unit, _function, _address, count: [0] * count)
    return found


def test_a_meter_is_read_on_the_lines_own_turn(lined: WithLine) -> None:
    """One named meter, or all of them."""
    one = read.answer(lined, ask(1, meter="press"))
    assert [row["meter"] for row in one.body["readings"]] == ["press"]
    assert one.body["readings"][0]["values"]["active_power_w"] == 0.0
    every = read.answer(lined, ask(1))
    assert [row["meter"] for row in every.body["readings"]] == ["main", "press"]
    with pytest.raises(StopError, match=r"there is no meter boiler \(known: main, press\)"):
        read.answer(lined, ask(1, meter="boiler"))


def test_a_silent_line_is_the_answer(lined: WithLine) -> None:
    """With what the agent says of it at the plant."""

    def down(*_: int) -> list[int]:
        raise LinkDownError(said("link {link}: cannot be reached", link="lan"), "look at the cable")

    lined.line = ScriptedLink(down)
    told = read.answer(lined, ask(1, meter="main"))
    assert (told.outcome, told.message) == ("failed", "link lan: cannot be reached")


def test_no_further_meter_is_asked_when_the_time_is_over(
    lined: WithLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that were left out are named."""
    monkeypatch.setattr(read, "WITHIN_S", -1.0)
    told = read.answer(lined, ask(1))
    assert told.body["not_asked"] == ["main", "press"]
    assert (told.outcome, told.message) == ("failed", "no meter to read")


def test_on_a_line_of_another_master_nothing_is_asked(lined: WithLine) -> None:
    """The newest values heard are told as such, and their absence too."""
    settings_ = lined.settings()
    heard = LinkSettings(id="lan", kind="rtu-listen", device="/dev/ttyUSB0")
    lined.running = settings_.model_copy(update={"links": (heard,)})
    told = read.answer(lined, ask(1))
    assert [(row["meter"], row["source"]) for row in told.body["readings"]] == [("main", "heard")]
    assert [row["meter"] for row in told.body["faults"]] == ["press"]


def test_the_wiring_is_told_as_the_agent_has_judged_it(
    lined: WithLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verdicts with their evidence; meters without a judgement by name."""
    verdict = Verdict("reversed_ct", "fault", "CT reversed", "-3 kW", "turn it", "directions")
    looked = (Look("directions", "directions", True),)
    judged = Judgement((verdict,), True, "", ("L1",), looked, 12)
    monkeypatch.setattr(WithLine, "standing", lambda _self: {"main": judged})
    told = wiring.answer(lined, ask(1))
    (row,) = told.body["meters"]
    assert (row["healthy"], row["verdicts"][0]["todo"]) == (False, "turn it")
    assert told.body["not_judged"] == ["press"]
    json.dumps(dict(told.body))


@pytest.mark.parametrize("lines", [0, -1, KEPT_LINES + 1, True, "all"])
def test_a_wrong_number_of_lines_is_refused(lined: WithLine, lines: object) -> None:
    """With the bounds."""
    with pytest.raises(StopError, match="no number of lines"):
        log.answer(lined, ask(1, lines=lines))


def test_the_log_goes_out_without_this_agents_secrets(tmp_path: Path) -> None:
    """Its broker's password and the page's PIN, wherever they stand in a line."""
    stage = stage_in(tmp_path)
    (tmp_path / "mqtt.password").write_text("quietlake\n", "utf-8")
    (tmp_path / "page.pin").write_text("748291\n", "utf-8")
    files = 'username = "a-1"\npassword_file = "mqtt.password"\n[page]\npin_file = "page.pin"\n'
    text = (OWN + TABLES).replace("[care]", f"{files}[care]")
    stage.path.write_text(text, "utf-8")
    tail = tail_of_log()
    logging.getLogger("edge_agent.test").warning("login a-1/quietlake, then 748291 was typed")
    assert tail_of_log() is tail
    body = json.dumps(log.answer(stage, ask(1, lines=3)).body)
    assert "login a-1/***, then *** was typed" in body
    assert "quietlake" not in body


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    yield
    while _MADE:
        _MADE.pop().care.close()
    root = logging.getLogger()
    for handler in [one for one in root.handlers if isinstance(one, LogTail)]:
        root.removeHandler(handler)


def test_the_tail_of_the_log_is_bounded_and_survives_an_odd_line() -> None:
    """A line that cannot be made is the log's own trouble."""
    tail = LogTail(kept=3)
    for number in range(5):
        tail.handle(logging.makeLogRecord({"msg": f"line {number}" + "x" * 5_000}))
    tail.emit(logging.makeLogRecord({"msg": "%d", "args": ("no number",)}))
    lines = tail.newest(10)
    assert [line["message"][:6] for line in lines] == ["line 2", "line 3", "line 4"]
    assert len(lines[0]["message"]) == 1_000


def test_the_doctor_that_finds_no_settings_says_so(tmp_path: Path) -> None:
    """What it wrote on its way out is the answer."""
    stage = stage_in(tmp_path)
    stage.settings()
    stage.path.write_text("[agent", "utf-8")
    with pytest.raises(RetryLaterError, match="the doctor gave no findings"):
        doctor.answer(stage, ask(1))


def test_a_doctor_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody waits for the answer."""
    monkeypatch.setattr(doctor, "WITHIN_S", 0.01)
    with pytest.raises(RetryLaterError, match="did not come to an end: TimeoutExpired"):
        doctor.answer(stage_in(tmp_path), ask(1))


def test_the_settings_file_is_told_as_it_is(stage: Stage) -> None:
    """Or why it cannot be read."""
    told = settings.answer(stage, ask(1))
    assert told.body["text"] == OWN + TABLES
    stage.path.write_bytes(b"\xff")
    with pytest.raises(StopError, match=r"agent\.toml cannot be read"):
        settings.answer(stage, ask(1))


def test_every_question_needs_a_word_that_the_plant_can_write() -> None:
    """A kind without a word of the settings could never be allowed, or never be forbidden."""
    needed = {one.word for one in QUESTIONS.values()} | {CONFIG}
    assert needed <= set(get_args(CareWord))
    assert not {"config", "update"} & set(CareSettings().allow)

"""Who may ask, what is hidden, what is cut, and when a trial is over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.care.gate import REMEMBERED, Gate
from edge_agent.care.proof import Expected, Seen, fails, holds, missing
from edge_agent.care.redact import HIDDEN, redacted
from edge_agent.care.told import payload_of
from edge_agent.config import CareSettings
from edge_agent.contract.care import ANSWER_MOST_BYTES, TEXT_MOST, Answer, Ask, decode_answer
from edge_agent.errors import RetryLaterError, StopError

NEEDS = {"read": "read", "config": "config"}
NOW_MS = 1_800_000_000_000
USUAL = CareSettings()


def ask(kind: str = "read", agent: str = "a-1", expires_ms: int = NOW_MS + 30_000) -> Ask:
    """A question to agent a-1."""
    return Ask("q1", agent, kind, "sato", NOW_MS, expires_ms)


def test_questions_are_allowed_and_changes_are_not_unless_the_plant_says_so() -> None:
    """The default opens what changes nothing; a word in the settings opens the rest."""
    gate = Gate("a-1", NEEDS)
    assert gate.refusal(ask(), USUAL, NOW_MS, 0.0) is None
    refused = gate.refusal(ask("config"), USUAL, NOW_MS, 0.0)
    assert isinstance(refused, StopError)
    assert "does not allow config" in refused.message
    open_to_it = CareSettings(allow=("config",))
    assert gate.refusal(ask("config"), open_to_it, NOW_MS, 0.0) is None
    assert gate.refusal(ask(), open_to_it, NOW_MS, 0.0) is not None


@pytest.mark.parametrize(
    ("odd", "told", "kind"),
    [
        (ask("format-disk"), "not known here", StopError),
        (ask(agent="b-2"), "for agent b-2", StopError),
        (ask(expires_ms=NOW_MS - 1), "outside of its time", RetryLaterError),
        (ask(expires_ms=NOW_MS + 90_000_000), "outside of its time", RetryLaterError),
    ],
)
def test_a_question_out_of_place_is_refused(odd: Ask, told: str, kind: type[Exception]) -> None:
    """Another agent's, an unknown one, one whose time is over or far away."""
    refused = Gate("a-1", NEEDS).refusal(odd, USUAL, NOW_MS, 0.0)
    assert isinstance(refused, kind)
    assert told in str(refused)


def test_without_a_right_clock_no_question_is_too_late() -> None:
    """A machine that nobody tells the time cannot judge a deadline."""
    assert Gate("a-1", NEEDS).refusal(ask(expires_ms=1), USUAL, None, 0.0) is None


def test_too_many_questions_are_refused_until_a_minute_is_over() -> None:
    """The bound is the plant's; the flood is counted so that it can be told once."""
    gate, few = Gate("a-1", NEEDS), CareSettings(asks_a_minute=2)
    verdicts = [gate.refusal(ask(), few, NOW_MS, at_s) for at_s in (0.0, 1.0, 2.0, 59.0)]
    assert [verdict is None for verdict in verdicts] == [True, True, False, False]
    assert gate.limited == 2
    assert gate.refusal(ask(), few, NOW_MS, 60.5) is None
    assert gate.limited == 0


def test_a_question_is_known_when_it_comes_again() -> None:
    """A broker delivers at least once; the memory of it is bounded."""
    gate = Gate("a-1", NEEDS)
    assert [gate.is_known(ask()) for _ in range(3)] == [False, True, True]
    for number in range(REMEMBERED + 1):
        gate.is_known(Ask(f"n{number}", "a-1", "read", "", 1, 1))
    assert not gate.is_known(ask())


@pytest.mark.parametrize(
    "line",
    [
        "password=hunter22",
        "its PIN: hunter22",
        "PIN は hunter22 です pin=hunter22"[-12:],
        '{"token": "hunter22"}',
        "api_key = 'hunter22'",
        "Authorization: Bearer hunter22",
        "mqtts://sato:hunter22@broker:8883",
        "MQTT_PASSWORD=hunter22 url=x",
        "secret is hunter22",
        "-----BEGIN EC PRIVATE KEY-----\nhunter22\n-----END EC PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nhunter22 and then the line was cut",
    ],
)
def test_what_looks_like_a_secret_is_hidden(line: str) -> None:
    """By its name, its place in an address, or its frame."""
    assert "hunter22" not in redacted(line)
    assert HIDDEN in redacted(line)


@given(
    before=st.text(max_size=40),
    after=st.text(max_size=40),
    secret=st.text("abcdefXYZ0123456789-_$&+", min_size=4, max_size=30),
)
def test_the_agents_own_secrets_are_hidden_wherever_they_stand(
    before: str, after: str, secret: str
) -> None:
    """Whatever stands around them, and whatever letters they are made of."""
    assert secret not in redacted(f"{before}{secret}{after}", [secret]).replace(HIDDEN, "\0")


def test_a_line_without_secrets_stays_as_it_is() -> None:
    """Nothing else is lost to whoever looks for a fault from afar."""
    line = "meter main: no answer within 1000 ms (check unit_id, wiring and baud)"
    assert redacted(line, ["", "abc"]) == line
    assert redacted("the meter spins: pinned at 3 kW") == "the meter spins: pinned at 3 kW"


def test_an_answer_that_is_too_large_is_cut_and_says_so() -> None:
    """Of a log the newest lines stay, of any other list the first."""
    rows = [{"n": number, "text": "x" * 500} for number in range(2_000)]
    answer = Answer("q1", "a-1", "log", "done", 1, body={"lines": rows})
    cut, payload = payload_of(answer)
    assert len(payload) <= ANSWER_MOST_BYTES
    assert cut.cut
    assert cut.body["lines"][-1] == rows[-1]
    assert decode_answer(payload) == cut
    others, _ = payload_of(Answer("q1", "a-1", "read", "done", 1, body={"readings": rows}))
    assert others.body["readings"][0] == rows[0]


def test_an_answer_fits_what_the_broker_takes() -> None:
    """A body that cannot be halved is left out as a whole."""
    body: dict[str, Any] = {"text": "x" * 5_000}
    cut, payload = payload_of(Answer("q1", "a-1", "settings", "done", 1, body=body), 1_024)
    assert (dict(cut.body), cut.cut) == ({}, True)
    assert len(payload) <= 1_024


def test_a_small_answer_goes_out_whole_and_a_long_message_shortened() -> None:
    """A message is for a person: its beginning is enough."""
    whole, _ = payload_of(Answer("q1", "a-1", "read", "failed", 1, message="no answer"))
    assert (whole.message, whole.cut) == ("no answer", False)
    long, payload = payload_of(Answer("q1", "a-1", "read", "failed", 1, message="é" * 9_000))
    assert len(long.message) == TEXT_MOST
    assert decode_answer(payload) == long


BEFORE = Expected(frozenset({"main", "press"}), receipts=True)


def seen(
    answered: str = "main press", configured: str = "", receipts: bool = True, s: float = 60
) -> Seen:
    """What is seen of meters, ``s`` seconds after the start."""
    configured = configured or "main press"
    return Seen(configured.split(), answered.split(), receipts, s)


def test_a_trial_is_well_over_when_all_that_worked_works_again() -> None:
    """Not at once: an agent that ends soon after its start is to be noticed."""
    assert holds(BEFORE, seen(), trial_s=60)
    assert not holds(BEFORE, seen(s=9.9), trial_s=60)
    assert not fails(BEFORE, seen(), trial_s=60)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (seen("main"), "no answer of meter press"),
        (seen(""), "no answer of meter main, press"),
        (seen("main", "main new"), ""),
        (seen("", "new"), "no meter answers, though some did before"),
        (seen("new", "new"), ""),
        (seen(receipts=False), "no receipt of the collector"),
    ],
)
def test_what_is_missing_is_named(now: Seen, told: str) -> None:
    """A meter that was taken out on purpose is not missing; a new one proves nothing."""
    assert missing(BEFORE, now).startswith(told)
    assert bool(missing(BEFORE, now)) == bool(told)
    assert bool(fails(BEFORE, now, trial_s=60)) == bool(told)


def test_a_trial_does_not_fail_before_its_time() -> None:
    """A slow line needs a while."""
    assert not fails(BEFORE, seen("", s=59.9), trial_s=60)
    assert not holds(BEFORE, seen("", s=59.9), trial_s=60)


def test_where_nothing_worked_before_nothing_can_be_missing() -> None:
    """The first settings of a plant need no proof that they are better than none."""
    assert holds(Expected(frozenset(), receipts=False), seen("", receipts=False), trial_s=60)

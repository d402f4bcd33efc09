"""The lines of the log, as people and as machines read them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from edge_agent.errors import RetryLaterError
from edge_agent.process.logs import log_to_stderr, speak
from edge_agent.words import Language, Said, said


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_line_is_key_and_value(capsys: pytest.CaptureFixture[str]) -> None:
    """Time, level, room and message, then what the call adds; quotes only where needed."""
    log_to_stderr()
    logging.getLogger("edge_agent.bus").warning('link "lan":\naway', extra={"tries": 3})
    line = capsys.readouterr().err
    assert line.startswith("time=20")
    assert line.endswith(
        'level=warning from=edge_agent.bus message="link \\"lan\\":\\naway" tries=3\n'
    )


def test_a_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    """The same as one JSON object, Japanese as it is, and a traceback inside the line."""
    log_to_stderr(as_json=True)
    try:
        raise KeyError("no such block")
    except KeyError:
        logging.getLogger("edge_agent").exception("計測 %d", 5, extra={"meter": "main"})
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert "計測 5" in text
    line = json.loads(text)
    assert {"level": "error", "meter": "main", "message": "計測 5"}.items() <= line.items()
    assert line["trace"].endswith("KeyError: 'no such block'")
    assert line["time"].endswith("Z")


def test_it_can_be_set_again_and_stays_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    """The newest setting alone counts; debug lines and the libraries' own do not appear."""
    log_to_stderr(as_json=True)
    log_to_stderr()
    assert logging.getLogger().handlers[0].stream is sys.stderr  # type: ignore[attr-defined]
    logging.getLogger("apscheduler.scheduler").error("what we tell ourselves")
    logging.getLogger("edge_agent").debug("too fine")
    logging.getLogger("edge_agent").info("once")
    assert capsys.readouterr().err.count("\n") == 1


def away() -> Said:
    """A text with a text inside it."""
    return RetryLaterError(said("connection lost"), said("start the agent again")).told


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "connection lost (start the agent again)"),
        ("ja", "接続が切れました(エージェントを起動し直してください)"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_what_is_said_is_in_the_readers_language(
    capsys: pytest.CaptureFixture[str], language: Language, told: str, as_json: bool
) -> None:
    """Said as the message itself, as a value in it, or under a name of its own; in both forms."""
    log_to_stderr(as_json, language=language)
    log = logging.getLogger("edge_agent")
    log.warning(away())
    log.warning("%s: %s, %d %%", "a-1", away(), 5)
    log.warning("%(what)s", {"what": away()})
    log.warning("plain 100 %", extra={"why": away()})
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 4
    assert told in lines[0]
    assert f"a-1: {told}, 5 %" in lines[1]
    assert told in lines[2]
    assert "plain 100 %" in lines[3]
    assert told in lines[3]
    if as_json:
        assert [json.loads(line)["message"] for line in lines[:1]] == [told]


def test_the_language_can_change_and_others_are_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the settings say counts from then on; a record keeps its English for other handlers."""
    log_to_stderr()
    seen: list[str] = []
    other = logging.Handler()
    other.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(other)
    log = logging.getLogger("edge_agent")
    for language in ("en", "ja", "en"):
        speak(language)
        log.warning(said("connection lost"))
    first, second, third = capsys.readouterr().err.splitlines()
    assert "connection lost" in first
    assert "接続が切れました" in second
    assert "connection lost" in third
    assert seen == ["connection lost"] * 3

"""The lines of the log, as people and as machines read them."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from edge_agent.process.logs import log_to_stderr


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

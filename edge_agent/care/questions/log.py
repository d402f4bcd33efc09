"""`log`: the newest lines of the log, without secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from edge_agent.care.log_tail import KEPT_LINES, tail_of_log
from edge_agent.care.plant import Plant
from edge_agent.care.redact import redacted
from edge_agent.care.told import Told
from edge_agent.config import AgentSettings
from edge_agent.contract.care import Ask
from edge_agent.errors import StopError
from edge_agent.process.bounded import SECRET_BYTES, text_in
from edge_agent.words import said

USUAL_LINES = 50


def answer(plant: Plant, ask: Ask) -> Told:
    """So many lines as asked for, the oldest first. Raises ``StopError`` for a wrong number."""
    count = ask.arguments.get("lines", USUAL_LINES)
    if type(count) is not int or not 1 <= count <= KEPT_LINES:
        what = said("{lines} is no number of lines", lines=str(count)[:40])
        raise StopError(what, said("ask for 1 to {most}", most=KEPT_LINES))
    secrets = tuple(_secrets(plant.settings()))
    lines = [
        {key: redacted(text, secrets) for key, text in line.items()}
        for line in tail_of_log().newest(count)
    ]
    return Told(body={"lines": lines})


def _secrets(settings: AgentSettings) -> Iterator[str]:
    """What this agent itself must keep to itself."""
    for path in (settings.mqtt.password_file, settings.page.pin_file):
        with suppress(OSError, ValueError):
            yield from _lines_of(path)


def _lines_of(path: Path | None) -> list[str]:
    return [] if path is None else text_in(path, SECRET_BYTES).split()

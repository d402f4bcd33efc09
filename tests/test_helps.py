"""The help of every command of every program: nothing that was written is swallowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from collector.__main__ import app as collector
from edge_agent.__main__ import app as edge_agent
from simulators.__main__ import app as plant_sim

PROGRAMS = {"collector": collector, "edge-agent": edge_agent, "plant-sim": plant_sim}
BRACKETED = re.compile(r"\[[a-z][a-z_. ]*\]")
"""A table of the settings, as help texts name it."""
ROOT = Path(__file__).parent.parent


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The command and all below it, each as it is when it is called."""
    yield words, command
    if isinstance(command, TyperGroup):
        context = Context(command)
        for name in command.list_commands(context):
            _, real, _ = command.resolve_command(context, [name])
            yield from _commands(real, (*words, name))


ALL = [
    pytest.param(program, words, command, id=" ".join((program, *words)))
    for program, app in PROGRAMS.items()
    for words, command in _commands(get_command(app))
]


def _written(command: Any) -> list[str]:
    """The texts its help was made from, and the first paragraphs of the verbs below it."""
    below = command.commands.values() if isinstance(command, TyperGroup) else ()
    heads = [(verb.help or "").partition("\n\n")[0] for verb in below]
    options = [getattr(option, "help", None) or "" for option in command.params]
    return [command.help or "", *options, *heads]


@cache
def _shown(program: str, words: tuple[str, ...]) -> str:
    result = CliRunner(env={"COLUMNS": "80"}).invoke(PROGRAMS[program], [*words, "--help"])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(("program", "words", "command"), ALL)
def test_every_help_says_all_that_was_written(
    program: str, words: tuple[str, ...], command: Any
) -> None:
    """Names in brackets are settings, not markup; and every word of its texts is there."""
    shown = _shown(program, words)
    assert [text for text in _written(command) if _solid(text) not in _solid(shown)] == []
    assert max(map(len, shown.splitlines())) <= 80


def _solid(text: str) -> str:
    """Without the spaces, which depend on where lines end."""
    return "".join(text.split())


@pytest.mark.parametrize(("program", "words", "command"), ALL)
def test_no_help_offers_to_change_the_shell(
    program: str, words: tuple[str, ...], command: Any
) -> None:
    """Completions are written into a user's files by none of the programs."""
    assert "completion" not in " ".join(name for option in command.params for name in option.opts)
    assert "--install-completion" not in _shown(program, words)


def test_there_are_names_in_brackets_to_look_for() -> None:
    """Else the first test would say nothing of them."""
    texts = "\n".join(text for case in ALL for text in _written(case.values[2]))
    assert {"[agent]", "[fleet]", "[outlet]"} <= set(BRACKETED.findall(texts))


def test_every_group_is_made_in_one_place() -> None:
    """A group of typer's own would have Rich's markup and the completions again."""
    own = [ROOT / room for room in ("edge_agent", "collector", "simulators", "grafana")]
    found = [
        str(path.relative_to(ROOT))
        for room in own
        for path in room.rglob("*.py")
        if re.search(r"\bTyper\(", path.read_text(encoding="utf-8"))
    ]
    assert found == ["edge_agent/process/verb_group.py"]

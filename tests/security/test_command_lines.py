"""No secret is ever asked for as a word of a command line: every user of a machine sees those."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from collector.commands.verbs import VERBS as COLLECTOR
from edge_agent.commands.verbs import VERBS as AGENT
from edge_agent.process.lazy import Verb
from simulators.__main__ import app as simulator_app

PROGRAMS = ("edge-agent", "collector", "plant-sim")
SECRET = re.compile(r"pass(word|phrase)?\b|secret|credential|token|\bpin\b|api.?key|private", re.I)
ALLOWED = {
    ("collector api token revoke", "token_id"),  # the number of a token, not its text
    ("edge-agent enrol", "token"),  # good once, for ten minutes; asked for when it is left out
}
"""Parameters whose name holds such a word and whose value is none: each with its reason."""


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every verb below a command of click's, with its whole name."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from leaves(below, f"{path} {name}")


@cache
def verbs(program: str) -> tuple[tuple[str, Any], ...]:
    """Every verb of one of our programs, loaded."""
    if program == "plant-sim":
        return tuple(leaves(get_command(simulator_app), program))
    table = AGENT if program == "edge-agent" else COLLECTOR
    return tuple(leaf for verb in table for leaf in _leaves_of(verb, f"{program} {verb.name}"))


def _leaves_of(verb: Verb, path: str) -> Iterator[tuple[str, Any]]:
    """Those of a group that loads its own verbs when they are called are in its table."""
    module, _, name = verb.place.rpartition(".")
    table = getattr(import_module(module), "VERBS", ()) if name == "app" else ()
    if not table:
        yield from leaves(verb.load(), path)
    for below in table:
        yield from _leaves_of(below, f"{path} {below.name}")


def _named_after_a_secret(parameter: Any) -> bool:
    words = [str(parameter.name).replace("_", " "), *parameter.opts]
    return any(SECRET.search(word.replace("-", " ")) for word in words)


@pytest.mark.parametrize("program", PROGRAMS)
def test_no_option_takes_a_secret_as_its_value(program: str) -> None:
    """What is named after a secret is a file that holds it, or a switch."""
    bad = []
    for name, command in verbs(program):
        for parameter in command.params:
            harmless = parameter.type_descriptor.annotation in (Path, bool)
            allowed = (name, str(parameter.name)) in ALLOWED
            if _named_after_a_secret(parameter) and not (harmless or allowed):
                bad.append(f"{name} {'/'.join(parameter.opts)}")
    assert bad == []


def test_the_exceptions_are_still_there() -> None:
    """An exception whose verb is gone would let the next one through unseen."""
    there = {
        (name, str(parameter.name))
        for program in PROGRAMS
        for name, command in verbs(program)
        for parameter in command.params
    }
    assert there >= ALLOWED


def test_no_option_is_read_from_the_environment_by_itself() -> None:
    """Environment variables of ours are named where secrets are read, and nowhere else."""
    assert [
        name
        for program in PROGRAMS
        for name, command in verbs(program)
        for parameter in command.params
        if parameter.envvar
    ] == []


def test_shipped_commands_show_no_secret() -> None:
    """Nor do units, scripts and documents that people copy give one as a word of a command."""
    deploy = Path(__file__).resolve().parents[2] / "deploy"
    option = r"(?<!\S)--?(?:password|token|secret|pin|p)[ =]"
    shown = re.compile(option + r"(?!\S*[\$<{*/])['\"]?[A-Za-z0-9]{4,}")
    found = [
        f"{path.relative_to(deploy)}: {hit[0]}"
        for path in sorted(deploy.rglob("*"))
        if path.suffix in {".md", ".sh", ".service", ".yml", ".yaml", ".conf"}
        for hit in shown.finditer(path.read_text("utf-8", "replace"))
    ]
    assert found == []

"""Verbs of the agent that are loaded when they are called: what a start does not carry."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from edge_agent import __main__ as command
from edge_agent.commands.verbs import VERBS
from edge_agent.process.lazy import Verb


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_the_list_of_verbs_says_of_each_what_it_says_of_itself(verb: Verb) -> None:
    """A row that was forgotten when a verb changed is found here."""
    real = verb.load()
    assert real.name == verb.name
    assert " ".join((real.help or "").split("\n\n")[0].split()).startswith(verb.help)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_verb_has_its_own_help(verb: Verb) -> None:
    """The stand-in is never what answers."""
    result = CliRunner().invoke(command.app, [verb.name, "--help"])
    assert result.exit_code == 0, result.output
    assert f"{verb.name} [OPTIONS]" in result.stdout


@pytest.mark.parametrize(
    ("words", "rooms"),
    [
        (["--help"], ("pymodbus", "paho", "apscheduler", "edge_agent.app", "edge_agent.page")),
        (["init", "--help"], ("pymodbus", "paho", "edge_agent.probes", "edge_agent.commission")),
        (["scan", "--help"], ("paho", "apscheduler", "edge_agent.app", "edge_agent.outbox")),
        (
            ["run", "-c", "none.toml"],
            ("typer", "rich", "bottle", "waitress", "tomlkit", "gpiozero", "edge_agent.commission"),
        ),
    ],
    ids=lambda part: part[0],
)
def test_what_a_verb_does_not_need_is_not_loaded(words: list[str], rooms: tuple[str, ...]) -> None:
    """The list of verbs is there at once, and the service carries nothing that only people need."""
    code = (
        "import sys\n"
        "from edge_agent.start import main\n"
        f"sys.argv = ['edge-agent', *{words}]\n"
        "try:\n"
        "    main()\n"
        "except SystemExit:\n"
        f"    print('loaded:', [room for room in {rooms!r} if room in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "loaded: []", done.stdout + done.stderr

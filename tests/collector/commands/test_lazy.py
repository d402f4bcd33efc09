"""Verbs that are loaded when they are called."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from collector import __main__ as command
from collector.commands.verbs import VERBS
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


def test_a_verb_that_is_not_there_is_refused_with_what_is_near() -> None:
    """As ever: exit code 2 and a hint."""
    result = CliRunner().invoke(command.app, ["summarize"])
    assert result.exit_code == 2
    assert "summarise" in result.stderr


@pytest.mark.parametrize(
    ("words", "rooms"),
    [
        (
            "['--help']",
            ("collector.app", "collector.config", "paho", "pydantic", "collector.tariffs"),
        ),
        ("['energy', '--help']", ("collector.app", "paho", "apscheduler", "influxdb_client")),
        (
            "['run', '--help']",
            ("collector.reports", "jinja2", "grafana_api", "influxdb_client", "holidays"),
        ),
    ],
)
def test_what_a_verb_does_not_need_is_not_loaded(words: str, rooms: tuple[str, ...]) -> None:
    """The list of verbs is there at once, and the service does not carry reports with it."""
    code = (
        "import sys\n"
        "from collector.__main__ import app\n"
        "try:\n"
        f"    app({words})\n"
        "except SystemExit:\n"
        f"    print([room for room in {rooms!r} if room in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stderr.strip() == "[]"


def test_a_library_that_a_verb_misses_is_one_line() -> None:
    """It is loaded when the verb is called, and told as it is at the start."""
    code = (
        "import sys; sys.modules['orjson'] = None\n"
        "from collector.start import main\n"
        "sys.argv = ['collector', 'run', '-c', 'none.toml']; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    hint = "install extra [collector], see README.md"
    assert done.stderr == f"collector: orjson is not installed ({hint})\n"

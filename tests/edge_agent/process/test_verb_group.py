"""Groups of verbs: what a wrong value is told as, and how verbs are listed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from edge_agent.process.verb_group import plainly, verb_group


class Fruit(StrEnum):
    """What may be asked for."""

    apple = "apple"
    banana = "banana"


app = verb_group(no_args_is_help=True, help="Fruit, as in [fruit].")


@app.command()
def peel(fruit: Fruit, times: Annotated[int, typer.Option(max=3)] = 1) -> None:
    """Take the skin off, as the table [fruit.peel] of the settings says, slowly and in one piece.

    A second paragraph.
    """


@app.command(hidden=True)
def eat() -> None:
    """Nobody is to see this."""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("appel", "'appel' is not one of 'apple', 'banana'. Did you mean 'apple'?"),
        ("BANANA", "'BANANA' is not one of 'apple', 'banana'. Did you mean 'banana'?"),
        ("xyz", "'xyz' is not one of 'apple', 'banana'."),
    ],
)
def test_a_wrong_value_is_one_plain_line_with_what_is_near(typed: str, told: str) -> None:
    """Whatever checks the value keeps its own words to itself."""
    result = CliRunner().invoke(app, ["peel", typed])
    assert result.exit_code == 2
    line = result.stderr.splitlines()[-1]
    assert line.startswith("Error: Invalid value for 'fruit': ")
    assert line.endswith(told)
    assert "Value error" not in result.stderr


def test_other_mistakes_are_told_as_they_are() -> None:
    """A number beyond its bound, and messages that are no list."""
    result = CliRunner().invoke(app, ["peel", "apple", "--times", "4"])
    assert result.exit_code == 2
    assert "'--times'" in result.stderr
    assert plainly("no such file") == "no such file"
    assert plainly("Value error, '3' does not match.") == "'3' does not match."


def test_verbs_are_listed_with_their_whole_first_paragraph() -> None:
    """Nothing is cut off or swallowed, and what is hidden stays so."""
    result = CliRunner(env={"COLUMNS": "60"}).invoke(app, ["--help"])
    assert " ".join(result.stdout.split()).endswith(
        "peel Take the skin off, as the table [fruit.peel] of the settings says, slowly and in one "
        "piece."
    )
    assert "Fruit, as in [fruit]." in result.stdout
    assert "eat" not in result.stdout

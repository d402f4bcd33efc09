"""What SCALING.md and the README show of `plant-sim fleet` is what the command takes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from simulators.__main__ import app

ROOT = Path(__file__).resolve().parents[3]
PLACES = ("SCALING.md", "simulators/fleet/README.md")
COMMANDS = [
    line.split("#")[0].split(">>")[0].strip()
    for place in PLACES
    for line in (ROOT / place).read_text("utf-8").splitlines()
    if line.startswith("plant-sim fleet")
]
CELL = r" ([\d,.]+) \|"
EXAMPLE = re.compile(r"^\|" + 6 * CELL + "$")
QUANTITIES = re.compile(r"^\|" + 5 * CELL + "$")


def test_there_are_commands_to_look_at() -> None:
    """Both places show how it is used."""
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_a_shown_command_is_taken(command: str) -> None:
    """Every option there is, with values within their bounds; nothing is played for this."""
    words = shlex.split(command)[1:]
    done = CliRunner().invoke(app, [*words, "--print-sites"])
    assert done.exit_code == 0, f"{command}: {done.output}{done.exception}"


def numbers(found: re.Match[str]) -> list[float]:
    """The cells of a row of numbers."""
    return [float(cell.replace(",", "")) for cell in found.groups()]


def test_the_worked_example_adds_up() -> None:
    """Each row of the example follows from the quantities and the example's prices."""
    lines = (ROOT / "SCALING.md").read_text("utf-8").splitlines()
    quantities = {row[0]: row for row in map(numbers, filter(None, map(QUANTITIES.match, lines)))}
    rows = [numbers(found) for found in map(EXAMPLE.match, lines) if found]
    assert [row[0] for row in rows] == [1, 10, 100, 1_000, 10_000]
    for plants, machines_yen, disk_yen, hours_yen, data_yen, each_yen in rows:
        _, machines, disk_gb, hours, data_gb = quantities[plants]
        wanted = [machines * 10_000, disk_gb * 20, hours * 5_000, plants * data_gb * 500]
        assert [machines_yen, disk_yen, hours_yen, data_yen] == pytest.approx(wanted, abs=0.51)
        assert each_yen == pytest.approx(sum(wanted) / plants, abs=0.51)

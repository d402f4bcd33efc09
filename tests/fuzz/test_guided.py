"""Guided fuzzing (atheris): a second each in `make walk`, a minute each with ``FAULTS=all``."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.test_parsers import IN_WALK

ROOT = Path(__file__).resolve().parents[2]
ATHERIS = pytest.mark.skipif(
    platform.machine() != "x86_64" or sys.version_info >= (3, 14),
    reason="atheris has wheels for x86_64 up to Python 3.13",
)
SECONDS = 60 if os.environ.get("FAULTS") == "all" else 1
MOST_PARSERS = 40

pytestmark = [ATHERIS, pytest.mark.timeout(120 + MOST_PARSERS * (SECONDS + 5))]


def _fuzzed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz.guided", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not IN_WALK, reason="runs in make walk (FUZZ=walk)")
@pytest.mark.parametrize("table", ["messages", "fleet", "settings", "imports", "meters"])
def test_guided_inputs_do_no_harm(table: str) -> None:
    """What reaches new lines of a parser leaves it by a declared error as well."""
    done = _fuzzed(table, str(SECONDS))
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-4_000:]
    assert f"guided {table}:" in done.stdout


def test_a_parser_that_nobody_has_is_told() -> None:
    """A misspelt table is not a table in which nothing was found."""
    done = _fuzzed("no-such-table", "1")
    assert done.returncode != 0
    assert "no-such-table" in done.stderr

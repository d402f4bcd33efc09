"""What the room gives by name."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import collector.analysis as room

FOLDER = Path(room.__file__).parent


def _typed() -> dict[str, str]:
    """The names that type checkers see, by the file they come from."""
    tree = ast.parse((FOLDER / "__init__.py").read_text(encoding="utf-8"))
    return {
        name.asname or name.name: (node.module or "").removeprefix("collector.analysis.")
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def test_every_name_is_there_and_of_the_file_it_is_said_to_be_of() -> None:
    """Both tables of names agree, and each name is what its file calls so."""
    assert _typed() == room._FILE_OF
    for name, file in room._FILE_OF.items():
        assert getattr(room, name) is getattr(sys.modules[f"collector.analysis.{file}"], name)


def test_no_name_is_called_as_a_file_is() -> None:
    """A file of that name would stand in its place as soon as it is imported."""
    assert not set(room._FILE_OF) & {path.stem for path in FOLDER.glob("*.py")}


def test_a_name_there_is_not() -> None:
    """It is an AttributeError, as of any module."""
    assert not hasattr(room, "horoscope")


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    """The room itself brings neither pandas nor numpy."""
    code = "import sys, collector.analysis; print({'pandas', 'numpy'} & set(sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "set()"

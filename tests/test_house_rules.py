"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
CODE = ("edge_agent", "collector", "grafana", "simulators")
MAX_FUNCTION_LINES = 30
MAX_FILE_LINES = 400


def _files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = (first.end_lineno or first.lineno) + 1 if documented else first.lineno
    return (function.end_lineno or start) - start + 1


def test_functions_stay_under_thirty_lines() -> None:
    """No function's body is longer than thirty lines."""
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in _files(*CODE)
        for function in _functions(path)
        if _body_lines(function) > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_files_hold_one_idea() -> None:
    """No file grows past four hundred lines."""
    long = [
        str(path.relative_to(ROOT))
        for path in _files(*CODE)
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_FILE_LINES
    ]
    assert long == []


def test_every_test_says_what_it_holds() -> None:
    """Every test function has a docstring."""
    silent = [
        f"{path.relative_to(ROOT)}::{function.name}"
        for path in _files("tests")
        for function in _functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def test_no_drawer_for_everything() -> None:
    """No module is called utils, common, helpers, manager or base."""
    drawers = {"utils", "util", "common", "helpers", "helper", "manager", "base", "misc"}
    assert [path for path in _files(*CODE) if path.stem in drawers] == []


def test_the_edge_never_writes_to_a_meter() -> None:
    """No file of the agent names a Modbus function that writes."""
    writing = re.compile(
        r"\bwrite_(coil|register|coils|registers)\b|\bmask_write\b|readwrite_registers"
    )
    assert [path for path in _files("edge_agent") if writing.search(path.read_text("utf-8"))] == []


def test_urllib3_is_the_real_one() -> None:
    """The urllib3 that is imported is the one that is installed, not a replacement."""
    urllib3 = pytest.importorskip("urllib3")
    assert importlib.metadata.version("urllib3") == urllib3.__version__


def _locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {
        found[1]: found[2]
        for found in re.finditer(r"^([a-z0-9._-]+)==([^\s;\\]+)", text, re.MULTILINE)
    }


@pytest.mark.parametrize(
    ("lock", "extras"),
    [
        ("requirements.lock", ("edge", "collector", "simulators")),
        ("requirements-dev.lock", ("edge", "collector", "simulators", "dev")),
    ],
)
def test_lock_files_fit_the_project(lock: str, extras: tuple[str, ...]) -> None:
    """Every declared dependency is locked, with hashes, to a version inside its range."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    locked = _locked(lock)
    for extra in extras:
        for line in project["optional-dependencies"][extra]:
            wanted = Requirement(line)
            if wanted.name != "mieruka":
                assert wanted.specifier.contains(locked[wanted.name]), f"{lock}: {line}: make lock"
    assert "--hash=sha256:" in (ROOT / lock).read_text("utf-8")


def test_lock_files_name_no_registry() -> None:
    """The lock files carry hashes, not addresses."""
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / lock).read_text("utf-8")


def test_edge_extra_is_light() -> None:
    """Neither numpy nor pandas is in what an agent installs, whatever its parts ask for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: set[str] = set()
    waiting = list(project["optional-dependencies"]["edge"])
    while waiting:
        wanted = Requirement(waiting.pop())
        if wanted.name in found or (wanted.marker and not wanted.marker.evaluate({"extra": ""})):
            continue
        found.add(wanted.name)
        waiting += importlib.metadata.requires(wanted.name) or []
    assert "pymodbus" in found
    assert "pydantic-core" in found
    assert not {"numpy", "pandas", "pyarrow", "fastapi"} & found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_nothing_locked_takes_the_place_of_urllib3(lock: str) -> None:
    """The packages that replace ``urllib3`` for the whole environment are not locked."""
    assert not {"urllib3-future", "grafana-client", "niquests"} & set(_locked(lock))


def test_architecture_fits_on_a_page() -> None:
    """ARCHITECTURE.md stays within 170 lines and names a reason for every dependency."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    assert len(text.splitlines()) <= 170
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for lines in project["optional-dependencies"].values():
        for line in lines:
            name = Requirement(line).name
            assert name == "mieruka" or name.removeprefix("pytest-") in text, name

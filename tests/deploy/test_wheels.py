"""A Raspberry Pi compiles nothing: each dependency of the edge has a wheel for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHONS = ("3.11", "3.13")
"""Of Raspberry Pi OS bookworm and trixie."""
MACHINES = {
    "32 bit": ("linux_armv7l", "manylinux_2_17_armv7l", "manylinux_2_31_armv7l"),
    "64 bit": ("manylinux2014_aarch64", "manylinux_2_17_aarch64"),
}
ELSEWHERE = {"32 bit": {"cffi"}}
"""What Raspberry Pi OS's own list of wheels brings, which pip there asks besides."""
HEAVY = {"numpy", "pandas", "scipy", "pyarrow", "orjson", "pillow", "lxml"}
"""What the edge must not bring along: no wheels for all boards, or memory for nothing."""


def _locked() -> dict[str, str]:
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.MULTILINE))


def _closure(extra: str, python: str) -> dict[str, str]:
    """Every package of an extra with its locked version, as the lock's own tool resolves it."""
    tool = [sys.executable, "-m", "uv", "pip", "compile", "-q", "--no-header", "--no-annotate"]
    tool += ["--python-version", python, "--extra", extra, "-c", "requirements-dev.lock"]
    done = subprocess.run(
        [*tool, "pyproject.toml"], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    if done.returncode:
        _unreachable(done.stderr)
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", done.stdout, re.MULTILINE))


def _unreachable(told: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(told)
    pytest.skip(f"no package index can be reached: {told[-200:]}")


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("python", "machine"), [*product(PYTHONS, MACHINES)])
def test_every_dependency_has_a_wheel(tmp_path: Path, python: str, machine: str) -> None:
    """`pip download --only-binary=:all:` finds the locked version of all of them."""
    wanted = tmp_path / "edge.txt"
    rows = _closure("edge", python)
    rows = {name: rows[name] for name in rows.keys() - ELSEWHERE.get(machine, set())}
    wanted.write_text("".join(f"{name}=={version}\n" for name, version in rows.items()))
    platforms = [part for tag in MACHINES[machine] for part in ("--platform", tag)]
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    pip += ["--no-deps", "--only-binary=:all:", "--implementation", "cp"]
    pip += ["--python-version", python, *platforms, "-d", str(tmp_path / "wheels")]
    done = subprocess.run([*pip, "-r", str(wanted)], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "wheels").glob("*.whl"))) == len(rows)


def test_the_edge_is_light() -> None:
    """No numpy, no pandas, nothing else that a small board would have to compile."""
    rows = _closure("edge", PYTHONS[0])
    assert rows
    assert HEAVY.isdisjoint(name.lower() for name in rows)
    assert rows.items() <= _locked().items()


def test_the_relay_is_an_extra_of_its_own() -> None:
    """GPIO comes only to those who ask for it."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"][
        "optional-dependencies"
    ]
    assert not any("gpiozero" in row for row in extras["edge"])
    assert any("gpiozero" in row for row in extras["relay"])

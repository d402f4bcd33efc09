"""The first step of each command, before its libraries are loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.process.plain_run import plain_run

COMMANDS = [
    ("edge_agent", "edge-agent", "pydantic", "edge"),
    ("collector", "collector", "typer", "collector"),
    ("simulators", "plant-sim", "amqtt", "simulators"),
]


@pytest.mark.parametrize(("package", "name", "library", "extra"), COMMANDS)
def test_a_library_that_is_not_installed_is_one_line(
    package: str, name: str, library: str, extra: str
) -> None:
    """The line names the library and what to install; there is no traceback."""
    code = f"import sys; sys.modules['{library}'] = None; from {package}.start import main; main()"
    command = [sys.executable, "-c", code, "--help"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith(f"{name}: {library}")
    assert ran.stderr.endswith(f" is not installed (install extra [{extra}], see README.md)\n")
    assert ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run"], (Path("agent.toml"), False)),
        (["run", "-c", "a.toml"], (Path("a.toml"), False)),
        (["run", "--config=a.toml", "--log", "json"], (Path("a.toml"), True)),
        (["run", "--log", "yaml"], None),
        (["run", "--help"], None),
        (["run", "stray"], None),
        (["run", "-c"], None),
        (["check", "-c", "a.toml"], None),
        ([], None),
    ],
)
def test_a_plain_run_is_known(words: list[str], expected: tuple[Path, bool] | None) -> None:
    """What a service writes begins at once; everything else is the command line's affair."""
    assert plain_run(words, "agent.toml") == expected


@pytest.mark.parametrize("more", [[], ["--log=text"]])
def test_a_plain_run_tells_faults_as_the_command_line_does(more: list[str], tmp_path: Path) -> None:
    """The same line and exit code by either way, and neither typer nor rich is loaded."""
    path = tmp_path / "agent.toml"
    code = (
        "import sys; from {module} import main\n"
        "try: main()\n"
        "finally: print([name for name in ('typer', 'rich') if name in sys.modules])"
    )
    ran = []
    for module in ("edge_agent.start", "edge_agent.__main__"):
        words = [sys.executable, "-c", code.format(module=module), "run", "-c", str(path), *more]
        ran.append(subprocess.run(words, capture_output=True, text=True, timeout=60, check=False))
    plain, full = ran
    assert plain.stdout == "[]\n"
    assert (plain.returncode, plain.stderr) == (full.returncode, full.stderr)
    assert plain.returncode == 2
    assert "there is no such file" in plain.stderr

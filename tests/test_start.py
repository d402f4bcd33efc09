"""The first step of each command, before its libraries are loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

COMMANDS = [
    ("edge_agent", "edge-agent", "pymodbus", "edge"),
    ("collector", "collector", "orjson", "collector"),
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

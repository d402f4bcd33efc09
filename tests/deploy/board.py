"""A board below another root: what `deploy/pi` installs on it really runs."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "deploy/pi/install.sh"
PACKAGES = ("edge_agent", "collector", "grafana", "simulators")
TIMEOUT_S = 240
LOADED_WITHIN_S = 20

SETTINGS = """
[agent]
id = "a-1"
site = "s"
state_dir = "{state}"
[mqtt]
url = "mqtt://127.0.0.1:1"
[health]
listen = "127.0.0.1:{port}"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = 1
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""


def wheel(folder: Path, version: str, broken: bool = False) -> Path:
    """A wheel of this tree under another version; a broken one ends as soon as it runs."""
    source = folder / f"source-{version}"
    source.mkdir(parents=True)
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    changed = re.sub(r'^version = ".*"$', f'version = "{version}"', text, flags=re.MULTILINE)
    (source / "pyproject.toml").write_text(changed, encoding="utf-8")
    if broken:
        service = source / "edge_agent/commands/service.py"
        service.write_text("raise SystemExit('broken on purpose')\n", encoding="utf-8")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=source, check=True, capture_output=True, timeout=120)
    return folder / f"mieruka-{version}-py3-none-any.whl"


BORROWED = {"PIP_NO_DEPS": "1", "PYTHONPATH": sysconfig.get_path("purelib")}
"""What the program needs comes from this environment: only the program itself is installed."""


class Board:
    """A root folder that stands in for a board's, and what runs on it."""

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        self.more = dict(more or {})
        self.root = folder / "root"
        self.versions = self.root / "opt/mieruka/versions"
        self.settings = self.root / "etc/mieruka/agent.toml"
        self._bin = folder / "bin"
        for path in (self.root, self._bin):
            path.mkdir()
        self._stand_in("systemctl", (ROOT / "tests/deploy/systemctl.sh").read_text())
        self._stand_in("getent", '#!/bin/sh\n[ "$1" = passwd ]\n')
        self._stand_in("userdel", "#!/bin/sh\n")

    def run(self, *words: str, well_within_s: int = 20) -> subprocess.CompletedProcess[str]:
        """The script with these words."""
        place = {"DESTDIR": str(self.root), "PATH": f"{self._bin}:{os.environ['PATH']}"}
        more = {"PYTHON": sys.executable, "WELL_WITHIN_S": str(well_within_s)}
        return subprocess.run(
            ["sh", str(SCRIPT), *words],
            env={**os.environ, **self.more, **place, **more},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
        )

    def current(self) -> str:
        """The version that runs from the next start on."""
        return os.readlink(self.root / "opt/mieruka/current").removeprefix("versions/")

    def tree(self) -> list[str]:
        """Every file and folder below the root, but for what the program itself writes."""
        places = sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*"))
        mine = ("agent.log", "agent.pid", "systemctl.calls", "var/lib/mieruka/")
        return [p for p in places if not p.startswith(mine) and "__pycache__" not in p]

    def running(self) -> str:
        """The version that really runs, by the libraries it has loaded."""
        pid = int((self.root / "agent.pid").read_text())
        end = time.monotonic() + LOADED_WITHIN_S
        while time.monotonic() < end:
            maps = Path(f"/proc/{pid}/maps").read_text()
            if found := re.search(r"/opt/mieruka/versions/([^/]+)/", maps):
                return found[1]
            time.sleep(0.1)
        pytest.fail("the process uses no version below the root")

    def end(self) -> None:
        """End what was started."""
        with suppress(OSError, ValueError):
            os.kill(int((self.root / "agent.pid").read_text()), signal.SIGKILL)

    def _stand_in(self, name: str, text: str) -> None:
        path = self._bin / name
        path.write_text(text)
        path.chmod(0o755)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

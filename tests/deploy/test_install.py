"""`deploy/pi/install.sh` as root would run it, below another root, with the real program."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "deploy/pi/install.sh"
PACKAGES = ("edge_agent", "collector", "grafana", "simulators")
TIMEOUT_S = 240
LOADED_WITHIN_S = 20
pytestmark = [pytest.mark.timeout(900), pytest.mark.services]

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


def _wheel(folder: Path, version: str, broken: bool = False) -> Path:
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


class Board:
    """A root folder that stands in for a board's, and what runs on it."""

    def __init__(self, folder: Path) -> None:
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
            env={**os.environ, **place, **more},
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


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three versions: one, a newer one, and a newest that is broken."""
    folder = tmp_path_factory.mktemp("wheels")
    return {
        "old": _wheel(folder, "0.1.900"),
        "new": _wheel(folder, "0.1.901"),
        "broken": _wheel(folder, "0.1.902", broken=True),
    }


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """An empty board."""
    one = Board(tmp_path)
    yield one
    one.end()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path, board: Board) -> Path:
    """Settings that run without any broker or meter."""
    path = tmp_path / "agent.toml"
    state = board.root / "var/lib/mieruka"
    path.write_text(SETTINGS.format(state=state, port=_free_port()), encoding="utf-8")
    return path


def test_it_installs_upgrades_rolls_back_and_goes(
    board: Board, wheels: dict[str, Path], config: Path
) -> None:
    """The whole life of an installation, told step by step; settings and outbox live on."""
    lock = ("--lock", str(ROOT / "requirements.lock"))
    first = board.run("--wheel", str(wheels["old"]), "--config", str(config), *lock)
    assert first.returncode == 0, first.stderr
    assert "runs and is well" in first.stdout
    assert board.current().startswith("0.1.900-")
    assert board.running() == board.current()

    tree = board.tree()
    again = board.run("--wheel", str(wheels["old"]), "--config", str(config), *lock)
    assert again.returncode == 0, again.stderr
    assert "there already" in again.stdout
    assert "runs already" in again.stdout
    assert board.tree() == tree

    up = board.run("--wheel", str(wheels["new"]), *lock)
    assert up.returncode == 0, up.stderr
    assert board.running().startswith("0.1.901-")

    down = board.run("--wheel", str(wheels["broken"]), *lock, well_within_s=6)
    assert down.returncode == 1
    assert "was not well, 0.1.901-" in down.stderr
    assert "runs again (journalctl" in down.stderr
    assert board.running().startswith("0.1.901-")

    gone = board.run("--uninstall")
    assert gone.returncode == 0, gone.stderr
    assert "settings stay in" in gone.stdout
    assert not board.versions.exists()
    assert board.settings.is_file()
    assert (board.root / "var/lib/mieruka/outbox.sqlite").is_file()
    purged = board.run("--uninstall", "--purge")
    assert purged.returncode == 0, purged.stderr
    assert not board.settings.exists()


def test_settings_that_do_not_fit_change_nothing(
    board: Board, wheels: dict[str, Path], config: Path
) -> None:
    """The new version is asked first whether it can read the settings."""
    config.write_text(config.read_text().replace('kind = "tcp"', 'kind = "tpc"'))
    told = board.run("--wheel", str(wheels["old"]), "--config", str(config))
    assert told.returncode == 1
    assert "tpc" in told.stderr
    assert "the settings do not fit version 0.1.900" in told.stderr
    assert not (board.root / "opt/mieruka/current").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--whel", "x"), "unknown option --whel (install.sh --help)"),
        (("--wheel",), "--wheel wants a file"),
        (("--wheel", "nowhere.whl"), "nowhere.whl cannot be read"),
        (("--purge",), "--purge is only for --uninstall"),
    ],
)
def test_wrong_words_are_one_line_with_a_hint(
    board: Board, words: tuple[str, ...], told: str
) -> None:
    """Nothing is changed by a wrong call."""
    done = board.run(*words)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert board.tree() == []


def test_a_broken_wheel_file_changes_nothing(board: Board, tmp_path: Path) -> None:
    """A half-copied download is told, and leaves no version behind."""
    half = tmp_path / "mieruka-9.9.9-py3-none-any.whl"
    half.write_bytes(b"PK half")
    told = board.run("--wheel", str(half))
    assert told.returncode == 1
    assert "could not be installed" in told.stderr
    assert list(board.versions.iterdir()) == []


def test_a_dry_run_changes_nothing(board: Board, wheels: dict[str, Path]) -> None:
    """It says what it would do."""
    done = board.run("--wheel", str(wheels["old"]), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "would: install" in done.stdout
    assert board.tree() == []


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_script_is_clean() -> None:
    """Shellcheck finds nothing."""
    done = subprocess.run(["shellcheck", str(SCRIPT)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

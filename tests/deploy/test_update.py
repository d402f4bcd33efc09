"""`deploy/pi/mieruka-update` as root would run it: signed packages in, or the version of before."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.packages import archive, keys
from edge_agent.packages.manifest import Manifest
from tests.deploy.board import BORROWED, ROOT, SETTINGS, Board, free_port, wheel

pytestmark = [pytest.mark.timeout(900), pytest.mark.services]
HELPER = "opt/mieruka/deploy/mieruka-update"
TRIAL_WITHIN_S = 120


class Maker:
    """Who makes packages: a key, and wheels of three versions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.public = keys.make_key(folder / "maker.pem")
        (folder / "update.keys").write_text(f"{self.public} the maker\n", encoding="utf-8")
        self.wheels = {
            "0.1.900": wheel(folder, "0.1.900"),
            "0.1.901": wheel(folder, "0.1.901"),
            "0.1.902": wheel(folder, "0.1.902", broken=True),
        }

    def package(self, version: str, key: str = "maker.pem") -> Path:
        """The package of a version."""
        files = (self.wheels[version],)
        manifest = Manifest("agent", version, 1, tuple(map(archive.packed, files)))
        to = self.folder / f"{key}-{manifest.file_name}"
        archive.pack(to, manifest, files, keys.load_key(self.folder / key))
        return to


@pytest.fixture(scope="module")
def maker(tmp_path_factory: pytest.TempPathFactory) -> Maker:
    """One maker for all tests: a wheel takes a while."""
    return Maker(tmp_path_factory.mktemp("maker"))


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory, maker: Maker) -> Iterator[Board]:
    """A board on which the first version runs, and the maker's key is trusted."""
    folder = tmp_path_factory.mktemp("board")
    one = Board(folder, BORROWED)
    path = folder / "agent.toml"
    state = one.root / "var/lib/mieruka"
    path.write_text(SETTINGS.format(state=state, port=free_port()), encoding="utf-8")
    words = ("--wheel", str(maker.wheels["0.1.900"]), "--config", str(path))
    done = one.run(*words, "--keys", str(maker.folder / "update.keys"))
    assert done.returncode == 0, done.stderr
    yield one
    one.end()


def lay(board: Board, package: Path) -> str:
    """Lay a package ready as the agent does; answers its digest."""
    ready = board.root / "var/lib/mieruka/update/ready"
    ready.mkdir(parents=True, exist_ok=True)
    shutil.copy(package, ready / "package.zip")
    return archive.packed(package).sha256


def helper(board: Board, well_within_s: int = 20) -> subprocess.Popen[str]:
    """The helper at work, in a group of its own."""
    path = f"{board.root.parent / 'bin'}:{os.environ['PATH']}"
    place = {"DESTDIR": str(board.root), "PATH": path, "PYTHON": sys.executable}
    return subprocess.Popen(
        [str(board.root / HELPER)],
        env={**os.environ, **BORROWED, **place, "WELL_WITHIN_S": str(well_within_s)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def running(board: Board) -> str:
    """The version whose program runs."""
    pid = int((board.root / "agent.pid").read_text())
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    return Path(words[0]).parents[1].name


def outcome(board: Board, well_within_s: int = 20) -> dict[str, object]:
    """What the helper says of what lies ready."""
    process = helper(board, well_within_s)
    told = process.communicate(timeout=240)
    assert process.returncode == 0, told
    assert not (board.root / "var/lib/mieruka/update/ready/package.zip").exists()
    path = board.root / "var/lib/mieruka/update/outcome.json"
    found: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_only_what_the_maker_signed_is_installed(board: Board, maker: Maker) -> None:
    """Another's signature, a changed byte, no package at all: told, and nothing is switched."""
    keys.make_key(maker.folder / "other.pem")
    wrong = maker.package("0.1.901", "other.pem")
    changed = maker.folder / "changed.zip"
    content = bytearray(maker.package("0.1.901").read_bytes())
    content[len(content) // 2] ^= 1
    changed.write_bytes(bytes(content))
    junk = maker.folder / "junk.zip"
    junk.write_bytes(b"PK junk")
    before = running(board)
    for package, reason in (
        (wrong, "signed by no key that is trusted here"),
        (changed, "damaged or no package"),
        (junk, "damaged or no package"),
    ):
        digest = lay(board, package)
        found = outcome(board)
        assert (found["sha256"], found["well"]) == (digest, False)
        assert reason in str(found["reason"])
        assert running(board) == before


def test_a_link_laid_ready_is_not_followed(board: Board) -> None:
    """The agent's user cannot make root read or write elsewhere."""
    ready = board.root / "var/lib/mieruka/update/ready"
    ready.mkdir(parents=True, exist_ok=True)
    secret = board.root / "secret"
    secret.write_text("root's own", encoding="utf-8")
    (ready / "package.zip").symlink_to(secret)
    process = helper(board)
    process.communicate(timeout=60)
    assert process.returncode == 0
    (ready / "package.zip").unlink()
    (board.root / "var/lib/mieruka/update/outcome.json").unlink(missing_ok=True)
    (board.root / "var/lib/mieruka/update/outcome.json").symlink_to(secret)
    junk = board.root / "junk.zip"
    junk.write_bytes(b"PK")
    lay(board, junk)
    assert outcome(board)["well"] is False
    assert secret.read_text(encoding="utf-8") == "root's own"


def test_a_new_version_runs_a_broken_one_is_left(board: Board, maker: Maker) -> None:
    """The good one is switched to; the broken one is taken back by itself, and both are told."""
    lay(board, maker.package("0.1.901"))
    assert outcome(board)["well"] is True
    assert running(board).startswith("0.1.901-")
    lay(board, maker.package("0.1.902"))
    found = outcome(board, well_within_s=5)
    assert found["well"] is False
    assert "was not well, 0.1.901-" in str(found["reason"])
    assert running(board).startswith("0.1.901-")
    assert not (board.root / "opt/mieruka/trial").exists()


def test_a_power_cut_during_the_trial_ends_in_a_version_that_is_well(
    board: Board, maker: Maker
) -> None:
    """Cut off after the switch, the next start goes on with the trial: the broken one is left."""
    before = board.current()
    lay(board, maker.package("0.1.902"))
    process = helper(board, well_within_s=60)
    trial, end = board.root / "opt/mieruka/trial", time.monotonic() + TRIAL_WITHIN_S
    while not (trial.exists() and board.current().startswith("0.1.902-")):
        assert time.monotonic() < end, process.communicate(timeout=5)
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    assert board.current().startswith("0.1.902-")
    again = helper(board, well_within_s=4)
    told = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert board.current() == before, told
    assert running(board) == before
    assert not trial.exists()


def test_wheels_that_lack_something_change_nothing(
    board: Board, maker: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With --wheels no network is asked: what is not there is told, the old version goes on."""
    before = running(board)
    for name in BORROWED:
        monkeypatch.delitem(board.more, name)
    newer = wheel(maker.folder / "more", "0.1.903")
    words = ("--wheel", str(newer), "--wheels", str(newer.parent))
    done = board.run(*words)
    assert done.returncode == 1
    assert "could not be installed" in done.stderr
    assert running(board) == before


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_the_helper_is_clean() -> None:
    """Shellcheck finds nothing."""
    script = ROOT / "deploy/pi/mieruka-update"
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

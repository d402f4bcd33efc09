"""`deploy/pi/install.sh` as root would run it, below another root, with the real program."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.board import BORROWED, ROOT, SCRIPT, SETTINGS, Board, free_port, wheel

pytestmark = [pytest.mark.timeout(900), pytest.mark.services]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three versions: one, a newer one, and a newest that is broken."""
    folder = tmp_path_factory.mktemp("wheels")
    return {
        "old": wheel(folder, "0.1.900"),
        "new": wheel(folder, "0.1.901"),
        "broken": wheel(folder, "0.1.902", broken=True),
    }


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """An empty board."""
    one = Board(tmp_path)
    yield one
    one.end()


@pytest.fixture
def config(tmp_path: Path, board: Board) -> Path:
    """Settings that run without any broker or meter."""
    path = tmp_path / "agent.toml"
    state = board.root / "var/lib/mieruka"
    path.write_text(SETTINGS.format(state=state, port=free_port()), encoding="utf-8")
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
    board.more = BORROWED
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

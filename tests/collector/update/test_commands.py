"""`collector fleet update` as a person meets it: what is wrong is one line, before it is signed."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector.state import open_state
from collector.state.rollouts import Rollout
from edge_agent.contract.wire import Birth
from edge_agent.packages import keys
from tests.collector.fleet.plant import settings_in

PROFILE = "eastron_sdm630.toml"
WHEEL = "mieruka-0.2.0-py3-none-any.whl"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a key that the collector trusts, a profile, and a wheel."""
    public = keys.make_key(tmp_path / "maker.key")
    (tmp_path / "update.keys").write_text(f"{public}\n", encoding="utf-8")
    shipped = files("edge_agent").joinpath("profiles", PROFILE)
    (tmp_path / PROFILE).write_bytes(shipped.read_bytes())
    (tmp_path / WHEEL).write_bytes(b"PK")
    settings_in(tmp_path, 'update_keys_file = "update.keys"')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def update(*words: str) -> Result:
    """Run `collector fleet update`; a fault that is no exit fails the test."""
    result = CliRunner().invoke(command.app, ["fleet", "update", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def sign(file: str, kind: str, version: str = "0.2.0") -> Result:
    """`fleet update sign` with the trusted key."""
    return update("sign", file, "--kind", kind, "--version", version, "--key", "maker.key")


def refusal(result: Result) -> str:
    """The one line of a command that failed."""
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    return str(line)


@pytest.mark.usefixtures("desk")
def test_what_fits_is_signed_and_published() -> None:
    """Both kinds; a second time it is the same package."""
    assert sign(PROFILE, "profiles", "2026.12").stdout.strip() == "profiles-2026.12.zip"
    assert sign(WHEEL, "agent").stdout.strip() == "agent-0.2.0.zip"
    for _ in range(2):
        published = update("publish", "profiles-2026.12.zip")
        assert "profiles-2026.12 is published" in published.stdout


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("file", "kind", "version", "told"),
    [
        ("collector.toml", "profiles", "1", "no meter profile: it names no vendor (look at it"),
        (WHEEL, "profiles", "1", "not a .toml file (a package of kind profiles has .toml"),
        ("update.keys", "agent", "1", "not a .whl file"),
        (WHEEL, "agent", "0.3.0", "no wheel mieruka-0.3.0-... among the files"),
        ("gone.toml", "profiles", "1", "gone.toml cannot be read: No such file or directory (give"),
        ("broken.toml", "profiles", "1", "broken.toml: not TOML"),
    ],
)
def test_what_no_agent_would_take_is_not_signed(
    file: str, kind: str, version: str, told: str
) -> None:
    """It is told on the maker's machine, not by the first plant."""
    Path("broken.toml").write_text("vendor = [\n", encoding="utf-8")
    assert told in refusal(sign(file, kind, version))
    assert not list(Path().glob("*.zip"))


@pytest.mark.usefixtures("desk")
def test_a_wheel_that_is_not_there_and_a_package_that_is_not_there_are_told_by_path() -> None:
    """The hint is to give the path, not to make room on the disk."""
    Path(WHEEL).unlink()
    assert refusal(sign(WHEEL, "agent")).endswith("No such file or directory (give its path)")
    told = refusal(update("publish", "gone.zip"))
    assert told == "collector: gone.zip cannot be used: No such file or directory (give its path)"


def test_steps_that_do_not_rise_start_nothing(desk: Path) -> None:
    """Each step says how far it goes in all; nobody is asked by a slip of the hand."""
    state = open_state(desk / "state")
    state.agents.born(Birth("pi-1", "e", 1, "0.1.0", 1, ()))
    state.database.close()
    sign(PROFILE, "profiles", "2026.12")
    update("publish", "profiles-2026.12.zip")
    for steps in ("50,10", "50,50"):
        told = refusal(update("start", "profiles-2026.12", "--percent", steps))
        assert f"--percent {steps} does not rise (each step says how far" in told
    assert "nothing was ever rolled out" in update("status").stdout
    assert "1 agent in 1 ring" in update("start", "profiles-2026.12").stdout


def test_a_roll_out_that_is_not_there_is_another_fault_than_one_that_ended(desk: Path) -> None:
    """Halting needs one that runs; the line says how it stands instead."""
    assert "there is no roll-out 1 (see" in refusal(update("halt", "1"))
    state = open_state(desk / "state")
    state.rollouts.add(Rollout(0, "a.zip", "1", "0" * 64, 9, 0, "sato", 1), [("pi-1", 0)])
    state.database.close()
    assert "roll-out 1: halted" in update("halt", "1").stdout
    assert "roll-out 1 is not running: it is halted" in refusal(update("halt", "1"))

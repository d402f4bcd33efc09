"""`agent.toml` changed by a program: checked, in one step, with a way back."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from edge_agent import config, settings_file
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.errors import ConfigError, StopError
from edge_agent.settings_file import place

SETTINGS = """\
# Hall 2. Call the electrician before you change anything.
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[page]
listen = "127.0.0.1:9873"

[[links]]
id = "lan"          # the switch in panel 3
kind = "tcp"
host = "192.0.2.10"

[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
ct_ratio = 40       # 200/5 A
"""
LAN = LinkSettings(id="lan", kind="tcp", host="192.0.2.10")
BUS = LinkSettings(id="rs485", kind="rtu", device="/dev/ttyUSB0", baud=19_200, parity="E")


def meter(**more: object) -> MeterSettings:
    """A meter on the bus."""
    fields = {"id": "press", "link": "rs485", "unit_id": 2, "profile": "eastron_sdm630"}
    return MeterSettings.model_validate({**fields, **more})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A settings file of a person."""
    file = tmp_path / "agent.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


def test_a_meter_and_its_link_are_added_as_a_person_would(path: Path) -> None:
    """Every line of before stays; the lines told beforehand are those that come."""
    told = settings_file.tables_of(path, BUS, meter(name="プレス", serial="12"))
    backup = settings_file.add_meter(path, BUS, meter(name="プレス", serial="12"))
    text = path.read_text("utf-8")
    rest = iter(text.splitlines())
    assert all(line in rest for line in SETTINGS.splitlines())
    assert all(line in text for line in told.splitlines())
    settings = config.load(path)
    assert [link.id for link in settings.links] == ["lan", "rs485"]
    assert settings.links[1] == BUS
    assert settings.meters[1].name == "プレス"
    assert backup.read_text("utf-8") == SETTINGS


def test_a_link_that_is_there_is_not_added_twice(path: Path) -> None:
    """Another meter on the same line is one table."""
    settings_file.add_meter(path, LAN, meter(link="lan"))
    assert len(config.load(path).links) == 1


def test_another_link_of_the_same_id_is_refused(path: Path) -> None:
    """One id, two places: nothing is written."""
    other = LAN.model_copy(update={"host": "192.0.2.99"})
    with pytest.raises(StopError, match="another link lan"):
        settings_file.add_meter(path, other, meter(link="lan"))
    assert path.read_text("utf-8") == SETTINGS


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"id": "main"}, "already taken"),
        ({"link": "lan", "unit_id": 1}, "already taken"),
        ({"below": "nobody"}, "no such meter"),
        ({"profile": "none_such"}, "unknown profile"),
    ],
)
def test_what_would_be_a_fault_is_not_written(
    path: Path, more: dict[str, object], fault: str
) -> None:
    """The result is checked as `edge-agent check` does, and told by the file's own name."""
    with pytest.raises(ConfigError) as told:
        settings_file.add_meter(path, BUS, meter(**more))
    assert fault in str(told.value)
    assert str(told.value).startswith(str(path))
    assert path.read_text("utf-8") == SETTINGS
    assert settings_file.backups(path) == ()
    assert [each.name for each in path.parent.iterdir()] == ["agent.toml"]


def test_a_file_with_faults_is_not_touched(path: Path) -> None:
    """Faults of before are told before anything is written."""
    broken = SETTINGS.replace("unit_id = 1", "unit_id = 900")
    path.write_text(broken, "utf-8")
    with pytest.raises(ConfigError, match="unit_id = 900"):
        settings_file.add_meter(path, BUS, meter())
    assert path.read_text("utf-8") == broken


def test_a_change_touches_one_table(path: Path) -> None:
    """New ratios and a circuit: the other lines stay, remarks too."""
    old = config.load(path).meters[0]
    new = old.model_copy(update={"ct_ratio": 1.0, "circuit": "MCCB 3", "wiring": "3P4W"})
    settings_file.change_meter(path, new)
    text = path.read_text("utf-8")
    assert "ct_ratio" not in text
    assert "# the switch in panel 3" in text
    assert config.load(path).meters[0] == new


def test_a_meter_that_is_not_there_cannot_be_changed(path: Path) -> None:
    """The ids that are there are named."""
    with pytest.raises(StopError, match=r"no meter press .*known: main"):
        settings_file.change_meter(path, meter())


def test_line_ends_of_another_system_stay(path: Path) -> None:
    """A file written on Windows keeps its line ends."""
    path.write_bytes(SETTINGS.replace("\n", "\r\n").encode())
    settings_file.add_meter(path, BUS, meter())
    content = path.read_bytes()
    assert content.count(b"\r\n") == content.count(b"\n")
    assert len(config.load(path).meters) == 2


def test_mode_and_a_link_to_the_file_stay(path: Path, tmp_path: Path) -> None:
    """The file behind a symbolic link is replaced, with the mode it had."""
    path.chmod(0o600)
    alias = tmp_path / "alias.toml"
    alias.symlink_to(path)
    settings_file.add_meter(alias, BUS, meter())
    assert alias.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(config.load(path).meters) == 2


def test_a_profile_beside_the_file_stays_relative(path: Path) -> None:
    """A plant's own profile is named as a person names it."""
    source = Path(config.__file__).parent.parent / "profiles" / "eastron_sdm630.toml"
    (path.parent / "own.toml").write_text(source.read_text("utf-8"), "utf-8")
    settings_file.add_meter(path, BUS, meter(profile=str(path.parent / "own.toml")))
    assert 'profile = "own.toml"' in path.read_text("utf-8")


def test_the_way_back_keeps_what_was_there(path: Path) -> None:
    """Restoring is undone by restoring; only dated copies of this file can be restored."""
    backup = settings_file.add_meter(path, BUS, meter())
    changed = path.read_text("utf-8")
    kept = settings_file.restore(path, backup)
    assert path.read_text("utf-8") == SETTINGS
    assert kept.read_text("utf-8") == changed
    assert settings_file.backups(path) == (kept, backup)
    with pytest.raises(StopError, match="is no backup"):
        settings_file.restore(path, path)


def test_ten_copies_are_kept(path: Path) -> None:
    """The oldest go; other files of that folder are none of our business."""
    (path.parent / "agent.toml.old").write_text("mine", "utf-8")
    for number in range(13):
        settings_file.add_meter(path, BUS, meter(id=f"m{number}", unit_id=number + 10))
    assert len(settings_file.backups(path)) == place.KEPT_BACKUPS
    assert (path.parent / "agent.toml.old").exists()
    newest = settings_file.backups(path)[0].read_text("utf-8")
    assert "m11" in newest
    assert "m12" not in newest


def test_a_new_file_is_checked_and_never_overwrites(tmp_path: Path) -> None:
    """Settings that are there already are not replaced by fresh ones."""
    file = tmp_path / "fresh.toml"
    with pytest.raises(ConfigError, match=r"fresh\.toml: agent: missing"):
        settings_file.new_file(file, "[mqtt]\nurl = 'mqtt://h'\n")
    assert not file.exists()
    settings_file.new_file(file, SETTINGS)
    assert config.load(file).agent.id == "a-1"
    with pytest.raises(StopError, match=r"settings at .* already"):
        settings_file.new_file(file, SETTINGS)


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (errno.EROFS, "ReadWritePaths="),
        (errno.EACCES, "sudo chown mieruka"),
        (errno.ENOSPC, "free space"),
    ],
)
def test_a_file_that_cannot_be_written_says_what_to_do(
    path: Path, monkeypatch: pytest.MonkeyPatch, code: int, hint: str
) -> None:
    """Read-only file system, foreign owner, full disk: one line each, nothing changed."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(StopError, match=r"agent\.toml cannot be changed") as told:
        settings_file.add_meter(path, BUS, meter())
    assert hint in told.value.hint
    found = settings_file.why_read_only(path)
    assert found is not None
    assert hint in found.hint
    assert path.read_text("utf-8") == SETTINGS


def test_a_file_that_can_be_written_is_only_looked_at(path: Path) -> None:
    """The question leaves nothing behind."""
    assert settings_file.why_read_only(path) is None
    assert [each.name for each in path.parent.iterdir()] == ["agent.toml"]


def test_a_file_that_is_no_text_is_told(path: Path) -> None:
    """Bytes that are no UTF-8 are no settings."""
    path.write_bytes(b"\xff\xfe[agent]")
    with pytest.raises(StopError, match="UTF-8"):
        place.read(path)
    with pytest.raises(StopError, match="cannot be changed: No such file"):
        place.read(path.with_name("none.toml"))

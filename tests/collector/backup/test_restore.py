"""A backup brought back into an empty place is the collector that was."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from collector.commands.backup import app
from collector.state import FILE_NAME
from tests.collector.backup.plant import (
    SECRETS,
    april,
    back_up,
    bring_back,
    digest_of,
    everything,
    make_plant,
    refusal,
    settings_text,
)
from tests.collector.commands.plant_files import invoke


def test_it_comes_back_on_a_machine_that_has_nothing(
    plant: Path, backup: Path, tmp_path: Path
) -> None:
    """Settings, files, points and state: totals and the signed account are the same."""
    file = tmp_path / "new" / "collector.toml"
    facts = bring_back(backup, file)
    assert everything(file) == everything(plant)
    assert len(everything(file)) > 10
    assert digest_of(file) == digest_of(plant)
    assert april(file) == april(plant)
    assert (facts["refused"], facts["kept"], facts["set_aside"]) == ({}, [], "")
    assert file.read_bytes() == plant.read_bytes()
    for name in ("mqtt.password", "own/factors/README", "state/grafana.json", "state/fleet/ca.key"):
        assert (file.parent / name).read_bytes() == (plant.parent / name).read_bytes()
    assert (file.parent / "mqtt.password").stat().st_mode & 0o777 == 0o600


def test_what_is_brought_back_is_nobody_elses_to_read(backup: Path, tmp_path: Path) -> None:
    """A store has the mode of any file: the folders that are made keep others out."""
    file = tmp_path / "new" / "collector.toml"
    bring_back(backup, file)
    made = [one for one in (file.parent, *file.parent.rglob("*")) if one.is_dir()]
    assert len(made) > 2
    assert {oct(one.stat().st_mode & 0o027) for one in made} == {"0o0"}


def test_a_folder_without_files_is_there_again(plant: Path, tmp_path: Path) -> None:
    """The settings name it, and do not load without it."""
    shutil.copytree(plant.parent, tmp_path / "old")
    old = tmp_path / "old" / plant.name
    (old.parent / "own/factors/README").unlink()
    (old.parent / "own/tariffs").mkdir()
    text = old.read_text(encoding="utf-8") + '[tariffs]\nfolder = "own/tariffs"\n'
    old.write_text(text, encoding="utf-8")
    back_up(old, tmp_path / "b.zip", "--with-secrets")
    file = tmp_path / "new" / "collector.toml"
    bring_back(tmp_path / "b.zip", file)
    assert list((file.parent / "own/factors").iterdir()) == []
    assert april(file) == april(old)


def test_a_folder_that_cannot_be_made_is_told(plant: Path, backup: Path, tmp_path: Path) -> None:
    """A file is in its way, and stays."""
    file = tmp_path / "new" / "collector.toml"
    (file.parent / "own").mkdir(parents=True)
    (file.parent / "own/tariffs").write_text("mine\n", encoding="utf-8")
    text = plant.read_text(encoding="utf-8") + '[tariffs]\nfolder = "own/tariffs"\n'
    file.write_text(text, encoding="utf-8")
    told = refusal("restore", backup, "-c", file, code=1)
    assert "own/tariffs cannot be written: File exists" in told
    assert (file.parent / "own/tariffs").read_text(encoding="utf-8") == "mine\n"


def test_it_says_what_is_in_it(plant: Path, backup: Path) -> None:
    """For people, and for programs; `verify` reads all of it."""
    points = sum(map(len, everything(plant).values()))
    done = invoke(app, "verify", backup)
    assert f"{points:,} points" in done.stdout
    facts = json.loads(invoke(app, "verify", backup, "--json").stdout)
    assert (facts["points"], facts["left_out"]) == (points, [])
    assert backup.stat().st_mode & 0o777 == 0o600


def test_without_secrets_none_is_in_it(plant: Path, tmp_path: Path) -> None:
    """Neither from files nor inline, no private key; what is left out is named."""
    facts = back_up(plant, tmp_path)
    (made,) = tmp_path.glob("mieruka-hq-*.zip")
    assert facts["file"] == str(made)
    unpacked = tmp_path / "unpacked"
    shutil.unpack_archive(made, unpacked, "zip")
    texts = [path.read_bytes() for path in unpacked.rglob("*") if path.is_file()]
    assert texts
    assert not [text for text in texts if b"PRIVATE KEY" in text]
    assert not [text for text in texts for secret in SECRETS if secret.encode() in text]
    assert facts["left_out"] == [
        "mail.password", "mqtt.password_file", "collector.state_dir fleet/ca.key",
    ]  # fmt: skip


def test_what_was_left_out_is_asked_for(plant: Path, tmp_path: Path) -> None:
    """Restore tells the files that are missing; once they are there, the same words go on."""
    back_up(plant, tmp_path / "b.zip")
    file = tmp_path / "new" / "collector.toml"
    told = refusal("restore", tmp_path / "b.zip", "-c", file, code=2)
    assert "mqtt.password_file" in told
    assert "left out of the backup" in told
    assert SECRETS[1] not in file.read_text(encoding="utf-8")
    (file.parent / "mqtt.password").write_text("another\n", encoding="utf-8")
    facts = bring_back(tmp_path / "b.zip", file)
    assert "settings" in facts["kept"]
    assert april(file) == april(plant)


def test_settings_that_are_there_stay(backup: Path, plant: Path, tmp_path: Path) -> None:
    """They may name other places; files of before are not touched."""
    file = tmp_path / "collector.toml"
    file.write_text(settings_text().replace('"store.sqlite"', '"other.sqlite"'), encoding="utf-8")
    (tmp_path / "mqtt.password").write_text("of here\n", encoding="utf-8")
    facts = bring_back(backup, file)
    assert (tmp_path / "mqtt.password").read_text() == "of here\n"
    assert set(facts["kept"]) == {"settings", "mqtt.password_file"}
    assert (tmp_path / "other.sqlite").exists()
    assert everything(file) == everything(plant)


def test_a_store_that_holds_something_is_refused(backup: Path, tmp_path: Path) -> None:
    """Nobody writes one plant over another by mistake; an explicit word does."""
    other = make_plant(tmp_path / "other", days=1)
    before = everything(other)
    told = refusal("restore", backup, "-c", other)
    assert "the store is not empty" in told
    assert "--overwrite" in told
    assert everything(other) == before


def test_a_state_that_holds_something_is_refused(backup: Path, tmp_path: Path) -> None:
    """Corrections and closed periods of another collector are not lost either."""
    other = make_plant(tmp_path / "other", days=1)
    (other.parent / "store.sqlite").unlink()
    assert f"{FILE_NAME} is not empty" in refusal("restore", backup, "-c", other)


def test_overwriting_sets_the_state_aside(backup: Path, plant: Path, tmp_path: Path) -> None:
    """Points of the same instant are replaced, and the state of before is kept beside."""
    other = make_plant(tmp_path / "other", days=1)
    facts = bring_back(backup, other, "--overwrite")
    aside = other.parent / "state" / facts["set_aside"]
    with closing(sqlite3.connect(aside)) as db:
        assert db.execute("SELECT count(*) FROM closed_period").fetchone() == (0,)
    assert digest_of(other) == digest_of(plant)
    assert everything(other) == everything(plant)


def test_the_last_day_is_added_up_anew(backup: Path, tmp_path: Path) -> None:
    """Readings that came while totals were copied get into them at the first start."""
    file = tmp_path / "collector.toml"
    bring_back(backup, file)
    with closing(sqlite3.connect(tmp_path / "state" / FILE_NAME)) as db:
        marks = db.execute("SELECT meter, to_ms - from_ms FROM dirty_window").fetchall()
    assert {meter for meter, span_ms in marks if span_ms > 86_400_000} == {"main", "press"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "{tmp}/nowhere/b.zip"), "there is no folder"),
        (("--to", "{backup}"), "is there already"),
        ((), "not told where the backup goes"),
        (("restore", "{tmp}/none.zip"), "cannot be read: No such file"),
        (("verify", "{plant}"), "is no whole backup: cut short, damaged, or something else"),
    ],
)
def test_wrong_words_are_one_line(
    words: tuple[str, ...], told: str, plant: Path, backup: Path, tmp_path: Path
) -> None:
    """With what to do."""
    places = {"tmp": tmp_path, "backup": backup, "plant": plant}
    said = [word.format(**places) for word in words]
    if "verify" not in words:
        said += ["-c", str(plant)]
    assert told in refusal(*said)


def test_no_settings_are_one_line_too(tmp_path: Path) -> None:
    """A backup begins with the settings."""
    assert "cannot be read" in refusal("--to", tmp_path, "-c", tmp_path / "none.toml", code=2)


TENANTS = """
[[tenants]]
id = "acme"
name = "Acme"
sites = ["sendai"]
[tenants.store]
path = "acme.sqlite"
"""


def test_customers_stay_apart(backup: Path, plant: Path, tmp_path: Path) -> None:
    """Where the settings keep a customer in a store of its own, its points go there, and back."""
    file = tmp_path / "apart" / "collector.toml"
    file.parent.mkdir()
    file.write_text(settings_text() + TENANTS, encoding="utf-8")
    bring_back(backup, file)
    with closing(sqlite3.connect(file.parent / "acme.sqlite")) as db:
        assert db.execute("SELECT count(*) > 5000 FROM reading").fetchone() == (1,)
    with closing(sqlite3.connect(file.parent / "store.sqlite")) as db:
        assert db.execute("SELECT count(*) FROM reading").fetchone() == (0,)
    back_up(file, tmp_path / "again.zip", "--with-secrets")
    with zipfile.ZipFile(tmp_path / "again.zip") as made:
        assert not [name for name in made.namelist() if "acme" in name]
    again = tmp_path / "again" / "collector.toml"
    bring_back(tmp_path / "again.zip", again)
    assert everything(again) == everything(plant)

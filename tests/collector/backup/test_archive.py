"""The file of a backup: whole, or told to be none."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from collector.backup.archive import new_archive
from collector.backup.manifest import FORMAT, MANIFEST
from collector.backup.points import points_in
from collector.errors import CollectorError
from collector.state import FILE_NAME
from collector.state.layout import LAYOUT
from tests.collector.backup.plant import bring_back, everything, refusal
from tests.collector.backup.rewritten import manifest_of, rewritten, with_parts

WAIT_FOR_KILL = """
import sys, time, pathlib
from collector.backup.archive import new_archive
with new_archive(pathlib.Path(sys.argv[1])) as archive:
    with archive.part("points/reading.jsonl") as part:
        part.write(b"x" * 5_000_000)
        print("under way", flush=True)
        time.sleep(60)
"""


def _refused(backup: Path, tmp_path: Path, code: int = 1) -> str:
    """What restore says of it; nothing may be there afterwards."""
    told = refusal("restore", backup, "-c", tmp_path / "new/collector.toml", code=code)
    assert not (tmp_path / "new").exists()
    return told


def test_an_interrupted_backup_is_not_called_one(tmp_path: Path) -> None:
    """Its process is killed: there is no file of that name, and what is left does not open."""
    to = tmp_path / "b.zip"
    command = [sys.executable, "-c", WAIT_FOR_KILL, str(to)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "under way\n"
        running.send_signal(signal.SIGKILL)
    assert not to.exists()
    (left,) = tmp_path.iterdir()
    assert "no whole backup" in refusal("verify", left)


def test_a_fault_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    """Not even half of a file."""
    with pytest.raises(ValueError, match="on the way"), new_archive(tmp_path / "b.zip"):
        raise ValueError("on the way")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """What was begun is taken away again."""
    with pytest.raises(CollectorError, match="cannot be written: No space left"):  # noqa: SIM117
        with new_archive(tmp_path / "b.zip") as archive:
            raise OSError(28, os.strerror(28), archive.members)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_was_cut_short_is_refused(backup: Path, tmp_path: Path) -> None:
    """Copying it broke off: nothing is changed."""
    short = tmp_path / "short.zip"
    short.write_bytes(backup.read_bytes()[:-200])
    assert "cut short" in _refused(short, tmp_path)


def test_names_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """A zip that says its names are UTF-8, and they are not: no fault of the program."""
    spoilt = tmp_path / "names.zip"
    with zipfile.ZipFile(spoilt, "w") as zipped:
        zipped.writestr("é", b"x")
    spoilt.write_bytes(spoilt.read_bytes().replace("é".encode(), b"\xff\xff"))
    assert "no whole backup" in _refused(spoilt, tmp_path)


def test_a_flipped_bit_is_found(backup: Path, tmp_path: Path) -> None:
    """Before anything is written."""
    text = bytearray(backup.read_bytes())
    text[len(text) // 3] ^= 1
    spoilt = tmp_path / "spoilt.zip"
    spoilt.write_bytes(text)
    assert "no whole backup" in _refused(spoilt, tmp_path)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"points/reading.jsonl": b""}, "points/reading.jsonl is not what was written"),
        ({"points/reading.jsonl": None}, "does not hold what it says"),
        ({"more": b"x"}, "does not hold what it says"),
        ({MANIFEST: b"{}"}, "cannot be understood"),
        ({MANIFEST: b"[" * 100_000}, "cannot be understood"),
        ({MANIFEST: None}, "no whole backup"),
    ],
)
def test_what_does_not_fit_its_manifest_is_refused(
    backup: Path, tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    """Parts that were changed, taken away or added."""
    assert told in _refused(rewritten(backup, tmp_path / "b.zip", changes), tmp_path)


@pytest.mark.parametrize("newer", [{"format": FORMAT + 1}, {"state_layout": LAYOUT + 1}])
def test_a_backup_of_a_newer_program_names_it(
    backup: Path, tmp_path: Path, newer: dict[str, int]
) -> None:
    """Exit code 2, and which version to install."""
    text = manifest_of(backup, program="0.9.0", **newer)
    changed = rewritten(backup, tmp_path / "b.zip", {MANIFEST: text})
    assert "install mieruka 0.9.0" in _refused(changed, tmp_path, code=2)


def test_a_restore_that_breaks_off_is_seen(backup: Path, plant: Path, tmp_path: Path) -> None:
    """The state comes last: the next try finds a store that is not empty, and can go over it."""
    name, line = "points/reading.jsonl", b'{"measurement":"of_tomorrow"}\n'
    with zipfile.ZipFile(backup) as file:
        text = file.read(name) + line
    odd = with_parts(backup, tmp_path / "odd.zip", {name: text})
    settings = tmp_path / "new/collector.toml"
    assert "was the backup made by a later version?" in refusal("restore", odd, "-c", settings)
    assert not (settings.parent / "state" / FILE_NAME).exists()
    assert "the store is not empty" in refusal("restore", backup, "-c", settings)
    bring_back(backup, settings, "--overwrite")
    assert everything(settings) == everything(plant)


def test_a_path_that_leads_out_of_its_folder_is_refused(backup: Path, tmp_path: Path) -> None:
    """A file from elsewhere does not write where it likes."""
    with zipfile.ZipFile(backup) as file:
        files = json.loads(file.read(MANIFEST))["files"]
    for one in files:
        if one["key"] == "factors.folder":
            one["path"] = "../../escaped"
    text = manifest_of(backup, files=files)
    changed = rewritten(backup, tmp_path / "b.zip", {MANIFEST: text})
    told = refusal("restore", changed, "-c", tmp_path / "a/b/collector.toml")
    assert "leads out of its folder" in told
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize(
    "line",
    [
        b"", b"[]", b"{}", b"\xff", b"null",
        b'{"measurement":"of_tomorrow","site":"s","meter":"m","at_ms":[1],"fields":{}}',
        b'{"measurement":"reading","site":"s","meter":"m","at_ms":[1],"fields":{"of_tomorrow":[1]}}',
        b'{"measurement":"reading","site":"s","meter":"m","at_ms":[1,2],"fields":{"frequency_hz":[1]}}',
        b'{"measurement":"reading","site":"s","meter":"m","at_ms":["x"],"fields":{}}',
    ],
)  # fmt: skip
def test_a_line_that_is_none_of_ours_is_told(line: bytes) -> None:
    """Wrong text, and figures that only a later version knows."""
    with pytest.raises(CollectorError, match="cannot be understood"):
        points_in(line)


def test_any_program_can_read_it(plant: Path, backup: Path) -> None:
    """A line is a page of a series in columns, named as in the store."""
    with zipfile.ZipFile(backup) as file, file.open("points/reading.jsonl") as lines:
        first = json.loads(next(lines))
    assert (first["measurement"], first["meter"]) == ("reading", "main")
    stored = everything(plant)["reading sendai main"]
    assert len(first["at_ms"]) == len(first["fields"]["active_energy_import_wh"]) == 1000
    assert first["at_ms"][0] == stored[0].at_ms  # type: ignore[union-attr]

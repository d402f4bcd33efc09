"""What the probes say of disks: real ones of this machine, and others as the kernel tells them."""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from edge_agent.outbox import Outbox
from edge_agent.probes import disk
from edge_agent.probes.disk.sync import Times, sync_finding
from edge_agent.probes.disk.wear import bytes_a_day
from edge_agent.probes.finding import Finding
from tests.edge_agent.delivery import HandClock
from tests.edge_agent.outboxes import damage, fill

MEMORY = Path("/dev/shm")
SETTING = "[agent] state_dir"


def told(findings: Iterable[Finding]) -> dict[str, Finding]:
    """The findings by subject."""
    return {finding.subject: finding for finding in findings}


def machine(
    folder: Path, mount: str, name: str = "sda1", facts: dict[str, str] | None = None
) -> tuple[Path, Path]:
    """A /proc and /sys as a kernel writes them, with one mount beside the root."""
    proc, sys = folder / "proc", folder / "sys"
    (proc / "self").mkdir(parents=True)
    root = "22 1 8:2 / / rw,relatime - ext4 /dev/root rw"
    (proc / "self" / "mountinfo").write_text(f"{root}\n36 22 8:1 / {mount}\n", encoding="ascii")
    device = sys / "devices" / name
    (sys / "dev" / "block").mkdir(parents=True)
    device.mkdir(parents=True)
    (sys / "dev" / "block" / "8:1").symlink_to(device)
    for path, text in (facts or {}).items():
        (sys / path).parent.mkdir(parents=True, exist_ok=True)
        (sys / path).write_text(text, encoding="ascii")
    return proc, sys


def look(folder: Path, mount: str, name: str = "sda1", **facts: str) -> dict[str, Finding]:
    """What is said of ``folder``/state on such a mount."""
    (folder / "state").mkdir()
    paths = {path.replace("__", "/"): text for path, text in facts.items()}
    proc, sys = machine(folder, mount.format(folder), name, paths)
    place = disk.place_of(folder / "state", proc, sys)
    return told(disk.place_findings(place, SETTING))


def test_a_folder_of_this_machine_is_found(tmp_path: Path) -> None:
    """The real mount table names a file system and a source for any folder, also a missing one."""
    place = disk.place_of(tmp_path / "not" / "there")
    assert place.folder == tmp_path.resolve()
    assert place.kind != "unknown"
    assert place.source


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no memory file system")
def test_memory_is_no_disk() -> None:
    """A state folder on tmpfs is a fault: a restart takes every reading in it."""
    found = told(disk.place_findings(disk.place_of(MEMORY), SETTING))["disk"]
    assert found.mark == "fault"
    assert "/dev/shm is on tmpfs" in found.measured
    assert "memory" in found.meaning
    assert SETTING in found.remedy


@pytest.mark.parametrize(
    ("kind", "word"),
    [("nfs4", "network"), ("overlay", "container"), ("vfat", "journal"), ("cifs", "network")],
)
def test_file_systems_that_keep_no_promise_are_faults(tmp_path: Path, kind: str, word: str) -> None:
    """Network folders, container layers and file systems without a journal are told."""
    found = look(tmp_path, f"{{}}/state rw - {kind} srv:/data rw")["disk"]
    assert (found.mark, word in found.meaning) == ("fault", True)
    assert SETTING in found.remedy


def test_a_read_only_mount_is_a_fault(tmp_path: Path) -> None:
    """Worn-out cards end like this, so it is told beside the kind of disk."""
    found = look(tmp_path, "{}/state ro,relatime - ext4 /dev/sda1 ro")
    assert found["disk: mount"].mark == "fault"
    assert "read-only" in found["disk: mount"].measured


def test_a_mount_without_barriers_is_a_fault(tmp_path: Path) -> None:
    """Without barriers sync returns before the data is safe."""
    found = look(tmp_path, "{}/state rw - ext4 /dev/sda1 rw,nobarrier")
    assert "power cut" in found["disk: mount"].meaning


def test_errors_that_the_file_system_has_noted_are_a_fault(tmp_path: Path) -> None:
    """The count of ext4 is told, with the repair."""
    found = look(tmp_path, "{}/state rw - ext4 /dev/sda1 rw", fs__ext4__sda1__errors_count="3\n")
    assert "3 errors" in found["disk: errors"].measured
    assert "fsck /dev/sda1" in found["disk: errors"].remedy


def test_the_kind_of_device_is_told(tmp_path: Path) -> None:
    """A memory card is known by its name, and is worth a note."""
    found = look(
        tmp_path,
        "{}/state rw - ext4 /dev/mmcblk0p2 rw",
        "mmcblk0/mmcblk0p2",
        devices__mmcblk0__mmcblk0p2__partition="2",
        devices__mmcblk0__device__type="SD",
    )["disk"]
    assert (found.mark, "memory card" in found.measured) == ("note", True)


def test_a_usb_stick_is_told(tmp_path: Path) -> None:
    """USB storage is known by its bus."""
    found = look(tmp_path, "{}/state rw - ext4 /dev/sda1 rw", "usb1/1-1/sda")["disk"]
    assert (found.mark, "USB storage" in found.measured) == ("note", True)


def test_a_folder_with_a_space_in_its_name_is_found(tmp_path: Path) -> None:
    """The kernel writes a space of a mount point as an octal number."""
    (tmp_path / "my state").mkdir()
    proc, sys = machine(tmp_path, f"{tmp_path}/my\\040state rw - tmpfs tmpfs rw")
    assert disk.place_of(tmp_path / "my state", proc, sys).kind == "tmpfs"


def test_room_is_weighed_against_what_may_still_be_written(tmp_path: Path) -> None:
    """Plenty is well; a bound that the disk cannot keep is a fault that names one it can."""
    well = told(disk.room_findings(tmp_path, 1.0, "outbox*", "[outbox] max_mb"))["disk: room"]
    full = told(disk.room_findings(tmp_path, 1e9, "outbox*", "[outbox] max_mb"))["disk: room"]
    assert (well.mark, full.mark) == ("ok", "fault")
    assert "set [outbox] max_mb = " in full.remedy


def test_what_is_used_already_counts(tmp_path: Path) -> None:
    """The outbox's own size is part of its bound."""
    (tmp_path / "outbox.sqlite").write_bytes(b"\0" * 3 * 1024 * 1024)
    found = told(disk.room_findings(tmp_path, 64, "outbox*", "[outbox] max_mb"))["disk: room"]
    assert "3 MB used of the 64 MB" in found.measured


def test_commits_and_syncs_are_timed_and_nothing_stays(tmp_path: Path) -> None:
    """Both are measured on the real disk; the probe's files are gone afterwards."""
    found = told(disk.sync_findings(tmp_path, 10.0, "SSD", SETTING))
    assert "60 commits of 10 rows: median" in found["disk: commit"].measured
    assert "30 syncs of 4 KiB on this SSD" in found["disk: sync"].measured
    assert list(tmp_path.iterdir()) == []


def test_a_sync_that_is_too_quick_may_lie() -> None:
    """What is quicker than any medium is told as doubtful."""
    found = sync_finding(Times(30, 0.01, 0.02), "memory card")
    assert found.mark == "note"
    assert "may not reach it" in found.meaning


@pytest.mark.skipif(not MEMORY.is_dir(), reason="this system has no memory file system")
def test_the_sync_of_memory_is_seen_as_too_quick() -> None:
    """The measurement itself tells memory from a disk."""
    found = told(disk.sync_findings(MEMORY, 10.0, "SSD", SETTING))
    assert found["disk: sync"].mark == "note"


def test_a_folder_that_cannot_be_written_is_a_fault() -> None:
    """The user and the system's reason are told (/proc takes no files from anybody)."""
    found = told(disk.sync_findings(Path("/proc"), 10.0, "SSD", SETTING))["disk: commit"]
    assert found.mark == "fault"
    assert "nothing can be written in /proc as user" in found.measured


def test_wear_follows_the_measured_table() -> None:
    """At a row a commit, 20 meters each second write about 21 GB a day; at 200, about 1 GB."""
    assert 20e9 < bytes_a_day(disk.Load(20, 1 / 20, 180)) < 22e9
    assert 0.9e9 < bytes_a_day(disk.Load(20, 10, 180)) < 1.3e9


def test_much_wear_of_a_card_is_a_note_with_what_would_help() -> None:
    """The same load is nothing to an SSD."""
    load = disk.Load(20, 1, 180)
    card = told(disk.wear_findings(load, "memory card"))["disk: wear"]
    assert card.mark == "note"
    assert "commit_every_s = 60" in card.remedy
    assert told(disk.wear_findings(load, "SSD"))["disk: wear"].mark == "ok"


def test_a_sound_outbox_is_told(tmp_path: Path, clock: HandClock) -> None:
    """The check runs beside an open outbox, which goes on."""
    path = tmp_path / "outbox.sqlite"
    with closing(Outbox(path, max_mb=16, clock=clock)) as box:
        fill(box, 50, clock)
        found = told(disk.file_findings(path, "outbox", "the agent"))["outbox"]
        assert found.mark == "ok"
        assert f"SQLite {sqlite3.sqlite_version}: sound" in found.measured
        fill(box, 50, clock)
        assert box.depth() == 100


@pytest.mark.parametrize("harm", ["garbage", "torn"])
def test_a_damaged_file_is_a_fault(tmp_path: Path, clock: HandClock, harm: str) -> None:
    """What SQLite finds is told, and that it is to be copied away."""
    path = tmp_path / "outbox.sqlite"
    box = Outbox(path, max_mb=16, clock=clock)
    fill(box, 500, clock)
    box.close()
    damage(path, harm)
    found = told(disk.file_findings(path, "outbox", "the agent"))["outbox"]
    assert found.mark == "fault"
    assert "Copy it away" in found.remedy


def test_a_file_that_is_not_there_yet_is_well(tmp_path: Path) -> None:
    """Before the first start there is none."""
    found = told(disk.file_findings(tmp_path / "x.sqlite", "outbox", "the agent"))["outbox"]
    assert (found.mark, "not there yet" in found.measured) == ("ok", True)


def test_a_held_lock_is_seen_without_taking_it(tmp_path: Path) -> None:
    """The kernel's list of locks tells whether somebody works on a file."""
    lock = tmp_path / "outbox.sqlite.lock"
    assert not disk.held(lock)
    with lock.open("a") as handle:
        assert not disk.held(lock)
        fcntl.flock(handle, fcntl.LOCK_EX)
        assert disk.held(lock)
    assert not disk.held(lock)

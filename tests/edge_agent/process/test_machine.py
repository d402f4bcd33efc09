"""What Linux tells of the machine: read where it stands, None where it does not."""

from __future__ import annotations

import os
from pathlib import Path

from edge_agent.process.machine import SECTOR_BYTES, Machine, machine


def planted(folder: Path, **files: str) -> tuple[Path, Path]:
    """A /proc and a /sys with the files of a Pi, some of them changed; "" takes one away."""
    device = os.stat(folder).st_dev
    block = f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat"
    texts = {
        "proc/meminfo": "MemTotal: 948304 kB\nMemFree: 100 kB\nMemAvailable: 612000 kB\n",
        block: "  1  2  3  4  5  6 2048000  8  9 10 11\n",
        "sys/class/thermal/thermal_zone0/temp": "48312\n",
        "sys/class/thermal/thermal_zone1/temp": "51000\n",
    }
    texts |= {block if key == "block" else key: text for key, text in files.items()}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, encoding="ascii")
    return folder / "proc", folder / "sys"


def test_figures_are_read_where_linux_keeps_them(tmp_path: Path) -> None:
    """Free memory in kB, written sectors of 512 bytes, the hottest zone in thousandths."""
    found = machine(tmp_path, *planted(tmp_path))
    assert found.memory_free_bytes == 612_000 * 1024
    assert found.disk_written_bytes == 2_048_000 * SECTOR_BYTES
    assert found.board_celsius == 51.0
    disk = os.statvfs(tmp_path)
    assert found.disk_free_bytes is not None
    assert 0 < found.disk_free_bytes <= disk.f_blocks * disk.f_frsize


def test_what_is_odd_or_away_is_absent(tmp_path: Path) -> None:
    """A container without these files, files of other shapes, a folder that is gone."""
    assert machine(tmp_path / "gone", tmp_path, tmp_path) == Machine(None, None, None, None)
    files = {"block": "1 2 3", "proc/meminfo": "MemTotal: 1 kB\n"}
    zones = {f"sys/class/thermal/thermal_zone{n}/temp": "hot" for n in (0, 1)}
    found = machine(tmp_path, *planted(tmp_path, **files, **zones))
    assert found == Machine(found.disk_free_bytes, None, None, None)


def test_this_machine_has_figures() -> None:
    """Free disk and memory are told by every Linux."""
    here = machine(Path.cwd())
    assert here.disk_free_bytes
    assert here.memory_free_bytes

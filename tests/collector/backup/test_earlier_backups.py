"""Backups that an earlier version made: what has changed since is made good or told."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

from collector.backup.manifest import STATE
from collector.state import FILE_NAME
from collector.state.layout import LAYOUT
from tests.collector.backup.plant import bring_back, everything
from tests.collector.backup.rewritten import with_parts

FIRST = Path(__file__).parents[1] / "state/layouts/first.sql"


def test_a_state_of_an_earlier_layout_is_brought_up_to_date(backup: Path, tmp_path: Path) -> None:
    """What it held is there, in the layout of now."""
    old = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(old)) as db:
        db.executescript(FIRST.read_text(encoding="utf-8"))
        db.execute("INSERT INTO agent VALUES ('pi-1', 'e1', 3, 1, '0.1.0', 1000)")
        db.commit()
    parts = {STATE: old.read_bytes()}
    earlier = with_parts(backup, tmp_path / "b.zip", parts, state_layout=0)
    bring_back(earlier, tmp_path / "new/collector.toml")
    with closing(sqlite3.connect(tmp_path / "new/state" / FILE_NAME)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (LAYOUT,)
        assert db.execute("SELECT agent FROM agent").fetchall() == [("pi-1",)]


def test_a_figure_without_a_field_of_now_is_told_and_the_rest_comes_back(
    backup: Path, plant: Path, tmp_path: Path
) -> None:
    """It is one of those that are made anew; nothing else is lost for its sake."""
    name = "points/day_type.jsonl"
    with zipfile.ZipFile(backup) as file:
        lines = [json.loads(line) for line in file.read(name).splitlines()]
    for line in lines:
        del line["fields"]["works"]
    text = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    earlier = with_parts(backup, tmp_path / "b.zip", {name: text})
    settings = tmp_path / "new/collector.toml"
    facts = bring_back(earlier, settings)
    ((reason, count),) = facts["refused"].items()
    assert "see works" in reason
    wanted = {key: points for key, points in everything(plant).items() if "day_type" not in key}
    assert count == sum(len(line["at_ms"]) for line in lines)
    assert everything(settings) == wanted

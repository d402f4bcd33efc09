"""What the outlet remembers over a restart."""

from __future__ import annotations

from pathlib import Path

from collector.state import open_state


def test_marks_are_there_after_a_restart(tmp_path: Path) -> None:
    """By kind and name, the newest number; those struck off are gone."""
    state = open_state(tmp_path)
    state.outlet_marks.put("slot", [("sendai:main", 1), ("sendai:press", 2)])
    state.outlet_marks.put("slot", [("sendai:main", 3)])
    state.outlet_marks.put("topic", [("sendai:main", 9)])
    state.outlet_marks.drop("slot", ["sendai:press", "never there"])
    state.outlet_marks.put("slot", [])
    state.outlet_marks.drop("slot", [])
    state.database.close()
    again = open_state(tmp_path)
    assert again.outlet_marks.all("slot") == {"sendai:main": 3}
    assert again.outlet_marks.all("topic") == {"sendai:main": 9}
    assert again.outlet_marks.all("bd_seq") == {}
    again.database.close()

"""Up to which due instant each report is made, over restarts."""

from __future__ import annotations

from pathlib import Path

from collector.state import open_state


def test_what_is_noted_is_there_after_a_restart(tmp_path: Path) -> None:
    """Each report and site has its own newest instant; noting again replaces it."""
    state = open_state(tmp_path)
    assert state.report_runs.made_up_to("daily", "sendai") is None
    state.report_runs.note("daily", "sendai", 100, 105)
    state.report_runs.note("daily", "osaka", 100, 106)
    state.report_runs.note("daily", "sendai", 200, 205)
    state.database.close()
    state = open_state(tmp_path)
    assert state.report_runs.made_up_to("daily", "sendai") == 200
    assert state.report_runs.made_up_to("daily", "osaka") == 100
    assert state.report_runs.made_up_to("monthly", "sendai") is None
    state.database.close()

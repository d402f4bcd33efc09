"""What `collector fleet ask` prints for a person."""

from __future__ import annotations

import pytest

from collector.commands.fleet_care_text import show_answer
from edge_agent.contract.care import Answer


def test_a_counter_is_told_as_the_meter_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """In full, to be compared with a display; no value in powers of ten."""
    values = {
        "active_energy_import_wh": 2_841_340_123.0,
        "reactive_energy_import_varh": 61_205_000.4,
        "active_power_w": 10_800.0,
        "power_factor": 0.95,
        "current_l1_a": 32.383912,
    }
    reading = {"meter": "main", "at_ms": 0, "source": "polled", "values": values}
    body = {"readings": [reading], "faults": [], "not_asked": []}
    show_answer(Answer("1", "pi-1", "read", "done", 0, body=body))
    shown = capsys.readouterr().out
    for text in ("2,841,340,123", "61,205,000", "10,800", "0.95", "32.3839"):
        assert f" {text} " in shown
    assert "e+" not in shown

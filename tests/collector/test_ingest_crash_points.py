"""A process that ends between two steps of ingest, and what the next one finds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.ingest.crash_points import CRASH_AT, EXIT_CODE
from tests.collector.test_ingest import Walk, message

BATCH = """
import sys
from pathlib import Path
from tests.collector.test_ingest import Walk, message
walk = Walk(Path(sys.argv[1]))
walk.inlet.bring(message())
walk.run()
"""
STORED = {"": 3, "written": 3, "kept": 3, "receipted": 3, "acked": 3}
NOTED = {"": 1, "written": 0, "kept": 1, "receipted": 1, "acked": 1}


@pytest.mark.parametrize("step", STORED)
def test_a_crash_at_any_step_costs_only_a_repeat(tmp_path: Path, step: str) -> None:
    """The process ends there with 137; the same message again leaves each reading once."""
    ended = subprocess.run(
        [sys.executable, "-c", BATCH, str(tmp_path)],
        env={**os.environ, CRASH_AT: step, "PYTHONPATH": os.getcwd()},
        timeout=120,
    )
    assert ended.returncode == (EXIT_CODE if step else 0)
    walk = Walk(tmp_path)
    assert len(walk.stored()) == STORED[step]
    assert len(walk.dirty()) == NOTED[step]
    walk.inlet.bring(message())
    assert walk.run().readings_stored == 3
    assert len(walk.stored()) == 3
    assert walk.state.received.ranges("pi-1", "e1") == ((1, 3),)
    walk.store.close()
    walk.state.database.close()

"""What the trials of the edge wait for."""

from __future__ import annotations

from tests.faults.outbox_file import depth
from tests.faults.plant import Works
from tests.faults.processes import until

BACK_WITHIN_S = 30.0
"""A start of Python, its libraries and the check of the file, on a machine with much else to do."""


def more_is_committed(works: Works) -> None:
    """Wait until the agent has committed a reading that is newer than all in its outbox."""
    before = depth(works.edge_folder)
    last = before.last if before else 0

    def grown() -> bool:
        now = depth(works.edge_folder)
        return now is not None and now.last > last

    until(grown, BACK_WITHIN_S, "the agent commits", works.last_lines)

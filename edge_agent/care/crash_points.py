"""For tests: end the process between two steps of taking over settings, as a power cut would.

``MIERUKA_CARE_CRASH_AT`` names the step: ``kept`` (what was before is on the disk), ``noted`` (so
is what is about to happen), ``replaced`` (the file is the new one), ``trial``, ``going-back``,
``put-back``. Nothing happens while it is not set.
"""

from __future__ import annotations

import os

CRASH_AT = "MIERUKA_CARE_CRASH_AT"
EXIT_CODE = 137
"""What a shell sees of a process that was killed."""
_at = os.environ.get(CRASH_AT, "")


def crash_point(step: str) -> None:
    """End the process at once where the environment names this step."""
    if _at == step:
        os._exit(EXIT_CODE)

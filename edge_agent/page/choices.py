"""What a person may choose from, in words. PURE."""

from __future__ import annotations

from edge_agent.words import Said, said

WIRINGS: list[tuple[str, str]] = [
    ("", said("not known")),
    ("3P4W", said("three-phase, four wires")),
    ("3P3W", said("three-phase, three wires")),
    ("1P3W", said("single-phase, three wires")),
    ("1P2W", said("single-phase, two wires")),
]
SEVERITY: dict[str, Said] = {
    "fault": said("Wrong"),
    "check": said("To be checked"),
    "note": said("To know"),
}

"""Every verb of `edge-agent`: to add one is to add a row. Only the rows are loaded at first."""

from __future__ import annotations

from edge_agent.process.lazy import Verb

VERBS = (
    Verb(
        *("check", "edge_agent.commands.checking.check"),
        help="Look for faults in the settings and the profiles they name; tell all of them.",
    ),
    Verb(
        *("read", "edge_agent.commands.reading.read"),
        help="Read meters once, now, and show their values; nothing is sent or kept.",
    ),
    Verb(
        *("run", "edge_agent.commands.running.run"),
        help="Read meters and send their readings until SIGTERM or Ctrl-C.",
    ),
    Verb(
        *("profiles", "edge_agent.commands.models.profiles"),
        help="List the meter models that come with the agent.",
    ),
    Verb(
        *("doctor", "edge_agent.doctor.command.doctor"),
        help="Measure disk, clock, broker and links; say what they promise and what to do.",
    ),
)

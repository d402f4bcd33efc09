"""Every verb of `edge-agent`: to add one is to add a row. Only the rows are loaded at first."""

from __future__ import annotations

from edge_agent.process.lazy import Verb

VERBS = (
    Verb(
        *("init", "edge_agent.commands.init.init"),
        help="Ask what a new agent must know, try it, and write its settings; or add meters to "
        "them.",
    ),
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
        *("commission", "edge_agent.commands.commissioning.commission"),
        help="Run as `run` does, with the commissioning page on: a phone sets up meters.",
    ),
    Verb(
        *("profile", "edge_agent.commands.models.app"),
        help="The meter models: list, show one, check a file.",
    ),
    Verb(
        *("scan", "edge_agent.commands.scanning.scan"),
        help="Find the units on serial lines and in address ranges, and say what they are.",
    ),
    Verb(
        *("identify", "edge_agent.commands.identifying.identify"),
        help="Ask a meter what it is: by its identity registers, and by whether its values make "
        "sense.",
    ),
    Verb(
        *("wiring", "edge_agent.commands.wiring.wiring"),
        help="Read meters several times, and say whether they are wired rightly, by which figures.",
    ),
    Verb(
        *("capture", "edge_agent.commands.capturing.capture"),
        help="Keep what one meter answers, and the values it makes, as a test case in a folder.",
    ),
    Verb(
        *("listen", "edge_agent.commands.listening.listen"),
        help="Show what another master reads on a serial line, and how units answer; send nothing.",
    ),
    Verb(
        *("enrol", "edge_agent.commands.enrolling.enrol"),
        help="Get this agent's certificate with a one-time token, and write it into the settings.",
    ),
    Verb(
        *("update", "edge_agent.commands.updating.app"),
        help="Signed packages on this machine: look at one, unpack one, tell how an update stands.",
    ),
    Verb(
        *("doctor", "edge_agent.doctor.command.doctor"),
        help="Measure disk, clock, broker and links; say what they promise and what to do.",
    ),
    Verb(
        *("demand", "edge_agent.commands.demand.demand"),
        help="Tell how the demand stands in the running agent, or would have stood on past days.",
    ),
)

"""Every verb of `collector`: to add one is to add a row. Only the rows are loaded at first."""

from __future__ import annotations

from edge_agent.process.lazy import Verb

VERBS = (
    Verb(
        *("check", "collector.commands.check.check"),
        help="Look for faults: all of the settings, then store, broker and CO2 factors.",
    ),
    Verb(
        *("doctor", "collector.doctor.command.doctor"),
        help="Measure disk, clock, broker and database; say what they promise and what to do.",
    ),
    Verb("run", "collector.commands.run.run", "Collect until SIGTERM or Ctrl-C."),
    Verb("bridge", "collector.commands.bridge.app", "From the MQTT broker to Kafka."),
    Verb(
        *("summarise", "collector.commands.summarise.summarise"),
        help="Bring the totals up to date; with --from or --to, compute those days again.",
    ),
    Verb(
        *("boards", "collector.commands.boards.app"),
        help="Grafana's boards, alerts and access: plan, apply, export, remove.",
    ),
    Verb(
        *("recompute", "collector.commands.recompute.recompute"),
        help="Book CO2 anew with the contracts and factors held now; closed periods keep their"
        " figures.",
    ),
    Verb(
        *("energy", "collector.commands.energy.energy"),
        help="Energy from a counter in a file: kWh, slots, days, and every decision with its"
        " reason.",
    ),
    Verb(
        *("co2", "collector.commands.co2.co2"),
        help="Tell the CO2 of KWH by every method that applies, with factor, source and status.",
    ),
    Verb(
        *("explain", "collector.commands.explain.explain"),
        help="Print the whole derivation of a period: counters, events, kWh, factors, kilograms.",
    ),
    Verb(
        *("calendar", "collector.commands.calendar.calendar"),
        help="Show which days a site works, which it is closed, and why.",
    ),
    Verb(
        *("meters", "collector.commands.meters.app"),
        help="Meters: list, events, corrections, files, balance.",
    ),
    Verb(
        *("weather", "collector.commands.weather.app"),
        help="Outdoor temperatures of a site: files taken in, listed, taken back.",
    ),
    Verb(
        *("factors", "collector.commands.factors.app"),
        help="The CO2 factors: look, check, add, import.",
    ),
    Verb(
        *("accounts", "collector.commands.accounts.app"),
        help="The energy and CO2 account of a site, to be signed.",
    ),
    Verb(
        *("findings", "collector.commands.findings.app"),
        help="Findings of a site: proposals with kWh, CO2 and yen, who has them, what came of"
        " them.",
    ),
    Verb("bill", "collector.commands.bill.app", "What energy costs, line by line, and why."),
    Verb(
        *("portfolio", "collector.commands.portfolio.portfolio"),
        help="Figures of many sites side by side: energy, CO2, cost, demand, and how it is used.",
    ),
    Verb(
        *("intensity", "collector.commands.intensity.app"),
        help="The grid's carbon intensity by the half hour: a signal for shifting load, never"
        " part of a reported total.",
    ),
    Verb(
        *("report", "collector.commands.report.report"),
        help="Make a report of a site and a period; with --list, tell which there are.",
    ),
    Verb(
        *("export", "collector.commands.export.export"),
        help="Write series of a site's meters as CSV, Parquet or the retailers' 30-minute file.",
    ),
    Verb(
        *("api", "collector.commands.api.app"),
        help="Data out over HTTP: the read-only server and its tokens.",
    ),
    Verb(
        *("backup", "collector.commands.backup.app"),
        help="Everything the collector holds into one file, beside its running; back with"
        " `restore`.",
    ),
    Verb(
        *("tenants", "collector.commands.tenants.app"),
        help="Customers: their sites, who may look, what is apart.",
    ),
    Verb(
        *("fleet", "collector.commands.fleet.app"),
        help="The agents at the plants: certificates, who belongs to the fleet, what they are"
        " asked.",
    ),
    Verb(
        *("outlet", "collector.commands.outlet.outlet"),
        help="Show what the open data say now, topic by topic, whether or not they are switched"
        " on.",
    ),
    Verb(
        *("dead-letters", "collector.commands.dead_letters.app"),
        help="Messages that could not be stored, and why.",
    ),
)

"""Parts of the fleet's board: the agents' machines and lines, the meters' wiring, lost readings."""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import (
    AGENT_STATE,
    GAP_RECORD,
    LINE_STATE,
    LOST_REASONS,
    WIRING_STATE,
)
from grafana.influxql import RANGE, SITES
from grafana.look import (
    BLUE,
    GREY,
    ORANGE,
    PLAIN,
    RAW,
    SHARE,
    SKY,
    VERMILION,
    Band,
    Column,
    Named,
    Query,
    card,
)
from grafana.panels import Panel, meters_over_time, rows
from grafana.panels.alarms import coloured_cells
from grafana.panels.shown_names import AGENT, LINE, series_shortened, without
from grafana.words import Words

BYTES, CELSIUS, MILLISECONDS = "decbytes", "celsius", "ms"
BOTH = 'GROUP BY "site", "meter"'
HOT_CELSIUS = 75
"""A Raspberry Pi slows itself down from 80 °C on (its makers' documentation)."""
LEAST_DISK_BYTES, LEAST_MEMORY_BYTES = 1e9, 5e7
FAULTS = (
    "reversed_ct", "swapped_phases", "ct_on_wrong_phase", "wrong_ct_ratio", "wrong_vt_ratio",
    "missing_voltage", "unbalanced_sums", "pf_sign", "energy_vs_power", "parent_vs_children",
    "rotation", "single_phase_on_three",
)  # fmt: skip
"""What an agent may find at a meter, by the names it gives."""


def machines(words: Words) -> Iterator[Panel]:
    """The boards the agents run on, and how hot they are."""
    yield _machines(words)
    yield _heat(words)
    yield _free_memory(words)


def _machines(words: Words) -> Panel:
    written = 'max("disk_written_bytes") - min("disk_written_bytes")'
    low, hot = Band(0, LEAST_DISK_BYTES, "", VERMILION), Band(HOT_CELSIUS, 200, "", VERMILION)
    columns = (
        Column("Time", words("fleet.column.at"), hidden=True),
        Column("site", words("fleet.column.site")),
        Column("meter", words("fleet.column.agent"), rewritten=without(AGENT)),
        Column("software", words("fleet.column.software")),
        Column("uptime", words("fleet.column.uptime"), words("unit.days"), 1),
        Column("disk", words("fleet.column.disk"), BYTES, 1, bands=(low,)),
        Column("written", words("fleet.column.written"), BYTES, 1),
        Column("memory", words("fleet.column.memory"), BYTES),
        Column("free", words("fleet.column.free"), BYTES),
        Column("heat", words("fleet.column.heat"), CELSIUS, bands=(hot,)),
    )
    fields = (
        'last("software") AS "software", last("uptime_s") / 86400 AS "uptime", '
        f'last("disk_free_bytes") AS "disk", {written} AS "written", '
        'last("memory_bytes") AS "memory", last("memory_free_bytes") AS "free", '
        'last("board_celsius") AS "heat"'
    )
    text = f'SELECT {fields} FROM "{AGENT_STATE}" WHERE {SITES} AND {RANGE} {BOTH}'
    empty = "fleet.untold.empty"
    shown = card(words, "fleet.machines", PLAIN, (24, 7), empty=empty, window="24h")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns)
    return coloured_cells(table, "disk", "heat")


def _each(fields: str, measurement: str) -> str:
    each = 'GROUP BY time(30m), "site", "meter" fill(null)'
    return f'SELECT {fields} FROM "{measurement}" WHERE {SITES} AND {RANGE} {each}'


def _heat(words: Words) -> Panel:
    empty = "fleet.heat.empty"
    shown = card(words, "fleet.heat", CELSIUS, (12, 7), empty=empty, window="24h", decimals=0)
    query = Query(_each('max("board_celsius")', AGENT_STATE), "$tag_site $tag_meter", RAW)
    return series_shortened(meters_over_time(shown, query), AGENT)


def _free_memory(words: Words) -> Panel:
    empty = "fleet.untold.empty"
    shown = card(words, "fleet.free", BYTES, (12, 7), empty=empty, window="24h")
    query = Query(_each('min("memory_free_bytes")', AGENT_STATE), "$tag_site $tag_meter", RAW)
    return series_shortened(meters_over_time(shown, query), AGENT)


def lines(words: Words) -> Panel:
    """Each line: how full, how often asked in vain."""
    bad = Band(0.05, 1.01, "", VERMILION)
    asked = 'last("answers") + last("timeouts") + last("bad_answers")'
    columns = (
        Column("Time", words("fleet.column.at"), hidden=True),
        Column("site", words("fleet.column.site")),
        Column("meter", words("fleet.column.line"), rewritten=without(LINE)),
        Column("load", words("fleet.column.load"), SHARE),
        Column("failed", words("fleet.column.failed"), SHARE, 1, bands=(bad,)),
        Column("bad", words("fleet.column.bad"), SHARE, 1),
        Column("left", words("fleet.column.left"), SHARE, 1),
        Column("latency", words("fleet.column.latency"), MILLISECONDS),
    )
    fields = (
        f'last("load") AS "load", (last("timeouts") + last("bad_answers")) / ({asked}) AS "failed",'
        f' last("bad_answers") / ({asked}) AS "bad", last("left_out") / last("due") AS "left",'
        ' last("latency_ms") AS "latency"'
    )
    text = f'SELECT {fields} FROM "{LINE_STATE}" WHERE {SITES} AND {RANGE} {BOTH}'
    shown = card(words, "fleet.lines", PLAIN, (24, 7), empty="fleet.bus.empty", window="1h")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns, largest="failed")
    return coloured_cells(table, "failed")


def wiring(words: Words) -> Panel:
    """Each meter's wiring, the worst first."""
    kinds = (
        Named("sound", words("fleet.verdict.sound"), BLUE),
        *(Named(kind, words(f"fleet.verdict.{kind}"), VERMILION) for kind in FAULTS),
    )
    load = (
        Band(0, 0.5, words("fleet.load.little"), GREY),
        Band(0.5, 1.5, words("fleet.load.enough"), BLUE),
    )
    columns = (
        Column("Time", words("fleet.column.at"), hidden=True),
        Column("site", words("fleet.column.site")),
        Column("meter", words("column.meter")),
        Column("kind", words("fleet.column.wiring"), names=kinds),
        Column("phases", words("fleet.column.phases")),
        Column("faults", words("fleet.column.faults"), PLAIN),
        Column("checks", words("fleet.column.checks"), PLAIN),
        Column("enough_load", words("fleet.column.judged"), bands=load),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[3:])
    newest = f"{BOTH} ORDER BY time DESC LIMIT 1"
    text = f'SELECT {fields} FROM "{WIRING_STATE}" WHERE {SITES} AND {RANGE} {newest}'
    empty = "fleet.wiring.empty"
    shown = card(words, "fleet.wiring", PLAIN, (24, 8), empty=empty, window="24h")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns, largest="faults")
    return coloured_cells(table, "kind")


def lost(words: Words) -> Panel:
    """Readings that will never come, by what the agents' numbered gap records say."""
    why = tuple(
        Named(one, words(f"fleet.reason.{one}"), SKY if one == "thinned" else ORANGE)
        for one in LOST_REASONS
    )
    columns = (
        Column("Time", words("fleet.column.told"), "time:YYYY-MM-DD HH:mm"),
        Column("site", words("fleet.column.site")),
        Column("meter", words("fleet.column.agent"), rewritten=without(AGENT)),
        Column("readings", words("fleet.column.lost"), PLAIN),
        Column("reason", words("fleet.column.reason"), names=why),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    which = f"{SITES} AND {RANGE} ORDER BY time DESC LIMIT 50"
    text = f'SELECT {fields} FROM "{GAP_RECORD}" WHERE {which}'
    shown = card(words, "fleet.lost", PLAIN, (24, 7), empty="fleet.lost.empty")
    return rows(shown, Query(text, shown.title, table=True), columns)

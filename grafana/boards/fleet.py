"""The fleet: agents, meters, buses, what came and what did not, over all sites.

The first board a support engineer opens. States are those the collector writes every minute (raw
bucket), so that silence shows as a figure and not as a line that ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import AGENT_STATE
from collector.storage.schema import COMPLETENESS, ENERGY_1D, READING, STALENESS
from grafana import machines
from grafana.influxql import RANGE, SITES, ZONE
from grafana.look import (
    BLUE,
    COUNT,
    GREY,
    PLAIN,
    RAW,
    SECONDS,
    SHARE,
    SKY,
    VERMILION,
    Band,
    Column,
    Named,
    Query,
    Series,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    Row,
    Variable,
    bars_over_time,
    choice,
    figure,
    heading,
    meters_over_time,
    rows,
    states,
)
from grafana.panels.alarms import coloured_cells, figure_at_least
from grafana.panels.shown_names import AGENT, COLLECTOR, series_shortened, without
from grafana.quality import known_bands
from grafana.words import Words

UID = "mieruka-fleet"
BYTES, MILLISECONDS = "decbytes", "ms"
SITE_AND_METER = "$tag_site $tag_meter"
BOTH = 'GROUP BY "site", "meter"'
NEWEST = f"{BOTH} ORDER BY time DESC LIMIT 1"
AGE = '"{}" / 60 AS "age"'
"""An age in minutes: Grafana's own unit for seconds speaks English only."""
METERS = f'{SITES} AND "meter" !~ /^_/'
COLLECTORS = f'{SITES} AND "meter" =~ /^_collector_/'
REASONS = {"meter_fault": VERMILION, "agent_offline": GREY, "stale": SKY, "never": BLUE}
STATES = {"ok": BLUE, **REASONS, "unknown": GREY}
LEAST_CERTIFICATE_DAYS, LEAST_DISK_BYTES, MOST_OFFSET_S, MOST_OUTBOX_DAYS = 30, 1e9, 2, 1


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("fleet.title"),
        about=words("fleet.about"),
        tags=("mieruka", "fleet", words.language),
        variables=(sites_picker(words),),
        panels=tuple(_panels(words)),
        scope="fleet",
        shows="now-6d/d",
    )


def sites_picker(words: Words) -> Variable:
    """Let the reader choose sites; all at first."""
    values = f'SHOW TAG VALUES FROM "{ENERGY_1D}" WITH KEY = "site"'
    return choice("site", words("sites"), values, "all")


def _panels(words: Words) -> Iterator[Row | Panel]:
    yield heading(words("fleet.row.now"))
    yield from _now(words)
    yield heading(words("fleet.row.worst"))
    yield from _worst(words)
    yield heading(words("fleet.row.agents"))
    yield _agents(words)
    yield _online(words)
    yield _waiting(words)
    yield heading(words("fleet.row.machines"))
    yield from machines.machines(words)
    yield heading(words("fleet.row.meters"))
    yield _meters(words)
    yield _ages(words)
    yield _reasons(words)
    yield heading(words("fleet.row.bus"))
    yield machines.lines(words)
    yield _bus(words)
    yield _latency(words)
    yield heading(words("fleet.row.wiring"))
    yield machines.wiring(words)
    yield heading(words("row.quality"))
    yield _complete(words)
    yield _gaps(words)
    yield _collectors(words)
    yield machines.lost(words)


def _each_newest(expression: str) -> str:
    """Of each agent the newest value, as ``x``: once, however many sites it reads for."""
    newest = f'SELECT {expression} AS "x" FROM "{AGENT_STATE}" WHERE {SITES} AND {RANGE}'
    return f'{newest} GROUP BY "meter"'


def _over_agents(how: str, expression: str) -> str:
    return f'SELECT {how}("x") FROM ({_each_newest(expression)}) WHERE {RANGE}'


def _states(words: Words) -> tuple[Named, ...]:
    return tuple(Named(one, words(f"state.{one}"), colour) for one, colour in STATES.items())


def _over_meters(also: str = "") -> str:
    each = f'SELECT last("age_s") AS "age", "state" FROM "{STALENESS}" WHERE {METERS}'
    return f'SELECT count("age") FROM ({each} AND {RANGE} {BOTH}) WHERE {also}{RANGE}'


def _now(words: Words) -> Iterator[Panel]:
    for name, text, alarm in (
        ("away", _over_agents("sum", '1 - last("online")'), 1),
        ("heard", _over_meters("\"state\" = 'ok' AND "), None),
        ("expected", _over_meters(), None),
        ("holes", _over_agents("sum", 'last("holes")'), 1),
    ):
        empty = "fleet.meters.empty" if alarm is None else "fleet.agents.empty"
        shown = card(words, f"fleet.{name}", COUNT, (6, 4), empty=empty, window="15m", decimals=0)
        yield figure(shown, Query(text, shown.title, RAW), alarm=alarm)


def _worst(words: Words) -> Iterator[Panel]:
    untold = "fleet.untold.empty"
    days, seconds = words("unit.days"), words("unit.seconds")
    for name, unit, text, most in (
        ("outbox", days, _over_agents("max", 'last("outbox_days")'), MOST_OUTBOX_DAYS),
        ("clock", seconds, _over_agents("max", 'abs(last("clock_offset_s"))'), MOST_OFFSET_S),
    ):
        shown = card(words, f"fleet.{name}", unit, (6, 4), empty=untold, window="15m", decimals=1)
        yield figure(shown, Query(text, shown.title, RAW), alarm=most)
    for name, unit, field, least in (
        ("certificate", days, "certificate_days", LEAST_CERTIFICATE_DAYS),
        ("disk", BYTES, "disk_free_bytes", LEAST_DISK_BYTES),
    ):
        shown = card(words, f"fleet.{name}", unit, (6, 4), empty=untold, window="15m", decimals=1)
        text = _over_agents("min", f'last("{field}")')
        yield figure_at_least(shown, Query(text, shown.title, RAW), least)


def _agents(words: Words) -> Panel:
    days, seconds = words("unit.days"), words("unit.seconds")
    link = (
        Band(0, 0, words("fleet.offline"), VERMILION),
        Band(1, 1, words("fleet.online"), BLUE),
    )
    kept = (
        Band(0, 0, words("fleet.clock.free"), VERMILION),
        Band(1, 1, words("fleet.clock.kept"), BLUE),
    )
    columns = (
        Column("Time", words("fleet.column.at"), "time:YYYY-MM-DD HH:mm"),
        Column("site", words("fleet.column.site")),
        Column("meter", words("fleet.column.agent"), rewritten=without(AGENT)),
        Column("online", words("fleet.column.online"), bands=link, width_px=80),
        Column("age", words("fleet.column.age"), words("unit.minutes"), 1, width_px=180),
        Column("holes", words("fleet.column.holes"), COUNT, width_px=110),
        Column("outbox_rows", words("fleet.column.rows"), PLAIN, width_px=110),
        Column("outbox_days", words("fleet.column.days"), days, 1, width_px=120),
        Column("dropped", words("fleet.column.dropped"), PLAIN, width_px=110),
        Column("clock_kept", words("fleet.column.kept"), bands=kept, width_px=100),
        Column("clock_offset_s", words("fleet.column.clock"), seconds, 1, width_px=110),
        Column("certificate_days", words("fleet.column.certificate"), days, width_px=120),
    )
    others = ", ".join(f'"{column.field}"' for column in columns[5:])
    fields = f'"online", {AGE.format("newest_age_s")}, {others}'
    text = f'SELECT {fields} FROM "{AGENT_STATE}" WHERE {SITES} AND {RANGE} {NEWEST}'
    empty = "fleet.agents.empty"
    shown = card(words, "fleet.table", PLAIN, (24, 8), empty=empty, window="24h")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns, largest="age")
    return coloured_cells(table, "online", "clock_kept")


def _by_half_hour(fields: str, measurement: str, whose: str = SITES) -> str:
    each = 'GROUP BY time(30m), "site", "meter" fill(null)'
    return f'SELECT {fields} FROM "{measurement}" WHERE {whose} AND {RANGE} {each}'


def _online(words: Words) -> Panel:
    bands = (
        Band(0, 0.5, words("fleet.offline"), VERMILION),
        Band(0.5, 1, words("fleet.online"), BLUE),
    )
    empty = "fleet.agents.empty"
    shown = card(words, "fleet.online", COUNT, (12, 8), empty=empty, window="24h")
    text = _by_half_hour('min("online")', AGENT_STATE)
    return series_shortened(states(shown, Query(text, SITE_AND_METER, RAW), bands), AGENT)


def _waiting(words: Words) -> Panel:
    empty = "fleet.untold.empty"
    shown = card(words, "fleet.waiting", PLAIN, (12, 8), empty=empty, window="24h")
    text = _by_half_hour('max("outbox_rows")', AGENT_STATE)
    return series_shortened(meters_over_time(shown, Query(text, SITE_AND_METER, RAW)), AGENT)


def _meters(words: Words) -> Panel:
    minutes, seconds = words("unit.minutes"), words("unit.seconds")
    columns = (
        Column("Time", words("fleet.column.at"), "time:YYYY-MM-DD HH:mm"),
        Column("site", words("fleet.column.site")),
        Column("meter", words("column.meter")),
        Column("state", words("fleet.column.state"), names=_states(words)),
        Column("age", words("fleet.column.age"), minutes, 1),
        Column("lag_s", words("fleet.column.lag"), seconds, 1),
        Column("interval_s", words("fleet.column.interval"), seconds),
    )
    fields = f'"state", {AGE.format("age_s")}, "lag_s", "interval_s"'
    text = f'SELECT {fields} FROM "{STALENESS}" WHERE {METERS} AND {RANGE} {NEWEST}'
    empty = "fleet.meters.empty"
    shown = card(words, "fleet.silence", PLAIN, (24, 10), empty=empty, window="15m")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns, largest="age")
    return coloured_cells(table, "state")


def _ages(words: Words) -> Panel:
    bands = (
        Band(0, 300, words("fleet.age.fresh"), BLUE),
        Band(300, 3600, words("fleet.age.late"), SKY),
        Band(3600, 1e12, words("fleet.age.silent"), VERMILION),
    )
    empty = "fleet.meters.empty"
    shown = card(words, "fleet.ages", SECONDS, (12, 10), empty=empty, window="24h")
    text = _by_half_hour('max("age_s")', STALENESS, METERS)
    return states(shown, Query(text, SITE_AND_METER, RAW), bands)


def _reasons(words: Words) -> Panel:
    series = []
    for state, colour in REASONS.items():
        name, whose = words(f"state.{state}"), f"{METERS} AND \"state\" = '{state}'"
        counted = f'SELECT count("age_s") FROM "{STALENESS}" WHERE {whose} AND {RANGE}'
        query = Query(f"{counted} GROUP BY time(30m) fill(0)", name, RAW)
        series.append(Series(name, colour, query))
    empty = "fleet.meters.empty"
    minutes = words("unit.minutes")
    shown = card(words, "fleet.reasons", minutes, (12, 10), empty=empty, window="12h")
    return bars_over_time(shown, series, stacked=True)


def _bus(words: Words) -> Panel:
    answers, timeouts, bad = (
        f'last("modbus_{what}_count")' for what in ("answers", "timeouts", "bad_answers")
    )
    failed = f'({timeouts} + {bad}) / ({answers} + {timeouts} + {bad}) AS "failed"'
    fields = f'last("modbus_latency_ms") AS "latency", {failed}, {answers} AS "answers"'
    columns = (
        Column("Time", words("fleet.column.at"), hidden=True),
        Column("site", words("fleet.column.site")),
        Column("meter", words("column.meter")),
        Column("failed", words("fleet.column.failed"), SHARE, 1),
        Column("latency", words("fleet.column.latency"), MILLISECONDS),
        Column("answers", words("fleet.column.answers"), PLAIN),
    )
    text = f'SELECT {fields} FROM "{READING}" WHERE {METERS} AND {RANGE} {BOTH}'
    shown = card(words, "fleet.bus", PLAIN, (12, 8), empty="fleet.bus.empty", window="1h")
    return rows(shown, Query(text, shown.title, RAW, table=True), columns, largest="failed")


def _latency(words: Words) -> Panel:
    empty = "fleet.bus.empty"
    shown = card(words, "fleet.latency", MILLISECONDS, (12, 8), empty=empty, window="24h")
    text = _by_half_hour('mean("modbus_latency_ms")', READING, METERS)
    return meters_over_time(shown, Query(text, SITE_AND_METER, RAW))


def _complete(words: Words) -> Panel:
    daily = f'SELECT mean("share") FROM "{COMPLETENESS}" WHERE {METERS} AND {RANGE}'
    text = f'{daily} GROUP BY time(1d), "site", "meter" fill(null) {ZONE}'
    # A year of days of a hundred meters would be too much to send, and to see.
    empty = "complete.empty"
    shown = card(words, "fleet.complete", SHARE, (24, 9), empty=empty, window="31d")
    return states(shown, Query(text, SITE_AND_METER), known_bands(words))


def _gaps(words: Words) -> Panel:
    columns = (
        Column("Time", words("fleet.column.day"), "time:YYYY-MM-DD"),
        Column("site", words("fleet.column.site")),
        Column("meter", words("column.meter")),
        Column("gap", words("fleet.column.gap"), PLAIN),
        Column("late", words("fleet.column.late"), PLAIN),
        Column("minutes", words("fleet.column.longest"), words("unit.minutes")),
        Column("share", words("fleet.column.share"), SHARE, 1),
    )
    fields = '"site", "meter", "gap", "late", "longest_gap_s" / 60 AS "minutes", "share"'
    which = f'{METERS} AND "gap" > 0 AND {RANGE} ORDER BY time DESC LIMIT 50'
    shown = card(words, "fleet.gaps", PLAIN, (14, 8), empty="fleet.gaps.empty")
    text = f'SELECT {fields} FROM "{COMPLETENESS}" WHERE {which}'
    return rows(shown, Query(text, shown.title, table=True), columns)


def _collectors(words: Words) -> Panel:
    columns = (
        Column("Time", words("fleet.column.at"), "time:YYYY-MM-DD HH:mm", width_px=150),
        Column("site", words("fleet.column.site")),
        Column("meter", words("fleet.column.collector"), rewritten=without(COLLECTOR)),
        Column("state", words("fleet.column.state"), names=_states(words), width_px=110),
        Column("age", words("fleet.column.age"), words("unit.minutes"), 1, width_px=140),
    )
    fields = f'"state", {AGE.format("age_s")}'
    text = f'SELECT {fields} FROM "{STALENESS}" WHERE {COLLECTORS} AND {RANGE} {NEWEST}'
    empty = "fleet.collectors.empty"
    shown = card(words, "fleet.collectors", PLAIN, (10, 8), empty=empty, window="24h")
    table = rows(shown, Query(text, shown.title, RAW, table=True), columns)
    return coloured_cells(table, "state")

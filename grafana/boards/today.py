"""Today: a screen on the plant's wall. Power and demand now, today against a usual day.

The demand of the running half hour is forecast by the collector each minute; whoever walks past
sees whether the half hour will stay below target and what is running.
"""

from __future__ import annotations

from collector.storage.figure_schema import DEMAND_NOW, MONTH_FIGURES, TYPICAL_SLOT
from collector.storage.schema import ENERGY_1D, READING, STALENESS
from grafana.influxql import (
    CIRCUITS,
    METERS,
    RANGE,
    TIME_ZONE,
    demand_entries,
    of_site,
    site_pickers,
)
from grafana.look import (
    BLUE,
    COST_WHOLE,
    COUNT,
    GREY,
    KILOGRAMS,
    KW,
    KWH,
    PLAIN,
    RAW,
    SHARE,
    TEXT,
    VERMILION,
    Band,
    Column,
    Named,
    Query,
    Series,
    card,
)
from grafana.panels import Page, Panel, bars_over_time, dial, figure, heading, rows
from grafana.quality import quality_row
from grafana.slots import demand_bars
from grafana.words import Words

UID = "mieruka-today"
SILENT_S = 300.0
"""A meter that was not heard for so long is an alarm on the wall."""


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("today.title"),
        about=words("today.about"),
        tags=("mieruka", "today", words.language),
        variables=(*site_pickers(words), *demand_entries(words)),
        panels=(
            heading(words("today.row.now")),
            *_now(words),
            heading(words("today.row.day")),
            _usual(words),
            *_so_far(words),
            heading(words("today.row.watch")),
            _largest(words),
            _alarms(words),
            *quality_row(words, _oldest(words), _new_peak(words), within_day=True),
        ),
        time_zone=TIME_ZONE,
        shows="now/d",
        until="now/d",
        refresh="30s",
    )


def _live(fields: str) -> str:
    return of_site(fields, DEMAND_NOW)


def _now(words: Words) -> tuple[Panel, ...]:
    power = card(words, "today.power", KW, (5, 5), empty="today.live.empty", window="5m")
    forecast = card(words, "today.forecast", KW, (5, 5), empty="today.live.empty", window="5m")
    share = card(words, "today.share", SHARE, (5, 5), empty="today.contract.empty", window="5m")
    room = card(words, "today.room", KW, (5, 5), empty="today.contract.empty", window="5m")
    minutes, empty = words("unit.minutes"), "today.live.empty"
    left = card(words, "today.left", minutes, (4, 5), empty=empty, window="5m", decimals=0)
    kw = words("demand")
    against = 'last("forecast_kw") / last("contract_kw")'
    return (
        figure(power, Query(_live('last("now_kw")'), words("power"), RAW)),
        figure(forecast, Query(_live('last("forecast_kw")'), kw, RAW)),
        dial(share, Query(_live(against), kw, RAW), top=1.2, alarm=1.0),
        figure(room, Query(_live('last("shed_kw") * -1'), kw, RAW), low=True),
        figure(left, Query(_live('last("left_s") / 60'), kw, RAW)),
    )


def _usual(words: Words) -> Panel:
    expected, high, low = (
        Query(of_site(f'"{field}"', TYPICAL_SLOT), words(key))
        for field, key in (
            ("expected_kw", "today.expected"),
            ("high_kw", "today.high"),
            ("low_kw", "today.low"),
        )
    )
    series = (
        *demand_bars(words),
        Series(words("today.high"), GREY, high, edge=True, below=words("today.low")),
        Series(words("today.low"), GREY, low, edge=True),
        Series(words("today.expected"), TEXT, expected, dashed=True),
    )
    return bars_over_time(card(words, "today.usual", KW, (24, 9)), series, stacked=False)


def _so_far(words: Words) -> tuple[Panel, ...]:
    # A day's window holds one local midnight, so that an old day never poses as today.
    energy = card(words, "today.kwh", KWH, (8, 4), window="24h")
    paid = COST_WHOLE, (8, 4)
    cost = card(words, "today.cost", *paid, empty="cost.empty", window="24h", decimals=0)
    co2 = card(words, "today.co2", KILOGRAMS, (8, 4), empty="co2.empty", window="24h", decimals=0)
    return (
        figure(energy, Query(of_site('last("kwh")', ENERGY_1D), words("energy"))),
        figure(cost, Query(of_site('last("energy_cost")', ENERGY_1D), words("cost"))),
        figure(co2, Query(of_site('last("co2_kg")', ENERGY_1D), words("co2"))),
    )


def _largest(words: Words) -> Panel:
    newest = f'SELECT last("active_power_w") / 1000 AS "kw" FROM "{READING}"'
    by_meter = f'{newest} WHERE {CIRCUITS} AND {RANGE} GROUP BY "meter"'
    text = f'SELECT top("kw", "meter", 3) FROM ({by_meter}) WHERE {RANGE}'
    columns = (
        Column("Time", words("today.read_at"), "time:HH:mm:ss", hidden=True),
        Column("meter", words("column.meter")),
        Column("top", words("column.kw"), PLAIN, 1),
    )
    largest = card(words, "today.largest", PLAIN, (12, 6), empty="now.empty", window="5m")
    query = Query(text, words("power"), RAW, table=True)
    return rows(largest, query, columns, largest="top")


def _alarms(words: Words) -> Panel:
    newest = f'SELECT last("state") AS "state", "age_s" / 60 AS "age" FROM "{STALENESS}"'
    by_meter = f'{newest} WHERE {METERS} AND {RANGE} GROUP BY "meter"'
    wrong = "\"state\" != 'ok' AND \"state\" != 'unknown'"
    text = f'SELECT "state", "age" FROM ({by_meter}) WHERE {wrong} AND {RANGE} GROUP BY "meter"'
    columns = (
        Column("Time", words("today.told_at"), "time:HH:mm:ss", hidden=True),
        Column("meter", words("column.meter")),
        Column("state", words("today.state"), names=_states(words)),
        Column("age", words("today.age"), words("unit.minutes"), 0),
    )
    alarms = card(words, "today.alarms", PLAIN, (12, 6), empty="today.alarms.empty", window="5m")
    return rows(alarms, Query(text, words("today.state"), RAW, table=True), columns)


def _states(words: Words) -> tuple[Named, ...]:
    found = ("stale", "meter_fault", "agent_offline", "never")
    return tuple(Named(one, words(f"state.{one}"), VERMILION) for one in found)


def _oldest(words: Words) -> Panel:
    newest = f'SELECT last("age_s") AS "age" FROM "{STALENESS}"'
    by_meter = f'{newest} WHERE {METERS} AND {RANGE} GROUP BY "meter"'
    text = f'SELECT max("age") FROM ({by_meter}) WHERE {RANGE}'
    seconds = words("unit.seconds")
    oldest = card(words, "today.oldest", seconds, (12, 4), empty="today.oldest.empty", window="5m")
    return figure(oldest, Query(text, words("today.age"), RAW), alarm=SILENT_S)


def _new_peak(words: Words) -> Panel:
    peak = card(words, "today.new_peak", COUNT, (12, 4), empty="figures.empty", window="31d")
    bands = (Band(0, 0, words("no"), BLUE), Band(1, 1, words("today.set"), VERMILION))
    query = Query(of_site('last("new_peak")', MONTH_FIGURES), words("demand"))
    return figure(peak, query, bands=bands)

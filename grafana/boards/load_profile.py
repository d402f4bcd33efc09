"""The load profile: hour by day, typical days, duration, base load, two ranges or meters compared.

For consultants: one meter (or the whole site) at a time. All figures are stored ones; the compared
half is the same query of another meter over a shifted range.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import (
    DAY_FIGURES,
    FISCAL_FIGURES,
    LOAD_DAY,
    LOAD_DURATION_1FY,
    LOAD_DURATION_1MO,
    MONTH_FIGURES,
    TYPICAL_DAY,
)
from grafana.influxql import (
    BY_COLUMN,
    NEWEST_13,
    ONE_METER,
    RANGE,
    SITE,
    WHOLE_DAYS,
    ZONE,
    hours_of_day,
    meter_picker,
    site_picker,
    whole_hours,
)
from grafana.look import (
    BLUE,
    GREY,
    KW,
    KWH,
    PERCENT,
    PLAIN,
    RAW,
    SHARE,
    SKY,
    Column,
    Query,
    Series,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    Row,
    bars_by_period,
    curve,
    figure,
    heading,
    heat,
    lines_over_time,
    rows,
    states,
)
from grafana.panels.compared import mean_day, pick, shifted
from grafana.quality import known_bands, quality_row
from grafana.words import Words

UID = "mieruka-load-profile"
OTHER_METER = f"{SITE} AND \"meter\" = '${{other:raw}}'"
SHIFT = "${shift:raw}"
CREEP_PERCENT = 10.0
"""From this rise of the base load in 60 days on, somebody should look."""
FISCAL_YEAR, MONTH = "365d", "31d"
"""Ranges that hold one start of a fiscal year, or of a month."""


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    # Whole weeks, so that a Monday stands beside a Monday.
    shifts = {"month": "28d", "week": "7d", "year": "364d", "same": "0d"}
    options = {words(f"load_profile.shift.{name}"): value for name, value in shifts.items()}
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("load_profile.title"),
        about=words("load_profile.about"),
        tags=("mieruka", "load-profile", words.language),
        variables=(
            site_picker(words),
            meter_picker(words, label="load_profile.meter"),
            meter_picker(words, "other", "load_profile.other"),
            pick("shift", words("load_profile.shift"), options),
        ),
        panels=tuple(_panels(words)),
        shows="now-89d/d",
        refresh="15m",
    )


def _panels(words: Words) -> Iterator[Row | Panel]:
    yield heading(words("load_profile.row.year"))
    yield from _year(words)
    yield heading(words("load_profile.row.heat"))
    hours = f'SELECT {hours_of_day()} FROM "{LOAD_DAY}" WHERE {ONE_METER} AND {RANGE}'
    shown = card(words, "load_profile.heat", KW, (24, 13), empty="figures.empty")
    yield heat(shown, Query(hours, BY_COLUMN))
    yield heading(words("load_profile.row.typical"))
    yield from (_typical(words, group) for group in ("working", "off", "saturday"))
    yield _idle(words)
    yield heading(words("load_profile.row.base"))
    yield from _base(words)
    yield heading(words("load_profile.row.compare"))
    yield from _compared(words)
    yield heading(words("load_profile.row.circuits"))
    yield _circuits(words)
    yield from quality_row(words, _coverage(words))


def _newest(field: str) -> str:
    return f'SELECT last("{field}") FROM "{FISCAL_FIGURES}" WHERE {ONE_METER} AND {RANGE}'


def _year(words: Words) -> Iterator[Panel]:
    for name, field, unit in (
        ("peak", "peak_kw", KW),
        ("factor", "load_factor", SHARE),
        ("base", "base_kw", KW),
        ("creep", "base_change_percent", PERCENT),
    ):
        key = f"load_profile.{name}"
        one = card(words, key, unit, (6, 4), empty="figures.empty", window="366d", decimals=1)
        alarm = CREEP_PERCENT if name == "creep" else None
        yield figure(one, Query(_newest(field), words(f"{key}.title")), alarm=alarm)


def _typical(words: Words, group: str) -> Panel:
    names = {
        "_low": words("load_profile.low"),
        "_high": words("load_profile.high"),
        "": words("load_profile.median"),
    }
    series = []
    for part, name in names.items():
        text = f'SELECT "{group}{part}_kw" FROM "{TYPICAL_DAY}" WHERE {ONE_METER} AND {RANGE}'
        below = names["_low"] if part == "_high" else ""
        colour = SKY if part else BLUE
        query = Query(text, name, RAW)
        series.append(Series(name, colour, query, edge=bool(part), below=below, stepped=False))
    empty = "load_profile.typical.empty"
    # Stored as the newest whole day, which is yesterday.
    shown = card(words, f"load_profile.{group}", KW, (12, 8), empty=empty, window="0d/d")
    return shifted(lines_over_time(shown, series), "1d/d")


def _idle(words: Words) -> Panel:
    names = {part: words(f"load_profile.idle.{part}") for part in ("off", "night", "standby")}
    fields = ", ".join(f'"{part}_kwh" AS "{name}"' for part, name in names.items())
    colours = {"off": BLUE, "night": SKY, "standby": GREY}
    series = [Series(names[part], colour) for part, colour in colours.items()]
    shown = card(words, "load_profile.idle", KWH, (12, 8), empty="figures.empty")
    return bars_by_period(shown, _months(words, fields), series, "YYYY-MM", stacked=False)


def _months(words: Words, fields: str) -> Query:
    text = f'SELECT {fields} FROM "{MONTH_FIGURES}" WHERE {ONE_METER} {NEWEST_13}'
    return Query(text, words("column.month"), table=True)


def _base(words: Words) -> Iterator[Panel]:
    yield _trend(words)
    name = words("load_profile.factor.title")
    months = _months(words, f'"load_factor" AS "{name}"')
    factors = card(words, "load_profile.factors", SHARE, (12, 8), empty="figures.empty")
    yield bars_by_period(factors, months, (Series(name, BLUE),), "YYYY-MM")
    yield _duration(words, "month", LOAD_DURATION_1MO, MONTH)
    yield _duration(words, "year", LOAD_DURATION_1FY, FISCAL_YEAR)


def _trend(words: Words) -> Panel:
    names = {"mean_kw": words("load_profile.mean"), "base_kw": words("load_profile.base.title")}
    series = [
        Series(name, colour, Query(_of_days(f'"{field}"'), name))
        for (field, name), colour in zip(names.items(), (SKY, BLUE), strict=True)
    ]
    return lines_over_time(
        card(words, "load_profile.trend", KW, (12, 8), empty="figures.empty"), series
    )


def _duration(words: Words, part: str, measurement: str, window: str) -> Panel:
    name = words("power")
    text = f'SELECT "pct", "kw" AS "{name}" FROM "{measurement}" WHERE {ONE_METER} AND {RANGE}'
    key = f"load_profile.duration_{part}"
    shown = card(words, key, KW, (12, 8), empty="figures.empty", window=window)
    query = Query(text, name, table=True)
    return curve(shown, query, "pct", PERCENT, (Series(name, BLUE),))


def _of_days(fields: str, whose: str = ONE_METER) -> str:
    return f'SELECT {fields} FROM "{DAY_FIGURES}" WHERE {whose} AND {RANGE}'


def _compared(words: Words) -> Iterator[Panel]:
    yield _mean_day(words, "this_day", ONE_METER, BLUE)
    yield shifted(_mean_day(words, "other_day", OTHER_METER, SKY), SHIFT)
    yield _sums(words, "this_sum", ONE_METER)
    yield shifted(_sums(words, "other_sum", OTHER_METER), SHIFT)


def _mean_day(words: Words, key: str, whose: str, colour: str) -> Panel:
    text = f'SELECT {whole_hours()} FROM "{LOAD_DAY}" WHERE {whose} AND {RANGE}'
    shown = card(words, f"load_profile.{key}", KW, (12, 8), empty="load_profile.range.empty")
    name = words("load_profile.mean")
    return mean_day(shown, Query(text, name, table=True), Series(name, colour))


def _sums(words: Words, key: str, whose: str) -> Panel:
    found = {
        "mean_kw": ("mean", words("load_profile.column.mean"), PLAIN, 1),
        "peak_kw": ("max", words("column.peak"), PLAIN, 1),
        "base_kw": ("mean", words("load_profile.column.base"), PLAIN, 1),
        "load_factor": ("mean", words("load_profile.column.factor"), SHARE, 1),
        "off_hours_kwh": ("sum", words("load_profile.column.off"), PLAIN, 0),
    }
    fields = ", ".join(f'{how}("{one}") AS "{one}"' for one, (how, *_) in found.items())
    columns = [
        Column("Time", words("column.month"), hidden=True),
        *(Column(one, title, unit, digits) for one, (_, title, unit, digits) in found.items()),
    ]
    shown = card(words, f"load_profile.{key}", PLAIN, (12, 4), empty="load_profile.range.empty")
    return rows(shown, Query(_of_days(fields, whose), shown.title, table=True), columns)


def _circuits(words: Words) -> Panel:
    columns = (
        Column("Time", words("column.year"), hidden=True),
        Column("meter", words("column.meter")),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("peak_kw", words("column.peak"), PLAIN, 1),
        Column("load_factor", words("load_profile.column.factor"), SHARE, 1),
        Column("base_kw", words("load_profile.column.base"), PLAIN, 1),
        Column("base_change_percent", words("load_profile.column.creep"), PERCENT, 1),
        Column("off_kwh", words("load_profile.column.off"), PLAIN),
        Column("standby_kwh", words("load_profile.column.standby"), PLAIN),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[2:])
    newest = 'GROUP BY "meter" ORDER BY time DESC LIMIT 1'
    text = f'SELECT {fields} FROM "{FISCAL_FIGURES}" WHERE {SITE} {newest}'
    shown = card(words, "load_profile.circuits", PLAIN, (24, 9), empty="figures.empty")
    return rows(shown, Query(text, words("meter"), table=True), columns, largest="kwh")


def _coverage(words: Words) -> Panel:
    daily = f'SELECT mean("coverage") FROM "{DAY_FIGURES}" WHERE {ONE_METER} AND {WHOLE_DAYS}'
    shown = card(words, "load_profile.coverage", SHARE, (24, 5), empty="figures.empty")
    text = f"{daily} GROUP BY time(1d) fill(null) {ZONE}"
    return states(shown, Query(text, words("coverage")), known_bands(words))

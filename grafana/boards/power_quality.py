"""Power quality: power factor, voltage, unbalance, phases, harmonics where a meter sends them.

One meter at a time, from the stored half hours; only the last hour of the phases reads the raw
bucket. The limits are those of the analytics reference 1.5 (85 % power factor, NEMA MG-1, 5 % THD).
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import DAY_FIGURES, MONTH_FIGURES, POWER_QUALITY_30M
from collector.storage.schema import READING
from grafana.influxql import (
    NEWEST_13,
    ONE_METER,
    RANGE,
    SITE,
    USUAL_INCOMING,
    meter_picker,
    site_picker,
)
from grafana.look import (
    BLUE,
    COUNT,
    GREY,
    PERCENT,
    PLAIN,
    RAW,
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
    Variable,
    bars_by_period,
    bars_over_time,
    figure,
    heading,
    lines_over_time,
    rows,
)
from grafana.panels.alarms import figure_at_least
from grafana.quality import quality_row
from grafana.words import Words

UID = "mieruka-power-quality"
EMPTY, KVARH_EMPTY = "power_quality.empty", "power_quality.kvarh.empty"
HARMONICS_EMPTY = "power_quality.harmonics.empty"
VOLT, AMPERE, HERTZ = "volt", "amp", "hertz"
LEAST_FACTOR_PERCENT, MOST_UNBALANCE_PERCENT, MOST_THD_PERCENT = 85, 2, 5
PHASES = {1: BLUE, 2: SKY, 3: GREY}


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("power_quality.title"),
        about=words("power_quality.about"),
        tags=("mieruka", "power-quality", words.language),
        variables=(site_picker(words), _meter_picker(words)),
        panels=tuple(_panels(words)),
        refresh="5m",
    )


def _meter_picker(words: Words) -> Variable:
    # The whole site has no phases: a real meter is shown first.
    return meter_picker(words, label="load_profile.meter", first=USUAL_INCOMING)


def _panels(words: Words) -> Iterator[Row | Panel]:
    yield heading(words("power_quality.row.now"))
    yield from _now(words)
    yield heading(words("power_quality.row.factor"))
    yield _daily(words)
    yield _monthly(words)
    yield heading(words("power_quality.row.voltage"))
    yield _voltage(words)
    yield _unbalance(words)
    yield heading(words("power_quality.row.phases"))
    yield _phases(words, "volts", VOLT, "voltage_l{}_v")
    yield _phases(words, "amps", AMPERE, "current_l{}_a")
    yield heading(words("power_quality.row.harmonics"))
    yield _harmonics(words)
    yield _frequency(words)
    yield heading(words("power_quality.row.all"))
    yield _meters(words)
    yield from quality_row(words, _readings(words))


def _of(fields: str, measurement: str = POWER_QUALITY_30M) -> str:
    return f'SELECT {fields} FROM "{measurement}" WHERE {ONE_METER} AND {RANGE}'


def _now(words: Words) -> Iterator[Panel]:
    month = card(
        words, "power_quality.month", PERCENT, (6, 4), empty=KVARH_EMPTY, window="31d", decimals=1
    )
    factor = Query(_of('last("power_factor_percent")', MONTH_FIGURES), month.title)
    yield figure_at_least(month, factor, LEAST_FACTOR_PERCENT)
    nights = card(words, "power_quality.nights", COUNT, (6, 4), empty=KVARH_EMPTY, decimals=0)
    yield figure(nights, Query(_of('sum("leading_night")', DAY_FIGURES), nights.title), alarm=1)
    worst = card(words, "power_quality.worst", PERCENT, (6, 4), empty=EMPTY, decimals=1)
    unbalance = Query(_of('max("voltage_unbalance_percent")'), worst.title)
    yield figure(worst, unbalance, alarm=MOST_UNBALANCE_PERCENT)
    lowest = card(words, "power_quality.lowest", VOLT, (6, 4), empty=EMPTY, decimals=1)
    yield figure(lowest, Query(_of('min("voltage_min_v")'), lowest.title))


def _level(words: Words, key: str, field: str, level: float, measurement: str) -> Series:
    """A dashed line at ``level`` wherever the field is known."""
    query = Query(_of(f'"{field}" * 0 + {level}', measurement), words(key))
    return Series(words(key), GREY, query, dashed=True)


def _daily(words: Words) -> Panel:
    name, field = words("power_quality.percent"), "power_factor_percent"
    series = (
        Series(name, BLUE, Query(_of(f'"{field}"', DAY_FIGURES), name)),
        _level(words, "power_quality.floor", field, LEAST_FACTOR_PERCENT, DAY_FIGURES),
    )
    shown = card(words, "power_quality.daily", PERCENT, (12, 8), empty=KVARH_EMPTY)
    return lines_over_time(shown, series, from_zero=False)


def _monthly(words: Words) -> Panel:
    name = words("power_quality.percent")
    column = f'"power_factor_percent" AS "{name}"'
    text = f'SELECT {column} FROM "{MONTH_FIGURES}" WHERE {ONE_METER} {NEWEST_13}'
    shown = card(words, "power_quality.monthly", PERCENT, (12, 8), empty=KVARH_EMPTY)
    return bars_by_period(shown, Query(text, name, table=True), (Series(name, BLUE),), "YYYY-MM")


def _voltage(words: Words) -> Panel:
    low, high, mean = (words(f"power_quality.{part}") for part in ("min", "max", "mean"))
    series = (
        Series(low, SKY, Query(_of('"voltage_min_v"'), low), edge=True),
        Series(high, SKY, Query(_of('"voltage_max_v"'), high), edge=True, below=low),
        Series(mean, BLUE, Query(_of('"voltage_v"'), mean)),
    )
    shown = card(words, "power_quality.voltage", VOLT, (12, 8), empty=EMPTY)
    return lines_over_time(shown, series, from_zero=False)


def _unbalance(words: Words) -> Panel:
    field = "voltage_unbalance_percent"
    volts, amps = words("power_quality.of_voltage"), words("power_quality.of_current")
    series = (
        Series(volts, BLUE, Query(_of(f'"{field}"'), volts)),
        Series(amps, SKY, Query(_of('"current_unbalance_percent"'), amps)),
        _level(words, "power_quality.limit", field, MOST_UNBALANCE_PERCENT, POWER_QUALITY_30M),
    )
    shown = card(words, "power_quality.unbalance", PERCENT, (12, 8), empty=EMPTY)
    return lines_over_time(shown, series)


def _phases(words: Words, key: str, unit: str, quantity: str) -> Panel:
    series = []
    for number, colour in PHASES.items():
        name = words(f"power_quality.l{number}")
        query = Query(_of(f'"{quantity.format(number)}"', READING), name, RAW)
        series.append(Series(name, colour, query))
    empty = "power_quality.phases.empty"
    shown = card(words, f"power_quality.{key}", unit, (12, 8), empty=empty, window="1h")
    return lines_over_time(shown, series, from_zero=False)


def _harmonics(words: Words) -> Panel:
    field = "thd_voltage_percent"
    volts, amps = words("power_quality.thd_voltage"), words("power_quality.thd_current")
    series = (
        Series(volts, BLUE, Query(_of(f'"{field}"'), volts)),
        Series(amps, SKY, Query(_of('"thd_current_percent"'), amps)),
        _level(words, "power_quality.thd_limit", field, MOST_THD_PERCENT, POWER_QUALITY_30M),
    )
    shown = card(words, "power_quality.thd", PERCENT, (12, 8), empty=HARMONICS_EMPTY)
    return lines_over_time(shown, series)


def _frequency(words: Words) -> Panel:
    name = words("power_quality.frequency.title")
    series = (Series(name, BLUE, Query(_of('"frequency_hz"'), name)),)
    shown = card(words, "power_quality.frequency", HERTZ, (12, 8), empty=EMPTY, decimals=2)
    return lines_over_time(shown, series, from_zero=False)


def _meters(words: Words) -> Panel:
    found = {
        "power_factor": ("mean", words("power_quality.column.factor"), PLAIN, 2),
        "voltage_min_v": ("min", words("power_quality.column.lowest"), PLAIN, 1),
        "voltage_max_v": ("max", words("power_quality.column.highest"), PLAIN, 1),
        "voltage_unbalance_percent": ("max", words("power_quality.column.voltage"), PERCENT, 1),
        "current_unbalance_percent": ("mean", words("power_quality.column.current"), PERCENT, 1),
    }
    fields = ", ".join(f'{how}("{one}") AS "{one}"' for one, (how, *_) in found.items())
    columns = (
        Column("Time", words("column.month"), hidden=True),
        Column("meter", words("column.meter")),
        *(Column(one, title, unit, digits) for one, (_, title, unit, digits) in found.items()),
    )
    every = f'FROM "{POWER_QUALITY_30M}" WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    shown = card(words, "power_quality.meters", PLAIN, (24, 8), empty=EMPTY)
    query = Query(f"SELECT {fields} {every}", shown.title, table=True)
    return rows(shown, query, columns, largest="voltage_unbalance_percent")


def _readings(words: Words) -> Panel:
    name = words("power_quality.readings")
    series = (Series(name, BLUE, Query(_of('"readings"'), name)),)
    shown = card(words, "power_quality.readings", COUNT, (24, 6), empty=EMPTY)
    return bars_over_time(shown, series, stacked=False)

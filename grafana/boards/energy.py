"""Energy: day, month and year in the same layout, where it goes, and what runs when nobody works.

Days, months and years are the collector's totals, so they agree with each other and with reports.
"""

from __future__ import annotations

from collector.storage.figure_schema import DAY_FIGURES, FISCAL_FIGURES, MONTH_FIGURES
from collector.storage.schema import ENERGY_1D, ENERGY_1MO, READING
from grafana.influxql import (
    BY_METER,
    METERS,
    PARTS,
    RANGE,
    REST,
    SITE,
    TIME_ZONE,
    ZONE,
    newest_of_site,
    of_site,
    site_pickers,
)
from grafana.look import (
    BLUE,
    GREY,
    KW,
    KWH,
    PLAIN,
    RAW,
    SHARE,
    SKY,
    VERMILION,
    Column,
    Query,
    Series,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    bars_by_period,
    bars_over_time,
    figure,
    heading,
    lines_over_time,
    rows,
    shares,
    stack_over_time,
)
from grafana.quality import coverage_by_day, quality_row
from grafana.words import Words

UID = "mieruka-energy"
DAY, MONTH, YEAR = "24h", "31d", "366d"
"""Windows that hold one first instant of the running day, month and fiscal year."""


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("energy.title"),
        about=words("energy.about"),
        tags=("mieruka", "energy", words.language),
        variables=site_pickers(words),
        panels=(
            heading(words("energy.row.day")),
            *_day(words),
            heading(words("energy.row.month")),
            *_month(words),
            heading(words("energy.row.year")),
            *_year(words),
            heading(words("energy.row.share")),
            *_where(words),
            heading(words("energy.row.idle")),
            *_idle(words),
            *quality_row(
                words, coverage_by_day(words), _remainder(words), _last(words), _trace(words)
            ),
        ),
        time_zone=TIME_ZONE,
        shows="now-30d/d",
    )


def _figure(
    words: Words, key: str, text: str, unit: str, window: str, empty: str = "figures.empty"
) -> Panel:
    shown = card(words, key, unit, (6, 4), empty=empty, window=window)
    return figure(shown, Query(text, words(f"{key}.title")))


def _day(words: Words) -> tuple[Panel, ...]:
    def day(key: str, field: str, measurement: str, unit: str) -> Panel:
        return _figure(words, key, of_site(f'last("{field}")', measurement), unit, DAY)

    usual = Query(of_site('"expected_kwh"', DAY_FIGURES), words("energy.usual"))
    return (
        day("energy.today", "kwh", ENERGY_1D, KWH),
        day("energy.expected", "expected_kwh", DAY_FIGURES, KWH),
        day("energy.day_peak", "peak_kw", DAY_FIGURES, KW),
        day("energy.day_base", "base_kw", DAY_FIGURES, KW),
        _daily(words, usual),
    )


def _month(words: Words) -> tuple[Panel, ...]:
    return (
        *_against(words, "month", MONTH_FIGURES, MONTH),
        _compared(words, "energy.months", MONTH_FIGURES, "YYYY-MM"),
    )


def _year(words: Words) -> tuple[Panel, ...]:
    return (
        *_against(words, "year", FISCAL_FIGURES, YEAR),
        _compared(words, "energy.years", FISCAL_FIGURES, words("year.format")),
    )


def _against(words: Words, name: str, measurement: str, window: str) -> tuple[Panel, ...]:
    def of(key: str, fields: str, unit: str) -> Panel:
        empty = "energy.before.empty" if key else "figures.empty"
        text = of_site(fields, measurement)
        return _figure(words, f"energy.{name}{key}", text, unit, window, empty)

    return (
        of("", 'last("kwh")', KWH),
        of("_before", 'last("kwh_last_year")', KWH),
        of("_change", 'last("kwh") / last("kwh_last_year") - 1', SHARE),
        of("_target", 'last("kwh") / last("kwh_target")', SHARE),
    )


def _daily(words: Words, usual: Query) -> Panel:
    measured, estimated, name = words("measured"), words("estimated"), words("energy.usual")
    solid = Query(of_site('"kwh" - "estimated_kwh"', ENERGY_1D), measured)
    pale = Query(of_site('"estimated_kwh"', ENERGY_1D), estimated)
    series = (
        Series(measured, BLUE, solid),
        Series(estimated, SKY, pale),
        Series(name, GREY, usual, dashed=True),
    )
    return bars_over_time(card(words, "energy.days", KWH, (24, 8)), series, stacked=True)


def _compared(words: Words, key: str, measurement: str, period: str) -> Panel:
    """Months or years with the year before and the target beside each."""
    fields = {
        "kwh_last_year": Series(words("last_year"), GREY),
        "kwh": Series(words("energy"), BLUE),
        "kwh_target": Series(words("target"), SKY),
    }
    columns = ", ".join(f'"{field}" AS "{one.name}"' for field, one in fields.items())
    query = Query(newest_of_site(columns, measurement), words("energy"), table=True)
    shown = card(words, key, KWH, (24, 8), empty="figures.empty")
    return bars_by_period(shown, query, tuple(fields.values()), period, stacked=False)


def _where(words: Words) -> tuple[Panel, ...]:
    sums = f'SELECT sum("kwh") AS "kwh" FROM "{ENERGY_1D}" WHERE {PARTS} AND {RANGE}'
    # A ring cannot show less than nothing; a negative remainder alarms in the quality row.
    ring = f'SELECT "kwh" FROM ({sums} GROUP BY "meter") WHERE "kwh" > 0 AND {RANGE}'
    days = f'SELECT sum("kwh") FROM "{ENERGY_1D}" WHERE {PARTS} AND {RANGE}'
    daily = f'{days} GROUP BY time(1d), "meter" fill(none) {ZONE}'
    rest = Series(words("unmeasured"), GREY)
    share = card(words, "energy.share", KWH, (10, 10), empty="energy.share.empty")
    stack = card(words, "energy.stack", KWH, (14, 10), empty="energy.share.empty")
    return (
        shares(share, Query(f'{ring} GROUP BY "meter"', BY_METER), rest),
        stack_over_time(stack, Query(daily, BY_METER), rest),
        _tree(words),
    )


def _tree(words: Words) -> Panel:
    columns = (
        Column("Time", words("column.month"), "time:YYYY-MM", width_px=90),
        Column("meter", words("column.meter")),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("kwh_last_year", words("energy.column.before"), PLAIN),
        Column("peak_kw", words("column.peak"), PLAIN, 1),
        Column("load_factor", words("energy.column.load_factor"), SHARE),
        Column("night_kwh", words("energy.column.night"), PLAIN),
        Column("off_kwh", words("energy.column.off"), PLAIN),
        Column("standby_kwh", words("energy.column.standby"), PLAIN),
    )
    others = ", ".join(f'"{column.field}"' for column in columns[3:])
    newest = f'SELECT last("kwh") AS "kwh", {others} FROM "{MONTH_FIGURES}"'
    text = f'{newest} WHERE {METERS} AND {RANGE} GROUP BY "meter"'
    tree = card(words, "energy.tree", PLAIN, (24, 8), empty="figures.empty", window=MONTH)
    query = Query(text, words("column.meter"), table=True)
    return rows(tree, query, columns, largest="kwh")


def _idle(words: Words) -> tuple[Panel, ...]:
    def share(key: str, field: str) -> Panel:
        text = of_site(f'last("{field}") / last("kwh")', MONTH_FIGURES)
        shown = card(words, key, SHARE, (8, 4), empty="figures.empty", window=MONTH)
        return figure(shown, Query(text, words(f"{key}.title")))

    def line(key: str, field: str, colour: str) -> Series:
        return Series(words(key), colour, Query(of_site(f'"{field}"', DAY_FIGURES), words(key)))

    series = (
        line("energy.night", "night_kwh", BLUE),
        line("energy.off", "off_hours_kwh", SKY),
        line("energy.left_on", "after_hours_kwh", VERMILION),
    )
    return (
        share("energy.night_share", "night_kwh"),
        share("energy.off_share", "off_kwh"),
        share("energy.standby_share", "standby_kwh"),
        lines_over_time(card(words, "energy.idle", KWH, (24, 8), empty="figures.empty"), series),
    )


def _remainder(words: Words) -> Panel:
    text = f'SELECT sum("kwh") FROM "{ENERGY_1D}" WHERE {REST} AND {RANGE}'
    remainder = card(words, "energy.remainder", KWH, (8, 8), empty="energy.remainder.empty")
    return figure(remainder, Query(text, words("unmeasured")), low=True)


def _last(words: Words) -> Panel:
    newest = f'SELECT last("active_energy_import_wh") FROM "{READING}"'
    text = f'{newest} WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    columns = (
        Column("Time", words("energy.column.last"), "time:YYYY-MM-DD HH:mm:ss"),
        Column("meter", words("column.meter")),
        Column("last", words("energy.column.register"), "watth", 1),
    )
    last = card(words, "energy.last", PLAIN, (16, 8), empty="energy.last.empty", window="48h")
    return rows(last, Query(text, words("energy.column.last"), RAW, table=True), columns)


def _trace(words: Words) -> Panel:
    columns = (
        Column("Time", words("column.month"), "time:YYYY-MM"),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("estimated_kwh", words("column.estimated"), PLAIN),
        Column("coverage", words("column.coverage"), SHARE, 1),
        Column("peak_kw", words("column.peak"), PLAIN),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    query = Query(newest_of_site(fields, ENERGY_1MO), words("column.month"), table=True)
    return rows(card(words, "energy.trace", PLAIN, (24, 8)), query, columns)

"""CO2: the fiscal year against the path to the target, by method, with its factors and evidence.

Location- and market-based stand side by side and are never added. The grid's hourly intensity is
a signal of its own: no account is made of it.
"""

from __future__ import annotations

from collector.storage.figure_schema import CLOSED_ACCOUNT, FISCAL_FIGURES, MONTH_FIGURES
from collector.storage.schema import ENERGY_1D, ENERGY_1FY, ENERGY_1MO, GRID_INTENSITY
from grafana.influxql import (
    NEWEST_10,
    RANGE,
    TIME_ZONE,
    newest_of_site,
    of_site,
    site_pickers,
)
from grafana.look import (
    COUNT,
    GREEN,
    GREY,
    PLAIN,
    SECOND_GREEN,
    SHARE,
    SKY,
    TONNES,
    VERMILION,
    Band,
    Column,
    Query,
    Series,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    Variable,
    bars_by_period,
    bars_over_time,
    choice,
    dial,
    figure,
    heading,
    lines_over_time,
    note,
    rows,
)
from grafana.panels.alarms import coloured_cells
from grafana.quality import coverage_by_day, quality_row
from grafana.words import Words

UID = "mieruka-co2"
YEAR = "366d"
"""A window that holds one first instant of the running fiscal year."""
GRID = "\"site\" = '${grid_area:raw}'"
GIGAJOULES, KILOLITRES, GRAMS = "suffix:GJ", "suffix:kL", "suffix:g/kWh"


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("co2.title"),
        about=words("co2.about"),
        tags=("mieruka", "co2", words.language),
        variables=(*site_pickers(words), _grid_area(words)),
        panels=(
            heading(words("co2.row.path")),
            *_path(words),
            heading(words("co2.row.methods")),
            *_methods(words),
            heading(words("co2.row.law")),
            *_law(words),
            heading(words("co2.row.grid")),
            _grid(words),
            heading(words("co2.row.factors")),
            *_factors(words),
            *quality_row(words, _status(words), coverage_by_day(words, window="31d")),
        ),
        time_zone=TIME_ZONE,
        shows="now/fy",
        until="now/fy",
    )


def _grid_area(words: Words) -> Variable:
    areas = f'SHOW TAG VALUES FROM "{GRID_INTENSITY}" WITH KEY = "site"'
    return choice("grid_area", words("co2.grid_area"), areas, "one")


def _figure(words: Words, key: str, text: str, empty: str) -> Panel:
    shown = card(words, key, TONNES, (6, 5), empty=empty, window=YEAR)
    return figure(shown, Query(text, words("co2")))


def _path(words: Words) -> tuple[Panel, ...]:
    so_far = of_site('last("co2_kg") / 1000', ENERGY_1FY)
    before = of_site('last("cum_co2_last_year_kg") / 1000', FISCAL_FIGURES)
    allowed = of_site('last("co2_target_kg") / 1000', FISCAL_FIGURES)
    used = of_site('last("cum_co2_kg") / last("co2_target_kg")', FISCAL_FIGURES)
    dialled = card(words, "co2.used", SHARE, (6, 5), empty="co2.path.empty", window=YEAR)
    return (
        _figure(words, "co2.year", so_far, "co2.empty"),
        _figure(words, "co2.before", before, "co2.before.empty"),
        _figure(words, "co2.allowed", allowed, "co2.path.empty"),
        dial(dialled, Query(used, words("co2")), top=1.2, alarm=1.0),
        _cumulative(words),
        _years(words),
    )


def _cumulative(words: Words) -> Panel:
    fields = {
        "cum_co2_kg": Series(words("co2.so_far"), GREEN),
        "co2_target_kg": Series(words("co2.path"), GREY),
        "cum_co2_last_year_kg": Series(words("last_year"), SECOND_GREEN),
    }
    columns = ", ".join(f'"{field}" / 1000 AS "{one.name}"' for field, one in fields.items())
    query = Query(of_site(columns, MONTH_FIGURES), words("co2"), table=True)
    months = card(words, "co2.months", TONNES, (14, 9), empty="co2.empty")
    return bars_by_period(months, query, tuple(fields.values()), "YYYY-MM", stacked=False)


def _years(words: Words) -> Panel:
    name, path = words("co2"), words("co2.path")
    fields = f'"cum_co2_kg" / 1000 AS "{name}", "co2_target_kg" / 1000 AS "{path}"'
    query = Query(newest_of_site(fields, FISCAL_FIGURES, NEWEST_10), name, table=True)
    years = card(words, "co2.years", TONNES, (10, 9), empty="co2.empty")
    series = (Series(name, GREEN), Series(path, GREY))
    return bars_by_period(years, query, series, words("year.format"), stacked=False)


def _methods(words: Words) -> tuple[Panel, ...]:
    def of(method: str) -> Panel:
        text = of_site(f'last("co2_{method}_kg") / 1000', ENERGY_1FY)
        shown = card(words, f"co2.{method}", TONNES, (6, 4), empty="co2.empty", window=YEAR)
        return figure(shown, Query(text, words(f"co2.{method}.title")))

    return (*(of(method) for method in ("location", "market", "basic", "adjusted")), _both(words))


def _both(words: Words) -> Panel:
    names = [words("co2.location.title"), words("co2.market.title")]
    fields = f'"co2_location_kg" / 1000 AS "{names[0]}", "co2_market_kg" / 1000 AS "{names[1]}"'
    query = Query(newest_of_site(fields, ENERGY_1MO), words("co2"), table=True)
    series = (Series(names[0], SECOND_GREEN), Series(names[1], GREEN))
    both = card(words, "co2.both", TONNES, (24, 8), empty="co2.empty")
    return bars_by_period(both, query, series, "YYYY-MM", stacked=False)


def _law(words: Words) -> tuple[Panel, ...]:
    def of(key: str, field: str, unit: str) -> Panel:
        text = of_site(f'last("{field}")', FISCAL_FIGURES)
        shown = card(words, key, unit, (6, 6), empty="figures.empty", window=YEAR)
        return figure(shown, Query(text, words(f"{key}.title")))

    name = words("co2.heat")
    months = Series(name, GREY, Query(of_site('"gj"', MONTH_FIGURES), name))
    chart = card(words, "co2.gj_months", GIGAJOULES, (12, 6), empty="figures.empty")
    return (
        of("co2.gj", "gj", GIGAJOULES),
        of("co2.oil", "crude_oil_kl", KILOLITRES),
        bars_over_time(chart, (months,), stacked=False),
    )


def _grid(words: Words) -> Panel:
    text = f'SELECT "g_per_kwh" FROM "{GRID_INTENSITY}" WHERE {GRID} AND {RANGE}'
    name = words("co2.grid.title")
    shown = card(words, "co2.grid", GRAMS, (24, 7), empty="co2.grid.empty", window="7d")
    return lines_over_time(shown, (Series(name, SECOND_GREEN, Query(text, name)),))


def _factors(words: Words) -> tuple[Panel, ...]:
    columns = (
        Column("Time", words("column.month"), "time:YYYY-MM", width_px=90),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("co2_kg", words("column.co2"), PLAIN),
        Column("co2_location_kg", words("co2.column.location"), PLAIN, width_px=190),
        Column("co2_market_kg", words("co2.column.market"), PLAIN, width_px=170),
        Column("provisional", words("column.provisional"), bands=_statuses(words), width_px=130),
        Column("factor_id", words("column.factor"), width_px=260),
        Column("method_factors", words("co2.column.methods"), width_px=420),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    query = Query(newest_of_site(fields, ENERGY_1MO), words("column.month"), table=True)
    return (
        rows(card(words, "co2.trace", PLAIN, (24, 9), empty="co2.empty"), query, columns),
        _closed(words),
        note(words("co2.source.title"), words("co2.source.text"), 24, 4),
    )


def _closed(words: Words) -> Panel:
    year = (r"/^FY(\d+)$/", words("year.shown"))
    restated = (Band(0, 0, words("co2.closed.first"), GREY), Band(1, 99, "", VERMILION))
    columns = (
        # The row's instant tells the period's length as well; its name is told in words.
        Column("Time", words("column.month"), "time:YYYY-MM", hidden=True),
        Column("span", words("co2.column.period"), width_px=130, rewritten=year),
        Column("closed_on", words("co2.column.closed"), width_px=120),
        Column("first_co2_kg", words("co2.column.first"), PLAIN, width_px=150),
        Column("co2_kg", words("co2.column.now"), PLAIN, width_px=150),
        Column("restatements", words("co2.column.restated"), bands=restated, width_px=130),
        Column("reason", words("co2.column.reason")),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    query = Query(newest_of_site(fields, CLOSED_ACCOUNT), words("co2"), table=True)
    shown = card(words, "co2.closed", PLAIN, (24, 8), empty="co2.closed.empty")
    return coloured_cells(rows(shown, query, columns), "restatements")


def _status(words: Words) -> Panel:
    status = Query(of_site('max("provisional")', ENERGY_1D), words("column.provisional"))
    shown = card(words, "co2.status", COUNT, (24, 4), empty="co2.empty")
    return figure(shown, status, bands=_statuses(words))


def _statuses(words: Words) -> tuple[Band, ...]:
    return (
        Band(0, 0, words("factor.official"), GREY),
        Band(1, 1, words("factor.provisional"), SKY),
    )

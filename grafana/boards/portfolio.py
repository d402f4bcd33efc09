"""The portfolio: many sites side by side, and from each the way to its own board.

Whole-site figures only (the pseudo meter for it), grouped by site; nothing is added up that has
another unit. The table's links lead to the site's board for today with the range that is shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import (
    FISCAL_FIGURES,
    INTENSITY_1D,
    INTENSITY_1MO,
    MONTH_FIGURES,
)
from collector.storage.schema import COMPLETENESS, ENERGY_1D, ENERGY_1FY, ENERGY_1MO
from grafana.boards.fleet import SITE_AND_METER, sites_picker
from grafana.boards.today import UID as TODAY
from grafana.influxql import RANGE, SITES, ZONE
from grafana.look import (
    GREEN,
    KW,
    KWH,
    PLAIN,
    SHARE,
    TONNES,
    Column,
    Query,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    Row,
    figure,
    heading,
    meters_over_time,
    ranking,
    rows,
    states,
)
from grafana.panels.alarms import figure_at_least
from grafana.quality import known_bands
from grafana.words import Words

UID = "mieruka-portfolio"
BY_SITE = "$tag_site"
WHOLE = f"{SITES} AND \"meter\" = '_site'"
"""The figures of whole sites: the collector's pseudo meter for it."""
METERS = f'{SITES} AND "meter" !~ /^_/'
LEAST_SHARE = 0.95
MONTH, FISCAL_YEAR = "31d", "366d"
"""Ranges that hold the start of the running month, or fiscal year."""
NEWEST = f'{RANGE} GROUP BY "site" ORDER BY time DESC LIMIT 1'


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("portfolio.title"),
        about=words("portfolio.about"),
        tags=("mieruka", "portfolio", words.language),
        variables=(sites_picker(words),),
        panels=tuple(_panels(words)),
        scope="portfolio",
        shows="now-29d/d",
        refresh="15m",
    )


def _panels(words: Words) -> Iterator[Row | Panel]:
    yield heading(words("portfolio.row.now"))
    yield from _now(words)
    yield heading(words("portfolio.row.sites"))
    yield _month(words)
    yield _year(words)
    yield from _rankings(words)
    yield heading(words("portfolio.row.days"))
    yield _over_time(words, "daily", "kwh", KWH)
    yield _over_time(words, "peak", "peak_kw", KW)
    yield heading(words("portfolio.row.intensity"))
    yield _units(words)
    yield _units_daily(words)
    yield heading(words("row.quality"))
    yield _by_day(words)


def _each(fields: str, measurement: str) -> str:
    """The newest value of each site."""
    return f'SELECT {fields} FROM "{measurement}" WHERE {WHOLE} AND {RANGE} GROUP BY "site"'


def _together(words: Words, key: str, unit: str, text: str, window: str) -> Panel:
    decimals = 1 if unit == SHARE else None
    name, empty = f"portfolio.{key}", _EMPTY[key]
    shown = card(words, name, unit, (6, 4), window=window, empty=empty, decimals=decimals)
    return figure(shown, Query(text, shown.title))


_EMPTY = {
    "kwh": "totals.empty",
    "change": "portfolio.change.empty",
    "co2": "co2.empty",
}


def _now(words: Words) -> Iterator[Panel]:
    energy = f'SELECT sum("x") FROM ({_each(_LAST_KWH, ENERGY_1MO)}) WHERE {RANGE}'
    yield _together(words, "kwh", KWH, energy, MONTH)
    years = 'last("cum_kwh") AS "now", last("cum_kwh_last_year") AS "then"'
    # Sites without last year would make the sum grow by all they use.
    known = f'SELECT "now", "then" FROM ({_each(years, FISCAL_FIGURES)}) WHERE "then" > 0'
    change = f'SELECT sum("now") / sum("then") - 1 FROM ({known} AND {RANGE}) WHERE {RANGE}'
    yield _together(words, "change", SHARE, change, FISCAL_YEAR)
    carbon = f'SELECT sum("x") / 1000 FROM ({_each(_LAST_CO2, ENERGY_1FY)}) WHERE {RANGE}'
    yield _together(words, "co2", TONNES, carbon, FISCAL_YEAR)
    worst = f'SELECT min("share") FROM "{COMPLETENESS}" WHERE {METERS} AND {RANGE}'
    shown = card(words, "portfolio.complete", SHARE, (6, 4), empty="complete.empty", decimals=1)
    yield figure_at_least(shown, Query(worst, shown.title), LEAST_SHARE)


_LAST_KWH, _LAST_CO2 = 'last("kwh") AS "x"', 'last("co2_kg") AS "x"'


def _table(words: Words, key: str, of: tuple[str, str], columns: tuple[Column, ...]) -> Panel:
    """A table of the newest row of each site; ``of`` is the measurement and its window."""
    fields = ", ".join(f'"{column.field}"' for column in columns)
    text = f'SELECT {fields} FROM "{of[0]}" WHERE {WHOLE} AND {NEWEST}'
    shown = card(words, f"portfolio.{key}", PLAIN, (24, 8), empty="figures.empty", window=of[1])
    # By the board's uid and the site, so that it opens from files as well.
    url = f"/d/{TODAY}-{words.language}?var-site=${{__value.raw}}&${{__url_time_range}}"
    head = (
        Column("Time", words("column.month"), hidden=True),
        Column("site", words("portfolio.column.site"), url=url),
    )
    query = Query(text, shown.title, table=True)
    return rows(shown, query, (*head, *columns), largest=columns[0].field)


def _month(words: Words) -> Panel:
    columns = (
        Column("kwh", words("column.kwh"), PLAIN),
        Column("kwh_last_year", words("portfolio.column.last"), PLAIN),
        Column("peak_kw", words("portfolio.column.peak"), PLAIN, 1),
        Column("contract_kw", words("portfolio.column.contract"), PLAIN),
        Column("load_factor", words("portfolio.column.factor"), SHARE, 1),
        Column("off_kwh", words("portfolio.column.off"), PLAIN),
        Column("coverage", words("column.coverage"), SHARE, 1),
    )
    return _table(words, "table", (MONTH_FIGURES, MONTH), columns)


def _year(words: Words) -> Panel:
    columns = (
        Column("cum_kwh", words("portfolio.column.cum"), PLAIN),
        Column("cum_kwh_last_year", words("portfolio.column.cum_last"), PLAIN),
        Column("cum_co2_kg", words("column.co2"), PLAIN),
        Column("co2_target_kg", words("portfolio.column.target_co2"), PLAIN),
        Column("gj", words("portfolio.column.gj"), PLAIN),
        Column("crude_oil_kl", words("portfolio.column.oil"), PLAIN, 1),
        Column("coverage", words("column.coverage"), SHARE, 1),
    )
    return _table(words, "year", (FISCAL_FIGURES, FISCAL_YEAR), columns)


def _rankings(words: Words) -> Iterator[Panel]:
    month = card(words, "portfolio.by_kwh", KWH, (12, 8), window=MONTH)
    yield ranking(month, Query(_each(_LAST_KWH, ENERGY_1MO), BY_SITE))
    year = card(words, "portfolio.by_co2", TONNES, (12, 8), empty="co2.empty", window=FISCAL_YEAR)
    tonnes = _each('last("co2_kg") / 1000', ENERGY_1FY)
    yield ranking(year, Query(tonnes, BY_SITE), GREEN)


def _over_time(words: Words, key: str, field: str, unit: str) -> Panel:
    shown = card(words, f"portfolio.{key}", unit, (12, 9))
    return meters_over_time(shown, Query(_each(f'"{field}"', ENERGY_1D), BY_SITE))


def _units(words: Words) -> Panel:
    columns = (
        Column("Time", words("column.month"), hidden=True),
        Column("site", words("portfolio.column.site")),
        Column("meter", words("portfolio.column.product")),
        Column("amount", words("intensity.column.amount"), PLAIN),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("kwh_per_unit", words("intensity.column.unit"), PLAIN, 3),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[3:])
    newest = 'GROUP BY "site", "meter" ORDER BY time DESC LIMIT 1'
    text = f'SELECT {fields} FROM "{INTENSITY_1MO}" WHERE {SITES} AND {RANGE} {newest}'
    empty = "intensity.empty"
    shown = card(words, "portfolio.units", PLAIN, (12, 9), empty=empty, window=MONTH)
    return rows(shown, Query(text, shown.title, table=True), columns)


def _units_daily(words: Words) -> Panel:
    shown = card(words, "portfolio.units_daily", PLAIN, (12, 9), empty="intensity.empty")
    text = f'SELECT "kwh_per_unit" FROM "{INTENSITY_1D}" WHERE {SITES} AND {RANGE}'
    query = Query(f'{text} GROUP BY "site", "meter"', SITE_AND_METER)
    return meters_over_time(shown, query)


def _by_day(words: Words) -> Panel:
    daily = f'SELECT min("share") FROM "{COMPLETENESS}" WHERE {METERS} AND {RANGE}'
    text = f'{daily} GROUP BY time(1d), "site" fill(null) {ZONE}'
    empty = "complete.empty"
    shown = card(words, "portfolio.by_day", SHARE, (24, 7), empty=empty, window="31d")
    return states(shown, Query(text, BY_SITE), known_bands(words))

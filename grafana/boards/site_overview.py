"""The site overview: power now, demand, energy, CO2 and the quality of the data on one page.

Figures come from the collector's totals; only what is live (power now, last readings) reads the
raw bucket, and no register is ever subtracted here. ``collector boards`` sets the variables from
its settings and re-stamps ``TIME_ZONE`` for sites elsewhere; see ``grafana/README.md``.
"""

from __future__ import annotations

from collector.storage.schema import ENERGY_1D, ENERGY_1FY, ENERGY_1MO, ENERGY_30M, READING
from grafana.look import (
    BLUE,
    COUNT,
    GREEN,
    GREY,
    KW,
    KWH,
    PLAIN,
    RAW,
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
    entry,
    figure,
    heading,
    other_boards,
    ranking,
    rows,
    shares,
    states,
)
from grafana.words import Words

UID = "mieruka-site-overview"
TIME_ZONE = "Asia/Tokyo"

SITE = "\"site\" = '${site:raw}'"
WHOLE = f"{SITE} AND \"meter\" = '_site'"
"""The totals of the whole site: the collector's pseudo meter ``_site``."""
METERS = f'{SITE} AND "meter" !~ /^_/'
INCOMING = f'{SITE} AND "meter" =~ /^${{incoming:regex}}$/'
PARTS = f'{SITE} AND "meter" =~ /^(${{circuits:regex}}|_unmeasured)$/'
REST = f"{SITE} AND \"meter\" = '_unmeasured'"
CONTRACT = "${contract_kw:raw}"
USUAL_INCOMING = "main"
"""What the examples call the incoming meter; the reader picks another where it is not there."""
RANGE = "$timeFilter"
BY_METER = "$tag_meter"
NEWEST_13 = "ORDER BY time DESC LIMIT 13"
NEWEST_10 = "ORDER BY time DESC LIMIT 10"


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    other = "en" if words.language == "ja" else "ja"
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("overview.title"),
        about=words("overview.about"),
        tags=("mieruka", "site-overview", words.language),
        variables=(*_pickers(words), entry("contract_kw", words("contract_kw"), "0")),
        links=(
            other_boards(words("link.sites"), ("mieruka", "site-overview", words.language)),
            other_boards(words("link.language"), ("mieruka", "site-overview", other)),
        ),
        panels=(
            heading(words("row.now")),
            *_now(words),
            heading(words("row.demand")),
            _demand(words),
            _usage(words),
            heading(words("row.energy")),
            *_energy(words),
            heading(words("row.co2")),
            *_co2(words),
            heading(words("row.quality")),
            *_quality(words),
            *_evidence(words),
        ),
        time_zone=TIME_ZONE,
    )


def _pickers(words: Words) -> tuple[Variable, ...]:
    values = f'SHOW TAG VALUES FROM "{ENERGY_30M}" WITH KEY'
    meters = f'{values} = "meter" WHERE {METERS}'
    below = f'{meters} AND "meter" !~ /^${{incoming:regex}}$/'
    return (
        choice("site", words("site"), f'{values} = "site"', "one"),
        choice("incoming", words("incoming"), meters, "several", first=USUAL_INCOMING),
        choice("circuits", words("circuits"), below, "all"),
    )


def _of_site(fields: str, measurement: str, also: str = RANGE) -> str:
    return f'SELECT {fields} FROM "{measurement}" WHERE {WHOLE} AND {also}'


def _now(words: Words) -> tuple[Panel, ...]:
    # A day's window holds one local midnight, so that an old day never poses as today.
    today = card(words, "today", KWH, (5, 4), window="24h")
    month = card(words, "month", KWH, (5, 4), window="31d")
    peak = card(words, "peak", KW, (5, 4), window="31d")
    year = card(words, "fy", TONNES, (4, 4), empty="co2.empty", window="366d")
    tonnes = _of_site('last("co2_kg") / 1000', ENERGY_1FY)
    return (
        _power(words),
        figure(peak, Query(_of_site('last("peak_kw")', ENERGY_1MO), words("demand"))),
        figure(today, Query(_of_site('last("kwh")', ENERGY_1D), words("energy"))),
        figure(month, Query(_of_site('last("kwh")', ENERGY_1MO), words("energy"))),
        figure(year, Query(tonnes, words("co2"))),
    )


def _power(words: Words) -> Panel:
    newest = f'SELECT last("active_power_w") AS "w" FROM "{READING}"'
    by_meter = f'{newest} WHERE {INCOMING} AND {RANGE} GROUP BY "meter"'
    total = f'SELECT sum("w") / 1000 FROM ({by_meter}) WHERE {RANGE}'
    now = card(words, "now", KW, (5, 4), empty="now.empty", window="15m")
    return figure(now, Query(total, words("power"), RAW))


def _demand(words: Words) -> Panel:
    kw = _of_site('"peak_kw" AS "kw"', ENERGY_30M)
    bridged = f'{kw} AND "estimated_kwh" > 0'
    both = _of_site(f'"peak_kw" AS "kw", "peak_kw" * 0 + {CONTRACT} AS "contract"', ENERGY_30M)
    over = f'SELECT "kw" FROM ({both}) WHERE "contract" > 0 AND "kw" > "contract" AND {RANGE}'
    line = f'SELECT "contract" FROM ({both}) WHERE "contract" > 0 AND {RANGE}'
    texts = [kw, bridged, over, line]
    names = [words(key) for key in ("demand", "demand.estimated", "demand.over", "contract")]
    queries = [Query(text, name) for text, name in zip(texts, names, strict=True)]
    series = (
        Series(names[0], BLUE, queries[0]),
        Series(names[1], SKY, queries[1]),
        Series(names[2], VERMILION, queries[2]),
        Series(names[3], GREY, queries[3], dashed=True),
    )
    return bars_over_time(card(words, "demand", KW, (18, 9)), series, stacked=False)


def _usage(words: Words) -> Panel:
    share = f'last("peak_kw") / {CONTRACT} AS "share", last("peak_kw") * 0 + {CONTRACT}'
    inner = _of_site(f'{share} AS "contract"', ENERGY_1MO)
    text = f'SELECT "share" FROM ({inner}) WHERE "contract" > 0 AND {RANGE}'
    usage = card(words, "usage", SHARE, (6, 9), empty="usage.empty", window="31d")
    return dial(usage, Query(text, words("demand")), top=1.2, alarm=1.0)


def _energy(words: Words) -> tuple[Panel, ...]:
    measured, estimated = words("measured"), words("estimated")
    solid = Query(_of_site('"kwh" - "estimated_kwh"', ENERGY_1D), measured)
    pale = Query(_of_site('"estimated_kwh"', ENERGY_1D), estimated)
    columns = f'"kwh" - "estimated_kwh" AS "{measured}", "estimated_kwh" AS "{estimated}"'
    months = f'SELECT {columns} FROM "{ENERGY_1MO}" WHERE {WHOLE} {NEWEST_13}'
    colours = (Series(measured, BLUE, solid), Series(estimated, SKY, pale))
    monthly = card(words, "monthly", KWH, (14, 8))
    return (
        bars_over_time(card(words, "daily", KWH, (14, 9)), colours, stacked=True),
        _shares(words),
        bars_by_period(monthly, Query(months, words("energy"), table=True), colours, "YYYY-MM"),
        _meters_now(words),
    )


def _shares(words: Words) -> Panel:
    sums = f'SELECT sum("kwh") AS "kwh" FROM "{ENERGY_30M}" WHERE {PARTS} AND {RANGE}'
    # A ring cannot show less than nothing; a negative remainder alarms in the quality row.
    text = f'SELECT "kwh" FROM ({sums} GROUP BY "meter") WHERE "kwh" > 0 AND {RANGE}'
    rest = Series(words("unmeasured"), GREY)
    share = card(words, "share", KWH, (10, 9), empty="share.empty")
    return shares(share, Query(f'{text} GROUP BY "meter"', BY_METER), rest)


def _meters_now(words: Words) -> Panel:
    newest = f'SELECT last("active_power_w") / 1000 FROM "{READING}"'
    text = f'{newest} WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    power = card(words, "power", KW, (10, 8), empty="now.empty", window="15m")
    return ranking(power, Query(text, BY_METER, RAW))


def _co2(words: Words) -> tuple[Panel, ...]:
    name = words("co2")
    tonnes = f'SELECT "co2_kg" / 1000 AS "{name}" FROM'
    months = Query(f'{tonnes} "{ENERGY_1MO}" WHERE {WHOLE} {NEWEST_13}', name, table=True)
    years = Query(f'{tonnes} "{ENERGY_1FY}" WHERE {WHOLE} {NEWEST_10}', name, table=True)
    series = (Series(name, GREEN),)
    by_month = card(words, "co2_month", TONNES, (16, 8), empty="co2.empty")
    by_year = card(words, "co2_year", TONNES, (8, 8), empty="co2.empty")
    return (
        bars_by_period(by_month, months, series, "YYYY-MM"),
        bars_by_period(by_year, years, series, words("year.format")),
    )


def _quality(words: Words) -> tuple[Panel, ...]:
    heard = f'SELECT last("active_energy_import_wh") AS "wh" FROM "{READING}"'
    by_meter = f'{heard} WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    alive = f'SELECT count("wh") FROM ({by_meter}) WHERE {RANGE}'
    rest = f'SELECT sum("kwh") FROM "{ENERGY_30M}" WHERE {REST} AND {RANGE}'
    bridged = _of_site('sum("estimated_kwh")', ENERGY_30M)
    status = _of_site('max("provisional")', ENERGY_30M)
    factor = card(words, "factor", COUNT, (6, 4), empty="factor.empty")
    remainder = card(words, "remainder", KWH, (6, 4), empty="remainder.empty")
    heard_now = card(words, "alive", COUNT, (6, 4), empty="now.empty", window="15m")
    return (
        figure(heard_now, Query(alive, words("column.meter"), RAW)),
        figure(card(words, "estimate", KWH, (6, 4)), Query(bridged, words("estimated"))),
        figure(remainder, Query(rest, words("unmeasured")), low=True),
        figure(factor, Query(status, words("factor.title")), bands=_factor_bands(words)),
    )


def _factor_bands(words: Words) -> tuple[Band, ...]:
    return (
        Band(0, 0, words("factor.official"), GREY),
        Band(1, 1, words("factor.provisional"), SKY),
    )


def _evidence(words: Words) -> tuple[Panel, ...]:
    zone = f"tz('{TIME_ZONE}')"
    daily = f'SELECT mean("coverage") FROM "{ENERGY_1D}" WHERE {METERS} AND {RANGE}'
    coverage = f'{daily} GROUP BY time(1d), "meter" fill(null) {zone}'
    bands = (
        Band(0.99, 1.01, words("coverage.full"), BLUE),
        Band(0.9, 0.99, words("coverage.most"), SKY),
        Band(0, 0.9, words("coverage.gaps"), VERMILION),
    )
    coverage_card = card(words, "coverage", SHARE, (14, 8), empty="coverage.empty")
    return (
        states(coverage_card, Query(coverage, BY_METER), bands),
        _last_readings(words),
        _trace(words),
    )


def _last_readings(words: Words) -> Panel:
    newest = f'SELECT last("active_energy_import_wh") FROM "{READING}"'
    text = f'{newest} WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    columns = (
        Column("Time", words("column.last"), "time:YYYY-MM-DD HH:mm:ss"),
        Column("meter", words("column.meter")),
        Column("last", words("column.register"), "watth", 1),
    )
    last = card(words, "last", PLAIN, (10, 8), empty="last.empty")
    return rows(last, Query(text, words("column.last"), RAW, table=True), columns)


def _trace(words: Words) -> Panel:
    columns = (
        Column("Time", words("column.month"), "time:YYYY-MM"),
        Column("kwh", words("column.kwh"), PLAIN),
        Column("estimated_kwh", words("column.estimated"), PLAIN),
        Column("coverage", words("column.coverage"), SHARE, 1),
        Column("peak_kw", words("column.peak"), PLAIN),
        Column("co2_kg", words("column.co2"), PLAIN),
        Column("provisional", words("column.provisional"), bands=_factor_bands(words)),
        Column("factor_id", words("column.factor"), width_px=360),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    text = f'SELECT {fields} FROM "{ENERGY_1MO}" WHERE {WHOLE} {NEWEST_13}'
    trace = card(words, "trace", PLAIN, (24, 8))
    return rows(trace, Query(text, words("column.month"), table=True), columns)

"""Energy intensity: kWh per unit, energy over output with its line, fixed part, CUSUM, by line.

Figures come from the stored intensity of each production meter; the line was fitted by the
collector. Only a single line's intensity is divided by Grafana, from stored totals.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.storage.figure_schema import INTENSITY_1D, INTENSITY_1MO
from collector.storage.schema import AMOUNT_MEASUREMENTS, COMPLETENESS, ENERGY_1D, ENERGY_1SD
from grafana.influxql import NEWEST_13, ONE_METER, RANGE, SITE, ZONE, meter_picker, site_picker
from grafana.look import (
    BLUE,
    GREY,
    KWH,
    PLAIN,
    SHARE,
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
    choice,
    cloud,
    figure,
    heading,
    lines_over_time,
    rows,
    states,
)
from grafana.panels.compared import ratio_over_time
from grafana.quality import known_bands, quality_row
from grafana.words import Words

UID = "mieruka-intensity"
PRODUCT = f"{SITE} AND \"meter\" = '${{product:raw}}'"
AMOUNT_1SD = AMOUNT_MEASUREMENTS["1sd"]


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("intensity.title"),
        about=words("intensity.about"),
        tags=("mieruka", "intensity", words.language),
        variables=(
            site_picker(words),
            _product_picker(words),
            meter_picker(words, label="intensity.line"),
        ),
        panels=tuple(_panels(words)),
        shows="now-89d/d",
        refresh="15m",
    )


def _product_picker(words: Words) -> Variable:
    meters = f'SHOW TAG VALUES FROM "{INTENSITY_1D}" WITH KEY = "meter" WHERE {SITE}'
    return choice("product", words("intensity.product"), meters, "one")


def _panels(words: Words) -> Iterator[Row | Panel]:
    yield heading(words("intensity.row.now"))
    yield from _now(words)
    yield heading(words("intensity.row.trend"))
    yield _daily(words)
    yield _monthly(words)
    yield heading(words("intensity.row.output"))
    yield _cloud(words)
    yield _days(words)
    yield heading(words("intensity.row.parts"))
    yield _parts(words)
    yield _cusum(words)
    yield heading(words("intensity.row.line"))
    yield _ratio(words, "of_line", (ENERGY_1D, INTENSITY_1D), "intensity.empty")
    yield _ratio(words, "shift", (ENERGY_1SD, AMOUNT_1SD), "intensity.shift.empty")
    yield from quality_row(words, _complete(words))


def _of(fields: str, measurement: str, also: str = RANGE) -> str:
    return f'SELECT {fields} FROM "{measurement}" WHERE {PRODUCT} AND {also}'


def _newest_months(fields: str) -> str:
    return f'SELECT {fields} FROM "{INTENSITY_1MO}" WHERE {PRODUCT} {NEWEST_13}'


def _now(words: Words) -> Iterator[Panel]:
    # Nothing is divided by zero: a month without energy has no share.
    share = 'last("fixed_kwh") / last("kwh")'
    fit = "intensity.fit.empty"
    for name, fields, measurement, unit, empty, digits in (
        ("month", 'last("kwh_per_unit")', INTENSITY_1MO, PLAIN, "intensity.empty", 3),
        ("amount", 'last("amount")', INTENSITY_1MO, PLAIN, "intensity.empty", 0),
        ("share", share, INTENSITY_1MO, SHARE, fit, 1),
        ("saved", 'last("cusum_kwh")', INTENSITY_1D, KWH, fit, None),
    ):
        key = f"intensity.{name}"
        shown = card(words, key, unit, (6, 4), empty=empty, window="31d", decimals=digits)
        query = Query(_of(fields, measurement), words(f"{key}.title"))
        yield figure(shown, query, low=name == "saved")


def _daily(words: Words) -> Panel:
    name = words("intensity.ratio")
    query = Query(_of('"kwh_per_unit"', INTENSITY_1D), name)
    shown = card(words, "intensity.daily", PLAIN, (12, 8), empty="intensity.empty")
    return bars_over_time(shown, (Series(name, BLUE, query),), stacked=False)


def _monthly(words: Words) -> Panel:
    name = words("intensity.ratio")
    query = Query(_newest_months(f'"kwh_per_unit" AS "{name}"'), name, table=True)
    shown = card(words, "intensity.monthly", PLAIN, (12, 8), empty="intensity.empty")
    return bars_by_period(shown, query, (Series(name, BLUE),), "YYYY-MM")


def _cloud(words: Words) -> Panel:
    output = words("intensity.output")
    series = (
        Series(words("intensity.actual"), BLUE),
        Series(words("intensity.expected"), GREY, dashed=True),
    )
    actual, expected = (f'AS "{one.name}"' for one in series)
    fields = f'"amount" AS "{output}", "kwh" {actual}, "expected_kwh" {expected}'
    # A day without output tells of the fixed part alone, and stands at the left edge.
    query = Query(_of(fields, INTENSITY_1D), output, table=True)
    shown = card(words, "intensity.cloud", PLAIN, (12, 10), empty="intensity.empty")
    return cloud(shown, query, output, series)


def _days(words: Words) -> Panel:
    columns = (
        Column("Time", words("intensity.column.day"), "time:YYYY-MM-DD"),
        Column("amount", words("intensity.column.amount"), PLAIN),
        Column("kwh", words("intensity.column.kwh"), PLAIN),
        Column("expected_kwh", words("intensity.column.expected"), PLAIN),
        Column("kwh_per_unit", words("intensity.column.unit"), PLAIN, 3),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    newest = f"{RANGE} ORDER BY time DESC"
    shown = card(words, "intensity.days", PLAIN, (12, 10), empty="intensity.empty")
    text = _of(fields, INTENSITY_1D, newest)
    return rows(shown, Query(text, shown.title, table=True), columns)


def _parts(words: Words) -> Panel:
    fixed, variable = words("intensity.fixed"), words("intensity.variable")
    fields = f'"fixed_kwh" AS "{fixed}", "kwh" - "fixed_kwh" AS "{variable}"'
    query = Query(_newest_months(fields), fixed, table=True)
    shown = card(words, "intensity.parts", KWH, (12, 8), empty="intensity.fit.empty")
    series = (Series(fixed, GREY), Series(variable, BLUE))
    return bars_by_period(shown, query, series, "YYYY-MM")


def _cusum(words: Words) -> Panel:
    name = words("intensity.cusum.title")
    query = Query(_of('"cusum_kwh"', INTENSITY_1D), name)
    shown = card(words, "intensity.cusum", KWH, (12, 8), empty="intensity.fit.empty")
    return lines_over_time(shown, (Series(name, BLUE, query),))


def _ratio(words: Words, key: str, of: tuple[str, str], empty: str) -> Panel:
    energy, output = words("energy"), words("intensity.output")
    above = f'SELECT "kwh" FROM "{of[0]}" WHERE {ONE_METER} AND {RANGE}'
    below = f'SELECT "amount" FROM "{of[1]}" WHERE {PRODUCT} AND "amount" > 0 AND {RANGE}'
    shown = card(words, f"intensity.{key}", PLAIN, (12, 8), empty=empty)
    one = Series(words("intensity.ratio"), BLUE)
    return ratio_over_time(shown, Query(above, energy), Query(below, output), one)


def _complete(words: Words) -> Panel:
    share = _of('mean("share")', COMPLETENESS)
    text = f"{share} GROUP BY time(1d) fill(null) {ZONE}"
    shown = card(words, "intensity.complete", SHARE, (24, 5), empty="intensity.complete.empty")
    return states(shown, Query(text, words("intensity.complete.title")), known_bands(words))

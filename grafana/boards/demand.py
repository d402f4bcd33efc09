"""Demand: half hours against contract and target, what the next basic charge hangs on, peaks.

One half hour sets the contract power of twelve months (reference analytics-reports 1.1), so the
board shows each half hour, the maxima it is measured by, and which circuits made the peaks.
"""

from __future__ import annotations

from collector.storage.figure_schema import (
    LOAD_DURATION_1FY,
    LOAD_DURATION_1MO,
    MONTH_FIGURES,
    PEAK_RANK_1FY,
    PEAK_RANK_1MO,
)
from collector.storage.schema import ENERGY_1MO
from grafana.influxql import (
    TIME_ZONE,
    demand_entries,
    newest_of_site,
    of_site,
    site_pickers,
)
from grafana.look import (
    BLUE,
    GREY,
    KW,
    PERCENT,
    PLAIN,
    SHARE,
    SKY,
    TEXT,
    Column,
    Query,
    Series,
    card,
)
from grafana.panels import (
    Page,
    Panel,
    bars_over_time,
    curve,
    dial,
    figure,
    heading,
    rows,
)
from grafana.panels.shown_names import LOCAL_TIME
from grafana.quality import coverage_by_day, quality_row
from grafana.slots import demand_bars, demand_lines, share_of_contract
from grafana.words import Words

UID = "mieruka-demand"
YEAR = "31535999s"
"""A second less than 365 days: it holds the first instants of twelve months, and from a year on
Grafana would write each month twice on its axis."""


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("demand.title"),
        about=words("demand.about"),
        tags=("mieruka", "demand", words.language),
        variables=(*site_pickers(words), *demand_entries(words)),
        panels=(
            heading(words("demand.row.now")),
            *_maxima(words),
            heading(words("demand.row.slots")),
            _slots(words),
            heading(words("demand.row.months")),
            _months(words),
            heading(words("demand.row.peaks")),
            _peaks(words, "demand.month_peaks", PEAK_RANK_1MO, "time:YYYY-MM"),
            _peaks(words, "demand.year_peaks", PEAK_RANK_1FY, f"time:{words('year.format')}"),
            heading(words("demand.row.duration")),
            _duration(words, "demand.month_duration", LOAD_DURATION_1MO),
            _duration(words, "demand.year_duration", LOAD_DURATION_1FY),
            *quality_row(words, coverage_by_day(words)),
        ),
        time_zone=TIME_ZONE,
    )


def _maxima(words: Words) -> tuple[Panel, ...]:
    month = card(words, "demand.month", KW, (5, 5), window="31d")
    usage = card(words, "demand.usage", SHARE, (4, 5), empty="contract.empty", window="31d")
    return (
        figure(month, Query(of_site('last("peak_kw")', ENERGY_1MO), words("demand"))),
        _figure_of_month(words, "demand.twelve", "twelve_month_kw", "figures.empty"),
        _figure_of_month(words, "demand.contract", "contract_kw", "contract.empty"),
        _figure_of_month(words, "demand.target", "target_kw", "demand.target.empty"),
        dial(usage, Query(share_of_contract(), words("demand")), top=1.2, alarm=1.0),
    )


def _figure_of_month(words: Words, key: str, field: str, empty: str) -> Panel:
    query = Query(of_site(f'last("{field}")', MONTH_FIGURES), words("demand"))
    return figure(card(words, key, KW, (5, 5), empty=empty, window="31d"), query)


def _slots(words: Words) -> Panel:
    series = (*demand_bars(words), *demand_lines(words))
    return bars_over_time(card(words, "demand.slots", KW, (24, 10)), series, stacked=False)


def _months(words: Words) -> Panel:
    def of(field: str, name: str) -> Query:
        return Query(of_site(f'"{field}"', MONTH_FIGURES), name)

    peak, twelve = words("demand.peak"), words("demand.twelve_month")
    contract, target = words("contract"), words("target")
    series = (
        Series(peak, BLUE, of("peak_kw", peak)),
        Series(twelve, SKY, of("twelve_month_kw", twelve), dotted=True),
        Series(contract, TEXT, of("contract_kw", contract), dashed=True),
        Series(target, GREY, of("target_kw", target), dotted=True),
    )
    months = card(words, "demand.months", KW, (24, 9), empty="figures.empty", window=YEAR)
    return bars_over_time(months, series, stacked=False)


def _peaks(words: Words, key: str, measurement: str, period: str) -> Panel:
    told = "circuits_en" if words.language == "en" else "circuits"
    columns = (
        Column("Time", words("demand.period"), period, width_px=90),
        Column("kw", words("column.kw"), PLAIN, 1, width_px=100),
        Column("at", words("column.at"), width_px=150, rewritten=LOCAL_TIME),
        Column("circuits", words("column.circuits"), least_px=360),
    )
    fields = f'"kw", "at", "{told}" AS "circuits"'
    text = newest_of_site(fields, measurement, "ORDER BY time DESC LIMIT 20")
    query = Query(text, words("column.kw"), table=True)
    return rows(
        card(words, key, PLAIN, (12, 10), empty="figures.empty"), query, columns, largest="kw"
    )


def _duration(words: Words, key: str, measurement: str) -> Panel:
    name = words("demand")
    # 101 rows make one curve, so these are the newest period's.
    text = newest_of_site(f'"pct", "kw" AS "{name}"', measurement, "ORDER BY time DESC LIMIT 101")
    query = Query(text, name, table=True)
    shape = card(words, key, KW, (12, 8), empty="figures.empty")
    return curve(shape, query, "pct", PERCENT, (Series(name, BLUE),))

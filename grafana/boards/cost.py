"""Cost: the bill of each billing month line by line, the running month projected, unit price.

The lines are those of the tariff, so a plant can set them beside its invoice.
"""

from __future__ import annotations

from collector.storage.figure_schema import BILL_LINES_1BM, INVOICE_1BM
from collector.storage.schema import ENERGY_1D
from grafana.influxql import TIME_ZONE, newest_of_site, of_site, site_pickers
from grafana.look import (
    BLUE,
    COST,
    COST_SHADES,
    COST_WHOLE,
    GREY,
    ORANGE,
    PLAIN,
    SHARE,
    SKY,
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
    bars_by_period,
    bars_over_time,
    figure,
    heading,
    lines_over_time,
    note,
    rows,
)
from grafana.panels.alarms import coloured_cells
from grafana.quality import coverage_by_day, quality_row
from grafana.words import Words

UID = "mieruka-cost"
LINES = ("basic_cost", "energy_cost", "adder_cost", "levy_cost", "other_cost")
MONTH = "31d"
"""A window that holds one first instant of the running billing month."""


def page(words: Words) -> Page:
    """Describe the board in the language of ``words``."""
    return Page(
        uid=f"{UID}-{words.language}",
        title=words("cost.title"),
        about=words("cost.about"),
        tags=("mieruka", "cost", words.language),
        variables=site_pickers(words),
        panels=(
            heading(words("cost.row.month")),
            *_month(words),
            heading(words("cost.row.bills")),
            _months(words),
            heading(words("cost.row.price")),
            *_prices(words),
            heading(words("cost.row.invoice")),
            _lines(words),
            _invoices(words),
            note(words("cost.invoice.title"), words("cost.invoice.text"), 24, 4),
            *quality_row(words, coverage_by_day(words)),
        ),
        time_zone=TIME_ZONE,
        shows="now-30d/d",
    )


def _month(words: Words) -> tuple[Panel, ...]:
    def of(key: str, field: str, unit: str, width: int, decimals: int) -> Panel:
        shown = card(
            words, key, unit, (width, 5), empty="cost.empty", window=MONTH, decimals=decimals
        )
        return figure(shown, Query(of_site(f'last("{field}")', BILL_LINES_1BM), words("cost")))

    return (
        of("cost.total", "total_cost", COST_WHOLE, 6, 0),
        of("cost.projected", "projected_total", COST_WHOLE, 6, 0),
        of("cost.unit", "unit_price", COST, 6, 2),
        of("cost.demand_share", "demand_share", SHARE, 6, 1),
    )


def _months(words: Words) -> Panel:
    names = {line: words(f"cost.{line}") for line in LINES}
    fields = ", ".join(f'"{line}" AS "{name}"' for line, name in names.items())
    query = Query(newest_of_site(fields, BILL_LINES_1BM), words("cost"), table=True)
    series = [Series(name, shade) for name, shade in zip(names.values(), COST_SHADES, strict=True)]
    bills = card(words, "cost.bills", COST, (24, 10), empty="cost.empty")
    return bars_by_period(bills, query, series, "YYYY-MM")


def _prices(words: Words) -> tuple[Panel, ...]:
    name, price = words("cost.daily"), words("cost.unit_price")
    daily = Series(name, ORANGE, Query(of_site('"energy_cost"', ENERGY_1D), name))
    unit = Series(price, ORANGE, Query(of_site('"unit_price"', BILL_LINES_1BM), price))
    days = card(words, "cost.days", COST, (12, 8), empty="cost.empty")
    prices = card(words, "cost.prices", COST, (12, 8), empty="cost.empty", window="400d")
    return (
        bars_over_time(days, (daily,), stacked=False),
        lines_over_time(prices, (unit,)),
    )


def _lines(words: Words) -> Panel:
    bands = (Band(0, 0, words("cost.settled"), GREY), Band(1, 1, words("cost.running"), SKY))
    wide = dict.fromkeys(LINES, 125) | {"adder_cost": 215, "other_cost": 90}
    columns = (
        Column("Time", words("cost.column.month"), "time:YYYY-MM-DD", width_px=130),
        Column("projected", words("cost.column.state"), bands=bands, width_px=90),
        *(Column(one, words(f"cost.{one}"), PLAIN, width_px=wide[one]) for one in LINES),
        Column("total_cost", words("cost.column.total"), PLAIN, width_px=110),
        Column("projected_total", words("cost.column.projected"), PLAIN, width_px=110),
        Column("unit_price", words("cost.unit_price"), PLAIN, 2, width_px=100),
        Column("demand_share", words("cost.column.share"), SHARE, 1, width_px=160),
        Column("currency", words("cost.column.currency"), width_px=80),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    query = Query(newest_of_site(fields, BILL_LINES_1BM), words("cost"), table=True)
    return rows(card(words, "cost.lines", PLAIN, (24, 9), empty="cost.empty"), query, columns)


def _invoices(words: Words) -> Panel:
    fits = (Band(0, 0, words("cost.differs"), VERMILION), Band(1, 1, words("cost.fits"), BLUE))
    columns = (
        Column("Time", words("cost.column.month"), "time:YYYY-MM-DD", width_px=130),
        Column("invoiced", words("cost.column.invoiced"), PLAIN),
        Column("reckoned", words("cost.column.reckoned"), PLAIN),
        Column("difference", words("cost.column.difference"), PLAIN),
        Column("fits", words("cost.column.fits"), bands=fits, width_px=140),
        Column("currency", words("cost.column.currency"), width_px=80),
    )
    fields = ", ".join(f'"{column.field}"' for column in columns[1:])
    query = Query(newest_of_site(fields, INVOICE_1BM), words("cost"), table=True)
    shown = card(words, "cost.invoices", PLAIN, (24, 8), empty="cost.invoices.empty")
    return coloured_cells(rows(shown, query, columns), "fits")

"""The last row of every board: how far its figures can be trusted."""

from __future__ import annotations

from collector.storage.schema import COMPLETENESS, ENERGY_1D, ENERGY_30M, READING
from grafana.influxql import BY_METER, METERS, RANGE, SITE, WHOLE_DAYS, ZONE, of_site
from grafana.look import BLUE, COUNT, KWH, RAW, SHARE, SKY, VERMILION, Band, Query, card
from grafana.panels import Panel, Row, figure, heading, states
from grafana.words import Words

SLOTS_OVER = f"{RANGE} AND time < now() - 30m"
"""The slots of the shown range without the running one."""


def quality_row(words: Words, *more: Panel, within_day: bool = False) -> tuple[Row | Panel, ...]:
    """The row's heading, four figures of one site, then what the board adds of its own.

    ``within_day``: the board shows the running day, whose slots are looked at.
    """
    return (
        heading(words("row.quality")),
        _heard(words),
        _complete(words),
        _covered(words, within_day),
        _estimated(words),
        *more,
    )


def _heard(words: Words) -> Panel:
    heard = f'SELECT last("active_energy_import_wh") AS "wh" FROM "{READING}"'
    by_meter = f'{heard} WHERE {SITE} AND {RANGE} GROUP BY "meter"'
    query = Query(f'SELECT count("wh") FROM ({by_meter}) WHERE {RANGE}', words("meter"), RAW)
    return figure(card(words, "heard", COUNT, (6, 4), empty="heard.empty", window="15m"), query)


def _complete(words: Words) -> Panel:
    text = f'SELECT min("share") FROM "{COMPLETENESS}" WHERE {METERS} AND {RANGE}'
    complete = card(words, "complete", SHARE, (6, 4), empty="complete.empty", decimals=1)
    return figure(complete, Query(text, words("complete.title")))


def _covered(words: Words, within_day: bool) -> Panel:
    # A share of the whole day: until midnight the running one looks like a gap.
    text = of_site('mean("coverage")', ENERGY_1D, WHOLE_DAYS)
    if within_day:
        # A slot of which nothing is known has no row; filled in, it counts as nothing.
        slots = of_site('mean("coverage") AS "share"', ENERGY_30M, SLOTS_OVER)
        by_slot = f"{slots} GROUP BY time(30m) fill(0)"
        text = f'SELECT mean("share") FROM ({by_slot}) WHERE {SLOTS_OVER}'
    covered = card(words, "covered", SHARE, (6, 4), decimals=1)
    return figure(covered, Query(text, words("coverage")))


def _estimated(words: Words) -> Panel:
    bridged = Query(of_site('sum("estimated_kwh")', ENERGY_1D), words("estimated"))
    return figure(card(words, "estimate", KWH, (6, 4)), bridged)


def known_bands(words: Words) -> tuple[Band, ...]:
    """What a share of what was expected or could be measured comes to: full, most, or gaps."""
    return (
        Band(0.99, 1.01, words("coverage.full"), BLUE),
        Band(0.9, 0.99, words("coverage.most"), SKY),
        Band(0, 0.9, words("coverage.gaps"), VERMILION),
    )


def coverage_by_day(words: Words, window: str = "") -> Panel:
    """Each meter's measured share of each day: where a figure of the range may be weak.

    ``window`` is for boards that show a year: a bar a day would be too fine, and slow to ask.
    """
    daily = f'SELECT mean("coverage") FROM "{ENERGY_1D}" WHERE {METERS} AND {WHOLE_DAYS}'
    text = f'{daily} GROUP BY time(1d), "meter" fill(null) {ZONE}'
    shown = card(words, "coverage_day", SHARE, (24, 8), empty="coverage_day.empty", window=window)
    return states(shown, Query(text, BY_METER), known_bands(words))

"""The 30-minute demand as series: measured, estimated, above contract, and the lines to keep."""

from __future__ import annotations

from collector.storage.schema import ENERGY_1MO, ENERGY_30M
from grafana.influxql import CONTRACT, RANGE, TARGET, of_site
from grafana.look import BLUE, GREY, SKY, TEXT, VERMILION, Query, Series
from grafana.words import Words


def demand_bars(words: Words) -> tuple[Series, ...]:
    """Each slot's mean power; estimated ones pale, ones above contract power as an alarm."""
    kw = of_site('"peak_kw" AS "kw"', ENERGY_30M)
    bridged = f'{kw} AND "estimated_kwh" > 0'
    over = _with_line(CONTRACT, "contract", '"kw"', 'AND "kw" > "contract"')
    texts = {"demand": kw, "demand.estimated": bridged, "demand.over": over}
    return tuple(
        Series(words(key), colour, Query(text, words(key)))
        for (key, text), colour in zip(texts.items(), (BLUE, SKY, VERMILION), strict=True)
    )


def demand_lines(words: Words) -> tuple[Series, ...]:
    """Contract power and target over the slots that are there; nothing where they are unknown."""
    contract = Query(_with_line(CONTRACT, "contract", '"contract"'), words("contract"))
    target = Query(_with_line(TARGET, "target", '"target"'), words("target"))
    return (
        Series(words("contract"), TEXT, contract, dashed=True),
        Series(words("target"), GREY, target, dotted=True),
    )


def share_of_contract() -> str:
    """The running month's peak over contract power; nothing where that is unknown."""
    share = f'last("peak_kw") / {CONTRACT} AS "share", last("peak_kw") * 0 + {CONTRACT}'
    inner = of_site(f'{share} AS "contract"', ENERGY_1MO)
    return f'SELECT "share" FROM ({inner}) WHERE "contract" > 0 AND {RANGE}'


def _with_line(value: str, name: str, asked: str, also: str = "") -> str:
    both = of_site(f'"peak_kw" AS "kw", "peak_kw" * 0 + {value} AS "{name}"', ENERGY_30M)
    return f'SELECT {asked} FROM ({both}) WHERE "{name}" > 0 {also} AND {RANGE}'.replace("  ", " ")

"""The alerts' queries: whose figures, and the money behind them. InfluxQL, no board variables.

``${site}`` and ``${sites}`` are filled in by the collector when it places a rule
(``collector/boards/alert_rules.py``); ``$timeFilter`` by Grafana.
"""

from __future__ import annotations

from collector.storage.schema import ENERGY_1D
from grafana.alerts.rule import DAY_S, Ask
from grafana.influxql import RANGE, SITE_METER

SITE = "\"site\" = '${site}'"
WHOLE = f"{SITE} AND \"meter\" = '{SITE_METER}'"
METERS = f'{SITE} AND "meter" !~ /^_/'
SITES = '"site" =~ /^(${sites})$/'
BY_METER = 'GROUP BY "meter"'

DEMAND_PRICE = "${demand_price}"
"""What a kW of demand costs a month at this site; 0 where that is not known."""


def newest(fields: str, measurement: str, whose: str, by: str = "") -> str:
    """The newest values within the range."""
    return f'SELECT {fields} FROM "{measurement}" WHERE {whose} AND {RANGE} {by}'.rstrip()


def unit_price(ref: str) -> Ask:
    """What a kWh of the newest day cost; null where no price is known.

    Grafana (9.4) judges a rule only if every one of its queries answers: what merely stands in a
    message must come from rows that are always there. Bills are not, so none is asked.
    """
    priced = 'last("energy_cost") / last("kwh")'
    return Ask(ref, newest(priced, ENERGY_1D, WHOLE), 32 * DAY_S)

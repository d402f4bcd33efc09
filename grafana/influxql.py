"""The queries' common parts: whose figures, of which range, in which zone.

InfluxQL in raw mode. The variables are filled in by Grafana, or by the collector where it makes a
board one site's own; ``TIME_ZONE`` is re-stamped for sites elsewhere.
"""

from __future__ import annotations

from collector.storage.schema import ENERGY_30M
from grafana.panels import Variable, choice, entry
from grafana.words import Words

TIME_ZONE = "Asia/Tokyo"
SITE_METER, UNMEASURED_METER = "_site", "_unmeasured"
"""The collector's pseudo meters for the whole of a site, and for what no circuit measures."""
ZONE = f"tz('{TIME_ZONE}')"
SITE = "\"site\" = '${site:raw}'"
WHOLE = f"{SITE} AND \"meter\" = '{SITE_METER}'"
"""The figures of the whole site: the collector's pseudo meter for it."""
METERS = f'{SITE} AND "meter" !~ /^_/'
"""All real meters."""
INCOMING = f'{SITE} AND "meter" =~ /^${{incoming:regex}}$/'
PARTS = f'{SITE} AND "meter" =~ /^(${{circuits:regex}}|{UNMEASURED_METER})$/'
"""The circuits that make up the whole, with what no meter measures."""
CIRCUITS = f'{SITE} AND "meter" =~ /^${{circuits:regex}}$/'
REST = f"{SITE} AND \"meter\" = '{UNMEASURED_METER}'"
ONE_METER = f"{SITE} AND \"meter\" = '${{meter:raw}}'"
"""The meter that the reader has picked (``meter_picker``)."""
SITES = '"site" =~ /^${site:regex}$/'
"""All chosen sites, on boards over many."""
CONTRACT, TARGET = "${contract_kw:raw}", "${target_kw:raw}"
"""The power agreed and the site's own target, kW; 0 where there is none: no line is drawn."""
RANGE = "$timeFilter"
WHOLE_DAYS = f"{RANGE} AND time < now() - 1d"
"""The days of the shown range that are over: each stands at its first instant."""
BY_METER = "$tag_meter"
BY_COLUMN = "$col"
NEWEST_13 = "ORDER BY time DESC LIMIT 13"
NEWEST_10 = "ORDER BY time DESC LIMIT 10"
USUAL_INCOMING = "main"
"""What the examples call the incoming meter; the reader picks another where it is not there."""
_VALUES = f'SHOW TAG VALUES FROM "{ENERGY_30M}" WITH KEY'


def of_site(fields: str, measurement: str, also: str = RANGE) -> str:
    """Select fields of the whole site; ``also`` bounds them (the shown range)."""
    return f'SELECT {fields} FROM "{measurement}" WHERE {WHOLE} AND {also}'


def newest_of_site(fields: str, measurement: str, limit: str = NEWEST_13) -> str:
    """Select the newest rows of the whole site, whatever range is shown."""
    return f'SELECT {fields} FROM "{measurement}" WHERE {WHOLE} {limit}'


def hours_of_day() -> str:
    """The heat map's 48 columns, named by the clock: alias them with ``BY_COLUMN``."""
    return ", ".join(f'"h{n:02d}" AS "{n // 2:02d}:{n % 2 * 30:02d}"' for n in range(48))


def whole_hours() -> str:
    """Twenty-four columns, each the mean of an hour's two halves: few enough to stand as bars."""
    halves = (f'("h{n:02d}" + "h{n + 1:02d}") / 2 AS "{n // 2:02d}:00"' for n in range(0, 48, 2))
    return ", ".join(halves)


def site_picker(words: Words) -> Variable:
    """Let the reader choose the site."""
    return choice("site", words("site"), f'{_VALUES} = "site"', "one")


def site_pickers(words: Words) -> tuple[Variable, ...]:
    """Let the reader choose the site, its incoming meters and its circuits."""
    meters = f'{_VALUES} = "meter" WHERE {METERS}'
    below = f'{meters} AND "meter" !~ /^${{incoming:regex}}$/'
    return (
        site_picker(words),
        choice("incoming", words("incoming"), meters, "several", first=USUAL_INCOMING),
        choice("circuits", words("circuits"), below, "all"),
    )


def demand_entries(words: Words) -> tuple[Variable, ...]:
    """Let the reader type in the powers to keep below."""
    return (
        entry("contract_kw", words("contract_kw"), "0"),
        entry("target_kw", words("target_kw"), "0"),
    )


def meter_picker(
    words: Words, name: str = "meter", label: str = "meter", first: str = SITE_METER
) -> Variable:
    """Let the reader choose one meter of the site, or the whole site; ``first`` is shown first."""
    meters = f'{_VALUES} = "meter" WHERE {SITE} AND "meter" != \'{UNMEASURED_METER}\''
    return choice(name, words(label), meters, "one", first=first)

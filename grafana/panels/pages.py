"""A whole board: headings of rows, what the reader picks, links, and the JSON it becomes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.look import TOTALS
from grafana.panels.dress import Built, Panel, c, d, dashboard

Variable = Builder[d.VariableModel]
Row = dashboard.Row
Choice = Literal["one", "several", "all"]
Scope = Literal["site", "fleet", "portfolio"]


def heading(title: str) -> Row:
    """Make a row's heading across the board."""
    return Row(title)


def choice(name: str, label: str, query: str, kind: Choice, first: str = "") -> Variable:
    """Let the reader pick a variable from the tag values that ``query`` finds.

    ``first`` is chosen to begin with where it is found; otherwise the first in the alphabet.
    """
    variable = dashboard.QueryVariable(name).label(label).query(query)
    variable.datasource(c.DataSourceRef(type_val="influxdb", uid=TOTALS))
    variable.refresh(d.VariableRefresh.ON_DASHBOARD_LOAD).sort(d.VariableSort.ALPHABETICAL_ASC)
    variable.multi(kind != "one").include_all(kind == "all")
    if first:
        value = first if kind == "one" else [first]
        variable.current(d.VariableOption(selected=True, text=value, value=value))
    return variable


def entry(name: str, label: str, value: str) -> Variable:
    """Let the reader type in a variable; ``value`` is what stands there first."""
    first = d.VariableOption(selected=True, text=value, value=value)
    return dashboard.TextBoxVariable(name).label(label).default_value(value).current(first)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A board before it is built: headings, panels and variables, in reading order.

    ``scope`` says whether it is of one site (and stamped for each), over all sites for those who
    keep the system (``fleet``), or over all sites for those who use it (``portfolio``). ``shows``
    and ``until`` are its range to begin with, ``refresh`` how often it asks anew.
    """

    uid: str
    title: str
    about: str
    tags: tuple[str, ...]
    variables: tuple[Variable, ...]
    panels: tuple[Row | Panel, ...]
    scope: Scope = "site"
    time_zone: str = "Asia/Tokyo"
    fiscal_year_starts: int = 4
    shows: str = "now-13d/d"
    until: str = "now"
    refresh: str = "1m"


@dataclass(frozen=True, slots=True)
class Way:
    """A link at the top of a board to another one; ``tags`` are those of that board."""

    title: str
    uid: str
    tags: tuple[str, ...]


def dashboard_text(page: Page, ways: Sequence[Way] = ()) -> str:
    """Build the page as classic dashboard JSON (schemaVersion 42), panels numbered from 1."""
    board = dashboard.Dashboard(page.title).uid(page.uid).description(page.about)
    board.tags(list(page.tags)).timezone(page.time_zone).week_start("monday").editable()
    board.fiscal_year_start_month(page.fiscal_year_starts - 1).time(page.shows, page.until)
    board.refresh(page.refresh).tooltip(d.DashboardCursorSync.CROSSHAIR)
    board.variables(list(page.variables)).annotations([])
    board.links([_link(way) for way in ways])
    for item in page.panels:
        if isinstance(item, Row):
            board.with_row(item)
        else:
            board.with_panel(item)
    built = board.build()
    for number, panel in enumerate(built.panels or [], start=1):
        panel.id_val = number
        if isinstance(panel, d.Panel) and panel.targets and not panel.time_from:
            # The InfluxDB plugin of Grafana 9 takes a fiscal year for January to December unless
            # the range comes as instants, as that of a moved panel does.
            panel.time_shift, panel.hide_time_override = panel.time_shift or "0s", True
    return json.dumps(built, cls=JSONEncoder, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def _link(way: Way) -> Builder[d.DashboardLink]:
    link = dashboard.DashboardLink(way.title).type(d.DashboardLinkType.LINK)
    link.url(f"/d/{way.uid}").keep_time(True).include_vars(True).icon("dashboard")
    built = link.tags(list(way.tags)).build()
    # The SDK's default would move it into a menu that older Grafana does not have.
    built.placement = None  # type: ignore[assignment]
    return Built(built)

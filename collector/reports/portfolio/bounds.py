"""The bounds of what stands out: rows of ``data/standing_out.toml``, told in the appendix."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from collector.errors import StopError
from collector.reports.constants import Constant, constant_on
from collector.reports.portfolio.view import PortfolioView
from collector.reports.report import Cell, Column, Row, Section, Table

FILE = "standing_out"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The rows that hold on a day.

    Numbers of sites: ``fewest_sites`` that are compared, ``most`` told of for one reason. ``far``
    is a factor to the median; the others are shares, 0 to 1.
    """

    fewest_sites: Constant
    far: Constant
    least_share: Constant
    changed: Constant
    hardly_used: Constant
    most: Constant

    @property
    def rows(self) -> tuple[Constant, ...]:
        """Each of them, in order."""
        return tuple(getattr(self, field.name) for field in fields(self))


def bounds_of(view: PortfolioView) -> Bounds:
    """Those of the report's last day. Raises ``StopError`` where one is not held."""
    last = view.portfolio.end - timedelta(days=1)
    return Bounds(*(_held(field.name, last) for field in fields(Bounds)))


def bounds_part(view: PortfolioView) -> Section:
    """The appendix: every bound with what it decides, and where it comes from."""
    columns = (
        Column(view.say("bound"), align="left"),
        Column(view.say("bound_value")),
        Column(view.say("bound_decides"), align="left"),
        Column(view.say("bound_source"), align="left"),
    )
    rows = tuple(_row(view, constant) for constant in bounds_of(view).rows)
    table = Table(view.say("bounds"), columns, rows)
    return Section(view.say("bounds"), view.say("bounds_lead"), (table,))


def _row(view: PortfolioView, constant: Constant) -> Row:
    share = constant.unit == "1"
    value = f"{float(constant.value):.0%}" if share else f"{constant.value}"
    unit = "" if share else f" {view.say(f'unit_{constant.unit}')}"
    return Row(
        (
            Cell(view.say(f"bound_{constant.id}")),
            Cell(f"{value}{unit}", float(constant.value)),
            Cell(constant.doubt(view.language)),
            Cell(constant.source if view.language == "en" else view.say("bound_own")),
        )
    )


def _held(id: str, day: date) -> Constant:
    found = constant_on(FILE, id, day)
    if found is None:
        raise StopError(f"data/{FILE}.toml holds no {id} on {day}", "add a row for it")
    return found

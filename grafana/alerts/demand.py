"""Demand: the running half hour against target and contract, and a new 12-month maximum."""

from __future__ import annotations

from collector.storage.figure_schema import DEMAND_NOW, MONTH_FIGURES
from collector.storage.schema import ENERGY_30M
from grafana.alerts.asked import DEMAND_PRICE, WHOLE, newest
from grafana.alerts.rule import DAY_S, MINUTE_S, Ask, Group, Reckon, Rule
from grafana.look import RAW

_LIVE_S = 3 * MINUTE_S
# The first five minutes of a half hour forecast little more than chance.
_SURE = f'{WHOLE} AND "left_s" <= 1500'
_BOARD = "mieruka-today"
_CLOSED = (
    "No row: readings are late, a meter is silent, or the half hour is young. Nothing is known of "
    "the demand then, and the rules of silence tell the cause."
)


def _year_of(kw: str) -> str:
    """What so much more demand costs in the twelve months for which it counts."""
    return f"({kw}) * {DEMAND_PRICE} * 12"


def _against(ref: str, line: str) -> tuple[Ask, ...]:
    fields = {"F": "forecast_kw", ref: line, "S": "shed_kw"}
    return tuple(
        Ask(one, newest(f'last("{field}")', DEMAND_NOW, _SURE), _LIVE_S, RAW)
        for one, field in fields.items()
    )


TARGET = Rule(
    uid="demand-target",
    asks=_against("K", "target_kw"),
    reckons=(Reckon("E", "$F - $K"), Reckon("Y", _year_of("$F - $K"))),
    fires="$F > $K * ${threshold:target_percent} / 100",
    wait="2m",
    severity="warning",
    board=_BOARD,
    per_meter=False,
    why=_CLOSED,
)
CONTRACT = Rule(
    uid="demand-contract",
    asks=_against("K", "contract_kw"),
    reckons=(Reckon("Y", _year_of("$F - $K")),),
    fires="$F > $K * ${threshold:demand_percent} / 100",
    wait="1m",
    severity="critical",
    board=_BOARD,
    per_meter=False,
    needs=("contract_kw",),
    why=_CLOSED,
)
NEW_PEAK = Rule(
    uid="new-peak",
    asks=(
        Ask("P", newest('max("peak_kw")', ENERGY_30M, WHOLE), DAY_S),
        Ask("N", newest('last("new_peak")', MONTH_FIGURES, WHOLE), 32 * DAY_S),
        Ask("T", newest('last("twelve_month_kw")', MONTH_FIGURES, WHOLE), 32 * DAY_S),
        Ask("V", newest('"twelve_month_kw"', MONTH_FIGURES, WHOLE), 63 * DAY_S, keep="min"),
    ),
    reckons=(Reckon("E", "$T - $V"), Reckon("Y", _year_of("$T - $V"))),
    # A month without one before it sets its maximum every day, and one that is lower than that of
    # a month ago costs nothing: neither is told. And this month's maximum is told on the day it
    # was set, not every day until the month ends.
    fires="$N > 0 && $T > $V + 0.05 && $P > $T - 0.05",
    wait="5m",
    severity="warning",
    board="mieruka-demand",
    per_meter=False,
    why="No half hour in a day, or no month reckoned yet: there is no maximum to speak of.",
)
GROUP = Group(
    "demand",
    "site",
    MINUTE_S,
    {"target_percent": 100, "demand_percent": 95},
    (TARGET, CONTRACT, NEW_PEAK),
)

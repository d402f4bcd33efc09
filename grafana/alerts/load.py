"""What is used without need: load after hours, base load that creeps up, a poor power factor."""

from __future__ import annotations

from collector.storage.figure_schema import DAY_FIGURES, MONTH_FIGURES
from grafana.alerts.asked import BY_METER, DEMAND_PRICE, METERS, WHOLE, newest, unit_price
from grafana.alerts.rule import DAY_S, MINUTE_S, Ask, Group, Reckon, Rule

_BOARD = "mieruka-load-profile"
_MONTH_S = 32 * DAY_S
_NO_FIGURE = "The figure is not known (too few days, or the meter does not tell it): silent."


def _yesterday(ref: str, fields: str) -> Ask:
    """A figure of the newest day that is over."""
    query = newest(fields, DAY_FIGURES, METERS, BY_METER)
    return Ask(ref, query, 3 * DAY_S, until_s=DAY_S)


AFTER_HOURS = Rule(
    uid="after-hours",
    asks=(
        _yesterday("K", 'last("after_hours_kwh")'),
        _yesterday("P", 'last("after_hours_kwh") / last("off_hours_kwh") * 100'),
        unit_price("U"),
    ),
    reckons=(Reckon("Y", "$K * $U"),),
    fires="$P > ${threshold:after_hours_percent} && $K > ${threshold:after_hours_kwh}",
    wait="1h",
    severity="warning",
    board=_BOARD,
    why=_NO_FIGURE,
)
BASE_LOAD = Rule(
    uid="base-load",
    asks=(
        Ask("P", newest('last("base_change_percent")', MONTH_FIGURES, METERS, BY_METER), _MONTH_S),
        Ask("B", newest('last("base_kw")', MONTH_FIGURES, METERS, BY_METER), _MONTH_S),
        unit_price("U"),
    ),
    # The rise in kW, and what it costs in a month of 730 hours.
    reckons=(Reckon("K", "$B * $P / (100 + $P)"), Reckon("Y", "$B * $P / (100 + $P) * 730 * $U")),
    fires="$P > ${threshold:base_percent} && $B * $P / (100 + $P) > ${threshold:base_kw}",
    wait="6h",
    severity="warning",
    board=_BOARD,
    why=_NO_FIGURE,
)
POWER_FACTOR = Rule(
    uid="power-factor",
    asks=(Ask("P", newest('last("power_factor_percent")', MONTH_FIGURES, WHOLE), _MONTH_S),),
    # A point of power factor is one hundredth of the basic charge; beside 85 % it is neither
    # raised nor lowered (standard supply terms of Japanese utilities).
    reckons=(
        Reckon("E", "85 - $P"),
        Reckon("Y", f"(85 - $P) / 100 * ${{contract_kw}} * {DEMAND_PRICE}"),
    ),
    fires="$P < ${threshold:power_factor_percent}",
    wait="6h",
    severity="warning",
    board="mieruka-power-quality",
    per_meter=False,
    why="No meter tells reactive energy: nothing is known of the power factor.",
)
GROUP = Group(
    "load",
    "site",
    10 * MINUTE_S,
    {
        "after_hours_percent": 25,
        "after_hours_kwh": 10,
        "base_percent": 10,
        "base_kw": 1,
        "power_factor_percent": 85,
    },
    (AFTER_HOURS, BASE_LOAD, POWER_FACTOR),
)

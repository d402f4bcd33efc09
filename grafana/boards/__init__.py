"""Every board by its uid (without the language): the one table a new board is added to."""

from __future__ import annotations

from collections.abc import Callable

from grafana.boards import (
    co2,
    cost,
    demand,
    energy,
    fleet,
    intensity,
    load_profile,
    portfolio,
    power_quality,
    today,
)
from grafana.panels import Page
from grafana.words import Words

BOARDS: dict[str, Callable[[Words], Page]] = {
    today.UID: today.page,
    demand.UID: demand.page,
    energy.UID: energy.page,
    co2.UID: co2.page,
    cost.UID: cost.page,
    load_profile.UID: load_profile.page,
    intensity.UID: intensity.page,
    power_quality.UID: power_quality.page,
    fleet.UID: fleet.page,
    portfolio.UID: portfolio.page,
}
"""In the order in which a board's links name the others."""

"""The texts of the boards: a file of shared words, and one file a board.

To add a board's words: a file with ``ROWS``, whose keys begin with the board's name, and a line
in the table here.
"""

from grafana.wording import (
    co2,
    cost,
    demand,
    energy,
    fleet,
    intensity,
    load_profile,
    portfolio,
    power_quality,
    shared,
    today,
)
from grafana.wording.text import Text

ROWS: dict[str, tuple[Text, ...]] = {
    "": shared.ROWS,
    "today": today.ROWS,
    "demand": demand.ROWS,
    "energy": energy.ROWS,
    "co2": co2.ROWS,
    "cost": cost.ROWS,
    "load_profile": load_profile.ROWS,
    "intensity": intensity.ROWS,
    "power_quality": power_quality.ROWS,
    "fleet": fleet.ROWS,
    "portfolio": portfolio.ROWS,
}
"""Texts by the board they are of; "" holds what boards share."""

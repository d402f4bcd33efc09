"""A reading as a table for people: kW and kWh, thousands separated, labels in two languages.

PURE. Before: a reading and the profile that it was read with. After: a rich table, figures first
in the order of ``contract.quantity``.
"""

from __future__ import annotations

from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from edge_agent.profile import Profile

SHOWN = {
    "W": ("kW", 1000, 3),
    "var": ("kvar", 1000, 3),
    "VA": ("kVA", 1000, 3),
    "Wh": ("kWh", 1000, 3),
    "varh": ("kvarh", 1000, 3),
    "V": ("V", 1, 1),
    "A": ("A", 1, 3),
    "Hz": ("Hz", 1, 2),
    "count": ("", 1, 0),
    "ms": ("ms", 1, 1),
    "m3": ("m³", 1, 3),
    "kg": ("kg", 1, 1),
    "": ("", 1, 3),
}
"""By unit of the quantity: the unit that people read, its size, and the digits after the point."""


def shown(quantity: str, value: float) -> tuple[str, str]:
    """The value as people read it, and its unit: ``("1,234.568", "kWh")``."""
    unit, size, digits = SHOWN[QUANTITIES[quantity].unit]
    return f"{value / size:,.{digits}f}", unit


def table(reading: Reading, title: str, profile: Profile) -> Table:
    """Every value of the profile; what the meter did not give stays blank."""
    at = datetime.fromtimestamp(reading.at_ms / 1000, UTC).astimezone()
    rows = profile.registers if profile.doubtful else profile.unverified
    doubtful = {register.quantity for register in rows}
    head = f"{title} · {profile.name} · {at:%Y-%m-%d %H:%M:%S %Z}"
    drawn = Table(title=Text(head), title_justify="left", caption_justify="left")
    drawn.add_column("quantity")
    drawn.add_column("計測項目")
    drawn.add_column("value", justify="right", no_wrap=True)
    drawn.add_column("unit", no_wrap=True)
    drawn.add_column("name", style="dim")
    for register in profile.registers:
        quantity = QUANTITIES[register.quantity]
        value = reading.values.get(quantity.name)
        figure, unit = ("", "") if value is None else shown(quantity.name, value)
        mark = " ?" if quantity.name in doubtful else ""
        drawn.add_row(quantity.label_en + mark, quantity.label_ja, figure, unit, quantity.name)
    if doubtful:
        drawn.caption = "? rests on one source: compare with the meter's display"
    return drawn

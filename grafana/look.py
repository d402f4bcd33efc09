"""What a board is described with: colours and units by meaning, cards, queries, series.

Plain types without any library: ``boards/<name>.py`` fills them, ``panels.py`` draws them.
Colours carry one meaning everywhere and can be told apart by colour-blind readers (Okabe-Ito).
"""

from __future__ import annotations

from dataclasses import dataclass

from grafana.words import Words

BLUE, ORANGE, GREEN = "#0072B2", "#E69F00", "#009E73"
"""Energy, cost, CO2."""
SKY, GREY, VERMILION = "#56B4E9", "#8C8C8C", "#D55E00"
"""Estimated energy, reference or remainder, alarm."""

TOTALS, RAW = "mieruka-totals", "mieruka-raw"
"""Uids of the two data sources: the bucket of totals and the bucket of raw readings."""

KW, KWH, TONNES, SHARE, COUNT, PLAIN = (
    "kwatt",
    "kwatth",
    "suffix:t-CO2",
    "percentunit",
    "none",
    "locale",
)
"""Units, as Grafana names them. Kilo is turned into mega from 1000 on."""


@dataclass(frozen=True, slots=True)
class Query:
    """One InfluxQL query. ``alias`` is the series' name, or ``$tag_meter``."""

    text: str
    alias: str
    source: str = TOTALS
    table: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What every panel says of itself: heading, explanation, empty state, unit and size.

    ``window`` is a fixed range that ends now (``15m``), for panels that must not follow the
    board's range; ``height`` counts Grafana's grid rows, ``width`` its 24 columns.
    """

    title: str
    about: str
    empty: str
    unit: str
    width: int
    height: int
    window: str = ""


def card(
    words: Words,
    key: str,
    unit: str,
    size: tuple[int, int],
    *,
    empty: str = "totals.empty",
    window: str = "",
) -> Card:
    """Fill a card from the catalogue: ``<key>.title``, ``<key>.about``; size is width, height."""
    return Card(
        title=words(f"{key}.title"),
        about=words(f"{key}.about"),
        empty=words(empty),
        unit=unit,
        width=size[0],
        height=size[1],
        window=window,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: a query, or a column of a table query, with its colour."""

    name: str
    colour: str
    query: Query | None = None
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Band:
    """Values from ``low`` to below ``high`` are shown as ``text`` in ``colour``."""

    low: float
    high: float
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: field, heading, and its own unit with decimals, texts or width."""

    field: str
    heading: str
    unit: str = ""
    decimals: int = 0
    bands: tuple[Band, ...] = ()
    width_px: int = 0

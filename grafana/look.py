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

COST_SHADES = ("#E69F00", "#8A5A00", "#F5CF80", "#B87A00", "#FAE7C0")
"""Parts of a bill beside one another: the orange of cost, dark and pale by turns."""
SECOND_GREEN = "#7FCDB3"
"""CO2 by a second method, where two stand side by side."""

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
COST = "currencyJPY"
"""The currency's unit; boards are built for yen and re-stamped for a site that pays otherwise."""
COST_WHOLE = "locale"
"""Money to the yen: the currency's own unit would write 1.2M. The heading names the currency."""
TEXT = "text"
"""The page's own colour for text: dark on a light page, light on a dark one."""
PERCENT, KILOGRAMS, SECONDS = "percent", "suffix:kg-CO2", "s"


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
    decimals: int | None = None


def card(
    words: Words,
    key: str,
    unit: str,
    size: tuple[int, int],
    *,
    empty: str = "totals.empty",
    window: str = "",
    decimals: int | None = None,
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
        decimals=decimals,
    )


@dataclass(frozen=True, slots=True)
class Series:
    """One series of a chart: a query, or a column of a table query, with its colour.

    A ``dashed`` or ``dotted`` series is a line to keep, drawn over bars. ``edge`` is the invisible
    edge of a pale range; the upper one names the lower in ``below``. A line that is ``stepped``
    keeps its last value up to the chart's right end.
    """

    name: str
    colour: str
    query: Query | None = None
    dashed: bool = False
    dotted: bool = False
    edge: bool = False
    below: str = ""
    stepped: bool = True


@dataclass(frozen=True, slots=True)
class Band:
    """Values from ``low`` to below ``high`` in ``colour`` as ``text``; "" leaves them as told."""

    low: float
    high: float
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Named:
    """A text that the store holds (``stale``) is shown as ``text`` in ``colour``."""

    value: str
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: field, heading, and its own unit with decimals, texts or width.

    Without ``width_px`` it takes its share of the table, but at least ``least_px`` or its heading.
    ``url`` is where a cell leads (Grafana fills in ``${__value.raw}``); ``hidden`` columns only
    serve the order or a link. ``rewritten`` is a pattern and what is shown of a text that fits.
    """

    field: str
    heading: str
    unit: str = ""
    decimals: int = 0
    bands: tuple[Band, ...] = ()
    names: tuple[Named, ...] = ()
    width_px: int = 0
    least_px: int = 0
    hidden: bool = False
    url: str = ""
    rewritten: tuple[str, str] | None = None

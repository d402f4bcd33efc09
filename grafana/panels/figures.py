"""Single figures: the large number, the gauge, and one horizontal bar a series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grafana.look import BLUE, TEXT, VERMILION, Band, Card, Query
from grafana.panels.dress import (
    Panel,
    bargauge,
    by_threshold,
    c,
    common,
    dressed,
    from_on,
    gauge,
    mappings,
    newest,
    stat,
    steps,
)

FAR = 1e12
"""Further than any figure goes: the open end of a range."""
_SENTENCES = re.compile(r"(?<=。)|(?<=\.) ")


def shortened(card: Card) -> Card:
    """The card of a single figure: its empty text as large as it fits in the figure's place.

    What is missing stands there, and what to do behind it in the explanation.
    """
    first = _SENTENCES.split(card.empty)[0]
    if first == card.empty:
        return card
    return replace(card, empty=first, about=f"{card.about}\n\n{card.empty}")


def figure(
    card: Card,
    query: Query,
    *,
    bands: Sequence[Band] = (),
    low: bool = False,
    alarm: float | None = None,
) -> Panel:
    """Show one large figure in neutral text.

    ``bands`` make it a state in words; ``low`` colours it as an alarm below zero, ``alarm`` from
    that value on.
    """
    panel = dressed(stat.Panel(), shortened(card), [query], TEXT)
    panel.reduce_options(newest()).graph_mode(c.BigValueGraphMode.NONE)
    panel.text_mode(c.BigValueTextMode.VALUE).color_mode(c.BigValueColorMode.NONE)
    if bands:
        panel.mappings(mappings(bands)).text(common.VizTextDisplayOptions().value_size(32))
    if low:
        panel.mappings(from_on(-FAR, -0.05, VERMILION)).color_mode(c.BigValueColorMode.VALUE)
    if alarm is not None:
        panel.mappings(from_on(alarm, FAR, VERMILION)).color_mode(c.BigValueColorMode.VALUE)
    return panel


def dial(card: Card, query: Query, *, top: float, alarm: float) -> Panel:
    """Show a gauge from 0 to ``top``, blue, vermilion from ``alarm`` on."""
    panel = dressed(gauge.Panel(), card, [query], BLUE)
    panel.thresholds(steps((None, BLUE), (alarm, VERMILION))).min(0).max(top)
    panel.color_scheme(by_threshold())
    return panel.reduce_options(newest()).show_threshold_markers(True)


def ranking(card: Card, query: Query, colour: str = BLUE) -> Panel:
    """Draw one horizontal bar a series, with its figure."""
    panel = dressed(bargauge.Panel(), card, [query], colour)
    panel.orientation(c.VizOrientation.HORIZONTAL).reduce_options(newest()).min(0)
    panel.display_mode(c.BarGaugeDisplayMode.BASIC).value_mode(c.BarGaugeValueMode.TEXT)
    return panel.show_unfilled(True)

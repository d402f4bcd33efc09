"""What `edge-agent listen` shows: the line, its units and, where known, their values."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Column, Table
from rich.text import Text

from edge_agent.commands.listening_watch import Watched
from edge_agent.config import LinkSettings
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.listen.listener import LinePicture
from edge_agent.listen.traffic import UnitTraffic
from edge_agent.live_table import shown
from edge_agent.words import Language, in_language, said

SPANS_SHOWN = 8
"""So many different requests are told of one unit."""


def draw(watched: Watched, language: Language) -> RenderableType:
    """All of it, for people."""
    line = watched.line
    parts: list[RenderableType] = []
    if line is not None and line.units:
        parts.append(_units(line, language))
        parts += [Text(in_language(one, language)) for one in _guessed(watched)]
        parts += [
            _values(unit, watched, line, language)
            for unit in sorted(watched.values)
            if watched.values[unit]
        ]
    if line is not None:
        parts.append(Text(in_language(_sum(watched.link, line), language), style="dim"))
    wrong = [*watched.notes(), *filter(None, [watched.why()])]
    parts += [Text(in_language(one, language), style="bold") for one in wrong]
    return Group(*parts)


def _sum(link: LinkSettings, line: LinePicture) -> str:
    return said(
        "{device} {baud} {parity}: {heard} bytes, {frames} frames, {unread} bytes in no frame; "
        "nothing is sent",
        device=link.device,
        baud=link.baud,
        parity=link.parity,
        heard=line.heard,
        frames=line.frames,
        unread=line.unread,
    )


def _units(line: LinePicture, language: Language) -> Table:
    heads = (
        said("unit"), said("asked"), said("answered"), said("latency"), said("last answer"),
        said("requests"),
    )  # fmt: skip
    columns = (Column(in_language(head, language), no_wrap=True) for head in heads)
    table = Table(*columns, box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for unit in sorted(line.units.values(), key=lambda one: one.unit):
        spans = "\n".join(_spans(unit, language))
        table.add_row(str(unit.unit), str(unit.asked), *_figures(unit, line.now_s), spans)
    return table


def _guessed(watched: Watched) -> Iterator[str]:
    for unit, names in sorted(watched.guessed.items()):
        if names:
            yield said("unit {unit} may be: {names}", unit=unit, names=", ".join(names))


def _figures(unit: UnitTraffic, now_s: float) -> tuple[str, str, str]:
    """Rate of answers, latency, and time since the last answer."""
    rate, mean_s, at_s = unit.answer_rate, unit.latency_mean_s, unit.answered_at_s
    answered = "" if rate is None else f"{100 * rate:.0f} %"
    latency = "" if mean_s is None else f"{1000 * mean_s:.0f}-{1000 * unit.latency_max_s:.0f} ms"
    return answered, latency, "" if at_s is None else f"{max(now_s - at_s, 0):.1f} s"


def _spans(unit: UnitTraffic, language: Language) -> Iterator[str]:
    rows = sorted(unit.spans.items())
    for (function, address, count), one in rows[:SPANS_SHOWN]:
        pace = "" if one.every_s is None else f", {one.every_s:.1f} s"
        yield f"{function} 0x{address:04X}+{count}{pace}"
    if len(rows) > SPANS_SHOWN:
        more = said("and {count} more", count=len(rows) - SPANS_SHOWN)
        yield in_language(more, language)


def _values(unit: int, watched: Watched, line: LinePicture, language: Language) -> Table:
    meter = watched.units[unit]
    name = meter.profile.name if meter else ""
    heard = watched.values[unit]
    title = in_language(said("unit {unit}: {profile}", unit=unit, profile=name), language)
    table = Table(title=Text(title), title_justify="left", show_header=False, box=box.SIMPLE_HEAD)
    for quantity in QUANTITIES.values():
        if quantity.name not in heard:
            continue
        value = heard[quantity.name]
        label = quantity.label_ja if language == "ja" else quantity.label_en
        figure, unit_name = shown(quantity.name, value.value)
        table.add_row(
            label, Text(figure, justify="right"), unit_name, f"{line.now_s - value.at_s:.1f} s"
        )
    return table

"""A report as one HTML page: every language inside, nothing loaded from anywhere.

The page opens offline, on a phone, on a desk and on A4 paper; it prints the language that is shown.
All text is escaped by the templates, and a content policy forbids the page to load or to run
anything but its own style and its own few lines of script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from collector.exports.calm_text import calm
from collector.exports.legend import Entry, entries, swatch
from collector.exports.scale import shortened
from collector.exports.svg import draw
from collector.reports.report import (
    LANGUAGES,
    BarChart,
    HeatMap,
    Language,
    Note,
    Picture,
    Report,
    StepChart,
    Table,
    XYChart,
)

WIDE_PX = 860
NARROW_PX = 358
"""Widths the pictures are drawn for: desk and paper, and a phone of 390 px without its margins."""
CONTENTS_ABOVE = 8
"""A report with more sections than this gets a table of contents."""
LONG_TABLE = 12
"""A table with more rows than this may go on overleaf, its head repeated."""
RUNNING_EM = 46.0
"""The most of a title that is repeated at the head of each sheet of paper (em)."""

_DATE = re.compile(r"\d{4}年\d{1,2}月(?:\d{1,2}日)?|\d{1,2} [A-Z][a-z]{2} \d{4}|\d{4}-\d\d-\d\d")
"""Dates as reports write them."""

_NAMES: dict[Language, str] = {"ja": "日本語", "en": "English"}
_CONTENTS: dict[Language, str] = {"ja": "目次", "en": "Contents"}


def render(
    reports: Report | Mapping[Language, Report], first: Language = "ja", *, paper: bool = False
) -> str:
    """Give the page of one report, or of the same report in several languages.

    With several, the reader's browser chooses and a switch changes it; ``first`` is shown where no
    script runs. ``paper`` leaves out the pictures for phones: for a page that is only printed.
    Raises ``ValueError`` when there is no report.
    """
    held = {reports.language: reports} if isinstance(reports, Report) else dict(reports)
    if not held:
        raise ValueError("there is no report to render: pass at least one")
    ordered = [held[language] for language in LANGUAGES if language in held]
    shown = first if first in held else ordered[0].language
    environment = _environment()
    script = environment.get_template("report.js").render().strip()
    return environment.get_template("report.html").render(
        reports=ordered,
        shown=shown,
        paper=paper,
        style=Markup(environment.get_template("report.css").render()),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("collector.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_calmed,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "names": _NAMES,
        "contents": _CONTENTS,
        "contents_above": CONTENTS_ABOVE,
        "picture": _picture,
        "entries": entries,
        "sample": _sample,
        "whole": _whole,
        "running": _running,
        "long_table": LONG_TABLE,
        "wide_px": WIDE_PX,
        "narrow_px": NARROW_PX,
    }
    environment.tests |= {
        "picture": lambda block: isinstance(block, StepChart | BarChart | HeatMap | XYChart),
        "table": lambda block: isinstance(block, Table),
        "note": lambda block: isinstance(block, Note),
    }
    return environment


def _calmed(value: object) -> object:
    # Markup is a text too, but ours, and made from calm text.
    return calm(value) if type(value) is str else value


def _picture(picture: Picture, width: int, key: str) -> Markup:
    return Markup(draw(picture, width, key))


def _sample(entry: Entry, key: str) -> Markup:
    return Markup(swatch(entry, key))


def _whole(text: str) -> Markup:
    """The text of a cell, in which no line ends inside a date."""
    return Markup(_DATE.sub(r'<span class="whole">\g<0></span>', str(escape(calm(text)))))


def _running(text: str) -> Markup:
    """The text as a string of a style sheet, for the margin of the paper.

    Whatever is not a letter or a digit is written as its code, so that no text ends the string,
    the rule or the style.
    """
    held = shortened(" ".join(calm(text).split()), RUNNING_EM, 1.0)
    return Markup('"' + "".join(_styled(character) for character in held) + '"')


def _styled(character: str) -> str:
    return character if character.isalnum() else f"\\{ord(character):x} "

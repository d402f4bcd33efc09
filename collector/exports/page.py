"""A report as one HTML page: every language inside, nothing loaded from anywhere.

The page opens offline, on a phone, on a desk and on A4 paper; it prints the language that is shown.
All text is escaped by the templates, and a content policy forbids the page to load or to run
anything but its own style and its own few lines of script.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector.exports.svg import draw, swatch
from collector.reports.report import (
    LANGUAGES,
    BarChart,
    HeatMap,
    Language,
    LegendEntry,
    Note,
    Picture,
    Report,
    StepChart,
    Table,
)

WIDE_PX = 860
NARROW_PX = 358
"""Widths the pictures are drawn for: desk and paper, and a phone of 390 px without its margins."""

_NAMES: dict[Language, str] = {"ja": "日本語", "en": "English"}


def render(reports: Report | Mapping[Language, Report], first: Language = "ja") -> str:
    """Give the page of one report, or of the same report in several languages.

    With several, the reader's browser chooses and a switch changes it; ``first`` is shown where no
    script runs. Raises ``ValueError`` when there is no report.
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
        names=_NAMES,
        style=Markup(environment.get_template("report.css").render()),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("collector.exports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "picture": _picture,
        "sample": _sample,
        "wide_px": WIDE_PX,
        "narrow_px": NARROW_PX,
    }
    environment.tests |= {
        "picture": lambda block: isinstance(block, StepChart | BarChart | HeatMap),
        "table": lambda block: isinstance(block, Table),
        "note": lambda block: isinstance(block, Note),
    }
    return environment


def _picture(picture: Picture, width: int, key: str) -> Markup:
    return Markup(draw(picture, width, key))


def _sample(entry: LegendEntry, key: str) -> Markup:
    return Markup(swatch(entry, key))

"""The parameters that several routes share, each told once."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import Path, Query

from collector.api.problems import Problem
from collector.api.seen import Seen
from collector.series.column import Value
from collector.series.csv_text import iso

TimeForm = Literal["iso", "ms"]
FromText = Annotated[
    str | None,
    Query(
        alias="from",
        description="first instant: a local day, ISO 8601 with offset, or UTC ms;"
        " left out: as far back as the token sees",
        examples=["2025-04-01"],
    ),
]
ToText = Annotated[
    str | None,
    Query(
        alias="to",
        description="end, itself excluded; left out: as far as the token sees",
        examples=["2025-05-01"],
    ),
]
Limit = Annotated[
    int | None,
    Query(description="rows of a page at most; the settings bound it", ge=1, examples=[1000]),
]
Cursor = Annotated[
    str | None,
    Query(description="where the page begins: as the answer before said in next or Link"),
]
Time = Annotated[
    TimeForm, Query(description="instants as ISO 8601 in the site's zone, or as UTC ms")
]
MeterId = Annotated[
    str,
    Path(description="id of a meter, or _site or _unmeasured", examples=["press"]),
]


def limit_of(seen: Seen, asked: int | None) -> int:
    """How many rows a page has. Raises ``Problem`` 400 above what the settings allow."""
    settings = seen.served.settings
    if asked is None:
        return min(settings.page_rows, settings.most_rows)
    if asked > settings.most_rows:
        raise Problem(400, f"limit: {asked} is too many", f"{settings.most_rows} at most")
    return asked


def instant(at_ms: int, form: TimeForm, zone: ZoneInfo) -> Value | int:
    """The instant as the caller wants it."""
    return at_ms if form == "ms" else iso(at_ms, zone)

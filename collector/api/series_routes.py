"""Totals, raw readings and completeness: long series, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from collector.api.answer import table_answer
from collector.api.asked import (
    Cursor,
    FromText,
    Limit,
    MeterId,
    Time,
    TimeForm,
    ToText,
    instant,
    limit_of,
)
from collector.api.cursor import Place, cursor_of, place_of
from collector.api.paging import Page, PlacedRow, Read, page_of
from collector.api.problems import Problem, refused
from collector.api.said_answers import Answers, answers
from collector.api.schema import Schema, listed, row, text, thing
from collector.api.seen import Seen, SeenSite
from collector.errors import CollectorError
from collector.rollup.periods import Window
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import PERIODS
from collector.series.column import (
    BOOKED,
    COMPLETENESS,
    END,
    ENERGY,
    METER,
    START,
    TIME,
    Column,
    named,
    quantity_column,
)
from collector.series.kinds import Days, Readings, Series, Totals
from collector.series.wanted import What, meters_of, period_named, quantity_named

router = APIRouter(tags=["series"])
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
_STEP_MS = {"15m": HOUR_MS // 4, "30m": HOUR_MS // 2, "1d": DAY_MS, "1sd": DAY_MS}
_LONG_STEP_MS = 30 * DAY_MS
READINGS_STEP_MS = 1000
_VALUE = Column("value", "", "the reading, in the unit of the quantity", example=42_000.0)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked for: a stretch, and a page of it in a form."""

    span: Window
    limit: int
    after: Place | None
    time: TimeForm
    identity: tuple[object, ...]
    """What a cursor is bound to."""


def _said(meaning: str, columns: Sequence[Column], *fields: str) -> Answers:
    own: dict[str, Schema] = {name: text(f"the {name} asked for") for name in fields}
    paged = {
        "rows": listed("in order of time", row("one period or instant", columns)),
        "next": text("cursor of the next page; null: this is the last", null=True),
    }
    return answers(meaning, thing(meaning, own | paged), 403, 404, csv=True, paged=True)


@router.get(
    "/v1/sites/{site}/meters/{meter}/totals",
    summary="Energy, demand, CO2 and cost of a meter by period",
    response_class=Response,
    responses=_said("a page of totals", (START, END, *ENERGY, *BOOKED), "site", "meter", "period"),
)
def totals(
    request: Request,
    seen: SeenSite,
    meter: MeterId,
    period: Annotated[
        str,
        Query(description=f"one of {', '.join(PERIODS)}, where the site has it", examples=["30m"]),
    ] = "30m",
    from_text: FromText = None,
    to_text: ToText = None,
    fields: Annotated[
        str | None,
        Query(description="names of columns, joined by commas; none: all", examples=["kwh"]),
    ] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    time: Time = "iso",
) -> Response:
    """Whole periods that are stored; one that is not stored is unknown, not zero.

    CO2 and cost are booked for days and longer. Methods of CO2 are never added up.
    """
    try:
        kind = period_named(period, seen.site)
    except CollectorError as error:
        raise refused(error) from error
    _require_meter(seen, meter, "totals")
    series = Totals(seen.source.store, seen.site.id, calendar_of(seen.site), kind)
    asked = _question(seen, (from_text, to_text), limit, cursor, time, "totals", meter, kind)
    step_ms = _STEP_MS.get(kind, _LONG_STEP_MS) * (asked.limit + 1)
    page = page_of(_reader(series, meter), asked.span, asked.after, asked.limit, step_ms)
    told = {"site": seen.site.id, "meter": meter, "period": kind}
    return _told(request, seen, asked, page, told, _chosen(series.columns, fields))


@router.get(
    "/v1/sites/{site}/meters/{meter}/readings",
    summary="Raw readings of a meter",
    response_class=Response,
    responses=_said("a page of readings", (TIME, _VALUE), "site", "meter", "quantity", "unit"),
)
def readings(
    request: Request,
    seen: SeenSite,
    meter: MeterId,
    quantity: Annotated[
        str,
        Query(description="which quantity; its name ends in its unit", examples=["active_power_w"]),
    ],
    from_text: FromText = None,
    to_text: ToText = None,
    limit: Limit = None,
    cursor: Cursor = None,
    time: Time = "iso",
) -> Response:
    """Readings as they were taken: counters raw, instants of the polls. Kept for a while only."""
    try:
        name = quantity_named(quantity)
    except CollectorError as error:
        raise refused(error) from error
    _require_meter(seen, meter, "readings")
    store, site = seen.source.store, seen.site.id
    asked = _question(seen, (from_text, to_text), limit, cursor, time, "readings", meter, name)

    def skip(at_ms: int) -> int | None:
        sample = store.first_from(site, meter, name, at_ms)
        return None if sample is None else sample[0]

    read = _reader(Readings(store, site, (name,)), meter)
    step_ms = READINGS_STEP_MS * (asked.limit + 1)
    page = page_of(read, asked.span, asked.after, asked.limit, step_ms, skip)
    unit = quantity_column(name).unit
    told = {"site": site, "meter": meter, "quantity": name, "unit": unit}
    return _told(request, seen, asked, page, told, [(0, Column("value", unit, ""))])


@router.get(
    "/v1/sites/{site}/completeness",
    summary="How much of what was read has come, by day and meter",
    response_class=Response,
    responses=_said("a page of days", (START, END, METER, *COMPLETENESS), "site"),
)
def completeness(
    request: Request,
    seen: SeenSite,
    meter: Annotated[
        str | None, Query(description="id of a meter; none: all", examples=["press"])
    ] = None,
    from_text: FromText = None,
    to_text: ToText = None,
    limit: Limit = None,
    cursor: Cursor = None,
    time: Time = "iso",
) -> Response:
    """Local days in order, in each the meters by their ids; a day without a row is unknown."""
    if meter is not None:
        _require_meter(seen, meter, "completeness")
    names = (meter,) if meter is not None else tuple(sorted(meters_of(seen.site, "completeness")))
    asked = _question(seen, (from_text, to_text), limit, cursor, time, "completeness", meter)
    series = Days(seen.source.store, seen.site.id, calendar_of(seen.site))
    step_ms = DAY_MS * (asked.limit // max(1, len(names)) + 1)
    read = _reader_of(series, names)
    page = page_of(read, asked.span, asked.after, asked.limit, step_ms)
    columns = [(place, column) for place, column in enumerate((METER, *series.columns))]
    return _told(request, seen, asked, page, {"site": seen.site.id}, columns)


def _question(
    seen: Seen,
    ends: tuple[str | None, str | None],
    limit: int | None,
    cursor: str | None,
    time: TimeForm,
    *about: object,
) -> Question:
    span = seen.span(*ends)
    identity = (seen.site.id, *about, *ends)
    after = None if cursor is None else place_of(cursor, identity)
    return Question(span, limit_of(seen, limit), after, time, identity)


def _require_meter(seen: Seen, meter: str, what: What) -> None:
    if meter not in meters_of(seen.site, what):
        hint = f"GET /v1/sites/{seen.site.id}/meters lists them"
        raise Problem(404, f"the site has no {what} of such a meter", hint)


def _reader(series: Series, meter: str) -> Read:
    def read(span: Window) -> list[PlacedRow]:
        rows = series.read(meter, span)
        return [PlacedRow(Place(start), end, values) for start, end, values in rows]

    return read


def _reader_of(series: Series, meters: Sequence[str]) -> Read:
    def read(span: Window) -> list[PlacedRow]:
        rows = (
            PlacedRow(Place(start, meter), end, (meter, *values))
            for meter in meters
            for start, end, values in series.read(meter, span)
        )
        return sorted(rows, key=lambda found: found.place)

    return read


def _chosen(columns: Sequence[Column], fields: str | None) -> list[tuple[int, Column]]:
    there = named(columns)
    if fields is None:
        return list(enumerate(columns))
    wanted = list(dict.fromkeys(name.strip() for name in fields.split(",")))
    unknown = [name for name in wanted if name not in there]
    if unknown:
        hint = f"one or more of {', '.join(there)}"
        raise Problem(400, f"fields: {unknown[0]!r} is no column of this period", hint)
    places = list(there)
    return [(places.index(name), there[name]) for name in wanted]


def _told(
    request: Request,
    seen: Seen,
    asked: Question,
    page: Page,
    document: dict[str, Any],
    chosen: Sequence[tuple[int, Column]],
) -> Response:
    of_reading = "quantity" in document
    heads = (TIME,) if of_reading else (START, END)
    rows = [
        (
            *(
                instant(at_ms, asked.time, seen.site.zone)
                for at_ms in (found.place.start_ms, found.end_ms)[: len(heads)]
            ),
            *(found.values[place] for place, _ in chosen),
        )
        for found in page.rows
    ]
    following = None if page.following is None else cursor_of(page.following, asked.identity)
    headers = {} if following is None else {"Link": _link(request, following)}
    columns = [*heads, *(column for _, column in chosen)]
    return table_answer(request, {**document, "next": following}, columns, rows, headers)


def _link(request: Request, cursor: str) -> str:
    # Relative, so that it holds behind any proxy (RFC 8288, 3.1).
    kept = [(name, text) for name, text in request.query_params.multi_items() if name != "cursor"]
    return f'<?{urlencode([*kept, ("cursor", cursor)])}>; rel="next"'

"""``/v1/sites/{site}/findings``: proposals with what they save, and what was looked at in vain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from collector.api.answer import json_answer
from collector.api.asked import FromText, ToText
from collector.api.finding_schemas import FINDING, FINDINGS, RANGES
from collector.api.made import made
from collector.api.problems import RETRY_AFTER_S, Problem
from collector.api.said_answers import answers
from collector.api.seen import Seen, SeenProposals
from collector.api.span_text import instant_ms
from collector.rollup.periods import Window, midnight_ms
from collector.rollup.site_calendar import calendar_of

if TYPE_CHECKING:
    from collector.findings.finding import Range
    from collector.findings.tracked import Tracked
    from collector.gather.followed_findings import Followed

router = APIRouter(tags=["figures"])
WAIT_S = 5.0
_one_at_a_time = threading.Lock()
"""Rules over a year are the one heavy answer: they must not take the server from all others."""


@router.get(
    "/v1/sites/{site}/findings",
    summary="Proposals to save energy, money and CO2",
    response_class=Response,
    responses=answers("the findings, the most yen first", FINDINGS, 403, 404, 409),
)
def findings(
    request: Request, seen: SeenProposals, from_text: FromText = None, to_text: ToText = None
) -> Response:
    """What the rules find in the load of local days; without days, of the year up to today.

    All amounts are of a year, as ranges. Overlapping findings say so: never add them up.
    """
    today = calendar_of(seen.site).date_of(seen.source.clock.now_ms())
    first, end = _days(seen, from_text, to_text, today)
    zone = seen.site.zone
    seen.require(Window(midnight_ms(zone, first), midnight_ms(zone, max(first, end))))
    with _alone(), made():
        # The analysis is loaded for those alone who ask for it.
        from collector.gather.followed_findings import followed

        found = followed(seen.source, seen.site, (first, end), today)
    told = {"site": seen.site.id, "from": first.isoformat(), "to": end.isoformat()}
    return json_answer(request, told | _view(found))


def _days(seen: Seen, from_text: str | None, to_text: str | None, today: date) -> tuple[date, date]:
    reach, calendar = seen.token.reach, calendar_of(seen.site)
    end = min(today, reach.end or today)
    if to_text is not None:
        end = calendar.date_of(instant_ms(to_text, "to", seen.site.zone))
    first = max(_a_year_before(end), reach.first or date.min)
    if from_text is not None:
        first = calendar.date_of(instant_ms(from_text, "from", seen.site.zone))
    return first, end


def _a_year_before(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


@contextmanager
def _alone() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=WAIT_S):
        headers = {"Retry-After": str(RETRY_AFTER_S)}
        raise Problem(503, "other findings are being computed", "ask again", headers)
    try:
        yield
    finally:
        _one_at_a_time.release()


def _view(found: Followed) -> dict[str, Any]:
    return {
        "rows": [_finding(item) for item in found.tracked if item.finding is not None],
        "silences": [
            {
                "rule": item.rule,
                "circuit": item.circuit,
                "why_ja": item.why_ja,
                "why_en": item.why_en,
                "lacking": item.lacking,
            }
            for item in found.findings.silences
        ],
    }


def _finding(item: Tracked) -> dict[str, Any]:
    finding = item.finding
    told = {name: getattr(finding, name) for name in FINDING if hasattr(finding, name)}
    told |= {name: _range(told[name]) for name in RANGES}
    threshold, evidence = told["threshold"], told["evidence"]
    told["threshold"] = {
        name: getattr(threshold, name) for name in ("id", "value", "unit", "source")
    }
    told["evidence"] = {
        "from": evidence.start.isoformat(),
        "to": evidence.end.isoformat(),
        "coverage": evidence.coverage,
        "estimated": evidence.estimated,
        "known": evidence.known,
    }
    told["overlaps"] = [{"key": one.key, "share": one.share} for one in told["overlaps"]]
    return told | {"status": item.status, "owner": item.owner, "since": _since(item.since_ms)}


def _range(told: Range | None) -> dict[str, float] | None:
    return None if told is None else {"low": told.low, "mid": told.mid, "high": told.high}


def _since(at_ms: int | None) -> str | None:
    return None if at_ms is None else datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()

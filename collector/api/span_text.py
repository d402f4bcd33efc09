"""The ends of a stretch as a caller writes them: a local day, an instant, or UTC milliseconds.

``from`` is included, ``to`` excluded; a day means its local midnight.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from collector.api.problems import Problem
from collector.rollup.periods import Window, midnight_ms
from collector.state.api_tokens import Reach

EARLIEST_MS, LATEST_MS = 0, 7_258_118_400_000
"""1970 to 2200: no reading lies outside."""
HINT = "write 2025-04-01, 2025-04-01T00:00:00+09:00 or UTC milliseconds"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MS = re.compile(r"\d{1,13}", re.ASCII)


def instant_ms(text: str, name: str, zone: ZoneInfo) -> int:
    """The instant (UTC ms). Raises ``Problem`` 400 with the ways to write one."""
    written = text.strip()
    try:
        if _DAY.fullmatch(written):
            return _within(midnight_ms(zone, date.fromisoformat(written)))
        if _MS.fullmatch(written):
            return _within(int(written))
        # A plus sign that nobody escaped arrives as a blank.
        moment = datetime.fromisoformat(written.replace(" ", "+") if "T" in written else written)
        if moment.tzinfo is None:
            raise ValueError("without its offset from UTC")
        return _within(round(moment.timestamp() * 1000))
    except (ValueError, OverflowError) as error:
        raise Problem(400, f"{name}: {text!r} is no instant", HINT) from error


def _within(at_ms: int) -> int:
    if not EARLIEST_MS <= at_ms <= LATEST_MS:
        raise ValueError("outside of 1970 to 2200")
    return at_ms


def bounds_of(reach: Reach, zone: ZoneInfo) -> Window:
    """What a token may see of a site in this zone."""
    first, end = reach.first, reach.end
    return Window(
        EARLIEST_MS if first is None else midnight_ms(zone, first),
        LATEST_MS if end is None else midnight_ms(zone, end),
    )


def span_of(reach: Reach, zone: ZoneInfo, from_text: str | None, to_text: str | None) -> Window:
    """The stretch asked for, all that the token may see where an end is left out.

    Raises ``Problem``: 400 for what is no instant or ends before it begins, 403 for what reaches
    beyond the token's days.
    """
    bounds = bounds_of(reach, zone)
    start_ms = bounds.start_ms if from_text is None else instant_ms(from_text, "from", zone)
    end_ms = bounds.end_ms if to_text is None else instant_ms(to_text, "to", zone)
    require_within(reach, zone, Window(start_ms, max(start_ms, end_ms)))
    if end_ms < start_ms:
        raise Problem(400, "to lies before from", "exchange them")
    return Window(start_ms, end_ms)


def require_within(reach: Reach, zone: ZoneInfo, span: Window) -> None:
    """See that a token may see all of the stretch. Raises ``Problem`` 403 with its days."""
    bounds = bounds_of(reach, zone)
    if span.start_ms < bounds.start_ms or bounds.end_ms < span.end_ms:
        first, last = reach.first or "the beginning", reach.last or "any day"
        hint = f"this token sees days from {first} to {last}, included"
        raise Problem(403, "the period reaches beyond what the token may see", hint)

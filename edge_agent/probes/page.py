"""Whether a running program says of itself that it is well."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from edge_agent.probes.finding import Finding, fault, note, ok

ANSWER_S = 3.0
SUBJECT = "health page"


def page_findings(listen: str, who: str, own_id: str, running: bool | None) -> Iterator[Finding]:
    """``GET /health`` at ``listen`` ("" when it is off).

    ``who`` is ``the agent`` or ``the collector``, ``own_id`` its id; ``running`` says whether it
    runs, None when nobody knows.
    """
    if not listen:
        what = f"Nothing outside can see how {who} is."
        yield note(SUBJECT, "off", what, 'Set [health] listen = "127.0.0.1:..." to have it.')
        return
    try:
        status, told = ask(listen)
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or "the answer is no health page"
        yield _silent(f"nothing at http://{listen}/health: {reason}", who, running)
        return
    named = told.get(who.removeprefix("the "), own_id)
    if named != own_id:
        what = f"Nothing is known of {own_id}: both cannot have one address."
        remedy = "Give one of them another [health] listen."
        yield fault(SUBJECT, f"the page at {listen} is that of {named}", what, remedy)
        return
    if status == 200 and told.get("ok") is True:
        yield ok(SUBJECT, f"{who} says that it is well")
        return
    remedy = f"Read the log, and all of http://{listen}/health"
    yield fault(SUBJECT, _unwell(status, told), f"{who.capitalize()} itself says so.", remedy)


_LARGEST_ANSWER = 1_000_000
"""Bytes of a health document that are read; more than this and it is none of ours."""


def ask(listen: str) -> tuple[int, Mapping[str, Any]]:
    """Status and document. Raises ``OSError``, ``HTTPException``, ``ValueError``."""
    parts = urlsplit(f"//{listen}")
    page = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
    try:
        page.request("GET", "/health")
        answer = page.getresponse()
        told = json.loads(answer.read(_LARGEST_ANSWER))
    finally:
        page.close()
    if not isinstance(told, dict):
        raise ValueError("not a health document")
    return answer.status, told


def _silent(measured: str, who: str, running: bool | None) -> Finding:
    if running:
        what = f"{who.capitalize()} runs, yet gives no page: it hangs, or the address is taken."
        return fault(SUBJECT, measured, what, "Read its log; another program may have the port.")
    if running is None:
        return note(SUBJECT, measured, f"Either {who} does not run now, or it hangs.")
    return note(SUBJECT, measured, f"{who.capitalize()} does not run now.")


def _unwell(status: int, told: Mapping[str, Any]) -> str:
    # The agent calls its reasons "why", the collector "faults".
    reasons = told.get("why") or told.get("faults") or []
    listed = "; ".join(map(str, reasons)) if isinstance(reasons, list) else ""
    return f"not well (status {status})" + (f": {listed}" if listed else "")

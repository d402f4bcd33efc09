"""What a commissioning record says: gathered from the agent and the workbench at one moment."""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from edge_agent import profile
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft
from edge_agent.page.known import draft_of, link_of
from edge_agent.wiring import phasors


def facts_of_record(desk: Desk, meter: str) -> dict[str, Any]:
    """Everything that the record of ``meter`` holds but for what a person adds."""
    settings = desk.bench.settings()
    row = next(each for each in settings.meters if each.id == meter)
    draft = desk.table.draft()
    own = draft if draft.meter == meter else draft_of(desk, row)
    return {
        "form": 1,
        "at_ms": desk.now_ms(),
        "site": settings.agent.site,
        "agent": settings.agent.id,
        "software": f"mieruka {version('mieruka')}",
        "meter": row.model_dump(),
        "link": link_of(desk, row).model_dump(),
        "model": _model(row, own, link_of(desk, row)),
        **_values(desk, row, own),
        "wiring": _verdict(own),
        "statistics": _statistics(desk, meter),
        "receipt_ms": desk.bench.stored_up_to(meter),
    }


def _model(row: MeterSettings, draft: Draft, link: LinkSettings) -> dict[str, Any]:
    model = profile.load(row.profile)
    return {
        "vendor": model.vendor,
        "models": list(model.models),
        "told": draft.model,
        "profile": model.name,
        "verification": model.verification,
        "unverified": [register.quantity for register in model.unverified],
        "sources": [f"{one.title} {one.revision}".strip() for one in model.sources],
    }


def _values(desk: Desk, row: MeterSettings, draft: Draft) -> dict[str, Any]:
    reading = desk.bench.latest().get(row.id)
    values = dict(reading.values) if reading else dict(draft.values or {})
    at_ms = reading.at_ms if reading else draft.values_at_ms
    arrows = [asdict(one) for one in phasors(values, row.wiring)]
    return {"values": values, "values_at_ms": at_ms, "phasors": arrows}


def _verdict(draft: Draft) -> dict[str, Any] | None:
    judgement = draft.judgement
    if judgement is None:
        return None
    return {
        "at_ms": draft.judged_at_ms,
        "enough_load": judgement.enough_load,
        "healthy": judgement.healthy,
        "load": judgement.load,
        "samples": judgement.samples,
        "verdicts": [
            {name: getattr(one, name) for name in ("severity", "title", "evidence", "todo")}
            for one in judgement.verdicts
        ],
        "looked_at": [
            {"title": look.title, "done": look.done, "why": look.why}
            for look in judgement.looked_at
        ],
    }


def _statistics(desk: Desk, meter: str) -> dict[str, Any]:
    one = desk.bench.statistics().get(meter)
    if one is None:
        return {}
    names = ("answers", "timeouts", "bad_answers", "refusals", "latency_ms", "latency_max_ms")
    return {name: getattr(one, name) for name in names}

"""`wiring`: how meters are wired, by the judgement that the agent keeps up all the time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from edge_agent.care.plant import Plant
from edge_agent.care.questions.chosen import chosen_meters
from edge_agent.care.told import Told
from edge_agent.contract.care import Ask
from edge_agent.wiring.verdict import Judgement
from edge_agent.words import said


def answer(plant: Plant, ask: Ask) -> Told:
    """The newest judgement of the meter in the question, or of all; nothing is read for it."""
    rows = chosen_meters(plant.settings(), ask)
    standing = plant.standing()
    meters = [_document(row.id, standing[row.id]) for row in rows if row.id in standing]
    missing = [row.id for row in rows if row.id not in standing]
    body = {"meters": meters, "not_judged": missing}
    if not meters:
        hint = said("it needs a few minutes of readings with load; ask again later")
        return Told("failed", said("no judgement could be made yet"), hint, body)
    return Told(body=body)


def _document(meter: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "meter": meter,
        "healthy": judgement.healthy,
        "enough_load": judgement.enough_load,
        "load": judgement.load,
        "samples": judgement.samples,
        "verdicts": [asdict(verdict) for verdict in judgement.verdicts],
        "looked_at": [asdict(look) for look in judgement.looked_at],
    }

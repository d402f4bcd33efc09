"""`settings`: the settings file as it is now, for whoever may push another one."""

from __future__ import annotations

from edge_agent.care.plant import Plant
from edge_agent.care.told import Told
from edge_agent.contract.care import SETTINGS_MOST_BYTES, Ask, settings_digest
from edge_agent.errors import StopError
from edge_agent.process.bounded import text_in
from edge_agent.words import said


def answer(plant: Plant, _ask: Ask) -> Told:
    """Its text and digest: passwords and keys are in files of their own, so none are in it.

    Raises ``StopError`` when it cannot be read.
    """
    try:
        text = text_in(plant.path, SETTINGS_MOST_BYTES)
    except (OSError, ValueError) as error:
        what = said("{file} cannot be read: {reason}", file=plant.path.name, reason=str(error))
        raise StopError(what, said("look at the file at the plant")) from error
    return Told(body={"text": text, "digest": settings_digest(text)})

"""What the JSON sources share: a document or one clear error, instants, and a row's faults."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from collector.errors import CollectorError

LARGEST_G_PER_KWH = 3000.0
"""No grid emits more; a larger figure is in another unit."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _with_zone(text: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError:
        raise ValueError(f"{text!r} is not a time") from None
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return instant


Instant = Annotated[datetime, BeforeValidator(_with_zone)]
"""Text with Z or an offset."""
Grams = Annotated[float, Field(ge=0, le=LARGEST_G_PER_KWH, allow_inf_nan=False, strict=True)]


class SourceRow(BaseModel):
    """A row of somebody else's document: what we do not know of it is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def document(content: bytes) -> Mapping[str, Any]:
    """The JSON object in the bytes.

    Raises ``CollectorError`` when it is none, or when it is the answer of a service that failed.
    """
    try:
        doc = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CollectorError(
            f"not JSON: {error}", "save the answer as the service sent it"
        ) from error
    if not isinstance(doc, dict):
        raise CollectorError("not a JSON object", "save the whole answer of the service")
    if "error" in doc:
        told = doc["error"].get("message") if isinstance(doc["error"], dict) else doc["error"]
        raise CollectorError(f"the service answered with an error: {told}", "ask it again")
    return doc


def items(value: object, where: str) -> list[tuple[str, Any]]:
    """The items of an array, each with its path. Raises ``CollectorError`` when it is none."""
    if not isinstance(value, list):
        raise CollectorError(f"{where} is not an array", "save the whole answer of the service")
    return [(f"{where}[{index}]", item) for index, item in enumerate(value)]


def in_ms(instant: datetime) -> int:
    """An instant in whole UTC ms."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def faults_of(error: ValidationError) -> str:
    """All faults of a row on one line, each with its path."""
    faults = []
    for item in error.errors():
        path, told = ".".join(map(str, item["loc"])), item["msg"].removeprefix("Value error, ")
        told = told[:1].lower() + told[1:]
        faults.append(f"{path}: {told}" if path else told)
    return "; ".join(faults)

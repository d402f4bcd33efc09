"""[[meters]]: a meter's electrical identity."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edge_agent.config.text import Name, Number, Settings, Whole

Wiring = Literal["", "1P2W", "1P3W", "3P3W", "3P4W"]
"""Phases and wires of the circuit; "" where nobody has said."""


class MeterSettings(Settings):
    """One meter's electrical identity. ``every_s`` None: as [poll] says.

    ``timeout_ms`` and ``gap_ms`` None: as the link, then the profile say. ``circuit`` is what hangs
    behind it, in the plant's words; ``below`` is the meter that carries it too, as wired;
    ``rated_current_a`` is the primary current of its transformers or its breaker; ``generates``
    says whether power can flow back through it, None where nobody has said.
    """

    id: Name
    name: str = ""
    link: str
    unit_id: Whole = Field(ge=0, le=255)
    profile: str = Field(min_length=1)
    serial: str = Field(default="", max_length=80)
    ct_ratio: Number = Field(default=1.0, gt=0, allow_inf_nan=False)
    vt_ratio: Number = Field(default=1.0, gt=0, allow_inf_nan=False)
    wiring: Wiring = ""
    rated_current_a: Number | None = Field(default=None, gt=0, allow_inf_nan=False)
    generates: bool | None = None
    circuit: str = Field(default="", max_length=200)
    below: str = ""
    timeout_ms: Whole | None = Field(default=None, ge=10, le=60_000)
    gap_ms: Whole | None = Field(default=None, ge=0, le=10_000)
    every_s: Number | None = Field(default=None, gt=0, le=86_400)

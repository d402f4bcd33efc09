"""What all settings have in common: frozen tables without unknown keys, strict numbers, names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from edge_agent.contract.topics import NAME_PATTERN

Name = Annotated[str, Field(pattern=rf"^{NAME_PATTERN}$")]
Whole = Annotated[int, Field(strict=True)]
Number = Annotated[float, Field(strict=True)]
"""As TOML writes them: a number in quotes or a true is a fault."""


class Settings(BaseModel):
    """One table of a settings file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

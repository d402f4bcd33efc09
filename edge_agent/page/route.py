"""A row of the page's table of addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from edge_agent.page.visit import Answer


@dataclass(frozen=True, slots=True)
class Route:
    """``do(desk, visit, **names)`` answers ``method`` at ``path`` (``<name>`` is any one word).

    A form that cannot be used leads ``back``, where the reason is shown.
    """

    method: Literal["GET", "POST"]
    path: str
    do: Callable[..., Answer]
    back: str = "/"

"""What the line makes of one question to one unit. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["answer", "refusal", "garbled", "foreign", "silent"]
"""``garbled``: bytes that are no whole answer; ``foreign``: a whole one, of something else."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a probe: ``code`` of a refusal; ``told`` and ``todo`` are a fault's words."""

    outcome: Outcome
    latency_ms: float = 0.0
    code: int = 0
    told: str = ""
    todo: str = ""

    @property
    def there(self) -> bool:
        """Whether a unit answered."""
        return self.outcome in ("answer", "refusal")

    def like(self, other: Heard) -> bool:
        """Whether both could come from one and the same unit; words change with the load."""
        return self.there and (self.outcome, self.code) == (other.outcome, other.code)

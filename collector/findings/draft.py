"""What a rule says before it is priced: what would be saved, in which slots, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from collector.analysis.evidence import Evidence
from collector.analysis.frame import Floats
from collector.findings.finding import NOTHING, Confidence, EvidenceSeries, Range, Said, Silence

if TYPE_CHECKING:
    from collector.findings.case import Case

Pool = Literal["energy", "demand", "contract", "power_factor", "tariff", "signal"]
"""What is saved: two drafts of one pool may save the same (see ``overlap``)."""


@dataclass(frozen=True, slots=True)
class Texts:
    """What is proposed, how it is, how it will be, and the evidence in a sentence with numbers."""

    measure: Said
    before: Said
    after: Said
    why: Said


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """A proposal without prices.

    ``saved_kwh`` is along the window's slots, as it most likely comes out (kWh, NaN where nothing
    is known); ``spread`` are the factors by which the year's sum may be lower and higher. ``kw``
    is demand that is no longer billed. ``yen`` is what the bills themselves differ by, beside
    the worth of ``saved_kwh`` and ``kw``. ``co2_t`` stands instead of energy times factor where
    another figure applies. ``threshold`` is the id of the row that decided.
    """

    rule: str
    circuit: str
    texts: Texts
    threshold: str
    evidence: Evidence
    confidence: Confidence
    pool: Pool = "energy"
    saved_kwh: Floats | None = None
    spread: tuple[float, float] = (1.0, 1.0)
    kw: Range | None = None
    yen: Range = NOTHING
    co2_t: Range | None = None
    co2_factor: str = ""
    pictures: tuple[EvidenceSeries, ...] = ()
    caveats: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, what people call it, what it looks at, its formula, and its look.

    ``look`` yields a draft for each circuit it proposes something for and a silence for what it
    looked at in vain. It may raise ``ValueError`` where the load cannot be analysed, and
    ``CollectorError`` where it cannot be billed: that is then its silence.
    """

    name: str
    title: Said
    looks_at: Said
    formula: str
    look: Callable[[Case], Iterator[Draft | Silence]]


def spread_of(low: float, mid: float, high: float) -> tuple[float, float]:
    """The factors that lead from the middle share to the low and the high one."""
    return low / mid, high / mid

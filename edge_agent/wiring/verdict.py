"""What a look at a meter's values comes to. PURE."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "reversed_ct",
    "swapped_phases",
    "rotation",
    "ct_on_wrong_phase",
    "wrong_ct_ratio",
    "wrong_vt_ratio",
    "missing_voltage",
    "single_phase_on_three",
    "unbalanced_sums",
    "pf_sign",
    "energy_vs_power",
    "parent_vs_children",
]
Severity = Literal["fault", "check", "note"]
"""``fault``: the values allow nothing else, correct it. ``check``: it is possible, and the
evidence tells what else it may be. ``note``: nothing is wrong by itself; worth knowing."""
Check = Literal[
    "voltages",
    "nominal",
    "directions",
    "rated",
    "product",
    "sums",
    "factor",
    "energy",
    "family",
    "nights",
]
"""The ways of looking; each verdict comes from one of them."""
Key = tuple[Kind, tuple[str, ...]]
"""A kind and its phases."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that is wrong, or may be: what, how sure, by which figures, and what to do.

    ``phases`` are those concerned (``L1``...), empty when they cannot be told. ``title``,
    ``evidence`` and ``todo`` are texts for people, made with ``said``. ``others`` are the kinds and
    phases that would show the same figures; the evidence tells them too.
    """

    kind: Kind
    severity: Severity
    title: str
    evidence: str
    todo: str
    check: Check
    phases: tuple[str, ...] = ()
    others: tuple[Key, ...] = ()

    @property
    def key(self) -> Key:
        """What makes it the same verdict when it is given again."""
        return self.kind, self.phases


@dataclass(frozen=True, slots=True)
class Look:
    """One way of looking: whether the values allowed it, at which phases, and if not, why not."""

    check: Check
    title: str
    done: bool
    why: str = ""
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts on one meter, and what they rest on.

    ``enough_load`` False: no phase carried enough current, so only its voltages were judged;
    ``load`` says so in words, and ``loaded`` names the phases that carried enough.
    """

    verdicts: tuple[Verdict, ...]
    enough_load: bool
    load: str
    loaded: tuple[str, ...]
    looked_at: tuple[Look, ...]
    samples: int

    @property
    def healthy(self) -> bool:
        """Whether there was load and nothing to correct or to check was found."""
        return self.enough_load and all(row.severity == "note" for row in self.verdicts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of looking brings."""

    look: Look
    verdicts: tuple[Verdict, ...] = ()

"""What is known of a counter beside its values: how it counts, what was changed, what was ruled."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Literal

ChangeKind = Literal["replaced", "ratio"]
RulingKind = Literal["glitch", "reset", "rollover", "replaced", "ratio", "frozen", "gap", "plain"]


@dataclass(frozen=True, slots=True)
class MeterChange:
    """A dated fact: from ``at_ms`` (UTC ms) on another meter, or another CT/VT ratio, counts.

    A ratio is primary to secondary, current and voltage together (a 400/5 A transformer: 80).
    Empty or None: not known.
    """

    at_ms: int
    kind: ChangeKind
    serial_before: str = ""
    serial_after: str = ""
    ratio_before: float | None = None
    ratio_after: float | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """A user's decision on one step of the counter, which stands over the engine's own.

    It decides the step that ends at the first sample at or after ``at_ms`` (UTC ms), which must
    come within ``RULING_REACH_MS``. ``glitch`` leaves that sample out; ``plain`` books the step
    as it is. ``booked_milli_wh`` is the energy of the step; None: the engine books it by the
    rules of the kind. Of two rulings on one sample the later in the list stands. Raises
    ``ValueError`` for an energy below zero.
    """

    at_ms: int
    kind: RulingKind
    booked_milli_wh: int | None = None
    reason: str = ""
    by: str = ""

    def __post_init__(self) -> None:
        """Refuse an energy no counter books."""
        if self.booked_milli_wh is not None and self.booked_milli_wh < 0:
            raise ValueError(
                f"a ruling books {self.booked_milli_wh} milli-Wh: give 0 or more, or leave it out"
                " to let the engine book the step"
            )


@dataclass(frozen=True, slots=True)
class CounterFacts:
    """What is known of a meter's counter.

    ``step_wh`` is the smallest difference it shows (0: unknown), ``modulus_wh`` the value at
    which it begins again at zero, in Wh after scaling (None: unknown or never; see
    ``register_modulus_wh``), ``rated_power_w`` the power of what it measures (None: unknown),
    ``usual_power_w`` a high power it usually shows, which stands in for the rated power (None:
    no rise is too steep; ``usual_power_w()`` finds it in samples). For a varh counter, or one of
    anything else, read its unit for Wh and its unit an hour for W; ``unit`` is what the reasons
    of events call a thousand of it.

    Raises ``ValueError`` for a negative or endless number.
    """

    step_wh: float = 0.0
    modulus_wh: float | None = None
    rated_power_w: float | None = None
    changes: tuple[MeterChange, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    usual_power_w: float | None = None
    unit: str = "kWh"

    def __post_init__(self) -> None:
        """Refuse what no counter can have."""
        _check("step_wh", self.step_wh, may_be_zero=True)
        _check("modulus_wh", self.modulus_wh)
        _check("rated_power_w", self.rated_power_w)
        _check("usual_power_w", self.usual_power_w)


def register_modulus_wh(bits: int, wh_per_count: float) -> float:
    """Where a whole binary register begins again (Wh): 16 bits of 10 Wh are 655,360 Wh.

    Raises ``ValueError`` for a width below 1 bit.
    """
    if bits < 1:
        raise ValueError(f"a register of {bits} bits holds nothing: 16, 32, 48 or 64 are usual")
    return float(2**bits) * wh_per_count


def _check(name: str, number: float | None, may_be_zero: bool = False) -> None:
    if number is None:
        return
    if not isfinite(number) or number < 0 or (number == 0 and not may_be_zero):
        wanted = "0 or more" if may_be_zero else "above 0"
        raise ValueError(f"{name} is {number}: it must be {wanted}, or left out when not known")

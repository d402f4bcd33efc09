"""What is known of a meter's circuit before anything is measured. PURE."""

from __future__ import annotations

import math
from dataclasses import dataclass

from edge_agent.config import MeterSettings
from edge_agent.config.meters import Wiring

LOADED = 0.05
"""A phase counts as loaded from this share of the rated current: class 1 accuracy holds from 5 %
on (IEC 62053-21, table 4: 1.5 % from 0.05 In)."""
LEAST_A = 0.5
"""... and from this current where no rated current is known."""
SECONDARY_A = 5.0
"""The usual secondary current of a transformer (IEC 61869-2)."""


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """What a person has said of a circuit; None or "" where nobody has.

    ``rated_current_a`` is that of the transformers' primary side or of the breaker;
    ``nominal_voltage_v`` is line to line (1P3W: 200 between the outer lines; 1P2W: that of the
    circuit). ``generates``: power may flow back (solar panels, a generator). ``counter_step_wh``
    is the smallest step of the energy counter.
    """

    wiring: Wiring = ""
    rated_current_a: float | None = None
    nominal_voltage_v: float | None = None
    ct_ratio: float = 1.0
    vt_ratio: float = 1.0
    generates: bool | None = None
    counter_step_wh: float = 10.0

    @property
    def full_current_a(self) -> float | None:
        """The rated current, or what the ratio of the transformers says of it."""
        if self.rated_current_a is not None:
            return self.rated_current_a
        return SECONDARY_A * self.ct_ratio if self.ct_ratio > 1 else None

    @property
    def least_current_a(self) -> float:
        """From this current on, a phase counts as loaded."""
        full_a = self.full_current_a
        return LEAST_A if full_a is None else max(0.01, LOADED * full_a)

    @property
    def least_power_w(self) -> float:
        """The same for a meter that shows power and no current: at 100 V, the lowest supply."""
        return 100.0 * self.least_current_a


def facts_of(settings: MeterSettings, counter_step_wh: float = 10.0) -> MeterFacts:
    """The facts that the settings of a meter, and its profile's counter, tell."""
    return MeterFacts(
        wiring=settings.wiring,
        rated_current_a=settings.rated_current_a,
        ct_ratio=settings.ct_ratio,
        vt_ratio=settings.vt_ratio,
        generates=settings.generates,
        counter_step_wh=counter_step_wh if math.isfinite(counter_step_wh) else 10.0,
    )

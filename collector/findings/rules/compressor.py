"""Compressed air by the half hour: what of a compressor's energy is idling, load and leak.

The share of a slot under load, from its mean power p (of the rating) and the unloaded power u:

    f = (p - u) / (1 - u), 0 to 1        idle kWh = (1 - f) x min(p, u) x rated kW x h

Where no ``unload_percent`` is given, slots between the thresholds off and load idle as a whole
(states by measured power; analytics-reports 1.5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from collector.analysis.frame import Floats
from collector.analysis.grid import Bools
from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.finding import Silence


@dataclass(frozen=True, slots=True, eq=False)
class Machine:
    """A compressor: rated kW, unloaded share (None: not given), and by slot what it did.

    ``runs`` is true where it is not off, ``idle_kwh`` is NaN where unknown.
    """

    view: CircuitView
    rated_kw: float
    unloaded: float | None
    runs: Bools
    idle_kwh: Floats


def machines(case: Case, rule: str) -> Iterator[Machine | Silence]:
    """Each compressor described in the settings; a silence where a figure of it is missing."""
    views = case.of_kind("compressor")
    if not views:
        yield not_told(
            rule,
            "",
            'コンプレッサーの回路がない: [sites.meters.equipment] kind = "compressor" を設定する',
            'no compressor is described: set kind = "compressor" in [sites.meters.equipment]',
            lacking=True,
        )
    for view in views:
        if view.rated_kw is None:
            yield not_told(rule, view.id, "rated_kw が必要", "needs rated_kw", lacking=True)
        else:
            yield _machine(case, view, view.rated_kw)


def _machine(case: Case, view: CircuitView, rated_kw: float) -> Machine:
    share = view.kw / rated_kw
    known = ~np.isnan(share)
    off, load = (case.value(f"compressor_idle.{part}_percent") / 100 for part in ("off", "load"))
    runs = known & (np.nan_to_num(share) >= off)
    plate = view.equipment
    given = plate.unload_percent if plate is not None else None
    unloaded = None if given is None else given / 100
    idle = _mixed(share, unloaded) if unloaded is not None else np.where(share < load, share, 0.0)
    kwh = np.where(runs, idle * rated_kw * KWH_A_KW, 0.0)
    return Machine(view, rated_kw, unloaded, runs, np.where(known, kwh, np.nan))


def loaded_share(share: Floats, unloaded: float) -> Floats:
    """The share of each slot under load, by its mean power (of the rating)."""
    return np.asarray(np.clip((share - unloaded) / (1 - unloaded), 0.0, 1.0), dtype=np.float64)


def _mixed(share: Floats, unloaded: float) -> Floats:
    return (1 - loaded_share(share, unloaded)) * np.minimum(share, unloaded)

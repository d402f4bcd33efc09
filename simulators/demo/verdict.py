"""Judges a run: the plant's ledger against the store, reading by reading and kWh by kWh."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from collector.rollup.totals import SITE_METER, Period, Total
from edge_agent import profile
from edge_agent.profile import Profile, Register
from simulators.demo.outcome import MeterEnergy, Outcome
from simulators.demo.stage import Stage
from simulators.ledger import Verdict, judge

ENERGY = "active_energy_import_wh"
FAR_FUTURE_MS = 2**45
MANTISSA_BITS = {"f32": 24, "f64": 53}
REASONS_SHOWN = 10


def outcome(stage: Stage, report: str) -> Outcome:
    """The run in figures, with a line for everything that is not as it should be."""
    found = _readings(stage)
    energies = [_energy(stage, meter) for meter in stage.ledger.meters]
    roots = {meter.id for meter in stage.plant.meters if meter.parent is None}
    slots = _slots(stage, SITE_METER)
    co2 = [day.co2_kg for day in _totals(stage, SITE_METER, "1d")]
    return Outcome(
        site=stage.site.id,
        readings_served=found.served,
        readings_stored=found.stored,
        lost=found.lost,
        duplicated=found.duplicated,
        kwh_simulated=sum(e.simulated_kwh for e in energies if e.meter in roots),
        kwh_stored=math.fsum(slot.kwh for slot in slots),
        co2_kg=None if None in co2 else math.fsum(kg for kg in co2 if kg is not None),
        report=report,
        max_demand_kw=_max_demand_kw(stage),
        faults=tuple(_faults(found, energies)),
    )


def counter_step_wh(model: Profile, register: Register, wh: float) -> float:
    """How far two values may be off the truth where the counter stands at ``wh`` (Wh).

    A float register rounds what the meter shows in its own steps a second time.
    """
    bits = MANTISSA_BITS.get(register.format)
    if bits is None or not wh:
        return max(model.counter_step_wh, abs(register.scale))
    raw = abs(wh / register.scale)
    ulp = float(2.0 ** (math.floor(math.log2(raw)) + 1 - bits)) * abs(register.scale)
    return model.counter_step_wh + ulp


def _readings(stage: Stage) -> Verdict:
    store, site = stage.collector.store, stage.site.id
    stored = {
        meter.id: store.read_series(site, meter.id, ENERGY, stage.span.from_ms, FAR_FUTURE_MS)
        for meter in stage.plant.meters
    }
    return judge(stage.ledger, stored)


def _slots(stage: Stage, meter: str) -> Sequence[Total]:
    return _totals(stage, meter, "30m")


def _totals(stage: Stage, meter: str, period: Period) -> Sequence[Total]:
    start_ms = stage.span.from_ms - 86_400_000
    return stage.collector.store.read_totals(stage.site.id, meter, period, start_ms, FAR_FUTURE_MS)


def _energy(stage: Stage, meter: str) -> MeterEnergy:
    model = profile.load(stage.plant.meter(meter).profile)
    register = next(row for row in model.registers if row.quantity == ENERGY)
    last = stage.ledger.last(meter)
    resolution_wh = counter_step_wh(model, register, last.true_wh if last else 0.0)
    return MeterEnergy(
        meter=meter,
        simulated_kwh=stage.ledger.true_kwh(meter),
        stored_kwh=math.fsum(slot.kwh for slot in _slots(stage, meter)),
        resolution_kwh=resolution_wh / 1000,
    )


def _max_demand_kw(stage: Stage) -> float | None:
    if stage.options.csv is None:
        return None
    return max((slot.peak_kw for slot in _slots(stage, SITE_METER)), default=0.0)


def _faults(found: Verdict, energies: list[MeterEnergy]) -> Iterator[str]:
    yield from found.reasons[:REASONS_SHOWN]
    if len(found.reasons) > REASONS_SHOWN:
        yield f"and {len(found.reasons) - REASONS_SHOWN} more"
    for energy in energies:
        if energy.off:
            yield (
                f"{energy.meter}: {energy.stored_kwh:,.3f} kWh stored, "
                f"{energy.simulated_kwh:,.3f} kWh simulated; its counter can tell "
                f"{energy.resolution_kwh:,.4f} kWh"
            )

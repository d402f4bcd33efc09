"""The circuits in the order of their tree, with their shares, standby and part in the peak."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.contribution import Contribution, contribution_of
from collector.analysis.evidence import evidence_of
from collector.analysis.gates import gates_for
from collector.analysis.grid import Bools, kw_of
from collector.analysis.load_factor import Diversity, diversity
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.analysis.standby import Standby, standby_by_circuit
from collector.reporting.gathering.consultant_shape import required
from collector.reports.consultant.answer import Answer, answered
from collector.reports.consultant.data import CircuitRow, Circuits


def circuits_of(load: SiteLoad, runs: Bools | None) -> Circuits:
    """Shares with the remainder, standby by circuit, diversity."""
    slots = load.slots
    shares = answered(
        lambda: contribution_of(slots, load.circuits), gates_for("contribution", slots)
    )
    standby = _standby(load, runs)
    return Circuits(
        rows=tuple(_rows(load, shares, standby)),
        contribution=shares,
        diversity=answered(lambda: _diversity(load)),
    )


def _diversity(load: SiteLoad) -> Diversity:
    if len(load.leaves) < 2:
        raise ValueError("diversity needs two circuits: measure some")
    return diversity(load.circuits)


def _standby(load: SiteLoad, runs: Bools | None) -> dict[str, Standby]:
    gates = gates_for("standby", load.slots)
    found = answered(lambda: standby_by_circuit(load.circuits, load.slots, required(runs)), gates)
    return {circuit.id: one for circuit, one in found.value or ()}


def _rows(
    load: SiteLoad, shares: Answer[Contribution], standby: dict[str, Standby]
) -> Iterator[CircuitRow]:
    by_id = {one.circuit: one for one in shares.value.shares} if shares.value else {}
    whole = float(np.nansum(load.slots["kwh"].to_numpy()))
    for circuit, level in _tree(load.circuits):
        kw = kw_of(circuit.slots)
        known = ~np.isnan(kw)
        kwh = float(np.nansum(kw)) / 2 if known.any() else None
        share, idle = by_id.get(circuit.id), standby.get(circuit.id)
        yield CircuitRow(
            id=circuit.id,
            name=circuit.name,
            name_en=circuit.name_en,
            level=level,
            kwh=kwh,
            energy_share=kwh / whole if kwh is not None and whole > 0 else None,
            peak_kw=share.peak_kw if share else None,
            peak_share=share.peak_share if share else None,
            standby_kw=idle.kw if idle else None,
            standby_kwh=idle.kwh if idle else None,
            standby_share=idle.share if idle else None,
            known=float(known.mean()),
            coverage=evidence_of(circuit.slots).coverage,
        )


def _tree(circuits: tuple[CircuitLoad, ...]) -> Iterator[tuple[CircuitLoad, int]]:
    """Children under their parents, the most energy first."""
    ids = {one.id for one in circuits}
    tops = [one for one in circuits if one.parent not in ids]
    yield from _below(circuits, tops, 0, set())


def _below(
    circuits: tuple[CircuitLoad, ...], these: list[CircuitLoad], level: int, seen: set[str]
) -> Iterator[tuple[CircuitLoad, int]]:
    for one in sorted(these, key=_energy, reverse=True):
        if one.id in seen:
            continue
        seen.add(one.id)
        yield one, level
        children = [child for child in circuits if child.parent == one.id]
        yield from _below(circuits, children, level + 1, seen)


def _energy(circuit: CircuitLoad) -> float:
    return float(np.nansum(circuit.slots["kwh"].to_numpy()))

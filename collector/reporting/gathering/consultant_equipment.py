"""Transformers and compressors whose nameplates the settings know."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from collector.analysis.compressor import compressor_use
from collector.analysis.frame import index_of
from collector.analysis.grid import Bools, day_numbers, kinds_of
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.analysis.standby import CLOSED
from collector.analysis.transformer import Transformer, transformer_use
from collector.reports.consultant.answer import answered
from collector.reports.consultant.data import CompressorRow, TransformerRow
from collector.site_config import EquipmentSettings, SiteSettings

ASSUMED_POWER_FACTOR = 0.95
"""Stands in where a transformer's meter measures no reactive energy; told beside the figure."""


def transformers_of(site: SiteSettings, load: SiteLoad) -> tuple[TransformerRow, ...]:
    """The transformers with kVA and both losses given, and a load that is known."""
    found = []
    for circuit, plate in _with(site, load, "transformer"):
        if plate.kva and plate.no_load_w and plate.load_loss_w:
            made = Transformer(plate.kva, plate.no_load_w, plate.load_loss_w, circuit.name)
            use = answered(partial(transformer_use, made, circuit.slots, ASSUMED_POWER_FACTOR))
            if use.value is not None:
                found.append(TransformerRow(circuit.name, circuit.name_en, use.value))
    return tuple(found)


def compressors_of(site: SiteSettings, load: SiteLoad) -> tuple[CompressorRow, ...]:
    """The compressors with a rated power and a load that is known."""
    found = []
    for circuit, plate in _with(site, load, "compressor"):
        rated = plate.rated_kw or circuit.rated_kw
        if rated:
            closed = _closed(load, circuit)
            use = answered(partial(compressor_use, circuit.slots, rated, closed=closed))
            if use.value is not None:
                found.append(CompressorRow(circuit.name, circuit.name_en, use.value))
    return tuple(found)


def _with(
    site: SiteSettings, load: SiteLoad, kind: str
) -> Iterator[tuple[CircuitLoad, EquipmentSettings]]:
    plates = {meter.id: meter.equipment for meter in site.meters}
    for circuit in load.circuits:
        plate = plates.get(circuit.id)
        if plate is not None and plate.kind == kind:
            yield circuit, plate


def _closed(load: SiteLoad, circuit: CircuitLoad) -> Bools:
    day_of, dates = day_numbers(index_of(circuit.slots))
    return np.asarray(np.isin(kinds_of(dates, load.day_kinds), list(CLOSED))[day_of])

"""Compressor pressure: a lower set pressure takes less energy.

    kWh a year = kWh of the machine x 8 to 9 % for each 0.1 MPa

A published rule of thumb, so a range (analytics-reports 1.5).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.rules.compressor import Machine, machines

NAME = "compressor_pressure"
_CAVEATS = (
    Said(
        "一般に言われる削減率による概算で、実測ではない",
        "by a published rule of thumb, not measured",
    ),
    Said(
        "末端で必要な圧力と圧力損失を先に確かめる",
        "first find out what pressure the farthest tool needs, and what the pipes lose",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each compressor with a set pressure above the usual need."""
    for machine in machines(case, NAME):
        yield _of(case, machine) if isinstance(machine, Machine) else machine


def _of(case: Case, machine: Machine) -> Draft | Silence:
    plate, view = machine.view.equipment, machine.view
    pressure = plate.pressure_mpa if plate is not None else None
    if pressure is None:
        return not_told(
            NAME, view.id, "pressure_mpa を設定する", "set pressure_mpa in its equipment", True
        )
    above = case.value("compressor_pressure.above_mpa")
    if pressure <= above:
        return not_told(NAME, view.id, f"圧力{pressure:g} MPa", f"set to {pressure:g} MPa")
    return _draft(case, machine, pressure)


def _draft(case: Case, machine: Machine, pressure: float) -> Draft:
    low, mid, high = (
        case.value(f"compressor_pressure.saving_{name}") for name in ("low", "mid", "high")
    )
    return Draft(
        rule=NAME,
        circuit=machine.view.id,
        texts=_texts(case, machine, pressure),
        threshold="compressor_pressure.above_mpa",
        evidence=machine.view.evidence,
        confidence="low",
        saved_kwh=machine.view.kw * KWH_A_KW * mid,
        spread=spread_of(low, mid, high),
        pictures=(
            typical_day_picture(
                case, machine.view.kw, Said("代表日の電力", "Power on typical days")
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(case: Case, machine: Machine, pressure: float) -> Texts:
    name, energy = machine.view.called, float(np.nansum(machine.view.kw) * KWH_A_KW)
    step = case.value("compressor_pressure.step_mpa")
    low, high, then = (
        case.value("compressor_pressure.saving_low"),
        case.value("compressor_pressure.saving_high"),
        pressure - step,
    )
    return Texts(
        measure=Said(
            f"{name.ja}の吐出圧力を{step:g} MPa下げる",
            f"lower the pressure of {name.en} by {step:g} MPa",
        ),
        before=Said(f"{pressure:g} MPa", f"{pressure:g} MPa"),
        after=Said(f"{then:.2f} MPa", f"{then:.2f} MPa"),
        why=Said(
            f"設定{pressure:g} MPa。期間中{energy:,.0f} kWhの{low:.0%}-{high:.0%}が減る見込み",
            f"set to {pressure:g} MPa; of {energy:,.0f} kWh in the window {low:.0%} to {high:.0%}"
            " would go",
        ),
    )


RULE = Rule(
    NAME,
    Said("コンプレッサーの圧力", "Compressor pressure"),
    Said("必要より高い設定圧力", "a set pressure above what is needed"),
    "kWh x 8 to 9 % per 0.1 MPa",
    look,
)

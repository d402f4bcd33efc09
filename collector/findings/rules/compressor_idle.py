"""Compressor idling: the energy of running without making air.

    idle kWh = sum over running slots of (1 - f) x min(p, u) x rated kW x h (see ``compressor``)

Part of it can be avoided by auto-stop, by the order in which machines follow each other, or by an
inverter machine. Analytics-reports 1.5.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.findings.case import Case, not_told
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.rules.compressor import Machine, machines

NAME = "compressor_idle"
_CAVEATS = (
    Said(
        "30分平均の電力から負荷・空運転の時間を推定している",
        "loaded and idle time are estimated from means of half hours",
    ),
    Said(
        "頻繁な起動停止は機械の許容回数の範囲で行う",
        "starts and stops only as often as the machine allows",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each compressor of which idling takes a good part."""
    for machine in machines(case, NAME):
        yield _of(case, machine) if isinstance(machine, Machine) else machine


def _of(case: Case, machine: Machine) -> Draft | Silence:
    idle, energy = float(np.nansum(machine.idle_kwh)), float(np.nansum(machine.view.kw) / 2)
    share = idle / energy if energy > 0 else 0.0
    if share < case.value("compressor_idle.least_share"):
        ja = f"空運転は{share:.0%}"
        return not_told(NAME, machine.view.id, ja, f"idling takes {share:.0%}")
    return _draft(case, machine, idle, share)


def _draft(case: Case, machine: Machine, idle: float, share: float) -> Draft:
    low, mid, high = (
        case.value(f"compressor_idle.avoidable_{name}") for name in ("low", "mid", "high")
    )
    return Draft(
        rule=NAME,
        circuit=machine.view.id,
        texts=_texts(machine, idle, share, mid),
        threshold="compressor_idle.least_share",
        evidence=machine.view.evidence,
        confidence="medium" if machine.unloaded is not None else "low",
        saved_kwh=machine.idle_kwh * mid,
        spread=spread_of(low, mid, high),
        pictures=(
            typical_day_picture(
                case, machine.view.kw, Said("代表日の電力", "Power on typical days")
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(machine: Machine, idle: float, share: float, mid: float) -> Texts:
    name, by_load = machine.view.called, machine.unloaded is not None
    how = "負荷率から" if by_load else "状態のしきい値から"
    way = "by its load" if by_load else "by thresholds of states"
    return Texts(
        measure=Said(
            f"{name.ja}の空運転を減らす(自動停止・台数制御・インバータ)",
            f"let {name.en} idle less (auto-stop, sequence, inverter)",
        ),
        before=Said(f"空運転が電力量の{share:.0%}", f"idling takes {share:.0%} of its energy"),
        after=Said(f"空運転が{share * (1 - mid):.0%}", f"idling takes {share * (1 - mid):.0%}"),
        why=Said(
            f"期間中の空運転は{idle:,.0f} kWhで電力量の{share:.0%}({how}推定)",
            f"it idled for {idle:,.0f} kWh of the window, {share:.0%} of its energy ({way})",
        ),
    )


RULE = Rule(
    NAME,
    Said("コンプレッサーの空運転", "Compressor idling"),
    Said("空気を作らずに回っている電力量", "energy of running without making air"),
    "(1 - f) x min(p, u) x rated kW x h; f = (p - u)/(1 - u)",
    look,
)

"""Air leaks: a compressor that makes air while nobody takes any.

    leak = f outside of operation = t_load / (t_load + t_unload), from the mean power of slots
    kWh a year = leak x (1 - u) x rated kW x hours it runs x repaired share

The leak test without production (analytics-reports 1.5), done by the plant's own closed hours.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.findings.case import KWH_A_KW, Case, no_hours, not_told
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.rules.compressor import Machine, loaded_share, machines

NAME = "compressor_leak"
_LEAST_SLOTS = 48
_CAVEATS = (
    Said(
        "停止時間に空気を使う設備があれば漏れではない",
        "what takes air outside of operation on purpose is no leak",
    ),
    Said(
        "待機電力・休日の運転・空運転の提案と一部重なる",
        "overlaps with standby, closed days and idling of the same machine",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each compressor that runs loaded outside of operation."""
    if case.operating is None:
        yield no_hours(NAME)
        return
    for machine in machines(case, NAME):
        yield _of(case, machine) if isinstance(machine, Machine) else machine


def _of(case: Case, machine: Machine) -> Draft | Silence:
    view = machine.view
    if machine.unloaded is None:
        return not_told(NAME, view.id, "unload_percent を設定する", "set unload_percent", True)
    off = machine.runs & ~(case.operating if case.operating is not None else machine.runs)
    if off.sum() < _LEAST_SLOTS:
        return not_told(NAME, view.id, "停止時間は止まっている", "it is off outside of operation")
    leak = float(loaded_share(view.kw[off] / machine.rated_kw, machine.unloaded).mean())
    if leak < case.value("compressor_leak.above_share"):
        ja = f"停止時間の負荷運転は{leak:.0%}"
        return not_told(NAME, view.id, ja, f"loaded for {leak:.0%} of the time outside operation")
    return _draft(case, machine, leak, machine.unloaded, float(off.sum() / 2))


def _draft(case: Case, machine: Machine, leak: float, unloaded: float, hours: float) -> Draft:
    low, mid, high = (
        case.value(f"compressor_leak.repaired_{name}") for name in ("low", "mid", "high")
    )
    leak_kw = leak * (1 - unloaded) * machine.rated_kw
    loaded_kw = np.maximum(machine.view.kw - unloaded * machine.rated_kw, 0.0)
    per_slot = np.minimum(leak_kw * mid, loaded_kw) * KWH_A_KW
    saved = np.where(machine.runs, per_slot, np.where(np.isnan(machine.view.kw), np.nan, 0.0))
    return Draft(
        rule=NAME,
        circuit=machine.view.id,
        texts=_texts(machine, leak, leak_kw, mid, hours),
        threshold="compressor_leak.above_share",
        evidence=machine.view.evidence,
        confidence="low",
        saved_kwh=saved,
        spread=spread_of(low, mid, high),
        pictures=(
            typical_day_picture(
                case, machine.view.kw, Said("代表日の電力", "Power on typical days")
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(machine: Machine, leak: float, leak_kw: float, mid: float, hours: float) -> Texts:
    name = machine.view.called
    return Texts(
        measure=Said(f"{name.ja}のエア漏れを直す", f"close the air leaks of {name.en}"),
        before=Said(f"漏れ{leak:.0%}", f"leak of {leak:.0%}"),
        after=Said(f"漏れ{leak * (1 - mid):.0%}", f"leak of {leak * (1 - mid):.0%}"),
        why=Said(
            f"操業していない{hours:,.0f}時間の運転で負荷運転が{leak:.0%}"
            f"(約{leak_kw:.1f} kWが漏れにあたる)",
            f"in {hours:,.0f} h outside of operation it was loaded for {leak:.0%} of the time:"
            f" about {leak_kw:.1f} kW feed leaks",
        ),
    )


RULE = Rule(
    NAME,
    Said("エア漏れ", "Air leaks"),
    Said("生産していない時間の負荷運転", "loaded running while nothing is made"),
    "t_load/(t_load + t_unload) outside of operation x (1 - u) x rated kW x h",
    look,
)

"""Two transformers that one could carry: simulated with the real profile.

    kWh a year = sum over slots of (Pi1 + L1^2 Pc1 + Pi2 + L2^2 Pc2) - (Pi + L^2 Pc) of both on one

Merging two half-loaded transformers may save only about 2 % (jeea), so nothing is proposed without
the simulation; analytics-reports 1.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from collector.analysis.frame import Floats, half_hours
from collector.analysis.transformer import Transformer, apparent_power_kva
from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Said, Silence
from collector.findings.pictures import bars_picture

NAME = "transformer_merge"
_CAVEATS = (
    Said(
        "二次側の電圧・相・接地方式が同じで、系統をつなぎ替えられる場合に限る",
        "only where voltage, phases and earthing of both are the same and they can be joined",
    ),
    Said(
        "予備がなくなる。工事費と停電を考えて判断する",
        "the spare is lost: weigh it with the cost of the work and the outage",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Pair:
    """A pair of transformers of which ``stays`` carries both; ``saved_kwh`` by slot."""

    stays: CircuitView
    goes: CircuitView
    saved_kwh: Floats
    peak_load: float
    before_kwh: float
    after_kwh: float


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each pair of used transformers of which one has room for both; each transformer once."""
    views = [view for view in case.of_kind("transformer") if _plate(view) is not None]
    used = [v for v in views if _in_use(case, v)]
    if len(used) < 2:
        yield not_told(
            NAME,
            "",
            "銘板(kva, no_load_w, load_loss_w)のある使用中の変圧器が2台必要",
            "needs two transformers in use with kva, no_load_w and load_loss_w",
            lacking=len(views) < 2,
        )
        return
    pairs = [pair for one, other in combinations(used, 2) for pair in _pairs(case, one, other)]
    taken: set[str] = set()
    for pair in sorted(pairs, key=lambda pair: -float(np.nansum(pair.saved_kwh))):
        if not {pair.stays.id, pair.goes.id} & taken:
            taken |= {pair.stays.id, pair.goes.id}
            yield _draft(case, pair)
    if not taken:
        yield not_told(
            NAME, "", "統合しても損失は減らない", "no pair would lose less on one transformer"
        )


def _pairs(case: Case, one: CircuitView, other: CircuitView) -> Iterator[_Pair]:
    for stays, goes in ((one, other), (other, one)):
        keep, drop = _plate(stays), _plate(goes)
        if keep is None or drop is None:
            continue
        kept, dropped = _kva(case, stays), _kva(case, goes)
        peak = float(np.nanmax(kept + dropped)) / keep.kva
        before = (keep.loss_w(kept) + drop.loss_w(dropped)) / 1000 * KWH_A_KW
        after = keep.loss_w(kept + dropped) / 1000 * KWH_A_KW
        saved = before - after
        if peak <= case.value("transformer_merge.most_load") and np.nansum(saved) > 0:
            yield _Pair(stays, goes, saved, peak, float(np.nansum(before)), float(np.nansum(after)))


def _kva(case: Case, view: CircuitView) -> Floats:
    slots = half_hours(case.load.circuit(view.id).slots)
    return apparent_power_kva(slots, case.value("transformer_merge.power_factor"))


def _plate(view: CircuitView) -> Transformer | None:
    plate = view.equipment
    if plate is None or plate.kva is None or plate.no_load_w is None or plate.load_loss_w is None:
        return None
    return Transformer(plate.kva, plate.no_load_w, plate.load_loss_w, view.name)


def _in_use(case: Case, view: CircuitView) -> bool:
    plate = _plate(view)
    least = case.value("transformer_unused.load_share")
    return plate is not None and float(np.nanmax(view.kw)) > least * plate.kva


def _draft(case: Case, pair: _Pair) -> Draft:
    doubt = case.value("transformer_merge.doubt")
    losses = [
        (Said("現在の2台", "Both, now"), round(pair.before_kwh, 1)),
        (Said("統合後の1台", "One, then"), round(pair.after_kwh, 1)),
    ]
    return Draft(
        rule=NAME,
        circuit=pair.goes.id,
        texts=_texts(pair),
        threshold="transformer_merge.most_load",
        evidence=pair.goes.evidence,
        confidence="medium",
        saved_kwh=pair.saved_kwh,
        spread=(1 - doubt, 1 + doubt),
        pictures=(
            bars_picture(
                Said("期間中の変圧器損失", "Losses in the window"),
                Said("変圧器", "Transformers"),
                "kWh",
                losses,
                Said("損失", "Loss"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(pair: _Pair) -> Texts:
    stays, goes = pair.stays.called, pair.goes.called
    share = 1 - pair.after_kwh / pair.before_kwh
    return Texts(
        measure=Said(
            f"{goes.ja}の負荷を{stays.ja}に統合して停止する",
            f"carry the load of {goes.en} on {stays.en} and switch it off",
        ),
        before=Said("2台に分散", "two transformers"),
        after=Said(f"1台(最大負荷率{pair.peak_load:.0%})", f"one, at {pair.peak_load:.0%} at most"),
        why=Said(
            f"実際の負荷で計算すると、2台の損失{pair.before_kwh:,.0f} kWhが"
            f"{pair.after_kwh:,.0f} kWhになる({share:.0%}減)",
            f"with the real load both lose {pair.before_kwh:,.0f} kWh in the window,"
            f" one would lose {pair.after_kwh:,.0f} kWh ({share:.0%} less)",
        ),
    )


RULE = Rule(
    NAME,
    Said("変圧器の統合", "Merging transformers"),
    Said(
        "軽負荷の変圧器2台を1台にまとめたときの損失",
        "the losses of two lightly loaded transformers on one",
    ),
    "sum of (Pi + L^2 Pc) x h of two - of one that carries both",
    look,
)

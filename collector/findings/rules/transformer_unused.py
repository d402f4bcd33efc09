"""A transformer that carries nothing: its no-load loss goes on at all hours.

    kWh a year = no-load loss (W) / 1000 x 8,760 h

Unused: the load never exceeds a few percent of the rating in the whole window. Analytics-reports
1.5 (loss = Pi + L^2 Pc).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture

NAME = "transformer_unused"
_CAVEATS = (
    Said(
        "停止・再投入は電気主任技術者の判断による(保安規程、絶縁の確認)",
        "switching off and on again is for the plant's chief electrical engineer to decide",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each transformer described in the settings."""
    views = case.of_kind("transformer")
    if not views:
        yield not_told(
            NAME,
            "",
            "変圧器の銘板がない: [sites.meters.equipment] kind, kva, no_load_w を設定する",
            "no transformer is described: set kind, kva, no_load_w in [sites.meters.equipment]",
            lacking=True,
        )
    for view in views:
        yield _of(case, view)


def _of(case: Case, view: CircuitView) -> Draft | Silence:
    plate = view.equipment
    if plate is None or plate.kva is None or plate.no_load_w is None:
        return not_told(NAME, view.id, "kva と no_load_w が必要", "needs kva and no_load_w", True)
    largest = float(np.nanmax(view.kw))
    share = largest / plate.kva
    if share > case.value("transformer_unused.load_share"):
        ja = f"最大負荷率{share:.0%}で使われている"
        return not_told(NAME, view.id, ja, f"in use, up to {share:.0%} of its rating")
    return _draft(case, view, plate.no_load_w, largest)


def _draft(case: Case, view: CircuitView, no_load_w: float, largest: float) -> Draft:
    doubt = case.value("transformer_unused.doubt")
    saved = np.full(len(case.index), no_load_w / 1000 * KWH_A_KW)
    return Draft(
        rule=NAME,
        circuit=view.id,
        texts=_texts(view.called, no_load_w, largest),
        threshold="transformer_unused.load_share",
        evidence=view.evidence,
        confidence="high",
        saved_kwh=saved,
        spread=(1 - doubt, 1 + doubt),
        pictures=(
            typical_day_picture(case, view.kw, Said("代表日の負荷", "Load of typical days")),
        ),
        caveats=_CAVEATS,
    )


def _texts(name: Said, no_load_w: float, largest: float) -> Texts:
    return Texts(
        measure=Said(f"{name.ja}を停止する", f"switch off {name.en}"),
        before=Said(f"無負荷損{no_load_w:,.0f} W", f"no-load loss of {no_load_w:,.0f} W"),
        after=Said("停止", "switched off"),
        why=Said(
            f"期間中の最大負荷は{largest:.2f} kWで使われていないが、"
            f"無負荷損{no_load_w:,.0f} Wが年8,760時間続く",
            f"it never carried more than {largest:.2f} kW, yet loses {no_load_w:,.0f} W"
            " in all 8,760 hours of a year",
        ),
    )


RULE = Rule(
    NAME,
    Said("未使用変圧器の無負荷損", "No-load loss of an unused transformer"),
    Said("負荷のない変圧器の無負荷損", "the no-load loss of transformers that carry nothing"),
    "no-load W / 1000 x 8,760 h",
    look,
)

"""Idling at lunch: machines and lights that stay on while people eat.

    kWh a year = sum over working days' lunch slots of (P - standby_kw) x share x 0.5 h

Told when a good part of the power around the break remains in it. The break is the declared one
(``[sites.calendar] lunch``), else the dip that the site's load shows. Analytics-reports 1.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import numpy as np

from collector.analysis.frame import Floats
from collector.analysis.grid import Bools
from collector.analysis.lunch import lunch_idle
from collector.findings.case import KWH_A_KW, Case, no_hours, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.plant import Span, within
from collector.rollup.totals import UNMEASURED_METER

NAME = "lunch"
BESIDE_MINUTES = 60
_RUNNING_ON = ("furnace", "transformer")
"""Kinds that are not switched off for an hour."""
_CAVEATS = (
    Said(
        "再起動・昇温に時間のかかる設備は対象から外す",
        "not for what takes long to start or to warm up again",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each circuit whose power hardly falls in the lunch break of working days."""
    if case.operating is None:
        yield no_hours(NAME)
        return
    span = case.plant.lunch or _seen(case)
    if span is None:
        yield not_told(
            NAME,
            "",
            "昼休みが分からない: [sites.calendar] lunch を設定する",
            "no lunch break is seen: declare [sites.calendar] lunch",
            lacking=True,
        )
        return
    for view in case.leaves:
        kind = view.equipment.kind if view.equipment is not None else ""
        if kind not in _RUNNING_ON and view.id != UNMEASURED_METER:
            yield _of(case, view, span)


def _of(case: Case, view: CircuitView, span: Span) -> Draft | Silence:
    at_lunch, beside = _around(case, span)
    kw, around = _mean(view.kw, at_lunch), _mean(view.kw, beside)
    standby = view.standby_kw
    if kw is None or around is None or standby is None or around <= standby:
        return not_told(NAME, view.id, "時限が足りない", "too few slots are known", lacking=True)
    idle, share = kw - standby, (kw - standby) / (around - standby)
    if share < case.value("lunch.share") or idle < case.value("lunch.least_kw"):
        return not_told(
            NAME,
            view.id,
            f"昼休みは前後の{share:.0%}({idle:.1f} kW)",
            f"{share:.0%} of the power around it remains ({idle:.1f} kW)",
        )
    return _draft(case, view, (at_lunch, span), (kw, around, standby))


def _draft(
    case: Case, view: CircuitView, when: tuple[Bools, Span], powers: tuple[float, float, float]
) -> Draft:
    low, mid, high = (case.value(f"lunch.avoidable_{name}") for name in ("low", "mid", "high"))
    kw, _, standby = powers
    above = np.maximum(view.kw - standby, 0.0) * KWH_A_KW * mid
    saved = np.where(when[0], above, np.where(np.isnan(view.kw), np.nan, 0.0))
    then = standby + (kw - standby) * (1 - mid)
    return Draft(
        rule=NAME,
        circuit=view.id,
        texts=_texts(view.called, when[1], powers, then),
        threshold="lunch.share",
        evidence=view.evidence,
        confidence="low",
        saved_kwh=saved,
        spread=spread_of(low, mid, high),
        pictures=(
            typical_day_picture(
                case,
                view.kw,
                Said("代表日と昼休みの目標", "Typical days and the level aimed at"),
                then,
                Said("目標", "Aim"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(name: Said, span: Span, powers: tuple[float, float, float], then: float) -> Texts:
    (kw, around, standby), hours = powers, _text(span)
    return Texts(
        measure=Said(f"{name.ja}を昼休みに止める", f"switch off {name.en} at lunch"),
        before=Said(f"昼休みに{kw:.1f} kW", f"{kw:.1f} kW at lunch"),
        after=Said(f"昼休みに{then:.1f} kW", f"{then:.1f} kW at lunch"),
        why=Said(
            f"稼働日の{hours}に、前後の平均{around:.1f} kWのうち{kw:.1f} kWが残る"
            f"(待機電力{standby:.1f} kW)",
            f"of {around:.1f} kW around it {kw:.1f} kW remain at {hours} of working days"
            f" (standby {standby:.1f} kW)",
        ),
    )


def _around(case: Case, span: Span) -> tuple[Bools, Bools]:
    """The slots of the break on working days, and those of the hour before and after it."""
    minute = case.minute
    at_lunch = np.array([within(span, at) for at in range(0, 1440, 30)])[minute // 30]
    wider = ((span[0] - BESIDE_MINUTES) % 1440, (span[1] + BESIDE_MINUTES) % 1440)
    near = np.array([within(wider, at) for at in range(0, 1440, 30)])[minute // 30]
    return case.working & at_lunch, case.working & near & ~at_lunch


def _seen(case: Case) -> Span | None:
    found = lunch_idle(case.slots, case.load.day_kinds)
    return None if found is None else (_minute(found.start), _minute(found.end))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _mean(kw: Floats, slots: Bools) -> float | None:
    known = kw[slots & ~np.isnan(kw)]
    return float(known.mean()) if len(known) else None


def _text(span: Span) -> str:
    return "-".join(f"{at // 60:02}:{at % 60:02}" for at in span)


RULE = Rule(
    NAME,
    Said("昼休みの空運転", "Idling at lunch"),
    Said("昼休みに残る電力", "what stays on in the lunch break"),
    "(P at lunch - standby) x share x h of working days",
    look,
)

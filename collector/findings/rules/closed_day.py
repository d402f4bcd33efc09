"""Running on closed days: what stands above the standby load on Sundays, holidays, closed days.

    limit_kw = standby_kw + max(10 %, 1 kW)
    kWh a year = sum over closed days' slots with P > limit_kw of (P - standby_kw) x share x 0.5 h

Analytics-reports 1.4 (after-hours load). The standby level itself is the standby rule's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.frame import Floats
from collector.analysis.grid import Bools, day_numbers
from collector.findings.case import KWH_A_KW, Case, no_hours, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import days_picture

NAME = "closed_day"
_CAVEATS = (
    Said(
        "保全や休日出勤など必要な運転が含まれる場合がある(工場暦に出勤日を書けば除かれる)",
        "wanted work may be in it: days worked belong in the plant's calendar",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each circuit that ran on a good part of the days on which the plant is closed."""
    if case.operating is None:
        yield no_hours(NAME)
        return
    if not case.closed.any():
        yield not_told(NAME, "", "期間に休日がない", "the period has no closed day", lacking=True)
        return
    for view in case.leaves:
        yield _of(case, view)


def _of(case: Case, view: CircuitView) -> Draft | Silence:
    level = view.standby_kw
    if level is None:
        return not_told(NAME, view.id, "休日の時限が足りない", "too few slots known", True)
    margin = max(case.value("closed_day.margin_share") * level, case.value("closed_day.margin_kw"))
    ran = case.closed & (np.nan_to_num(view.kw) > level + margin)
    days, of_days = _days(case, ran), _days(case, case.closed)
    if days < max(1.0, case.value("closed_day.least_days_share") * of_days):
        ja = f"休日{of_days}日のうち{days}日だけ運転"
        return not_told(NAME, view.id, ja, f"ran on {days} of {of_days} closed days")
    return _draft(case, view, ran, level, (days, of_days))


def _draft(case: Case, view: CircuitView, ran: Bools, level: float, days: tuple[int, int]) -> Draft:
    low, mid, high = (case.value(f"closed_day.avoidable_{name}") for name in ("low", "mid", "high"))
    excess = _excess(view.kw, ran, level)
    return Draft(
        rule=NAME,
        circuit=view.id,
        texts=_texts(view, ran, level, days),
        threshold="closed_day.least_days_share",
        evidence=view.evidence,
        confidence="medium",
        saved_kwh=excess * mid,
        spread=spread_of(low, mid, high),
        pictures=(
            days_picture(
                case,
                excess,
                Said("休日の超過電力量", "Energy above standby on closed days"),
                Said("超過", "Excess"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(view: CircuitView, ran: Bools, level: float, days: tuple[int, int]) -> Texts:
    name, mean_kw = view.called, float(np.nansum(view.kw[ran]) / ran.sum())
    hours, excess = float(ran.sum() / 2 / days[0]), _excess(view.kw, ran, level)
    return Texts(
        measure=Said(f"{name.ja}: 休日の運転を止める", f"{name.en}: stop it on closed days"),
        before=Said(
            f"休日{days[1]}日のうち{days[0]}日、1日{hours:.1f}時間、平均{mean_kw:.1f} kW",
            f"on {days[0]} of {days[1]} closed days, {hours:.1f} h a day at {mean_kw:.1f} kW",
        ),
        after=Said(f"待機電力{level:.1f} kWのみ", f"its standby of {level:.1f} kW only"),
        why=Said(
            f"工場が休みの{days[0]}日に、待機電力{level:.1f} kWを超えて"
            f"{np.nansum(excess):,.0f} kWhを使った",
            f"{np.nansum(excess):,.0f} kWh above its standby of {level:.1f} kW"
            f" on {days[0]} days on which the plant is closed",
        ),
    )


def _excess(kw: Floats, ran: Bools, level: float) -> Floats:
    above = np.where(ran, (kw - level) * KWH_A_KW, 0.0)
    return np.asarray(np.where(np.isnan(kw), np.nan, above), dtype=np.float64)


def _days(case: Case, slots: Bools) -> int:
    return len(np.unique(day_numbers(case.index)[0][slots]))


RULE = Rule(
    NAME,
    Said("休日の運転", "Running on closed days"),
    Said(
        "日曜・祝日・休業日に待機電力を超えて使った電力量",
        "energy above standby on Sundays, holidays and closed days",
    ),
    "(P - standby kW) x share x h where P > standby + max(10 %, 1 kW)",
    look,
)

"""Standby load: what stays on at night and on closed days.

    standby_kw = min(median power of nights of working days, median power of closed days)
    kWh a year = sum over slots outside of operation of min(P, standby_kw) x share x 0.5 h

so a level of 6 kW brought to 3 kW is (15 h x 260 d + 24 h x 105 d) x (6 - 3) kW = 19,260 kWh a
year (kankyokanri; analytics-reports 1.6). Half of a factory's standby was forgotten load (ak1516);
the range goes from a quarter to all of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.grid import Bools
from collector.findings.case import KWH_A_KW, Case, no_hours, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts, spread_of
from collector.findings.finding import Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.yearly import year_share
from collector.rollup.totals import UNMEASURED_METER

NAME = "standby"
_CAVEATS = (
    Said(
        "冷蔵・防災・サーバーなど、止められない設備が含まれる場合がある",
        "what may not be switched off (cooling, safety, servers) may be in it",
    ),
    Said(
        "再起動に要する時間とエネルギーは含めていない",
        "time and energy for starting again are not in it",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each circuit whose level outside of operation is a good part of what it takes at work."""
    if case.operating is None:
        yield no_hours(NAME)
        return
    for view in case.leaves:
        yield _of(case, view)


def _of(case: Case, view: CircuitView) -> Draft | Silence:
    level, at_work = view.standby_kw, view.operating_kw
    if level is None or at_work is None or at_work <= 0:
        return not_told(
            NAME, view.id, "停止時間の時限が足りない", "too few slots outside of operation", True
        )
    share = level / at_work
    if level < case.value("standby.least_kw") or share < case.value("standby.share"):
        ja = f"待機電力{level:.2f} kW(操業中の{share:.0%})"
        return not_told(NAME, view.id, ja, f"standby {level:.2f} kW ({share:.0%} of operation)")
    return _draft(case, view, level, at_work)


def _draft(case: Case, view: CircuitView, level: float, at_work: float) -> Draft:
    low, mid, high = (case.value(f"standby.avoidable_{name}") for name in ("low", "mid", "high"))
    off = _at_rest(case)
    on_standby = np.minimum(view.kw, level) * KWH_A_KW
    saved = np.where(off, on_standby * mid, np.where(np.isnan(view.kw), np.nan, 0.0))
    after = level * (1 - mid)
    return Draft(
        rule=NAME,
        circuit=view.id,
        texts=_texts(case, view, level, at_work, after),
        threshold="standby.share",
        evidence=view.evidence,
        confidence="medium",
        saved_kwh=saved,
        spread=spread_of(low, mid, high),
        pictures=(
            typical_day_picture(
                case,
                view.kw,
                Said("代表日と待機電力の目標", "Typical days and the level aimed at"),
                after,
                Said("目標", "Aim"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(case: Case, view: CircuitView, level: float, at_work: float, after: float) -> Texts:
    hours = float(_at_rest(case).sum() / 2) * year_share(case.days)
    return Texts(
        measure=_measure(view),
        before=Said(f"停止時間に{level:.1f} kW", f"{level:.1f} kW outside of operation"),
        after=Said(f"停止時間に{after:.1f} kW", f"{after:.1f} kW outside of operation"),
        why=Said(
            f"操業していない年{hours:,.0f}時間に{level:.1f} kWが流れ続け、"
            f"操業中の平均{at_work:.1f} kWの{level / at_work:.0%}にあたる",
            f"{level:.1f} kW stay on in {hours:,.0f} hours a year outside of operation,"
            f" {level / at_work:.0%} of the {at_work:.1f} kW in operation",
        ),
    )


def _measure(view: CircuitView) -> Said:
    name = view.called
    if view.id == UNMEASURED_METER:
        return Said(
            f"{name.ja}: 停止時間に流れる負荷を探して切る",
            f"{name.en}: find what stays on at rest, and switch it off",
        )
    return Said(
        f"{name.ja}: 停止時間の待機電力を切る", f"{name.en}: switch off what stays on at rest"
    )


def _at_rest(case: Case) -> Bools:
    nothing = np.zeros(len(case.index), dtype=np.bool_)
    return nothing if case.operating is None else ~case.operating


RULE = Rule(
    NAME,
    Said("待機電力", "Standby load"),
    Said(
        "操業していない時間に流れ続ける電力(夜間と休日)",
        "what stays on outside of operation, at night and on closed days",
    ),
    "min(P, standby kW) x share x h outside of operation; (15 h x 260 d + 24 h x 105 d) x (6 - 3)"
    " kW = 19,260 kWh",
    look,
)

"""Load moved within the day to hours in which the grid is cleaner.

    kg = sum over days of share x kWh in the day's dirtiest quarter x (their kg/kWh - mean kg/kWh of
    the cleanest quarter); yen alike with the slots' prices

Only for circuits that may run at another hour (``can_shift``), and by the grid's half-hourly
signal: it is a signal for shifting load, never part of a reported total (``collector.intensity``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.frame import Floats
from collector.analysis.grid import day_numbers
from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import (
    SIGNAL_FACTOR,
    EvidenceLine,
    EvidenceSeries,
    Range,
    Said,
    Silence,
)
from collector.findings.pictures import HOUR
from collector.findings.yearly import year_share

NAME = "grid_shift"
_QUARTER = 12
"""Slots of a day that are moved from, and to."""
_CAVEATS = (
    Said(
        "系統の時間別排出強度による目安で、報告用の排出量には含めない",
        "by the grid's hourly signal: a guide for shifting, never part of a reported total",
    ),
    Said(
        "生産の順番と人の勤務が許す範囲に限る",
        "only as far as production and shifts allow",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each circuit that may run at another hour of the day."""
    views = [v for v in case.views if v.equipment is not None and v.equipment.can_shift]
    if not views:
        yield not_told(
            NAME,
            "",
            "時間を移せる回路がない: [sites.meters.equipment] can_shift = true を設定する",
            "no circuit may run at another hour: set can_shift = true in its equipment",
            lacking=True,
        )
        return
    signal = case.grid_kg
    known = 0.0 if signal is None else float((~np.isnan(signal)).mean())
    if signal is None or known < case.value("grid_shift.least_known"):
        yield not_told(
            NAME,
            "",
            f"系統の排出強度が{known:.0%}の時限しかない: collector intensity で取り込む",
            f"the grid's intensity is known for {known:.0%} of slots: collector intensity",
            lacking=True,
        )
        return
    for view in views:
        yield _of(case, view, signal)


def _of(case: Case, view: CircuitView, signal: Floats) -> Draft | Silence:
    kg = _moved(case, view, signal, signal)
    yen = _moved(case, view, signal, case.per_kwh)
    own = float(np.nansum(view.kw * KWH_A_KW * signal))
    if own <= 0 or kg < case.value("grid_shift.least_kg_share") * own:
        return not_told(
            NAME,
            view.id,
            f"移しても{kg:,.0f} kgしか減らない",
            f"moved in full it would save {kg:,.0f} kg only",
        )
    return _draft(case, view, signal, kg, yen)


def _draft(case: Case, view: CircuitView, signal: Floats, kg: float, yen: float) -> Draft:
    shares = tuple(case.value(f"grid_shift.share_{name}") for name in ("low", "mid", "high"))
    yearly = year_share(case.days)
    tonnes = Range(*(kg / 1000 * share * yearly for share in shares))
    worth = Range(*sorted(yen * share * yearly for share in shares))
    worth = Range(worth.low, yen * shares[1] * yearly, worth.high)
    return Draft(
        rule=NAME,
        circuit=view.id,
        texts=_texts(view.called, _hours(case, signal), shares[1]),
        threshold="grid_shift.share_mid",
        evidence=view.evidence,
        confidence="low",
        pool="signal",
        yen=worth,
        co2_t=tonnes,
        co2_factor=f"{SIGNAL_FACTOR}grid_intensity",
        pictures=(_picture(case, signal),),
        caveats=_CAVEATS,
    )


def _texts(name: Said, hours: tuple[int, int], share: float) -> Texts:
    clean, dirty = hours
    return Texts(
        measure=Said(
            f"{name.ja}の運転を{clean}時台へ移す", f"run {name.en} around {clean}:00 instead"
        ),
        before=Said(f"{dirty}時台に多い", f"much of it around {dirty}:00"),
        after=Said(f"その{share:.0%}を{clean}時台に", f"{share:.0%} of it around {clean}:00"),
        why=Said(
            f"系統の排出強度は{dirty}時台に最も高く、{clean}時台に最も低い",
            f"the grid is dirtiest around {dirty}:00 and cleanest around {clean}:00",
        ),
    )


def _moved(case: Case, view: CircuitView, signal: Floats, worth: Floats) -> float:
    """What moving all of the day's dirtiest quarter to its cleanest would save over the window."""
    by_day = _by_day(case, signal)
    kwh = _by_day(case, np.where(np.isnan(view.kw), 0.0, view.kw * KWH_A_KW))
    value = _by_day(case, worth)
    whole = ~np.isnan(by_day).any(axis=1)
    order = np.argsort(by_day[whole], axis=1)
    dirty, clean = order[:, -_QUARTER:], order[:, :_QUARTER]
    values, loads = value[whole], np.nan_to_num(kwh[whole])
    mean_clean = np.take_along_axis(values, clean, axis=1).mean(axis=1, keepdims=True)
    gained = np.take_along_axis(values, dirty, axis=1) - mean_clean
    return float((np.take_along_axis(loads, dirty, axis=1) * gained).sum())


def _by_day(case: Case, values: Floats) -> Floats:
    day_of, dates = day_numbers(case.index)
    grid = np.full((len(dates), 48), np.nan)
    grid[day_of, case.minute // 30] = values
    return grid


def _hours(case: Case, signal: Floats) -> tuple[int, int]:
    hour = np.asarray(case.index.hour, dtype=np.int64)
    known = ~np.isnan(signal)
    sums = np.bincount(hour[known], weights=signal[known], minlength=24)
    counts = np.maximum(np.bincount(hour[known], minlength=24), 1)
    means = sums / counts
    return int(means.argmin()), int(means.argmax())


def _picture(case: Case, signal: Floats) -> EvidenceSeries:
    grid = _by_day(case, signal)
    known = ~np.isnan(grid).any(axis=1)
    usual = np.median(grid[known], axis=0) if known.any() else np.full(48, np.nan)
    line = EvidenceLine(
        Said("系統の排出強度(中央値)", "The grid's carbon (median)"),
        tuple(None if np.isnan(v) else round(float(v), 4) for v in usual),
        tuple(at / 2 for at in range(48)),
    )
    title = Said("系統の排出強度", "Carbon of the grid")
    return EvidenceSeries("typical_day", title, HOUR, "kg/kWh", (line,))


RULE = Rule(
    NAME,
    Said("低炭素時間帯への移行", "Shift to low-carbon hours"),
    Said("系統の排出強度が高い時間の負荷", "load in hours in which the grid is dirty"),
    "share x kWh of the day's dirtiest quarter x (kg/kWh - that of the cleanest quarter)",
    look,
)

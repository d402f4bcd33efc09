"""Cooling by the heat outside: what a kelvin of set temperature is worth on each circuit.

    change-point model of daily kWh: y = a + b (T - c)+        CDD kWh = b x sum (T - c)+
    kWh a year for k kelvin = sum over days of b ((T - c)+ - (T - c - k)+)

The slope is measured, not a rule of thumb: a set temperature raised by k moves the change point by
k. Circuits of like kind are compared by the share of their energy that follows the heat.
Working days only, where there are any. Analytics-reports 1.3, 1.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
import pandas as pd

from collector.analysis.change_point import ChangePointFit, fit_change_point
from collector.analysis.frame import Floats, local_days
from collector.analysis.observations import daily_kwh, daily_temperature, points_of, values_at
from collector.findings.case import KWH_A_KW, Case, not_told
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import EvidenceSeries, Said, Silence
from collector.findings.pictures import scatter_picture
from collector.rollup.totals import UNMEASURED_METER

NAME = "air_conditioning"
_KIND = "air_conditioning"
_LEAST_CORRELATION = 0.3
_PRIOR_BASE_C = 18.0
"""Only to choose which circuits are worth a fit; the base itself is fitted."""
_LEAST_PEERS = 2
_CAVEATS = (
    Said(
        "室温と作業環境(熱中症・品質)への影響を確かめる",
        "watch the room: heat stress and quality come first",
    ),
    Said(
        "外気温に応じて増える負荷には、空調以外(冷却水・冷凍)も含まれうる",
        "what follows the heat may be cooling of the process, not of rooms",
    ),
)


@dataclass(frozen=True, slots=True, eq=False)
class _Cooled:
    """A circuit with its fit: daily energy and temperature by local date, share of cooling."""

    view: CircuitView
    fit: ChangePointFit
    kwh: pd.Series[float]
    celsius: pd.Series[float]
    base_c: float
    cdd_kwh: float
    share: float


def look(case: Case) -> Iterator[Draft | Silence]:
    """Each circuit whose energy follows the heat outside."""
    if case.load.temperature_c is None:
        yield not_told(
            NAME,
            "",
            "外気温がない: 気温の系列を取り込む",
            "no outside temperature is stored: import a series for the site",
            lacking=True,
        )
        return
    found = [_fitted(case, view) for view in _candidates(case)]
    cooled = [item for item in found if isinstance(item, _Cooled)]
    yield from (item for item in found if isinstance(item, Silence))
    shares = {item.view.id: item.share for item in cooled}
    for item in cooled:
        yield _draft(case, item, shares)


def _candidates(case: Case) -> tuple[CircuitView, ...]:
    told = case.of_kind(_KIND)
    if told:
        return told
    return tuple(
        view for view in case.leaves if view.equipment is None and view.id != UNMEASURED_METER
    )


def _fitted(case: Case, view: CircuitView) -> _Cooled | Silence:
    outside = case.load.temperature_c
    celsius = None if outside is None else daily_temperature(outside)
    kwh = _of_working_days(case, view)
    if celsius is None or not _follows(kwh, celsius):
        return not_told(NAME, view.id, "外気温に応じて増えない", "does not follow the heat")
    try:
        fit = fit_change_point(kwh, celsius.reindex(kwh.index), ("1P", "3PC", "4P", "5P"))
    except ValueError as error:
        return not_told(NAME, view.id, f"モデルにできない: {error}", str(error), lacking=True)
    base = fit.cooling_above_c
    share = 0.0 if base is None else _cdd_kwh(fit, celsius, kwh, base) / float(kwh.sum())
    if base is None or share < case.value("air_conditioning.least_share"):
        return not_told(NAME, view.id, f"冷房は{share:.0%}", f"cooling takes {share:.0%}")
    if fit.statistics.r_squared < case.value("air_conditioning.least_r2"):
        r2 = fit.statistics.r_squared
        return not_told(NAME, view.id, f"R² {r2:.2f}", f"temperature explains R² {r2:.2f} of it")
    return _Cooled(view, fit, kwh, celsius, base, _cdd_kwh(fit, celsius, kwh, base), share)


def _of_working_days(case: Case, view: CircuitView) -> pd.Series[float]:
    # On days off the rooms are empty: another model would hold.
    kwh = daily_kwh(case.load.circuit(view.id).slots if view.id else case.load.slots)
    works = case.load.day_kinds.reindex(kwh.index) == "working"
    return kwh.where(works) if works.any() else kwh


def _follows(kwh: pd.Series[float], celsius: pd.Series[float]) -> bool:
    heat = np.maximum(celsius.reindex(kwh.index).to_numpy() - _PRIOR_BASE_C, 0.0)
    known = ~np.isnan(heat) & kwh.notna().to_numpy()
    if known.sum() < 2 or heat[known].std() == 0 or kwh[known].std() == 0:
        return False
    return bool(np.corrcoef(heat[known], kwh[known])[0, 1] >= _LEAST_CORRELATION)


def _cdd_kwh(
    fit: ChangePointFit, celsius: pd.Series[float], kwh: pd.Series[float], base: float
) -> float:
    heat = np.maximum(celsius.reindex(kwh.index).to_numpy() - base, 0.0)
    known = ~np.isnan(heat) & kwh.notna().to_numpy()
    return float(fit.cooling_kwh_per_k * heat[known].sum())


def _draft(case: Case, item: _Cooled, shares: Mapping[str, float]) -> Draft:
    low, mid, high = (case.value(f"air_conditioning.kelvin_{n}") for n in ("low", "mid", "high"))
    by_kelvin = {k: _saved_by_day(item, k) for k in (low, mid, high)}
    sums = {k: float(np.nansum(days)) for k, days in by_kelvin.items()}
    return Draft(
        rule=NAME,
        circuit=item.view.id,
        texts=_texts(item, mid, _against_peers(case, item, shares)),
        threshold="air_conditioning.least_share",
        evidence=item.view.evidence,
        confidence="medium",
        saved_kwh=_to_slots(case, item, by_kelvin[mid]),
        spread=(sums[low] / sums[mid], sums[high] / sums[mid]) if sums[mid] else (1.0, 1.0),
        pictures=(_picture(item),),
        caveats=_CAVEATS,
    )


def _texts(item: _Cooled, kelvin: float, peers: tuple[str, str]) -> Texts:
    name, slope = item.view.called, item.fit.cooling_kwh_per_k
    r2, (peers_ja, peers_en) = item.fit.statistics.r_squared, peers
    return Texts(
        measure=Said(
            f"{name.ja}の冷房設定を{kelvin:g} K緩める",
            f"set the cooling of {name.en} {kelvin:g} K higher",
        ),
        before=Said(
            f"{item.base_c:.1f} °Cを超えると1 Kごとに1日{slope:,.1f} kWh増える",
            f"above {item.base_c:.1f} °C each kelvin takes {slope:,.1f} kWh a day",
        ),
        after=Said(
            f"{item.base_c + kelvin:.1f} °Cから増える",
            f"it rises from {item.base_c + kelvin:.1f} °C on",
        ),
        why=Said(
            f"電力量の{item.share:.0%}({item.cdd_kwh:,.0f} kWh)が外気温に応じた分"
            f"(R² {r2:.2f}){peers_ja}",
            f"{item.share:.0%} of its energy ({item.cdd_kwh:,.0f} kWh) follow the heat"
            f" (R² {r2:.2f}){peers_en}",
        ),
    )


def _saved_by_day(item: _Cooled, kelvin: float) -> Floats:
    heat = item.celsius.reindex(item.kwh.index).to_numpy() - item.base_c
    less = np.maximum(heat, 0.0) - np.maximum(heat - kelvin, 0.0)
    return np.asarray(item.fit.cooling_kwh_per_k * less, dtype=np.float64)


def _to_slots(case: Case, item: _Cooled, by_day: Floats) -> Floats:
    # A day's saving goes to its slots as its energy does.
    days = local_days(case.index)
    day_kwh = item.kwh.reindex(days).to_numpy()
    saved = pd.Series(by_day, index=item.kwh.index).reindex(days).to_numpy()
    share = np.divide(
        item.view.kw * KWH_A_KW, day_kwh, out=np.zeros(len(days)), where=np.nan_to_num(day_kwh) > 0
    )
    return np.asarray(np.where(np.isnan(item.view.kw), np.nan, saved * share), dtype=np.float64)


def _against_peers(case: Case, item: _Cooled, shares: Mapping[str, float]) -> tuple[str, str]:
    peers = [share for circuit, share in shares.items() if circuit != item.view.id]
    if len(peers) < _LEAST_PEERS:
        return "", ""
    usual = median(peers)
    if item.share <= case.value("air_conditioning.above_peers") * usual:
        return "", ""
    return (
        f"。同種の回路の中央値{usual:.0%}より多い",
        f"; like circuits take {usual:.0%} (median)",
    )


def _picture(item: _Cooled) -> EvidenceSeries:
    celsius = values_at(item.celsius, points_of(item.kwh))
    line: Floats = np.linspace(item.fit.coldest_c, item.fit.warmest_c, 50, dtype=np.float64)
    return scatter_picture(
        Said("日電力量と外気温", "Energy of a day by temperature outside"),
        Said("日平均外気温 (°C)", "Mean temperature of the day (°C)"),
        "kWh/d",
        celsius,
        np.asarray(item.kwh, dtype=np.float64),
        (line, item.fit.predict(line)),
    )


RULE = Rule(
    NAME,
    Said("空調の設定温度", "Air conditioning"),
    Said("外気温に応じて増える電力量", "energy that follows the heat outside"),
    "b x sum over days of ((T - c)+ - (T - c - k)+), b and c fitted (3PC, 4P, 5P)",
    look,
)

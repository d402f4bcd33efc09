"""From a draft to a finding: a year's kWh, kL, tCO2 and yen, each as a range, with its basis.

    kWh a year = sum over slots of what is saved x the year's weight of the slot
    yen a year = sum over slots of kWh x the slot's marginal price + kW x the value of a kW
                 + what the bills differ by
    tCO2 = kWh x factor / 1000        kL = MWh x 8.64 GJ/MWh x 0.0258 kL/GJ

Analytics-reports 1.6. The range comes of the draft's spread alone: prices and factor are as named.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.evidence import Evidence
from collector.analysis.frame import Floats
from collector.findings.case import Case
from collector.findings.draft import Draft
from collector.findings.finding import NOTHING, Confidence, Finding, Range, Said, key_of
from collector.findings.yearly import year_weights

_LOWER: dict[Confidence, Confidence] = {"high": "medium", "medium": "low", "low": "low"}
_ESTIMATED = 0.05


def priced(draft: Draft, case: Case) -> Finding:
    """The draft with its figures of a year."""
    slot_kwh = yearly_kwh(draft, case)
    kwh = _spread(float(slot_kwh.sum()), draft)
    worth = _spread(float((slot_kwh * case.per_kwh).sum()), draft)
    demand = draft.kw.times(case.prices.one_kw) if draft.kw else NOTHING
    texts = draft.texts
    return Finding(
        **_who(draft, case),  # type: ignore[arg-type]
        measure_ja=texts.measure.ja,
        measure_en=texts.measure.en,
        before_ja=texts.before.ja,
        before_en=texts.before.en,
        after_ja=texts.after.ja,
        after_en=texts.after.en,
        why_ja=texts.why.ja,
        why_en=texts.why.en,
        kwh=kwh,
        kw=draft.kw,
        crude_oil_kl=case.carbon.crude_oil_kl(kwh),
        co2_t=case.carbon.co2_t(kwh) if draft.co2_t is None else draft.co2_t,
        yen=worth.plus(demand).plus(draft.yen),
        confidence=_confidence(draft, case),
        evidence=draft.evidence,
        threshold=case.thresholds.row(draft.threshold),
        pictures=draft.pictures,
    )


def _who(draft: Draft, case: Case) -> dict[str, object]:
    # What a finding is of, and what it is reckoned with: all texts.
    called, caveats = _called(draft, case), (*draft.caveats, *_caveats(draft, case))
    return {
        "key": key_of(draft.rule, case.load.site, draft.circuit),
        "rule": draft.rule,
        "site": case.load.site,
        "circuit": draft.circuit,
        "circuit_name": called.ja,
        "circuit_name_en": called.en,
        "currency": case.prices.currency,
        "co2_factor": draft.co2_factor or case.carbon.factor,
        "price_basis_ja": case.prices.basis.ja,
        "price_basis_en": case.prices.basis.en,
        "caveats_ja": tuple(said.ja for said in caveats),
        "caveats_en": tuple(said.en for said in caveats),
    }


def yearly_kwh(draft: Draft, case: Case) -> Floats:
    """What each slot stands for in a year's saving (kWh), most likely; zero where unknown."""
    if draft.saved_kwh is None:
        return np.zeros(len(case.index))
    known = ~np.isnan(draft.saved_kwh)
    weights = year_weights(known, case.kind_numbers, case.days)
    return np.asarray(np.where(known, draft.saved_kwh, 0.0) * weights, dtype=np.float64)


def year_cost(case: Case) -> float:
    """What the site's energy costs a year at the marginal prices of its slots."""
    kwh = case.slots["kwh"].to_numpy()
    known = ~np.isnan(kwh)
    weights = year_weights(known, case.kind_numbers, case.days)
    return float((np.where(known, kwh, 0.0) * weights * case.per_kwh).sum())


def _spread(mid: float, draft: Draft) -> Range:
    ends = sorted((mid * draft.spread[0], mid * draft.spread[1]))
    return Range(ends[0], mid, ends[1])


def _called(draft: Draft, case: Case) -> Said:
    for view in case.views:
        if view.id == draft.circuit:
            return view.called
    return Said(case.load.called("ja"), case.load.called("en"))


def _confidence(draft: Draft, case: Case) -> Confidence:
    found = draft.confidence
    short = case.days < case.value("general.year_days")
    return _LOWER[found] if short or _much_estimated(draft.evidence) else found


def _much_estimated(evidence: Evidence) -> bool:
    return evidence.estimated > _ESTIMATED


def _caveats(draft: Draft, case: Case) -> Iterator[Said]:
    if case.days < case.value("general.year_days"):
        yield Said(
            f"{case.days}日間からの年換算で、季節の偏りを含む",
            f"a year estimated from {case.days} days: seasons may weigh wrongly",
        )
    unknown = 1 - draft.evidence.known
    if unknown > 0.005:
        yield Said(
            f"時限の{unknown:.1%}が欠測で、同じ種類の日の平均で補った",
            f"{unknown:.1%} of the slots are missing and taken as the mean of such days",
        )
    if _much_estimated(draft.evidence):
        share = draft.evidence.estimated
        yield Said(
            f"電力量の{share:.0%}は推定値", f"{share:.0%} of the energy is estimated, not measured"
        )
    if case.carbon.provisional and draft.co2_t is None and draft.saved_kwh is not None:
        yield Said(
            f"CO2排出係数は暫定: {case.carbon.basis.ja}",
            f"the CO2 factor is provisional: {case.carbon.basis.en}",
        )
    yield from case.prices.caveats

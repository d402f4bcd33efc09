"""Contract power: an agreed one above what is used; else what sets it.

    kW = agreed - largest demand of 12 months x (1 + reserve)        reserve 10, 5, 0 %
    yen = kW x basic unit x (185 - PF)/100 x 12

Where demand sets the contract (実量制) there is nothing to agree: the month that sets it is told,
and lowering it is the peak rule's. Analytics-reports 1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from collector.analysis.demand import ContractPower, MonthMaximum, contract_power, monthly_maxima
from collector.findings.case import Case, not_told
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Range, Said, Silence
from collector.findings.pictures import bars_picture

NAME = "contract_power"
_CAVEATS = (
    Said(
        "減らした後に超えると契約超過金(基本料金の約1.5倍)がかかる",
        "demand above the lower contract is charged at about 1.5 times the basic charge",
    ),
    Said(
        "契約電力を減らせる時期と据置期間は電力会社との契約による",
        "when it may be lowered, and how long it must stay, is up to the supply contract",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """The site's contract power against the largest demand of its months."""
    billing = case.prices.billing
    if billing is None or not billing.tariff.demand:
        yield not_told(NAME, "", "需要電力に課金する料金表がない", "no tariff on demand", True)
        return
    maxima = monthly_maxima(case.slots, case.load.billing_day)
    found = contract_power(maxima)
    if not billing.agreed:
        yield _what_sets_it(found)
        return
    agreed = billing.agreed_kw
    if agreed is None or case.days < case.value("general.year_days"):
        yield not_told(
            NAME,
            "",
            "12か月のデマンドと協議契約電力が必要",
            "needs 12 months and an agreement",
            True,
        )
        return
    yield _against(case, agreed, found, maxima)


def _what_sets_it(found: ContractPower) -> Silence:
    at = found.set_by.at
    return not_told(
        NAME,
        "",
        f"実量制: {found.kw:,.0f} kWは{at:%Y-%m-%d %H:%M}の最大需要電力で決まっている",
        f"set by demand: {found.kw:,.0f} kW, the largest half hour at {at:%Y-%m-%d %H:%M}",
    )


def _against(
    case: Case, agreed: float, found: ContractPower, maxima: tuple[MonthMaximum, ...]
) -> Draft | Silence:
    largest = found.demand_kw
    over = agreed - largest
    if over < case.value("contract_power.least_share") * agreed:
        return not_told(
            NAME,
            "",
            f"契約電力{agreed:,.0f} kW、最大{largest:,.0f} kW: 余裕は小さい",
            f"agreed {agreed:,.0f} kW, largest demand {largest:,.0f} kW: little reserve",
        )
    kw = Range(
        *(
            max(agreed - largest * (1 + case.value(f"contract_power.reserve_{name}")), 0.0)
            for name in ("low", "mid", "high")
        )
    )
    return _draft(case, agreed, largest, kw, maxima)


def _draft(
    case: Case, agreed: float, largest: float, kw: Range, maxima: tuple[MonthMaximum, ...]
) -> Draft:
    bars = [(Said(f"{m.month:%Y-%m}", f"{m.month:%Y-%m}"), round(m.peak_kw, 3)) for m in maxima]
    return Draft(
        rule=NAME,
        circuit="",
        texts=_texts(agreed, largest, agreed - kw.mid, max(maxima, key=lambda m: m.peak_kw)),
        threshold="contract_power.least_share",
        evidence=case.evidence,
        confidence="high",
        pool="contract",
        kw=kw,
        pictures=(
            bars_picture(
                Said("月最大デマンドと契約電力", "Largest demand by month"),
                Said("月", "Month"),
                "kW",
                bars,
                Said("月最大", "Largest demand"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(agreed: float, largest: float, after: float, set_by: MonthMaximum) -> Texts:
    return Texts(
        measure=Said(
            f"協議契約電力を{after:,.0f} kWに見直す",
            f"agree on a contract power of {after:,.0f} kW",
        ),
        before=Said(f"契約{agreed:,.0f} kW", f"{agreed:,.0f} kW agreed"),
        after=Said(f"契約{after:,.0f} kW", f"{after:,.0f} kW agreed"),
        why=Said(
            f"12か月の最大は{set_by.at:%Y-%m-%d %H:%M}の{largest:,.1f} kWで、"
            f"契約より{agreed - largest:,.1f} kW小さい",
            f"the largest demand of 12 months is {largest:,.1f} kW ({set_by.at:%Y-%m-%d %H:%M}),"
            f" {agreed - largest:,.1f} kW below what is agreed",
        ),
    )


RULE = Rule(
    NAME,
    Said("契約電力", "Contract power"),
    Said(
        "協議した契約電力と12か月の最大需要電力の差",
        "the agreed contract power against the largest demand of 12 months",
    ),
    "(agreed - largest x (1 + reserve)) x value of a kW",
    look,
)

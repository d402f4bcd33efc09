"""Power factor: what a capacitor would take off the basic charge.

    1 point = CP x basic unit x 0.01 x 12 a year, each month from its own power factor up to the
    target; Qc = P (tan phi - tan phi target)

Analytics-reports 1.5, 1.6. Losses in the plant's own lines fall too; they are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from collector.analysis.demand import contract_power, monthly_maxima
from collector.analysis.power_factor import (
    Capacitor,
    MonthPowerFactor,
    kvar_needed,
    leading_at_night,
    monthly_power_factor,
)
from collector.findings.case import Case, not_told
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Range, Said, Silence
from collector.findings.pictures import bars_picture
from collector.findings.prices import Billing

NAME = "power_factor"
_LEADING_SHARE = 0.1
_CAVEATS = (
    Said(
        "構内配線の損失低減は含めていない",
        "smaller losses in the plant's own lines are not counted",
    ),
    Said(
        "軽負荷時に進み力率にならないよう、自動力率調整を検討する",
        "at low load the power factor must not turn leading: consider automatic control",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """The site's power factor in the billed hours, where the tariff counts it."""
    billing = case.prices.billing
    if billing is None or billing.tariff.power_factor is None:
        yield not_told(NAME, "", "料金表に力率の規定がない", "the tariff has no power factor", True)
        return
    months = monthly_power_factor(
        case.load.slots, billing.tariff.power_factor, case.load.billing_day
    )
    if not months:
        yield not_told(
            NAME, "", "無効電力量が計測されていない", "reactive energy is not measured", True
        )
        return
    mean = float(np.mean([month.percent for month in months]))
    if mean >= case.value("power_factor.below_percent"):
        yield not_told(NAME, "", f"力率{mean:.0f} %", f"power factor {mean:.0f} %")
        return
    yield _draft(case, billing, months, mean)


def _draft(case: Case, billing: Billing, months: Sequence[MonthPowerFactor], mean: float) -> Draft:
    contract = billing.agreed_kw if billing.agreed else None
    kw = contract or contract_power(monthly_maxima(case.slots, case.load.billing_day)).kw
    targets = [case.value(f"power_factor.target{part}_percent") for part in ("_low", "", "_high")]
    yen = Range(*(_worth(billing, months, kw, target) for target in targets))
    needed = kvar_needed(case.load.slots, targets[1], billing.tariff.power_factor)
    bars = [(Said(f"{m.month:%Y-%m}", f"{m.month:%Y-%m}"), m.percent) for m in months]
    return Draft(
        rule=NAME,
        circuit="",
        texts=_texts(billing, len(months), mean, kw, needed),
        threshold="power_factor.below_percent",
        evidence=case.evidence,
        confidence="high",
        pool="power_factor",
        yen=yen,
        pictures=(
            bars_picture(
                Said("月別力率", "Power factor by month"),
                Said("月", "Month"),
                "%",
                bars,
                Said("力率", "Power factor"),
            ),
        ),
        caveats=(*_CAVEATS, *_leading(case)),
    )


def _texts(billing: Billing, months: int, mean: float, kw: float, needed: Capacitor) -> Texts:
    aim = needed.target_percent
    return Texts(
        measure=Said(
            f"進相コンデンサ約{needed.fixed_kvar:.0f} kvarで力率を{aim:.0f} %にする",
            f"raise the power factor to {aim:.0f} % by a capacitor of about"
            f" {needed.fixed_kvar:.0f} kvar",
        ),
        before=Said(f"力率{mean:.0f} %", f"power factor {mean:.0f} %"),
        after=Said(f"力率{aim:.0f} %", f"power factor {aim:.0f} %"),
        why=Said(
            f"{months}か月の力率は平均{mean:.1f} %で、契約{kw:,.0f} kWでは1ポイントが"
            f"年{_worth_of_point(billing, kw):,.0f} {billing.tariff.currency}",
            f"the power factor is {mean:.1f} % over {months} months; at {kw:,.0f} kW a point"
            f" is worth {_worth_of_point(billing, kw):,.0f} {billing.tariff.currency} a year",
        ),
    )


def _worth(billing: Billing, months: Sequence[MonthPowerFactor], kw: float, target: float) -> float:
    """What the months' way to the target takes off the demand charge a year."""
    now = [billing.kw_value(_percent(month.percent)) for month in months]
    then = [billing.kw_value(_percent(max(month.percent, target))) for month in months]
    return kw * float(np.mean(now) - np.mean(then))


def _worth_of_point(billing: Billing, kw: float) -> float:
    return kw * (billing.kw_value(Decimal(89)) - billing.kw_value(Decimal(90)))


def _percent(value: float) -> Decimal:
    return Decimal(repr(value))


def _leading(case: Case) -> Iterator[Said]:
    try:
        night = leading_at_night(case.load.slots)
    except ValueError:
        return
    if night.share >= _LEADING_SHARE:
        yield Said(
            f"夜間の{night.share:.0%}は進み力率: 入れっぱなしのコンデンサがある",
            f"{night.share:.0%} of the nights are leading: a capacitor is left on",
        )


RULE = Rule(
    NAME,
    Said("力率", "Power factor"),
    Said("課金時間帯の遅れ力率", "the lagging power factor of the billed hours"),
    "points x CP x basic unit x 0.01 x 12; Qc = P (tan phi1 - tan phi2)",
    look,
)

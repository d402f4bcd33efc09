"""What must be said beside a demand that is lowered: when the bill follows, by the tariff."""

from __future__ import annotations

from collector.findings.case import Case
from collector.findings.finding import Said


def hold_caveat(case: Case) -> Said:
    """When a lower demand shows on the bill: with the contract, after months, or each month."""
    billing = case.prices.billing
    if billing is not None and billing.agreed:
        return Said(
            "協議制のため、契約電力を見直して初めて効果が出る",
            "the contract power is agreed: it pays only once the agreement is lowered too",
        )
    charges = () if billing is None else billing.tariff.demand
    months = max((charge.lookback_months for charge in charges), default=11) + 1
    if months > 1:
        return Said(
            f"契約電力は過去{months}か月の最大で決まるため、"
            f"{months}か月間抑え続けて初めて満額になる",
            f"the contract power looks back over {months} months: in full only when held down for"
            " all of them",
        )
    return Said(
        "月ごとの最大で決まるため、すべての月で同じだけ下げた場合の額",
        "each month's own largest demand is billed: the figure is for all months lowered alike",
    )

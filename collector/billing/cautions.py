"""What makes a bill differ from the supplier's: told beside the figures, never hidden in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from collector.billing.demand import looked_back
from collector.billing.lines import plain
from collector.billing.load import MINUTE_MS, BilledMonth, Terms, kwh_of
from collector.tariffs.tariff import DemandCharge, Tariff

_HOUR_MS = 60 * MINUTE_MS


def cautions_of_tariff(month: BilledMonth, tariff: Tariff) -> Iterator[str]:
    """Warnings of a tariff that is an example, or not in force in the whole month."""
    if tariff.status == "example":
        yield f"{tariff.id} is a worked example, no supplier's offer"
    if tariff.source.confidence != "high":
        note = tariff.source.note or tariff.notes
        yield f"{tariff.id}: {tariff.source.confidence} confidence in its figures ({note})"
    last = month.end - timedelta(days=1)
    if not tariff.covers(month.first) or not tariff.covers(last):
        end = f" to {tariff.valid_to}" if tariff.valid_to else ""
        yield f"this version holds from {tariff.valid_from}{end}, not on all days of the bill"


def cautions_of_load(month: BilledMonth) -> Iterator[str]:
    """Warnings of estimated and of missing energy, with the kWh or the hours."""
    estimated = sum(slot.estimated_milli_wh for slot in month.slots)
    if estimated:
        count = sum(slot.estimated_milli_wh > 0 for slot in month.slots)
        yield f"{Decimal(plain(kwh_of(estimated))):,f} kWh in {count} slots are estimated"
    covered_ms = sum(slot.end_ms - slot.start_ms - slot.missing_ms for slot in month.slots)
    missing_ms = month.to_ms - month.from_ms - covered_ms
    if missing_ms > 0:
        hours = Decimal(missing_ms) / _HOUR_MS
        mean = month.kwh * _HOUR_MS / covered_ms if covered_ms else Decimal(0)
        about = f", about {mean * hours:,.0f} kWh at the mean of the rest" if covered_ms else ""
        yield f"{hours:,.2f} hours are missing{about}"


def cautions_of_demand(
    month: BilledMonth, tariff: Tariff, charges: Sequence[DemandCharge], terms: Terms
) -> Iterator[str]:
    """Warnings of months that a charge looks back to and that are not known."""
    for charge in charges:
        wanted = charge.lookback_months
        calendar = len(charge.ratchet_calendar_months)
        known = len(looked_back(charge, month.month, terms))
        if charge.mode == "measured" and not terms.agreed and not calendar and known < wanted:
            yield f"{charge.label_en}: only {known} of the {wanted} months before are known"


def caution_of_limit(tariff: Tariff, largest_kw: Decimal | None) -> str | None:
    """A warning that the demand has reached what the tariff is meant for; else None."""
    limit = tariff.under_kw
    if limit is None or largest_kw is None or largest_kw < limit:
        return None
    reached = f"the demand of {plain(largest_kw)} kW reaches {plain(limit)} kW"
    return f"{reached}: this tariff ends there, the contract is made anew"

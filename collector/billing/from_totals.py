"""The store's slots of a site as the slots a bill is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from collector.billing.load import MINUTE_MS, BilledSlot
from collector.rollup.totals import Total

_MILLI_WH_PER_KWH = 1_000_000


def slots_of_totals(totals: Iterable[Total], slot_minutes: int) -> Iterator[BilledSlot]:
    """Each slot total as a billed slot; one of which nothing is known is left out (missing).

    Stored figures are floats made from whole milli-Wh and give them back exactly. The reactive
    energy that a plant imports is lagging, the one it exports leading.
    """
    for total in totals:
        if total.missing >= 1:
            continue
        estimated = round(total.estimated_kwh * _MILLI_WH_PER_KWH)
        yield BilledSlot(
            start_ms=total.start_ms,
            end_ms=total.start_ms + slot_minutes * MINUTE_MS,
            milli_wh=round(total.kwh * _MILLI_WH_PER_KWH),
            lagging_milli_varh=_milli(total.reactive_kvarh),
            leading_milli_varh=_milli(total.reactive_export_kvarh),
            quality="estimated" if estimated else "measured",
            estimated_milli_wh=estimated,
            missing_ms=round(total.missing * slot_minutes * MINUTE_MS),
        )


def _milli(kvarh: float | None) -> int | None:
    return None if kvarh is None else round(kvarh * _MILLI_WH_PER_KWH)

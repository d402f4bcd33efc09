"""Demand and contract, power factor and unbalance of the consultant pack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np

from collector.analysis.demand import (
    MonthMaximum,
    contract_power,
    shaving_curve,
    top_peaks,
)
from collector.analysis.frame import Floats
from collector.analysis.gates import gates_for
from collector.analysis.power_factor import leading_at_night, monthly_power_factor
from collector.analysis.site_load import SiteLoad
from collector.analysis.unbalance import nema_percent
from collector.billing.load import AgreedPower
from collector.errors import CollectorError
from collector.reporting.option_values import number_of
from collector.reporting.sources import Sources
from collector.reports.consultant.answer import answered
from collector.reports.consultant.data import Demand, PowerQuality, Unbalance
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings

PEAKS = 20
SHARES = (0.95, 0.9, 0.85, 0.8)
"""Targets that are told, as shares of the largest demand, beside those that are set."""
VOLTAGES = ("voltage_l1_l2_v", "voltage_l2_l3_v", "voltage_l3_l1_v")
UNBALANCE_DAYS = 7


def demand_of(
    site: SiteSettings,
    load: SiteLoad,
    maxima: tuple[MonthMaximum, ...],
    one_kw: float | None,
    options: Mapping[str, str],
) -> Demand:
    """Month maxima, contract power, peaks and what shaving takes.

    Raises ``CollectorError`` for a ``target_kw`` that is no power.
    """
    target = _target_kw(options)
    agreed = [AgreedPower(Decimal(repr(one.kw)), one.from_date) for one in site.contract_powers]
    largest = max(one.peak_kw for one in maxima)
    targets = sorted(_targets(largest, load.contract_power_kw, target), reverse=True)
    return Demand(
        maxima=maxima,
        contract=answered(
            lambda: contract_power(maxima, agreed=agreed), gates_for("contract_power", load.slots)
        ),
        contract_kw=load.contract_power_kw,
        target_kw=target,
        peaks=top_peaks(load.slots, load.circuits, PEAKS, load.temperature_c, load.day_kinds),
        shaving=shaving_curve(load.slots, targets),
        one_kw=one_kw,
    )


def power_of(sources: Sources, site: SiteSettings, load: SiteLoad) -> PowerQuality:
    """Power factor by billing month, leading power at night, unbalance of the voltages."""
    slots = load.slots
    gates = gates_for("power_factor", slots)
    return PowerQuality(
        months=answered(lambda: monthly_power_factor(slots, billing_day=load.billing_day), gates),
        leading=answered(lambda: leading_at_night(slots)),
        unbalance=answered(lambda: _unbalance(sources, site, load)),
    )


def _target_kw(options: Mapping[str, str]) -> float | None:
    given = number_of(options, "target_kw")
    if given is not None and not given > 0:
        raise CollectorError(f"target_kw = {given}", "write a power above 0 kW, such as 250")
    return None if given is None else float(given)


def _targets(largest: float, *set_kw: float | None) -> Iterator[float]:
    told = {round(share * largest, 1) for share in SHARES}
    yield from told | {kw for kw in set_kw if kw is not None and kw < largest}


def _unbalance(sources: Sources, site: SiteSettings, load: SiteLoad) -> Unbalance:
    """Of the last days' readings of the first meter at the top; ``ValueError`` without any."""
    tops = [one for one in load.circuits if one.parent is None]
    first = max(load.first, load.end - timedelta(days=UNBALANCE_DAYS))
    edges = midnight_ms(site.zone, first), midnight_ms(site.zone, load.end)
    for circuit in tops[:1]:
        columns = [
            dict(sources.store.read_series(site.id, circuit.id, q, *edges)) for q in VOLTAGES
        ]
        percent = percents(columns)
        if percent.size:
            return Unbalance(
                circuit.id,
                first,
                load.end - timedelta(days=1),
                int(percent.size),
                float(percent.mean()),
                float(np.percentile(percent, 95)),
                float(percent.max()),
            )
    raise ValueError("no voltage between lines is kept for these days")


def percents(columns: Sequence[Mapping[int, float]]) -> Floats:
    """The unbalance (percent, NEMA) of the instants at which all three voltages are known."""
    together = sorted(set.intersection(*(set(column) for column in columns)))
    rows = np.array([[float(column[at]) for at in together] for column in columns])
    rows = rows.reshape(3, -1)
    rows = rows[:, (rows > 0).all(axis=0)]
    return nema_percent(*rows) if rows.size else np.empty(0)

"""The figures of one site among many: each by the analysis' own function, or None with a remark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from collector.analysis.base_load import base_load_of
from collector.analysis.evidence import evidence_of
from collector.analysis.frame import half_hours, index_of
from collector.analysis.load_factor import load_factor_of
from collector.analysis.site_load import SiteLoad
from collector.analysis.standby import closed_day_load, standby_of
from collector.reports.portfolio.data import SiteFigures

NIGHT_FROM, NIGHT_TO = 22, 8
"""The night of Japanese tariffs by time of use, on every day."""
COMPARED_SHARE = 0.9
"""A year before is compared when it has so many of the days."""
METHODS = {
    "location": "co2_location_kg",
    "market_residual": "co2_market_kg",
    "jp_shk_basic": "co2_basic_kg",
    "jp_shk_adjusted": "co2_adjusted_kg",
}
"""CO2 methods, and the columns of days that hold them."""
Found = TypeVar("Found")


def figures(
    load: SiteLoad, before: pd.Series[float] | None = None, currency: str = ""
) -> SiteFigures:
    """The figures of a site's load. Its circuits are not needed.

    ``before`` is the energy (kWh) of the days of the year before by local date (naive midnight).
    Figures that cannot be told are None, with the reason in ``remarks``.
    """
    remarks: list[str] = []
    slots = half_hours(load.slots)
    stands_on = evidence_of(slots)
    told: dict[str, Any] = {**_of_days(load, before, remarks), **_of_shape(load, slots, remarks)}
    return SiteFigures(
        site=load.site,
        name=load.name,
        name_en=load.name_en,
        first=load.first,
        end=load.end,
        currency=currency,
        contract_kw=load.contract_power_kw,
        coverage=stands_on.coverage,
        estimated=stands_on.estimated,
        missing=1 - stands_on.known,
        remarks=tuple(dict.fromkeys(remarks)),
        **told,
    )


def _of_days(
    load: SiteLoad, before: pd.Series[float] | None, remarks: list[str]
) -> Mapping[str, Any]:
    days = load.days
    methods = {name: _whole(days, column) for name, column in METHODS.items()}
    earlier, change = _against(days["kwh"], before)
    if change is None:
        remarks.append("the year before has too few days to compare with")
    return {
        "kwh": _total(days["kwh"]),
        "kwh_before": earlier,
        "change": change,
        "co2_kg": _whole(days, "co2_kg"),
        "co2_by_method_kg": {name: kg for name, kg in methods.items() if kg is not None},
        "energy_cost": _whole(days, "energy_cost"),
    }


def _of_shape(load: SiteLoad, slots: pd.DataFrame, remarks: list[str]) -> Mapping[str, Any]:
    def asked(ask: Callable[[], Found]) -> Found | None:
        try:
            return ask()
        except ValueError as error:
            remarks.append(str(error))
            return None

    factor = asked(lambda: load_factor_of(slots, load.contract_power_kw))
    base = asked(lambda: base_load_of(slots))
    standby = asked(lambda: standby_of(slots))
    closed = asked(lambda: closed_day_load(slots, load.day_kinds))
    return {
        "peak_kw": factor and factor.peak_kw,
        "peak_at": _peak_at(slots) if factor else None,
        "lf_peak": factor and factor.lf_peak,
        "lf_contract": factor and factor.lf_contract,
        "base_kw": base and base.kw,
        "base_share": base and base.share,
        "standby_kw": standby and standby.kw,
        "standby_share": standby and standby.share,
        "off_day_share": closed and closed.share,
        "night_share": night_share(slots),
    }


def night_share(slots: pd.DataFrame) -> float | None:
    """The share of the known energy between 22:00 and 8:00, 0 to 1; None without energy."""
    hour = index_of(slots).hour.to_numpy()
    kwh = slots["kwh"].to_numpy(dtype=np.float64)
    night = (hour >= NIGHT_FROM) | (hour < NIGHT_TO)
    whole = float(np.nansum(kwh))
    return float(np.nansum(kwh[night])) / whole if whole > 0 else None


def _peak_at(slots: pd.DataFrame) -> Any:
    kwh = slots["kwh"].to_numpy(dtype=np.float64)
    return index_of(slots)[int(np.nanargmax(kwh))].to_pydatetime()


def _total(days: pd.Series[float]) -> float | None:
    return None if days.isna().all() else float(days.sum())


def _whole(days: pd.DataFrame, column: str) -> float | None:
    # A sum without the figure of a day that used energy would look like the whole.
    used = days["kwh"].fillna(0.0) > 0
    known = days[column].notna()
    return None if not known.any() or (used & ~known).any() else float(days[column].sum())


def _against(
    kwh: pd.Series[float], before: pd.Series[float] | None
) -> tuple[float | None, float | None]:
    if before is None or kwh.isna().all():
        return None, None
    dates = pd.DatetimeIndex(kwh.index) - pd.DateOffset(years=1)
    earlier = np.array(before.reindex(dates), dtype=np.float64)
    # 29 February has no day of its own a year before: it would count 28 February twice.
    earlier[dates.duplicated()] = np.nan
    now = kwh.to_numpy(dtype=np.float64)
    both = ~np.isnan(now) & ~np.isnan(earlier)
    if both.sum() < COMPARED_SHARE * (~np.isnan(now)).sum():
        return None, None
    then = float(earlier[both].sum())
    return then, (float(now[both].sum()) / then - 1 if then > 0 else None)

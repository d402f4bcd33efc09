"""The demand charges of a URDB rate: by time of use, flat by month, with a ratchet or look-back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from collector.tariffs.urdb_hours import MONTHS, RateHours, Refused, number, tiers_of

Rate = Mapping[str, Any]
_WINDOWS = (15, 30, 60)
_RATCHET_MONTHS = 11


def demand_tables(rate: Rate, hours: RateHours) -> list[dict[str, Any]]:
    """The ``demand`` list of the tariff table.

    Raises ``Refused`` for a window other than 15, 30 or 60 minutes, a unit other than kW and kVA,
    a ratchet that differs by month, and a ratchet beside a look-back.
    """
    shared = {"interval_minutes": _window(rate), **_ratchet(rate), **_look_back(rate)}
    if _ratchet(rate) and _look_back(rate):
        raise Refused("lookbackpercent", "beside demandratchetpercentage is not supported")
    return [{**charge, **shared} for charge in (*_by_time(rate, hours), *_flat(rate, hours))]


def _by_time(rate: Rate, hours: RateHours) -> Iterator[dict[str, Any]]:
    for period in hours.demand_periods:
        tiers = tiers_of("demandratestructure", rate["demandratestructure"][period], ("kW", "kVA"))
        if any(tier["price"] for tier in tiers):
            yield {
                "id": f"tou{period}",
                "label_en": f"Demand, period {period + 1}",
                "label_ja": f"需要料金 時間帯{period + 1}",
                "unit": _unit(rate, "demandrateunit"),
                "when": hours.demand_when(period),
                "tiers": tiers,
            }


def _flat(rate: Rate, hours: RateHours) -> Iterator[dict[str, Any]]:
    if not hours.flat:
        return
    words = {"id": "flat", "label_en": "Demand, all hours", "label_ja": "需要料金 全時間"}
    charge = {**words, "unit": _unit(rate, "flatdemandunit")}
    prices = []
    for season, month in hours.seasons.items():
        period = rate["flatdemandstructure"][hours.flat[month]]
        prices.append((season, tiers_of("flatdemandstructure", period, ("kW", "kVA"))))
    if not any(tier["price"] for _, tiers in prices for tier in tiers):
        return
    if hours.named(list(hours.seasons)):
        by_season = [{"seasons": [season], "tiers": tiers} for season, tiers in prices]
        yield {**charge, "season_prices": by_season}
    else:
        yield {**charge, "tiers": prices[0][1]}


def _unit(rate: Rate, field: str) -> str:
    unit = str(rate.get(field) or "kW")
    if unit not in ("kW", "kVA"):
        raise Refused(field, f"{unit} is not supported")
    return unit


def _window(rate: Rate) -> int:
    minutes = number(rate.get("demandwindow") or _WINDOWS[0])
    if minutes not in _WINDOWS:
        raise Refused("demandwindow", f"{minutes} minutes are not supported (15, 30, 60)")
    return int(minutes)


def _ratchet(rate: Rate) -> dict[str, Any]:
    shares = [number(share or 0) for share in rate.get("demandratchetpercentage") or ()]
    if not any(shares):
        return {}
    if len(set(shares)) > 1 or len(shares) != MONTHS:
        raise Refused("demandratchetpercentage", "must be the same in all twelve months")
    percent = _percent("demandratchetpercentage", shares[0])
    return {"lookback_months": _RATCHET_MONTHS, "ratchet_percent": percent}


def _look_back(rate: Rate) -> dict[str, Any]:
    share = number(rate.get("lookbackpercent") or 0)
    if not share:
        return {}
    found = {
        "lookback_months": int(number(rate.get("lookbackrange") or _RATCHET_MONTHS)),
        "ratchet_percent": _percent("lookbackpercent", share),
    }
    months = _numbers_of(rate.get("lookbackmonths") or ())
    return {**found, "ratchet_calendar_months": months} if months else found


def _percent(field: str, share: Decimal) -> Decimal:
    # The database has shares (0.8); some of its rates are written in percent (80).
    percent = share * 100 if share <= 1 else share
    if not 0 < percent <= 100:
        raise Refused(field, f"{share} is not a share")
    return percent


def _numbers_of(marks: Sequence[Any]) -> list[int]:
    if marks and len(marks) != MONTHS:
        raise Refused("lookbackmonths", "must have twelve entries")
    return [place + 1 for place, mark in enumerate(marks) if mark]

"""OpenEI URDB rates (API versions 7 and 8, JSON) as tariff tables, or refusals that name the field.

A rate has 12 x 24 matrices of period numbers for weekdays and weekends, energy and time-of-use
demand; periods with tiers {max, unit, rate, adj}; monthly flat demand; fixed and minimum charges;
ratchets. What a tariff of ours cannot hold (coincident demand, tiers by day or by kW, ...) is
refused by name, never left out. Numbers are kept to the digit.
Source of the format: openei.org/services/doc/rest/util_rates, version 7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from collector.tariffs.tariff import TariffError
from collector.tariffs.urdb_demand import demand_tables
from collector.tariffs.urdb_hours import RateHours, Refused, number, tiers_of

Rate = Mapping[str, Any]
Table = dict[str, Any]
_REFUSED = (
    "coincidentratestructure", "coincidentrateschedule", "demandreactivepowercharge",
    "annualmincharge",
)  # fmt: skip
"""Fields that change a bill and that no tariff of ours can hold."""
_UNITS = {"$/month": "month", "$/day": "day", "$/year": "year"}
_NO_START = date(1970, 1, 1)
_MISSHAPEN = (TypeError, LookupError, AttributeError, ValueError, ArithmeticError, OSError)
"""What reading a rate raises where a text stands for a list, a matrix is short, a day is none."""


def urdb_tables(text: str, name: str) -> list[Table]:
    """The ``[[tariff]]`` tables of every rate in the JSON text of the file called ``name``.

    Takes an answer of the API ({"items": [...]}) or a single rate. Raises ``TariffError`` with one
    line for each field that cannot be honoured.
    """
    faults: list[str] = []
    tables = []
    for rate in _rates(text, name):
        where = f"{name}: {rate.get('name', rate.get('label', 'rate'))}"
        found = [f"{where}: {field}: not supported" for field in _REFUSED if _counts(rate, field)]
        try:
            tables.append(_table(rate))
        except Refused as refused:
            found.append(f"{where}: {refused}")
        except _MISSHAPEN as error:
            found.append(f"{where}: not built as the database describes a rate: {error!s:.80}")
        faults += found
    if faults:
        raise TariffError("\n".join(faults), "choose another rate, or write the tariff by hand")
    return tables


def _rates(text: str, name: str) -> Sequence[Rate]:
    try:
        doc = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise TariffError(f"{name}: not JSON: {error}", "save the API's answer as it is") from error
    items = doc.get("items", [doc]) if isinstance(doc, dict) else doc
    items = items if isinstance(items, list) else [items]
    rates = [item for item in items if isinstance(item, dict) and "energyratestructure" in item]
    if not rates or len(rates) != len(items):
        hint = "ask the API with format=json and detail=full"
        raise TariffError(f"{name}: a rate without energyratestructure", hint)
    return rates


def _counts(rate: Rate, field: str) -> bool:
    value = rate.get(field)
    return bool(value) and any(str(part) not in "0.[], " for part in str(value))


def _table(rate: Rate) -> Table:
    if rate.get("country", "USA") not in ("USA", "US"):
        raise Refused("country", f"{rate['country']}: the rate does not state its currency")
    hours = RateHours(rate)
    first = _day(rate.get("startdate")) or _NO_START
    title = f"{rate.get('utility', 'unknown utility')}: {rate.get('name', 'unnamed rate')}"
    table: Table = {
        "id": f"urdb-{re.sub(r'[^A-Za-z0-9_.-]', '-', str(rate.get('label', 'rate')))}",
        "name_en": str(rate.get("name", "unnamed rate")),
        "area": "US",
        "supplier": str(rate.get("utility", "unknown utility")),
        "voltage": str(rate.get("voltagecategory", "") or "not stated"),
        "currency": "USD",
        "status": "current",
        "valid_from": first,
        "valid_to": _day(rate.get("enddate")),
        "notes": " ".join(_notes(rate, first)),
        "source": _source(rate, title, first),
        "tax": {"mode": "none"},
        "minimum_per_month": _minimum(rate),
        **hours.tables(),
        "energy": [_energy(rate, period) for period in hours.energy_periods],
        "demand": demand_tables(rate, hours),
        "adders": list(_adders(rate)),
    }
    return {key: value for key, value in table.items() if value not in (None, [], "")}


def _source(rate: Rate, title: str, first: date) -> Table:
    return {
        "title": f"OpenEI URDB, {title}",
        "url": str(rate.get("uri") or rate.get("source") or "https://openei.org"),
        "published_on": str(first),
        "confidence": "medium",
        "note": "transcribed by the database's contributors: compare with the utility's sheet",
    }


def _notes(rate: Rate, first: date) -> Iterator[str]:
    yield "Weekends are Saturday and Sunday; the database does not tell holidays."
    if first == _NO_START:
        yield "The rate states no first day."
    if not rate.get("demandwindow") and (
        rate.get("demandratestructure") or rate.get("flatdemandstructure")
    ):
        yield "The rate states no demand window: 15 minutes are assumed."
    if any(tier.get("sell") for tiers in rate["energyratestructure"] for tier in tiers):
        yield "Prices of energy sold are left out."


def _day(seconds: Any) -> date | None:
    if seconds in (None, "", 0):
        return None
    return datetime.fromtimestamp(int(seconds), UTC).date()


def _energy(rate: Rate, period: int) -> Table:
    tiers = rate["energyratestructure"][period]
    return {"band": f"p{period}", "tiers": tiers_of("energyratestructure", tiers, ("kWh",))}


def _minimum(rate: Rate) -> Decimal | None:
    value = number(rate.get("minmonthlycharge") or rate.get("mincharge") or 0)
    unit = rate.get("minchargeunits", "$/month")
    if value and not rate.get("minmonthlycharge") and unit != "$/month":
        raise Refused("minchargeunits", f"{unit} is not supported")
    return value or None


def _adders(rate: Rate) -> Iterator[Table]:
    fixed = number(rate.get("fixedchargefirstmeter") or rate.get("fixedmonthlycharge") or 0)
    unit = rate.get("fixedchargeunits") or "$/month"
    if fixed and unit not in _UNITS:
        raise Refused("fixedchargeunits", f"{unit} is not supported")
    if fixed:
        words = {"label_en": "Fixed charge", "label_ja": "固定料金"}
        yield {"id": "fixed", "kind": "fixed", **words, "per": _UNITS[unit], "price": fixed}
    monthly = [number(value or 0) for value in rate.get("fueladjustmentsmonthly") or ()]
    if any(monthly):
        words = {"label_en": "Fuel adjustment", "label_ja": "燃料費調整"}
        yield {"id": "fuel", "kind": "fuel", **words, "per": "kWh", "by_month": monthly}

"""A small URDB rate for tests, in the manner of the API's answers."""

from __future__ import annotations

import json
from typing import Any

WEEKDAY_SUMMER = [0] * 12 + [1] * 6 + [0] * 6
MATRIX = [WEEKDAY_SUMMER if month in (5, 6, 7, 8) else [2] * 24 for month in range(12)]
WEEKEND = [[0] * 24 if month in (5, 6, 7, 8) else [2] * 24 for month in range(12)]
ON_PEAK = [[1 if period == 1 else 0 for period in row] for row in MATRIX]
RATE: dict[str, Any] = {
    "label": "5d1a2b3c",
    "utility": "Example Light & Power",
    "name": "Large Power TOU",
    "uri": "https://openei.org/apps/USURDB/rate/view/5d1a2b3c",
    "startdate": 1577836800,
    "sector": "Industrial",
    "voltagecategory": "Primary",
    "energyratestructure": [
        [{"rate": 0.09, "unit": "kWh"}],
        [{"rate": 0.18, "adj": 0.005, "unit": "kWh", "sell": 0.02}],
        [{"max": 20000, "rate": 0.1, "unit": "kWh"}, {"rate": 0.095, "unit": "kWh"}],
    ],
    "energyweekdayschedule": MATRIX,
    "energyweekendschedule": WEEKEND,
    "demandwindow": 15,
    "demandrateunit": "kW",
    "demandratestructure": [[{"rate": 0}], [{"rate": 14.0}]],
    "demandweekdayschedule": ON_PEAK,
    "demandweekendschedule": [[0] * 24 for _ in range(12)],
    "flatdemandunit": "kW",
    "flatdemandstructure": [[{"rate": 8.0}], [{"rate": 6.5}]],
    "flatdemandmonths": [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1],
    "fixedchargefirstmeter": 250,
    "fixedchargeunits": "$/month",
    "mincharge": 500,
    "minchargeunits": "$/month",
    "lookbackpercent": 0.8,
    "lookbackrange": 11,
    "fueladjustmentsmonthly": [0.001] * 11 + [-0.002],
}


def as_text(**changed: Any) -> str:
    """The API's answer with this rate, some of its fields changed or (None) left out."""
    rate = {key: value for key, value in {**RATE, **changed}.items() if value is not None}
    return json.dumps({"items": [rate]})

"""A real year: what the rules say of a steel plant, against its CSV in plain Python."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from statistics import median

import pandas as pd
import pytest

from collector.analysis.site_load import SiteLoad
from collector.findings.finding import Findings
from collector.findings.plant import Plant
from collector.findings.threshold_files import Thresholds
from tests.collector.findings.plants import CARBON, KYUSHU, found_in, of_rule, tariff_of
from tests.collector.steel import SEOUL, steel_half_hours, steel_rows

FIRST, END = date(2018, 1, 1), date(2019, 1, 1)
HOURS = Plant(hours=(480, 1320))
ROWS = Thresholds.shipped().rows
LOW = Thresholds({**ROWS, "standby.share": replace(ROWS["standby.share"], value=0.01)})
"""The plant goes down to a few kW at rest: below the shipped share, looked at all the same."""


@lru_cache(maxsize=1)
def _found() -> Findings:
    days = pd.date_range(FIRST, END, freq="D", inclusive="left")
    kinds = {5: "saturday", 6: "sunday"}
    load = SiteLoad(
        site="steel",
        name="製鋼",
        zone=SEOUL,
        first=FIRST,
        end=END,
        slots=steel_half_hours(),
        day_kinds=pd.Series([kinds.get(d.weekday(), "working") for d in days], index=days),
        days=pd.DataFrame(index=days),
    )
    rules = ("peak", "standby", "power_factor")
    return found_in(load, *rules, plant=HOURS, prices=tariff_of(load, KYUSHU), thresholds=LOW)


def _half_hour_kw() -> dict[datetime, float]:
    found: dict[datetime, float] = defaultdict(float)
    for start, kwh, _, _ in steel_rows():
        found[start.replace(minute=start.minute // 30 * 30)] += 2 * kwh
    return found


def test_the_twentieth_slot_below_the_peak_is_what_shaving_reaches() -> None:
    """587.16 kW at most; 20 half hours stand above the 21st."""
    (finding,) = of_rule(_found(), "peak")
    highest = sorted(_half_hour_kw().values(), reverse=True)
    assert highest[0] == pytest.approx(587.16)
    assert finding.kw is not None
    assert finding.kw.low == pytest.approx(highest[0] - highest[5])
    assert finding.kw.mid == pytest.approx(highest[0] - highest[20])
    assert finding.kw.high == pytest.approx(highest[0] - highest[50])


def test_standby_is_the_lower_of_nights_and_sundays() -> None:
    """Median of nights and of Sundays by hand; half of min(P, level) outside of 8-22 h."""
    (finding,) = of_rule(_found(), "standby")
    nights, sundays, rest = [], [], []
    for start, kw in _half_hour_kw().items():
        works = start.weekday() < 5 and 8 <= start.hour < 22
        if works:
            continue
        rest.append(kw)
        if start.weekday() < 5:
            nights.append(kw)
        elif start.weekday() == 6:
            sundays.append(kw)
    level = min(median(nights), median(sundays))
    assert f"{level:.1f} kW" in finding.why_en
    assert finding.kwh.mid == pytest.approx(sum(min(kw, level) for kw in rest) * 0.5 * 0.5)
    assert finding.co2_t.mid == pytest.approx(finding.kwh.mid * CARBON.kg_per_kwh / 1000)


def test_the_power_factor_is_that_of_each_month() -> None:
    """The mean of twelve rounded months by hand is the one the finding tells."""
    (finding,) = of_rule(_found(), "power_factor")
    sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for start, kwh, lagging, _ in steel_rows():
        if 8 <= start.hour < 22:
            sums[start.month][0] += kwh
            sums[start.month][1] += lagging
    months = [int(100 * w / (w * w + q * q) ** 0.5 + 0.5) for w, q in sums.values()]
    assert f"{sum(months) / 12:.1f} %" in finding.why_en
    points = [max(98 - month, 0) for month in months]
    assert finding.yen.mid == pytest.approx(587 * 2142.78 * 0.01 * sum(points), rel=1e-6)

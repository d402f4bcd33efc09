"""A done finding against its promise: kept, missed, unsure, and what cannot be verified."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from collector.analysis.site_load import SiteLoad
from collector.errors import CollectorError
from collector.findings.status import Promise
from collector.findings.verification import verified
from tests.collector.findings.plants import Year, plant_of, year_of

FIRST, DONE, END = date(2024, 4, 1), date(2025, 4, 1), date(2025, 10, 1)
NIGHTS_KWH = 10.0 * 6_562.0


def _plant(standby_after: float, noise: float = 0.02) -> SiteLoad:
    year = year_of(FIRST, END)
    random = np.random.default_rng(7)
    after = np.asarray(year.index.tz_localize(None) >= np.datetime64(DONE))
    rest = np.where(after, standby_after, 10.0)
    kw = np.where(year.works, 60.0, rest) * random.normal(1.0, noise, len(year.index))
    return plant_of(year, {"press": kw, "other": _flat(year)})


def _flat(year: Year) -> np.ndarray:
    return year.load(20.0)


def _promise(low: float, mid: float, high: float) -> Promise:
    return Promise(FIRST, DONE, DONE, low, mid, high)


def test_a_kept_promise_is_told_with_its_uncertainty() -> None:
    """Standby halved as promised: the saving since lies in its range, option B, and is kept."""
    load = _plant(5.0)
    planted = 5.0 * float((~_works_after()).sum()) / 2
    found = verified("standby:works:press", "press", _promise(15_000, 32_000, 64_000), load)
    assert found.outcome == "kept"
    assert found.baseline.option == "B"
    assert found.savings.at_90.low_kwh < planted < found.savings.at_90.high_kwh
    assert found.savings.kwh == pytest.approx(planted, rel=0.05)
    assert found.promised_kwh.mid == pytest.approx(32_000 * 183 / 365)


def _works_after() -> np.ndarray:
    year = year_of(FIRST, END)
    after = np.asarray(year.index.tz_localize(None) >= np.datetime64(DONE))
    return np.asarray(year.works[after])


def test_a_promise_of_which_nothing_came_is_missed() -> None:
    """The same load as before against a large promise is missed."""
    found = verified("standby:works:press", "press", _promise(30_000, 40_000, 60_000), _plant(10.0))
    assert found.outcome == "missed"
    assert abs(found.savings.kwh) < 2_000


def test_a_saving_drowned_in_noise_is_unsure() -> None:
    """A quarter of a kilowatt less under strong noise cannot be told yet."""
    found = verified("x:works:press", "press", _promise(500, 1_600, 3_000), _plant(9.75, 0.9))
    assert found.outcome == "unsure"


def test_less_than_promised_but_real_is_not_yet() -> None:
    """A saving for sure, below the low end of its promise."""
    found = verified("x:works:press", "press", _promise(24_000, 40_000, 50_000), _plant(6.5, 0.2))
    assert found.outcome == "not_yet"


def test_days_that_have_not_come_are_no_gap() -> None:
    """A load read beyond its newest day is verified up to that day, without a caveat of gaps."""
    load = _plant(5.0)
    press = load.circuit("press")
    press.slots.loc["2025-08-01":, "kwh"] = np.nan
    found = verified("x:works:press", "press", _promise(15_000, 32_000, 64_000), load)
    assert found.savings.points == 122
    assert not any("is known" in caveat for caveat in found.savings.caveats)


def test_a_site_is_verified_by_option_c() -> None:
    """Without a circuit the whole site's meter counts."""
    found = verified("x:works:_site", "", _promise(10_000, 32_000, 60_000), _plant(5.0))
    assert found.baseline.option == "C"
    assert found.outcome == "kept"


def test_a_week_since_is_too_early() -> None:
    """Fewer than 14 known days since are one clear line."""
    late = Promise(FIRST, date(2025, 9, 25), date(2025, 9, 25), 1.0, 2.0, 3.0)
    with pytest.raises(CollectorError, match="only 6 whole days since 2025-09-25"):
        verified("x:works:press", "press", late, _plant(5.0))


def test_a_circuit_that_is_gone_is_named() -> None:
    """A meter that was taken out of the settings cannot be verified."""
    with pytest.raises(CollectorError, match="no circuit saw any more"):
        verified("x:works:saw", "saw", _promise(1, 2, 3), _plant(5.0))


def test_a_baseline_without_a_known_day_is_refused() -> None:
    """No model can be made of a baseline of which nothing is known."""
    load = _plant(5.0)
    circuit = load.circuit("press")
    circuit.slots.loc[:"2025-03-31", "kwh"] = np.nan
    with pytest.raises(CollectorError, match="no baseline can be made"):
        verified("x:works:press", "press", _promise(1, 2, 3), load)

"""Times the analysis of one site-year with thirty circuits, and the consultant's pack of it.

The analysis is every figure that a pack shows, from frames that are in memory; reading them from
the store stands beside it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from collector import analysis as an
from collector import config
from collector.accounts.span import Span
from collector.analysis.site_load import SiteLoad
from collector.frames import Store
from collector.gather.site_findings import findings_of
from collector.reporting.make import make
from collector.reporting.sources import Sources
from collector.reporting.table import kind_named
from collector.reporting.wanted import Wanted
from tests.collector.plant_year import plant_year

CIRCUITS = 30
FIRST, END = date(2025, 4, 1), date(2026, 4, 1)
SITE = "sendai"


@dataclass(frozen=True, slots=True)
class Timing:
    """One piece of work: CPU and clock seconds, and what it is to stay under."""

    what: str
    cpu_s: float
    wall_s: float
    target_s: float | None

    def markdown(self) -> str:
        """The timing as a table row."""
        target = "" if self.target_s is None else f"{self.target_s:g}"
        kept = "" if self.target_s is None else "yes" if self.wall_s <= self.target_s else "NO"
        return f"| {self.what} | {self.cpu_s:.2f} | {self.wall_s:.2f} | {target} | {kept} |"


def timings() -> Iterator[Timing]:
    """Frames, analysis, findings, and the consultant's pack."""
    with tempfile.TemporaryDirectory() as name:
        path = plant_year(Path(name), circuits=CIRCUITS, first=FIRST, end=END)
        with Store.open(path) as store:
            loads: list[SiteLoad] = []
            taken = _timed("frames from SQLite", None, lambda: loads.append(_load(store)))
            yield taken
            _analysed(loads[0])  # imports, and what is prepared once
            yield _timed("analysis of all of it", 2.0, lambda: _analysed(loads[0]))
        with Sources.open(config.load(path)) as sources:
            site = sources.site(SITE)
            yield _timed("findings", None, lambda: findings_of(sources, site, FIRST, END))
            yield from _pack(sources, Path(name))


def _load(store: Store) -> SiteLoad:
    return store.site_load(SITE, FIRST, END)


def _pack(sources: Sources, folder: Path) -> Iterator[Timing]:
    kind = kind_named("consultant")
    wanted = Wanted(SITE, Span(FIRST, END, "FY2025"), ("ja",), ("html", "pdf", "xlsx"), {})
    what = "consultant pack: HTML with pictures, PDF, Excel"
    yield _timed(what, 20.0, lambda: make(sources, kind, wanted, folder / "pack"))


def _analysed(load: SiteLoad) -> None:
    _of_site(load)
    _of_circuits(load)
    _of_weather(load)


def _of_site(load: SiteLoad) -> None:
    slots, kinds = load.slots, load.day_kinds
    maxima = an.monthly_maxima(slots, load.billing_day)
    peak_kw = an.contract_power(maxima).demand_kw
    an.load_factor_of(slots, load.contract_power_kw)
    an.load_factors(slots)
    an.duration_curve(slots)
    an.base_load_of(slots)
    an.night_base(slots, kinds)
    an.base_trend(slots)
    an.typical_days(slots, kinds)
    an.weekday_overlay(slots)
    an.calendar_heat(slots)
    an.operating_week(slots, kinds)
    an.compare_operating(slots, kinds)
    an.standby_of(slots)
    an.closed_day_load(slots, kinds)
    an.after_hours(slots, an.operating_mask(slots))
    an.lunch_idle(slots, kinds)
    an.start_up_peaks(slots)
    an.unusual_days(slots, kinds)
    an.monthly_power_factor(slots)
    an.shaving_curve(slots, [share * peak_kw for share in (0.95, 0.9, 0.85, 0.8)])


def _of_circuits(load: SiteLoad) -> None:
    an.top_peaks(load.slots, load.circuits, 20, load.temperature_c, load.day_kinds)
    an.contribution_of(load.slots, load.circuits)
    an.diversity(load.circuits)
    an.standby_by_circuit(load.circuits, load.slots)
    an.simultaneous_starts(load.circuits)
    for circuit in load.leaves:
        an.load_factor_of(circuit.slots)
        an.base_load_of(circuit.slots)
        an.typical_days(circuit.slots, load.day_kinds)
        an.lunch_idle(circuit.slots, load.day_kinds)


def _of_weather(load: SiteLoad) -> None:
    assert load.temperature_c is not None
    kwh, outside = an.daily_kwh(load.slots), an.daily_temperature(load.temperature_c)
    working = kwh.where(load.day_kinds == "working")
    an.fit_change_point(working, outside)
    for circuit in load.leaves:
        an.weather_use(an.daily_kwh(circuit.slots).where(load.day_kinds == "working"), outside)
    an.fit_towt(an.hourly_kwh(load.slots), load.temperature_c)


def _timed(what: str, target_s: float | None, work: Callable[[], object]) -> Timing:
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    work()
    return Timing(what, time.process_time() - cpu_s, time.perf_counter() - wall_s, target_s)

"""All rules over a site's load: findings ranked by yen, and what was looked at in vain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from collector.analysis.frame import Floats
from collector.analysis.site_load import SiteLoad
from collector.errors import CollectorError
from collector.findings.carbon import Carbon
from collector.findings.case import Case, case_of
from collector.findings.circuit_view import CircuitView
from collector.findings.draft import Draft, Rule
from collector.findings.finding import Finding, Findings, Silence
from collector.findings.overlap import with_overlaps
from collector.findings.plant import Plant
from collector.findings.prices import Prices
from collector.findings.pricing import priced, year_cost
from collector.findings.rules.table import RULES
from collector.findings.threshold_files import Thresholds

GENERAL = "general"
"""The rule of a silence that is about the data, whatever looks at them."""
_NEXT_DAY = timedelta(days=1)


def find(
    load: SiteLoad,
    prices: Prices,
    carbon: Carbon,
    thresholds: Thresholds | None = None,
    plant: Plant | None = None,
    grid_kg: Floats | None = None,
    rules: Sequence[Rule] = RULES,
) -> Findings:
    """What the rules find in a site's load, the most yen first, and where they are silent.

    ``grid_kg`` is the grid's carbon signal along the load's slots (kg/kWh), where one is stored.
    A load that is too short, or of which nothing is known, is a silence, not an error.
    """
    limits = thresholds or Thresholds.shipped()
    least = limits.value("general.days")
    if (load.end - load.first).days < least:
        return Findings((), (_too_short(load, least),))
    if load.slots["kwh"].notna().sum() == 0:
        return Findings((), (_nothing_known(load),))
    case = case_of(load, prices, carbon, limits, plant or Plant(), grid_kg)
    said = [*_thin(case), *(item for rule in rules for item in _looked(rule, case))]
    pairs = [(draft, priced(draft, case)) for draft in said if isinstance(draft, Draft)]
    floor = case.value("general.least_cost_share") * year_cost(case)
    small = [f for draft, f in pairs if draft.pool != "signal" and f.yen.mid < floor]
    kept = [pair for pair in pairs if pair[1] not in small]
    ranked = sorted(with_overlaps(kept, case), key=lambda finding: -finding.yen.mid)
    silences = [item for item in said if isinstance(item, Silence)]
    return Findings(tuple(ranked), (*silences, *map(_small, small)))


def ended_on(last: date) -> Silence:
    """The silence of a site whose totals end on that day, before the days that are looked at."""
    return Silence(
        GENERAL,
        "",
        f"集計値は{last}で終わっている: --to {last} を付ける",
        f"totals end on {last}: give --to {last}",
        lacking=True,
    )


def _looked(rule: Rule, case: Case) -> Iterator[Draft | Silence]:
    try:
        yield from rule.look(case)
    except (ValueError, CollectorError) as error:
        yield Silence(rule.name, "", f"分析できない: {error}", str(error), lacking=True)


def _thin(case: Case) -> Iterator[Silence]:
    ended = _ended(case)
    cut = [] if ended is None else [view for view in case.thin if _whole_until(case, view, ended)]
    if ended is not None and cut:
        yield ended_on(ended)
    for view in case.thin:
        if view in cut:
            continue
        yield Silence(
            GENERAL,
            view.id,
            f"既知の時限が{view.known:.0%}しかない: 計測を確かめる",
            f"only {view.known:.0%} of its slots are known: look after its meter",
            lacking=True,
        )


def _ended(case: Case) -> date | None:
    """The last day of which anything is known, where the window goes on after it; else None."""
    known = np.flatnonzero(np.isfinite(case.kw))
    last = case.index[known[-1]].date()
    return last if case.load.end - last > _NEXT_DAY else None


def _whole_until(case: Case, view: CircuitView, ended: date) -> bool:
    until = np.asarray(case.index < _midnight_after(case, ended))
    return bool(view.known * len(until) >= case.value("general.known_share") * until.sum())


def _midnight_after(case: Case, day: date) -> pd.Timestamp:
    return pd.Timestamp(day + _NEXT_DAY, tz=case.index.tz)


def _too_short(load: SiteLoad, least: float) -> Silence:
    days = (load.end - load.first).days
    return Silence(
        GENERAL,
        "",
        f"{days}日間では短すぎる: {least:.0f}日以上を選ぶ",
        f"{days} days are too few: choose {least:.0f} or more",
        lacking=True,
    )


def _nothing_known(load: SiteLoad) -> Silence:
    return Silence(
        GENERAL,
        "",
        f"{load.first}からの電力量が一つも分からない: 値のある日を --to に書くか、"
        "collector summarise を確かめる",
        f"no energy is known from {load.first} on: give --to a day that has some, or look at"
        " collector summarise",
        lacking=True,
    )


def _small(finding: Finding) -> Silence:
    worth = f"{finding.yen.mid:,.0f} {finding.currency}"
    return Silence(
        finding.rule,
        finding.circuit,
        f"効果が小さい(年{worth})",
        f"worth little ({worth} a year)",
        lacking=False,
    )

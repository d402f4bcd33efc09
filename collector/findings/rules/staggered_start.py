"""Starting one after the other: circuits that begin together make the month's demand.

    kW = (largest demand - largest demand outside of the first 2 h of work) x reached share

Told when the start makes the largest demand of several months. Analytics-reports 1.2 (start-up
peak), 1.6.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.demand import monthly_maxima
from collector.analysis.grid import Bools
from collector.analysis.operating import runs_of
from collector.analysis.start_up import simultaneous_starts
from collector.findings.case import Case, no_hours, not_told
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Range, Said, Silence
from collector.findings.pictures import typical_day_picture
from collector.findings.rules.demand_caveats import hold_caveat

NAME = "staggered_start"
_SHOWN = 3
_CAVEATS = (
    Said(
        "始業前の予熱・予冷の順番と生産の都合を先に確かめる",
        "first find out what must be warm, cold or ready when work begins",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """The site, where the start of work makes the largest demand of several months."""
    if case.operating is None:
        yield no_hours(NAME)
        return
    if case.prices.one_kw <= 0:
        yield not_told(NAME, "", "需要電力の単価がない", "the tariff has no price on demand", True)
        return
    starts = _starts(case)
    if not starts.any() or starts.all() or np.isnan(case.kw[~starts]).all():
        yield not_told(NAME, "", "始業が見つからない", "no start of work is seen")
        return
    yield _of(case, starts)


def _of(case: Case, starts: Bools) -> Draft | Silence:
    maxima = monthly_maxima(case.slots, case.load.billing_day)
    at_start = {stamp for stamp, begins in zip(case.index, starts, strict=True) if begins}
    months = sum(month.at in at_start for month in maxima)
    largest, rest = float(np.nanmax(case.kw)), float(np.nanmax(case.kw[~starts]))
    over = largest - rest
    if months < case.value("staggered_start.least_months") or over < (
        case.value("staggered_start.least_share") * largest
    ):
        return not_told(
            NAME,
            "",
            f"月最大が立ち上がりに出たのは{months}か月、差は{max(over, 0):.0f} kW",
            f"the start made the largest demand of {months} months, by {max(over, 0):.0f} kW",
        )
    return _draft(case, months, len(maxima), largest, over)


def _draft(case: Case, months: int, all_months: int, largest: float, over: float) -> Draft:
    kw = Range(
        *(over * case.value(f"staggered_start.reached_{name}") for name in ("low", "mid", "high"))
    )
    return Draft(
        rule=NAME,
        circuit="",
        texts=_texts(case, (months, all_months), largest, over, kw),
        threshold="staggered_start.least_months",
        evidence=case.evidence,
        confidence="medium",
        pool="demand",
        kw=kw,
        pictures=(
            typical_day_picture(
                case,
                case.kw,
                Said("代表日と目標", "Typical days and target"),
                largest - kw.mid,
                Said("目標", "Target"),
            ),
        ),
        caveats=(hold_caveat(case), *_CAVEATS),
    )


def _texts(case: Case, months: tuple[int, int], largest: float, over: float, kw: Range) -> Texts:
    ja, en = _together(case)
    hours = case.value("staggered_start.window_h")
    return Texts(
        measure=Said("設備の立ち上げを30分ずつずらす", "start machines half an hour apart"),
        before=Said(f"立ち上がりの最大{largest:,.0f} kW", f"{largest:,.0f} kW at the start"),
        after=Said(f"最大{largest - kw.mid:,.0f} kW", f"{largest - kw.mid:,.0f} kW"),
        why=Said(
            f"{months[1]}か月のうち{months[0]}か月で、始業後{hours:g}時間以内に月最大が出た。"
            f"それ以外の時間の最大より{over:,.0f} kW高い{ja}",
            f"in {months[0]} of {months[1]} months the largest demand came within {hours:g} h of"
            f" the start, {over:,.0f} kW above the largest of all other hours{en}",
        ),
    )


def _starts(case: Case) -> Bools:
    """The slots within so many hours after operation begins."""
    window = round(2 * case.value("staggered_start.window_h"))
    found = np.zeros(len(case.index), dtype=np.bool_)
    if case.operating is not None:
        for first, end in runs_of(case.operating):
            found[first : min(first + window, end)] = True
    return found


def _together(case: Case) -> tuple[str, str]:
    """The circuits that most often begin together, in both languages."""
    names = {view.id: view.called for view in case.views}
    counts: dict[str, int] = {}
    for start in simultaneous_starts(case.load.circuits)[:50]:
        for circuit in start.circuits:
            counts[circuit] = counts.get(circuit, 0) + 1
    often = [names[c] for c in sorted(counts, key=lambda c: -counts[c]) if c in names][:_SHOWN]
    if len(often) < 2:
        return "", ""
    together = "・".join(name.ja for name in often)
    return f"(同時に始まる: {together})", f" (together: {', '.join(n.en for n in often)})"


RULE = Rule(
    NAME,
    Said("立ち上げの分散", "Staggered start"),
    Said("始業時に重なって生じる月最大", "the largest demand made by machines starting together"),
    "(largest - largest outside of the first 2 h) x share x value of a kW",
    look,
)

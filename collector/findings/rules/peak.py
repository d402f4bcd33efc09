"""Peak shift and shaving: the few slots of a year that set the demand.

    kW = largest demand - the demand that only N slots of a year exceed (N = 5, 20, 50)
    yen = kW x basic unit x (185 - PF)/100 x 12

The energy is done at another time, so no kWh is saved. Where demand of twelve months is billed,
the saving comes in full only once no month looked back to stands above. Analytics-reports 1.1, 1.6.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from collector.analysis.contribution import Part
from collector.analysis.demand import shave, top_peaks
from collector.findings.case import Case, not_told
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Range, Said, Silence
from collector.findings.pictures import duration_picture
from collector.findings.rules.demand_caveats import hold_caveat
from collector.findings.yearly import year_share

NAME = "peak"
_SHOWN = 3
_CAVEATS = (
    Said(
        "移した電力量は別の時間に使うので、kWhとCO2の削減は見込まない",
        "the energy is used at another time: no kWh and no CO2 are saved",
    ),
)


def look(case: Case) -> Iterator[Draft | Silence]:
    """The site, where a few slots stand out above the rest of the year."""
    if case.prices.one_kw <= 0:
        yield not_told(
            NAME, "", "料金表に需要電力の単価がない", "the tariff has no price on demand", True
        )
        return
    highest = np.sort(case.kw[~np.isnan(case.kw)])[::-1]
    low, mid, high = (
        float(highest[0] - highest[_count(case, name, len(highest))])
        for name in ("peak.slots_low", "peak.slots", "peak.slots_high")
    )
    if mid < case.value("peak.least_share") * highest[0]:
        share = mid / highest[0]
        yield not_told(
            NAME,
            "",
            f"上位の時限を除いても{share:.1%}しか下がらない",
            f"without the top slots the demand falls by {share:.1%} only",
        )
        return
    yield _draft(case, float(highest[0]), Range(low, mid, high))


def _count(case: Case, name: str, known: int) -> int:
    # So many slots of a year are fewer of a shorter window, at least one.
    wanted = max(1, round(case.value(name) / year_share(case.days)))
    return min(wanted, known - 1)


def _draft(case: Case, largest: float, kw: Range) -> Draft:
    target = largest - kw.mid
    return Draft(
        rule=NAME,
        circuit="",
        texts=_texts(case, largest, target),
        threshold="peak.slots",
        evidence=case.evidence,
        confidence="medium",
        pool="demand",
        kw=kw,
        pictures=(
            duration_picture(
                case,
                Said("負荷持続曲線と目標", "Duration curve and target"),
                [(Said("目標", "Target"), target)],
            ),
        ),
        caveats=(hold_caveat(case), *_CAVEATS),
    )


def _texts(case: Case, largest: float, target: float) -> Texts:
    above = shave(case.slots, target)
    peak = top_peaks(
        case.slots, case.load.circuits, 1, case.load.temperature_c, case.load.day_kinds
    )[0]
    parts = {language: _named(case, peak.parts, language) for language in ("ja", "en")}
    return Texts(
        measure=Said(
            f"上位{above.slots}コマのデマンドを{target:,.0f} kWまで抑える(ピークシフト)",
            f"keep the top {above.slots} half hours at {target:,.0f} kW (peak shift)",
        ),
        before=Said(f"最大{largest:,.0f} kW", f"largest demand {largest:,.0f} kW"),
        after=Said(f"最大{target:,.0f} kW", f"largest demand {target:,.0f} kW"),
        why=Said(
            f"{target:,.0f} kWを超えるのは{above.days}日の{above.slots}コマ、"
            f"計{above.above_kwh:,.0f} kWh(最長{above.longest_h:g}時間)。"
            f"最大は{peak.at:%Y-%m-%d %H:%M}{parts['ja']}",
            f"only {above.slots} half hours on {above.days} days exceed {target:,.0f} kW, by"
            f" {above.above_kwh:,.0f} kWh in all ({above.longest_h:g} h at most);"
            f" the largest at {peak.at:%Y-%m-%d %H:%M}{parts['en']}",
        ),
    )


def _named(case: Case, parts: tuple[Part, ...], language: str) -> str:
    names = {view.id: view.called for view in case.views}
    shown = [
        f"{getattr(names[part.circuit], language)} {part.kw:.0f} kW"
        for part in parts[:_SHOWN]
        if part.circuit in names and part.kw is not None
    ]
    if not shown:
        return ""
    return f"、{'、'.join(shown)}" if language == "ja" else f", {', '.join(shown)}"


RULE = Rule(
    NAME,
    Said("ピークシフト", "Peak shift and shaving"),
    Said("年に数コマだけ突出するデマンド", "demand that stands out for a few half hours a year"),
    "(largest - demand exceeded by N slots a year) x value of a kW",
    look,
)

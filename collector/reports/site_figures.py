"""The headline figures of the site overview."""

from __future__ import annotations

from collector.reports.numbers import (
    ABSENT,
    as_given,
    decimals_for,
    energy,
    mass,
    percent,
    plain,
    power,
)
from collector.reports.report import Figure, Meaning
from collector.reports.site_facts import mean_kwh
from collector.reports.site_quality import measured_share
from collector.reports.site_view import SiteView
from collector.rollup.periods import SLOT_MS


def figures(view: SiteView) -> tuple[Figure, ...]:
    """Energy, CO2, largest demand, energy per day, base load, load factor."""
    return (
        _energy(view),
        _co2(view),
        _peak(view),
        _per_day(view),
        _base_load(view),
        _load_factor(view),
    )


def _energy(view: SiteView) -> Figure:
    facts = view.facts
    value, unit = energy(facts.kwh)
    share = measured_share(view)
    note = view.say("all_measured")
    if share is not None and share < 1:
        note = view.say("measured_share", share=percent(share))
    if facts.estimated_kwh:
        estimated, part = plain(facts.estimated_kwh, 4, 1), percent(facts.estimated_share)
        note = view.say("with_estimated", estimated=estimated, share=part)
    if facts.kwh is None:
        note = view.say("no_figure")
    return Figure(view.say("energy"), value, unit, note, "energy")


def _co2(view: SiteView) -> Figure:
    facts, factors = view.facts, view.data.factors
    value, unit = mass(facts.co2_kg)
    if facts.co2_kg is None:
        note = view.say("no_co2" if facts.days else "no_figure")
    elif len(factors) == 1:
        note = view.say("factor_note", value=str(factors[0].value))
    else:
        note = view.say("factors_note", n=len(factors)) if factors else ""
    if facts.co2_kg is not None and facts.days_without_co2:
        note = view.say("co2_partly", days=facts.days_without_co2)
    return Figure(view.say("co2"), value, unit, note, "co2", view.co2_badge())


def _peak(view: SiteView) -> Figure:
    peak, contract_kw = view.facts.peak, view.data.contract_power_kw
    if peak is None:
        return Figure(view.say("peak"), ABSENT, "kW", view.say("no_figure"), "energy")
    share, share_of = None, view.say("no_contract")
    if contract_kw:
        share = peak.peak_kw / contract_kw
        names = {"share": percent(share), "contract": as_given(contract_kw)}
        share_of = view.say("share_of_contract", **names)
    when = view.dates.stretch(peak.start_ms, peak.start_ms + SLOT_MS)
    meaning: Meaning = "alarm" if share is not None and share > 1 else "energy"
    value = power(peak.peak_kw)
    return Figure(view.say("peak"), value, "kW", when, meaning, share=share, share_of=share_of)


def _per_day(view: SiteView) -> Figure:
    label, facts = view.say("per_day"), view.facts
    weekday = mean_kwh(facts, view.dates, weekend=False)
    weekend = mean_kwh(facts, view.dates, weekend=True)
    if weekday is not None and weekend is not None:
        decimals = min(1, decimals_for(max(weekday, weekend)))
        texts = [plain(kwh, 4, decimals) for kwh in (weekday, weekend)]
        names = dict(zip(("weekday", "weekend"), texts, strict=True))
        note = view.say("weekdays_weekends", **names)
    else:
        note = view.say("no_figure" if facts.mean_kw is None else "mean_of_known")
    value, unit = energy(None if facts.mean_kw is None else facts.mean_kw * 24)
    return Figure(label, value, unit, note, "energy")


def _base_load(view: SiteView) -> Figure:
    facts = view.facts
    if facts.base_load_kw is None:
        return Figure(view.say("base_load"), ABSENT, "kW", view.say("no_figure"), "energy")
    note = view.say("base_load_note", share=percent(facts.base_share))
    return Figure(view.say("base_load"), power(facts.base_load_kw), "kW", note, "energy")


def _load_factor(view: SiteView) -> Figure:
    facts = view.facts
    note = view.say("no_figure")
    if facts.load_factor is not None and facts.peak is not None:
        names = {"mean": power(facts.mean_kw), "peak": power(facts.peak.peak_kw)}
        note = view.say("load_factor_note", **names)
    return Figure(view.say("load_factor"), percent(facts.load_factor), "%", note, "energy")

"""Which sites lie far from the others, in a sentence each, the farthest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from collector.reports.numbers import as_given, percent, power
from collector.reports.portfolio.bounds import Bounds, bounds_of
from collector.reports.portfolio.data import Known, SiteFigures
from collector.reports.portfolio.view import PortfolioView, middle
from collector.reports.report import Note, Section

Told = tuple[float, Note]


def standing_out(view: PortfolioView) -> Section:
    """The section: one sentence a site and reason, or one that says that there is none."""
    bounds, rules = bounds_of(view), (_changes, _far_above, _low_load_factor, _contract)
    notes = [note for rule in rules for note in _farthest(rule(view, bounds), bounds)]
    if not notes:
        return Section(view.say("out"), blocks=(_nothing(view, bounds),))
    return Section(view.say("out"), view.say("out_lead"), tuple(notes))


def _nothing(view: PortfolioView, bounds: Bounds) -> Note:
    count, least = len(view.portfolio.sites), int(bounds.fewest_sites.value)
    if count < least:
        return Note(view.say("out_alone", n=count, least=least))
    return Note(view.say("out_none"))


def _farthest(found: Iterator[tuple[str, float, Note]], bounds: Bounds) -> list[Note]:
    most = int(bounds.most.value)
    by_reason: dict[str, list[Told]] = {}
    for reason, distance, note in found:
        by_reason.setdefault(reason, []).append((distance, note))
    return [
        note
        for told in by_reason.values()
        for _, note in sorted(told, key=lambda pair: -pair[0])[:most]
    ]


def _changes(view: PortfolioView, bounds: Bounds) -> Iterator[tuple[str, float, Note]]:
    for site in view.portfolio.sites:
        if site.change is not None and abs(site.change) >= bounds.changed.value:
            key = "rise" if site.change > 0 else "fall"
            text = view.say(key, site=_name(view, site), share=percent(abs(site.change)))
            yield key, abs(site.change), Note(text)


_SHARES: tuple[tuple[str, Callable[[SiteFigures], Known]], ...] = (
    ("standby", lambda site: site.standby_share),
    ("off_day", lambda site: site.off_day_share),
)


def _far_above(view: PortfolioView, bounds: Bounds) -> Iterator[tuple[str, float, Note]]:
    far, least = float(bounds.far.value), float(bounds.least_share.value)
    for key, of in _SHARES:
        usual = _usual(view, bounds, of)
        for site in view.portfolio.sites:
            share = of(site)
            if usual and share is not None and share >= max(far * usual, least):
                names = {"share": percent(share), "median": percent(usual)}
                yield key, share / usual, Note(view.say(key, site=_name(view, site), **names))


def _low_load_factor(view: PortfolioView, bounds: Bounds) -> Iterator[tuple[str, float, Note]]:
    usual = _usual(view, bounds, lambda site: site.lf_peak)
    far = float(bounds.far.value)
    for site in view.portfolio.sites:
        if usual and site.lf_peak is not None and site.lf_peak <= usual / far:
            names = {"share": percent(site.lf_peak), "median": percent(usual)}
            text = view.say("load_factor", site=_name(view, site), **names)
            yield "load_factor", usual - site.lf_peak, Note(text)


def _contract(view: PortfolioView, bounds: Bounds) -> Iterator[tuple[str, float, Note]]:
    for site in view.portfolio.sites:
        if site.peak_kw is None or not site.contract_kw:
            continue
        used = site.peak_kw / site.contract_kw
        names = {"site": _name(view, site), "contract": as_given(site.contract_kw)}
        if used > 1:
            note = Note(view.say("over", kw=power(site.peak_kw), **names), kind="warning")
            yield "over", used, note
        elif used < bounds.hardly_used.value:
            yield "contract", 1 - used, Note(view.say("contract", share=percent(used), **names))


def _usual(view: PortfolioView, bounds: Bounds, of: Callable[[SiteFigures], Known]) -> Known:
    if len(view.portfolio.sites) < bounds.fewest_sites.value:
        return None
    return middle(view.portfolio.sites, of)


def _name(view: PortfolioView, site: SiteFigures) -> str:
    return site.called(view.language)

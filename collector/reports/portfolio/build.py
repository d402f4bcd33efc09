"""The portfolio report: headline sums, what stands out, the sites beside one another."""

from __future__ import annotations

from datetime import timedelta

from collector.reports.money import money
from collector.reports.numbers import ABSENT, energy, mass, percent
from collector.reports.portfolio.bounds import bounds_part
from collector.reports.portfolio.data import Portfolio, SiteFigures
from collector.reports.portfolio.standing_out import standing_out
from collector.reports.portfolio.tables import by_method, change_of, quality, shape, used
from collector.reports.portfolio.view import PortfolioView, total
from collector.reports.report import (
    Bar,
    BarChart,
    BarPart,
    Block,
    Figure,
    Language,
    LegendEntry,
    Note,
    Report,
    ReportPeriod,
    Section,
)
from collector.reports.site_head import SiteHead

MOST_BARS = 20


def portfolio_report(portfolio: Portfolio, head: SiteHead, language: Language) -> Report:
    """The report in the language; without any site it says so and what to do.

    ``head`` tells time zone and the making of the report; its site is not one of these.
    """
    view = PortfolioView(portfolio, head, language)
    first, last = portfolio.first, portfolio.end - timedelta(days=1)
    text, year = view.dates.span(first, last), view.dates.fiscal_year(first, last)
    ends = view.dates.start_ms(first), view.dates.end_ms(last)
    return Report(
        language=language,
        title=view.say("title"),
        subtitle=text,
        period=ReportPeriod(*ends, text, year),
        made=head.made(language),
        figures=_figures(view),
        sections=_sections(view),
        notes=(Note(view.say("defined")),),
        zone=str(head.zone),
    )


def _sections(view: PortfolioView) -> tuple[Section, ...]:
    if not view.portfolio.sites:
        note = Note(view.say("no_sites"), view.say("no_sites_hint"), "empty")
        blocks: tuple[Block, ...] = (note, quality(view)) if view.portfolio.faults else (note,)
        return (Section(view.say("figures"), blocks=blocks),)
    methods = by_method(view)
    sections = [
        standing_out(view),
        Section(view.say("figures"), blocks=(_ranking(view), used(view))),
        Section(view.say("shape"), blocks=(shape(view),)),
    ]
    if methods is not None:
        sections.append(Section(view.say("by_method"), view.say("by_method_lead"), (methods,)))
    sections.append(Section(view.say("quality"), blocks=(quality(view),)))
    return (*sections, bounds_part(view))


def _figures(view: PortfolioView) -> tuple[Figure, ...]:
    sites = view.portfolio.sites
    known = sum(site.kwh is not None for site in sites)
    asked = len(sites) + len(view.portfolio.faults)
    of = view.say("of_sites", n=asked, known=known)
    change = change_of(sites)
    text = ABSENT if change is None else f"{'+' if change >= 0 else '−'}{percent(abs(change))}"
    compared = sum(site.change is not None for site in sites)
    kwh, co2 = (total(site.kwh for site in sites), total(site.co2_kg for site in sites))
    return (
        Figure(view.say("sites"), f"{asked:,}", view.say("sites_unit"), of),
        Figure(view.say("energy"), *energy(kwh), meaning="energy"),
        Figure(view.say("co2"), *mass(co2), view.say("own_method"), "co2"),
        *(_cost(view, currency) for currency in view.currencies),
        Figure(view.say("against"), text, "%", view.say("against_note", n=compared)),
    )


def _cost(view: PortfolioView, currency: str) -> Figure:
    sites = [site for site in view.portfolio.sites if site.currency == currency]
    whole = money(total(site.energy_cost for site in sites), currency, view.language)
    return Figure(view.say("cost"), *whole, view.say("cost_note"), "cost")


def _ranking(view: PortfolioView) -> BarChart:
    named = [site for site in view.by_energy if site.kwh is not None][:MOST_BARS]
    largest = energy(named[0].kwh) if named else (ABSENT, "kWh")
    site = named[0].called(view.language) if named else ABSENT
    names = {"site": site, "kwh": largest[0], "unit": largest[1]}
    return BarChart(
        title=view.say("ranking"),
        description=view.say("ranking_text", n=len(named), **names),
        unit="kWh",
        series=(LegendEntry(view.say("energy"), "solid", "energy"),),
        bars=tuple(_bar(view, one) for one in named),
        horizontal=True,
    )


def _bar(view: PortfolioView, site: SiteFigures) -> Bar:
    kwh, name = site.kwh or 0.0, site.called(view.language)
    text = view.say("bar_text", site=name, kwh=f"{kwh:,.0f}")
    return Bar(name, name, text, (BarPart(kwh, kwh * site.estimated),))

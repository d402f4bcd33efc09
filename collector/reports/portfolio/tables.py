"""The tables of the portfolio report: what was used, how, by which method, and how well known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from collector.reports.money import money, money_unit
from collector.reports.numbers import ABSENT, as_given, percent, plain, power
from collector.reports.portfolio.data import Known, SiteFigures
from collector.reports.portfolio.view import PortfolioView, total
from collector.reports.report import Cell, Column, Row, Table

METHODS = ("location", "market_residual", "jp_shk_basic", "jp_shk_adjusted")


def used(view: PortfolioView) -> Table:
    """Energy, its share and change, CO2, cost and demand of each site, and their sums."""
    sites = view.by_energy
    whole = total(site.kwh for site in sites)
    columns = (
        Column(view.say("site"), align="left"),
        Column(view.say("energy"), "kWh"),
        Column(view.say("share"), "%", bar="energy"),
        Column(view.say("change"), "%"),
        Column(view.say("co2_col"), "t-CO₂"),
        *(Column(view.say("cost_col"), money_unit(one, view.language)) for one in view.currencies),
        Column(view.say("peak"), "kW"),
        Column(view.say("contract_col"), "kW"),
    )
    rows = [_used_row(view, site, whole) for site in sites]
    return Table(view.say("figures"), columns, (*rows, _used_total(view, sites, whole)))


def _used_row(view: PortfolioView, site: SiteFigures, whole: Known) -> Row:
    share = site.kwh / whole if site.kwh is not None and whole else None
    contract = site.contract_kw
    return Row(
        (
            Cell(site.called(view.language)),
            _count(site.kwh),
            Cell(percent(share), share),
            signed(site.change),
            _tonnes(site.co2_kg),
            *(_cost(view, site, currency) for currency in view.currencies),
            Cell(power(site.peak_kw), site.peak_kw),
            Cell(as_given(contract) if contract else ABSENT, contract),
        )
    )


def _used_total(view: PortfolioView, sites: Sequence[SiteFigures], whole: Known) -> Row:
    costs = [
        total(site.energy_cost for site in sites if site.currency == currency)
        for currency in view.currencies
    ]
    cells = (
        Cell(view.say("total")),
        _count(whole),
        Cell("100" if whole else ABSENT, 1.0 if whole else None),
        signed(change_of(sites)),
        _tonnes(total(site.co2_kg for site in sites)),
        *(
            Cell(money(cost, currency, view.language)[0], cost)
            for cost, currency in zip(costs, view.currencies, strict=True)
        ),
        Cell(""),
        Cell(""),
    )
    return Row(cells, strong=True)


def change_of(sites: Sequence[SiteFigures]) -> Known:
    """The change of all sites together that have both years."""
    before = [site.kwh_before for site in sites if site.change is not None]
    earlier = total(before)
    if not earlier:
        return None
    now = total(
        site.kwh_before * (1 + site.change)
        for site in sites
        if site.change is not None and site.kwh_before is not None
    )
    return None if now is None else now / earlier - 1


def shape(view: PortfolioView) -> Table:
    """Load factors, base load, and the shares of idle hours, days off and nights."""
    columns = (
        Column(view.say("site"), align="left"),
        Column(view.say("lf_peak"), "%"),
        Column(view.say("lf_contract"), "%"),
        Column(view.say("base"), "kW"),
        Column(view.say("base_share"), "%"),
        Column(view.say("standby_share"), "%", bar="reference"),
        Column(view.say("off_share"), "%", bar="reference"),
        Column(view.say("night_share"), "%", bar="reference"),
    )
    return Table(view.say("shape"), columns, tuple(_shape_row(view, s) for s in view.by_energy))


def _shape_row(view: PortfolioView, site: SiteFigures) -> Row:
    return Row(
        (
            Cell(site.called(view.language)),
            _share(site.lf_peak),
            _share(site.lf_contract),
            Cell(power(site.base_kw), site.base_kw),
            _share(site.base_share),
            _share(site.standby_share),
            _share(site.off_day_share),
            _share(site.night_share),
        )
    )


def by_method(view: PortfolioView) -> Table | None:
    """CO2 by every method that a site has; None when no site has any."""
    sites = view.by_energy
    held = [name for name in METHODS if any(name in site.co2_by_method_kg for site in sites)]
    if not held:
        return None
    columns = (
        Column(view.say("site"), align="left"),
        *(Column(view.say(name), "t-CO₂") for name in held),
    )
    rows = [
        Row(
            (
                Cell(site.called(view.language)),
                *(_tonnes(site.co2_by_method_kg.get(name)) for name in held),
            )
        )
        for site in sites
    ]
    return Table(view.say("by_method"), columns, tuple(rows))


def quality(view: PortfolioView) -> Table:
    """How well each site is known, the worst first, and the sites without figures."""
    columns = (
        Column(view.say("site"), align="left"),
        Column(view.say("coverage"), "%"),
        Column(view.say("estimated"), "%"),
        Column(view.say("missing"), "h"),
        Column(view.say("remarks"), align="left"),
    )
    return Table(view.say("quality"), columns, tuple(_quality_rows(view)))


def _quality_rows(view: PortfolioView) -> Iterator[Row]:
    for fault in view.portfolio.faults:
        blank = (Cell(ABSENT),) * 3
        why = fault.reason if fault.stored else view.say("nothing_stored")
        yield Row((Cell(fault.site), *blank, Cell(f"{view.say('fault')}: {why}")))
    worst = sorted(view.portfolio.sites, key=lambda site: (site.coverage, site.site))
    for site in worst:
        unknown_h = site.missing * ((site.end - site.first) / timedelta(hours=1))
        yield Row(
            (
                Cell(site.called(view.language)),
                _share(site.coverage),
                _share(site.estimated),
                Cell(plain(unknown_h, 4, 1), unknown_h),
                Cell("; ".join(site.remarks)),
            )
        )


def signed(change: Known) -> Cell:
    """A change with its sign."""
    if change is None:
        return Cell(ABSENT)
    return Cell(f"{'+' if change >= 0 else '−'}{percent(abs(change))}", change)


def _count(kwh: Known) -> Cell:
    return Cell(ABSENT if kwh is None else f"{kwh:,.0f}", kwh)


def _tonnes(kg: Known) -> Cell:
    tonnes = None if kg is None else kg / 1000
    return Cell(ABSENT if tonnes is None else f"{tonnes:,.1f}", tonnes)


def _cost(view: PortfolioView, site: SiteFigures, currency: str) -> Cell:
    cost = site.energy_cost if site.currency == currency else None
    return Cell(money(cost, currency, view.language)[0], cost)


def _share(share: Known) -> Cell:
    return Cell(percent(share), share)

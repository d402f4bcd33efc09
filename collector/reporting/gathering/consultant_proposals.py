"""The findings of the pack's own load, with status, owner and cost as people left them."""

from __future__ import annotations

from collections.abc import Mapping

from collector.analysis.site_load import SiteLoad
from collector.errors import CollectorError
from collector.findings.find import find
from collector.findings.overlap import total_of
from collector.findings.plant import Plant
from collector.findings.prices import Prices
from collector.findings.tracked import tracked
from collector.gather.site_findings import (
    GivenPrice,
    carbon_at,
    grid_signal,
    prices_of,
    thresholds_of,
)
from collector.reporting.option_values import number_of
from collector.reporting.sources import Sources
from collector.reports.consultant.data import Proposals
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings


def proposals_of(
    sources: Sources, site: SiteSettings, load: SiteLoad, options: Mapping[str, str]
) -> Proposals:
    """What the rules find, at the site's tariff or at the price of the options.

    Without tariff, price or factor nothing is found, and ``why_not`` says why. Raises
    ``CollectorError`` for a price that is none.
    """
    price = _price(options)
    try:
        prices = prices_of(sources, site, load, price)
        carbon = carbon_at(sources, site, load.end.fromordinal(load.end.toordinal() - 1))
    except CollectorError as error:
        return Proposals(why_not=str(error))
    found = find(
        load,
        prices,
        carbon,
        thresholds_of(sources.settings),
        Plant.of(site),
        grid_signal(sources.store, site, load),
    )
    today = calendar_of(site).date_of(sources.clock.now_ms())
    followed = tracked(found.found, sources.state.findings.history(site.id), today)
    waiting = [one.finding for one in followed if one.finding and one.status in ("open", "doing")]
    return Proposals(
        tracked=followed,
        total=total_of(waiting),
        silences=found.silences,
        price_basis=prices.basis,
        caveats=prices.caveats,
        one_kw=_one_kw(prices),
        currency=prices.currency,
        carbon=carbon,
        factor=sources.library.factors.factor(carbon.factor),
    )


def _one_kw(prices: Prices) -> float | None:
    return prices.one_kw if prices.one_kw > 0 else None


def _price(options: Mapping[str, str]) -> GivenPrice | None:
    per_kwh, one_kw = (number_of(options, name) for name in ("price", "kw_price"))
    if per_kwh is None:
        if one_kw is not None:
            raise CollectorError("kw_price without price", "give both: price=25.5, kw_price=21000")
        return None
    if not per_kwh > 0:
        raise CollectorError(f"price = {per_kwh}", "write a price above 0 a kWh, such as 25.5")
    return GivenPrice(float(per_kwh), float(one_kw or 0))

"""From the store to an explanation: counters, stored totals and the account of the same period."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from collector.accounts.account import Account
from collector.accounts.derivation import (
    Agreement,
    CounterValue,
    MeterDerivation,
    SlotCounts,
    count_slots,
    read_counter,
)
from collector.accounts.methods import MARKET
from collector.accounts.period_text import window_of
from collector.accounts.span import Span
from collector.app import Collector
from collector.gather.account_book import account_of, milli_wh, pending_of, stored_days
from collector.rollup.counters import EnergyCurve
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.periods import Window
from collector.rollup.site_calendar import calendar_of
from collector.rollup.site_tree import tree_of
from collector.rollup.sums import energy_of
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.site_config import MeterSettings, SiteSettings
from collector.summarise.series import curve_of

Curves = Callable[[str, Window], EnergyCurve]
"""The curve of a meter's counter over a stretch, judged as the totals were."""
STALE = "the totals are out of date: collector summarise --from DAY"
KG_TOLERANCE = 1e-6
"""Stored kilograms are floats: a millionth of a kg, and of the figure, is their own rounding."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a site's figures of a period came about, and whether all ways to them meet.

    ``pending``: stretches that wait to be brought up to date. ``notes`` say what cannot be
    checked any more.
    """

    site: str
    span: Span
    window: Window
    meters: tuple[MeterDerivation, ...]
    slots: SlotCounts
    unmeasured_milli_wh: int | None
    account: Account
    agreements: tuple[Agreement, ...]
    notes: tuple[str, ...]
    pending: int

    @property
    def agrees(self) -> bool:
        """Whether every figure is the same on all ways to it."""
        return all(pair.agrees for pair in self.agreements)


def explain_period(
    collector: Collector,
    site: SiteSettings,
    span: Span,
    known_on: date | None = None,
    curves: Curves | None = None,
) -> Explanation:
    """The whole derivation of the site's period. Raises what the store raises."""
    reader = _Reader(collector, site, span, curves)
    meters = tuple(reader.derivations())
    account = account_of(collector, site, span, known_on)
    agreements = [*reader.of_meters(meters), *reader.of_site(account)]
    if known_on is None:
        agreements += reader.of_co2(account)
    return Explanation(
        site=site.id,
        span=span,
        window=reader.window,
        meters=meters,
        slots=reader.site_slots(),
        unmeasured_milli_wh=_sum(stored_days(collector, site, UNMEASURED_METER, span)),
        account=account,
        agreements=tuple(agreements),
        notes=tuple(reader.notes),
        pending=pending_of(collector, site),
    )


class _Reader:
    """Reads what one site's explanation needs; ``notes`` gathers what cannot be checked."""

    def __init__(
        self, collector: Collector, site: SiteSettings, span: Span, curves: Curves | None
    ) -> None:
        self._collector, self._site, self._span = collector, site, span
        self._calendar = calendar_of(site)
        self._meters = {meter.id: meter for meter in site.meters if meter.medium == "electricity"}
        self._tree = tree_of(site.meters)
        self._curves = curves or self._curve
        self._slot: Period = "15m" if site.slot_minutes == 15 else "30m"
        self._cut: set[str] = set()
        self.window = window_of(span, self._calendar)
        self.notes: list[str] = []

    def derivations(self) -> Iterator[MeterDerivation]:
        """Each electricity meter's figure, in the order of the settings."""
        for meter in self._meters.values():
            yield self._virtual(meter) if meter.virtual else self._counted(meter)

    def of_meters(self, meters: Sequence[MeterDerivation]) -> Iterator[Agreement]:
        """Whether each meter's stored days are what its counter gives."""
        for meter in meters:
            if meter.meter in self._cut or meter.milli_wh is None:
                continue
            yield Agreement(
                f"meter {meter.meter}: counter and stored days",
                *(_kwh(meter.milli_wh), _kwh(meter.stored_milli_wh or 0), "kWh"),
                hint=STALE,
            )

    def of_site(self, account: Account) -> Iterator[Agreement]:
        """Whether slots, days and the longer period hold the same energy."""
        days = sum(energy.milli_wh for energy in account.days)
        slots = _sum(self._totals(SITE_METER, self._slot))
        if account.days:
            yield Agreement(
                "site: stored slots and stored days",
                *(_kwh(slots or 0), _kwh(days), "kWh"),
                hint=STALE,
            )
            yield Agreement(
                "site: its top meters and stored days",
                *(_kwh(self._of_top_meters(account)), _kwh(days), "kWh"),
                hint=STALE,
            )
        for period in ("1mo", "1fy", "1y"):
            if self._calendar.window(period, self.window.start_ms) == self.window:
                whole = _sum(self._totals(SITE_METER, period))
                if whole is not None or account.days:
                    yield Agreement(
                        f"site: stored days and stored {_PERIOD_NAMES[period]}",
                        *(_kwh(days), _kwh(whole or 0), "kWh"),
                        hint=STALE,
                    )

    def _of_top_meters(self, account: Account) -> int:
        days = {energy.day for energy in account.days}
        tops = {day: self._tree.top(day) for day in days}
        return sum(
            milli_wh(total.kwh)
            for meter in {meter for top in tops.values() for meter in top}
            for total in stored_days(self._collector, self._site, meter, self._span)
            if meter in tops.get(self._calendar.date_of(total.start_ms), ())
        )

    def of_co2(self, account: Account) -> Iterator[Agreement]:
        """Whether the account's lines add up to the stored CO2 of the site's own method."""
        method = self._site.co2_method
        if method == "market_residual":
            method = MARKET
        figure = account.sum_of(method)
        stored = [total.co2_kg for total in self._totals(SITE_METER, "1d")]
        if method not in account.methods or figure.gross_kg is None or not stored:
            return
        kg = sum(kg for kg in stored if kg is not None)
        gross = float(figure.gross_kg)
        yield Agreement(
            f"CO2 by {method}: lines before certificates and stored days",
            *(gross, kg, "kg", KG_TOLERANCE * (1 + abs(gross))),
            hint=f"another set of factors is held now, or {STALE}",
        )

    def site_slots(self) -> SlotCounts:
        """How the site's slots of the period are known."""
        edges = self._calendar.slot_edges(self.window)
        ends = dict(pairwise(edges))
        totals = self._totals(SITE_METER, self._slot)
        known = [
            energy_of(total, ends[total.start_ms]) for total in totals if total.start_ms in ends
        ]
        return count_slots(known, len(ends))

    def _counted(self, meter: MeterSettings) -> MeterDerivation:
        key = (self._site.id, meter.id, meter.quantity)
        first = self._collector.store.first_from(*key, self.window.start_ms)
        last = self._collector.store.last_before(*key, self.window.end_ms)
        if first is not None and first[0] >= self.window.end_ms:
            first = last = None
        if last is not None and last[0] < self.window.start_ms:
            first = last = None
        self._note_cut(meter)
        found = read_counter(self._curves(meter.id, self.window), self.window, self._calendar)
        return MeterDerivation(
            meter=meter.id,
            name=meter.name,
            parent=self._parent(meter),
            first=first and CounterValue(*first),
            last=last and CounterValue(*last),
            milli_wh=found.milli_wh,
            estimated_milli_wh=found.estimated_milli_wh,
            slots=found.slots,
            events=found.events,
            stored_milli_wh=_sum(stored_days(self._collector, self._site, meter.id, self._span)),
        )

    def _virtual(self, meter: MeterSettings) -> MeterDerivation:
        formula = " ".join([*(f"+ {m}" for m in meter.plus), *(f"- {m}" for m in meter.minus)])
        stored = stored_days(self._collector, self._site, meter.id, self._span)
        estimated = sum(milli_wh(total.estimated_kwh) for total in stored)
        return MeterDerivation(
            *(meter.id, meter.name, self._parent(meter), None, None, None, estimated),
            *(SlotCounts(), (), _sum(stored), formula.removeprefix("+ ")),
        )

    def _note_cut(self, meter: MeterSettings) -> None:
        # The store keeps raw readings for a time only; totals made of them stay.
        oldest = self._collector.store.first_from(self._site.id, meter.id, meter.quantity, 0)
        known = [t for t in self._totals(meter.id, self._slot) if t.coverage > 0]
        begins_ms = self.window.end_ms if oldest is None else oldest[0]
        if known and self._calendar.slot(known[0].start_ms).end_ms <= begins_ms:
            self._cut.add(meter.id)
            self.notes.append(
                f"meter {meter.id}: the raw readings of the period's beginning are no longer kept,"
                " so its stored days cannot be computed again"
            )

    def _curve(self, meter: str, window: Window) -> EnergyCurve:
        place = (self._collector.store, self._collector.evidence, self._site.id)
        return curve_of(*place, self._meters[meter], window)

    def _parent(self, meter: MeterSettings) -> str | None:
        return self._tree.parents(self._span.last).get(meter.id)

    def _totals(self, meter: str, period: Period) -> Sequence[Total]:
        edges = (self.window.start_ms, self.window.end_ms)
        return self._collector.store.read_totals(self._site.id, meter, period, *edges)


_PERIOD_NAMES: dict[Period, str] = {"1mo": "month", "1fy": "fiscal year", "1y": "year"}


def _sum(totals: Sequence[Total]) -> int | None:
    return sum(milli_wh(total.kwh) for total in totals) if totals else None


def _kwh(amount: int) -> float:
    return amount / MILLI_WH_PER_KWH

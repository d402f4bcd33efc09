"""Lines of adders (fuel adjustment, levy, capacity, fees), of the minimum and of tax."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from collector.billing.demand import BilledDemand
from collector.billing.lines import BillLine, plain, rounded, source_text
from collector.billing.load import BilledMonth
from collector.tariffs.series import SeriesEntry
from collector.tariffs.tariff import Adder, Tariff

_MONTHS = 12


def adder_lines(
    month: BilledMonth, tariff: Tariff, stretches: Sequence[BilledDemand]
) -> Iterator[BillLine | str]:
    """A line for each adder, or a warning where its price in this bill month is not known.

    ``stretches`` are the billed power of the first demand charge, for adders per kW.
    """
    for adder in tariff.adders:
        entry = tariff.price_of(adder, month.month)
        name = f"{adder.label_en} of {month.month:%Y-%m}"
        if entry is None:
            title = tariff.series_of(adder).title
            how = f"add the month to series {adder.series} ({title})"
            yield f"{name} is not known, the bill is without it: {how}"
            continue
        if entry.source is not None and entry.source.confidence != "high":
            yield f"{name}: {entry.source.confidence} confidence ({entry.source.note})"
        quantity, divisor = _quantity(month, tariff, adder, stretches)
        if quantity and entry.value:
            yield _line(tariff, adder, entry, quantity, divisor)


def _quantity(
    month: BilledMonth, tariff: Tariff, adder: Adder, stretches: Sequence[BilledDemand]
) -> tuple[Decimal, int]:
    # How much of the adder's unit the month holds, and by what the price is divided.
    if adder.per == "kWh":
        return rounded(tariff, "kwh", month.kwh), 1
    if adder.per == "kW":
        weighted = sum(s.power * (s.end - s.first).days for s in stretches)
        return Decimal(weighted) / month.days, 1
    if adder.per == "day":
        return Decimal(month.days), 1
    return Decimal(1), _MONTHS if adder.per == "year" else 1


def _line(
    tariff: Tariff, adder: Adder, entry: SeriesEntry, quantity: Decimal, divisor: int
) -> BillLine:
    price = entry.value / divisor
    share = f" / {divisor}" if divisor > 1 else ""
    unit = "month" if adder.per == "year" else adder.per
    return BillLine(
        kind=adder.kind,
        part=adder.id,
        label_en=adder.label_en,
        label_ja=adder.label_ja,
        quantity=quantity,
        unit=unit,
        price=price,
        amount=rounded(tariff, adder.kind, quantity * price),
        formula=f"{plain(quantity)} {unit} × {plain(entry.value)}{share}{_told(tariff, adder)}",
        source=source_text(entry.source or tariff.source),
    )


def _told(tariff: Tariff, adder: Adder) -> str:
    rule = tariff.rounding.get(adder.kind)
    return "" if rule is None else f", {rule.text}"


def minimum_line(tariff: Tariff, amount: Decimal) -> BillLine | None:
    """What is missing to the least a month costs; None where nothing is."""
    least = tariff.minimum_per_month
    if least is None or amount >= least:
        return None
    return BillLine(
        kind="minimum",
        part="minimum",
        label_en="To the minimum charge",
        label_ja="最低料金との差額",
        quantity=Decimal(1),
        unit="month",
        price=least - amount,
        amount=rounded(tariff, "minimum", least - amount),
        formula=f"{plain(least)} - {plain(amount)}",
        source=source_text(tariff.source),
    )


def tax_line(tariff: Tariff, amount: Decimal) -> BillLine | None:
    """The tax on the amount before it; None where the prices include it."""
    if tariff.tax.mode != "added":
        return None
    percent = tariff.tax.percent
    return BillLine(
        kind="tax",
        part="tax",
        label_en="Tax",
        label_ja="税",
        quantity=percent,
        unit="%",
        price=amount / 100,
        amount=rounded(tariff, "tax", amount * percent / 100),
        formula=f"{plain(amount)} × {plain(percent)} %",
        source=source_text(tariff.source),
    )

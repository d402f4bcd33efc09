"""Another tariff: the same months billed under each tariff of the area and voltage.

    yen = sum of the months' bills now - otherwise, x 12 / months

The load is taken as it was; market-linked tariffs are passed over where no market prices are
known. Analytics-reports 1.6, ``billing.what_if``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from collector.billing.errors import BillError
from collector.billing.lines import Bill
from collector.billing.what_if import bills
from collector.findings.case import Case, not_told
from collector.findings.draft import Draft, Rule, Texts
from collector.findings.finding import Range, Said, Silence
from collector.findings.pictures import bars_picture
from collector.findings.prices import Billing
from collector.tariffs.tariff import Tariff

NAME = "tariff_switch"
_MONTHS = 12
_CAVEATS = (
    Said(
        "同じ使い方のまま料金表だけを替えた場合の差",
        "the difference with the load as it was, the tariff alone changed",
    ),
    Said(
        "契約期間・解約条件・燃料費等調整の算定方法を見積書で確かめる",
        "check term, cancellation and the adjustments in the supplier's offer",
    ),
)


@dataclass(frozen=True, slots=True)
class _Other:
    """A tariff with what the billed months cost under it."""

    tariff: Tariff
    total: Decimal


def look(case: Case) -> Iterator[Draft | Silence]:
    """The site, under each other tariff of its area and voltage."""
    billing = case.prices.billing
    if billing is None:
        yield not_told(NAME, "", "料金表がない", "the site has no tariff", lacking=True)
        return
    if not billing.others:
        yield not_told(
            NAME,
            "",
            f"{billing.tariff.area}・{billing.tariff.voltage}の他の料金表がない:"
            " [tariffs] folder に見積もりを書く",
            f"no other tariff of {billing.tariff.area}, {billing.tariff.voltage} is known:"
            " write an offer into your [tariffs] folder",
            lacking=True,
        )
        return
    now = _billed(billing, billing.tariff)
    found = [_tried(billing, other) for other in billing.others]
    yield from (item for item in found if isinstance(item, Silence))
    others = [item for item in found if isinstance(item, _Other)]
    if others:
        yield _best(case, billing, sum_of(now), others, len(now))


def sum_of(found: tuple[Bill, ...]) -> Decimal:
    """The totals of bills."""
    return sum((one.total for one in found), Decimal(0))


def _billed(billing: Billing, tariff: Tariff) -> tuple[Bill, ...]:
    known = [month for month in billing.months if month.slots]
    return bills(known, tariff, billing.terms, billing.from_month.first)


def _tried(billing: Billing, other: Tariff) -> _Other | Silence:
    if other.market is not None and not billing.terms.market_prices:
        return not_told(
            NAME,
            "",
            f"{other.id}: 市場価格がなく比べられない",
            f"{other.id}: market-linked, and no market prices are known",
            lacking=True,
        )
    try:
        return _Other(other, sum_of(_billed(billing, other)))
    except BillError as error:
        return not_told(NAME, "", f"{other.id}: {error}", f"{other.id}: {error}", lacking=True)


def _best(
    case: Case, billing: Billing, now: Decimal, others: list[_Other], months: int
) -> Draft | Silence:
    best = min(others, key=lambda other: other.total)
    share = float((now - best.total) / now) if now else 0.0
    if share < case.value("tariff_switch.least_share"):
        ids = ", ".join(other.tariff.id for other in others)
        return not_told(
            NAME, "", f"今の料金表が最も安い({ids}と比較)", f"the present one is best (of {ids})"
        )
    return _draft(case, billing, now, [best, *others], months)


def _draft(case: Case, billing: Billing, now: Decimal, others: list[_Other], months: int) -> Draft:
    best, old = others[0], billing.tariff
    yearly = float(now - best.total) * _MONTHS / months
    doubt, currency = case.value("tariff_switch.doubt"), old.currency
    bars = [(Said(old.name_ja, old.name_en), float(now))]
    bars += [(Said(o.tariff.name_ja, o.tariff.name_en), float(o.total)) for o in others[1:]]
    sure = old.status == best.tariff.status == "current"
    return Draft(
        rule=NAME,
        circuit="",
        texts=_texts(old, now, best, months, len(others) - 1),
        threshold="tariff_switch.least_share",
        evidence=case.evidence,
        confidence="medium" if sure else "low",
        pool="tariff",
        yen=Range(yearly * (1 - doubt), yearly, yearly * (1 + doubt)),
        pictures=(
            bars_picture(
                Said("料金表別の請求額", "The months under each tariff"),
                Said("料金表", "Tariff"),
                currency,
                bars,
                Said("請求額", "Bills"),
            ),
        ),
        caveats=_CAVEATS,
    )


def _texts(old: Tariff, now: Decimal, best: _Other, months: int, tried: int) -> Texts:
    share, currency = float((now - best.total) / now), old.currency
    return Texts(
        measure=Said(f"料金表を{best.tariff.name_ja}に替える", f"change to {best.tariff.name_en}"),
        before=Said(
            f"{old.name_ja}: {months}か月で{now:,.0f} {currency}",
            f"{old.name_en}: {now:,.0f} {currency} in {months} months",
        ),
        after=Said(f"{best.total:,.0f} {currency}", f"{best.total:,.0f} {currency}"),
        why=Said(
            f"実際の{months}か月を請求し直すと{share:.1%}安い({tried}件の料金表と比較)",
            f"the {months} months billed anew cost {share:.1%} less (of {tried} tariffs compared)",
        ),
    )


RULE = Rule(
    NAME,
    Said("料金表の見直し", "Tariff switch"),
    Said(
        "同じ地域・電圧の他の料金表で請求し直した額",
        "the same months under other tariffs of the area and voltage",
    ),
    "sum of bills now - otherwise, x 12 / months",
    look,
)

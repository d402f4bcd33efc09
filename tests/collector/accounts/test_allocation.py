"""A site's energy and CO2 to its customers, to the last Wh and gram."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.accounts.allocation import (
    MOST_CUSTOMERS,
    Basis,
    Customer,
    SubMeter,
    allocate,
    choose_basis,
    grams_of,
    largest_remainder,
)
from collector.errors import CollectorError

KWH = 1_000_000
shares_of = st.lists(
    st.one_of(st.just(Fraction(0)), st.fractions(min_value=0, max_value=10**9)),
    min_size=1,
    max_size=60,
)


def customer(name: str, *lines: str, **amounts: str) -> Customer:
    """A customer with amounts as text by basis."""
    known: dict[Basis, Decimal] = {}
    for basis in ("mass", "pieces", "machine_hours", "revenue"):
        if basis in amounts:
            known[basis] = Decimal(amounts[basis])
    return Customer(name, lines, known)


def test_worked_case_by_hand() -> None:
    """1,000 kWh: 400 on A's own line, the rest 3 : 1 by mass, is 850 and 150 kWh."""
    line = SubMeter("press", "Press", 400 * KWH, 30)
    parts = [customer("A", "press", mass="3"), customer("B", mass="1")]
    found = allocate(1000 * KWH, {"location": Decimal("423.0")}, [line], parts)
    assert found.common_milli_wh == 600 * KWH
    assert [part.wh for part in found.parts] == [850_000, 150_000]
    assert [part.grams["location"] for part in found.parts] == [359_550, 63_450]
    assert [part.direct for part in found.parts] == [400 * KWH, 0]


def test_thirds_give_the_last_gram_to_the_first() -> None:
    """10 g over three equal customers are 4, 3 and 3 g: equal remainders go in order."""
    assert largest_remainder(10, [Fraction(1)] * 3) == [4, 3, 3]


def test_largest_remainder_by_hand() -> None:
    """7 over 1 : 2 : 4 is 1, 2, 4; 10 over the same is 1.43, 2.86, 5.71: 1, 3, 6."""
    assert largest_remainder(7, [Fraction(n) for n in (1, 2, 4)]) == [1, 2, 4]
    assert largest_remainder(10, [Fraction(n) for n in (1, 2, 4)]) == [1, 3, 6]


@settings(deadline=None)
@given(total=st.integers(0, 10**12), shares=shares_of)
def test_parts_add_up_to_the_total(total: int, shares: list[Fraction]) -> None:
    """Whatever the shares, the parts sum to the total, none is negative, each is within one."""
    parts = largest_remainder(total, shares)
    whole = sum(shares, Fraction(0))
    if not whole:
        assert parts == [0] * len(shares)
        return
    assert sum(parts) == total
    for part, share in zip(parts, shares, strict=True):
        exact = total * share / whole
        assert part >= 0
        assert abs(part - exact) <= 1 + Fraction(1, 10_000)
        if share == 0:
            assert part == 0


@settings(deadline=None)
@given(
    total=st.integers(0, 10**15),
    direct=st.integers(0, 10**15),
    kg=st.decimals(min_value=0, max_value=10**7, places=6),
    amounts=st.lists(st.decimals(min_value=0, max_value=10**6, places=3), min_size=1, max_size=40),
)
def test_allocated_energy_and_co2_are_the_totals(
    total: int, direct: int, kg: Decimal, amounts: list[Decimal]
) -> None:
    """Zero shares, shares of any size, a shared line: Wh and grams sum to the site's."""
    line = SubMeter("x", "X", min(direct, total), 1)
    amounts[0] += 1
    parts = [
        Customer(str(n), ("x",) if n % 2 == 0 else (), {"revenue": amount})
        for n, amount in enumerate(amounts)
    ]
    found = allocate(total, {"market": kg}, [line], parts)
    assert sum((part.exact for part in found.parts), Fraction(0)) == total
    assert sum(part.wh for part in found.parts) == found.wh
    assert sum(part.grams["market"] for part in found.parts) == (grams_of(kg) if total else 0)


def test_many_customers() -> None:
    """A thousand customers of a third of a gram each still sum to the total."""
    parts = [customer(str(n), pieces="1") for n in range(MOST_CUSTOMERS)]
    found = allocate(7 * KWH, {"location": Decimal("0.333")}, [], parts)
    assert sum(part.grams["location"] for part in found.parts) == 333
    assert {part.grams["location"] for part in found.parts} == {0, 1}


def test_a_shared_line_goes_by_amounts_of_its_sharers() -> None:
    """100 kWh of a line of A and B, 1 : 3, are 25 and 75; C gets of the common load alone."""
    line = SubMeter("x", "X", 100 * KWH, 1)
    parts = [
        customer("A", "x", mass="1"),
        customer("B", "x", mass="3"),
        customer("C", mass="4"),
    ]
    found = allocate(180 * KWH, {}, [line], parts)
    assert [part.wh for part in found.parts] == [35_000, 105_000, 40_000]
    assert found.sharers("x") == (0, 1)


def test_best_basis_first() -> None:
    """Mass is lacking of one customer, pieces of none: pieces, and the reason is kept."""
    parts = [customer("A", mass="1", pieces="2", revenue="3"), customer("B", pieces="5")]
    choice = choose_basis(parts)
    assert (choice.basis, choice.asked, choice.without) == ("pieces", False, (("mass", 1),))


def test_basis_asked_for_stands_over_the_best() -> None:
    """Revenue may be asked for although mass is known."""
    parts = [customer("A", mass="1", revenue="9"), customer("B", mass="1", revenue="1")]
    found = allocate(10 * KWH, {}, [], parts, "revenue")
    assert [part.wh for part in found.parts] == [9_000, 1_000]
    assert found.choice.asked


def test_direct_metering_alone_needs_only_zero_amounts() -> None:
    """Where every kWh is metered for someone, amounts of zero do no harm."""
    lines = [SubMeter("x", "X", 60 * KWH, 1), SubMeter("y", "Y", 40 * KWH, 1)]
    parts = [customer("A", "x", mass="0"), customer("B", "y", mass="0")]
    found = allocate(100 * KWH, {}, lines, parts)
    assert [part.wh for part in found.parts] == [60_000, 40_000]


@pytest.mark.parametrize(
    ("total", "lines", "parts", "basis", "message"),
    [
        (1, [], [], None, "no customer to allocate"),
        (1, [], [customer("A")], None, "no basis has an amount of every customer"),
        (1, [], [customer("A", mass="1"), customer("B")], "mass", "no mass of: B"),
        (1, [], [customer("A", mass="0")], None, "common load cannot be spread"),
        (-1, [], [customer("A", mass="1")], None, "below zero"),
        (
            1,
            [SubMeter("x", "X", 2, 1)],
            [customer("A", "x", mass="1")],
            None,
            "together exceed the site's energy",
        ),
        (
            9,
            [SubMeter("x", "X", 2, 1)],
            [customer("A", "x", mass="0"), customer("B", "x", mass="0"), customer("C", mass="1")],
            None,
            "the line x cannot be spread",
        ),
        (1, [], [customer(str(n), mass="1") for n in range(1001)], None, "at most 1000"),
    ],
)
def test_what_cannot_be_allocated(
    total: int,
    lines: list[SubMeter],
    parts: list[Customer],
    basis: Basis | None,
    message: str,
) -> None:
    """Each wrong input is one clear line with a hint."""
    with pytest.raises(CollectorError, match=message) as caught:
        allocate(total, {}, lines, parts, basis)
    assert caught.value.hint

"""Energy along the meter tree: exact to the milli-Wh, its quality beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from collector.rollup.energy import PeriodEnergy
from collector.rollup.members import Member, Move
from collector.rollup.periods import SLOT_MS, Calendar, Window
from collector.rollup.tree import Tree
from collector.rollup.tree_energy import (
    Balance,
    balance,
    site_slot,
    unmeasured_of,
    unmeasured_slot,
    virtual_slot,
    with_virtual,
)
from collector.rollup.tree_shape import Formula

SLOT = Window(0, SLOT_MS)
DAY = date(1970, 1, 1)
MAIN, PRESS, OVEN, FAN = (
    Member("main"), Member("press", "main"), Member("oven", "main"), Member("fan", "oven"),
)  # fmt: skip
PLANT = Tree.of([MAIN, PRESS, OVEN, FAN, Member("solar")]).on(DAY)
TOKYO = Calendar(ZoneInfo("Asia/Tokyo"))


def slot(
    milli_wh: int, measured_ms: int = SLOT_MS, estimated_milli_wh: int = 0, estimated_ms: int = 0
) -> PeriodEnergy:
    """The energy of the first slot."""
    return PeriodEnergy(
        0, SLOT_MS, milli_wh, estimated_milli_wh, measured_ms, milli_wh * 2 / 1e6, estimated_ms
    )


def at_once(energies: Mapping[str, PeriodEnergy]) -> dict[str, dict[int, PeriodEnergy]]:
    """Each meter's first slot."""
    return {meter: {0: energy} for meter, energy in energies.items()}


def test_the_site_is_its_top_meters() -> None:
    """The site sums the meters without a parent; one not known lowers the coverage."""
    known = at_once({"main": slot(100), "solar": slot(20), "press": slot(60)})
    site = site_slot(known, PLANT, SLOT)
    assert site is not None
    assert (site.milli_wh, site.coverage) == (120, 1.0)
    half = site_slot(known | {"solar": {}}, PLANT, SLOT)
    assert half is not None
    assert (half.milli_wh, half.coverage, half.missing_ms) == (100, 0.5, SLOT_MS // 2)
    assert site_slot({}, PLANT, SLOT) is None


def test_a_slot_that_was_emptied_is_as_good_as_none() -> None:
    """A child of which nothing is known any more is no child that uses nothing."""
    known = at_once({"main": slot(100), "press": slot(60), "fan": slot(0, 0), "solar": slot(0, 0)})
    assert unmeasured_slot(known, PLANT, SLOT) is None
    assert virtual_slot(known, Formula(("main",), ("fan",)), SLOT) is None
    site = site_slot(known, PLANT, SLOT)
    assert site is not None
    assert (site.milli_wh, site.missing_ms) == (100, SLOT_MS // 2)


def test_a_sum_of_known_parts_misses_not_a_millisecond() -> None:
    """Measured and estimated time that does not divide by the meters leaves nothing missing."""
    known = at_once({"main": slot(100, SLOT_MS - 1, 1, 1), "solar": slot(20)})
    site = site_slot(known, PLANT, SLOT)
    assert site is not None
    assert (site.missing_ms, site.measured_ms, site.estimated_ms) == (0, SLOT_MS - 1, 1)
    part = at_once({"main": slot(100, SLOT_MS - 1), "solar": slot(20)})
    site = site_slot(part, PLANT, SLOT)
    assert site is not None
    assert (site.missing_ms, site.estimated_ms) == (1, 0)


def test_unmeasured_is_parents_less_children() -> None:
    """Over all parents: (main - press - oven) + (oven - fan), covered as the least of them."""
    slots = at_once(
        {
            "main": slot(100_000_000),
            "press": slot(50_000_000, SLOT_MS // 2, 10_000_000, SLOT_MS // 4),
            "oven": slot(30_000_000),
            "fan": slot(5_000_000),
            "solar": slot(1),
        }
    )
    rest = unmeasured_slot(slots, PLANT, SLOT)
    assert rest is not None
    assert rest.milli_wh == 20_000_000 + 25_000_000
    assert (rest.coverage, rest.estimated_milli_wh, rest.peak_kw) == (0.5, 10_000_000, 90.0)
    assert (rest.estimated_ms, rest.missing_ms) == (SLOT_MS // 4, SLOT_MS // 4)
    of_main = unmeasured_of("main", slots, PLANT, SLOT)
    of_oven = unmeasured_of("oven", slots, PLANT, SLOT)
    assert of_main is not None
    assert of_oven is not None
    assert (of_main.milli_wh, of_oven.milli_wh) == (20_000_000, 25_000_000)


def test_unmeasured_needs_every_meter_that_is_in_it() -> None:
    """A leaf not known leaves no remainder; a meter between two levels cancels out."""
    slots = at_once({"main": slot(9), "press": slot(5), "oven": slot(3), "fan": slot(1)})
    assert unmeasured_slot(slots | {"fan": {}}, PLANT, SLOT) is None
    between = unmeasured_slot(slots | {"oven": {}}, PLANT, SLOT)
    assert between is not None
    assert between.milli_wh == 9 - 5 - 1
    assert unmeasured_of("oven", slots | {"oven": {}}, PLANT, SLOT) is None


def test_without_children_there_is_no_remainder() -> None:
    """A site of single meters has nothing unmeasured, and neither has a leaf."""
    alone = Tree.of([Member("a")]).on(DAY)
    assert unmeasured_slot(at_once({"a": slot(9)}), alone, SLOT) is None
    assert unmeasured_of("fan", at_once({"fan": slot(9)}), PLANT, SLOT) is None


def test_children_may_count_more_than_their_parent() -> None:
    """A remainder below zero is shown as it is, with nothing estimated in it."""
    shape = Tree.of([Member("a"), Member("b", "a")]).on(DAY)
    slots = at_once({"a": slot(10), "b": slot(13, 0, 13, SLOT_MS)})
    rest = unmeasured_slot(slots, shape, SLOT)
    assert rest is not None
    assert (rest.milli_wh, rest.estimated_milli_wh) == (-3, 0)
    assert (rest.measured_ms, rest.estimated_ms, rest.peak_kw) == (0, SLOT_MS, -0.000006)


def test_a_virtual_sum_goes_on_without_a_part_and_a_difference_does_not() -> None:
    """Of a sum what is known is shown with its coverage; half a difference means nothing."""
    slots = at_once({"a": slot(10), "b": slot(4)})
    whole = virtual_slot(slots, Formula(("a", "b")), SLOT)
    assert whole == slot(14)
    part = virtual_slot(slots, Formula(("a", "c")), SLOT)
    assert part is not None
    assert (part.milli_wh, part.coverage) == (10, 0.5)
    difference = virtual_slot(slots, Formula(("a",), ("b",)), SLOT)
    assert difference == slot(6)
    assert virtual_slot(slots, Formula(("a",), ("b", "c")), SLOT) is None
    assert virtual_slot(slots, Formula(("c",)), SLOT) is None


def test_virtual_meters_are_made_of_virtual_meters() -> None:
    """What is left after a sum is computed after the sum, however they are written."""
    shape = Tree.of(
        [
            Member("rest", plus=("main",), minus=("lines",)),
            Member("lines", plus=("press", "oven")),
            MAIN, PRESS, OVEN,
        ]
    ).on(DAY)  # fmt: skip
    slots = at_once({"main": slot(100), "press": slot(60), "oven": slot(30)})
    found = with_virtual(slots, shape, [SLOT, Window(SLOT_MS, 2 * SLOT_MS)])
    assert (found["lines"], found["rest"]) == ({0: slot(90)}, {0: slot(10)})


MILLI_WH = st.integers(-(10**12), 10**12)


@st.composite
def energies(draw: st.DrawFn) -> PeriodEnergy:
    """A slot of any energy and quality."""
    measured_ms = draw(st.integers(0, SLOT_MS))
    estimated_ms = draw(st.integers(0, SLOT_MS - measured_ms))
    milli_wh = draw(MILLI_WH)
    part = slot(milli_wh, measured_ms, draw(st.integers(0, max(0, milli_wh))), estimated_ms)
    assume(part.known)
    return part


@given(st.fixed_dictionaries({name: energies() for name in ("main", "press", "oven", "fan")}))
def test_a_parent_is_its_children_and_the_remainder(known: dict[str, PeriodEnergy]) -> None:
    """At every slot exactly, for each parent and for all of them together."""
    slots = at_once(known)
    for parent, children in PLANT.branches.items():
        rest = unmeasured_of(parent, slots, PLANT, SLOT)
        assert rest is not None
        assert rest.milli_wh + sum(known[c].milli_wh for c in children) == known[parent].milli_wh
    whole = unmeasured_slot(slots, PLANT, SLOT)
    assert whole is not None
    leaves = sum(known[meter].milli_wh for meter in ("press", "fan"))
    assert whole.milli_wh + leaves == known["main"].milli_wh
    assert whole.measured_ms <= min(known[m].measured_ms for m in ("main", "press", "fan"))
    assert min(whole.measured_ms, whole.estimated_ms, whole.missing_ms) >= 0


@given(st.dictionaries(st.sampled_from("abcde"), energies(), min_size=1))
def test_the_site_is_the_sum_of_its_tops(known: dict[str, PeriodEnergy]) -> None:
    """Whatever is known of five top meters adds up exactly, and times never exceed the slot."""
    shape = Tree.of([Member(name) for name in "abcde"]).on(DAY)
    site = site_slot(at_once(known), shape, SLOT)
    assert site is not None
    assert site.milli_wh == sum(part.milli_wh for part in known.values())
    assert min(site.measured_ms, site.estimated_ms, site.missing_ms) >= 0
    assert 0 <= site.estimated_milli_wh <= max(0, site.milli_wh)


@given(
    known=st.fixed_dictionaries({name: energies() for name in ("a", "b", "press", "fan")}),
    parents=st.lists(st.sampled_from(["a", "b", "fan"]), min_size=2, max_size=2),
    day=st.dates(date(2026, 3, 1), date(2026, 5, 1)),
)
def test_moving_a_meter_changes_no_site_total(
    known: dict[str, PeriodEnergy], parents: list[str], day: date
) -> None:
    """A meter that moves within the tree changes neither the site nor the remainder's total."""
    fixed = [Member("a"), Member("b"), Member("fan", "b")]
    still = Tree.of([*fixed, Member("press", "a")])
    moves = (Move(parents[0], date(2026, 3, 15)), Move(parents[1], date(2026, 4, 10)))
    moved = Tree.of([*fixed, Member("press", "a", moves=moves)])
    assert list(moved.faults()) == []
    slots = at_once(known)
    assert site_slot(slots, moved.on(day), SLOT) == site_slot(slots, still.on(day), SLOT)
    of_parents = [unmeasured_of(meter, slots, moved.on(day), SLOT) for meter in ("a", "b", "fan")]
    rest = unmeasured_slot(slots, moved.on(day), SLOT)
    assert rest is not None
    assert rest.milli_wh == sum(part.milli_wh for part in of_parents if part is not None)


def at(text: str) -> int:
    """UTC ms of an ISO instant."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def steady(window: Window, kw: int) -> dict[int, PeriodEnergy]:
    """Half hours of a constant power."""
    return {
        piece.start_ms: PeriodEnergy(
            piece.start_ms, piece.end_ms, kw * 500_000, 0, SLOT_MS, float(kw)
        )
        for piece in TOKYO.pieces("30m", window)
    }


MONTH = TOKYO.month(at("2026-04-10T00:00Z"))
DAY_MS = 48 * SLOT_MS


def test_a_balance_compares_a_parent_with_its_children() -> None:
    """Over April 100 kW against 60 and 38 kW: 72,000 kWh less 70,560 kWh are 2 %, within 3 %."""
    tree = Tree.of([MAIN, PRESS, OVEN])
    slots = {"main": steady(MONTH, 100), "press": steady(MONTH, 60), "oven": steady(MONTH, 38)}
    found = balance("main", slots, tree, TOKYO, MONTH)
    assert found is not None
    assert (found.parent_kwh, found.children_kwh, found.difference_kwh) == (72000, 70560, 1440)
    assert (found.difference_percent, found.within, found.coverage) == (2.0, True, 1.0)
    strict = Tree.of([Member("main", balance_percent=1.5), PRESS, OVEN])
    off = balance("main", slots, strict, TOKYO, MONTH)
    assert off is not None
    assert (off.within, off.children_exceed) == (False, False)


def test_a_balance_takes_the_children_of_each_day() -> None:
    """The press moves away on the 16th: before it counts for this parent, after it does not."""
    moving = Member("press", "main", moves=(Move("other", date(2026, 4, 16)),))
    tree = Tree.of([MAIN, OVEN, Member("other"), moving])
    first = Window(MONTH.start_ms, MONTH.start_ms + 15 * DAY_MS)
    second = Window(first.end_ms, MONTH.end_ms)
    slots = {
        "main": steady(first, 100) | steady(second, 40),
        "press": steady(MONTH, 60),
        "oven": steady(MONTH, 40),
        "other": steady(second, 60),
    }
    found = balance("main", slots, tree, TOKYO, MONTH)
    assert found is not None
    assert (found.parent_kwh, found.difference_kwh, found.coverage) == (50400, 0, 1.0)
    other = balance("other", slots, tree, TOKYO, MONTH)
    assert other is not None
    assert (other.parent_kwh, other.difference_kwh, other.coverage) == (21600, 0, 0.5)


def test_a_balance_passes_by_slots_in_which_something_is_missing() -> None:
    """A day on which the press is not known, and a half-known slot, are not compared."""
    tree = Tree.of([MAIN, PRESS])
    press = steady(Window(MONTH.start_ms + DAY_MS, MONTH.end_ms), 100)
    half_ms = MONTH.start_ms + DAY_MS
    press[half_ms] = PeriodEnergy(half_ms, half_ms + SLOT_MS, 7, 0, SLOT_MS // 2, 0.0)
    bridged_ms = half_ms + SLOT_MS
    press[bridged_ms] = PeriodEnergy(
        bridged_ms, bridged_ms + SLOT_MS, 50_000_000, 50_000_000, 0, 100.0, SLOT_MS
    )
    slots = {"main": steady(MONTH, 100), "press": press}
    found = balance("main", slots, tree, TOKYO, MONTH)
    assert found is not None
    assert (found.difference_kwh, found.compared_ms) == (0, 29 * DAY_MS - SLOT_MS)


def test_a_balance_needs_children_and_slots() -> None:
    """A leaf has nothing to compare, nor has a parent of whose children nothing is known."""
    tree = Tree.of([MAIN, PRESS])
    slots = {"main": steady(MONTH, 100)}
    assert balance("press", slots, tree, TOKYO, MONTH) is None
    assert balance("main", slots, tree, TOKYO, MONTH) is None


@pytest.mark.parametrize(
    ("parent", "children", "percent", "within", "exceed"),
    [
        (100, 97, 3.0, True, False),
        (100, 104, -4.0, False, True),
        (100, 90, 10.0, False, False),
        (0, 0, None, True, False),
        (0, 5, None, False, True),
        (-100, -103, 3.0, True, False),
    ],
)
def test_a_balance_tells_how_far_it_is_off(
    parent: int, children: int, percent: float | None, within: bool, exceed: bool
) -> None:
    """The limit holds either way; only children above their parent point to a false meter."""
    found = Balance(parent, children, SLOT_MS, SLOT_MS, 3.0)
    assert (found.difference_percent, found.within) == (percent, within)
    assert found.children_exceed == exceed

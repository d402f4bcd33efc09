"""The meter tree: who is part of whom on a day, and that no energy counts twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collector.rollup.members import Member, Move
from collector.rollup.site_tree import tree_of
from collector.rollup.tree import Tree
from collector.rollup.tree_shape import Formula
from collector.site_config import MeterSettings, MoveSettings

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
MARCH_31 = APRIL - timedelta(days=1)


def tree(*members: Member) -> Tree:
    """A tree in which nothing is wrong."""
    found = Tree.of(members)
    assert list(found.faults()) == []
    return found


def test_parents_children_and_top() -> None:
    """A plain tree: the tops have no parent, branches are parents with their children."""
    plain = tree(
        Member("main"), Member("press", "main"), Member("oven", "main"), Member("fan", "oven"),
        Member("solar"),
    )  # fmt: skip
    assert plain.top(APRIL) == ("main", "solar")
    assert plain.children("main", APRIL) == ("press", "oven")
    assert plain.branches(APRIL) == {"main": ("press", "oven"), "oven": ("fan",)}
    assert plain.parents(APRIL)["fan"] == "oven"
    assert plain.virtual == ()


def test_a_meter_that_moves_counts_for_its_old_parent_before_and_its_new_one_after() -> None:
    """The day of the move is the first under the new parent; "" makes it a top meter."""
    moving = tree(
        Member("a"), Member("b"),
        Member("press", "a", moves=(Move("b", APRIL), Move(None, MAY))),
    )  # fmt: skip
    assert moving.branches(MARCH_31) == {"a": ("press",)}
    assert moving.branches(APRIL) == {"b": ("press",)}
    assert moving.top(APRIL) == ("a", "b")
    assert moving.top(MAY) == ("a", "b", "press")


def test_a_replaced_meter_leaves_neither_a_hole_nor_a_double_count() -> None:
    """The old main meter counts until the day, the new one from it on, one of them each day."""
    replaced = tree(
        Member("old", until=APRIL),
        Member("new", since=APRIL),
        Member("press", "old", moves=(Move("new", APRIL),)),
        Member("both", plus=("old", "new")),
    )
    assert (replaced.top(MARCH_31), replaced.top(APRIL)) == (("old",), ("new",))
    assert replaced.branches(MARCH_31) == {"old": ("press",)}
    assert replaced.branches(APRIL) == {"new": ("press",)}
    assert replaced.formulas(MARCH_31) == {"both": Formula(("old",))}
    assert replaced.formulas(APRIL) == {"both": Formula(("new",))}
    assert "old" not in replaced.parents(APRIL)


def test_where_a_parent_does_not_count_the_next_above_takes_its_place() -> None:
    """Even in a tree that has this fault, a day's sum counts the meter once."""
    gone = Tree.of([Member("main"), Member("board", "main", until=APRIL), Member("fan", "board")])
    assert gone.branches(MARCH_31) == {"main": ("board",), "board": ("fan",)}
    assert gone.branches(APRIL) == {"main": ("fan",)}
    assert len(list(gone.faults())) == 1


def test_only_electricity_is_in_the_site_and_the_remainder() -> None:
    """Gas has a tree of its own beside; a meter under another medium goes to its own."""
    mixed = tree(
        Member("main"), Member("press", "main"),
        Member("gas", medium="gas"), Member("burner", "gas", medium="gas"),
        Member("pieces", "press", medium="production"),
        Member("generator", "gas"),
    )  # fmt: skip
    assert mixed.top(APRIL) == ("main", "generator")
    assert mixed.branches(APRIL) == {"main": ("press",), "gas": ("burner",)}
    assert mixed.on(APRIL).remainder == Formula(("main",), ("press",))


def test_virtual_meters_come_after_those_they_use() -> None:
    """However they are written, each virtual meter can be computed when its turn comes."""
    nested = tree(
        Member("all", plus=("lines", "fan")),
        Member("lines", plus=("a", "b")),
        Member("a"), Member("b"), Member("fan"),
        Member("rest", plus=("all",), minus=("a",)),
    )  # fmt: skip
    assert nested.virtual == ("lines", "all", "rest")
    assert list(nested.formulas(APRIL)) == ["lines", "all", "rest"]
    assert nested.used_by("a") == ("lines", "all", "rest")
    assert nested.used_by("fan") == ("all", "rest")


def test_a_virtual_meter_of_others_parts_is_only_a_view() -> None:
    """The sum of two top meters, and what is left of one, do not count beside them."""
    views = tree(
        Member("a"), Member("b"), Member("fan", "a"),
        Member("both", plus=("a", "b")), Member("rest", plus=("a",), minus=("fan",)),
    )  # fmt: skip
    assert views.top(APRIL) == ("a", "b")


def test_a_virtual_parent_that_is_the_sum_of_its_children_stands_for_them() -> None:
    """A line made of its machines is a top meter in their place, and has no remainder."""
    line = tree(
        Member("line", plus=("a", "b")), Member("a", "line"), Member("b", "line"), Member("c"),
    )  # fmt: skip
    assert line.top(APRIL) == ("line", "c")
    assert line.children("line", APRIL) == ("a", "b")
    assert line.branches(APRIL) == {}
    assert line.on(APRIL).remainder == Formula()


def test_a_plant_that_makes_and_sells_electricity() -> None:
    """Import and solar less export are what the lines use; the site is this virtual meter."""
    plant = tree(
        Member("use", plus=("import", "solar"), minus=("export",)),
        Member("import", "use"), Member("solar", "use"), Member("export", "use"),
        Member("line-1", "use"), Member("line-2", "use"),
    )  # fmt: skip
    assert plant.top(APRIL) == ("use",)
    assert plant.on(APRIL).remainder == Formula(("use",), ("line-1", "line-2"))


def test_the_children_of_a_view_are_taken_from_what_it_is_made_of() -> None:
    """The oven under "all but the press" is inside the main meter, which counts once."""
    view = tree(
        Member("main"), Member("press", "main"),
        Member("rest", plus=("main",), minus=("press",)), Member("oven", "rest"),
    )  # fmt: skip
    assert view.top(APRIL) == ("main",)
    assert view.branches(APRIL)["rest"] == ("oven",)
    assert view.on(APRIL).remainder == Formula(("main",), ("press", "oven"))


def test_a_difference_may_have_its_place_in_the_tree() -> None:
    """What is left of the main meter, under the main meter, leaves nothing unmeasured in it."""
    placed = tree(
        Member("main"), Member("press", "main"),
        Member("rest", "main", plus=("main",), minus=("press",)), Member("oven", "rest"),
    )  # fmt: skip
    assert placed.branches(APRIL) == {"main": ("press", "rest"), "rest": ("oven",)}
    assert placed.on(APRIL).remainder == Formula(("main",), ("press", "oven"))


def test_the_sum_of_two_leaves_may_have_children() -> None:
    """The fan behind two feeders measured apart is subtracted from both together."""
    feeders = tree(
        Member("main"), Member("a", "main"), Member("b", "main"),
        Member("both", plus=("a", "b")), Member("fan", "both"),
    )  # fmt: skip
    assert feeders.on(APRIL).remainder == Formula(("main",), ("fan",))


@st.composite
def dated_members(draw: st.DrawFn) -> list[Member]:
    """A tree without faults: meters under meters, some of which move among them."""
    members: list[Member] = []
    for index in range(draw(st.integers(1, 8))):
        above = st.sampled_from([member.id for member in members]) if members else st.none()
        days = draw(st.sets(st.dates(APRIL, MAY), max_size=2)) if index else set[date]()
        moves = tuple(Move(draw(above), day) for day in sorted(days))
        members.append(Member(f"m{index}", draw(above | st.none()), moves=moves))
    return members


@given(members=dated_members(), day=st.dates(MARCH_31, MAY + timedelta(days=1)))
def test_every_meter_has_one_place_each_day(members: Sequence[Member], day: date) -> None:
    """On any day each meter is at the top or in one branch; the remainder has no one twice."""
    shape = tree(*members).on(day)
    in_branches = [child for children in shape.branches.values() for child in children]
    assert sorted([*shape.top, *in_branches]) == sorted(member.id for member in members)
    operands = shape.remainder.operands
    assert len(operands) == len(set(operands))
    assert set(shape.remainder.plus) <= set(shape.top)


def test_a_trees_settings_reach_it() -> None:
    """Parent, dates, moves, formula, medium and limit are taken over; "" means the top."""
    found = tree_of(
        [
            MeterSettings(id="main", balance_percent=5.0),
            MeterSettings(
                id="press", parent="main", since=APRIL,
                moves=(MoveSettings(parent="", from_date=MAY),),
            ),
            MeterSettings(id="rest", plus=("main",), minus=("press",), until=MAY),
            MeterSettings(id="gas", medium="gas"),
        ]
    )  # fmt: skip
    assert list(found.faults()) == []
    assert list(found.members.values()) == [
        Member("main", balance_percent=5.0),
        Member("press", "main", since=APRIL, moves=(Move(None, MAY),)),
        Member("rest", plus=("main",), minus=("press",), until=MAY),
        Member("gas", medium="gas"),
    ]
    assert found.starts == (date.min, APRIL, MAY)

"""Everything that can be wrong in a meter tree, one line each, with the path and the remedy."""

from __future__ import annotations

from datetime import date

import pytest

from collector.rollup.members import Member, Move
from collector.rollup.tree import Tree

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


def faults(*members: Member) -> list[str]:
    """The faults of the meters, in the paths of a site's settings."""
    return list(Tree.of(members).faults("sites[0].meters"))


@pytest.mark.parametrize(
    ("member", "line"),
    [
        (
            Member("press", "main-2"),
            'sites[0].meters[1].parent = "main-2": no meter of this site has that id'
            " (write one of: main)",
        ),
        (
            Member("press", moves=(Move("nowhere", APRIL),)),
            'sites[0].meters[1].moves[0].parent = "nowhere": no meter of this site has that id'
            " (write one of: main)",
        ),
        (
            Member("press", plus=("main", "x")),
            'sites[0].meters[1].plus[1] = "x": no meter of this site has that id'
            " (write one of: main)",
        ),
        (
            Member("press", plus=("main",), minus=("y",)),
            'sites[0].meters[1].minus[0] = "y": no meter of this site has that id'
            " (write one of: main)",
        ),
        (
            Member("press", minus=("main",)),
            "sites[0].meters[1].minus: there is nothing it is taken from (add plus = [...])",
        ),
        (
            Member("press", since=MAY, until=MAY),
            "sites[0].meters[1].until = 2026-05-01: not after since = 2026-05-01"
            " (until is the day after the last it counts)",
        ),
        (
            Member("press", "main", moves=(Move(None, MAY), Move("main", APRIL))),
            "sites[0].meters[1].moves[1].from = 2026-04-01: not after 2026-05-01"
            " (write moves in order of time)",
        ),
        (
            Member("gas", plus=("main",), medium="gas"),
            'sites[0].meters[1].plus[0] = "main": counts electricity, and gas gas'
            ' (give both the same medium = "...")',
        ),
        (
            Member("twice", plus=("main",), minus=("main",)),
            'sites[0].meters[1].minus[0] = "main": already in sites[0].meters[1].plus[0]'
            " (name each meter once)",
        ),
        (
            Member("self", plus=("self",)),
            "sites[0].meters[1]: goes round in a circle by way of self"
            " (a virtual meter may not use one that uses it)",
        ),
        (
            Member("self", "self"),
            'sites[0].meters[1].parent = "self": goes round in a circle (leave out the top parent)',
        ),
    ],
)
def test_one_wrong_value_is_one_line(member: Member, line: str) -> None:
    """Beside a right meter, each wrong value gives exactly its line."""
    assert faults(Member("main"), member) == [line]


def test_every_fault_is_told_at_once() -> None:
    """Faults of different meters and kinds stand beside each other."""
    told = faults(
        Member("a", "zz", since=MAY, until=APRIL), Member("b", plus=("yy",)), Member("c", "c")
    )
    assert len(told) == 4


def test_the_only_meter_of_a_site_can_have_no_parent() -> None:
    """Where no other meter is known the hint is to leave the name out."""
    assert faults(Member("a", "b")) == [
        'sites[0].meters[0].parent = "b": no meter of this site has that id (leave it out)'
    ]


def test_a_circle_that_a_move_closes_is_told_with_its_day() -> None:
    """Until April the press is at the top; from then on it and the oven hold each other."""
    told = faults(Member("press", moves=(Move("oven", APRIL),)), Member("oven", "press"))
    assert told == [
        'sites[0].meters[0].moves[0].parent = "oven": goes round in a circle from 2026-04-01 on'
        " (leave out the top parent)",
        'sites[0].meters[1].parent = "press": goes round in a circle from 2026-04-01 on'
        " (leave out the top parent)",
    ]


def test_a_circle_of_formulas_names_only_those_in_it() -> None:
    """A virtual meter that uses one in a circle is not itself at fault."""
    told = faults(
        Member("a"),
        Member("v", plus=("w", "a")),
        Member("w", plus=("v",)),
        Member("x", plus=("v",)),
    )
    assert [line.split(":")[0] for line in told] == ["sites[0].meters[1]", "sites[0].meters[2]"]
    assert "by way of w (" in told[0]


def test_a_parent_that_ends_must_have_a_successor() -> None:
    """What the press is part of after its parent's last day is not guessed."""
    told = faults(Member("old", until=APRIL), Member("new", since=APRIL), Member("press", "old"))
    assert told == [
        'sites[0].meters[2].parent = "old": counts only until 2026-04-01, and this meter goes on'
        " (say with a move from = 2026-04-01 what it is part of then)"
    ]


def test_a_parent_that_begins_later_must_have_a_predecessor() -> None:
    """A new parent written in the old one's place would take the press out of the past."""
    told = faults(Member("old", until=APRIL), Member("new", since=APRIL), Member("press", "new"))
    assert told == [
        'sites[0].meters[2].parent = "new": counts only since 2026-04-01, and this meter did before'
        " (put that parent into a move from = 2026-04-01, or give since to this meter too)"
    ]


def test_a_parent_may_come_and_go_with_its_child() -> None:
    """Where the child's own dates lie within its parent's there is nothing to say."""
    assert faults(Member("a", since=APRIL, until=JUNE), Member("b", "a", APRIL, MAY)) == []


@pytest.mark.parametrize(
    ("virtual", "said"),
    [
        (Member("v", plus=("main", "press")), "counts press twice, since it is part of main"),
        (Member("v", plus=("main",), minus=("press", "fan")), "counts fan twice, since it is part"),
        (Member("v", plus=("group", "oven")), "counts oven 2 times"),
        (Member("v", "main", plus=("press",)), "counts press a second time in main"),
        (Member("v", "main", plus=("press",), minus=("fan",)), "a second time in main, which"),
        (Member("v", "main", plus=("fan",)), "counts fan a second time in main, which already"),
        (Member("v", "main", plus=("solar",)), "is part of main, and solar, which it is made of"),
        (Member("v", plus=("child", "solar")), "made of child, which is part of it, and of solar"),
    ],
)
def test_energy_counted_twice_is_told(virtual: Member, said: str) -> None:
    """A formula or a place in the tree that would count a meter twice gives one line."""
    told = faults(
        Member("main"), Member("press", "main"), Member("oven", "main"), Member("fan", "press"),
        Member("solar"), Member("group", plus=("oven", "solar")), Member("child", "v"), virtual,
    )  # fmt: skip
    assert len(told) == 1
    assert told[0].startswith("sites[0].meters[7]: ")
    assert said in told[0]


def test_what_was_taken_away_may_be_added_again() -> None:
    """Main less the press plus the fan inside the press counts nothing twice."""
    members = (Member("main"), Member("press", "main"), Member("fan", "press"))
    assert faults(*members, Member("v", plus=("main", "fan"), minus=("press",))) == []


def test_a_double_count_that_begins_with_a_move_is_told_with_its_day() -> None:
    """Only once the oven is moved under the press does their sum count it twice."""
    told = faults(
        Member("press"), Member("oven", moves=(Move("press", APRIL),)),
        Member("both", plus=("press", "oven")),
    )  # fmt: skip
    assert told == [
        "sites[0].meters[2]: counts oven twice, since it is part of press from 2026-04-01 on"
        " (leave out oven or press)"
    ]

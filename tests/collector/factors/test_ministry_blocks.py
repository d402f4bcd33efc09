"""Which rows belong to which retailer, and what is refused rather than guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from collector.factors.ministry_blocks import ABNORMAL_NOTE, ListRow, Refused, rows_of_list
from collector.factors.ministry_list import read_list
from tests.collector.factors.ministry_sample import CSV, LAYOUT


def rows(text: str) -> tuple[ListRow, ...]:
    """The rows of a list without a fault."""
    found, refused = rows_of_list(read_list(text))
    assert refused == ()
    return found


def refused(text: str) -> tuple[Refused, ...]:
    """The lines refused in a list without a row."""
    found, why = rows_of_list(read_list(text))
    assert found == ()
    return why


def test_rows_above_and_below_the_number() -> None:
    """Menus belong to the number printed amidst them, with or without a row for the company."""
    told = [(row.number, row.menu or row.kind) for row in rows(LAYOUT)]
    assert told == [
        ("A9001", "whole"),
        *(("A0269", part) for part in ("A", "M", "whole")),
        *(("A9006", part) for part in ("A", "B", "whole")),
        ("A9029", "A"),
        ("A9029", "B"),
        ("A9030", "whole"),
        ("1", "whole"),
        ("10", "whole"),
        ("", "substitute"),
        ("", "national"),
    ]


def test_what_a_row_says() -> None:
    """Name, menu as printed, kind, both coefficients, and the mark of an abnormal value."""
    found = {(row.number, row.menu): row for row in rows(LAYOUT)}
    other = found["A9006", "B"]
    assert (other.name, other.menu_name, other.kind) == (
        "全角・電力(株)",
        "メニューB(残差)",
        "residual",
    )
    assert found["A9029", "B"].adjusted == Decimal("0.000391")
    assert found["A9001", ""].note == ABNORMAL_NOTE
    assert found["A9030", ""].note == ""
    assert (found["10", ""].of_grid, found["A9030", ""].of_grid) == (True, False)


def test_csv_rows_without_a_number_follow_the_one_above() -> None:
    """Merged cells leave numbers out below the first row."""
    told = [(row.number, row.menu or row.kind) for row in rows(CSV)]
    assert told == [
        ("A9001", "whole"),
        *(("A0269", part) for part in ("A", "M", "whole")),
        ("A9006", "A"),
        ("A9006", "B"),
    ]


def test_one_row_cut_out_of_the_list() -> None:
    """A row with its own number needs no neighbours."""
    (row,) = rows("A0269,東京電力,メニューM(残差),0.000452,0.000452\n")
    assert (row.number, row.menu, row.kind) == ("A0269", "M", "residual")


@pytest.mark.parametrize(
    ("text", "lines", "reason"),
    [
        ("   メニューA    0.000100    0.000100\n", [1], "no registration number"),
        (
            "   メニューA    0.000100    0.000100\nA9001   X     100.00\n"
            "   メニューB    0.000100    0.000100\n   メニューC    0.000100    0.000100\n"
            "   メニューC    0.000200    0.000200\n",
            [1, 2, 3, 4, 5],
            "メニューC stands twice in it: two retailers may be mixed up",
        ),
        (
            "   メニューB    0.000100    0.000100\nA9001   X     100.00\n"
            "   メニューC    0.000100    0.000100\n",
            [1, 2, 3],
            "its menus are B, C, not A and on to the residual: two retailers may be mixed up",
        ),
        (
            "   メニューA    0.000100    0.000100\nA9001   X     100.00\n"
            "   メニューB(残差)    0.000100    0.000100\n   メニューC    0.000100    0.000100\n",
            [1, 2, 3, 4],
            "its menus are A, B, C, not A and on to the residual",
        ),
        ("A9001   X     100.00\n", [1], "no coefficient could be read"),
        ("A9001        0.000100    0.000100\n", [1], "no retailer's name"),
        ("A9001   X     0.000100\n", [1], "one coefficient only"),
        ("A9001,X,,0.452,0.452\n", [1], "0.452 cannot be t-CO2/kWh; is it kg/kWh?"),
    ],
)
def test_what_is_refused(text: str, lines: list[int], reason: str) -> None:
    """A doubtful group is refused as a whole, each of its lines with number and reason."""
    why = refused(text)
    assert [line.at for line in why] == lines
    assert all(reason in line.reason for line in why)


def test_a_refused_line_leaves_its_neighbours() -> None:
    """A menu without coefficients is refused alone; the retailer's other rows are taken."""
    text = (
        "   メニューA    0.000100    0.000100\nA9001   X     100.00\n   メニューB    -    -\n"
        "   (参考値)事業者全体    0.000200    0.000200\n"
    )
    found, why = rows_of_list(read_list(text))
    assert [row.menu_name for row in found] == ["メニューA", "(参考値)事業者全体"]
    assert [(line.at, line.reason) for line in why] == [(3, "no coefficient could be read")]


def test_menus_with_names_and_a_residual_without_letter() -> None:
    """In a table a menu may have a name of its own, and the residual no letter."""
    text = "A0001,X,夜の電気,0.0001,0.0001\n,,残差,0.0002,0.0002\n"
    told = [(row.number, row.menu, row.kind) for row in rows(f"{CSV.splitlines()[0]}\n{text}")]
    assert told == [("A0001", "夜の電気", "named"), ("A0001", "", "residual")]

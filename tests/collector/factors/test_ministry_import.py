"""From the list to a factor file: new rows, corrections, rows held already, lines refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from collector.errors import FactorError
from collector.factors.changes import changes
from collector.factors.lookup import FactorLibrary
from collector.factors.ministry_import import ListEdition, ListImport, import_list
from collector.factors.own_folder import put, with_draft
from tests.collector.factors.ministry_sample import CSV, LAYOUT

EDITION = ListEdition("2026-08-03", date(2026, 8, 3), 2025, "https://example.org/list.pdf")
SHIPPED = FactorLibrary.shipped()


def imported(text: str, edition: ListEdition = EDITION) -> ListImport:
    """The import of the text against the shipped factors."""
    return import_list("list.txt", text.encode(), edition, SHIPPED)


def with_import(found: ListImport) -> FactorLibrary:
    """The library with the import's file."""
    assert found.draft is not None
    return with_draft(Path("nowhere"), found.draft)


def test_new_rows_and_corrections() -> None:
    """What is held already is left alone, what differs supersedes it, what is new comes first."""
    found = imported(LAYOUT)
    new = with_import(found)
    assert (len(found.taken), found.unchanged, found.refused) == (17, 9, ())
    told = [
        (c.kind, c.factor.supplier, c.factor.menu, c.factor.method) for c in changes(SHIPPED, new)
    ]
    assert told.count(("value", "A0269", "M", "jp_shk_basic")) == 1
    assert told.count(("value", "", "", "jp_shk_national_average")) == 1
    assert sum(kind == "first" for kind, *_ in told) == 14


def test_the_correction_is_found_by_knowledge() -> None:
    """The old value stands as known before the edition, the new one from its day on."""
    new = with_import(imported(LAYOUT))
    asked = ("JP", "A0269", "M", "jp_shk_adjusted", date(2025, 10, 1))
    before = new.find(*asked, date(2026, 8, 2))
    after = new.find(*asked, date(2026, 8, 3))
    assert (before.factor.kg_per_kwh, after.factor.kg_per_kwh) == (
        Decimal("0.452"),
        Decimal("0.450"),
    )
    assert after.factor.status == "corrected"
    assert after.status == "official"


def test_a_row_tells_its_edition() -> None:
    """Source, licence, year measured, windows and the file's hash go with every row."""
    new = with_import(imported(LAYOUT))
    row = new.find("JP", "A9006", "B", "jp_shk_basic", date(2025, 10, 1)).factor
    assert row.id == "jp-shk-fy2025-20260803-A9006-B-basic"
    assert row.source.url == EDITION.url
    assert row.source.via.startswith("import of list.txt, SHA-256 ")
    assert (str(row.measured_from), str(row.valid_to)) == ("2024-04-01", "2026-04-01")
    assert (row.definition, row.decimals_published) == ("with_certificates", 3)


def test_text_and_csv_give_the_same_rows() -> None:
    """The same retailers come out of both forms."""
    layout = {row.id: row.kg_per_kwh for row in imported(LAYOUT).taken}
    table = {row.id: row.kg_per_kwh for row in imported(CSV).taken}
    assert table
    assert table.items() <= layout.items()


def test_a_new_year() -> None:
    """The list of the next year gives first values to keys whose old rows stay as they are."""
    text = LAYOUT.replace("令和7年度の温室", "令和8年度の温室")
    edition = ListEdition("2027-01-08", date(2027, 1, 8), 2026)
    found = imported(text, edition)
    new = with_import(found)
    assert (len(found.taken), found.unchanged) == (26, 0)
    assert {change.kind for change in changes(SHIPPED, new)} == {"first"}
    assert new.find("JP", "A0269", "M", "jp_shk_basic", date(2026, 5, 1)).status == "official"
    assert new.find("JP-47", "okinawa-network", "", "jp_shk_basic", date(2026, 5, 1)).status == (
        "official"
    )


def test_the_same_list_twice_has_nothing_new(tmp_path: Path) -> None:
    """An edition imported again finds every row held."""
    found = imported(LAYOUT)
    assert found.draft is not None
    put(tmp_path, found.draft)
    held = FactorLibrary.with_folder(tmp_path)
    again = import_list("list.txt", LAYOUT.encode(), EDITION, held)
    assert (again.draft, again.taken, again.unchanged) == (None, (), 26)


@pytest.mark.parametrize(
    ("text", "edition", "message"),
    [
        (LAYOUT, ListEdition("2027", date(2027, 1, 8), 2026), "for activity of FY2025, not FY2026"),
        ("nothing of the kind\n", EDITION, "list.txt holds no row of the list"),
    ],
)
def test_other_lists_are_refused(text: str, edition: ListEdition, message: str) -> None:
    """The wrong year and the wrong file are each one error with a hint."""
    with pytest.raises(FactorError, match=message) as error:
        imported(text, edition)
    assert error.value.hint


@pytest.mark.parametrize(
    ("row", "edition", "reason"),
    [
        (
            "A0269,X,メニューM(残差),0.000450,0.000450\n",
            ListEdition("2026-01-09", date(2026, 1, 9), 2025),
            "known_on 2026-01-09 is not after that of jp-shk-r6-A0269-M-basic",
        ),
        (
            "A0269,X,メニューM,0.000450,0.000450\n",
            EDITION,
            "applies to the days of jp-shk-r6-A0269-M-basic, which has another window or kind",
        ),
        ("A0269,X,メニューM(残差),0.0000004,0.0000004\n", EDITION, "cannot be kg/kWh"),
    ],
)
def test_rows_that_do_not_fit_what_is_held(row: str, edition: ListEdition, reason: str) -> None:
    """A correction that would not load is refused with its line, not written."""
    found = imported(row, edition)
    assert found.draft is None
    assert [line.at for line in found.refused] == [1, 1]
    assert reason in found.refused[0].reason


def test_a_retailer_that_stands_twice() -> None:
    """The first row is taken; the second one is refused, whatever it says."""
    found = imported("A9001,X,,0.0004,0.0004\nA9002,Y,,0.0004,0.0004\nA9001,X,,0.0005,0.0005\n")
    assert len(found.taken) == 4
    assert [line.at for line in found.refused] == [3, 3]
    assert "stands twice in the list" in found.refused[0].reason


def test_a_menu_with_a_name_of_its_own() -> None:
    """Its id is plain letters and digits, its menu the name; it loads and is found."""
    new = with_import(imported("A9001,X,夜の電気,0.0001,0.0002\n"))
    match = new.find("JP", "A9001", "夜の電気", "jp_shk_adjusted", date(2025, 5, 1))
    assert (match.factor.kg_per_kwh, match.status) == (Decimal("0.2"), "official")
    assert match.factor.id.isascii()


def test_a_preliminary_figure_becomes_official() -> None:
    """The ministry's row takes the place of a company's own, even with the same value."""
    text = "A0275,九州電力(株),メニューB(残差),0.000399,0.000467\n"
    found = imported(text, ListEdition("2023-12-22", date(2024, 1, 5), 2023))
    adjusted = next(row for row in found.taken if row.method == "jp_shk_adjusted")
    assert (adjusted.status, adjusted.supersedes) == ("official", "jp-shk-r4-A0275-B-adjusted")


def _printed() -> str:
    """The shipped rows of the list's retailers as the PDF prints them: numbers amidst the menus."""
    rows = [row for row in SHIPPED.factors if row.id.startswith("jp-shk-r6-A")]
    lines = []
    for number in dict.fromkeys(row.supplier for row in rows):
        own = {row.id: row for row in rows if row.supplier == number}
        pairs = [
            (row.menu_name, row.kg_per_kwh, own[row.id.replace("basic", "adjusted")].kg_per_kwh)
            for row in own.values()
            if row.method == "jp_shk_basic"
        ]
        name = next(iter(own.values())).supplier_name
        middle = len(pairs) // 2
        block = [f"{'':40}{menu:16}{b / 1000:.6f}     {a / 1000:.6f}" for menu, b, a in pairs]
        if len(pairs) % 2:
            block[middle] = f"{number}   {name}   {block[middle].strip()}     100.00"
        else:
            block.insert(middle, f"{number}   {name}{'':40}100.00   代替値のため")
        lines += block
    return "\n".join(lines)


def test_the_shipped_list_is_read_back() -> None:
    """All rows of all shipped retailers, numbers printed amidst them, are found as held."""
    found = imported(_printed())
    held = sum(
        row.id.startswith("jp-shk-r6-A") and row.method != "jp_shk_unadjusted"
        for row in SHIPPED.factors
    )
    assert (found.taken, found.refused, found.unchanged) == ((), (), held)
    assert held == 214

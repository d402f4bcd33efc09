"""A row somebody adds: its values from options and a file, and what is refused at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collector.errors import FactorError
from collector.factors.new_row import appended, values_of
from collector.factors.own_folder import with_draft
from tests.collector.factors.sample import GOOD, OTHER_MENU, text

FLAT = 'id = "x-1"\nregion = "XX"\nvalid_from = 2025-04-01\n'


def test_values_of_options() -> None:
    """Options are text; days become days; what is not given is left out."""
    given = {"id": "x-1", "valid_from": "2025-04-01", "menu": None, "dry_run": True}
    assert values_of(None, given) == {
        "set": "x-1",
        "unit": "kg/kWh",
        "id": "x-1",
        "valid_from": date(2025, 4, 1),
    }


def test_options_come_after_the_file(tmp_path: Path) -> None:
    """A value given as an option stands over the file's."""
    file = tmp_path / "row.toml"
    file.write_text(FLAT, encoding="utf-8")
    values = values_of(file, {"region": "YY"})
    assert (values["region"], values["valid_from"]) == ("YY", date(2025, 4, 1))


def test_a_file_may_hold_one_set_with_one_row(tmp_path: Path) -> None:
    """The form of the folder's own files is taken too, and keeps the set's name."""
    file = tmp_path / "row.toml"
    file.write_text(text(GOOD), encoding="utf-8")
    values = values_of(file, {})
    assert (values["set"], values["id"], values["title"]) == ("x", "x-1", "Table")


@pytest.mark.parametrize(
    ("content", "given", "message", "hint"),
    [
        (FLAT.replace("region", "regiom"), {}, "a row has no value regiom", "did you mean region?"),
        ('region = "XX"\n', {}, "the row has no id", "--id"),
        ("id = ", {}, r"row\.toml cannot be read", "as TOML"),
        (FLAT, {"known_on": "2025-13-01"}, "known_on: 2025-13-01 is not a day", "2025-04-01"),
        (text(GOOD, f'{OTHER_MENU}, value = "0.5"'), {}, "holds more than one row", "your folder"),
    ],
)
def test_what_cannot_be_a_row(
    tmp_path: Path, content: str, given: dict[str, object], message: str, hint: str
) -> None:
    """An unknown name, a missing id, bad TOML, a bad day, two rows: one error with a hint."""
    file = tmp_path / "row.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(FactorError, match=message) as error:
        values_of(file, given)
    assert hint in error.value.hint


@pytest.mark.parametrize("name", ["own.txt", "../own.toml", ".own.toml"])
def test_names_that_are_no_factor_file(tmp_path: Path, name: str) -> None:
    """A row goes into a visible .toml file of the folder, nowhere else."""
    with pytest.raises(FactorError, match="is not the name of a factor file"):
        appended(tmp_path, name, {"set": "x", "id": "x-1"})


def test_what_stands_in_the_file_stays(tmp_path: Path) -> None:
    """The row is appended as a set of its own; the text before it is untouched."""
    before = f"# ours\n{text(GOOD)}"
    (tmp_path / "own.toml").write_text(before, encoding="utf-8")
    file = tmp_path / "row.toml"
    file.write_text(text(f'{OTHER_MENU}, value = "0.5"'), encoding="utf-8")
    draft = appended(tmp_path, "own.toml", values_of(file, {}))
    file.unlink()
    assert draft.text.startswith(before.rstrip("\n"))
    assert [row.id for row in with_draft(tmp_path, draft).factors[-2:]] == ["x-1", "x-2"]


def test_a_number_that_is_not_text_is_refused_by_the_loader(tmp_path: Path) -> None:
    """Value = 0.5 is a float: the loader says so, as for any file."""
    file = tmp_path / "row.toml"
    file.write_text(text(f"{OTHER_MENU}, value = 0.5"), encoding="utf-8")
    draft = appended(tmp_path / "own", "own.toml", values_of(file, {}))
    with pytest.raises(FactorError, match="row x-2: value: input should be a valid string"):
        with_draft(tmp_path / "own", draft)

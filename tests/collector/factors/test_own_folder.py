"""A plant's own files: checked as drafts, written whole or not at all."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import FactorError
from collector.factors.lookup import FactorLibrary
from collector.factors.own_folder import Draft, library_of, put, set_text, with_draft
from tests.collector.factors.sample import GOOD, OTHER_MENU, text


def test_a_draft_is_checked_with_everything(tmp_path: Path) -> None:
    """A draft beside a file of the folder is held against it, before anything is written."""
    put(tmp_path, Draft("own.toml", text(GOOD)))
    with pytest.raises(FactorError, match=r"more\.toml: .* row x-1: the id is also in own"):
        with_draft(tmp_path, Draft("more.toml", text(GOOD)))
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]


def test_a_draft_takes_the_place_of_its_file(tmp_path: Path) -> None:
    """A new text for a file is not held against the old one."""
    put(tmp_path, Draft("own.toml", text(GOOD)))
    library = with_draft(tmp_path, Draft("own.toml", text(GOOD, f'{OTHER_MENU}, value = "0.5"')))
    assert [row.id for row in library.factors[-2:]] == ["x-1", "x-2"]


def test_a_file_appears_whole(tmp_path: Path) -> None:
    """The folder is made, the text is there, and nothing is left beside it."""
    path = put(tmp_path / "new", Draft("own.toml", text(GOOD)))
    assert path.read_text(encoding="utf-8") == text(GOOD)
    assert list(path.parent.iterdir()) == [path]


def test_without_a_folder_there_are_the_shipped_rows(tmp_path: Path) -> None:
    """No folder, or one that is yet to be made, leaves the shipped rows."""
    assert library_of(None) is FactorLibrary.shipped()
    assert library_of(tmp_path / "yet to be made") is FactorLibrary.shipped()


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_survives_the_file(note: str) -> None:
    """Quotes, backslashes, control characters and Japanese come back as they were."""
    written = set_text({"id": "x", "valid_from": date(2025, 4, 1)}, [{"id": "x-1", "note": note}])
    (one,) = tomllib.loads(written)["set"]
    assert one["factors"][0]["note"] == note
    assert one["valid_from"] == date(2025, 4, 1)

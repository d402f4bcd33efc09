"""Every report of the table: complete, in both languages, and light to list."""

from __future__ import annotations

import subprocess
import sys

import pytest

from collector.errors import CollectorError
from collector.reporting.kind import FORMATS
from collector.reporting.table import KINDS, all_kinds, kind_named

HEAVY = ("pandas", "numpy", "pyarrow", "xlsxwriter", "jinja2")


def test_a_report_is_found_by_its_own_name() -> None:
    """The table's name is the report's, which is also its file's."""
    for name, place in KINDS.items():
        assert kind_named(name).name == name
        assert place == f"collector.reporting.kinds.{name}"


@pytest.mark.parametrize("name", KINDS)
def test_a_report_says_what_it_is_in_both_languages(name: str) -> None:
    """Titles and purposes are there, Japanese in Japanese; periods, formats, options are known."""
    kind = kind_named(name)
    for text in (kind.title_ja, kind.purpose_ja, *(option.ja for option in kind.options)):
        assert not text.isascii()
    for text in (kind.title_en, kind.purpose_en, *(option.en for option in kind.options)):
        assert text
    assert kind.periods
    assert set(kind.formats) <= set(FORMATS)
    assert kind.formats


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    """A slip is corrected, anything else is answered with the list."""
    with pytest.raises(CollectorError) as told:
        kind_named("montly")
    assert told.value.hint == "did you mean monthly?"
    with pytest.raises(CollectorError) as told:
        kind_named("xyz")
    assert "daily" in told.value.hint


def test_the_list_needs_no_frames() -> None:
    """Loading every kind loads neither frames nor what writes formats."""
    code = (
        "import sys; from collector.reporting.table import all_kinds; all_kinds();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_all_kinds_are_those_of_the_table() -> None:
    """The list has every report once."""
    assert [kind.name for kind in all_kinds()] == list(KINDS)

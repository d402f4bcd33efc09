"""A report made from a store: checked first, written whole, timed by phase."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from collector.accounts.span import Span
from collector.errors import CollectorError
from collector.reporting.make import PHASES, make, stem_of
from collector.reporting.period import asked_period
from collector.reporting.sources import Sources
from collector.reporting.table import kind_named
from collector.reporting.wanted import Wanted, request_of
from collector.rollup.periods import Calendar
from tests.collector.reporting.plants import quarter, sources

DAILY, COMPLETENESS = kind_named("daily"), kind_named("completeness")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    """The sources of a plant with totals from April to June 2025."""
    with sources(quarter(tmp_path_factory.mktemp("plant"))) as found:
        yield found


def span_of(opened: Sources, text: str) -> Span:
    """The period as it is written."""
    return asked_period(text, Calendar(opened.settings.sites[0].zone), 0)


def test_a_report_is_written_with_its_digests(opened: Sources, tmp_path: Path) -> None:
    """The files have the report's name, and what is told of them is what lies there."""
    steps: list[tuple[str, float]] = []
    wanted = Wanted("sendai", span_of(opened, "2025-06-10"), formats=("html", "csv"))
    folder = tmp_path / "new" / "folder"
    made = make(opened, DAILY, wanted, folder, lambda *step: steps.append(step))
    assert [file.path.name for file in made.files] == [
        "daily-sendai-2025-06-10.html",
        "daily-sendai-2025-06-10-ja-csv.zip",
        "daily-sendai-2025-06-10-en-csv.zip",
    ]
    for file in made.files:
        content = file.path.read_bytes()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.size == len(content)
    assert tuple(made.seconds) == PHASES
    assert made.titles == {"ja": "仙台工場 日報", "en": "Sendai works: daily report"}
    shares = [share for _, share in steps]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert [*folder.iterdir()] == [*folder.glob("daily-*")]


def test_an_unknown_site_is_told_with_those_there_are(opened: Sources) -> None:
    """A site that is not in the settings stops the report."""
    with pytest.raises(CollectorError, match="no site tokyo") as told:
        request_of(opened, DAILY, Wanted("tokyo", span_of(opened, "2025-06-10")))
    assert "sendai" in told.value.hint


def test_a_period_of_another_kind_is_told_with_what_is_taken(opened: Sources) -> None:
    """A daily report is not made for a month."""
    with pytest.raises(CollectorError, match="not made for 2025-06") as told:
        request_of(opened, DAILY, Wanted("sendai", span_of(opened, "2025-06")))
    assert "a day (2026-11-23)" in told.value.hint


def test_a_period_without_data_is_told_with_the_days_there_are(opened: Sources) -> None:
    """Where the site has no totals the report says from when to when there are some."""
    with pytest.raises(CollectorError, match="no totals in 2031-01-01") as told:
        request_of(opened, DAILY, Wanted("sendai", span_of(opened, "2031-01-01")))
    assert told.value.hint == "there are totals from 2025-04-01 to 2025-06-30"


def test_an_option_that_does_not_exist_is_told_with_the_nearest(opened: Sources) -> None:
    """A slip in an option's name is corrected; a report without options says so."""
    span = span_of(opened, "2025-06-10")
    with pytest.raises(CollectorError, match="no option target") as told:
        request_of(opened, DAILY, Wanted("sendai", span, options={"target": "200"}))
    assert told.value.hint == "did you mean target_kw?"
    with pytest.raises(CollectorError, match="no option x") as told:
        request_of(opened, COMPLETENESS, Wanted("sendai", span, options={"x": "1"}))
    assert told.value.hint == "it has none"


@pytest.mark.parametrize("text", ["-3", "0", "much", "nan"])
def test_an_option_that_is_no_power_is_told(opened: Sources, tmp_path: Path, text: str) -> None:
    """A demand target is a number above zero."""
    wanted = Wanted("sendai", span_of(opened, "2025-06-10"), options={"target_kw": text})
    with pytest.raises(CollectorError, match="is not a power"):
        make(opened, DAILY, wanted, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_told(opened: Sources, tmp_path: Path) -> None:
    """A place that cannot be written to is one line, and nothing is left there."""
    place = tmp_path / "reports"
    place.write_text("mine", encoding="utf-8")
    wanted = Wanted("sendai", span_of(opened, "2025-06-10"), formats=("html",))
    with pytest.raises(CollectorError, match="reports"):
        make(opened, DAILY, wanted, place)
    assert place.read_text(encoding="utf-8") == "mine"


def test_without_a_browser_the_usual_pdf_is_left_out_and_told(
    opened: Sources, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A report that usually has a PDF still comes as a page; a PDF that is asked for is refused."""
    monkeypatch.setenv("MIERUKA_CHROMIUM", str(tmp_path / "nothing"))
    wanted = Wanted("sendai", span_of(opened, "2025-06"), ("ja",))
    made = make(opened, COMPLETENESS, wanted, tmp_path)
    assert [file.path.suffix for file in made.files] == [".html"]
    (note,) = made.notes
    assert note.startswith("no PDF: there is no browser")
    asked = Wanted("sendai", span_of(opened, "2025-06"), ("ja",), ("pdf",))
    with pytest.raises(CollectorError, match="no browser"):
        make(opened, COMPLETENESS, asked, tmp_path)


def test_a_file_s_name_holds_no_slash() -> None:
    """A pair of days is part of a file's name, a report of all sites has no site in it."""
    name = stem_of("completeness", "sendai", "2025-04-01/2025-05-02")
    assert name == "completeness-sendai-2025-04-01_2025-05-02"
    assert stem_of("portfolio", "", "FY2025") == "portfolio-FY2025"


def test_copies_for_different_customers_lie_beside_one_another() -> None:
    """Values that belong to the name are in it; what a name cannot hold never makes two alike."""
    stem = partial(stem_of, "scope2", "sendai", "FY2025")
    assert stem(["甲社"]) == "scope2-sendai-FY2025-甲社"
    others = {stem([name]) for name in ("A/B", "A B", "A:B", "x" * 50, "x" * 51)}
    assert len(others) == 5
    assert all(re.fullmatch(r"scope2-sendai-FY2025-\w+-[0-9a-f]{6}", name) for name in others)


def test_an_option_is_in_the_name_only_where_it_is_given(opened: Sources, tmp_path: Path) -> None:
    """The billing month is told in the file's name, the calendar month as the usual one is not."""
    names = []
    for month in ("bill", "calendar"):
        wanted = Wanted("sendai", span_of(opened, "2025-06"), ("ja",), ("csv",), {"month": month})
        names.append(make(opened, kind_named("monthly"), wanted, tmp_path).files[0].path.name)
    assert names == ["monthly-sendai-2025-06-bill-ja-csv.zip", "monthly-sendai-2025-06-ja-csv.zip"]

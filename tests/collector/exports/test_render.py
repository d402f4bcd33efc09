"""Files of a report: every format under its name, each whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from collector.errors import StopError
from collector.exports.render import FORMATS, render_files
from collector.reports.book import Book, BookCell, Sheet
from collector.reports.report import LANGUAGES, Language, Report
from tests.collector.exports.sample_report import HOSTILE, sample_report
from tests.services.chromium import Screenshot


def _reports() -> dict[Language, Report]:
    """The proposals of the sample in both languages: a ranking, a long table, figures."""
    whole = {language: sample_report(language) for language in LANGUAGES}
    return {
        language: replace(report, sections=report.sections[4:5])
        for language, report in whole.items()
    }


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.services
def test_every_format_under_its_name(chromium: Screenshot, tmp_path: Path) -> None:
    """One HTML file with both languages, the others once a language; nothing else is left."""
    folder = tmp_path / "new" / "out"
    made = render_files(_reports(), None, folder, "pack-sendai", FORMATS, LANGUAGES)
    assert [path.name for path in made] == [
        "pack-sendai.html", "pack-sendai-ja.pdf", "pack-sendai-en.pdf", "pack-sendai-ja.xlsx",
        "pack-sendai-en.xlsx", "pack-sendai-ja-csv.zip", "pack-sendai-en-csv.zip",
        "pack-sendai-ja-parquet.zip", "pack-sendai-en-parquet.zip",
    ]  # fmt: skip
    assert _names(folder) == sorted(path.name for path in made)
    assert all(path.stat().st_size > 1000 for path in made)
    assert made[1].read_bytes().startswith(b"%PDF-")


def test_only_what_is_wanted(tmp_path: Path) -> None:
    """One language and one format, named twice, give one file in that language."""
    (made,) = render_files(_reports(), None, tmp_path, "a", ("html", "html"), ("en",))
    written = made.read_text(encoding="utf-8")
    assert '<html lang="en">' in written
    assert "Sendai works: energy diagnosis" in written
    assert "仙台工場" not in written


def test_the_report_s_own_workbook_is_taken(tmp_path: Path) -> None:
    """A book goes before the one made of the report."""
    book = Book((Sheet("own", ((BookCell("mine"),),)),))
    (made,) = render_files(_reports(), {"en": book}, tmp_path, "a", ("xlsx",), ("en",))
    assert openpyxl.load_workbook(made).sheetnames == ["own"]


@pytest.mark.parametrize("stem", ["a/b", "../a", 'a"b', "a\x00b", "a\\b"])
def test_a_stem_stays_in_its_folder(tmp_path: Path, stem: str) -> None:
    """What is no part of a name is replaced, so that no file leaves the folder."""
    (made,) = render_files(_reports(), None, tmp_path / "out", stem, ("html",), ("ja",))
    assert made.parent == tmp_path / "out"
    assert _names(tmp_path) == ["out"]


def test_a_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    """Written again, a report replaces itself."""
    (tmp_path / "a.html").write_text("old")
    render_files(_reports(), None, tmp_path, "a", ("html",), ("ja",))
    assert "<!doctype html>" in (tmp_path / "a.html").read_text(encoding="utf-8")


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    """The error names the formats there are; nothing is written."""
    with pytest.raises(ValueError, match="no format docx: there are html, pdf"):
        render_files(_reports(), None, tmp_path / "out", "a", ("html", "docx"), ("ja",))
    assert _names(tmp_path) == []


def test_a_folder_that_cannot_be_is_one_clear_line(tmp_path: Path) -> None:
    """A file in the folder's place is named, with what to do."""
    (tmp_path / "out").write_text("")
    with pytest.raises(StopError, match="out") as error:
        render_files(_reports(), None, tmp_path / "out", "a", ("html",), ("ja",))
    assert "choose another folder" in error.value.hint
    assert "\n" not in str(error.value)


def test_without_a_browser_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing browser is found before the other formats are made."""
    monkeypatch.setenv("MIERUKA_CHROMIUM", str(tmp_path / "none"))
    with pytest.raises(StopError, match="no browser"):
        render_files(_reports(), None, tmp_path / "out", "a", ("html", "pdf"), ("ja",))
    assert _names(tmp_path) == []


def test_when_one_file_fails_none_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTML that was fine is not put there when the PDF beside it could not be made."""
    browser = tmp_path / "browser"
    browser.write_text("#!/bin/sh\nexit 1\n")
    browser.chmod(0o755)
    monkeypatch.setenv("MIERUKA_CHROMIUM", str(browser))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.html").write_text("old")
    with pytest.raises(StopError, match="made no PDF"):
        render_files(_reports(), None, tmp_path / "out", "a", ("html", "pdf"), ("ja",))
    assert _names(tmp_path / "out") == ["a.html"]
    assert (tmp_path / "out" / "a.html").read_text() == "old"


_FULL_DISK = """
import resource, sys
from pathlib import Path
from collector.errors import StopError
from collector.exports.render import render_files
from tests.collector.exports.sample_report import sample_report
reports = {"ja": sample_report("ja")}
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    render_files(reports, None, Path(sys.argv[1]), "a", [sys.argv[2]], ["ja"])
except StopError as error:
    print(error)
"""


@pytest.mark.parametrize(
    "wanted", [pytest.param("pdf", marks=pytest.mark.services), "html", "xlsx", "csv", "parquet"]
)
def test_a_full_disk_is_one_clear_line_and_no_half_file(tmp_path: Path, wanted: str) -> None:
    """Where no file may grow beyond 20 kB, every format says so in a line and leaves nothing."""
    (tmp_path / "out").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, str(tmp_path / "out"), wanted],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1
    assert "disk" in done.stdout
    assert _names(tmp_path / "out") == []


def test_hostile_names_in_every_quick_format(tmp_path: Path) -> None:
    """Formulas, markup, long names and turned text are written without a fault."""
    reports: dict[Language, Report] = {"ja": sample_report("ja", HOSTILE)}
    made = render_files(reports, None, tmp_path, HOSTILE[1], ("html", "csv", "parquet"), ("ja",))
    written = made[0].read_text(encoding="utf-8")
    assert "<script>alert" not in written
    assert "\u202e" not in written
    assert len(made) == 3

"""PDF: real pages printed by a real browser, and one clear line where it cannot be done."""

from __future__ import annotations

import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdf
import pytest

from collector.errors import StopError
from collector.exports.page import render
from collector.exports.pdf import BROWSERS, found_browser, write_pdf
from collector.reports.report import LANGUAGES
from tests.collector.exports.sample_report import HOSTILE, sample_report
from tests.services.chromium import Screenshot


@dataclass(frozen=True, slots=True)
class _Paper:
    """A PDF as it is read back: its pages' text without spaces."""

    reader: pypdf.PdfReader
    texts: tuple[str, ...]


Printed = Callable[[str], _Paper]


def _script(folder: Path, text: str) -> str:
    """A program in place of a browser."""
    script = folder / "browser"
    script.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    script.chmod(0o755)
    return str(script)


def _plain(text: str) -> str:
    """Text as it was written: PDF knows some characters by their look-alikes only."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Printed]:
    """The sample report with hostile names, printed once a language."""
    held: dict[str, _Paper] = {}

    def read(language: str) -> _Paper:
        if language not in held:
            path = tmp_path_factory.mktemp("pdf") / "report.pdf"
            report = sample_report("ja" if language == "ja" else "en", HOSTILE, sections=2)
            write_pdf(render(report, paper=True), path)
            reader = pypdf.PdfReader(path)
            texts = tuple(_plain(page.extract_text()) for page in reader.pages)
            held[language] = _Paper(reader, texts)
        return held[language]

    yield read
    for paper in held.values():
        paper.reader.close()


@pytest.mark.services
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_text_of_every_section_is_in_the_pdf(
    chromium: Screenshot, printed: Printed, language: str
) -> None:
    """Titles, figures, table rows and names are text that can be searched, in both languages."""
    text = "".join(printed(language).texts)
    report = sample_report("ja" if language == "ja" else "en", HOSTILE)
    for section in report.sections:
        assert _plain(section.title) in text
    assert "123,456" in text
    assert _plain(HOSTILE[0]) in text
    assert _plain(HOSTILE[1]) in text


@pytest.mark.services
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_empty_and_each_is_numbered(
    chromium: Screenshot, printed: Printed, language: str
) -> None:
    """Each page has text beside its running head, and says which of how many it is."""
    paper = printed(language)
    pages = paper.reader.pages
    assert len(pages) > 6
    title = _plain(sample_report("ja" if language == "ja" else "en").title)
    for number, (page, text) in enumerate(zip(pages, paper.texts, strict=True), 1):
        assert f"{number}/{len(pages)}" in text
        assert title in text
        assert len(text) > 90, number
        assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)


@pytest.mark.services
def test_a_new_page_begins_where_it_is_asked_for(chromium: Screenshot, printed: Printed) -> None:
    """The duration curve stands at the head of a page."""
    pages = [page for page in printed("en").texts[1:] if "Durationcurve" in page]
    assert len(pages) == 2
    assert all(page.index("Durationcurve") < 80 for page in pages)


@pytest.mark.services
def test_the_head_of_a_long_table_is_repeated(chromium: Screenshot, printed: Printed) -> None:
    """Thirty circuits go over more than one page, each with the names of the columns."""
    with_rows = [
        page for page in printed("en").texts if re.search(r"Works\d+:compressor\d+1,\d{3}", page)
    ]
    assert len(with_rows) >= 2
    assert all("CircuitEnergykWh" in page for page in with_rows)


@pytest.mark.services
@pytest.mark.parametrize("language", LANGUAGES)
def test_fonts_are_inside(chromium: Screenshot, printed: Printed, language: str) -> None:
    """Every font is embedded, so that Japanese is read on a machine without Japanese fonts."""
    fonts = [_font(font) for page in printed(language).reader.pages for font in _fonts(page)]
    assert fonts
    for descriptor in fonts:
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor), descriptor


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


def _font(font: Any) -> Any:
    if font["/Subtype"] == "/Type3":  # drawn as shapes, which are inside by their nature
        return {"/FontFile3": None}
    held = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    return held["/FontDescriptor"].get_object()


@pytest.mark.services
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_has_title_language_outline_and_tags(
    chromium: Screenshot, printed: Printed, language: str
) -> None:
    """Readers show its title, listen in its language and jump to its sections."""
    reader = printed(language).reader
    report = sample_report("ja" if language == "ja" else "en")
    root: Any = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == report.title
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    outline: Any = reader.outline
    assert outline[0].title == report.title
    assert [entry.title for entry in outline[1] if not isinstance(entry, list)][
        1
    ] == report.sections[1].title


@pytest.mark.services
def test_contents_lead_to_the_sections(chromium: Screenshot, printed: Printed) -> None:
    """A report of twelve sections has a link to each of them on its first page."""
    annotations: Any = printed("ja").reader.pages[0]["/Annots"]
    links = [one.get_object() for one in annotations]
    assert len([link for link in links if link["/Subtype"] == "/Link"]) == 12


@pytest.mark.services
def test_nothing_runs_and_nothing_leaves_the_pdf(chromium: Screenshot, printed: Printed) -> None:
    """There is no script and no address in the file."""
    for page in printed("ja").reader.pages:
        for one in page.get("/Annots", ()):
            assert "/URI" not in one.get_object().get("/A", {})
    root: Any = printed("ja").reader.trailer["/Root"]
    assert "/OpenAction" not in root
    assert "/JavaScript" not in root.get("/Names", {})


@pytest.mark.parametrize(
    ("asked", "says"), [("no-such-browser", "no-such-browser"), (None, "Chromium or Chrome")]
)
def test_no_browser_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str | None, says: str
) -> None:
    """The error says what is missing, what to install and what else to do; no file is left."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MIERUKA_CHROMIUM", raising=False)
    with pytest.raises(StopError, match=says) as error:
        write_pdf("<p>x", tmp_path / "a.pdf", chromium=asked)
    assert "apt install chromium" in error.value.hint
    assert "print the HTML" in error.value.hint
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_the_browser_of_the_environment_is_taken_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MIERUKA_CHROMIUM names the browser; one given by the caller is taken before it."""
    mine, other = _script(tmp_path, "exit 0"), tmp_path / "other"
    other.write_bytes(Path(mine).read_bytes())
    other.chmod(0o755)
    monkeypatch.setenv("MIERUKA_CHROMIUM", mine)
    assert found_browser() == mine
    assert found_browser(str(other)) == str(other)
    monkeypatch.delenv("MIERUKA_CHROMIUM")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / BROWSERS[2]).symlink_to(mine)
    assert found_browser() == str(tmp_path / BROWSERS[2])


@pytest.mark.parametrize(
    "does",
    [
        "exit 0",
        "echo no display >&2; exit 1",
        'for a in "$@"; do case "$a" in --print-to-pdf=*) echo %PDF-1.4 > "${a#*=}";; esac; done',
    ],
    ids=["nothing", "fails", "half a file"],
)
def test_a_browser_that_makes_no_whole_pdf_leaves_no_file(tmp_path: Path, does: str) -> None:
    """Nothing made, a failure and half a file are refused, with what the browser said."""
    with pytest.raises(StopError, match="made no PDF") as error:
        write_pdf("<p>x", tmp_path / "a.pdf", chromium=_script(tmp_path, does))
    assert ("no display" in str(error.value)) == ("no display" in does)
    assert not (tmp_path / "a.pdf").exists()


def test_a_browser_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    """After the time given, neither the browser nor its children run on."""
    browser = _script(tmp_path, f"sleep 60 & echo $! > {tmp_path}/child; wait")
    begun_s = time.monotonic()
    with pytest.raises(StopError, match=r"within 0\.5 s"):
        write_pdf("<p>x", tmp_path / "a.pdf", chromium=browser, timeout_s=0.5)
    assert time.monotonic() - begun_s < 30
    child = int((tmp_path / "child").read_text())
    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or _is_dead(child):
            break
        time.sleep(0.05)
    assert _is_dead(child)


def _is_dead(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[1].split()[0] == "Z"
    except OSError:
        return True


def test_a_program_that_cannot_start_is_one_clear_line(tmp_path: Path) -> None:
    """A file that is no program is named in the error."""
    broken = tmp_path / "browser"
    broken.write_bytes(b"\x00\x01")
    broken.chmod(0o755)
    with pytest.raises(StopError, match="browser"):
        write_pdf("<p>x", tmp_path / "a.pdf", chromium=str(broken))


def test_the_sandbox_is_left_on_for_all_but_root(tmp_path: Path) -> None:
    """Chromium refuses to run as root with its sandbox; everybody else keeps it."""
    browser = _script(tmp_path, f'echo "$@" > {tmp_path}/asked')
    with pytest.raises(StopError, match="made no PDF"):
        write_pdf("<p>x", tmp_path / "a.pdf", chromium=browser)
    asked = (tmp_path / "asked").read_text()
    assert ("--no-sandbox" in asked) == (os.geteuid() == 0)
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in asked


@pytest.mark.services
def test_a_folder_that_is_not_there_is_one_clear_line(chromium: Screenshot, tmp_path: Path) -> None:
    """Where the PDF cannot be put is named, with what to do."""
    with pytest.raises(StopError, match="none") as error:
        write_pdf("<title>x</title><p>x", tmp_path / "none" / "a.pdf")
    assert "choose another folder" in error.value.hint

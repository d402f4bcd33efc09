"""Writes a report's files in the formats that are wanted: each whole, or not at all."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.errors import StopError
from collector.exports.excel import write_book
from collector.exports.page import render
from collector.exports.pdf import found_browser, write_pdf
from collector.exports.report_book import book_of
from collector.exports.tables import write_csv, write_parquet
from collector.reports.book import Book
from collector.reports.report import Language, Report

FORMATS = ("html", "pdf", "xlsx", "csv", "parquet")
_ENDINGS = {"pdf": ".pdf", "xlsx": ".xlsx", "csv": "-csv.zip", "parquet": "-parquet.zip"}
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
_HINTS = {
    errno.ENOSPC: "make room on that disk, or choose another folder",
    errno.EFBIG: "make room on that disk, or choose another folder",
    errno.EDQUOT: "make room on that disk, or choose another folder",
}
Write = Callable[[Path], None]


def render_files(
    reports: Mapping[Language, Report],
    book: Mapping[Language, Book] | None,
    folder: Path,
    stem: str,
    formats: Sequence[str],
    languages: Sequence[Language],
) -> tuple[Path, ...]:
    """Write the report's files into ``folder``, which is made if it is not there.

    One HTML file holds every language (``stem.html``); of the others there is one a language:
    ``stem-ja.pdf``, ``stem-ja.xlsx`` (``book``, else what the report itself holds),
    ``stem-ja-csv.zip``, ``stem-ja-parquet.zip``. All are written beside their place first and
    renamed when all are whole. Raises ``StopError``, ``ValueError`` for an unknown format.
    """
    unknown = [name for name in formats if name not in FORMATS]
    if unknown:
        raise ValueError(f"there is no format {unknown[0]}: there are {', '.join(FORMATS)}")
    if "pdf" in formats:
        found_browser()
    held = {language: reports[language] for language in languages}
    safe = _NOT_IN_NAMES.sub("_", stem)
    writers = [pair for name in dict.fromkeys(formats) for pair in _writers(name, held, book)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".report-", dir=folder) as fresh:
            return _write_all(writers, Path(fresh), folder, safe)
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "choose another folder, or make it writable")
        raise StopError(f"{folder}: {error.strerror or error}", hint) from error


def _write_all(
    writers: Sequence[tuple[str, Write]], fresh: Path, folder: Path, stem: str
) -> tuple[Path, ...]:
    """Write every file, browsers at the same time, then give all of them their names."""
    names = [f"{stem}{ending}" for ending, _ in writers]
    with ThreadPoolExecutor(max_workers=2) as pool:
        printed = [
            pool.submit(write, fresh / name)
            for name, (ending, write) in zip(names, writers, strict=True)
            if ending.endswith(".pdf")
        ]
        for name, (ending, write) in zip(names, writers, strict=True):
            if not ending.endswith(".pdf"):
                write(fresh / name)
        for one in printed:
            one.result()
    for name in names:
        os.replace(fresh / name, folder / name)
    return tuple(folder / name for name in names)


def _writers(
    name: str, reports: Mapping[Language, Report], book: Mapping[Language, Book] | None
) -> Iterator[tuple[str, Write]]:
    """The ending of each file of the format, and what writes it."""
    if name == "html":
        yield ".html", lambda path: _write_text(path, render(reports))
        return
    for language, report in reports.items():
        yield (
            f"-{language}{_ENDINGS[name]}",
            _writer(name, report, book[language] if book else None),
        )


def _writer(name: str, report: Report, book: Book | None) -> Write:
    if name == "pdf":
        return lambda path: write_pdf(render(report, paper=True), path)
    if name == "xlsx":
        return lambda path: write_book(book or book_of(report), path)
    if name == "csv":
        return lambda path: write_csv(report, path)
    return lambda path: write_parquet(report, path)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", errors="replace")

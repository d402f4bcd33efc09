"""Makes a report: gathered once, built in each language, written in each format."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from collector.errors import CollectorError
from collector.exports.pdf import found_browser
from collector.exports.render import render_files
from collector.reporting.kind import Format, ReportKind, Step
from collector.reporting.sources import Sources
from collector.reporting.wanted import Wanted, request_of
from collector.reports.report import Language

Seconds = Callable[[], float]
PHASES = ("gather", "build", "render")
_NAME_LENGTH = 40
_GATHERED, _BUILT = 0.5, 0.6
"""How far a report is when it is gathered, and when it is worded."""


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file that was written, its SHA-256 and its size in bytes."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made: its title by language, its files, the seconds of each phase.

    ``notes`` say what was left out that is usually there.
    """

    report: str
    site: str
    period: str
    titles: Mapping[Language, str]
    files: tuple[MadeFile, ...]
    seconds: Mapping[str, float]
    notes: tuple[str, ...] = ()


def make(
    sources: Sources,
    kind: ReportKind,
    wanted: Wanted,
    folder: Path,
    step: Step = lambda _what, _share: None,
    clock_s: Seconds = time.perf_counter,
) -> Made:
    """Make the report and write its files into ``folder``, which is made if it is not there.

    ``step`` is told the phase and how far all of it is, 0 to 1. Raises ``CollectorError`` for
    what cannot be made; a file is there whole or not at all.
    """
    request = request_of(sources, kind, wanted)
    seconds: dict[str, float] = {}
    step("gather", 0.0)
    with _timed(seconds, "gather", clock_s):
        data = kind.gather(sources, request, lambda _, done: step("gather", _GATHERED * done))
    step("build", _GATHERED)
    with _timed(seconds, "build", clock_s):
        reports = {language: kind.build(data, language) for language in wanted.languages}
        books = kind.book and {language: kind.book(data, language) for language in reports}
    step("render", _BUILT)
    with _timed(seconds, "render", clock_s):
        stem = stem_of(kind.name, request.site, request.asked, _told(kind, request.options))
        formats, notes = _formats(kind, wanted)
        paths = render_files(reports, books, folder, stem, formats, wanted.languages)
        files = tuple(made_file(path) for path in paths)
    step("render", 1.0)
    titles = {language: report.title for language, report in reports.items()}
    return Made(kind.name, request.site, request.asked, titles, files, seconds, notes)


def stem_of(kind: str, site: str, period: str, told: Sequence[str] = ()) -> str:
    """The name of a report's files before their endings: daily-sendai-2026-11-23.

    ``told`` are values of options that belong to the name.
    """
    return "-".join(filter(None, (kind, site, period.replace("/", "_"), *map(_in_a_name, told))))


def _told(kind: ReportKind, options: Mapping[str, str]) -> list[str]:
    named = (option for option in kind.options if option.in_name)
    return [options[one.name] for one in named if options.get(one.name, one.default) != one.default]


def _in_a_name(text: str) -> str:
    """The text as part of a file's name: letters of any script and digits, others as _.

    What is changed or cut gets a few digits of its own, so that no two texts share a name.
    """
    plain = "".join(letter if letter.isalnum() else "_" for letter in text)[:_NAME_LENGTH]
    if plain == text:
        return plain
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def made_file(path: Path) -> MadeFile:
    """The file as it lies there."""
    content = path.read_bytes()
    return MadeFile(path, hashlib.sha256(content).hexdigest(), len(content))


def _formats(kind: ReportKind, wanted: Wanted) -> tuple[Sequence[Format], tuple[str, ...]]:
    """The formats to write; a PDF that nobody asked for is left out where no browser is."""
    if wanted.formats or "pdf" not in kind.formats:
        return wanted.formats or kind.formats, ()
    try:
        found_browser()
    except CollectorError as error:
        return [name for name in kind.formats if name != "pdf"], (f"no PDF: {error}",)
    return kind.formats, ()


@contextmanager
def _timed(seconds: dict[str, float], phase: str, clock_s: Seconds) -> Iterator[None]:
    begun_s = clock_s()
    yield
    seconds[phase] = round(clock_s() - begun_s, 3)

"""What `collector report` prints: the list of reports, how far one is, what was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from collector.commands.terminal import err, out
from collector.reporting.kind import PeriodKind, ReportKind, Step
from collector.reporting.make import Made
from collector.reporting.period import KIND_NAMES, RELATIVE
from collector.reports.report import Language

_ENERGY = "#0072B2"
_HEADS: dict[Language, tuple[str, ...]] = {
    "ja": ("期間", "標準の形式"),
    "en": ("period", "formats unless you say otherwise"),
}
_STEPS: dict[Language, dict[str, str]] = {
    "ja": {
        "gather": "集計しています",
        "build": "文章と図にしています",
        "render": "書き出しています",
    },
    "en": {"gather": "gathering", "build": "wording", "render": "writing"},
}
_HOW: dict[Language, str] = {
    "ja": "作成: collector report 名前 --site 拠点 --period 期間",
    "en": "make one: collector report NAME --site SITE --period PERIOD",
}
_LANGUAGE: dict[Language, str] = {
    "ja": "言語: --language がなければ、この端末の言語(日本語)だけで作ります。--language both では"
    " HTML が両方を持ち、PDF と Excel は言語ごとに1つ作ります",
    "en": "language: files are made in the language of this machine (English) alone unless"
    " --language is given; with both an HTML page holds both, of PDF and Excel there is one each",
}
_SENT: dict[Language, str] = {"ja": "送信先", "en": "sent to"}
_RELATIVE: dict[Language, str] = {"ja": "期間はほかに", "en": "periods may also be"}


def kinds_document(kinds: Sequence[ReportKind]) -> list[dict[str, object]]:
    """The reports as one line of JSON tells them."""
    return [
        {
            "name": kind.name,
            "title": {"ja": kind.title_ja, "en": kind.title_en},
            "purpose": {"ja": kind.purpose_ja, "en": kind.purpose_en},
            "periods": kind.periods,
            "formats": kind.formats,
            "sites": kind.of_sites,
            "options": {option.name: option.default for option in kind.options},
        }
        for kind in kinds
    ]


def show_kinds(kinds: Sequence[ReportKind], language: Language) -> None:
    """Print the list of reports, in the reader's language."""
    for kind in kinds:
        for line in _lines_of(kind, language):
            out.print(line, markup=False)
        out.print()
    out.print(_HOW[language], markup=False)
    out.print(f"{_RELATIVE[language]}: {', '.join(RELATIVE)}", markup=False)
    out.print(_LANGUAGE[language], markup=False)


def _lines_of(kind: ReportKind, language: Language) -> Iterator[str]:
    ja = language == "ja"
    heads = _HEADS[language]
    yield f"{kind.name}  {kind.title_ja if ja else kind.title_en}"
    yield f"  {kind.purpose_ja if ja else kind.purpose_en}"
    widest: Sequence[PeriodKind] = ("any",) if "any" in kind.periods else kind.periods
    periods = (KIND_NAMES[period][0 if ja else 1] for period in widest)
    yield f"  {heads[0]}: {('、' if ja else ', ').join(periods)}"
    yield f"  {heads[1]}: {', '.join(kind.formats)}"
    for option in kind.options:
        default = f" [{option.default}]" if option.default else ""
        yield f"  --option {option.name}=…{default}: {option.ja if ja else option.en}"


def show_made(made: Made, language: Language, to: Sequence[str] = ()) -> None:
    """Print the files, one a line, to whom they went, and how long it took."""
    for file in made.files:
        out.print(f"{file.path} ({file.size / 1024:,.0f} kB)", markup=False)
    for note in made.notes:
        err.print(f"note: {note}", markup=False)
    if to:
        out.print(f"{_SENT[language]}: {', '.join(to)}", markup=False)
    phases = ", ".join(
        f"{_STEPS[language][phase]} {seconds:.1f} s" for phase, seconds in made.seconds.items()
    )
    err.print(phases, markup=False)


@contextmanager
def told_steps(title: str, language: Language, quiet: bool) -> Iterator[Step]:
    """Tell how far a report is: a bar on a terminal, else a line a phase; nothing if quiet."""
    if quiet:
        yield lambda _what, _share: None
    elif not err.is_terminal:
        yield _lines(title, language)
    else:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(complete_style=_ENERGY, finished_style=_ENERGY),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task(title, total=1.0)

            def step(phase: str, share: float) -> None:
                words = f"{title}: {_STEPS[language][phase]}"
                bar.update(task, completed=share, description=words)

            yield step


def _lines(title: str, language: Language) -> Step:
    told: set[str] = set()

    def step(phase: str, _share: float) -> None:
        if phase not in told:
            told.add(phase)
            err.print(f"{title}: {_STEPS[language][phase]}", markup=False)

    return step

"""A scan for people: its progress, what was found, and what to paste into the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from edge_agent.commands.screen import err, out
from edge_agent.commission.identify import LIKELY, tie_note
from edge_agent.commission.proposed import link_rows, settings_rows
from edge_agent.commission.recognise import Recognised
from edge_agent.commission.scan import ScanPlan, ScanProgress, ScanReport
from edge_agent.commission.scan.sift import place_of
from edge_agent.config import LinkSettings
from edge_agent.words import in_language, language_of, said


@contextmanager
def progress(plan: ScanPlan) -> Iterator[Callable[[ScanProgress], object]]:
    """A bar on stderr while ``plan`` is walked; before it, how long that may take."""
    _tell(_beforehand(duration(plan.likely_s), duration(plan.estimate_s)))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TextColumn("{task.fields[left]}"), console=err, transient=True) as bar:
        task = bar.add_task("", total=plan.requests, left="")

        def show(now: ScanProgress) -> None:
            facts = {"left": duration(now.left_s), "found": len(now.found)}
            left = here(said("{left} left, {found} found", **facts))
            at = here(now.at)
            bar.update(task, description=at, completed=now.done, total=now.total, left=left)

        yield show


@contextmanager
def recognising(count: int) -> Iterator[Callable[[], object]]:
    """A bar on stderr while ``count`` units are asked what they are."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(here(said("asking what they are")), total=count)
        yield lambda: bar.advance(task)


def show(rows: Sequence[Recognised], report: ScanReport) -> None:
    """What was found, what is to be known, and the settings to paste."""
    if rows:
        out.print(_table(rows))
    for note in dict.fromkeys([*report.notes, *_ties(rows)]):
        out.print(Text(f"- {here(note)}"))
    if not report.ended:
        out.print(Text(here(said("stopped before the end: there may be more"))))
    if not rows:
        _tell(said("no unit was found"))
    for text in _settings(rows):
        out.print(Text(text))


def duration(seconds: float) -> str:
    """A time as people say it: 40 s, 3 min, 1.5 h."""
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 6_000 else f"{seconds / 3600:.1f} h"


def here(text: str) -> str:
    """``text`` in the language of this machine."""
    return in_language(text, language_of())


def _beforehand(likely: str, most: str) -> str:
    if likely == most:
        return said("about {most}; Ctrl-C shows what was found so far", most=most)
    times = {"likely": likely, "most": most}
    return said("about {likely}, at most {most}; Ctrl-C shows what was found so far", **times)


def _tell(text: str) -> None:
    err.print(Text(here(text)))


def _table(rows: Sequence[Recognised]) -> Table:
    titles = said("line"), said("unit"), "ms", said("probably"), said("fits"), said("serial no.")
    table = Table(*map(here, titles), box=SIMPLE_HEAD, pad_edge=False)
    table.columns[1].justify = table.columns[2].justify = table.columns[4].justify = "right"
    for row in rows:
        place, unit = place_of(row.found.link), str(row.found.unit_id)
        table.add_row(place, unit, f"{row.found.latency_ms:.0f}", *_guess(row))
    return table


def _guess(row: Recognised) -> tuple[str, str, str]:
    best = row.best
    if row.found.doubled:
        return here(said("two meters with this id?")), "", ""
    if row.fault:
        return here(row.fault), "", ""
    if not row.asked:
        return here(row.found.evidence), "", ""
    if best is None or best.score < LIKELY:
        return here(said("unknown: {evidence}", evidence=row.found.evidence)), "", ""
    return best.profile.name, f"{best.score:.0%}", best.serial


def _ties(rows: Sequence[Recognised]) -> Iterator[str]:
    for row in rows:
        if row.best and row.best.score >= LIKELY:
            note = tie_note(row.candidates)
            if note:
                yield said("unit {unit}: {note}", unit=row.found.unit_id, note=note)


def _settings(rows: Sequence[Recognised]) -> Iterator[str]:
    """The rows to paste: each line once, below it its meters."""
    links: list[LinkSettings] = []
    number = 0
    for row in rows:
        if row.best is None or row.best.score < LIKELY:
            continue
        if row.found.link not in links:
            links.append(row.found.link)
            yield "\n" + link_rows(row.found.link, _link_id(links))
        number += 1
        at = links.index(row.found.link) + 1
        yield "\n" + settings_rows(
            row.found, row.best.profile.name, f"meter-{number}", _link_id(links[:at])
        )


def _link_id(links: Sequence[LinkSettings]) -> str:
    """The id of the last of ``links``, made different from those before it."""
    name = links[-1].id
    same = sum(link.id == name for link in links)
    return name if same == 1 else f"{name}-{same}"

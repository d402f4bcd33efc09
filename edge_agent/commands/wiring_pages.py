"""What a meter's values say of its wiring, for people."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from edge_agent.bus import Fault
from edge_agent.commands.screen import err, out
from edge_agent.wiring import Judgement, Verdict
from edge_agent.words import Language, in_language, said

_MARKS = {
    "fault": (said("WRONG"), "bold red"),
    "check": (said("TO CHECK"), "bold yellow"),
    "note": (said("NOTE"), "bold"),
}


def show(title: str, judgement: Judgement, language: Language) -> None:
    """A meter's verdicts, its load, and which ways of looking were possible."""
    out.print(Text(title, style="bold underline"))
    if judgement.healthy:
        _line(said("wired rightly, as far as was looked"), language, "green")
    for verdict in judgement.verdicts:
        _show_verdict(verdict, language)
    if not judgement.enough_load:
        _line(judgement.load, language, "yellow")
    else:
        _line(judgement.load, language, "dim")
    for look in judgement.looked_at:
        mark = "✓" if look.done else "–"
        text = in_language(look.title, language)
        why = f" ({in_language(look.why, language)})" if look.why else ""
        out.print(Text(f"  {mark} {text}{why}", style="dim"))


def _show_verdict(verdict: Verdict, language: Language) -> None:
    mark, style = _MARKS[verdict.severity]
    head = f"{in_language(mark, language)}: {in_language(verdict.title, language)}"
    out.print(Text(head, style=style))
    out.print(Text(f"  {in_language(verdict.evidence, language)}"))
    out.print(Text(f"  → {in_language(verdict.todo, language)}"))


def _line(text: str, language: Language, style: str) -> None:
    out.print(Text(in_language(text, language), style=style))


def show_faults(faults: Iterable[Fault], language: Language) -> None:
    """The meters that gave no answer."""
    for fault in faults:
        message, hint = in_language(fault.message, language), in_language(fault.hint, language)
        err.print(f"edge-agent: {fault.meter}: {message} ({hint})", markup=False)

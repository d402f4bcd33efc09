"""What a meter may be, for people: the candidates, why, and a profile's readings side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from edge_agent.commands.screen import out
from edge_agent.commission.identify import LIKELY, Candidate, tie_note
from edge_agent.commission.solve import Solution
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.live_table import shown
from edge_agent.profile import Profile
from edge_agent.words import in_language, language_of, said

MOST = 5


def show(candidates: Sequence[Candidate], own: Profile | None, solution: Solution | None) -> None:
    """The candidates with the reasons of the best, then what ``own`` reads and what it could."""
    if candidates:
        out.print(_table(candidates[:MOST]))
        _reasons(candidates[0])
    if not candidates or candidates[0].score < LIKELY:
        out.print(Text(_here(_NO_FIT)))
    elif note := tie_note(candidates):
        out.print(Text(_here(note), style="bold"))
    if own and solution:
        _solution(own, solution)


_NO_FIT = said(
    "no profile fits. If you know the model, name its profile: `edge-agent identify ... --profile "
    "NAME` looks for shifted addresses and turned words; a profile of your own can be tried too"
)


def _table(candidates: Sequence[Candidate]) -> Table:
    titles = said("profile"), said("meter"), said("fits"), said("serial no."), said("values")
    table = Table(*map(_here, titles), box=SIMPLE_HEAD, pad_edge=False)
    table.columns[2].justify = table.columns[4].justify = "right"
    for one in candidates:
        name = f"{one.profile.vendor} {_model(one)}"
        table.add_row(one.profile.name, name, f"{one.score:.0%}", one.serial, str(len(one.values)))
    return table


def _model(one: Candidate) -> str:
    """What the meter calls itself in words; a mere code number tells people nothing."""
    models = one.profile.models
    if one.model and not one.model.isdecimal():
        return one.model
    return models[0] + (f" +{len(models) - 1}" if len(models) > 1 else "")


def _reasons(best: Candidate) -> None:
    for reason in best.reasons:
        out.print(Text(f"  - {_here(reason)}"))


def _solution(own: Profile, solution: Solution) -> None:
    if not solution.proposals:
        told = said("no other reading of {profile} makes more sense", profile=own.name)
        out.print(Text(_here(told)))
        return
    head = said("{profile} read otherwise:", profile=own.name)
    out.print(Text(f"\n{_here(head)}", style="bold"))
    for letter, one in zip("ABC", solution.proposals, strict=False):
        out.print(Text(f"  {letter}  {_here(one.told)} ({one.score:.0%})"))
    out.print(_side_by_side(own, solution))
    out.print(Text(_here(said("compare with the meter's display; --write-profile FILE keeps A"))))


def _side_by_side(own: Profile, solution: Solution) -> Table:
    titles = [_here(said("measured value")), _here(said("as it is"))]
    titles += [letter for letter, _ in zip("ABC", solution.proposals, strict=False)]
    table = Table(*titles, box=SIMPLE_HEAD, pad_edge=False)
    readings = [solution.as_it_is.values if solution.as_it_is else {}]
    readings += [one.sample.values for one in solution.proposals]
    for column in table.columns[1:]:
        column.justify = "right"
    for register in own.registers:
        cells = [_cell(register.quantity, values) for values in readings]
        if any(cells):
            table.add_row(_label(register.quantity), *cells)
    return table


def _label(quantity: str) -> str:
    row = QUANTITIES[quantity]
    return row.label_ja if language_of() == "ja" else row.label_en


def _cell(quantity: str, values: Mapping[str, float]) -> str:
    if quantity not in values:
        return ""
    value = values[quantity]
    if value and not 1e-4 < abs(value) < 1e13:
        return f"{value:.3g}"
    return " ".join(shown(quantity, value))


def _here(text: str) -> str:
    return in_language(text, language_of())

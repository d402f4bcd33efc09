"""Every proposal on its own block, the list of all with their total, and those that are settled."""

from __future__ import annotations

from collections.abc import Iterator

from collector.findings.finding import SIGNAL_FACTOR, Finding, Threshold
from collector.findings.tracked import Tracked
from collector.reports.consultant.evidence_picture import picture_of
from collector.reports.consultant.summary import carbon_figure, sum_figure
from collector.reports.consultant.view import View, begun, is_nothing, middle, ranged, shares_of
from collector.reports.consultant.words.table import WORDS
from collector.reports.money import money, money_unit
from collector.reports.numbers import ABSENT, as_given, percent, plain
from collector.reports.report import (
    Block,
    Cell,
    Column,
    Figure,
    Note,
    Row,
    Section,
    Table,
)

WHOLE = 0.995
"""A proposal of which more is counted counts whole."""


def proposals(view: View) -> Iterator[Section]:
    """A section for each proposal that waits, the list of all, then what is settled."""
    waiting = view.data.proposals.waiting
    for number, one in enumerate(waiting, 1):
        if one.finding is not None:
            yield _one(view, number, one, one.finding)
    if waiting:
        yield _all(view, waiting)
    if view.data.proposals.settled:
        yield _settled(view, view.data.proposals.settled)


def _all(view: View, waiting: tuple[Tracked, ...]) -> Section:
    columns = (
        Column(view.say("no")),
        Column(view.say("measure"), align="left"),
        Column(view.say("yen_col")),
        Column(view.say("range_col")),
        Column(view.say("kwh_col")),
        Column(view.say("range_col")),
        Column(view.say("co2_col")),
        Column(view.say("kl_col")),
        Column(view.say("counted_col"), "%"),
    )
    rows = [_listed(view, n, one.finding) for n, one in enumerate(waiting, 1) if one.finding]
    rows.append(_total(view))
    notes = [Note(caveat.in_(view.language)) for caveat in view.data.proposals.caveats]
    if any(one.finding and one.finding.co2_factor.startswith(SIGNAL_FACTOR) for one in waiting):
        notes.append(Note(view.say("signal_note")))
    table = Table(view.say("all_proposals"), columns, tuple(rows))
    blocks: tuple[Block, ...] = (table, *notes)
    return Section(view.say("all_proposals"), view.say("all_lead"), blocks)


def _listed(view: View, number: int, one: Finding) -> Row:
    share = view.data.proposals.share_of(one.key)
    return Row(
        (
            Cell(str(number), number),
            Cell(begun(one.text("measure", view.language))),
            *ranged(view, one.yen),
            *ranged(view, one.kwh),
            Cell(middle(one.co2_t), one.co2_t.mid),
            Cell(middle(one.crude_oil_kl), one.crude_oil_kl.mid),
            Cell(percent(share), share * 100),
        )
    )


def _total(view: View) -> Row:
    total = view.data.proposals.total
    if total is None:
        return Row(())
    cells = (
        Cell(""),
        Cell(view.say("total_row")),
        *ranged(view, total.yen),
        *ranged(view, total.kwh),
        Cell(middle(total.co2_t), total.co2_t.mid),
        Cell(middle(total.crude_oil_kl), total.crude_oil_kl.mid),
        Cell(""),
    )
    return Row(cells, strong=True)


def _one(view: View, number: int, one: Tracked, finding: Finding) -> Section:
    drawn = finding.pictures if number <= view.data.pictures else ()
    blocks: list[Block] = [picture_of(view, held) for held in drawn]
    blocks.append(_terms(view, one, finding))
    caveats = tuple(_own_caveats(view, finding))
    blocks += [Note(view.sentences(caveats))] if caveats else []
    return Section(
        view.say("proposal", n=number, what=_named(view, finding)),
        view.sentences(finding.text(name, view.language) for name in ("measure", "why")),
        tuple(blocks),
        figures=_figures(view, finding),
        new_page=bool(drawn) or number == 1,
    )


def _named(view: View, finding: Finding) -> str:
    """Rule and circuit, short enough for the table of contents."""
    key = f"rule_{finding.rule}"
    name = view.say(key) if key in WORDS.rows else finding.rule
    if not finding.circuit:
        return name
    return view.say("rule_of", rule=name, circuit=finding.circuit_called(view.language))


def _own_caveats(view: View, finding: Finding) -> Iterator[str]:
    """What is to be said of it alone: what holds for all prices stands once, in the list."""
    common = {caveat.in_(view.language) for caveat in view.data.proposals.caveats}
    return (text for text in finding.caveats(view.language) if text not in common)


def _figures(view: View, finding: Finding) -> tuple[Figure, ...]:
    unit = money_unit(finding.currency, view.language)
    found = [sum_figure(view, "saving", finding.yen, unit, "cost")]
    if not is_nothing(finding.kwh):
        found.append(sum_figure(view, "kwh_fig", finding.kwh, "kWh", "energy"))
    if not is_nothing(finding.co2_t):
        found.append(carbon_figure(view, "co2_fig", finding.co2_t, finding.crude_oil_kl))
    if finding.kw is not None:
        found.append(sum_figure(view, "kw_fig", finding.kw, "kW", "energy"))
    return tuple(found)


def _terms(view: View, one: Tracked, finding: Finding) -> Table:
    where = finding.circuit_called(view.language) if finding.circuit else view.say("whole_site")
    evidence = finding.evidence
    shares = shares_of(evidence)
    terms = [
        ("change_term", _change(view, finding, where)),
        ("cost_term", _cost(view, finding)),
        ("owner_term", _owner(view, one, finding)),
        ("threshold_term", _threshold(view, finding)),
        ("window_term", view.say("window_said", window=view.window(evidence), **shares)),
    ]
    if finding.overlaps:
        terms.append(("overlap_term", _overlap(view, finding)))
    rows = tuple(Row((Cell(view.say(key)), Cell(text))) for key, text in terms)
    return Table(view.say("terms"), (Column("", align="left"), Column("", align="left")), rows)


def _cost(view: View, finding: Finding) -> str:
    if finding.cost_yen is None:
        return view.say("cost_unknown")
    cost, unit = money(finding.cost_yen.mid, finding.currency, view.language)
    if finding.payback_years is None:
        return view.say("cost_no_payback", cost=cost, unit=unit)
    payback = finding.payback_years
    ends = view.say("range", low=plain(payback.low, 2), high=plain(payback.high, 2))
    return view.say("cost_said", cost=cost, unit=unit, years=f"{plain(payback.mid, 2)} ({ends})")


def _change(view: View, finding: Finding, where: str) -> str:
    before, after = finding.text("before", view.language), finding.text("after", view.language)
    return view.say("change_said", where=where, before=before, after=after)


def _owner(view: View, one: Tracked, finding: Finding) -> str:
    return view.say(
        "status_said",
        owner=one.owner or view.say("nobody"),
        status=view.say(f"status_{one.status}"),
        confidence=view.say(finding.confidence),
    )


def _threshold(view: View, finding: Finding) -> str:
    row = finding.threshold
    return view.say(
        "threshold_said",
        what=row.text(view.language),
        value=threshold_value(view, row),
    )


def threshold_value(view: View, row: Threshold) -> str:
    """The value with its unit; a share in percent, in Japanese without what it is a share of."""
    if row.unit.startswith(("of ", "share")):
        part = row.unit if view.language == "en" else ""
        return f"{as_given(row.value * 100)} % {part}".strip()
    return f"{as_given(row.value)} {view.unit_of(row.unit)}"


def _overlap(view: View, finding: Finding) -> str:
    by_key = {
        one.key: one.finding.text("measure", view.language)
        for one in view.data.proposals.tracked
        if one.finding
    }
    names = view.listed(by_key.get(other.key, other.key) for other in finding.overlaps)
    share = view.data.proposals.share_of(finding.key)
    if share > WHOLE:
        return view.say("overlap_whole", names=names)
    return view.say("overlap_said", names=names, share=percent(share))


def _settled(view: View, held: tuple[Tracked, ...]) -> Section:
    keys = ("settled_key", "settled_status", "settled_owner", "settled_reason")
    columns = (
        *(Column(view.say(key), align="left") for key in keys),
        Column(view.say("settled_worth"), view.unit),
    )
    rows = tuple(_settled_row(view, one) for one in held)
    return Section(view.say("settled"), blocks=(Table(view.say("settled"), columns, rows),))


def _settled_row(view: View, one: Tracked) -> Row:
    finding = one.finding
    yen = finding.yen.mid if finding else None
    return Row(
        (
            Cell(begun(finding.text("measure", view.language)) if finding else one.key),
            Cell(view.say(f"status_{one.status}")),
            Cell(one.owner or ABSENT),
            Cell(one.reason or ABSENT),
            Cell(plain(yen, 3), yen),
        )
    )

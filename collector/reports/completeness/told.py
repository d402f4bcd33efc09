"""What people and counters did: gaps, corrections, imports, closed periods; and the signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from collector.reports.completeness.data import Gap
from collector.reports.completeness.view import CertificateView
from collector.reports.numbers import plain
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table

MOST_GAPS = 60
"""Stretches that are listed, the longest; the others are counted."""
_MS_AN_HOUR = 3_600_000
_TERMS = (Column("", align="left"), Column("", align="left"))


def gaps(view: CertificateView) -> Section:
    """Every stretch that was not measured, in order of time, with the decision on the counter."""
    title = view.say("gaps")
    if not view.data.gaps:
        return Section(title, blocks=(Note(view.say("no_gaps")),))
    longest = sorted(_together(view), key=lambda pair: pair[0].from_ms - pair[0].to_ms)
    listed = sorted(longest[:MOST_GAPS], key=lambda pair: (pair[0].from_ms, pair[1]))
    columns = (
        Column(view.say("meter"), align="left"),
        Column(view.say("when"), align="left"),
        Column(view.say("length"), view.say("hours")),
        Column(view.say("treated"), align="left"),
        Column(view.say("reason"), align="left"),
    )
    rows = tuple(_gap_row(view, gap, name) for gap, name in listed)
    blocks: list[Block] = [Table(title, columns, rows)]
    rest = longest[MOST_GAPS:]
    if rest:
        hours = sum(gap.to_ms - gap.from_ms for gap, _ in rest) / _MS_AN_HOUR
        blocks.append(Note(view.say("more_gaps", n=len(rest), hours=plain(hours, 4, 1))))
    return Section(title, blocks=tuple(blocks))


def _together(view: CertificateView) -> Iterator[tuple[Gap, str]]:
    """Each stretch once, with the names of the meters it holds for."""
    names: dict[tuple[object, ...], list[Gap]] = defaultdict(list)
    for gap in view.data.gaps:
        names[gap.from_ms, gap.to_ms, gap.estimated, gap.reasons].append(gap)
    for gaps_ in names.values():
        called = [gap.called(view.language) for gap in gaps_]
        everyone = len(called) == len(view.data.records) - 1 > 1
        listed = ("、" if view.language == "ja" else ", ").join(called)
        yield gaps_[0], view.say("all_meters") if everyone else listed


def _gap_row(view: CertificateView, gap: Gap, name: str) -> Row:
    hours = (gap.to_ms - gap.from_ms) / _MS_AN_HOUR
    reasons = ("、" if view.language == "ja" else ", ").join(map(view.say, gap.reasons))
    return Row(
        (
            Cell(name),
            Cell(view.stretch(gap.from_ms, gap.to_ms)),
            Cell(plain(hours, 4, 1), hours),
            Cell(view.say("is_estimated" if gap.estimated else "is_missing")),
            Cell(reasons),
        )
    )


def corrections(view: CertificateView) -> Section:
    """Every ruling and replacement that a person told, taken back or not."""
    title = view.say("corrections")
    if not view.data.corrections:
        return Section(title, blocks=(Note(view.say("no_corrections")),))
    heads = ("meter", "when", "kind", "why", "by", "made", "stands")
    rows = tuple(
        _texts(
            view.meter(one.meter),
            view.dates.moment(one.at_ms),
            view.say(one.kind),
            one.reason,
            one.by,
            view.day(one.made_at_ms),
            _standing(view, one.taken_back_by),
        )
        for one in view.data.corrections
    )
    return Section(title, blocks=(Table(title, _left(view, heads), rows),))


def imports(view: CertificateView) -> Section:
    """Every file that was taken in for the period."""
    title = view.say("imports")
    if not view.data.imports:
        return Section(title, blocks=(Note(view.say("no_imports")),))
    heads = ("meter", "file", "range", "energy", "by", "made", "stands")
    rows = tuple(
        _texts(
            view.meter(one.meter),
            f"{one.file} (SHA-256 {one.sha256[:16]}…)",
            view.stretch(one.from_ms, one.to_ms),
            f"{plain(one.kwh, 12, 1)} kWh",
            one.by,
            view.day(one.made_at_ms),
            _standing(view, one.taken_back_by),
        )
        for one in view.data.imports
    )
    return Section(title, blocks=(Table(title, _left(view, heads), rows),))


def closed(view: CertificateView) -> Section:
    """Who closed which part of the period, and with which digest."""
    title = view.say("closed")
    if not view.data.closed:
        return Section(title, blocks=(Note(view.say("no_closed")),))
    heads = ("period", "kind", "by", "made", "why", "digest_col")
    rows = tuple(
        _texts(
            str(one.span),
            view.say("restated", n=one.restates) if one.restates else view.say("first_closed"),
            one.by,
            view.day(one.at_ms),
            one.reason,
            f"{one.digest[:16]}…",
        )
        for one in view.data.closed
    )
    return Section(title, blocks=(Table(title, _left(view, heads), rows),))


def lost(view: CertificateView) -> Section | None:
    """Readings that agents say will never come; None where there are none."""
    if not view.data.lost:
        return None
    title = view.say("lost")
    heads = ("agent", "readings_col", "why", "told")
    rows = tuple(
        _texts(one.agent, f"{one.readings:,}", one.reason, view.day(one.told_at_ms))
        for one in view.data.lost
    )
    return Section(title, blocks=(Table(title, _left(view, heads), rows),))


def method(view: CertificateView) -> Section:
    """How it was counted, the digest, and with which versions."""
    title = view.say("method")
    rows = tuple(Row((Cell(label), Cell(text))) for label, text in _method_lines(view))
    return Section(title, blocks=(Table(title, _TERMS, rows),))


def _method_lines(view: CertificateView) -> Iterator[tuple[str, str]]:
    data = view.data
    names = {"minutes": data.slot_minutes}
    yield view.say("rule_slots"), view.say("rule_slots_text", **names)
    yield view.say("rule_estimated"), view.say("rule_estimated_text")
    yield view.say("rule_missing"), view.say("rule_missing_text")
    yield view.say("rule_digest"), data.digest
    yield "", view.say("rule_digest_text", n=f"{data.digest_lines:,}")
    again = {"site": data.head.site, "period": str(data.span)}
    yield view.say("rule_again"), view.say("rule_again_text", **again)
    yield view.say("software"), f"Mieruka {data.head.software_version}"
    yield view.say("factors"), data.factor_snapshot


def signatures(view: CertificateView) -> Section:
    """Lines to sign on."""
    title = view.say("signatures")
    columns = _left(view, ("role", "name", "date", "signature"))
    # A seal needs the height of two rows.
    roles = [view.say(role) for role in ("author", "checker", "approver")]
    rows = tuple(_texts(text, "", "", "") for role in roles for text in (role, "\u00a0"))
    return Section(title, blocks=(Table(title, columns, rows),))


def _left(view: CertificateView, heads: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(view.say(head), align="left") for head in heads)


def _texts(*texts: str) -> Row:
    return Row(tuple(Cell(text) for text in texts))


def _standing(view: CertificateView, taken_back_by: str) -> str:
    return view.say("taken_back", by=taken_back_by) if taken_back_by else view.say("valid")

"""What `collector findings` prints, in both languages and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from rich.table import Table

from collector.commands.findings_words import say
from collector.commands.terminal import out, print_table
from collector.findings.find import GENERAL
from collector.findings.finding import NOTHING, Finding, Range, Silence, Threshold
from collector.findings.overlap import Total, total_of
from collector.findings.rules.table import RULES
from collector.findings.status import Change
from collector.findings.threshold_files import Thresholds
from collector.findings.tracked import Tracked
from collector.findings.verification import Verified
from collector.gather.followed_findings import Followed
from collector.reports.numbers import ABSENT, plain
from collector.reports.report import Language
from collector.site_config import SiteSettings

_ONE_DAY = timedelta(days=1)
SHOWN = ("open", "doing")
"""What a list has without --all; a mute that has ended is open."""


def show_list(
    followed: Followed,
    site: SiteSettings,
    days: tuple[date, date],
    every: bool,
    language: Language,
) -> None:
    """Print the findings as a table, their total, and with ``every`` where rules are silent."""
    out.print(say("title", language, site=_called(site, language), **_days(days)), markup=False)
    shown = [item for item in followed.tracked if every or item.status in SHOWN]
    if not shown:
        out.print(say("nothing", language), markup=False)
    else:
        print_table(_table(shown, language))
        _show_total(total_of(_found(shown)), _found(shown), language)
    hidden = len(followed.tracked) - len(shown)
    if hidden:
        out.print(say("hidden", language, count=hidden), markup=False)
    _show_silences(followed.findings.silences, every, language)


def show_finding(found: Tracked, site: SiteSettings, language: Language) -> None:
    """Print a finding whole."""
    if found.finding is None:
        out.print(say("gone", language, finding=found.key), markup=False)
    else:
        for line in _finding_lines(found.finding, language):
            out.print(line, markup=False)
    out.print(f"{say('status', language)}: {_standing(found, language)}", markup=False)
    for change in found.history:
        out.print(f"  {_entry(change, site, language)}", markup=False)


def show_verified(found: Verified, language: Language) -> None:
    """Print what a done finding has saved since."""
    savings, promised = found.savings, found.promised_kwh
    names: dict[str, str | int] = {
        "finding": found.key,
        "since": found.promise.done_on.isoformat(),
        "days": savings.points,
        "kwh": plain(savings.kwh),
        "low": plain(savings.at_90.low_kwh),
        "high": plain(savings.at_90.high_kwh),
        "low68": plain(savings.at_68.low_kwh),
        "high68": plain(savings.at_68.high_kwh),
        "promised": _range(promised),
        "model": found.model,
        "first": found.promise.first.isoformat(),
        "last": (found.promise.end - _ONE_DAY).isoformat(),
        "cv": f"{found.baseline.model.statistics.cv_rmse:.1%}",
        "option": found.baseline.option,
    }
    for key in ("verified", "saved", "promised", "baseline", f"outcome_{found.outcome}"):
        out.print(say(key, language, **names), markup=False)
    for caveat in savings.caveats:
        out.print(f"  - {caveat}", markup=False)


def show_rules(thresholds: Thresholds, language: Language) -> None:
    """Print every rule with what it looks at, its formula and its thresholds."""
    for rule in RULES:
        out.print(f"{rule.name}  {rule.title.in_(language)}", markup=False)
        out.print(f"  {rule.looks_at.in_(language)}", markup=False)
        out.print(f"  {rule.formula}", markup=False)
        _show_thresholds(thresholds, rule.name, language)
    out.print(f"general  {say('general', language)}", markup=False)
    _show_thresholds(thresholds, "general", language)
    out.print(say("how_to_change", language), markup=False)


def list_document(followed: Followed, days: tuple[date, date], every: bool) -> dict[str, Any]:
    """The list as one line of JSON tells it."""
    shown = [item for item in followed.tracked if every or item.status in SHOWN]
    return {
        "from": days[0],
        "to": days[1] - _ONE_DAY,
        "findings": [document(item) for item in shown],
        "total": dataclasses.asdict(total_of(_found(shown))),
        "silences": [dataclasses.asdict(item) for item in followed.findings.silences],
    }


def document(found: Tracked) -> dict[str, Any]:
    """A finding and its history as JSON tells it."""
    return {
        "key": found.key,
        "status": found.status,
        "owner": found.owner,
        "finding": None if found.finding is None else dataclasses.asdict(found.finding),
        "history": [dataclasses.asdict(change) for change in found.history],
    }


def verified_document(found: Verified) -> dict[str, Any]:
    """A verification as JSON tells it."""
    savings = found.savings
    return {
        "key": found.key,
        "outcome": found.outcome,
        "model": found.model,
        "option": found.baseline.option,
        "days": savings.points,
        "kwh": savings.kwh,
        "at_68": dataclasses.asdict(savings.at_68),
        "at_90": dataclasses.asdict(savings.at_90),
        "promised_kwh": dataclasses.asdict(found.promised_kwh),
        "promise": dataclasses.asdict(found.promise),
        "caveats": savings.caveats,
    }


def rules_document(thresholds: Thresholds) -> list[dict[str, Any]]:
    """The rules as JSON tells them."""
    return [
        {
            "name": rule.name,
            "title": dataclasses.asdict(rule.title),
            "looks_at": dataclasses.asdict(rule.looks_at),
            "formula": rule.formula,
            "thresholds": [dataclasses.asdict(row) for row in thresholds.of_rule(rule.name)],
        }
        for rule in RULES
    ]


def _table(shown: Iterable[Tracked], language: Language) -> Table:
    heads = ("key", "measure", "yen_year", "kwh_year", "t_year", "confidence", "status")
    table = Table(*(say(head, language) for head in heads))
    table.columns[0].no_wrap = True  # a key is copied and typed again
    for column in (2, 3, 4):
        table.columns[column].justify = "right"
        table.columns[column].no_wrap = True
    for item in shown:
        found = item.finding
        if found is None:
            table.add_row(
                _short(item.key), say("gone", language, finding=item.key), *[""] * 4, item.status
            )
            continue
        table.add_row(
            *(
                _short(item.key),
                found.text("measure", language),
                _range(found.yen),
                _range(found.kwh),
            ),
            *(_range(found.co2_t), say(found.confidence, language), _standing(item, language)),
        )
    return table


def _finding_lines(found: Finding, language: Language) -> Iterator[str]:
    yield f"{found.text('measure', language)}  [{found.key}]"
    yield f"  {found.text('before', language)} → {found.text('after', language)}"
    yield f"  {found.text('why', language)}"
    for key, amount, unit in _amounts(found):
        if amount is not None and (amount != NOTHING or key == "yen_year"):
            yield f"  {say(key, language)}: {_range(amount)} {unit}"
    yield f"  {say('basis', language)}: {found.text('price_basis', language)}"
    yield f"  {say('factor', language)}: {found.co2_factor}"
    yield f"  {say('confidence', language)}: {say(found.confidence, language)}"
    yield f"  {say('evidence', language)}: {_evidence(found, language)}"
    row = found.threshold
    yield f"  {say('threshold', language)}: {row.text(language)}: {_value(row, language)}"
    yield f"    {row.id}, {row.source}"
    for caveat in found.caveats(language):
        yield f"  - {caveat}"
    for overlap in found.overlaps:
        yield f"  - {say('overlap', language, finding=overlap.key, share=f'{overlap.share:.0%}')}"


def _amounts(found: Finding) -> tuple[tuple[str, Range | None, str], ...]:
    return (
        ("yen_year", found.yen, found.currency),
        ("kwh_year", found.kwh, "kWh"),
        ("kw", found.kw, "kW"),
        ("t_year", found.co2_t, "t-CO2"),
        ("kl_year", found.crude_oil_kl, "kL"),
        ("cost", found.cost_yen, found.currency),
        ("payback", found.payback_years, say("years", "en")),
    )


def _evidence(found: Finding, language: Language) -> str:
    evidence = found.evidence
    return say(
        "window",
        language,
        first=f"{evidence.start:%Y-%m-%d}",
        last=f"{evidence.end - _ONE_DAY:%Y-%m-%d}",
        known=f"{evidence.known:.1%}",
        estimated=f"{evidence.estimated:.1%}",
    )


def _standing(item: Tracked, language: Language) -> str:
    parts = [say(f"status_{item.status}", language), item.owner]
    if item.status == "muted" and item.until is not None:
        parts.append(say("until", language, day=item.until.isoformat()))
    return ", ".join(part for part in parts if part)


def _entry(change: Change, site: SiteSettings, language: Language) -> str:
    at = datetime.fromtimestamp(change.at_ms / 1000, UTC).astimezone(site.zone)
    said = [say(f"status_{change.status}", language), change.by, change.reason]
    if change.cost_yen is not None:
        said.append(f"{say('cost', language)} {plain(change.cost_yen)}")
    return f"{at:%Y-%m-%d %H:%M} " + ", ".join(part for part in said if part)


def _show_total(total: Total, found: list[Finding], language: Language) -> None:
    currency = found[0].currency if found else ""
    names = {
        "yen": f"{_range(total.yen)} {currency}",
        "kwh": _range(total.kwh),
        "t": _range(total.co2_t),
        "kl": _range(total.crude_oil_kl),
    }
    out.print(say("total", language, **names), markup=False)
    cut = [_short(key) for key, share in total.counted if share < 1]
    if cut:
        out.print(say("nothing_twice", language, keys=", ".join(cut)), markup=False)


def _show_silences(silences: Iterable[Silence], every: bool, language: Language) -> None:
    shown = [item for item in silences if every or item.lacking]
    lacking = [item for item in shown if item.lacking]
    if lacking:
        out.print(say("lacking", language), markup=False)
    for item in sorted(shown, key=lambda item: not item.lacking):
        named = f"{'' if item.rule == GENERAL else item.rule} {item.circuit}".strip()
        said = f"{named}: {item.why(language)}" if named else item.why(language)
        out.print(f"  {'!' if item.lacking else '·'} {said}", markup=False)


def _show_thresholds(thresholds: Thresholds, rule: str, language: Language) -> None:
    for row in thresholds.of_rule(rule):
        out.print(f"    {row.id} = {_value(row, language)}", markup=False)
        out.print(f"      {row.text(language)}", markup=False)
        out.print(f"      {row.source} [{row.confidence}, {row.since}]", markup=False)


def _short(key: str) -> str:
    """A key without its site, as the verbs take it: ``standby:press``, ``peak``."""
    rule, _, circuit = key.split(":", 2)
    return rule if circuit == "_site" else f"{rule}:{circuit}"


def _value(row: Threshold, language: Language) -> str:
    # A share says in its own text what it is a share of.
    share = row.unit.startswith("of ") and language == "ja"
    return f"{row.value:g}({row.value * 100:g} %)" if share else f"{row.value:g} {row.unit}"


def _found(shown: Iterable[Tracked]) -> list[Finding]:
    return [item.finding for item in shown if item.finding is not None]


def _range(amount: Range) -> str:
    if amount == NOTHING:
        return ABSENT
    if amount.low == amount.mid == amount.high:
        return plain(amount.mid, 3)
    return f"{plain(amount.mid, 3)} ({plain(amount.low, 3)}–{plain(amount.high, 3)})"


def _called(site: SiteSettings, language: Language) -> str:
    return (site.name_en if language == "en" else "") or site.name


def _days(days: tuple[date, date]) -> dict[str, str]:
    return {"first": days[0].isoformat(), "last": (days[1] - _ONE_DAY).isoformat()}

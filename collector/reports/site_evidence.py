"""Where the site overview's figures come from: factors as they must be cited, rules, version."""

from __future__ import annotations

from collections.abc import Iterator

from collector.factors.factor import UNSTATED
from collector.reports.edition import edition_text
from collector.reports.report import Block, Cell, Column, Note, Row, Section, Table
from collector.reports.site_data import FactorUsed
from collector.reports.site_view import SiteView
from collector.reports.words import method_name
from collector.rollup.carbon import JOINT

_RULES = ("rule_energy", "rule_demand", "rule_quality", "rule_sum", "rule_co2")
_TERMS = (Column("", align="left"), Column("", align="left"))


def evidence(view: SiteView) -> Section:
    """Each factor with its source, window and status; then how the figures are calculated."""
    blocks: list[Block] = [_factor_table(view, factor) for factor in view.data.factors]
    blocks += _unknown_factors(view)
    if view.facts.days and view.facts.co2_kg is None:
        blocks.append(Note(view.say("no_co2_text"), view.say("no_co2_hint"), "empty"))
    blocks.append(_rules(view))
    return Section(view.say("evidence"), view.say("evidence_lead"), tuple(blocks))


def _factor_table(view: SiteView, factor: FactorUsed) -> Table:
    edition = edition_text(factor.published.split(", "), view.language)
    source = factor.source_title + (f" ({edition})" if edition else "")
    gas = factor.gas.replace("CO2", "CO₂")
    lines = (
        ("factor_value", f"{factor.value} kg-{gas}/kWh (= t-{gas}/MWh)"),
        _whose(factor),
        ("method", method_name(factor.method, view.language)),
        ("window", _window(view, factor)),
        ("status", view.say(f"status_{factor.status}")),
        ("source", source),
        ("publisher", factor.publisher),
        ("attribution", factor.attribution),
        ("factor_id", factor.id),
    )
    rows = tuple(Row((Cell(view.say(key)), Cell(text))) for key, text in lines if text)
    return Table(view.say("factor_value"), _TERMS, rows)


def _whose(factor: FactorUsed) -> tuple[str, str]:
    # A row without a supplier is a region's, and its menu then names which figure of it.
    who = ("supplier", factor.supplier) if factor.supplier else ("region", factor.region)
    return who[0], " ".join(filter(None, (who[1], factor.menu)))


def _rules(view: SiteView) -> Table:
    rows = [Row((Cell(view.say(rule)), Cell(view.say(f"{rule}_text")))) for rule in _RULES]
    version = Cell(f"Mieruka {view.data.software_version}")
    rows.append(Row((Cell(view.say("rule_version")), version)))
    return Table(view.say("rules"), _TERMS, tuple(rows))


def _window(view: SiteView, factor: FactorUsed) -> str:
    first = factor.valid_from
    if first == UNSTATED:
        return view.say("window_unstated")
    if factor.valid_to is None:
        return f"{view.dates.day_only(first)} {view.say('open_end')}"
    last = factor.valid_to.fromordinal(factor.valid_to.toordinal() - 1)
    to = "〜" if view.language == "ja" else " – "
    years = view.dates.fiscal_year(first, last)
    return f"{view.dates.day_only(first)}{to}{view.dates.day_only(last)} ({years})"


def _unknown_factors(view: SiteView) -> Iterator[Note]:
    cited = {factor.id for factor in view.data.factors}
    used = {name for day in view.facts.days for name in day.factor_id.split(JOINT) if name}
    for name in sorted(used - cited):
        text = view.say("factor_unknown", id=name)
        yield Note(text, view.say("factor_unknown_hint"), "warning")

"""What findings look like: every field with its meaning and unit."""

from __future__ import annotations

from collector.api.schema import Schema, day, listed, number, text, thing, truth

RANGES = ("kwh", "kw", "crude_oil_kl", "co2_t", "yen", "cost_yen", "payback_years")
"""Fields that are ranges."""


def _range(meaning: str, unit: str, null: bool = False) -> Schema:
    ends = {name: number(f"{word}", unit) for name, word in _ENDS.items()}
    return thing(f"{meaning} ({unit})", ends, null=null)


_ENDS = {"low": "at least", "mid": "most likely", "high": "at most"}
_EVIDENCE = thing(
    "what it stands on",
    {
        "from": text("first instant of the load looked at"),
        "to": text("its end, excluded"),
        "coverage": number("measured share of the time", "0-1"),
        "estimated": number("share of the energy that bridges gaps", "0-1"),
        "known": number("share of slots of which the energy is known", "0-1"),
    },
)
_THRESHOLD = thing(
    "the row of data that decided",
    {
        "id": text("its id"),
        "value": number("its value, in its unit", "unit"),
        "unit": text("its unit"),
        "source": text("where it comes from"),
    },
)
_OVERLAP = thing(
    "another finding that would save a part of the same",
    {"key": text("its key"), "share": number("share of this one's yen", "0-1")},
)
FINDING: dict[str, Schema] = {
    "key": text("rule, site and circuit: stays the same over runs", "standby:sendai:press"),
    "rule": text("the rule", "standby"),
    "circuit": text("id of the meter; empty: the site", "press"),
    "circuit_name": text("its name"),
    "circuit_name_en": text("its English name, may be empty"),
    **{
        f"{name}_{language}": text(f"{meaning}, {spoken}")
        for name, meaning in {
            "measure": "what to do",
            "before": "how it is",
            "after": "how it will be",
            "why": "the evidence in a sentence",
            "price_basis": "what a kWh and a kW were taken to cost",
        }.items()
        for language, spoken in (("ja", "in Japanese"), ("en", "in English"))
    },
    "kwh": _range("energy saved in a year", "kWh"),
    "kw": _range("demand that goes away; null: none", "kW", null=True),
    "crude_oil_kl": _range("crude-oil equivalent saved in a year", "kL"),
    "co2_t": _range("CO2 saved in a year", "t"),
    "yen": _range("money saved in a year, in currency", "currency"),
    "currency": text("ISO 4217", "JPY"),
    "co2_factor": text("id of the factor, or ids joined by +"),
    "confidence": text("high, medium or low", "medium"),
    "cost_yen": _range("what it costs, in currency; null: not said", "currency", null=True),
    "payback_years": _range("cost over savings; null: no cost", "years", null=True),
    "caveats_ja": listed("what must be said beside it, in Japanese", text("a sentence")),
    "caveats_en": listed("what must be said beside it, in English", text("a sentence")),
    "overlaps": listed("findings of the same energy", _OVERLAP),
    "threshold": _THRESHOLD,
    "evidence": _EVIDENCE,
    "status": text("open, doing, done or muted", "open"),
    "owner": text("who has it, may be empty"),
    "since": text("when it was last changed (UTC); null: never", null=True),
}
FINDINGS: Schema = thing(
    "the findings of a site",
    {
        "site": text("id of the site", "sendai"),
        "from": day("first local day looked at"),
        "to": day("day after the last", "2026-04-01"),
        "rows": listed("the most yen first", thing("a finding", FINDING)),
        "silences": listed(
            "what was looked at in vain",
            thing(
                "a rule that finds nothing",
                {
                    "rule": text("the rule"),
                    "circuit": text("id of the meter; empty: the site"),
                    "why_ja": text("why, in Japanese"),
                    "why_en": text("why, in English"),
                    "lacking": truth("data or a setting is missing"),
                },
            ),
        ),
    },
)

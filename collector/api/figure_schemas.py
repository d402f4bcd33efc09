"""What accounts, bills and factors look like: every field with its meaning and unit."""

from __future__ import annotations

from collector.api.schema import (
    Schema,
    day,
    decimal,
    listed,
    number,
    of_column,
    text,
    thing,
    whole,
)
from collector.series.column import Column

_PUBLICATION: dict[str, Schema] = {
    "title": text("its title"),
    "publisher": text("who published it"),
    "revision": text("its revision"),
    "published_on": text("its date as printed: a day, a month or a year"),
    "url": text("where it is, may be empty"),
    "licence": text("its licence"),
    "attribution": text("how it wants to be named"),
}
_SOURCE = thing("the publication", _PUBLICATION)
_VIA = {"via": text("a transcription it was taken from, may be empty")}
_CITED = {
    "id": text("id of the factor", "jp-shk-2024-A0269-M-adjusted"),
    "method": text("its method", "jp_shk_adjusted"),
    "kg_per_kwh": decimal("how much a kWh stands for", "kg/kWh", "0.000423"),
    "gas": text("CO2 or CO2e", "CO2"),
    "valid_from": day("first day of the activity it is for", null=True),
    "valid_to": day("day after the last; null: open", null=True),
    "known_on": day("the day from which it could be known"),
    "source": _SOURCE,
}
_SUM = thing(
    "one method's figure; methods are never added up",
    {
        "method": text("the method", "location"),
        "kg": decimal("CO2 after certificates; null without a factor", "kg", "417.5", null=True),
        "gross_kg": decimal("CO2 before certificates", "kg", null=True),
        "deducted_kg": decimal("what certificates take off", "kg"),
        "certificate_kwh": decimal("energy claimed by certificates", "kWh"),
        "missing_kwh": decimal("energy without a factor", "kWh"),
        "status": text("official, provisional, fallback or missing: the worst in it", "official"),
        "factor_ids": listed("factors in it", text("id of a factor")),
    },
)
_LAW = thing(
    "primary energy by one heat value of the energy law",
    {
        "kwh": decimal("energy", "kWh"),
        "gj_per_mwh": decimal("heat value", "GJ/MWh", "8.64"),
        "gj": decimal("primary energy", "GJ"),
        "crude_oil_kl": decimal("crude-oil equivalent", "kL"),
        "source": text("where the heat value is from"),
        "note": text("what is to be said of it, may be empty"),
    },
)
_THRESHOLD = thing(
    "a threshold of the energy law, and how far it is",
    {
        "kl": decimal("the threshold", "kL", "1500"),
        "of": text("of what"),
        "meaning": text("what it brings"),
        "source": text("where it stands"),
        "kl_left": decimal("how far it is; negative: passed", "kL"),
        "kwh_left": {"description": "the same in electricity (kWh)"},
    },
)
_LINE = thing(
    "days under one contract and one factor, by one method",
    {
        "method": text("the method"),
        "from": day("first day"),
        "to": day("day after the last"),
        "contract": text("who supplies", null=True),
        "kwh": decimal("energy", "kWh"),
        "estimated_kwh": decimal("the part of it that bridges gaps", "kWh"),
        "factor": thing("the factor; null: none", _CITED, null=True),
        "status": text("official, provisional, fallback or missing"),
        "reason": text("why it is not official, may be empty"),
        "gross_kg": decimal("CO2 before certificates", "kg", null=True),
        "certificate_kwh": decimal("energy claimed by certificates", "kWh"),
        "deducted_kg": decimal("what certificates take off", "kg"),
        "kg": decimal("CO2", "kg", null=True),
    },
)
_CLAIM = thing(
    "a certificate claimed",
    {
        "kind": text("its kind", "non_fossil_non_fit"),
        "tracking_no": text("its number, may be empty"),
        "method": text("the method it counts for"),
        "kwh": decimal("what it is for", "kWh"),
        "used_kwh": decimal("used in this period", "kWh"),
        "used_before_kwh": decimal("used before it", "kWh"),
        "unused_kwh": decimal("left", "kWh"),
        "use": text("days it is claimed for"),
        "vintage": text("days of the generation"),
        "retired_on": day("when it was retired", null=True),
    },
)
ACCOUNT: Schema = thing(
    "the account of a site and a period",
    {
        "site": text("id of the site", "sendai"),
        "period": text("the period as it is named", "FY2025"),
        "from": day("first local day"),
        "to": day("day after the last", "2026-04-01"),
        "kwh": decimal("energy; null where nothing is known", "kWh", "412345.678", null=True),
        "estimated_kwh": decimal("the part of it that bridges gaps", "kWh", null=True),
        "coverage": number("measured share of the time", "0-1", 0.998),
        "days": whole("days of which energy is known", 365),
        "scope_2": listed("scope 2 by method", _SUM),
        "scope_3_category_3": listed("scope 3 category 3 by method", _SUM),
        "energy_gj": decimal("primary energy by the energy law", "GJ", null=True),
        "crude_oil_kl": decimal("crude-oil equivalent", "kL", null=True),
        "energy_law": listed("by heat value", _LAW),
        "energy_law_thresholds": listed("of a whole year; else empty", _THRESHOLD),
        "lines": listed("what the sums are made of", _LINE),
        "certificates": listed("certificates claimed", _CLAIM),
        "remarks": listed("what a reader should know", text("a remark")),
        "known_on": day("factors as known on that day; null: as known now", null=True),
        "factor_snapshot": text("digest of the set of factors"),
        "software_version": text("what made it"),
        "closed": thing(
            "the account closed for this period; null: it is not closed",
            {
                "number": whole("its number"),
                "by": text("who closed it"),
                "closed_at_ms": whole("when (UTC ms)"),
                "digest": text("SHA-256 of the closed account"),
            },
            null=True,
        ),
    },
)
BILL_LINES: tuple[Column, ...] = (
    Column("kind", "", "demand, energy, adder, levy, tax ...", "text", "energy"),
    Column("part", "", "tells lines of a kind apart: band, charge, adder", "text", "summer_day"),
    Column("label_en", "", "its English label", "text", "Energy, summer day"),
    Column("label_ja", "", "its Japanese label", "text", "電力量料金(夏季昼間)"),
    Column("quantity", "", "how much, in the unit; exact decimal as text", "text", "12345.6"),
    Column("unit", "", "kWh, kW, kVA, kvarh, month, day or %", "text", "kWh"),
    Column("price", "", "in the bill's currency a unit; exact decimal as text", "text", "17.27"),
    Column("amount", "", "in the bill's currency; exact decimal as text", "text", "213208.51"),
    Column("formula", "", "how amount follows", "text", "quantity × price"),
    Column("source", "", "where the price stands", "text"),
)
BILL: Schema = thing(
    "a bill",
    {
        "site": text("id of the site", "sendai"),
        "tariff_id": text("id of the tariff", "jp-kyushu-industrial-tou-a-6kv"),
        "from": day("first local day billed"),
        "to": day("day after the last", "2025-05-01"),
        "total": decimal("sum of the lines as the tariff rounds it", "currency", "1702593"),
        "currency": text("ISO 4217", "JPY"),
        "warnings": listed("what makes it differ from the supplier's", text("a warning")),
        "rows": listed(
            "the lines in the order of the bill",
            thing("a line", {column.name: of_column(column) for column in BILL_LINES}),
        ),
    },
)
FACTOR: Schema = thing(
    "a row of a published table",
    _CITED
    | {
        "region": text("country or grid region", "JP"),
        "supplier": text("the supplier; empty: the region's average", "A0269"),
        "supplier_name": text("its name"),
        "menu": text("the supply menu, may be empty", "M"),
        "menu_name": text("its name"),
        "kind": text("named, residual, whole, national, substitute or part"),
        "scheme": text("shk, ghgp, industry or project"),
        "scope": text("2, 3.3 or none"),
        "boundary": text("generation, consumption or lifecycle"),
        "definition": text("tells quantities of one name apart, may be empty"),
        "gwp": text("how other gases were counted"),
        "time_zone": text("zone of its days; empty: the plant's"),
        "measured_from": day("first day of the year measured", null=True),
        "measured_to": day("day after the last of it", null=True),
        "status": text("official, corrected, preliminary or withdrawn"),
        "supersedes": text("id of the row it corrects, may be empty"),
        "note": text("what is to be said of it, may be empty"),
        "decimals_published": whole("decimals of kg/kWh printed"),
        "known_until": day("when it was superseded", null=True),
        "superseded_by": text("id of the row that corrects it", null=True),
        "source": thing("the publication", _PUBLICATION | _VIA),
    },
)

"""What `collector intensity` says: a document of plain values, and that document on a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rich.table import Table

from collector.commands.terminal import out, print_table
from collector.intensity.advice import Advice
from collector.intensity.areas import area_name, zone_of
from collector.intensity.hints import ShiftSaving, Window, highest_window, lowest_window
from collector.intensity.matching import Matching
from collector.intensity.point import SIGNAL, Parsed
from collector.intensity.series import IntensitySeries
from collector.site_config import SiteSettings

HOUR_MS = 3_600_000
SHOWN_REFUSED = 10


# Import.


def import_document(parsed: Parsed, stored: Mapping[str, int] | None) -> dict[str, Any]:
    """What was taken, stored (None: a dry run) and refused."""
    zone = _zone_of(parsed)
    first_ms = min((point.start_ms for point in parsed.points), default=None)
    last_ms = max((point.end_ms for point in parsed.points), default=None)
    return {
        "label": SIGNAL,
        "areas": sorted({point.area for point in parsed.points}),
        "boundary": sorted({point.boundary for point in parsed.points}),
        "from": None if first_ms is None else _iso(first_ms, zone),
        "to": None if last_ms is None else _iso(last_ms, zone),
        "taken": len(parsed.points),
        "kinds": Counter(point.kind for point in parsed.points),
        "stored": stored,
        "refused": [
            {"where": item.where, "reason": item.reason, "rows": item.rows}
            for item in parsed.refused
        ],
        "passed_over": parsed.passed_over,
    }


def _zone_of(parsed: Parsed) -> ZoneInfo | None:
    """The zone of the areas, where it is known and one."""
    zones = {zone_of(point.area) for point in parsed.points}
    return zones.pop() if len(zones) == 1 else None


def show_import(parsed: Parsed, document: Mapping[str, Any]) -> None:
    """Print what an import did; of many lines refused, the first ones."""
    areas = ", ".join(map(area_name, document["areas"])) or "no area"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in document["kinds"].items())
    out.print(f"{document['taken']:,} intervals of {areas} ({kinds or 'none'})", markup=False)
    if document["from"]:
        out.print(f"from {document['from']} to {document['to']}, {document['boundary'][0]}")
    if document["stored"] is None:
        out.print("nothing stored (--dry-run)")
    else:
        out.print(", ".join(f"{count:,} {what}" for what, count in document["stored"].items()))
    for item in parsed.refused[:SHOWN_REFUSED]:
        rows = f" ({item.rows:,} rows)" if item.rows > 1 else ""
        out.print(f"refused {item.where}{rows}: {item.reason}", markup=False)
    if len(parsed.refused) > SHOWN_REFUSED:
        out.print(f"and {len(parsed.refused) - SHOWN_REFUSED:,} more refused: --json lists all")


# Show.


def show_document(
    series: IntensitySeries, area: str, span: tuple[int, int], zone: ZoneInfo
) -> dict[str, Any]:
    """A day of an area (UTC ms, local times in the zone); the series must not be empty."""
    known_ms = series.known_ms(*span)
    weighted = sum(
        (Decimal(str(p.g_per_kwh)) * (p.end_ms - p.start_ms) for p in series.points), Decimal(0)
    )
    return {
        "label": SIGNAL,
        "area": area,
        "boundary": series.boundary,
        "mean_g_per_kwh": weighted / known_ms,
        "known_share": Decimal(known_ms) / (span[1] - span[0]),
        "lowest_hour": _window(lowest_window(series, *span, HOUR_MS), zone),
        "highest_hour": _window(highest_window(series, *span, HOUR_MS), zone),
        "intervals": [
            {
                "from": _iso(point.start_ms, zone),
                "to": _iso(point.end_ms, zone),
                "g_per_kwh": point.g_per_kwh,
                "kind": point.kind,
                "source": point.source,
            }
            for point in series.points
        ],
    }


def show_day(document: Mapping[str, Any], day: date) -> None:
    """Print a day: the mean, the cleanest and dirtiest hour, every interval."""
    name, mean = area_name(document["area"]), document["mean_g_per_kwh"]
    out.print(f"{mean:,.0f} g/kWh mean of {name} on {day} ({document['boundary']})", markup=False)
    _print_windows(document["lowest_hour"], document["highest_hour"])
    _print_known(document["known_share"])
    table = Table("from", "to")
    table.add_column("g/kWh", justify="right", no_wrap=True)
    table.add_column("kind", overflow="fold")
    for row in document["intervals"]:
        table.add_row(row["from"][11:16], row["to"][11:16], f"{row['g_per_kwh']:,.0f}", row["kind"])
    print_table(table)
    out.print(f"({SIGNAL})")


# Hints.


def hints_document(
    advice: Advice, plant: SiteSettings, area: str, reported: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The hints, with what the site reports put beside and never mixed in."""
    zone = None if advice.typical else plant.zone
    mean = advice.mean
    return {
        "label": SIGNAL,
        "site": plant.id,
        "area": area,
        "from": _iso(advice.from_ms, plant.zone),
        "to": _iso(advice.to_ms, plant.zone),
        "typical_day_of": advice.days if advice.typical else None,
        "boundary": advice.boundary,
        "kinds": dict(advice.kinds),
        "known_share": advice.known_share,
        "lowest": _window(advice.lowest, zone),
        "highest": _window(advice.highest, zone),
        "shift": _shift(advice.shift, zone),
        "use": {
            "kwh": _kwh(mean.used_milli_wh),
            "kwh_with_intensity": _kwh(mean.known_milli_wh),
            "weighted_g_per_kwh": mean.weighted_g_per_kwh,
            "flat_g_per_kwh": mean.flat_g_per_kwh,
        },
        "reported": reported,
        "hourly_matching": _matching(advice.matching),
    }


def _shift(shift: ShiftSaving | None, zone: ZoneInfo | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    return {
        "kw": shift.kw,
        "hours": shift.hours,
        "kwh": shift.kwh,
        "kg": shift.kg,
        "now": _window(shift.from_window, zone),
        "then": _window(shift.to_window, zone),
    }


def _matching(match: Matching) -> dict[str, Any]:
    by_slot = match.by_slot_milli_wh
    return {
        "in_vintage_kwh": _kwh(match.in_vintage_milli_wh),
        "by_volume_kwh": _kwh(match.by_volume_milli_wh),
        "volume_share": match.volume_share,
        "by_slot_kwh": None if by_slot is None else _kwh(by_slot),
        "slot_share": match.slot_share,
        "obstacles": list(match.obstacles),
    }


def show_hints(document: Mapping[str, Any]) -> None:
    """Print the hints, figures first."""
    days = document["typical_day_of"]
    out.print(
        f"{document['site']} on the grid of {area_name(document['area'])}, "
        + (document["from"][:10] if days is None else f"typical day of {document['from'][:7]}")
        + (f" ({days:,} days)" if days is not None else "")
        + f" ({document['boundary']})",
        markup=False,
    )
    _print_windows(document["lowest"], document["highest"])
    _print_shift(document["shift"])
    _print_known(document["known_share"])
    if forecast := document["kinds"].get("forecast"):
        out.print(f"{forecast:,} of {sum(document['kinds'].values()):,} intervals are forecasts")
    _print_use(document["use"], document["reported"])
    _print_matching(document["hourly_matching"])
    out.print(f"({SIGNAL})")


def _print_shift(shift: Mapping[str, Any] | None) -> None:
    if shift is None:
        out.print("the shift cannot be told: a part of its hours is not known or past midnight")
        return
    now, then = _clock(shift["now"]["from"]), _clock(shift["then"]["from"])
    sense = "less" if shift["kg"] >= 0 else "more"
    out.print(
        f"{abs(shift['kg']):,.1f} kg CO2 {sense} each time {float(shift['kw']):,g} kW for "
        f"{float(shift['hours']):g} h move from {now} to {then}"
    )


def _print_windows(lowest: Mapping[str, Any] | None, highest: Mapping[str, Any] | None) -> None:
    if lowest is None or highest is None:
        out.print("no stretch of that length is wholly known")
        return
    for word, window in (("cleanest", lowest), ("dirtiest", highest)):
        begin, end = _clock(window["from"]), _clock(window["to"])
        out.print(f"{window['g_per_kwh']:,.0f} g/kWh {word}, {begin} to {end}", markup=False)


def _print_known(share: Decimal) -> None:
    if share < 1:
        out.print(f"{share:.1%} of the time is known; import the missing days")


def _print_use(use: Mapping[str, Any], reported: Mapping[str, Any] | None) -> None:
    if use["weighted_g_per_kwh"] is None:
        out.print("no use of the site in this time: collector summarise brings it up to date")
        return
    out.print(
        f"{use['weighted_g_per_kwh']:,.0f} g/kWh met by {use['kwh_with_intensity']:,.0f} of "
        f"{use['kwh']:,.0f} kWh used (the plain mean is {use['flat_g_per_kwh']:,.0f})"
    )
    if reported:
        factors = ", ".join(reported["factors"])
        out.print(
            f"{reported['g_per_kwh']:,.0f} g/kWh is what is reported ({factors})", markup=False
        )


def _print_matching(match: Mapping[str, Any]) -> None:
    by_volume, by_slot = match["volume_share"], match["slot_share"]
    if by_volume is not None:
        out.print(f"{by_volume:.1%} of the use could be matched by volume of certificates")
    if by_slot is not None:
        out.print(f"{by_slot:.1%} of the use could be matched slot by slot")
    for obstacle in match["obstacles"]:
        out.print(f"hourly matching: {obstacle}", markup=False)


# What all have in common.


def _window(window: Window | None, zone: ZoneInfo | None) -> dict[str, Any] | None:
    if window is None:
        return None
    return {
        "from": _iso(window.start_ms, zone) if zone else _of_day(window.start_ms),
        "to": _iso(window.end_ms, zone) if zone else _of_day(window.end_ms),
        "g_per_kwh": window.g_per_kwh,
    }


def _iso(at_ms: int, zone: ZoneInfo | None = None) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone or ZoneInfo("UTC")).isoformat()


def _of_day(of_day_ms: int) -> str:
    hours, minutes = divmod(of_day_ms // 60_000, 60)
    return f"{hours:02}:{minutes:02}"


def _clock(text: str) -> str:
    return text[11:16] if "T" in text else text


def _kwh(milli_wh: int) -> Decimal:
    return Decimal(milli_wh).scaleb(-6)

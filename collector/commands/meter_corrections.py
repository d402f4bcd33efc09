"""`collector meters correct`, `corrections`, `take-back`, `replaced`: a person's word on a counter.

Each is kept with who said it, when and why, and computes the days it touches again.
"""

from __future__ import annotations

import math
import re
import time
from enum import StrEnum
from typing import Annotated, Any

import typer

from collector import config
from collector.app import Collector
from collector.commands.meter_places import (
    ByOption,
    MeterArgument,
    Place,
    SiteArgument,
    counted,
    instant_named,
    iso,
    local,
    place_named,
    recomputed,
    show_days,
)
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    open_collector,
    out,
    print_json,
    site_named,
)
from collector.errors import CollectorError
from collector.rollup.counters import Ruling, RulingKind
from collector.rollup.periods import Window
from collector.rollup.series import RULING_REACH_MS
from collector.rollup.site_calendar import calendar_of
from collector.site_config import SiteSettings
from collector.state.identities import Identity
from collector.state.rulings import RulingEntry

CORRECTION, REPLACEMENT = "c", "m"
BACK = "take it back with: collector meters take-back {} --by NAME"
_ID = re.compile(r"([cm]?)(\d{1,15})")


class Kind(StrEnum):
    """What a step of the counter is to be taken for."""

    GLITCH = "glitch"
    RESET = "reset"
    REPLACED = "replaced"
    ROLLOVER = "rollover"
    RATIO = "ratio"
    FROZEN = "frozen"
    GAP = "gap"
    PLAIN = "plain"


AtOption = Annotated[str, typer.Option("--at", help="With offset, or the site's own time.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for whoever asks later.")]


def correct(
    site: SiteArgument,
    meter: MeterArgument,
    at: AtOption,
    kind: Annotated[Kind, typer.Option("--as", help="What the step was; plain: as it stands.")],
    reason: ReasonOption,
    by: ByOption,
    kwh: Annotated[
        float | None, typer.Option("--kwh", help="Energy of the step; else the engine books it.")
    ] = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Rule what a step of a counter was; compute the days it touches again.

    The step is the one that ends at the first reading at or after --at; glitch leaves that
    reading out.
    """
    with one_line(), open_collector(config.load(path)) as collector:
        place = counted(place_named(collector.settings, site, meter))
        ruling = Ruling(instant_named(at, place.site), _KINDS[kind], _milli(kwh, place), reason, by)
        span = _step(collector, place, ruling.at_ms)
        ruling_id = collector.state.rulings.add(*place.key, ruling, _now_ms())
        figures = recomputed(collector, place, span)
        name = f"{CORRECTION}{ruling_id}"
        reading = local(span.end_ms - 1, place.site)
        said = f"{name}: the step that ends at the reading of {reading} is taken as {kind.value}"
        back = BACK.format(name)
        show_days({"id": name, "kind": kind.value}, (said, back), figures, place, as_json)


_KINDS: dict[Kind, RulingKind] = {
    Kind.GLITCH: "glitch",
    Kind.RESET: "reset",
    Kind.REPLACED: "replaced",
    Kind.ROLLOVER: "rollover",
    Kind.RATIO: "ratio",
    Kind.FROZEN: "frozen",
    Kind.GAP: "gap",
    Kind.PLAIN: "plain",
}


def replaced(
    site: SiteArgument,
    meter: MeterArgument,
    at: AtOption,
    by: ByOption,
    serial: Annotated[str, typer.Option(help="The new meter's serial number.")] = "",
    reason: ReasonOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Note that a meter was replaced at an instant; compute the days it touches again."""
    with one_line(), open_collector(config.load(path)) as collector:
        place = counted(place_named(collector.settings, site, meter))
        at_ms = instant_named(at, place.site)
        identities = collector.state.identities
        identity_id = identities.replaced(place.site.id, meter, at_ms, by, serial, reason)
        figures = recomputed(collector, place, _around(collector, place, at_ms))
        name = f"{REPLACEMENT}{identity_id}"
        said = f"{name}: another meter counts from {local(at_ms, place.site)} on"
        back = BACK.format(name)
        show_days({"id": name, "serial": serial}, (said, back), figures, place, as_json)


def take_back(
    correction: Annotated[str, typer.Argument(help="The id: c12 or m3.")],
    by: ByOption,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Take a correction or a replacement back; it stays in the list, with a mark."""
    with one_line(), open_collector(config.load(path)) as collector:
        letter, number = _id_of(correction)
        if not by.strip():
            raise CollectorError("who takes it back is not said", "write --by NAME")
        state = collector.state
        entry: RulingEntry | Identity
        if letter == CORRECTION:
            entry = state.rulings.take_back(number, by, _now_ms())
            at_ms = entry.ruling.at_ms
        else:
            entry = state.identities.take_back(number, by, _now_ms())
            at_ms = entry.from_ms
        place = place_named(collector.settings, entry.site, entry.meter)
        figures = recomputed(collector, place, _around(collector, place, at_ms))
        name = f"{letter}{number}"
        said = f"{name} is taken back; the counter is judged as it was before"
        show_days({"id": name, "taken_back_by": by}, (said,), figures, place, as_json)


def corrections(
    site: SiteArgument,
    meter: Annotated[str, typer.Argument(help="One meter only.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List what people ruled on a site's counters, taken back or not."""
    with one_line(), open_collector(config.load(path)) as collector:
        of_site = site_named(collector.settings, site)
        rulings = collector.state.rulings.list(site, meter)
        told = collector.state.identities.said_by_users(site, meter)
        if meter and not rulings and not told:
            place_named(collector.settings, site, meter)
        rows = [_ruling_row(entry, of_site) for entry in rulings]
        rows += [_identity_row(entry, of_site) for entry in told]
        rows.sort(key=lambda row: str(row["at"]))
        if as_json:
            print_json({"site": site, "corrections": rows})
        elif not rows:
            out.print(f"nobody has ruled on a counter of {meter or site}", markup=False)
        else:
            _show_rows(rows)


# What was asked.


def _milli(kwh: float | None, place: Place) -> int | None:
    if kwh is None:
        return None
    if not math.isfinite(kwh) or kwh < 0:
        hint = "for example --kwh 12.5; leave it out to let the engine book the step"
        raise CollectorError(f"--kwh {kwh:g}: must be 0 or above", hint)
    return round(kwh * place.milli_per_unit)


def _id_of(text: str) -> tuple[str, int]:
    found = _ID.fullmatch(text)
    if found is None:
        hint = "c12 or m3; the ids are in: collector meters corrections SITE"
        raise CollectorError(f"{text} is not the id of a correction", hint)
    return found[1] or CORRECTION, int(found[2])


def _step(collector: Collector, place: Place, at_ms: int) -> Window:
    """The step that ends at the first reading from the instant on.

    Raises ``CollectorError`` when there is none near enough, or none before it.
    """
    found = collector.store.first_from(*place.key, at_ms)
    before = collector.store.last_before(*place.key, at_ms)
    if found is None or found[0] - at_ms > RULING_REACH_MS:
        nearest = [sample[0] for sample in (before, found) if sample is not None]
        shown = " and ".join(local(near, place.site) for near in nearest)
        hint = f"its nearest readings: {shown}" if shown else "it has no readings yet"
        what = f"{place.meter.id} has no reading in the 30 minutes from {local(at_ms, place.site)}"
        raise CollectorError(what, hint)
    if before is None:
        what = f"{local(found[0], place.site)} is the first reading of {place.meter.id}"
        raise CollectorError(what, "a step lies between two readings; name a later one")
    return Window(before[0], found[0] + 1)


def _around(collector: Collector, place: Place, at_ms: int) -> Window:
    """The step that the instant lies in, as far as there are readings."""
    found = collector.store.first_from(*place.key, at_ms)
    before = collector.store.last_before(*place.key, at_ms)
    first_ms = at_ms if before is None else before[0]
    return Window(first_ms, (at_ms if found is None else found[0]) + 1)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


# What there is.


def _ruling_row(entry: RulingEntry, site: SiteSettings) -> dict[str, Any]:
    ruling = entry.ruling
    booked, unit = _booked(entry, site)
    return {
        "id": f"{CORRECTION}{entry.id}",
        "meter": entry.meter,
        "at": iso(ruling.at_ms, site),
        "as": ruling.kind,
        "booked": booked,
        "unit": unit,
        "reason": ruling.reason,
        "by": ruling.by,
        "made_at": iso(entry.made_at_ms, site),
        "taken_back_by": entry.taken_back_by,
        "taken_back_at": _when(entry.taken_back_at_ms, site),
    }


def _identity_row(entry: Identity, site: SiteSettings) -> dict[str, Any]:
    return {
        "id": f"{REPLACEMENT}{entry.id}",
        "meter": entry.meter,
        "at": iso(entry.from_ms, site),
        "as": f"new meter {entry.serial}".rstrip(),
        "booked": None,
        "unit": None,
        "reason": entry.reason,
        "by": entry.by,
        "made_at": None,
        "taken_back_by": entry.taken_back_by,
        "taken_back_at": _when(entry.taken_back_at_ms, site),
    }


def _when(at_ms: int | None, site: SiteSettings) -> str | None:
    return None if at_ms is None else iso(at_ms, site)


def _booked(entry: RulingEntry, site: SiteSettings) -> tuple[float | None, str]:
    # A meter may have left the settings since; what was ruled on it still counts.
    for meter in site.meters:
        if meter.id == entry.meter:
            place = Place(site, meter, calendar_of(site))
            return place.of_milli(entry.ruling.booked_milli_wh), place.unit
    milli_wh = entry.ruling.booked_milli_wh
    return (None if milli_wh is None else milli_wh / 1e6), "kWh"


def _show_rows(rows: list[dict[str, Any]]) -> None:
    # Two lines a row: reasons are sentences, and an id must be whole to be taken back.
    for row in rows:
        at = row["at"][:19].replace("T", " ")
        booked = "" if row["booked"] is None else f", {row['booked']:,.3f} {row['unit']}"
        out.print(f"{row['id']:4} {at}  {row['meter']}: {row['as']}{booked}", markup=False)
        back = f"; taken back by {row['taken_back_by']}" if row["taken_back_by"] else ""
        reason = f": {row['reason']}" if row["reason"] else ""
        out.print(f"     {row['by']}{reason}{back}", markup=False)

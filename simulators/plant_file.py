"""Reads a plant from one TOML file, and tells all of its faults at once.

Before: ``plants/<name>.toml``, or any such file by its path. After: a ``Plant`` that starts at an
instant of the caller's choice, its counters where the file says. A meter draws either a load
shape or the intervals of a CSV file; for a meter with children this is what nobody else measures.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from edge_agent.errors import ConfigError, StopError
from edge_agent.process.bounded import tables_in
from simulators import plant_text, series
from simulators.electricity import Supply
from simulators.hookup import Hookup
from simulators.load import IntervalLoad, Load, MinuteLoad, ShapedLoad
from simulators.plant import Contract, Link, OtherMaster, Plant, PlantMeter, Site
from simulators.plant_text import (
    WEEKDAYS,
    CalendarText,
    CsvText,
    HoursText,
    LoadText,
    MeterText,
    PlantFaultsError,
    PlantText,
    SiteText,
)
from simulators.shapes import SHAPES
from simulators.shapes.day import Calendar, Hours
from simulators.shapes.noise import seed_of

_HOOKUP = {"wiring", "miswired", "ct_factor", "vt_factor"}
HINT = "correct the file; simulators/plants shows the form"


def available() -> tuple[str, ...]:
    """The names of the shipped plants, sorted."""
    entries = (entry.name for entry in files("simulators").joinpath("plants").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in entries if name.endswith(".toml")))


def load(name_or_path: str, start_ms: int) -> Plant:
    """The shipped plant of that name, or the one in the file at that path (``.toml``).

    Its energies count from ``start_ms`` (UTC). Raises ``ConfigError`` with all faults of the
    file, one line each, or ``StopError`` when there is no such plant.
    """
    text, folder = _found(name_or_path)
    try:
        document = tables_in(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{name_or_path}: not TOML: {error}"], HINT) from None
    try:
        return _plant(plant_text.parse(_with_places(document, folder)), folder, start_ms)
    except PlantFaultsError as error:
        lines = [f"{name_or_path}: {fault}" for fault in error.faults]
        raise ConfigError(lines, HINT) from None


def _found(name_or_path: str) -> tuple[str, Path]:
    if not name_or_path.endswith(".toml"):
        if name_or_path not in available():
            known = ", ".join(available())
            hint = f"shipped: {known}; or give the path of a .toml file"
            raise StopError(f"there is no plant {name_or_path}", hint)
        source = files("simulators").joinpath("plants", f"{name_or_path}.toml")
        return source.read_text(encoding="utf-8"), Path()
    try:
        return Path(name_or_path).read_text(encoding="utf-8"), Path(name_or_path).parent
    except (OSError, UnicodeDecodeError) as error:
        hint = "give the path of a readable .toml file"
        raise StopError(f"plant {name_or_path} cannot be read: {error}", hint) from error


def _with_places(document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The document, with the paths of a user's own profiles counted from the plant file."""
    for meter in document.get("meters", []) if isinstance(document.get("meters"), list) else []:
        name = meter.get("profile") if isinstance(meter, dict) else None
        if isinstance(name, str) and name.endswith(".toml"):
            meter["profile"] = str(folder / name)
    return document


def _plant(text: PlantText, folder: Path, start_ms: int) -> Plant:
    notices: list[str] = []
    loads: dict[str, Load] = {}
    for row in text.meters:
        if row.csv is not None:
            found = _series(row.csv, folder, text.site.time_zone)
            notices += (f"{row.id}: {notice}" for notice in found.notices)
            loads[row.id] = IntervalLoad(found.intervals, start_ms)
        elif row.load is not None:
            loads[row.id] = _shaped(text, row, row.load, start_ms)
    return Plant(
        site=_site(text.site),
        supply=Supply(text.site.voltage_v, text.site.frequency_hz),
        links=tuple(Link(**link.model_dump()) for link in text.links),
        meters=tuple(_meter(row, text.site.seed) for row in text.meters),
        loads=loads,
        start_ms=start_ms,
        notices=tuple(notices),
        masters=tuple(OtherMaster(**row.model_dump()) for row in text.masters),
    )


def _series(text: CsvText, folder: Path, time_zone: str) -> series.Series:
    columns = series.Columns(
        text.time_column, text.energy_column, text.power_column, text.label, time_zone
    )
    return series.read(folder / text.path, columns)


def _shaped(text: PlantText, row: MeterText, load: LoadText, start_ms: int) -> MinuteLoad:
    seed = seed_of(text.site.seed, row.id)
    shaped = ShapedLoad(SHAPES[load.shape], load.peak_kw, load.base_kw, load.noise, seed)
    zone = ZoneInfo(text.site.time_zone)
    return MinuteLoad(shaped, _calendar(text.calendar), _hours(text.hours), zone, start_ms)


def _hours(text: HoursText) -> Hours:
    moments = (text.starts, text.ends, text.lunch_starts, text.lunch_ends)
    return Hours(*(moment.hour * 60 + moment.minute for moment in moments))


def _calendar(text: CalendarText) -> Calendar:
    yearly = ((int(day[:2]), int(day[3:])) for day in text.closed_yearly)
    return Calendar(
        half_weekdays=frozenset(map(WEEKDAYS.index, text.half_weekdays)),
        closed_weekdays=frozenset(map(WEEKDAYS.index, text.closed_weekdays)),
        closed_yearly=frozenset(yearly),
        closed_dates=frozenset(text.closed_dates),
    )


def _site(text: SiteText) -> Site:
    facts = text.model_dump(exclude={"contracts", "voltage_v", "frequency_hz", "seed"})
    return Site(**facts, contracts=tuple(Contract(**c.model_dump()) for c in text.contracts))


def _meter(row: MeterText, seed: int) -> PlantMeter:
    facts = row.model_dump(exclude={"load", "csv", "counter_wh", *_HOOKUP})
    return PlantMeter(
        **facts, start_wh=row.counter_wh, seed=seed_of(seed, row.id), hookup=_hookup(row)
    )


def _hookup(row: MeterText) -> Hookup | None:
    """How the file says that it is connected; None when it says nothing."""
    if not row.model_fields_set & _HOOKUP:
        return None
    return Hookup(row.connected, row.miswired, row.ct_factor, row.vt_factor)

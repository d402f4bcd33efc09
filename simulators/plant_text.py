"""A plant file as it is written: its schema, and every fault in one.

Before: the tables of a plant's TOML. After: a ``PlantText`` that means something: every shape and
profile is known, every meter hangs on a link, draws something, and is nobody's ancestor twice.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from edge_agent import profile
from edge_agent.contract.topics import NAME_PATTERN
from simulators import series
from simulators.faults import AnswerFault
from simulators.hookup import miswirings, usual_wiring
from simulators.plant import LinkKind
from simulators.shapes import SHAPES
from simulators.vectors import Wiring

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip


def _one_of(word: str, known: Sequence[str], what: str) -> str:
    if word not in known:
        near = difflib.get_close_matches(word, known, n=1) or sorted(known)
        raise ValueError(f"no such {what}; write {' or '.join(near)}")
    return word


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone; write a name like Asia/Tokyo")
    return name


def _month_day(text: str) -> str:
    try:
        date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise ValueError('not a month and day; write them like "12-31"') from None
    return text


def _profile(name: str) -> str:
    """A shipped profile's name, or the path of a file that is one."""
    if not name.endswith(".toml"):
        return _one_of(name, profile.available(), "profile")
    faults = profile.faults(name)
    if faults:
        raise ValueError(f"{len(faults)} fault(s) in this profile; the first: {faults[0]}")
    return name


Name = Annotated[str, Field(pattern=rf"^{NAME_PATTERN}$")]
ZoneName = Annotated[str, AfterValidator(_zone)]
MonthDay = Annotated[str, AfterValidator(_month_day)]
ShapeName = Annotated[str, AfterValidator(lambda name: _one_of(name, list(SHAPES), "shape"))]
ProfileName = Annotated[str, AfterValidator(_profile)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ContractText(_Text):
    """One entry of [[site.contracts]]."""

    region: str
    supplier: str = ""
    menu: str = ""
    from_date: date = Field(alias="from")


class SiteText(_Text):
    """[site]: the site's facts, its supply, and the seed of its noise."""

    id: Name
    name: str
    name_en: str
    time_zone: ZoneName
    fiscal_year_starts: int = Field(default=4, ge=1, le=12)
    contract_power_kw: Positive | None = None
    co2_method: str = "jp_shk_adjusted"
    voltage_v: Positive = 210.0
    frequency_hz: Positive = 50.0
    seed: int = 1
    contracts: tuple[ContractText, ...] = ()


class HoursText(_Text):
    """[hours]: when people work."""

    starts: time = time(8)
    ends: time = time(17)
    lunch_starts: time = time(12)
    lunch_ends: time = time(12, 50)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.starts <= self.lunch_starts <= self.lunch_ends <= self.ends:
            raise ValueError("not in order; work starts, lunch starts, lunch ends, work ends")
        return self


class CalendarText(_Text):
    """[calendar]: when the plant is closed, or works half a day; yearly days are "MM-DD"."""

    half_weekdays: tuple[Weekday, ...] = ("saturday",)
    closed_weekdays: tuple[Weekday, ...] = ("sunday",)
    closed_yearly: tuple[MonthDay, ...] = ()
    closed_dates: tuple[date, ...] = ()


class LinkText(_Text):
    """One entry of [[links]]."""

    id: Name
    kind: LinkKind
    baud: int = Field(default=9600, ge=300)
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    baud_timing: bool = False
    max_connections: int = Field(default=0, ge=0)
    when_full: Literal["close", "refuse"] = "close"
    fault: Literal["", "dead", "noisy", "full"] = ""


class MasterText(_Text):
    """One entry of [[masters]]: a controller that asks these units of a serial line."""

    link: str
    units: tuple[Annotated[int, Field(ge=1, le=247)], ...] = Field(min_length=1)
    every_s: Positive = 1.0


class LoadText(_Text):
    """[meters.load]: a load shape between ``base_kw`` and ``peak_kw``."""

    shape: ShapeName
    peak_kw: Positive
    base_kw: NotNegative = 0.0
    noise: float = Field(default=0.0, ge=0, le=0.5)

    @model_validator(mode="after")
    def _base_below_peak(self) -> Self:
        if self.base_kw > self.peak_kw:
            raise ValueError("base_kw is above peak_kw; write the smaller one as base_kw")
        return self


class CsvText(_Text):
    """[meters.csv]: a measured load profile; its path counts from the plant file."""

    path: Path
    time_column: str
    energy_column: str | None = None
    power_column: str | None = None
    label: series.Label = "start"


class MeterText(_Text):
    """One entry of [[meters]]."""

    id: Name
    name: str
    name_en: str
    link: str
    unit_id: int = Field(ge=1, le=247)
    profile: ProfileName
    parent: str | None = None
    rated_power_kw: Positive
    power_factor: float = Field(default=0.9, gt=0, le=1)
    counter_wh: NotNegative = 0.0
    load: LoadText | None = None
    csv: CsvText | None = None
    wiring: Wiring | None = None
    voltage_v: Positive | None = None
    miswired: tuple[str, ...] = ()
    ct_factor: Positive = 1.0
    vt_factor: Positive = 1.0
    ct_ratio: Positive = 1.0
    vt_ratio: Positive = 1.0
    settings: dict[str, Annotated[float, Field(allow_inf_nan=False)]] = {}
    serial: str = Field(default="", max_length=20)
    turnaround_ms: NotNegative = 0.0
    doubled: bool = False
    fault: Literal["", AnswerFault] = ""

    @property
    def connected(self) -> Wiring:
        """The wiring, as the file says or as this meter usually is connected."""
        return self.wiring or usual_wiring(profile.load(self.profile).wirings)

    @model_validator(mode="after")
    def _one_load(self) -> Self:
        if self.load and self.csv:
            raise ValueError("draws from load and from csv; keep one of them")
        return self

    @model_validator(mode="after")
    def _fits_its_profile(self) -> Self:
        model = profile.load(self.profile)
        if self.wiring and model.wirings and self.wiring not in model.wirings:
            possible = " or ".join(model.wirings)
            raise ValueError(f"{self.profile} cannot be wired {self.wiring}; write {possible}")
        for word in self.miswired:
            _one_of(word, miswirings(self.connected), f"miswiring of {self.connected}")
        for name in self.settings:
            _one_of(name, [row.name for row in model.settings] or ["none"], "setting of it")
        return self


class PlantText(_Text):
    """A whole plant file."""

    site: SiteText
    hours: HoursText = HoursText()
    calendar: CalendarText = CalendarText()
    links: tuple[LinkText, ...] = Field(min_length=1)
    meters: tuple[MeterText, ...] = Field(min_length=1)
    masters: tuple[MasterText, ...] = ()


class PlantFaultsError(ValueError):
    """A plant file has faults; ``faults`` holds one line for each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


def parse(document: Mapping[str, Any]) -> PlantText:
    """The plant in a TOML document. Raises ``PlantFaultsError`` with all of its faults."""
    plant: PlantText | None = None
    faults: list[str] = []
    try:
        plant = PlantText.model_validate(document)
    except ValidationError as error:
        faults += _schema_faults(error)
    faults += _relation_faults(document)
    if faults or plant is None:
        raise PlantFaultsError(faults)
    return plant


def _schema_faults(error: ValidationError) -> Iterator[str]:
    for detail in error.errors(include_url=False):
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in detail["loc"])
        where = "".join(steps).removeprefix(".")
        value = detail["input"]
        shown = "" if isinstance(value, Mapping | list | tuple) else f" = {value!r}"
        yield f"{where}{shown}: {detail['msg'].removeprefix('Value error, ')}"


def _relation_faults(document: Mapping[str, Any]) -> Iterator[str]:
    links, meters = _tables(document, "links"), _tables(document, "meters")
    yield from _doubles(links, ("id",))
    yield from _doubles(meters, ("id",))
    single = [(where, meter) for where, meter in meters if meter.get("doubled") is not True]
    yield from _doubles(single, ("link", "unit_id"))
    parents = {str(meter.get("id")): meter.get("parent") for _, meter in meters}
    known = {str(link.get("id")) for _, link in links}
    for where, meter in meters:
        link, parent = meter.get("link"), meter.get("parent")
        if isinstance(link, str) and link not in known:
            yield f'{where}.link = "{link}": no [[links]] has that id'
        if isinstance(parent, str) and parent not in parents:
            yield f'{where}.parent = "{parent}": no [[meters]] has that id'
        elif isinstance(parent, str) and _circular(str(meter.get("id")), parents):
            yield f'{where}.parent = "{parent}": goes round in a circle'
        if meter.get("id") not in parents.values() and not {"load", "csv"} & meter.keys():
            yield f"{where}: draws nothing; add [meters.load] or [meters.csv]"
    yield from _master_faults(document, links, meters)


def _master_faults(
    document: Mapping[str, Any],
    links: Sequence[tuple[str, dict[str, Any]]],
    meters: Sequence[tuple[str, dict[str, Any]]],
) -> Iterator[str]:
    serial = [str(link.get("id")) for _, link in links if link.get("kind") == "rtu"]
    asked: set[object] = set()
    for where, master in _tables(document, "masters"):
        link, units = master.get("link"), master.get("units")
        if isinstance(link, str) and link not in serial:
            hint = f"write {' or '.join(serial)}" if serial else "add a [[links]] of kind rtu"
            yield f'{where}.link = "{link}": no serial link has that id; {hint}'
        if isinstance(link, str) and link in asked:
            yield f'{where}.link = "{link}": has another master already; a line has one tap'
        asked.add(link)
        known = {meter.get("unit_id") for _, meter in meters if meter.get("link") == link}
        for unit in units if isinstance(units, list) else []:
            if isinstance(link, str) and link in serial and unit not in known:
                yield f"{where}.units = {unit}: no meter of {link} has that unit_id"


def _tables(document: Mapping[str, Any], key: str) -> list[tuple[str, dict[str, Any]]]:
    value = document.get(key)
    rows = value if isinstance(value, list) else []
    return [(f"{key}[{i}]", row) for i, row in enumerate(rows) if isinstance(row, dict)]


def _doubles(tables: Sequence[tuple[str, dict[str, Any]]], keys: tuple[str, ...]) -> Iterator[str]:
    first: dict[tuple[str, ...], str] = {}
    for where, table in tables:
        value = tuple(str(table.get(key)) for key in keys)
        if first.setdefault(value, where) != where:
            yield f"{where}.{keys[-1]} = {value[-1]}: already taken by {first[value]}"


def _circular(meter: str, parents: Mapping[str, object]) -> bool:
    above = parents.get(meter)
    for _ in parents:
        if above == meter:
            return True
        above = parents.get(str(above))
    return False

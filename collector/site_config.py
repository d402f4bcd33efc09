"""Settings of a site: its calendar, contracts, certificates, tariffs, targets and meters.

Read by ``config``, which tells every fault of the file at once; here stands only what the sections
are. One class is one section.
"""

from __future__ import annotations

import difflib
import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from edge_agent.contract.topics import NAME_PATTERN

Medium = Literal["electricity", "gas", "water", "air", "steam", "heat", "production"]
CertificateKind = Literal[
    "non_fossil_fit", "non_fossil_non_fit", "green_power", "j_credit_renewable",
    "j_credit_other", "jcm", "go", "rec", "i_rec",
]  # fmt: skip
NAME_HINT = "small letters, digits, - and _, starting with a letter or digit, 63 at most"
MEDIUM_HINT = "electricity, gas, water, air, steam, heat or production"
EquipmentKind = Literal[
    "compressor", "transformer", "air_conditioning", "lighting", "furnace", "pump", "other",
]  # fmt: skip
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):(00|30)")


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    base: Path | None = (info.context or {}).get("base")
    return path if base is None else base / path


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    # A walk over hundreds of files: once, not for each of three hundred sites.
    return frozenset(available_timezones())


def _known_zone(key: str) -> str:
    if key not in _zones():
        near = difflib.get_close_matches(key, _zones(), n=1)
        raise ValueError(f"not a time zone{f', did you mean {near[0]}?' if near else ''}")
    return key


def _name(text: str) -> str:
    if not re.fullmatch(NAME_PATTERN, text):
        raise ValueError("not a name")
    return text


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("not a time of day at a slot's edge")
    return text


def _hours(text: str) -> str:
    first, _, end = text.partition("-")
    if not all(_CLOCK.fullmatch(clock) for clock in (first, end)) or first == end:
        raise ValueError("not two times of day at slots' edges")
    return text


def _http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http(s) address")
    _ = parts.port  # raises ValueError for a port that is not one
    return url


Name = Annotated[str, AfterValidator(_name)]
HttpUrl = Annotated[str, AfterValidator(_http_url)]
Hours = Annotated[str, AfterValidator(_hours)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
LocalPath = Annotated[Path, AfterValidator(_beside_the_file)]
Positive = Annotated[float, Field(gt=0, strict=True)]
NotNegative = Annotated[float, Field(ge=0, strict=True)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Section(BaseModel):
    """A table of the settings: frozen, and nothing unknown in it."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, allow_inf_nan=False
    )


class ContractSettings(Section):
    """Who supplies electricity from a day on; a CO2 factor is looked up by it."""

    region: Text = Field(description='country or grid region, for example "JP"')
    supplier: str = Field(default="", description='the supplier, for example "A0269"')
    menu: str = Field(default="", description='the supply menu, for example "M"')
    from_date: date = Field(
        validation_alias="from", description="first day of the contract: from = 2025-04-01"
    )
    evidence: str = Field(default="", description="the contract's number, for an auditor")


class CertificateSettings(Section):
    """Energy certificates the site claims: kWh, never kilograms."""

    kind: CertificateKind = Field(
        description="non_fossil_fit, non_fossil_non_fit, green_power, j_credit_renewable, "
        "j_credit_other, jcm, go, rec or i_rec"
    )
    kwh: Positive = Field(description="kWh, for example 100000.0")
    vintage_from: date = Field(description="first day of the generation")
    vintage_to: date = Field(description="day after the last of the generation")
    applies_from: date = Field(description="first day of the use it is claimed for")
    applies_to: date = Field(description="day after the last of the use it is claimed for")
    technology: str = Field(default="", description='for example "solar"')
    tracking_no: str = Field(default="", description="the tracking number on the certificate")
    retired_on: date | None = Field(default=None, description="the day it was retired")
    evidence: str = Field(default="", description="where the document is")


class TariffSettings(Section):
    """Which tariff applies from a day on."""

    tariff: Text = Field(description="the id of a tariff: collector bill tariffs")
    from_date: date = Field(validation_alias="from", description="first day of the tariff")


class ContractPowerSettings(Section):
    """An agreed contract power from a day on: it stands over the one that demand sets."""

    kw: Positive = Field(description="kW, for example 300.0")
    from_date: date = Field(validation_alias="from", description="first day of this power")


class CalendarSettings(Section):
    """The plant's own calendar: when it works, whatever the public calendar says."""

    holidays: str = Field(
        default="", description='public holidays of a country, for example "JP" or "DE-BY"'
    )
    weekend: tuple[Weekday, ...] = Field(
        default=("sat", "sun"), description='days off each week: ["sat", "sun"]'
    )
    closed: tuple[str, ...] = Field(
        default=(), description='days closed: "2026-08-13" or "2026-08-13/2026-08-16"'
    )
    working: tuple[str, ...] = Field(
        default=(), description='days worked in spite of weekend or holiday: "2026-04-04"'
    )
    shift_day_starts: Annotated[str, AfterValidator(_clock)] | None = Field(
        default=None, description='when the working day begins, a half hour: "07:00"'
    )
    hours: Hours | None = Field(
        default=None, description='when the plant works on a working day: "08:00-17:00"'
    )
    lunch: Hours | None = Field(default=None, description='its midday break: "12:00-13:00"')


class TargetSettings(Section):
    """Where the site's CO2 is to go."""

    scheme: Literal["own", "jp_2030", "sbt_sme"] = Field(
        default="jp_2030", description="jp_2030 (-46 % to FY2030 against FY2013), sbt_sme or own"
    )
    base_year: Annotated[int, Field(ge=1990, le=2100, strict=True)] = Field(
        default=2013, description="the fiscal year compared with, for example 2013"
    )
    base_t: Positive | None = Field(default=None, description="its CO2 in tonnes, if known")
    target_year: Annotated[int, Field(ge=1990, le=2100, strict=True)] = Field(
        default=2030, description="the fiscal year of the target"
    )
    reduction_percent: Annotated[float, Field(gt=0, le=100, strict=True)] | None = Field(
        default=None, description="how much less than the base year; left out: the scheme's own"
    )
    method: Text = Field(default="jp_shk_adjusted", description="the CO2 method compared")


class MoveSettings(Section):
    """A meter that is part of another one from a day on."""

    parent: str = Field(default="", description='the id of the meter upstream, "" for the top')
    from_date: date = Field(validation_alias="from", description="first day there")


class EquipmentSettings(Section):
    """What a circuit feeds, as far as its nameplate says; findings are made with it."""

    kind: EquipmentKind = Field(
        description="compressor, transformer, air_conditioning, lighting, furnace, pump or other"
    )
    rated_kw: Positive | None = Field(default=None, description="rated power in kW: 37.0")
    kva: Positive | None = Field(default=None, description="a transformer's rating in kVA: 300.0")
    no_load_w: Positive | None = Field(
        default=None, description="a transformer's no-load loss in W: 450.0"
    )
    load_loss_w: Positive | None = Field(
        default=None, description="its load loss at rating in W: 3900.0"
    )
    unload_percent: Annotated[float, Field(gt=0, lt=100, strict=True)] | None = Field(
        default=None, description="a compressor's power unloaded, in % of its rating: 40.0"
    )
    pressure_mpa: Positive | None = Field(
        default=None, description="a compressor's pressure (gauge) in MPa: 0.7"
    )
    can_shift: bool = Field(
        default=False, description="true where its work may be done at another hour of the day"
    )


class MeterSettings(Section):
    """What a meter means to the business: its name, and the meter it is part of.

    A virtual meter has ``plus`` or ``minus`` instead of readings of its own.
    """

    id: Name = Field(description=NAME_HINT)
    name: str = Field(
        default_factory=lambda known: str(known.get("id", "")), description="the name people read"
    )
    name_en: str = Field(default="", description="what English pages call it, if otherwise")
    parent: str | None = Field(default=None, description="the id of the meter upstream of it")
    rated_power_kw: Positive | None = Field(default=None, description="kW, for example 100")
    since: date | None = Field(default=None, description="first day it counts")
    until: date | None = Field(default=None, description="day after the last it counts")
    moves: tuple[MoveSettings, ...] = Field(default=(), description="[[sites.meters.moves]]")
    plus: tuple[str, ...] = Field(default=(), description="meters added, for a virtual meter")
    minus: tuple[str, ...] = Field(default=(), description="meters subtracted, likewise")
    medium: Medium = Field(default="electricity", description=MEDIUM_HINT)
    quantity: Text = Field(
        default="active_energy_import_wh", description="the counter read, as the agent names it"
    )
    unit: str = Field(default="", description='what it counts, for example "m3" or "pieces"')
    unit_per_count: Positive = Field(
        default=1.0, description="how much of the unit one count stands for (pulse constant)"
    )
    balance_percent: Positive = Field(
        default=3.0, description="how far the children's sum may be off, in % of this meter"
    )
    certified_until: date | None = Field(
        default=None, description="last day its certificate (検定) holds: 2031-05-31"
    )
    equipment: EquipmentSettings | None = Field(
        default=None, description="the section [sites.meters.equipment]"
    )

    @property
    def virtual(self) -> bool:
        """Whether it is computed from other meters."""
        return bool(self.plus or self.minus)


class SiteSettings(Section):
    """A plant: its calendar, its contracts in order of time, its meters."""

    id: Name = Field(description=NAME_HINT)
    name: str = Field(
        default_factory=lambda known: str(known.get("id", "")), description="the name people read"
    )
    name_en: str = Field(default="", description="what English pages call it, if otherwise")
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        description='an IANA name, for example "Asia/Tokyo"'
    )
    fiscal_year_starts: Annotated[int, Field(ge=1, le=12, strict=True)] = Field(
        default=4, description="a month, 1 to 12"
    )
    slot_minutes: Literal[15, 30] = Field(default=30, description="30, or 15 where demand is so")
    billing_day: Annotated[int, Field(ge=1, le=28, strict=True)] = Field(
        default=1, description="day of the month on which the bill's month begins, 1 to 28"
    )
    contract_power_kw: Positive | None = Field(default=None, description="kW, for example 300")
    demand_target_kw: Positive | None = Field(
        default=None, description="the demand to stay below, kW, for example 280"
    )
    co2_method: Text = Field(
        default="jp_shk_adjusted",
        description="jp_shk_adjusted, jp_shk_basic, location or market_residual",
    )
    grid_area: str = Field(
        default="", description='area of the hourly carbon signal, for example "jp-03"'
    )
    calendar: CalendarSettings = Field(
        default=CalendarSettings(), description="the section [sites.calendar]"
    )
    contracts: tuple[ContractSettings, ...] = Field(default=(), description="[[sites.contracts]]")
    certificates: tuple[CertificateSettings, ...] = Field(
        default=(), description="[[sites.certificates]]"
    )
    tariffs: tuple[TariffSettings, ...] = Field(default=(), description="[[sites.tariffs]]")
    contract_powers: tuple[ContractPowerSettings, ...] = Field(
        default=(), description="[[sites.contract_powers]]"
    )
    target: TargetSettings | None = Field(default=None, description="the section [sites.target]")
    meters: tuple[MeterSettings, ...] = Field(default=(), description="[[sites.meters]]")

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

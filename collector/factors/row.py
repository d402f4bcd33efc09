"""One row of a factor file, as text: which values it must and may give, and what they become."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from collector.factors.factor import (
    Boundary,
    Factor,
    Gas,
    Gwp,
    Kind,
    Scheme,
    Scope,
    Source,
    Status,
)
from collector.factors.methods import definition_of, method_named
from collector.factors.zones import zone_of

UNIT = "kg/kWh"


def _printed(text: str) -> str:
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII):
        raise ValueError(f'{text!r} is not a number as printed, for example "0.452"')
    return text


def _known_zone(text: str) -> str:
    if text and text not in available_timezones():
        raise ValueError(f'{text!r} is not a time zone, for example "Asia/Tokyo"')
    return text


Text = Annotated[str, Field(min_length=1)]


class Row(BaseModel):
    """The values of a row, its set's shared ones included; what is left out follows the method."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    set: Text
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]*$")]
    title: Text
    publisher: Text
    revision: Text
    published_on: Text
    licence: Text
    attribution: Text
    url: str = ""
    via: str = ""
    region: Text
    supplier: str = ""
    supplier_name: str = ""
    menu: str = ""
    menu_name: str = ""
    kind: Kind
    method: Text
    scheme: Scheme | None = None
    scope: Scope | None = None
    boundary: Boundary | None = None
    definition: str | None = None
    value: Annotated[str, AfterValidator(_printed)]
    unit: Literal["kg/kWh"]
    gas: Gas
    gwp: Gwp | None = None
    valid_from: date
    valid_to: date | None = None
    time_zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    measured_from: date | None = None
    measured_to: date | None = None
    known_on: date
    status: Status
    supersedes: str = ""
    note: str = ""

    def factor(self) -> Factor:
        """The row as the object everyone downstream uses."""
        method = method_named(self.method)
        shared = {name: getattr(self, name) for name in _SHARED}
        follows = {
            "scheme": method.scheme,
            "scope": method.scope,
            "boundary": method.boundary,
            "definition": definition_of(self.method, self.valid_from),
            "gwp": "as_published" if self.gas == "CO2e" else "none",
            "time_zone": zone_of(self.region),
        }
        shared |= {name: value for name, value in follows.items() if shared[name] is None}
        source = Source(**{name: getattr(self, name) for name in _SOURCE})
        return Factor(**shared, kg_per_kwh=Decimal(self.value), source=source)


_SOURCE = tuple(Source.__dataclass_fields__)
_SHARED = tuple(
    name for name in Factor.__dataclass_fields__ if name not in ("kg_per_kwh", "source")
)

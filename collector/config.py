"""Settings of a collector: the TOML file as frozen objects, or every fault of it at once.

Pydantic stands only here, where text enters. ``load`` joins the faults of single values with the
faults between them (a parent that does not exist, contracts out of order), each as one line:
file, dotted path, value, what is wrong, and what to write instead. The file is as long as the
schema: one section, one class.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    ValidationError,
)
from pydantic_core import ErrorDetails

from collector.api_config import ApiSettings
from collector.calendars.calendar_faults import calendar_faults
from collector.config_faults import faults_between_values, shown, table
from collector.config_secrets import put_secrets
from collector.errors import ConfigError
from collector.fleet_config import FleetSettings
from collector.grafana_config import (
    ContactSettings,
    GrafanaSettings,
    OrganisationSettings,
    grafana_faults,
)
from collector.kafka_config import BridgeSettings, KafkaSettings, kafka_faults
from collector.outlet_config import OutletSettings, outlet_faults
from collector.report_config import MailSettings, ScheduledReportSettings, report_faults
from collector.roles import RIGHTS, Role
from collector.site_config import (
    NAME_HINT,
    CalendarSettings,
    CertificateSettings,
    ContractPowerSettings,
    ContractSettings,
    EquipmentSettings,
    HttpUrl,
    LocalPath,
    MeterSettings,
    MoveSettings,
    Name,
    Positive,
    Section,
    SiteSettings,
    TargetSettings,
    TariffSettings,
    Text,
)
from collector.tenant_config import (
    TenantSettings,
    TenantStoreSettings,
    fill_in,
    tenant_faults,
)
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.process.address import is_address
from edge_agent.process.bounded import tables_in, text_in


def _mqtt_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
        raise ValueError("not the address of an MQTT broker")
    if parts.username or parts.password:
        raise ValueError("holds a user name; use username and password_file instead")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("has something behind the port")
    _ = parts.port  # raises ValueError for a port that is not one
    return url


def _listen(place: str) -> str:
    if place and not is_address(place):
        raise ValueError("not an address with a port")
    return place


def _share_group(name: str) -> str:
    if name and not re.fullmatch(NAME_PATTERN, name):
        raise ValueError("not a name")
    return name


class IdentitySettings(Section):
    """Who this collector is and where it keeps its own small state."""

    id: Name = Field(description=NAME_HINT)
    state_dir: LocalPath = Field(description="a folder, relative to this file")


class MqttSettings(Section):
    """The broker. ``password`` is what ``password_file`` or the environment holds."""

    url: Annotated[str, AfterValidator(_mqtt_url)] = Field(
        description="for example mqtt://127.0.0.1:1883, or mqtts://broker.example:8883 for TLS"
    )
    version: Literal["5", "3.1.1"] = Field(default="5", description='"5" or "3.1.1", as text')
    username: str = Field(default="", description="the collector's name at the broker")
    password: str = Field(default="", repr=False, description="better: password_file")
    password_file: LocalPath | None = Field(default=None, description="a file with one line")
    ca_file: LocalPath | None = Field(default=None, description="a PEM file, with mqtts:// only")
    cert_file: LocalPath | None = Field(
        default=None, description="the collector's own certificate, a PEM file, with mqtts:// only"
    )
    key_file: LocalPath | None = Field(
        default=None, description="its key, where cert_file does not hold it too"
    )
    share_group: Annotated[str, AfterValidator(_share_group)] = Field(
        default="", description=f'"" for none; else a name that members share: {NAME_HINT}'
    )

    @property
    def host(self) -> str:
        """The broker's host name or address."""
        return urlsplit(self.url).hostname or ""

    @property
    def tls(self) -> bool:
        """Whether the connection is encrypted."""
        return urlsplit(self.url).scheme == "mqtts"

    @property
    def port(self) -> int:
        """The broker's port; 1883, or 8883 with TLS, when the address names none."""
        return urlsplit(self.url).port or (8883 if self.tls else 1883)


class StoreSettings(Section):
    """Where readings and totals are kept. Which keys count depends on ``kind``."""

    kind: Literal["sqlite", "influx"] = Field(description='"sqlite" or "influx"')
    path: LocalPath | None = Field(default=None, description="the file of a sqlite store")
    url: HttpUrl | None = Field(default=None, description="for example http://127.0.0.1:8086")
    org: Text | None = Field(default=None, description="the organisation in InfluxDB")
    token: str = Field(default="", repr=False, description="better: token_file")
    token_file: LocalPath | None = Field(default=None, description="a file with one line")
    bucket_raw: Text = Field(default="mieruka_raw", description="the bucket of raw readings")
    bucket_totals: Text = Field(default="mieruka", description="the bucket of totals")
    raw_retention_days: Annotated[int, Field(ge=0, strict=True)] = Field(
        default=400, description="days raw readings are kept; 0: for ever"
    )


class SummariseSettings(Section):
    """How often totals are brought up to date."""

    every_s: Positive = Field(default=60.0, description="seconds, for example 60")


class HealthSettings(Section):
    """Where the pages /health and /metrics are served; an empty ``listen`` serves none."""

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1:9872", description='for example "127.0.0.1:9872"; "" for no page'
    )


class DeliverySettings(Section):
    """How fast agents may send what has piled up, all of them together."""

    backlog_readings_per_s: Annotated[float, Field(ge=1, strict=True)] = Field(
        default=20_000.0, description="readings a second, 1 at least, for example 20000.0"
    )


class LibrarySettings(Section):
    """A folder of the plant's own factor or tariff files, beside those that are shipped."""

    folder: LocalPath = Field(description="a folder of .toml files, relative to this file")


class FindingsSettings(Section):
    """What decides when a finding is made: the plant's own values instead of the shipped ones."""

    thresholds: LocalPath = Field(
        description='a file of [[threshold]] with id, value and reason, for example "my.toml"'
    )


class CollectorSettings(Section):
    """All settings of one collector."""

    collector: IdentitySettings = Field(description="the section [collector]")
    mqtt: MqttSettings = Field(description="the section [mqtt]")
    store: StoreSettings = Field(description="the section [store]")
    summarise: SummariseSettings = Field(
        default=SummariseSettings(), description="the section [summarise]"
    )
    health: HealthSettings = Field(default=HealthSettings(), description="the section [health]")
    delivery: DeliverySettings = Field(
        default=DeliverySettings(), description="the section [delivery]"
    )
    api: ApiSettings = Field(default=ApiSettings(), description="the section [api]")
    fleet: FleetSettings = Field(default=FleetSettings(), description="the section [fleet]")
    outlet: OutletSettings = Field(default=OutletSettings(), description="the section [outlet]")
    kafka: KafkaSettings | None = Field(default=None, description="the section [kafka]")
    bridge: BridgeSettings = Field(default=BridgeSettings(), description="the section [bridge]")
    sites: tuple[SiteSettings, ...] = Field(min_length=1, description="at least one [[sites]]")
    tenants: tuple[TenantSettings, ...] = Field(default=(), description="[[tenants]]")
    grafana: GrafanaSettings | None = Field(default=None, description="the section [grafana]")
    reports: tuple[ScheduledReportSettings, ...] = Field(default=(), description="[[reports]]")
    mail: MailSettings | None = Field(default=None, description="the section [mail]")
    factors: LibrarySettings | None = Field(default=None, description="the section [factors]")
    tariffs: LibrarySettings | None = Field(default=None, description="the section [tariffs]")
    findings: FindingsSettings | None = Field(default=None, description="the section [findings]")

    def tenant_of(self, site: str) -> TenantSettings | None:
        """Whose a site is; None for the plants of whoever runs this collector."""
        return next((one for one in self.tenants if site in one.sites), None)

    def opens(self, tenant: str, role: Role, site: str) -> bool:
        """Whether what was given to a customer (id or name) in this role may open the site.

        Where no customers are named every site is whoever's it was given to.
        """
        owner = self.tenant_of(site)
        named = any(tenant in (one.id, one.name) for one in self.tenants)
        if RIGHTS[role].every_site or not self.tenants:
            return True
        return not named if owner is None else tenant in (owner.id, owner.name)

    def store_of(self, site: str) -> StoreSettings:
        """Where a site's data are kept: [store], or what its customer has in place of it."""
        tenant = self.tenant_of(site)
        if tenant is None or tenant.store is None:
            return self.store
        given = {key: value for key, value in tenant.store if value}
        return self.store.model_copy(update=given)


def load(path: Path) -> CollectorSettings:
    """Read the settings in the file.

    Relative paths count from the file; secrets are read from their files or the environment.
    Raises ``ConfigError`` with every fault there is, one line each.
    """
    doc = _read(path)
    fill_in(doc)
    faults = [*put_secrets(doc, path.parent), *_between(doc)]
    settings: CollectorSettings | None = None
    try:
        settings = CollectorSettings.model_validate(doc, context={"base": path.parent})
    except ValidationError as error:
        faults = [_of_pydantic(item) for item in error.errors() if _is_own(item)] + faults
    if faults or settings is None:
        raise ConfigError([f"{path}: {fault}" for fault in faults], "correct the file, check again")
    return settings


def _between(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield the faults between settings, room by room."""
    for rule in _RULES:
        yield from rule(doc)
    yield from _calendars(doc)


_RULES = (
    faults_between_values,
    report_faults,
    grafana_faults,
    tenant_faults,
    outlet_faults,
    kafka_faults,
)
"""What each room says of settings that do not fit each other: one line here for one room."""


def _calendars(doc: Mapping[str, Any]) -> Iterator[str]:
    sites = doc.get("sites")
    for number, site in enumerate(sites if isinstance(sites, list) else ()):
        if isinstance(site, dict):
            yield from calendar_faults(table(site, "calendar"), f"sites[{number}].calendar")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tables_in(text_in(path))
    except OSError as error:
        fault = f"{path}: cannot be read: {error.strerror}"
        hint = "start from deploy/examples/collector.toml"
        raise ConfigError([fault], hint) from error
    except ValueError as error:
        raise ConfigError([f"{path}: not TOML: {error}"], "correct that line") from error


# Faults of single values: pydantic finds them, these lines word them.


def _is_own(item: ErrorDetails) -> bool:
    """Leave out what only follows from another fault, which is told itself."""
    follows = item["type"] == "default_factory_not_called"
    return not follows and not (item["type"] == "too_short" and item["input"])


def _of_pydantic(item: ErrorDetails) -> str:
    path = _dotted(item["loc"])
    key, owner = str(item["loc"][-1]), _owner(item["loc"][:-1])
    fields = {field.validation_alias or name: field for name, field in owner.items()}
    if item["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, map(str, fields), n=1)
        hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(map(str, fields))}"
        return f"{path} = {shown(path, item['input'])}: unknown key ({hint})"
    field = fields.get(_last_name(item["loc"]))
    hint = f" ({field.description})" if field and field.description else ""
    if item["type"] == "missing":
        return f"{path}: missing{hint}"
    return f"{path} = {shown(path, item['input'])}: {_plain(item['msg'])}{hint}"


def _owner(loc: Sequence[int | str]) -> Mapping[str, Any]:
    """Find the fields of the section that ``loc`` leads to."""
    names = tuple(part for part in loc if isinstance(part, str))
    while names and names not in _SECTIONS:
        names = names[:-1]
    return _SECTIONS[names].model_fields


def _last_name(loc: Sequence[int | str]) -> str:
    return next((part for part in reversed(loc) if isinstance(part, str)), "")


def _dotted(loc: Sequence[int | str]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.lstrip(".")


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ").removeprefix("Input ")
    return text[:1].lower() + text[1:]


_SECTIONS: dict[tuple[str, ...], type[Section]] = {
    (): CollectorSettings,
    ("collector",): IdentitySettings,
    ("mqtt",): MqttSettings,
    ("store",): StoreSettings,
    ("summarise",): SummariseSettings,
    ("health",): HealthSettings,
    ("delivery",): DeliverySettings,
    ("api",): ApiSettings,
    ("fleet",): FleetSettings,
    ("outlet",): OutletSettings,
    ("kafka",): KafkaSettings,
    ("bridge",): BridgeSettings,
    ("sites",): SiteSettings,
    ("sites", "contracts"): ContractSettings,
    ("sites", "certificates"): CertificateSettings,
    ("sites", "tariffs"): TariffSettings,
    ("sites", "contract_powers"): ContractPowerSettings,
    ("sites", "calendar"): CalendarSettings,
    ("sites", "target"): TargetSettings,
    ("sites", "meters"): MeterSettings,
    ("sites", "meters", "moves"): MoveSettings,
    ("sites", "meters", "equipment"): EquipmentSettings,
    ("findings",): FindingsSettings,
    ("factors",): LibrarySettings,
    ("tariffs",): LibrarySettings,
    ("grafana",): GrafanaSettings,
    ("grafana", "contact"): ContactSettings,
    ("grafana", "tenants"): OrganisationSettings,
    ("tenants",): TenantSettings,
    ("tenants", "store"): TenantStoreSettings,
    ("reports",): ScheduledReportSettings,
    ("mail",): MailSettings,
}

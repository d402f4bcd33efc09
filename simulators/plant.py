"""A plant: its site, its links, its meters, and what flows through each of them at any time.

Before: ``plant_file`` (a TOML file) or ``one_meter`` (a CSV series). After: the meters' faces, and
the texts of the agent's and the collector's settings that fit this plant. A plant is a pure
function of time: the same instant gives the same power and energy, in whatever order it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from simulators import toml_text
from simulators.electricity import Supply
from simulators.faults import AnswerFault, LinkFault
from simulators.hookup import Hookup
from simulators.load import UJ_PER_WH, IntervalLoad, Load
from simulators.series import Series

LinkKind = Literal["tcp", "rtu", "rtu-over-tcp"]


@dataclass(frozen=True, slots=True)
class Contract:
    """Who supplies the site from a day on; an emission factor is looked up by it."""

    region: str
    supplier: str
    menu: str
    from_date: date


@dataclass(frozen=True, slots=True)
class Site:
    """The facts of the site that the collector wants to know. ``name_en`` is for English pages."""

    id: str
    name: str
    name_en: str
    time_zone: str
    fiscal_year_starts: int = 4
    contract_power_kw: float | None = None
    co2_method: str = "jp_shk_adjusted"
    contracts: tuple[Contract, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Link:
    """One bus or connection; behind a gateway the serial settings are those of its other side.

    With ``baud_timing`` bytes take the time that these settings cost, and a serial client with
    other settings is not understood. ``max_connections`` 0: any number. ``fault`` is the one that
    it begins with.
    """

    id: str
    kind: LinkKind
    baud: int = 9600
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    baud_timing: bool = False
    max_connections: int = 0
    when_full: Literal["close", "refuse"] = "close"
    fault: Literal[""] | LinkFault = ""


class Address(NamedTuple):
    """Where a link is served: host and port, or a serial device."""

    host: str = ""
    port: int = 0
    device: str = ""


@dataclass(frozen=True, slots=True)
class OtherMaster:
    """A controller that asks units of the same line, and knows nothing of the agent."""

    link: str
    units: tuple[int, ...]
    every_s: float = 1.0


@dataclass(frozen=True, slots=True)
class PlantMeter:
    """One meter: where it hangs, how it is read, and what its counter said at the start (Wh).

    ``hookup`` is how the fitter connected it (None: soundly, as the profile can be),
    ``voltage_v`` the supply there (None: the site's).
    ``ct_ratio`` and ``vt_ratio`` count for meters that show secondary values, ``settings`` are
    the numbers in its setting registers by their names in the profile. A ``doubled`` meter came
    with the unit id of another and is in nobody's settings yet. ``fault`` is the fault of its
    answers that it begins with.
    """

    id: str
    name: str
    name_en: str
    link: str
    unit_id: int
    profile: str
    parent: str | None = None
    rated_power_kw: float = 100.0
    power_factor: float = 0.9
    start_wh: float = 0.0
    seed: int = 0
    hookup: Hookup | None = None
    voltage_v: float | None = None
    ct_ratio: float = 1.0
    vt_ratio: float = 1.0
    settings: Mapping[str, float] = field(default_factory=dict)
    serial: str = ""
    turnaround_ms: float = 0.0
    doubled: bool = False
    fault: Literal[""] | AnswerFault = ""


class Plant:
    """Meters over their own loads; a parent also carries its children.

    ``loads`` holds each meter's own load by its id: for a parent, the unmeasured remainder.
    Energies count from ``start_ms`` (UTC); asking before it is a ``ValueError``.
    """

    def __init__(
        self,
        site: Site,
        supply: Supply,
        links: tuple[Link, ...],
        meters: tuple[PlantMeter, ...],
        loads: Mapping[str, Load],
        start_ms: int,
        notices: tuple[str, ...] = (),
        masters: tuple[OtherMaster, ...] = (),
    ) -> None:
        self.site = site
        self.supply = supply
        self.links = links
        self.meters = meters
        self.start_ms = start_ms
        self.notices = notices
        self.masters = masters
        self._by_id = {meter.id: meter for meter in meters}
        self._below = {
            meter.id: tuple(loads[name] for name in _with_below(meter.id, meters) if name in loads)
            for meter in meters
        }

    def meter(self, meter: str) -> PlantMeter:
        """The meter of that id; ``KeyError`` when there is none."""
        return self._by_id[meter]

    def children(self, meter: str) -> tuple[PlantMeter, ...]:
        """The meters directly below."""
        return tuple(child for child in self.meters if child.parent == meter)

    def power_w(self, meter: str, at_ms: int) -> float:
        """The active power through ``meter`` at an instant, W."""
        return sum(load.power_mw(at_ms) for load in self._below[meter]) / 1000

    def energy_uj(self, meter: str, at_ms: int) -> int:
        """The energy through ``meter`` since the start, µJ, exact."""
        return sum(load.energy_uj(at_ms) for load in self._below[meter])

    def energy_wh(self, meter: str, at_ms: int) -> float:
        """The energy through ``meter`` since the start, Wh."""
        return self.energy_uj(meter, at_ms) / UJ_PER_WH

    def counter_wh(self, meter: str, at_ms: int) -> float:
        """What the meter's counter would say without steps and without rolling over, Wh."""
        return self._by_id[meter].start_wh + self.energy_wh(meter, at_ms)

    def told_faults(self) -> Iterator[str]:
        """One line for everything that is wrong from the start, for people."""
        for link in self.links:
            if link.fault:
                yield f"link {link.id}: {link.fault}"
            if link.max_connections:
                yield f"link {link.id}: takes {link.max_connections} connection(s), then none"
        for meter in self.meters:
            what: list[str] = [meter.fault] if meter.fault else []
            what += [f"has the unit id of another ({meter.unit_id})"] if meter.doubled else []
            what += meter.hookup.told() if meter.hookup else []
            if what:
                yield f"{meter.id} (link {meter.link}, unit {meter.unit_id}): {', '.join(what)}"

    def agent_toml(
        self,
        addresses: Mapping[str, Address],
        *,
        mqtt_url: str,
        state_dir: str,
        agent_id: str = "",
        mqtt_version: str = "5",
        every_s: float = 10,
        commit_every_s: float = 10,
        with_meters: bool = True,
        page_listen: str = "",
    ) -> str:
        """The text of an ``agent.toml`` that reads this plant where ``addresses`` say.

        Simulated meters want no silence between requests, so ``gap_ms`` is 0. Without meters it
        is the text that a fitter begins with, and needs the page (``page_listen``). Meters with
        the unit id of another are left out, since no settings could name both.
        """
        meters = [_agent_meter(row) for row in self.meters if with_meters and not row.doubled]
        return toml_text.document(
            {
                "agent": {
                    "id": agent_id or f"{self.site.id}-1",
                    "site": self.site.id,
                    "state_dir": state_dir,
                },
                "mqtt": {"url": mqtt_url, "version": mqtt_version},
                "poll": {"every_s": every_s},
                "outbox": {"commit_every_s": commit_every_s},
                "links": [_link_table(link, addresses[link.id]) for link in self.links],
                "meters": meters or None,
                "page": {"listen": page_listen} if page_listen else None,
            }
        )

    def collector_toml(
        self,
        *,
        mqtt_url: str,
        state_dir: str,
        store: Mapping[str, str | int],
        collector_id: str = "",
        mqtt_version: str = "5",
        summarise_every_s: float = 60,
        grafana: Mapping[str, object] | None = None,
    ) -> str:
        """The text of a ``collector.toml`` for this site; ``store`` and ``grafana`` as they are."""
        return toml_text.document(
            {
                "collector": {"id": collector_id or f"{self.site.id}-hq", "state_dir": state_dir},
                "mqtt": {"url": mqtt_url, "version": mqtt_version},
                "store": store,
                "summarise": {"every_s": summarise_every_s},
                "sites": [_site_table(self.site, self.meters)],
                "grafana": grafana,
            }
        )


def one_meter(
    series: Series,
    site: Site,
    *,
    profile: str = "schneider_iem3155",
    start_wh: float = 12_345_678.0,
    power_factor: float = 0.9,
) -> Plant:
    """A plant of one meter, ``main``, that draws what a CSV series says.

    It starts with the first interval. Its link is Modbus TCP.
    """
    start_ms = series.intervals[0].start_ms
    peak_kw = series.largest_power_kw() or 1.0
    meter = PlantMeter(
        id="main",
        name="受電",
        name_en="Main intake",
        link="lan",
        unit_id=1,
        profile=profile,
        rated_power_kw=round(1.25 * peak_kw, 1),
        power_factor=power_factor,
        start_wh=start_wh,
    )
    loads = {"main": IntervalLoad(series.intervals, start_ms)}
    return Plant(site, Supply(), (Link("lan", "tcp"),), (meter,), loads, start_ms, series.notices)


def _with_below(meter: str, meters: tuple[PlantMeter, ...]) -> list[str]:
    """The meter and all meters below it, at any depth."""
    found = [meter]
    for name in found:
        found += (child.id for child in meters if child.parent == name)
    return found


def _link_table(link: Link, address: Address) -> dict[str, object]:
    table: dict[str, object] = {"id": link.id, "kind": link.kind, "gap_ms": 0}
    if link.kind == "rtu":
        serial = {"baud": link.baud, "parity": link.parity, "stop_bits": link.stop_bits}
        return table | {"device": address.device} | serial
    return table | {"host": address.host, "port": address.port}


def _agent_meter(meter: PlantMeter) -> dict[str, object]:
    return {
        "id": meter.id,
        "name": meter.name,
        "link": meter.link,
        "unit_id": meter.unit_id,
        "profile": meter.profile,
        "wiring": meter.hookup.wiring if meter.hookup else None,
        "ct_ratio": meter.ct_ratio if meter.ct_ratio != 1 else None,
        "vt_ratio": meter.vt_ratio if meter.vt_ratio != 1 else None,
    }


def _site_table(site: Site, meters: tuple[PlantMeter, ...]) -> dict[str, object]:
    return {
        "id": site.id,
        "name": site.name,
        "name_en": site.name_en,
        "time_zone": site.time_zone,
        "fiscal_year_starts": site.fiscal_year_starts,
        "contract_power_kw": site.contract_power_kw,
        "co2_method": site.co2_method,
        "contracts": [
            {"region": c.region, "supplier": c.supplier, "menu": c.menu, "from": c.from_date}
            for c in site.contracts
        ],
        "meters": [
            {
                "id": m.id,
                "name": m.name,
                "name_en": m.name_en,
                "parent": m.parent,
                "rated_power_kw": m.rated_power_kw,
            }
            for m in meters
        ],
    }

"""Look, for `collector check`, at store, broker, fleet and the factor of each contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from collector.accounts.contracts import contracts_of
from collector.accounts.methods import Applied, Lookup, own_method
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.factors.factor import Factor
from collector.factors.lookup import FactorLibrary
from collector.inlet import Inlet
from collector.inlet.opened import kafka_there
from collector.reporting.jobs import schedule_faults
from collector.site_config import SiteSettings
from collector.site_faults import faults_between_sections
from collector.storage import open_stores
from collector.summarise.library import library_of
from collector.tariffs.library import TariffLibrary
from edge_agent.process.secret_file import exposed, secret_files


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: what was looked at, whether it is well, and what was found."""

    subject: str
    ok: bool
    text: str


def findings(
    settings: CollectorSettings, today: date, broker_timeout_s: float = 5.0
) -> Iterator[Finding]:
    """Try store, broker and the CO2 factor of every contract; yields one finding for each."""
    yield _store(settings)
    yield _broker(settings, broker_timeout_s)
    yield from _kafka(settings)
    yield from _fleet(settings)
    for fault in faults_between_sections(settings.sites):
        yield Finding("settings", False, fault)
    for fault in schedule_faults(settings):
        yield Finding("reports", False, fault)
    for path in exposed(secret_files(settings)):
        what = f"note: {path} can be read by others on this machine (chmod 600 {path})"
        yield Finding("secrets", True, what)
    yield from _thresholds(settings)
    try:
        library = library_of(settings)
    except CollectorError as error:
        yield Finding("factors and tariffs", False, str(error))
        return
    for site in settings.sites:
        yield from _factors(site, library.factors, today)
        yield from _tariffs(site, library.tariffs, today)


def _thresholds(settings: CollectorSettings) -> Iterator[Finding]:
    if settings.findings is None:
        return
    # Findings carry frames: a check of a plant without bounds of its own waits for none.
    from collector.gather.site_findings import thresholds_of

    try:
        thresholds_of(settings)
    except CollectorError as error:
        yield Finding("findings", False, str(error))
    else:
        yield Finding("findings", True, f"thresholds of {settings.findings.thresholds}")


def _store(settings: CollectorSettings) -> Finding:
    try:
        store = open_stores(settings)
        try:
            store.check()
        finally:
            store.close()
    except CollectorError as error:
        return Finding("store", False, str(error))
    place = settings.store.url or settings.store.path
    return Finding("store", True, f"{settings.store.kind} at {place} can be used")


def _broker(settings: CollectorSettings, timeout_s: float) -> Finding:
    # A name of its own: the same one would take the session of the collector that is running.
    # And outside of the group: as a member it would be given messages, and lose them.
    alone = settings.mqtt.model_copy(update={"share_group": ""})
    inlet = Inlet(alone, f"{settings.collector.id}-check", lasting=False)
    try:
        inlet.start()
        there = inlet.wait_connected(timeout_s, once=True)
        fault = inlet.last_fault or f"broker {settings.mqtt.url}: no answer in {timeout_s:g} s"
    except CollectorError as error:
        return Finding("broker", False, str(error))
    finally:
        inlet.stop()
    if not there:
        return Finding("broker", False, fault.removeprefix("broker "))
    return Finding("broker", True, f"{settings.mqtt.url} takes the connection and subscription")


def _kafka(settings: CollectorSettings) -> Iterator[Finding]:
    if settings.kafka is None:
        return
    try:
        yield Finding("kafka", True, kafka_there(settings.kafka, settings.collector.id))
    except CollectorError as error:
        yield Finding("kafka", False, str(error))


def _fleet(settings: CollectorSettings) -> Iterator[Finding]:
    if not settings.fleet.listen:
        return
    # Certificates have a library of their own, which nobody else here needs.
    from collector.fleet.authority import is_founded
    from collector.fleet.office import fleet_folder

    folder = fleet_folder(settings)
    if is_founded(folder):
        yield Finding("fleet", True, f"{folder} holds an authority")
    else:
        what = f"{folder}: there is no authority (make one with: collector fleet init)"
        yield Finding("fleet", False, what)


def _factors(site: SiteSettings, library: FactorLibrary, today: date) -> Iterator[Finding]:
    subject = f"site {site.id}"
    if not site.contracts:
        yield Finding(subject, True, "no contract, so no CO2 (add [[sites.contracts]])")
    contracts, lookup = contracts_of(site), Lookup(library)
    ends = [contract.first - timedelta(days=1) for contract in contracts[1:]]
    for contract, last_day in zip(contracts, [*ends, today], strict=False):
        day = max(contract.first, min(last_day, today))
        applied = lookup.applied(contract, own_method(site.co2_method), day)
        text = _told(applied, contract.menu, day)
        yield Finding(subject, applied.factor is not None, text)


def _tariffs(site: SiteSettings, library: TariffLibrary, today: date) -> Iterator[Finding]:
    for entry in site.tariffs:
        try:
            tariff = library.nearest(entry.tariff, max(entry.from_date, today))
        except CollectorError as error:
            yield Finding(f"site {site.id}", False, str(error))
            continue
        text = f"tariff {tariff.id}, version of {tariff.valid_from}, {tariff.status}"
        yield Finding(f"site {site.id}", True, text)


def _told(applied: Applied, menu: str, day: date) -> str:
    factor = applied.factor
    if factor is None:
        return applied.reason
    text = f"{factor.kg_per_kwh} kg/kWh on {day}, {applied.status}, factor {factor.id}"
    if applied.status == "fallback":
        return f"{text} ({applied.reason})"
    if not factor.covers(day):
        text += f" (made for {_window(factor)}; none for this day is held yet)"
    if menu and factor.menu != menu:
        text += f" (menu {menu} is not listed: {factor.menu or 'the supplier as a whole'} is used)"
    return text


def _window(factor: Factor) -> str:
    if factor.valid_to is None:
        return f"days from {factor.valid_from} on"
    return f"{factor.valid_from} to {factor.valid_to - timedelta(days=1)}"

"""The part of `edge-agent init` that finds meters: which lines, a scan, and what was on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from edge_agent import profile
from edge_agent.commands.asking import Asker
from edge_agent.commands.interruptible import interruptible
from edge_agent.commission.ports import serial_ports
from edge_agent.commission.recognise import Recognised, recognise
from edge_agent.commission.scan import ScanPlan, links_plan, scan, serial_plan, tcp_plan
from edge_agent.commission.scan.plan import unit_ids_in
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.errors import AgentError
from edge_agent.first_settings.found import NewMeter, free_id, new_meters, same_place, told_of
from edge_agent.first_settings.typed import Line, line
from edge_agent.meter_link import open_link
from edge_agent.words import said


def lines(asker: Asker, given: Sequence[str] | None) -> tuple[Line, ...]:
    """The lines on which meters are, each once. Raises ``StopError`` for a wrong ``given`` one."""
    if given is not None:
        chosen = [line(text) for text in given]
        return tuple(one for at, one in enumerate(chosen) if not _has(chosen[:at], one))
    found: list[Line] = []
    ports = serial_ports()
    asker.say(_seen(ports))
    while not asker.unattended:
        text = asker.choose(_question(ports, found), ports, "-")
        if text in ("", "-"):
            break
        try:
            one = line(text)
        except AgentError as error:
            asker.complain(error.message, error.hint)
            continue
        found += [] if _has(found, one) else [one]
    return tuple(found)


def new_on(
    asker: Asker,
    chosen: Iterable[Line],
    links: Sequence[LinkSettings] = (),
    meters: Sequence[MeterSettings] = (),
    *,
    units: str = "",
) -> tuple[NewMeter, ...]:
    """Scan the lines, say what is there, and give the meters that are new, named.

    ``units`` names unit ids as ``1-32``, "" for all that are usual. Ctrl-C ends the scan; what was
    found so far counts. Raises ``StopError`` for ``units`` that are none.
    """
    rows = _searched(asker, [_plan(one, units) for one in chosen])
    for row in rows:
        asker.item(row.fault or told_of(row))
    return tuple(_named(asker, new) for new in new_meters(rows, links, meters))


def links_with(
    exact: Iterable[Line], new: Iterable[NewMeter], known: Sequence[LinkSettings] = ()
) -> tuple[LinkSettings, ...]:
    """The links to write: those with new meters, and those named with all their settings."""
    wanted = [*known, *(each.link for each in new)]
    for one in exact:
        if one.exact and not any(same_place(one.link, link) for link in wanted):
            name = free_id(one.link.id, (link.id for link in wanted))
            wanted.append(one.link.model_copy(update={"id": name}))
    return tuple(dict.fromkeys(wanted[len(known) :]))


def _plan(one: Line, units: str) -> ScanPlan:
    asked: dict[str, Any] = {"unit_ids": unit_ids_in(units)} if units else {}
    if one.exact:
        return links_plan([one.link], **asked)
    if one.link.device:
        return serial_plan(one.link.device, **asked)
    return tcp_plan([one.link.host], (one.link.port,), **asked)


def _searched(asker: Asker, plans: Sequence[ScanPlan]) -> list[Recognised]:
    # Draw a bar; an answer on a pipe needs none of it.
    from edge_agent.commands import scan_pages as pages

    models = [profile.load(name) for name in profile.available()]
    rows: list[Recognised] = []
    with interruptible() as stop:
        for plan in plans:
            with pages.progress(plan) as on_progress:
                report = scan(plan, on_progress=on_progress, stop=stop.is_set)
            for note in report.notes:
                asker.item(note)
            for found in report.found:
                ask = not found.doubled
                rows.append(recognise(found, models, open_link) if ask else Recognised(found))
            if stop.is_set():
                break
    return rows


def _named(asker: Asker, new: NewMeter) -> NewMeter:
    meter = new.meter
    question = said("Name of the meter with unit id {unit}", unit=meter.unit_id)
    text = asker.ask(question, meter.id, str)
    named = meter if text in ("", meter.id) else meter.model_copy(update={"name": text})
    return NewMeter(new.link, named)


def _seen(ports: Sequence[str]) -> str:
    if ports:
        return said("Serial ports that are plugged in:")
    return said("No serial port is plugged in.")


def _question(ports: Sequence[str], found: Sequence[Line]) -> str:
    if found:
        return said("Another line? A number, an address, or - for no more")
    if ports:
        return said("Where are the meters? A number, an address as 192.168.1.20, or - for later")
    return said("Where are the meters? An address as 192.168.1.20, or - for later")


def _has(lines: Iterable[Line], one: Line) -> bool:
    return any(same_place(each.link, one.link) for each in lines)

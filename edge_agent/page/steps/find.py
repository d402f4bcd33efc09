"""Step 1: find the meter, by a scan of a serial port or of addresses, or type it in."""

from __future__ import annotations

from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.errors import StopError
from edge_agent.page import ports, scanning
from edge_agent.page.desk import Desk
from edge_agent.page.draft import Draft
from edge_agent.page.figures import digits
from edge_agent.page.html import Element, el
from edge_agent.page.known import known_at
from edge_agent.page.layout import (
    button,
    choice,
    empty,
    field,
    form,
    note,
    refreshed,
    section,
    warning,
    way_on,
)
from edge_agent.page.lines import place_of
from edge_agent.page.route import Route
from edge_agent.page.steps import identify
from edge_agent.page.visit import GoTo, Part, Screen, Visit
from edge_agent.page.work_shown import work_shown
from edge_agent.words import said

KIND = "scan"


def show(desk: Desk, visit: Visit) -> Screen:
    """The screen: a scan under way, what was found, and how to look."""
    state = desk.jobs.state(KIND)
    running = state is not None and not state.done
    if running:
        body: tuple[Element | None, ...] = (
            refreshed("/part/scan", 1000, _progress(desk)),
            form(visit, "/find/stop", button(said("Stop the scan"), "quiet")),
        )
    else:
        body = (_found(desk, visit), _by_serial(desk, visit), _by_network(visit), _by_hand())
    return Screen(said("Find the meter"), body, step=1, fresh=running)


def part(desk: Desk, _visit: Visit) -> Part:
    """How far the scan is."""
    return Part(_progress(desk))


def start_serial(desk: Desk, visit: Visit) -> GoTo:
    """Scan a serial port."""
    device = ports.checked(visit.text("port"), desk.bench.settings())
    scanning.start_serial(desk, device, visit.text("speeds"), visit.text("units"))
    return GoTo("/find")


def start_network(desk: Desk, visit: Visit) -> GoTo:
    """Scan addresses."""
    scanning.start_network(desk, visit.text("hosts"), visit.text("tcp_port"), visit.text("units"))
    return GoTo("/find")


def stop(desk: Desk, _visit: Visit) -> GoTo:
    """End the scan; what was found stays."""
    desk.jobs.stop()
    desk.jobs.wait(5.0)
    return GoTo("/find")


def choose(desk: Desk, visit: Visit) -> GoTo:
    """Take a unit that was found to the workbench."""
    report = desk.table.report()
    number = visit.text("number")
    if report is None or not number.isdigit() or int(number) >= len(report.found):
        raise StopError(said("that is none of the units found"), said("choose one of the list"))
    found = report.found[int(number)]
    begin(desk, found.link, found.unit_id)
    return GoTo("/identify")


def begin(desk: Desk, link: LinkSettings, unit_id: int) -> None:
    """Put a unit on the workbench and ask it what it is."""
    desk.jobs.ensure_idle()
    desk.table.put(known_at(desk, link, unit_id) or Draft(link=link, unit_id=unit_id))
    identify.start(desk)


def _progress(desk: Desk) -> Element:
    report = desk.table.report()
    seen = [el("li", _where(one.link, one.unit_id)) for one in report.found] if report else []
    return work_shown(desk.jobs.state(KIND), "/find", el("ul", seen, class_="seen"))


def _found(desk: Desk, visit: Visit) -> Element | None:
    report, state = desk.table.report(), desk.jobs.state(KIND)
    if report is None or state is None:
        return None
    failed = warning(state.error, state.hint) if state.error else None
    rows = [_row(desk, visit, number) for number in range(len(report.found))]
    if not rows and not failed and report.ended:
        hint = said("check wiring A/B, that the meter is on, and its Modbus settings")
        rows = [empty(said("Nothing answered."), hint)]
    stopped = [] if report.ended else [said("The scan was stopped before its end.")]
    notes = [note(text) for text in (*stopped, *report.notes)]
    return section(failed, rows, notes, title=said("Found: {count}", count=len(report.found)))


def _row(desk: Desk, visit: Visit, number: int) -> Element:
    report = desk.table.report()
    assert report is not None
    one = report.found[number]
    known = _known(desk, one.link, one.unit_id)
    ms = said("answers in {ms} ms", ms=digits(one.latency_ms))
    return form(
        visit,
        "/find/choose",
        el("input", type="hidden", name="number", value=number),
        el("div", el("b", _where(one.link, one.unit_id)), el("span", ms, class_="sub")),
        el("p", one.evidence, class_="sub"),
        el("p", said("set up already as {meter}", meter=known), class_="sub") if known else None,
        warning(said("Two units seem to have this id.")) if one.doubled else None,
        button(said("This one"), "" if known else "main"),
        class_="found",
    )


def _known(desk: Desk, link: LinkSettings, unit_id: int) -> str:
    known = known_at(desk, link, unit_id)
    return known.meter if known is not None else ""


def _where(link: LinkSettings, unit_id: int) -> str:
    if link.kind in SERIAL_KINDS:
        speed = f"{link.baud} {link.parity}{link.stop_bits}"
        return said("Unit {unit} at {speed}", unit=unit_id, speed=speed)
    place = place_of(link)
    return said("Unit {unit} at {place}", unit=unit_id, place=place)


def _by_serial(desk: Desk, visit: Visit) -> Element:
    return section(
        form(
            visit,
            "/find/serial",
            ports.port_field(desk.bench.settings()),
            choice(said("Speeds"), "speeds", _speeds(desk)),
            field(said("Unit ids"), "units", "1-32", inputmode="text"),
            note(
                said("Readings of this port's meters pause while it is scanned."),
                said("their energy counters go on in the meters: no energy is lost"),
            ),
            button(said("Scan the serial port"), "main"),
        ),
        title=said("RS-485"),
    )


def _speeds(desk: Desk) -> list[tuple[str, str]]:
    """What to try; a line that runs already is quickest looked through as it is set."""
    runs = any(link.kind in SERIAL_KINDS for link in desk.bench.settings().links)
    as_it_runs = (scanning.AS_IT_RUNS, said("as the line is set already (quick)"))
    return [as_it_runs, *scanning.SPEEDS] if runs else scanning.SPEEDS


def _by_network(visit: Visit) -> Element:
    return section(
        form(
            visit,
            "/find/network",
            field(
                said("Addresses"),
                "hosts",
                ports.own_network(),
                hint=said("one, a range 192.168.1.10-40, or 192.168.1.0/24"),
                autocapitalize="off",
            ),
            field(said("TCP port"), "tcp_port", 502, inputmode="numeric"),
            field(said("Unit ids"), "units", "1-8", inputmode="text"),
            button(said("Scan the addresses"), "main"),
        ),
        title=said("Ethernet"),
    )


def _by_hand() -> Element:
    return section(
        el("p", said("You know its address and unit id already?")),
        way_on(said("Type it in"), "/typed", ""),
        title=said("Without a scan"),
    )


ROUTES = (
    Route("GET", "/find", show),
    Route("GET", "/part/scan", part),
    Route("POST", "/find/serial", start_serial, back="/find"),
    Route("POST", "/find/network", start_network, back="/find"),
    Route("POST", "/find/stop", stop, back="/find"),
    Route("POST", "/find/choose", choose, back="/find"),
)

"""Step 1, without a scan: the meter's line and unit id typed in."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from edge_agent.config import SERIAL_KINDS, LinkSettings
from edge_agent.config_faults import schema_faults
from edge_agent.errors import StopError
from edge_agent.page import ports
from edge_agent.page.desk import Desk
from edge_agent.page.html import Element
from edge_agent.page.layout import button, choice, field, form, section
from edge_agent.page.lines import place_of
from edge_agent.page.route import Route
from edge_agent.page.steps import find
from edge_agent.page.visit import GoTo, Screen, Visit
from edge_agent.words import said

_KINDS = [
    ("tcp", said("Modbus TCP")),
    ("rtu-over-tcp", said("RTU over TCP (plain gateway)")),
]
_PARITIES = [("N", said("none")), ("E", said("even")), ("O", said("odd"))]


def show(desk: Desk, visit: Visit) -> Screen:
    """Two forms, for a serial port and for the network."""
    return Screen(said("Type the meter in"), (_serial(desk, visit), _network(visit)), step=1)


def take_serial(desk: Desk, visit: Visit) -> GoTo:
    """A unit on a serial port."""
    device = ports.checked(visit.text("port"), desk.bench.settings())
    fields = {
        "id": "rs485",
        "kind": "rtu",
        "device": device,
        "baud": number(visit, "baud", said("Speed")),
        "parity": visit.text("parity"),
        "stop_bits": number(visit, "stop_bits", said("Stop bits")),
    }
    return _taken(desk, visit, fields, highest=247)


def take_network(desk: Desk, visit: Visit) -> GoTo:
    """A unit behind an address."""
    fields = {
        "id": "lan",
        "kind": visit.text("kind"),
        "host": visit.text("host"),
        "port": number(visit, "tcp_port", said("TCP port")),
    }
    return _taken(desk, visit, fields, highest=255)


def number(visit: Visit, name: str, label: str) -> int:
    """A whole number of the form. Raises ``StopError``."""
    text = visit.text(name)
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        what = said("{label}: “{text}” is not a whole number", label=label, text=text)
        raise StopError(what, said("write digits only"))
    return int(text)


def _taken(desk: Desk, visit: Visit, fields: dict[str, Any], highest: int) -> GoTo:
    unit_id = number(visit, "unit", said("Unit id"))
    if not 1 <= unit_id <= highest:
        what = said("unit id {unit} cannot be", unit=unit_id)
        raise StopError(
            what, said("write the one that is set on the meter, 1 to {most}", most=highest)
        )
    try:
        link = LinkSettings.model_validate(fields)
    except ValidationError as error:
        faults = schema_faults(error, LinkSettings)
        raise StopError("; ".join(faults), said("correct what is named")) from None
    find.begin(desk, _named_as_known(desk, link), unit_id)
    return GoTo("/identify")


def _named_as_known(desk: Desk, link: LinkSettings) -> LinkSettings:
    """The same line under the name it has in the settings."""
    known = desk.bench.settings().links
    same = [each for each in known if each.kind == link.kind and place_of(each) == place_of(link)]
    return link.model_copy(update={"id": same[0].id}) if same else link


def _serial(desk: Desk, visit: Visit) -> Element:
    known = next((x for x in desk.bench.settings().links if x.kind in SERIAL_KINDS), None)
    return section(
        form(
            visit,
            "/typed/serial",
            ports.port_field(desk.bench.settings()),
            field(said("Unit id"), "unit", 1, inputmode="numeric"),
            field(said("Speed"), "baud", known.baud if known else 9600, inputmode="numeric"),
            choice(said("Parity"), "parity", [*_PARITIES], known.parity if known else "N"),
            choice(said("Stop bits"), "stop_bits", [("1", "1"), ("2", "2")]),
            button(said("Ask this meter"), "main"),
        ),
        title=said("RS-485"),
    )


def _network(visit: Visit) -> Element:
    return section(
        form(
            visit,
            "/typed/network",
            field(said("Address"), "host", ports.own_network().partition("/")[0]),
            field(said("TCP port"), "tcp_port", 502, inputmode="numeric"),
            choice(said("Speaks"), "kind", [*_KINDS]),
            field(said("Unit id"), "unit", 1, inputmode="numeric"),
            button(said("Ask this meter"), "main"),
        ),
        title=said("Ethernet"),
    )


ROUTES = (
    Route("GET", "/typed", show),
    Route("POST", "/typed/serial", take_serial, back="/typed"),
    Route("POST", "/typed/network", take_network, back="/typed"),
)

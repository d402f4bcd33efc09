"""The places that a person names for a scan: ports, addresses, ranges. PURE."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator

from edge_agent.commission.scan.plan import MOST_HOSTS
from edge_agent.errors import StopError
from edge_agent.words import said

_RANGE = re.compile(r"([0-9.]+\.)([0-9]+)-(?:([0-9.]+\.))?([0-9]+)")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


def is_device(text: str) -> bool:
    """Whether ``text`` names a serial port rather than an address."""
    return text.startswith("/") or re.fullmatch(r"COM[0-9]+", text, re.IGNORECASE) is not None


def hosts_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Every address that ``texts`` name: hosts, ``192.168.1.0/24``, ``192.168.1.10-40``.

    Raises ``StopError`` for what is none of these, and for more addresses than a scan takes.
    """
    return tuple(dict.fromkeys(host for text in texts for host in _hosts(text)))


def _hosts(text: str) -> Iterator[str]:
    if "/" in text:
        yield from _network(text)
    elif found := _RANGE.fullmatch(text):
        head, first, other_head, last = found.groups()
        yield from _span(text, f"{head}{first}", f"{other_head or head}{last}")
    elif _HOST.fullmatch(text) or _is_address(text):
        yield text
    else:
        raise _no_place(text)


def _network(text: str) -> Iterator[str]:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise _no_place(text) from None
    if network.num_addresses > MOST_HOSTS + 2:
        raise _too_many(text, network.num_addresses)
    for address in network.hosts():
        yield str(address)


def _span(text: str, first: str, last: str) -> Iterator[str]:
    try:
        start, end = ipaddress.IPv4Address(first), ipaddress.IPv4Address(last)
    except ValueError:
        raise _no_place(text) from None
    count = int(end) - int(start) + 1
    if count < 1:
        raise _no_place(text)
    if count > MOST_HOSTS:
        raise _too_many(text, count)
    for number in range(int(start), int(end) + 1):
        yield str(ipaddress.IPv4Address(number))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _too_many(text: str, count: int) -> StopError:
    return StopError(
        said("{text} holds {count} addresses, too many for one scan", text=text, count=count),
        said("name at most {most}, for example 192.168.1.0/24", most=MOST_HOSTS),
    )


def _no_place(text: str) -> StopError:
    return StopError(
        said("{text} is no serial port and no address", text=text),
        said("write /dev/ttyUSB0, 192.168.1.20, 192.168.1.0/24 or 192.168.1.10-40"),
    )

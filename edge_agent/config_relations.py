"""The faults between settings: what one table says against another, and files that are not there.

They are looked for in the raw document, so that they show beside faults of the schema; values of a
wrong type are passed over here, because the schema names them.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from edge_agent.config_faults import fault, is_path, near, shipped_profiles, shown
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.words import said

Tables = list[tuple[str, dict[str, Any]]]
"""An array of tables, each with its dotted path."""
ProfileFaults = Callable[[str], Iterable[str]]
"""Tells what is wrong inside the profile of that name or path, one line each."""


def relation_faults(
    document: Mapping[str, Any],
    folder: Path,
    profile_faults: ProfileFaults | None,
    page_on: bool = False,
) -> Iterator[str]:
    """The faults between values, and of the files that they name relative to ``folder``."""
    links, meters = _tables(document, "links"), _tables(document, "meters")
    yield from _mqtt_faults(_table(document, "mqtt"), folder)
    yield from _doubles(links, ("id",), "link")
    yield from _doubles(links, ("device",), "link")
    yield from _doubles(links, ("host", "port"), "link", defaults={"port": 502})
    yield from _doubles(meters, ("id",), "meter")
    yield from _doubles(meters, ("link", "unit_id"), "meter")
    yield from _interval_faults(_table(document, "poll"), meters)
    yield from _link_faults(links, meters)
    yield from _group_faults(_table(document, "poll"))
    yield from _below_faults(meters)
    yield from _demand_faults(_table(document, "demand"), meters)
    yield from _page_faults(_table(document, "page"), folder)
    if not (meters or page_on or _table(document, "page").get("listen")):
        hint = said("add one with `edge-agent init`, or switch the page on: [page] listen")
        yield fault("meters", "", said("no meter to read and no page to add one"), hint)
    yield from _profile_faults(meters, folder, profile_faults)


def _mqtt_faults(mqtt: Mapping[str, Any], folder: Path) -> Iterator[str]:
    for key in ("password_file", "ca_file", "cert_file", "key_file"):
        name = mqtt.get(key)
        if isinstance(name, str) and not (folder / name).is_file():
            yield fault(
                f"mqtt.{key}",
                shown(name),
                said("no such file"),
                said("looked in {folder}", folder=folder),
            )
    if "password_file" in mqtt and "username" not in mqtt:
        yield fault(
            "mqtt.username", "", said("missing"), said("a password is sent only with a user name")
        )
    if "key_file" in mqtt and "cert_file" not in mqtt:
        hint = said("a key needs the certificate it belongs to")
        yield fault("mqtt.cert_file", "", said("missing"), hint)
    for key in ("ca_file", "cert_file", "key_file"):
        if key in mqtt and str(mqtt.get("url", "")).startswith("mqtt://"):
            hint = said("write mqtts:// for TLS")
            yield fault(f"mqtt.{key}", shown(mqtt[key]), said("not used"), hint)


def _doubles(
    tables: Tables, keys: tuple[str, ...], kind: str, defaults: Mapping[str, Any] | None = None
) -> Iterator[str]:
    """Tables that share what only one may have; two serial ports or sockets clash at run time."""
    hints = {
        "link": said("put all meters of one bus or gateway on one link"),
        "meter": said("every meter on a link answers to its own unit id"),
    }
    first: dict[tuple[Any, ...], str] = {}
    for path, table in tables:
        given = {**(defaults or {}), **table}
        value = tuple(given.get(key) for key in keys)
        if not all(isinstance(part, str | int) and part != "" for part in value):
            continue
        if first.setdefault(value, path) != path:
            taken = " and ".join(shown(part) for part in value)
            hint = hints[kind] if keys != ("id",) else said("give each its own")
            yield fault(
                f"{path}.{keys[-1]}",
                taken,
                said("already taken by {other}", other=first[value]),
                hint,
            )


def _interval_faults(poll: Mapping[str, Any], meters: Tables) -> Iterator[str]:
    base = poll.get("every_s", 10)
    for path, meter in meters:
        every = meter.get("every_s")
        if _is_number(base) and _is_number(every) and every < base:
            what = said("faster than [poll] every_s = {base}", base=base)
            yield fault(f"{path}.every_s", shown(every), what, said("a meter may only be slower"))


def _link_faults(links: Tables, meters: Tables) -> Iterator[str]:
    kinds = {link.get("id"): link.get("kind") for _, link in links}
    known = [name for name in kinds if isinstance(name, str)]
    for path, meter in meters:
        link, unit = meter.get("link"), meter.get("unit_id")
        if isinstance(link, str) and link not in kinds:
            yield fault(
                f"{path}.link", shown(link), said("no [[links]] has that id"), near(link, known)
            )
        on_bus = isinstance(link, str) and kinds.get(link) in ("rtu", "rtu-over-tcp", "rtu-listen")
        if on_bus and isinstance(unit, int) and unit in (0, *range(248, 256)):
            hint = said("1 to 247, as set on the meter")
            yield fault(f"{path}.unit_id", shown(unit), said("not a unit of a serial bus"), hint)


def _group_faults(poll: Mapping[str, Any]) -> Iterator[str]:
    taken: dict[str, str] = {}
    for path, group in _tables(poll, "groups"):
        patterns = group.get("quantities")
        for pattern in patterns if isinstance(patterns, list) else ():
            where = f"poll.{path}.quantities"
            names = fnmatch.filter(QUANTITIES, pattern) if isinstance(pattern, str) else []
            if isinstance(pattern, str) and not names:
                yield fault(
                    where, shown(pattern), said("no such quantity"), near(pattern, QUANTITIES)
                )
            for name in names:
                if taken.setdefault(name, path) != path:
                    hint = said("a quantity has one pace")
                    yield fault(
                        where,
                        shown(name),
                        said("already in {other}", other=f"poll.{taken[name]}"),
                        hint,
                    )


def _below_faults(meters: Tables) -> Iterator[str]:
    above = {meter.get("id"): meter.get("below") for _, meter in meters}
    known = [name for name in above if isinstance(name, str)]
    for path, meter in meters:
        below = meter.get("below")
        if not isinstance(below, str) or not below:
            continue
        if below not in above:
            yield fault(f"{path}.below", shown(below), said("no such meter"), near(below, known))
        elif _is_ring(meter.get("id"), above):
            yield fault(
                f"{path}.below", shown(below), said("a ring"), said("no meter hangs below itself")
            )


def _is_ring(start: Any, above: Mapping[Any, Any]) -> bool:
    here, steps = above.get(start), 0
    while here in above and here != start and steps < len(above):
        here, steps = above[here], steps + 1
    return bool(here == start)


def _demand_faults(demand: Mapping[str, Any], meters: Tables) -> Iterator[str]:
    known = [name for _, meter in meters if isinstance(name := meter.get("id"), str)]
    for key in ("meter", "boundary_meter"):
        name = demand.get(key)
        if isinstance(name, str) and name and name not in known:
            yield fault(f"demand.{key}", shown(name), said("no such meter"), near(name, known))
    target, contract = demand.get("target_kw", 0), demand.get("contract_kw")
    if _is_number(target) and _is_number(contract) and target > contract:
        what = said("above the contract power of {kw} kW", kw=f"{contract:g}")
        yield fault(
            "demand.target_kw", shown(target), what, said("a target lies below the contract")
        )


def _page_faults(page: Mapping[str, Any], folder: Path) -> Iterator[str]:
    name = page.get("pin_file")
    if isinstance(name, str) and not (folder / name).is_file():
        yield fault(
            "page.pin_file",
            shown(name),
            said("no such file"),
            said("looked in {folder}", folder=folder),
        )


def _profile_faults(
    meters: Tables, folder: Path, profile_faults: ProfileFaults | None
) -> Iterator[str]:
    seen: set[str] = set()
    for path, meter in meters:
        name = meter.get("profile")
        if not isinstance(name, str) or not name:
            continue
        where = f"{path}.profile"
        if is_path(name) and not (folder / name).is_file():
            yield fault(
                where, shown(name), said("no such file"), said("looked in {folder}", folder=folder)
            )
        elif not is_path(name) and name not in shipped_profiles():
            yield fault(where, shown(name), said("unknown profile"), near(name, shipped_profiles()))
        elif profile_faults and name not in seen:
            source = str(folder / name) if is_path(name) else name
            yield from (fault(where, shown(name), text, "") for text in profile_faults(source))
        seen.add(name)


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _tables(document: Mapping[str, Any], key: str) -> Tables:
    value = document.get(key)
    items = value if isinstance(value, list) else []
    return [(f"{key}[{i}]", item) for i, item in enumerate(items) if isinstance(item, dict)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

"""Faults between settings, found in the raw document so that they show beside all others.

Before: the TOML text as plain tables, whatever they hold. After: one line per fault, with the
dotted path, the value, what is wrong and what to write. Values of a wrong type are passed over
here; the schema names them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from edge_agent.process.redaction import redacted

Tables = Sequence[tuple[str, dict[str, Any]]]
"""An array of tables, each with its dotted path."""

_SECRET = re.compile(r"pas+w|pwd|token|secret|credential|key$", re.IGNORECASE)
"""Keys whose value is not shown, misspelt ones too."""
_NEEDED = {"sqlite": ("path",), "influx": ("url", "org")}
_MEANINGLESS = {"sqlite": ("url", "org", "token_file"), "influx": ("path",)}


def faults_between_values(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for each pair of settings that do not fit each other."""
    yield from _store_faults(table(doc, "store"))
    yield from _mqtt_faults(table(doc, "mqtt"))
    yield from _grafana_faults(table(doc, "grafana"))
    sites = _tables(doc, "sites", "sites")
    yield from _doubles(sites)
    for path, site in sites:
        meters = _tables(site, "meters", f"{path}.meters")
        yield from _doubles(meters)
        yield from _parent_faults(meters)
        for key in ("contracts", "tariffs", "contract_powers"):
            yield from _order_faults(_tables(site, key, f"{path}.{key}"))


def table(doc: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Answer the table under ``key``, empty when there is none."""
    value = doc.get(key)
    return value if isinstance(value, dict) else {}


def shown(path: str, value: object) -> str:
    """Answer the value as a fault shows it: short, and never a secret."""
    if path.endswith("contact.url") or _SECRET.search(path.rpartition(".")[2]):
        return "***"
    text = redacted(f'"{value}"' if isinstance(value, str) else repr(value))
    return text if len(text) <= 60 else text[:57] + "..."


def _store_faults(store: Mapping[str, Any]) -> Iterator[str]:
    kind = store.get("kind")
    if not isinstance(kind, str) or kind not in _NEEDED:
        return
    for key in _NEEDED[kind]:
        if key not in store:
            yield f'store.{key}: missing (a store of kind "{kind}" needs it)'
    if kind == "influx" and not (store.get("token") or store.get("token_file")):
        yield "store.token_file: missing (a file with one line, or set MIERUKA_INFLUX_TOKEN)"
    for key in _MEANINGLESS[kind]:
        if key in store:
            value = shown(f"store.{key}", store[key])
            yield f'store.{key} = {value}: not for kind "{kind}" (remove it, or change kind)'


def _mqtt_faults(mqtt: Mapping[str, Any]) -> Iterator[str]:
    if mqtt.get("password") and not mqtt.get("username"):
        yield "mqtt.username: missing (a password needs the name it belongs to)"
    for key in ("ca_file", "cert_file", "key_file"):
        if key in mqtt and str(mqtt.get("url", "")).startswith("mqtt://"):
            yield f'mqtt.{key} = "{mqtt[key]}": not used by mqtt:// (write mqtts:// for TLS)'
    if "key_file" in mqtt and "cert_file" not in mqtt:
        yield "mqtt.cert_file: missing (a key needs the certificate it belongs to)"


def _grafana_faults(grafana: Mapping[str, Any]) -> Iterator[str]:
    token, user = grafana.get("token") or grafana.get("token_file"), grafana.get("username")
    if grafana and not token and not user:
        yield "grafana.token_file: missing (a service account's token, or username and password)"
    if user and token:
        yield f'grafana.username = "{user}": given beside a token (keep the token)'
    if user and not token and not grafana.get("password"):
        yield "grafana.password: missing (the password of this user, or use token_file)"


def _doubles(tables: Tables) -> Iterator[str]:
    first: dict[str, str] = {}
    for path, item in tables:
        name = item.get("id")
        if isinstance(name, str) and first.setdefault(name, path) != path:
            yield f'{path}.id = "{name}": already the id of {first[name]} (give each its own)'


def _parent_faults(meters: Tables) -> Iterator[str]:
    parents: dict[str, object] = {}
    for _, meter in meters:
        if isinstance(meter.get("id"), str):
            parents.setdefault(meter["id"], meter.get("parent"))
    for path, meter in meters:
        name, parent = meter.get("id"), meter.get("parent")
        if not isinstance(parent, str):
            continue
        if parent not in parents:
            hint = _near(parent, [other for other in parents if other != name])
            yield f'{path}.parent = "{parent}": no meter of this site has that id ({hint})'
        elif isinstance(name, str) and _circular(name, parents):
            yield f'{path}.parent = "{parent}": goes round in a circle (leave out the top parent)'


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1) or sorted(known)
    return f"write one of: {', '.join(near)}" if near else "leave it out"


def _circular(name: str, parents: Mapping[str, object]) -> bool:
    seen: set[object] = set()
    above = parents.get(name)
    while isinstance(above, str) and above != name and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return above == name


def _order_faults(dated: Tables) -> Iterator[str]:
    before: date | None = None
    for path, item in dated:
        start = item.get("from", item.get("from_date"))
        if type(start) is not date:
            continue
        if before is not None and start <= before:
            yield f"{path}.from = {start}: not after {before} (write them in order of time)"
        before = start


def _tables(doc: Mapping[str, Any], key: str, path: str) -> Tables:
    value = doc.get(key)
    items = value if isinstance(value, list) else []
    return [(f"{path}[{i}]", item) for i, item in enumerate(items) if isinstance(item, dict)]

"""Settings of customers: which sites are whose, and where a customer's data are kept apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from collector.site_config import NAME_HINT, LocalPath, Name, Section, Text

_KEYS = {"sqlite": ("path",), "influx": ("bucket_raw", "bucket_totals")}
"""What a store apart needs to be one, by the kind of [store]."""
_OF_INFLUX = ("org", "bucket_raw", "bucket_totals", "token", "token_file")


def _at_least_one(items: tuple[str, ...]) -> tuple[str, ...]:
    if not items:
        raise ValueError("an empty list")
    return items


class TenantStoreSettings(Section):
    """Where one customer's data are kept apart; what is left out is as in [store]."""

    path: LocalPath | None = Field(default=None, description="a sqlite file of its own")
    org: Text | None = Field(default=None, description="an organisation in InfluxDB")
    bucket_raw: Text | None = Field(default=None, description="its bucket of raw readings")
    bucket_totals: Text | None = Field(default=None, description="its bucket of totals")
    token: str = Field(default="", repr=False, description="better: token_file")
    token_file: LocalPath | None = Field(default=None, description="a file with one line")


class TenantSettings(Section):
    """A customer and its sites, which are nobody else's; without ``store`` all share one."""

    id: Name = Field(description=NAME_HINT)
    name: Text = Field(description="the customer, as people call it")
    sites: Annotated[tuple[str, ...], AfterValidator(_at_least_one)] = Field(
        description='ids of [[sites]]: ["sendai"]'
    )
    store: TenantStoreSettings | None = Field(
        default=None, description="the section [tenants.store]"
    )


def tenant_secrets(doc: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield where the secrets belong: dotted path, table and key."""
    for path, tenant in _tenants(doc):
        if isinstance(store := tenant.get("store"), dict):
            yield f"{path}.store", store, "token"


def fill_in(doc: Mapping[str, Any]) -> None:
    """Give each [[grafana.tenants]] without sites those of the [[tenants]] it is named after."""
    held = _by_name(doc)
    grafana = doc.get("grafana")
    for entry in _tables(grafana.get("tenants")) if isinstance(grafana, dict) else ():
        name = entry.get("name")
        if "sites" not in entry and isinstance(name, str) and "sites" in held.get(name, {}):
            entry["sites"] = held[name]["sites"]


def tenant_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for each setting of a customer that does not fit the others."""
    known = [str(site.get("id")) for site in _tables(doc.get("sites"))]
    store = doc.get("store")
    store = store if isinstance(store, dict) else {}
    taken: dict[str, str] = {}
    places = {str(store[key]): "store" for keys in _KEYS.values() for key in keys if key in store}
    for path, tenant in _tenants(doc):
        name = f'id = "{tenant.get("id")}"'
        if taken.setdefault(name, path) != path:
            yield f"{path}.{name}: is {taken[name]}'s already (give it an id of its own)"
        yield from _site_faults(path, tenant, known, taken)
        if isinstance(own := tenant.get("store"), dict):
            yield from _store_faults(f"{path}.store", own, store, places)
    yield from _grafana_faults(doc)


def _site_faults(
    path: str, tenant: Mapping[str, Any], known: list[str], taken: dict[str, str]
) -> Iterator[str]:
    sites = tenant.get("sites")
    for site in map(str, sites if isinstance(sites, list) else ()):
        if site not in known:
            yield f'{path}.sites = "{site}": no such site (write one of: {", ".join(known)})'
        elif taken.setdefault(site, path) != path:
            yield f'{path}.sites = "{site}": is {taken[site]}\'s already (a site has one customer)'


def _store_faults(
    path: str, own: Mapping[str, Any], store: Mapping[str, Any], places: dict[str, str]
) -> Iterator[str]:
    kind = store.get("kind")
    if not isinstance(kind, str) or kind not in _KEYS:
        return
    for key in _KEYS[kind]:
        if key not in own:
            yield f'{path}.{key}: missing (a store apart of kind "{kind}" needs it)'
        elif places.setdefault(str(own[key]), path) != path:
            other = places[str(own[key])]
            yield f'{path}.{key} = "{own[key]}": is used by {other} already (name another)'
    for key in ("path",) if kind == "influx" else _OF_INFLUX:
        if key in own:
            yield f'{path}.{key}: has no meaning with [store] kind = "{kind}" (leave it out)'


def _grafana_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    held = _by_name(doc)
    grafana = doc.get("grafana")
    for number, entry in enumerate(
        _tables(grafana.get("tenants")) if isinstance(grafana, dict) else ()
    ):
        tenant, path = held.get(str(entry.get("name"))), f"grafana.tenants[{number}]"
        if held and tenant is None:
            names = ", ".join(sorted(held))
            yield f'{path}.name = "{entry.get("name")}": no such [[tenants]] (one of: {names})'
        elif tenant is not None and entry.get("sites") != tenant.get("sites"):
            yield f"{path}.sites: differ from those of [[tenants]] (leave them out here)"
        if tenant and tenant.get("store") and not {"read_token", "read_token_file"} & set(entry):
            hint = "of a token that reads these buckets alone, or its people could read all"
            yield f"{path}.read_token_file: missing (a file with one line, {hint})"


def _by_name(doc: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each customer by its id and by its name."""
    return {str(one[key]): one for _, one in _tenants(doc) for key in ("id", "name") if key in one}


def _tenants(doc: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"tenants[{number}]", one) for number, one in enumerate(_tables(doc.get("tenants")))]


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

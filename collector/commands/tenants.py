"""`collector tenants`: customers, their sites, who may look, and what keeps them apart."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import typer
from rich.table import Table

from collector import config
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.roles import RIGHTS, ROLES
from collector.state import CollectorState, open_state
from collector.tenant_config import TenantSettings
from edge_agent.process.verb_group import verb_group

app = verb_group(no_args_is_help=True, help="Customers: their sites, who may look, what is apart.")


@app.command("list")
def list_(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the customers: sites, where their data lie, and how many may look."""
    with one_line():
        settings = config.load(path)
        if not settings.tenants and not as_json:
            out.print("there is no customer: add [[tenants]] with id, name, sites", markup=False)
            return
        with_state = [_view(settings, tenant) for tenant in settings.tenants]
        if as_json:
            print_json(with_state)
            return
        table = Table("id", "name", "sites", "store", "Grafana", "tokens", "people")
        for view in with_state:
            table.add_row(*map(_cell, view.values()))
        print_table(table)
        for line in _warnings(settings):
            out.print(line, markup=False)


@app.command()
def roles(as_json: JsonOption = False) -> None:
    """Tell what each role opens, in the API and in Grafana."""
    if as_json:
        print_json([{"role": role, "meaning": RIGHTS[role].meaning} for role in ROLES])
        return
    table = Table("role", "what it is", "API", "Grafana")
    for role in ROLES:
        api = "figures, bills, findings" if RIGHTS[role].proposals else "figures"
        api += " of all customers" if RIGHTS[role].every_site else ""
        grafana = "edits the customer's boards" if RIGHTS[role].edits else "looks"
        grafana = "made in Grafana itself" if RIGHTS[role].every_site else grafana
        table.add_row(role, RIGHTS[role].meaning, api, grafana)
    print_table(table)


@app.command()
def who(
    tenant: Annotated[str, typer.Argument(help="Id of a customer: collector tenants list.")],
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Tell everyone who may look at a customer's sites now: tokens of the API, users of Grafana."""
    with one_line():
        settings = config.load(path)
        known = next((one for one in settings.tenants if tenant in (one.id, one.name)), None)
        if known is None:
            names = ", ".join(one.id for one in settings.tenants) or "none is there"
            raise CollectorError(f"there is no customer {tenant}", f"one of: {names}")
        rows = _state(settings, lambda state: list(_holders(settings, state, known)))
        if as_json:
            print_json(rows)
        elif rows:
            table = Table(*rows[0])
            for row in rows:
                table.add_row(*map(str, row.values()))
            print_table(table)
        else:
            out.print(f"nobody may look at the sites of {known.id}")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _view(settings: CollectorSettings, tenant: TenantSettings) -> dict[str, Any]:
    held = _state(settings, lambda state: list(_holders(settings, state, tenant)))
    organisations = settings.grafana.tenants if settings.grafana else ()
    store = settings.store_of(tenant.sites[0])
    place = store.bucket_totals if store.kind == "influx" else store.path
    return {
        "id": tenant.id,
        "name": tenant.name,
        "sites": list(tenant.sites),
        "store": str(place) if tenant.store else "shared",
        "grafana": any(one.name in (tenant.id, tenant.name) for one in organisations),
        "tokens": sum(row["by"] == "API" for row in held),
        "people": sum(row["by"] == "Grafana" for row in held),
    }


def _holders(
    settings: CollectorSettings, state: CollectorState, tenant: TenantSettings
) -> Iterator[dict[str, Any]]:
    now_ms = time.time_ns() // 1_000_000
    for token in state.api_tokens.list():
        sites = [
            site
            for site in tenant.sites
            if token.reach.has_site(site) and settings.opens(token.tenant, token.role, site)
        ]
        if sites and token.alive(now_ms):
            yield _row(
                "API", f"token {token.id} of {token.tenant}", token.role, sites, token.expires_at_ms
            )
    for grant in state.grafana_access.list():
        if grant.site in tenant.sites and grant.alive(now_ms):
            yield _row("Grafana", grant.login, grant.role, [grant.site], grant.end_ms)


def _row(by: str, who: str, role: str, sites: list[str], end_ms: int) -> dict[str, Any]:
    until = time.strftime("%Y-%m-%d", time.gmtime(end_ms / 1000))
    return {"by": by, "who": who, "role": role, "sites": ", ".join(sites), "until": until}


def _warnings(settings: CollectorSettings) -> Iterator[str]:
    shared = [one.id for one in settings.tenants if one.store is None]
    if shared and settings.store.kind == "influx":
        yield (
            f"warning: {', '.join(shared)} share one bucket: who has its read token reads them all"
            " (give each a [tenants.store] with buckets and a token of its own)"
        )


def _state(
    settings: CollectorSettings, ask: Callable[[CollectorState], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    state = open_state(settings.collector.state_dir)
    try:
        return ask(state)
    finally:
        state.database.close()

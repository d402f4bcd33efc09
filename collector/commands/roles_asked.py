"""What a command line says of roles and customers, checked against the settings."""

from __future__ import annotations

from typing import Annotated

import typer

from collector.commands.terminal import site_named
from collector.config import CollectorSettings
from collector.errors import CollectorError
from collector.roles import RIGHTS, ROLES, Role, role_named
from collector.state.api_tokens import ALL_SITES

RoleOption = Annotated[
    str,
    typer.Option(
        "--role", metavar="|".join(ROLES), help="What it may see: collector tenants roles."
    ),
]


def role_asked(text: str) -> Role:
    """The role. Raises ``CollectorError`` for a word that is none."""
    role = role_named(text)
    if role is None:
        raise CollectorError(f"--role {text} is not known", f"write one of: {', '.join(ROLES)}")
    return role


def sites_asked(
    settings: CollectorSettings, tenant: str, role: Role, sites: list[str], all_sites: bool
) -> tuple[str, ...]:
    """The sites to open for a customer: those named, else all of the customer's.

    Raises ``CollectorError`` where neither is to be had, or a site is another customer's.
    """
    known = next((one for one in settings.tenants if tenant in (one.id, one.name)), None)
    if known is not None and RIGHTS[role].every_site:
        hint = f"{known.id}'s own people are manager or viewer; --tenant names who runs this"
        raise CollectorError(f"{role} opens all customers, and {known.id} is one", hint)
    if all_sites and settings.tenants and not RIGHTS[role].every_site:
        hint = "name sites, or the role admin for who runs this collector"
        raise CollectorError(f"--all-sites is no {role}'s: there are customers", hint)
    if sites and all_sites:
        raise CollectorError("--site and --all-sites are both given", "keep one of them")
    if all_sites or (RIGHTS[role].every_site and not sites):
        return (ALL_SITES,)
    if not sites and known is None:
        named = ", ".join(one.id for one in settings.tenants) or "none yet"
        hint = f"write --site ID or --all-sites, or a customer of [[tenants]]: {named}"
        raise CollectorError("which sites it opens is not said", hint)
    asked = tuple(dict.fromkeys(site_named(settings, site).id for site in sites))
    for site in asked:
        if not settings.opens(tenant, role, site):
            raise CollectorError(f"{site} is not {tenant}'s", "see collector tenants list")
    return asked or (known.sites if known else ())

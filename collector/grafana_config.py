"""Settings of Grafana: where the boards go, who is told of alerts, which customers stand apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from collector.report_config import is_mail_address
from collector.site_config import HttpUrl, LocalPath, Section, Text

HOOKS = ("webhook", "slack", "teams", "lineworks")
"""Kinds of contact that are told at an address, which is a secret."""


def _at_least_one(items: tuple[Any, ...]) -> tuple[Any, ...]:
    if not items:
        raise ValueError("an empty list")
    return items


def _address(text: str) -> str:
    if not is_mail_address(text):
        raise ValueError("not a mail address")
    return text


class ContactSettings(Section):
    """Who is told when an alert fires. The address of a hook is a secret: ``url_file``."""

    kind: Literal["mail", "webhook", "slack", "teams", "lineworks"] = Field(
        description="mail, webhook, slack, teams or lineworks"
    )
    name: Text = Field(default="Mieruka", description="what Grafana calls the contact point")
    to: tuple[Annotated[str, AfterValidator(_address)], ...] = Field(
        default=(), description='mail addresses: ["energy@example.jp"]'
    )
    url: str = Field(default="", repr=False, description="better: url_file")
    url_file: LocalPath | None = Field(default=None, description="a file with one line")


class OrganisationSettings(Section):
    """A customer with an organisation of their own in Grafana: sees its sites and no others.

    Where [[tenants]] has a customer of that name, ``sites`` are theirs and need not be repeated.
    ``token`` is a service account's of that organisation; ``create`` makes the organisation and
    needs a server administrator's name and password in [grafana].
    """

    name: Text = Field(description="the customer, as the organisation is called")
    sites: Annotated[tuple[str, ...], AfterValidator(_at_least_one)] = Field(
        description='ids of [[sites]]: ["sendai"]'
    )
    org_id: Annotated[int, Field(ge=1, strict=True)] | None = Field(
        default=None, description="the organisation's number, to be sure of the token"
    )
    create: bool = Field(default=False, description="true to make the organisation")
    token: str = Field(default="", repr=False, description="better: token_file")
    token_file: LocalPath | None = Field(default=None, description="a file with one line")
    read_token: str = Field(default="", repr=False, description="better: read_token_file")
    read_token_file: LocalPath | None = Field(
        default=None, description="a file with InfluxDB's read-only token for this customer"
    )


class GrafanaSettings(Section):
    """Where the boards go. A token, or a user name with its password."""

    url: HttpUrl = Field(description="for example http://127.0.0.1:3000")
    token: str = Field(default="", repr=False, description="better: token_file")
    token_file: LocalPath | None = Field(default=None, description="a file with one line")
    username: str = Field(default="", description="only without a token")
    password: str = Field(default="", repr=False, description="only without a token")
    languages: Annotated[tuple[Literal["ja", "en"], ...], AfterValidator(_at_least_one)] = Field(
        default=("ja", "en"), description='["ja", "en"] or one of them; alerts speak the first'
    )
    read_token: str = Field(default="", repr=False, description="better: read_token_file")
    read_token_file: LocalPath | None = Field(
        default=None, description="a file with InfluxDB's read-only token for the data sources"
    )
    teams: bool = Field(
        default=False, description="true: a team a site, and only it and editors see the folder"
    )
    thresholds: dict[str, float] = Field(
        default_factory=dict, description="values of alerts instead of the shipped ones"
    )
    contact: ContactSettings | None = Field(
        default=None, description="the section [grafana.contact]"
    )
    tenants: tuple[OrganisationSettings, ...] = Field(default=(), description="[[grafana.tenants]]")


def grafana_secrets(doc: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield where nested secrets belong: dotted path, table and key, for each that may be there."""
    grafana = doc.get("grafana")
    if not isinstance(grafana, dict):
        return
    if isinstance(contact := grafana.get("contact"), dict):
        yield "grafana.contact", contact, "url"
    for number, tenant in enumerate(_tables(grafana.get("tenants"))):
        for key in ("token", "read_token"):
            yield f"grafana.tenants[{number}]", tenant, key


def grafana_faults(doc: Mapping[str, Any]) -> Iterator[str]:
    """Yield one line for each Grafana setting that does not fit the others."""
    grafana = doc.get("grafana")
    if not isinstance(grafana, dict):
        return
    if isinstance(contact := grafana.get("contact"), dict):
        yield from _contact_faults(contact)
    known = [str(site.get("id")) for site in _tables(doc.get("sites"))]
    taken: dict[str, str] = {}
    for number, tenant in enumerate(_tables(grafana.get("tenants"))):
        path = f"grafana.tenants[{number}]"
        yield from _entry_faults(path, tenant, bool(grafana.get("username")))
        yield from _site_faults(path, tenant, known, taken)


def _contact_faults(contact: Mapping[str, Any]) -> Iterator[str]:
    kind, url = contact.get("kind"), contact.get("url") or contact.get("url_file")
    if kind == "mail":
        if not contact.get("to"):
            yield "grafana.contact.to: missing (mail needs at least one address)"
        if url:
            yield "grafana.contact.url_file: mail goes to addresses (keep to, or change kind)"
    elif kind in HOOKS:
        if not url:
            yield "grafana.contact.url_file: missing (a file with the hook's address in one line)"
        elif not str(contact.get("url") or "https://").startswith(("http://", "https://")):
            yield "grafana.contact.url = ***: not an http(s) address (copy it from the service)"
        if contact.get("to"):
            yield f'grafana.contact.to: {kind} goes to its hook (leave it out, or kind = "mail")'


def _entry_faults(path: str, tenant: Mapping[str, Any], administrator: bool) -> Iterator[str]:
    token = bool(tenant.get("token") or tenant.get("token_file"))
    if tenant.get("create") is True and not administrator:
        hint = "name a server administrator as grafana.username, or use org_id and token_file"
        yield f"{path}.create = true: a token cannot make organisations ({hint})"
    elif not tenant.get("create") and not token and not administrator:
        hint = "a file with a service account token of that organisation"
        yield f"{path}.token_file: missing ({hint})"
    elif not tenant.get("create") and not token and not tenant.get("org_id"):
        yield f"{path}.org_id: missing (the organisation's number, or create = true)"
    if tenant.get("create") is True and (token or tenant.get("org_id")):
        yield f"{path}.create = true: given beside org_id or token_file (keep one of them)"


def _site_faults(
    path: str, tenant: Mapping[str, Any], known: list[str], taken: dict[str, str]
) -> Iterator[str]:
    sites = tenant.get("sites")
    for site in sites if isinstance(sites, list) else ():
        if site not in known:
            yield f'{path}.sites = "{site}": no such site (write one of: {", ".join(known)})'
        elif taken.setdefault(site, path) != path:
            yield f'{path}.sites = "{site}": is {taken[site]}\'s already (a site has one customer)'
    name = f"name {tenant.get('name')}"
    if taken.setdefault(name, path) != path:
        yield f"{path}.{name}: is {taken[name]}'s already (give it a name of its own)"


def _tables(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []

"""Which organisation of Grafana holds which sites: the settings' own, and one a customer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from collector.boards.currency import Money, money_of
from collector.config import CollectorSettings, StoreSettings
from collector.errors import StopError
from collector.grafana_config import GrafanaSettings, OrganisationSettings
from collector.site_config import SiteSettings

READ_TOKEN_HINT = (
    "influx auth create --org {org} --read-bucket ID --read-bucket ID --description grafana"
    " (the ids: influx bucket list), its token into a file, grafana.read_token_file = that file"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One organisation of a Grafana and what of the settings belongs there.

    ``tenant`` is empty for the organisation that the settings' own token is of; ``org_id`` is
    what the token must be of, ``create`` that the organisation is made when absent, ``apart`` that
    nobody else's sites are in the store;
    ``money`` tells what sites with a tariff pay in, and for a kW.
    """

    tenant: str
    grafana: GrafanaSettings
    store: StoreSettings
    sites: tuple[SiteSettings, ...]
    read_token: str
    org_id: int | None = None
    create: bool = False
    apart: bool = False
    money: Mapping[str, Money] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The place's name in the record."""
        return f"{self.grafana.url} {self.tenant}".rstrip()

    @property
    def by_token(self) -> bool:
        """Whether a token, rather than a user with a password, opens it."""
        return bool(self.grafana.token)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of it, one line each."""
        return tuple(self._warnings())

    def _warnings(self) -> Iterator[str]:
        if not self.read_token:
            hint = READ_TOKEN_HINT.format(org=self.store.org)
            yield f"warning: Grafana reads with the collector's own token, which may write ({hint})"
        if self.tenant and not self.apart:
            yield (
                f"warning: who may look into {self.tenant} can ask its data sources for every site"
                f" in {self.store.bucket_totals} (a [tenants.store] with buckets of its own"
                " keeps customers apart)"
            )


def places(settings: CollectorSettings) -> tuple[Place, ...]:
    """Every organisation the settings speak of; the settings' own first, if it has sites.

    Raises ``StopError`` without a Grafana, with a store that boards cannot read, or with a tariff
    that is not known.
    """
    if settings.grafana is None:
        raise StopError(
            "the settings name no Grafana",
            "add [grafana] with url and token_file to collector.toml",
        )
    if settings.store.kind != "influx":
        raise StopError(
            f"boards read InfluxDB, and the store is {settings.store.kind}",
            'set [store] kind = "influx"; without it, read the report page instead',
        )
    grafana, store = settings.grafana, settings.store
    taken = {site for tenant in grafana.tenants for site in tenant.sites}
    rest = tuple(site for site in settings.sites if site.id not in taken)
    own = (Place("", grafana, store, rest, grafana.read_token),) if rest else ()
    every = (*own, *(_tenants_place(settings, grafana, tenant) for tenant in grafana.tenants))
    money = money_of(settings)
    return tuple(replace(one, money=money) for one in every)


def _tenants_place(
    settings: CollectorSettings, grafana: GrafanaSettings, tenant: OrganisationSettings
) -> Place:
    store = settings.store_of(tenant.sites[0])
    entry = {"token": tenant.token, "username": "", "password": ""} if tenant.token else {}
    return Place(
        tenant=tenant.name,
        grafana=grafana.model_copy(update=entry),
        store=store,
        apart=store != settings.store,
        sites=tuple(site for site in settings.sites if site.id in tenant.sites),
        read_token=tenant.read_token or grafana.read_token,
        org_id=tenant.org_id,
        create=tenant.create,
    )

"""An organisation of Grafana opened, and seen to be the right one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

from collector.boards.connection import Grafana
from collector.boards.found import major_of
from collector.boards.places import Place
from collector.errors import StopError


@dataclass(frozen=True, slots=True)
class Opened:
    """The open connection, Grafana's version, and the organisation: None while it is not made."""

    grafana: Grafana
    version: str
    organisation: int | None

    @property
    def major(self) -> int | None:
        """The first number of the version, None when it is hidden."""
        return major_of(self.version)


@contextmanager
def opened(place: Place, known: dict[int, str]) -> Iterator[Opened]:
    """Open the place. ``known`` names the organisations opened before, and is added to.

    Raises ``StopError`` where the credentials lead into another organisation than wanted.
    """
    with Grafana(place.grafana) as grafana:
        version = grafana.version()
        organisation = _enter(grafana, place)
        if organisation is not None:
            _refuse_twice(place, organisation, known)
        yield Opened(grafana, version, organisation)


def _enter(grafana: Grafana, place: Place) -> int | None:
    if place.create:
        there = grafana.get(f"/orgs/name/{quote(place.tenant, safe='')}")
        if there is None:
            return None
        grafana.enter(int(there["id"]))
        return int(there["id"])
    if place.org_id is not None and not place.by_token:
        grafana.enter(place.org_id)
    here = grafana.get("/org")
    if here is None:
        raise StopError(
            f"Grafana has no organisation {place.org_id} for {place.tenant}",
            "look up its number (Administration, Organizations), or set create = true",
        )
    found = int(here["id"])
    if place.org_id not in (None, found):
        raise StopError(
            f"the token of {place.tenant} is of organisation {found}, not {place.org_id}",
            "make a service account in that organisation, its token into the tenant's token_file",
        )
    return found


def _refuse_twice(place: Place, organisation: int, known: dict[int, str]) -> None:
    other = known.setdefault(organisation, place.tenant or "[grafana]")
    if other != (place.tenant or "[grafana]"):
        raise StopError(
            f"{place.tenant} and {other} are the same organisation {organisation} of Grafana",
            "give each customer a token of an organisation of its own",
        )

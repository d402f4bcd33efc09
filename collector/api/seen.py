"""What a request is answered from: the server's sources, and what its token may see of them.

Every route below ``/v1/sites/{site}`` takes a ``Seen``; a site that is not there and one of
another tenant answer alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Path, Request, Security
from fastapi.security import HTTPBearer

from collector.api.problems import Problem
from collector.api.span_text import require_within, span_of
from collector.roles import RIGHTS
from collector.rollup.periods import Window
from collector.site_config import SiteSettings
from collector.state.api_tokens import ApiToken

if TYPE_CHECKING:
    from collector.api.gate import Gate
    from collector.api_config import ApiSettings
    from collector.clock import Clock
    from collector.config import CollectorSettings
    from collector.state import CollectorState
    from collector.storage.port import ReadingStore
    from collector.summarise.library import Library


class Source(Protocol):
    """Settings, store, state, library and clock: what is read, never written."""

    @property
    def settings(self) -> CollectorSettings:
        """The settings it was opened with."""
        ...

    @property
    def store(self) -> ReadingStore:
        """Readings and totals."""
        ...

    @property
    def state(self) -> CollectorState:
        """What the collector notes for itself."""
        ...

    @property
    def library(self) -> Library:
        """Factors and tariffs."""
        ...

    @property
    def clock(self) -> Clock:
        """What time it is."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """What one server answers from."""

    source: Source
    settings: ApiSettings
    gate: Gate


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and the server that is asked."""

    served: Served
    token: ApiToken

    @property
    def sites(self) -> tuple[SiteSettings, ...]:
        """The sites the token sees: those it names, as long as they are its customer's."""
        settings, token = self.served.source.settings, self.token
        return tuple(
            site
            for site in settings.sites
            if token.reach.has_site(site.id) and settings.opens(token.tenant, token.role, site.id)
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A site that the token sees."""

    served: Served
    token: ApiToken
    site: SiteSettings

    @property
    def source(self) -> Source:
        """What is read."""
        return self.served.source

    def span(self, from_text: str | None, to_text: str | None) -> Window:
        """The stretch asked for, within the token's days (``span_text.span_of``)."""
        return span_of(self.token.reach, self.site.zone, from_text, to_text)

    def require(self, span: Window) -> None:
        """See that the token may see all of the stretch. Raises ``Problem`` 403."""
        require_within(self.token.reach, self.site.zone, span)


_BEARER = HTTPBearer(auto_error=False, description="A token of collector api token create.")


def served(request: Request) -> Served:
    """What the server answers from."""
    found: Served = request.app.state.served
    return found


def asking(request: Request, _: Annotated[object, Security(_BEARER)]) -> Asking:
    """Who asks. Raises ``Problem`` 401 or 429."""
    of_server = served(request)
    return Asking(of_server, of_server.gate.token_of(request))


AskingNow = Annotated[Asking, Depends(asking)]
SiteId = Annotated[str, Path(description="id of a site", examples=["sendai"])]


def seen(who: AskingNow, site: SiteId) -> Seen:
    """The site of the path. Raises ``Problem`` 404 for one that is not there for this token."""
    for settings in who.sites:
        if settings.id == site:
            return Seen(who.served, who.token, settings)
    raise Problem(404, "there is no such site", "GET /v1/sites lists those this token sees")


def seen_with_proposals(of_site: Annotated[Seen, Depends(seen)]) -> Seen:
    """The site, for a role that sees bills and findings. Raises ``Problem`` 403 for another."""
    role = of_site.token.role
    if not RIGHTS[role].proposals:
        hint = "ask for a token of the role manager or consultant"
        raise Problem(403, f"a {role}'s token opens no bills and no findings", hint)
    return of_site


SeenSite = Annotated[Seen, Depends(seen)]
SeenProposals = Annotated[Seen, Depends(seen_with_proposals)]

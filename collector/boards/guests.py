"""Who may look for a time: consultants as users, programs by a token. Noted in the state first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from collector.boards.connection import ConflictError, Grafana
from collector.boards.opening import opened
from collector.boards.passes import apply
from collector.boards.places import places
from collector.boards.report import BoardsReport
from collector.clock import Clock, SystemClock
from collector.config import CollectorSettings
from collector.errors import StopError
from collector.roles import LONGEST_DAYS, RIGHTS, Role
from collector.rollup.periods import midnight_ms
from collector.site_config import SiteSettings
from collector.state import open_state
from collector.state.grafana_access import GrafanaAccess, Grant


def give(
    settings: CollectorSettings,
    site: SiteSettings,
    login: str,
    until: date,
    by: str,
    clock: Clock | None = None,
    role: Role = "consultant",
) -> BoardsReport:
    """Let a user of Grafana see the site to the end of the day ``until``, by the site's clock.

    A manager may also change the boards, which needs a customer with an organisation of its own.
    Raises ``StopError`` for a day that is over or more than a year ahead, for a user whom Grafana
    does not know, and as ``apply`` does; the access is noted in the state before Grafana is asked,
    so it ends whatever happens.
    """
    clock = clock or SystemClock()
    end_ms = _end_ms(site, until)
    now_ms = clock.now_ms()
    if end_ms <= now_ms:
        raise StopError(f"--until {until} is over", "choose today or a later day")
    if end_ms - now_ms > LONGEST_DAYS * 86_400_000:
        raise StopError(f"--until {until} is more than a year ahead", "give it again when it ends")
    if not login.strip() or not by.strip():
        raise StopError("who gets or gives the access is not said", "write NAME and --by WHO")
    _require_place(settings, site, role)
    with _access(settings) as access:
        grant = access.add(site.id, login.strip(), end_ms, by.strip(), now_ms, role)
    try:
        return apply(settings, access_only=True, clock=clock)
    except StopError:
        with _access(settings) as access:  # refused: nobody was let in
            access.end(grant.site, grant.login, now_ms)
        raise


def _require_place(settings: CollectorSettings, site: SiteSettings, role: Role) -> None:
    """Raise ``StopError`` where the role would reach boards of other sites."""
    here = next(place for place in places(settings) if site in place.sites)
    if role == "admin":
        hint = "Grafana: Administration, Users; nothing of ours takes it away again"
        raise StopError("administrators of Grafana are made in Grafana itself", hint)
    if RIGHTS[role].edits and not here.tenant:
        hint = "give the customer an entry in [[grafana.tenants]], or the role viewer"
        text = f"who edits boards of {site.id} would edit those of every site beside it"
        raise StopError(text, hint)


def take_back(
    settings: CollectorSettings, site: SiteSettings, login: str, clock: Clock | None = None
) -> BoardsReport:
    """End a user's access now. Raises ``StopError`` where there is none, and as ``apply`` does."""
    clock = clock or SystemClock()
    with _access(settings) as access:
        if not access.end(site.id, login, clock.now_ms()):
            raise StopError(f"{login} has no access to {site.id}", "collector boards access list")
    return apply(settings, access_only=True, clock=clock)


def expire(settings: CollectorSettings, clock: Clock | None = None) -> BoardsReport:
    """Take away every access whose time is over (``apply`` does so too)."""
    return apply(settings, access_only=True, clock=clock)


def given(settings: CollectorSettings) -> Sequence[Grant]:
    """Every access ever given, ended ones too."""
    with _access(settings) as access:
        return access.list()


def viewer_token(settings: CollectorSettings, name: str, days: int, tenant: str = "") -> str:
    """Make a service account with the role Viewer and a token of it; answers its secret text.

    Grafana shows the text this once and forgets the token after ``days``. Raises ``StopError``
    for a name that is taken and for a tenant the settings do not know.
    """
    here = [place for place in places(settings) if place.tenant == tenant]
    if not here:
        known = ", ".join(place.tenant or '""' for place in places(settings))
        raise StopError(f"the settings know no tenant {tenant}", f"one of: {known}")
    with opened(here[0], {}) as there:
        if there.organisation is None:
            raise StopError(f"Grafana has no organisation {tenant} yet", "collector boards apply")
        number = _account(there.grafana, name)
        key = {"name": name, "secondsToLive": days * 86_400}
        path = f"/serviceaccounts/{number}/tokens"
        try:
            return str(there.grafana.send("POST", path, key)["key"])
        except ConflictError as error:
            what = f"Grafana refuses the token {name}: {error.message}"
            raise StopError(what, "choose another name") from error


def _account(grafana: Grafana, name: str) -> int:
    """Make the service account; answers its number."""
    listed = grafana.get("/serviceaccounts/search?perpage=1000") or {}
    if any(one["name"] == name for one in listed.get("serviceAccounts", ())):
        raise StopError(f"Grafana has a service account {name} already", "choose another name")
    try:
        return int(grafana.send("POST", "/serviceaccounts", {"name": name, "role": "Viewer"})["id"])
    except (ConflictError, StopError) as error:
        # Seen on 9.4: a name that another organisation has is refused with no reason given.
        hint = "its names are unique over all organisations: choose another, or see Grafana's log"
        raise StopError(
            f"Grafana makes no service account {name}: {error.message}", hint
        ) from error


@contextmanager
def _access(settings: CollectorSettings) -> Iterator[GrafanaAccess]:
    state = open_state(settings.collector.state_dir)
    try:
        yield state.grafana_access
    finally:
        state.database.close()


def _end_ms(site: SiteSettings, until: date) -> int:
    """The first instant after the day, by the site's clock, UTC ms."""
    return midnight_ms(site.zone, until + timedelta(days=1))

"""What should stand in one organisation of Grafana, out of the settings and what is shipped. Pure.

Sites have a folder each; boards and alerts over many sites have one of their own as soon as there
is more than one site. With one site, boards tagged ``fleet`` lie in its folder, those tagged
``portfolio`` are not made.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from collector.boards.alert_rules import FLEET, RuleGroup, known_thresholds, rule_group
from collector.boards.contact import contact_point
from collector.boards.currency import UNKNOWN
from collector.boards.linking import Neighbours, linked
from collector.boards.places import Place
from collector.boards.shipped import alert_texts, board_texts
from collector.boards.sources import DataSource, data_sources
from collector.boards.stamp import Json, fitted_uid, stamped, stamped_fleet
from collector.errors import StopError
from collector.site_config import SiteSettings
from collector.state.grafana_access import Grant

PORTFOLIO = "portfolio"
PORTFOLIO_FOLDER = "mieruka-portfolio"


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder: its uid, which never changes, and the title it is made with."""

    uid: str
    title: str


@dataclass(frozen=True, slots=True)
class PlacedBoard:
    """A board's JSON and the folder it is made in."""

    board: Json
    folder: str

    @property
    def uid(self) -> str:
        """The board's uid."""
        return str(self.board["uid"])


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is wanted in one place.

    ``teams`` are the folders that have a team of their own, ``private`` whether only that team
    and editors see them; ``grants`` all that were ever given at these sites, ended ones too.
    """

    folders: tuple[Folder, ...] = ()
    sources: tuple[DataSource, ...] = ()
    boards: tuple[PlacedBoard, ...] = ()
    groups: tuple[RuleGroup, ...] = ()
    contact: Json | None = None
    teams: tuple[Folder, ...] = ()
    private: bool = False
    grants: tuple[Grant, ...] = ()
    now_ms: int = 0


def wanted_at(place: Place, grants: Sequence[Grant], now_ms: int) -> Wanted:
    """Everything for the place. Raises ``StopError`` where the settings cannot be kept."""
    folders, contact = site_folders(place.sites), place.grafana.contact
    boards, groups = tuple(_boards(place)), tuple(_groups(place))
    filled = {one.folder for one in boards} | {one.folder for one in groups}
    here = tuple(grant for grant in grants if grant.site in {site.id for site in place.sites})
    wanted = Wanted(
        folders=(*folders, *((_portfolio_folder(place),) if PORTFOLIO_FOLDER in filled else ())),
        sources=data_sources(place.store, place.read_token),
        boards=boards,
        groups=groups,
        contact=None if contact is None else contact_point(contact),
        teams=folders if place.grafana.teams else _granted(place.sites, here),
        private=place.grafana.teams,
        grants=here,
        now_ms=now_ms,
    )
    _refuse_one_title(wanted.folders)
    return wanted


def only(everywhere: Sequence[Wanted], uids: Sequence[str]) -> list[Wanted]:
    """The parts with these uids, and what they cannot stand without: folders and data sources.

    A uid is that of a board or group of rules, or a shipped board's (at every site). Raises
    ``StopError`` for one that is none of these.
    """
    known = [one.uid for wanted in everywhere for one in wanted.boards]
    known += [one.uid for wanted in everywhere for one in wanted.groups]
    names = {one.name for wanted in everywhere for one in wanted.groups}
    for uid in uids:
        if uid not in names and not any(_named(one, uid) for one in known):
            raise StopError(f"nothing here is called {uid}", f"one of: {', '.join(known)}")
    return [_only(wanted, uids) for wanted in everywhere]


def _only(wanted: Wanted, uids: Sequence[str]) -> Wanted:
    boards = tuple(one for one in wanted.boards if any(_named(one.uid, uid) for uid in uids))
    groups = tuple(one for one in wanted.groups if {one.uid, one.name} & set(uids))
    folders = {one.folder for one in boards} | {one.folder for one in groups}
    return Wanted(
        folders=tuple(folder for folder in wanted.folders if folder.uid in folders),
        sources=wanted.sources if folders else (),
        boards=boards,
        groups=groups,
        contact=wanted.contact if groups else None,
    )


def only_access(wanted: Wanted) -> Wanted:
    """The part about who may look: folders of sites, teams, grants."""
    uids = {team.uid for team in wanted.teams}
    folders = tuple(folder for folder in wanted.folders if folder.uid in uids)
    return replace(wanted, folders=folders, sources=(), boards=(), groups=(), contact=None)


def folder_uid(site: str) -> str:
    """The uid of a site's folder."""
    return fitted_uid(f"mieruka-{site}")


def site_folders(sites: Sequence[SiteSettings]) -> tuple[Folder, ...]:
    """The folders of the sites. The id makes a title that Grafana 9 can tell from others.

    It compares titles by their Latin letters and digits, of which two Japanese names have none.
    """
    return tuple(Folder(folder_uid(site.id), f"Mieruka {site.name} ({site.id})") for site in sites)


def _granted(sites: Sequence[SiteSettings], grants: Sequence[Grant]) -> tuple[Folder, ...]:
    named = {grant.site for grant in grants}
    return site_folders([site for site in sites if site.id in named])


def _portfolio_folder(place: Place) -> Folder:
    title = "全拠点" if place.grafana.languages[0] == "ja" else "all sites"
    return Folder(PORTFOLIO_FOLDER, f"Mieruka {title}")


def _named(uid: str, asked: str) -> bool:
    return uid == asked or uid.startswith(f"{asked}-")


def _fleet_folder(place: Place) -> str:
    return PORTFOLIO_FOLDER if len(place.sites) > 1 else folder_uid(place.sites[0].id)


def _boards(place: Place) -> Iterator[PlacedBoard]:
    each = list(_texts(place, fleet=False))
    once = [one for one in _texts(place, fleet=True) if len(place.sites) > 1 or not _many(one)]
    here = Neighbours(
        once=frozenset(str(one["uid"]) for one in once),
        each=frozenset(str(one["uid"]) for one in each),
        sites=[site.id for site in place.sites],
    )
    for site in place.sites:
        for board in each:
            own = stamped(board, site, place.money.get(site.id, UNKNOWN).currency)
            yield PlacedBoard(linked(own, here, site.id), folder_uid(site.id))
    for board in once:
        yield PlacedBoard(linked(stamped_fleet(board, place.sites), here), _fleet_folder(place))


def _many(board: Json) -> bool:
    """Whether the board has a meaning only with several sites."""
    return PORTFOLIO in board["tags"]


def _texts(place: Place, *, fleet: bool) -> Iterator[Json]:
    for language in place.grafana.languages:
        for board in board_texts(language):
            if bool({PORTFOLIO, FLEET} & set(board.get("tags", ()))) is fleet:
                yield board


def _groups(place: Place) -> Iterator[RuleGroup]:
    shipped = list(alert_texts(place.grafana.languages[0]))
    own, url = place.grafana.thresholds, place.grafana.url
    known = known_thresholds(shipped)
    for name in own:
        if name not in known:
            hint = f"known: {', '.join(sorted(known)) or 'none, no alert has one'}"
            raise StopError(f"grafana.thresholds.{name}: no alert has this threshold", hint)
    for text in shipped:
        if text.get("scope") == FLEET:
            found = [rule_group(text, place.sites, _fleet_folder(place), url, own)]
        else:
            sites = place.sites
            found = [
                rule_group(
                    *(text, [one], folder_uid(one.id), url, own),
                    place.money.get(one.id, UNKNOWN),
                )
                for one in sites
            ]
        yield from (group for group in found if group is not None)


def _slug(title: str) -> str:
    """What Grafana 9 takes for the same title."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _refuse_one_title(folders: Sequence[Folder]) -> None:
    by_title: defaultdict[str, list[str]] = defaultdict(list)
    for folder in folders:
        by_title[_slug(folder.title)].append(folder.uid)
    for uids in by_title.values():
        if len(uids) > 1:
            title = next(folder.title for folder in folders if folder.uid == uids[0])
            raise StopError(
                f'{" and ".join(uids)} would both be the folder "{title}" to Grafana 9',
                "give one of the sites another name in [[sites]]",
            )

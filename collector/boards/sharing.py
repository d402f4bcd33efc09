"""A public link for one fixed board: whoever has the address may look, without a login.

Grafana shows no variables to strangers, so only a board without any is shared; ``fixed`` makes
such a board out of one of a site, whose variables are facts that can be written in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from collector.boards.connection import Grafana, MissingError
from collector.boards.opening import opened
from collector.boards.places import places
from collector.boards.stamp import Json, fitted_uid
from collector.boards.steps import bare
from collector.config import CollectorSettings
from collector.errors import StopError

OUR_COPY = "mieruka-public"
"""The tag of a copy: no link of other boards leads to it."""
FIXED = ("constant", "custom")
_VARIABLE = re.compile(r"\$\{([A-Za-z0-9_]+)(?::([a-z]+))?\}")
OFF_HINT = "before Grafana 11 it must be switched on: feature toggle publicDashboards"


@dataclass(frozen=True, slots=True)
class Shared:
    """A board and the address strangers see it at; empty when it is not shared."""

    uid: str
    url: str


def share(settings: CollectorSettings, uid: str, *, copy: bool = False) -> Shared:
    """Make the public link of a board, or find the one it has.

    ``copy`` shares a copy of it with its variables written in, made anew each time. Raises
    ``StopError`` for a board that is not there, or has variables, or where links are off.
    """
    with _opened_with(settings, uid) as (grafana, found, url):
        board = found["dashboard"]
        if copy:
            uid = _place_copy(grafana, fixed(board), str(found["meta"].get("folderUid") or ""))
        elif names := variables(board):
            hint = f"collector boards share {uid} --copy shares a copy with them written in"
            raise StopError(f"{uid} has variables ({', '.join(names)})", hint)
        try:
            link = _link(grafana, uid) or grafana.send("POST", _path(uid), _ON)
        except MissingError as error:
            raise StopError(f"Grafana makes no public link for {uid}", OFF_HINT) from error
        return Shared(uid, f"{url.rstrip('/')}/public-dashboards/{link['accessToken']}")


def unshare(settings: CollectorSettings, uid: str) -> Shared:
    """Take away every public link of a board, and the board itself where it is our copy.

    Raises ``StopError`` where it has none.
    """
    with _opened_with(settings, uid) as (grafana, found, _url):
        link, taken = _link(grafana, uid), 0
        while link is not None:  # Grafana 9.4 may hold several
            grafana.send("DELETE", f"{_path(uid)}/{link['uid']}")
            link, taken = _link(grafana, uid), taken + 1
        if not taken:
            raise StopError(f"{uid} has no public link", "nothing to do")
        if OUR_COPY in found["dashboard"].get("tags", ()):
            grafana.send("DELETE", f"/dashboards/uid/{uid}")
        return Shared(uid, "")


def variables(board: Json) -> list[str]:
    """The names of a board's variables."""
    return [str(one["name"]) for one in board.get("templating", {}).get("list", ())]


def fixed(board: Json) -> Json:
    """The board with its variables written in, under a uid and title of its own. Pure.

    Raises ``StopError`` for a variable that a reader must choose.
    """
    listed = board.get("templating", {}).get("list", ())
    free = [str(one["name"]) for one in listed if one["type"] not in FIXED or not one.get("hide")]
    if free:
        hint = "share the board of one site whose meters are in the settings"
        raise StopError(f"{board['uid']} lets its reader choose {', '.join(free)}", hint)
    values = {one["name"]: one["current"]["value"] for one in listed}
    own: Json = _filled(bare(board), values)
    own["uid"] = fitted_uid(f"{board['uid']}-public")
    own["title"] = f"{board['title']} (public)"
    own["templating"] = {"list": []}
    own["links"] = []
    own["tags"] = [OUR_COPY]
    return own


def _filled(value: Any, values: Json) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, values) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    if not isinstance(value, str):
        return value
    return _VARIABLE.sub(lambda one: _text(one, values), value)


def _text(found: re.Match[str], values: Json) -> str:
    """A variable as Grafana writes it: ``raw`` as it is, ``regex`` escaped, several joined."""
    if found[1] not in values:
        return found[0]
    value = values[found[1]]
    several = value if isinstance(value, list) else [value]
    if found[2] != "regex":
        return ",".join(map(str, several))
    escaped = [re.sub(r"([\\^$*+?.()|[\]{}/])", r"\\\1", str(one)) for one in several]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


_ON: Json = {
    "isEnabled": True,
    "share": "public",
    "timeSelectionEnabled": False,
    "annotationsEnabled": False,
}


def _path(uid: str) -> str:
    return f"/dashboards/uid/{uid}/public-dashboards"


def _link(grafana: Grafana, uid: str) -> Json | None:
    link: Json | None = grafana.get(_path(uid))
    return link


def _place_copy(grafana: Grafana, board: Json, folder: str) -> str:
    uid = str(board["uid"])
    there = grafana.get(f"/dashboards/uid/{uid}")
    version = {} if there is None else {"version": there["dashboard"]["version"]}
    order = {"dashboard": {**board, **version}, "folderUid": folder, "overwrite": False}
    grafana.send("POST", "/dashboards/db", {**order, "message": "Mieruka"})
    return uid


@contextmanager
def _opened_with(settings: CollectorSettings, uid: str) -> Iterator[tuple[Grafana, Json, str]]:
    """Open the organisation that holds the board; answers it, the board and Grafana's address."""
    known: dict[int, str] = {}
    for place in places(settings):
        with opened(place, known) as there:
            found = there.grafana.get(f"/dashboards/uid/{uid}") if there.organisation else None
            if found is not None:
                yield there.grafana, found, place.grafana.url
                return
    raise StopError(f"Grafana has no board {uid}", "collector boards lists them")

"""Links between boards, after the boards have become those of sites. Pure.

The shipped boards link to one another by their shipped uids. At a site these are the site's own
boards; a board over all sites opens a choice of the sites' boards instead, and its tables open
the board of the site in the row. A link to what is not placed here is left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.boards.stamp import Json, fitted_uid

_DRILL = re.compile(r"/d/([A-Za-z0-9_-]+)\?var-site=(\$\{__[a-z.]+\})&?")
_PLAIN = re.compile(r"/d/([A-Za-z0-9_-]+)(?=[?\"\\/]|$)")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands in a place: shipped uids that stand there once, and those that each site has."""

    once: frozenset[str]
    each: frozenset[str]
    sites: Sequence[str]


def linked(board: Json, here: Neighbours, site: str = "") -> Json:
    """The board with links that lead to boards of this place; ``site`` is empty for all sites."""
    uids = {uid: uid for uid in here.once}
    at = site or (here.sites[0] if len(here.sites) == 1 else "")
    if at:
        uids |= {uid: fitted_uid(f"{uid}-{at}") for uid in here.each}
    head = [one for link in board.get("links", ()) for one in _head(link, here, uids)]
    text = json.dumps({**board, "links": []})
    # Uids of sites' boards end in the site's id, unless 40 characters are too few for both.
    text = _DRILL.sub(lambda found: _drill(found, here, uids), text)
    text = _PLAIN.sub(lambda found: f"/d/{uids.get(found[1], found[1])}", text)
    own: Json = json.loads(text)
    return {**own, "links": head} if "links" in board else own


def _head(link: Json, here: Neighbours, uids: Mapping[str, str]) -> list[Json]:
    """A link at the top of the board: itself led right, as a choice, or nothing."""
    found = _PLAIN.search(str(link.get("url") or ""))
    if link.get("type") != "link" or found is None:
        return [link]
    if found[1] in uids:
        url = _PLAIN.sub(lambda one: f"/d/{uids.get(one[1], one[1])}", str(link["url"]))
        return [{**link, "url": url}]
    if found[1] in here.each:
        kept = {key: value for key, value in link.items() if key not in ("url", "includeVars")}
        return [{**kept, "type": "dashboards", "asDropdown": True, "includeVars": False}]
    return []


def _drill(found: re.Match[str], here: Neighbours, uids: Mapping[str, str]) -> str:
    if found[1] not in here.each or found[1] in uids:
        return found[0]
    return f"/d/{found[1]}-{found[2]}?"

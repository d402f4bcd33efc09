"""A shipped board made into the board of one site, or of all of them. Pure.

The shipped JSON is for Asia/Tokyo, yen and an April fiscal year and lets the reader pick site and
meters. For a site of the settings these are facts: its zone, its fiscal year, its incoming
meters, its circuits, its contract power, its currency and its meters' names are written in.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from collector.boards.currency import BUILT_UNIT, headed, unit_of
from collector.boards.names import show_meters, show_sites, spoken
from collector.boards.variables import WHOLE_SITE, Json, choice, fixed
from collector.site_config import SiteSettings

__all__ = ["Json", "fitted_uid", "stamped", "stamped_fleet"]
BUILT_ZONE = "Asia/Tokyo"
MAX_UID = 40


def stamped(board: Json, site: SiteSettings, currency: str = "") -> Json:
    """Make the shipped board the site's own: uid, title, calendar, variables, meter names.

    ``currency`` is that of the site's tariffs ("EUR"); without one, money stays as shipped.
    """
    language = _language(board)
    site = spoken(site, language)
    text = json.dumps(board).replace(f"tz('{BUILT_ZONE}')", f"tz('{site.time_zone}')")
    if currency:
        text = text.replace(json.dumps(BUILT_UNIT), json.dumps(unit_of(currency)))
    own: Json = json.loads(text)
    own["uid"] = fitted_uid(f"{board['uid']}-{site.id}")
    own["title"] = f"{board['title']} - {site.name}"
    own["timezone"] = site.time_zone
    own["fiscalYearStartMonth"] = site.fiscal_year_starts - 1
    own["templating"]["list"] = [fixed(one, site, language) for one in own["templating"]["list"]]
    for panel in own["panels"]:
        if "fieldConfig" in panel and site.meters:
            show_meters(panel, site.meters, language)
        if currency:
            panel["title"] = headed(panel["title"], currency)
    return own


def stamped_fleet(board: Json, sites: Sequence[SiteSettings]) -> Json:
    """Make a board over many sites their own: a choice of the sites, by name, all at first.

    Its zone is the one they share, else UTC; its fiscal year begins as the first site's does.
    """
    sites = [spoken(site, _language(board)) for site in sites]
    zones = {site.time_zone for site in sites}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    own: Json = json.loads(json.dumps(board).replace(f"tz('{BUILT_ZONE}')", f"tz('{zone}')"))
    own["timezone"] = zone
    own["fiscalYearStartMonth"] = sites[0].fiscal_year_starts - 1
    variables, offered = own["templating"]["list"], [(site.name, site.id) for site in sites]
    own["templating"]["list"] = [
        choice(one, offered) if one["name"] == "site" else one for one in variables
    ]
    for panel in own["panels"]:
        if "fieldConfig" in panel:
            show_sites(panel, sites)
    return own


def fitted_uid(uid: str) -> str:
    """Keep the uid within Grafana's 40 characters; a longer one ends in a hash of the whole."""
    if len(uid) <= MAX_UID:
        return uid
    return f"{uid[: MAX_UID - 9]}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"


def _language(board: Json) -> str:
    return next((one for one in WHOLE_SITE if one in board.get("tags", ())), "en")

"""The boards that the package ships, placed for two sites: what no single board can promise."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from collector.boards.places import places
from collector.boards.shipped import alert_texts, board_texts
from collector.boards.wanted import Wanted, wanted_at
from tests.collector.boards.case import SENDAI, settings_for

LINK = re.compile(r"/d/([A-Za-z0-9_-]+)(\$\{__value\.raw\})?")


@pytest.fixture(params=["two sites", "one site", "one language"])
def placed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Wanted:
    """All that is wanted of the shipped boards and alerts."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", board_texts)
    monkeypatch.setattr("collector.boards.wanted.alert_texts", alert_texts)
    known: dict[str, dict[str, Any]] = {
        "two sites": {},
        "one site": {"sites": [SENDAI]},
        "one language": {"grafana": {"languages": ["en"]}},
    }
    changes = known[request.param]
    (place,) = places(settings_for(tmp_path, "http://grafana.example:3000", **changes))
    return wanted_at(place, (), 0)


def test_uids_and_titles_are_grafanas(placed: Wanted) -> None:
    """Uids are unique and of 40 signs at most; no folder has two boards of one title."""
    assert placed.boards
    uids = [one.uid for one in placed.boards]
    assert max(Counter(uids).values()) == 1
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid) for uid in uids)
    titles = Counter((one.folder, str(one.board["title"])) for one in placed.boards)
    assert [title for title, count in titles.items() if count > 1] == []
    assert {one.folder for one in placed.boards} <= {folder.uid for folder in placed.folders}


def test_links_lead_to_placed_boards(placed: Wanted) -> None:
    """Every link at the top and in a table opens a board that is placed beside it."""
    uids = {one.uid for one in placed.boards}
    broken = [
        (one.uid, found[0])
        for one in placed.boards
        for found in LINK.finditer(json.dumps(one.board))
        if (f"{found[1]}sendai" if found[2] else found[1]) not in uids
    ]
    assert broken == []


def test_each_site_has_its_zone(placed: Wanted) -> None:
    """A site's queries are cut by its own clock, and only by it."""
    for one in placed.boards:
        zones = set(re.findall(r"tz\('([^']+)'\)", json.dumps(one.board)))
        assert zones <= {one.board["timezone"]}, one.uid

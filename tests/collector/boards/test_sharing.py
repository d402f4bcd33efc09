"""A public link for one fixed board, given and taken away."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.boards import apply
from collector.boards.sharing import fixed, share, unshare
from collector.boards.stamp import stamped
from collector.errors import StopError
from tests.collector.boards.case import board, settings_for
from tests.grafana.fake_grafana import FakeGrafana

JA = "mieruka-today-ja-sendai"


def test_board_without_variables_is_shared_once(each_grafana: FakeGrafana, tmp_path: Path) -> None:
    """A second call answers the same address and makes no second link."""
    wanted = settings_for(tmp_path, each_grafana.url)
    apply(wanted)
    each_grafana.edit(JA, templating={"list": []})
    first = share(wanted, JA)
    assert first.url.startswith(f"{each_grafana.url}/public-dashboards/")
    assert share(wanted, JA) == first
    (link,) = each_grafana.here.links
    assert link["isEnabled"] is True
    assert link["timeSelectionEnabled"] is False
    unshare(wanted, JA)
    assert each_grafana.here.links == []
    assert JA in each_grafana.boards


def test_board_with_variables_is_shared_as_a_copy(
    each_grafana: FakeGrafana, tmp_path: Path
) -> None:
    """A board with variables is refused; its copy has them written in, and goes with its link."""
    wanted = settings_for(tmp_path, each_grafana.url)
    apply(wanted)
    with pytest.raises(StopError) as caught:
        share(wanted, JA)
    assert "site, incoming, circuits" in caught.value.message
    assert f"collector boards share {JA} --copy" in caught.value.hint
    shared = share(wanted, JA, copy=True)
    assert shared == share(wanted, JA, copy=True)
    copied = each_grafana.boards[shared.uid]
    assert copied["folderUid"] == "mieruka-sendai"
    assert copied["dashboard"]["templating"] == {"list": []}
    assert "${site" not in str(copied)
    unshare(wanted, shared.uid)
    assert shared.uid not in each_grafana.boards
    assert apply(wanted).left == ()


def test_variables_are_written_in_as_grafana_would(tmp_path: Path) -> None:
    """Raw values as they are, several as a regular expression with every sign of it escaped."""
    site = settings_for(tmp_path, "http://g").sites[0]
    own = stamped(board("today", "ja"), site)
    own["templating"]["list"][2]["current"]["value"] = ["press", "a.b"]
    query = fixed(own)["panels"][0]["targets"][0]["query"]
    assert "\"site\" = 'sendai'" in query
    assert r"=~ /^(press|a\.b)$/" in query
    assert "$timeFilter" in query
    assert own["uid"] == "mieruka-today-ja-sendai", "the board itself is not changed"


def test_board_with_a_choice_cannot_be_fixed(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Where the reader must choose, there is nothing to write in."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    with pytest.raises(StopError) as caught:
        share(wanted, "mieruka-today-ja-austin", copy=True)
    assert "lets its reader choose incoming, circuits" in caught.value.message


def test_unknown_board_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A uid that Grafana does not know, for both verbs."""
    wanted = settings_for(tmp_path, grafana.url)
    for verb in (share, unshare):
        with pytest.raises(StopError, match="no board mieruka-nope"):
            verb(wanted, "mieruka-nope")


def test_unsharing_what_is_not_shared_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """A board without a link says so."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    with pytest.raises(StopError, match="has no public link"):
        unshare(wanted, JA)


def test_grafana_without_public_links_is_one_line(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Where links are switched off, the line says which switch it is."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    grafana.edit(JA, templating={"list": []})
    grafana.public_enabled = False
    with pytest.raises(StopError) as caught:
        share(wanted, JA)
    assert "publicDashboards" in caught.value.hint


def test_a_link_too_many_is_taken_away_as_well(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Grafana 9.4 may hold two links of one board; after unsharing none opens anything."""
    wanted = settings_for(tmp_path, grafana.url)
    apply(wanted)
    for number in (1, 2):
        link = {"uid": f"l{number}", "dashboardUid": JA, "accessToken": "x"}
        grafana.here.links.append(link)
    unshare(wanted, JA)
    assert grafana.here.links == []

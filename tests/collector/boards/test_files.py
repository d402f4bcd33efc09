"""The same content as files in the layout of Grafana's file provisioning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

import grafana as grafana_package
from collector.boards import apply
from collector.boards.files import export, told
from collector.errors import StopError
from tests.collector.boards.case import settings_for
from tests.grafana.fake_grafana import FakeGrafana

pytestmark = pytest.mark.usefixtures("all_boards", "with_alerts")
HOOK = {"kind": "slack", "url": "https://hooks.example.jp/secret"}
URL = "http://127.0.0.1:3000"


def _read(folder: Path, name: str) -> dict[str, Any]:
    text = (folder / "provisioning" / name / "mieruka.yaml").read_text("utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document


def test_the_same_boards_as_over_the_api(grafana: FakeGrafana, tmp_path: Path) -> None:
    """Each board of an apply is a file, in a folder a provider leads into its own folder."""
    wanted = settings_for(tmp_path / "state", grafana.url)
    apply(wanted)
    export(wanted, tmp_path / "out", "/mnt/boards")
    for provider in _read(tmp_path / "out", "dashboards")["providers"]:
        uid = provider["folderUid"]
        assert provider["options"]["path"] == f"/mnt/boards/{uid}"
        assert provider["folder"] == grafana.folders[uid]["title"]
        files = {path.stem: path for path in (tmp_path / "out" / "dashboards" / uid).iterdir()}
        placed = {u: b for u, b in grafana.boards.items() if b["folderUid"] == uid}
        assert set(files) == set(placed)
        for name, path in files.items():
            board = json.loads(path.read_text("utf-8"))
            assert board.items() <= placed[name]["dashboard"].items()


def test_sources_take_their_secret_from_the_environment(tmp_path: Path) -> None:
    """No token and no hook is in any file; names of variables stand in their place."""
    wanted = settings_for(tmp_path / "state", URL, grafana={"contact": HOOK})
    paths = export(wanted, tmp_path / "out")
    text = "".join((tmp_path / "out" / path).read_text("utf-8") for path in paths)
    for secret in ("read-only", "influx-secret", "hooks.example.jp"):
        assert secret not in text
    sources = _read(tmp_path / "out", "datasources")["datasources"]
    assert [one["uid"] for one in sources] == ["mieruka-totals", "mieruka-raw"]
    header = {"httpHeaderValue1": "Token $MIERUKA_INFLUX_TOKEN"}
    assert {str(one["secureJsonData"]) for one in sources} == {str(header)}
    (contact,) = _read(tmp_path / "out", "alerting")["contactPoints"]
    assert contact["receivers"][0]["settings"] == {"url": "$MIERUKA_CONTACT_URL"}
    assert "MIERUKA_CONTACT_URL" in told(paths, tmp_path / "out", "/mnt")[-1]


def test_a_source_names_its_database_in_both_places(tmp_path: Path) -> None:
    """Older Grafana reads ``database``, newer ``jsonData.dbName``."""
    export(settings_for(tmp_path / "state", URL), tmp_path / "out")
    ready = Path(grafana_package.__file__ or "").parent / "provisioning" / "datasources"
    shipped = yaml.safe_load((ready / "mieruka.yaml").read_text("utf-8"))["datasources"]
    exported = _read(tmp_path / "out", "datasources")["datasources"]
    for one in (*shipped, *exported):
        assert one["database"] == one["jsonData"]["dbName"]
    assert [one["database"] for one in exported] == ["mieruka", "mieruka_raw"]


def test_rules_keep_their_queries_and_annotations(tmp_path: Path) -> None:
    """Grafana takes queries and annotations as they stand: their ``$`` is not doubled."""
    export(settings_for(tmp_path / "state", URL), tmp_path / "out")
    groups = _read(tmp_path / "out", "alerting")["groups"]
    folders = {(group["folder"], group["name"]) for group in groups}
    assert folders == {
        ("Mieruka 仙台工場 (sendai)", "mieruka-alerts-demand"),
        ("Mieruka Austin plant (austin)", "mieruka-alerts-demand"),
        ("Mieruka 全拠点", "mieruka-alerts-fleet"),
    }
    rule = groups[0]["rules"][0]
    assert " AND $timeFilter " in rule["data"][0]["model"]["query"]
    assert "{{ $labels.meter }}" in rule["annotations"]["summary"]
    assert groups[0]["interval"] == "60s"
    assert "folderUID" not in rule


def test_exporting_again_takes_away_what_is_over(tmp_path: Path) -> None:
    """A second export leaves no file of the first behind, and touches nothing else of ours."""
    both = settings_for(tmp_path / "state", URL)
    export(both, tmp_path / "out")
    one = both.model_copy(update={"sites": both.sites[:1]})
    paths = export(one, tmp_path / "out")
    left = {str(path.relative_to(tmp_path / "out")) for path in (tmp_path / "out").rglob("*.*")}
    assert left == {*paths, "EXPORTED.txt"}


def test_tenants_have_folders_of_their_own(tmp_path: Path) -> None:
    """Each customer's files stand apart and name its organisation."""
    tenant = {"name": "Acme", "sites": ["austin"], "token": "t", "org_id": 2}
    export(settings_for(tmp_path / "state", URL, grafana={"tenants": [tenant]}), tmp_path / "out")
    assert (tmp_path / "out" / "Acme" / "dashboards" / "mieruka-austin").is_dir()
    assert not (tmp_path / "out" / "dashboards" / "mieruka-austin").exists()
    document = _read(tmp_path / "out" / "Acme", "datasources")
    assert {one["orgId"] for one in document["datasources"]} == {2}


def test_folder_of_others_is_one_line(tmp_path: Path) -> None:
    """A folder that holds something else is not written into."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.odt").write_text("x")
    with pytest.raises(StopError, match="holds something else"):
        export(settings_for(tmp_path / "state", URL), tmp_path / "out")


def test_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """A file in the way is told with the reason."""
    (tmp_path / "out").write_text("a file")
    with pytest.raises(StopError, match="cannot be written"):
        export(settings_for(tmp_path / "state", URL), tmp_path / "out" / "deep")


def test_a_list_that_leads_elsewhere_deletes_nothing(tmp_path: Path) -> None:
    """Only files under the folder are taken away, whatever its list says."""
    out, other = tmp_path / "out", tmp_path / "precious"
    out.mkdir()
    other.write_text("mine")
    (out / "EXPORTED.txt").write_text("../precious\n")
    export(settings_for(tmp_path / "state", URL), out)
    assert other.read_text() == "mine"


def test_the_files_in_the_repository_are_the_same_sources(tmp_path: Path) -> None:
    """What lies ready to be copied differs from an export only in the address's variable."""
    export(settings_for(tmp_path / "state", URL), tmp_path / "out")
    ready = Path(grafana_package.__file__ or "").parent / "provisioning" / "datasources"
    listed = yaml.safe_load((ready / "mieruka.yaml").read_text("utf-8"))["datasources"]
    for one, other in zip(
        listed, _read(tmp_path / "out", "datasources")["datasources"], strict=True
    ):
        assert {**one, "url": other["url"]} == other

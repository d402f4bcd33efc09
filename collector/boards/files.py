"""The same content as files, in the layout of Grafana's file provisioning.

For those who mount folders into a container rather than let the collector speak to Grafana. Boards
provisioned so cannot be changed in Grafana. The files are JSON with the ending .yaml (JSON is
YAML), one word each from the environment for what is secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.boards.contact import UID as CONTACT_UID
from collector.boards.places import Place, places
from collector.boards.sources import SECRET
from collector.boards.stamp import Json
from collector.boards.wanted import Wanted, wanted_at
from collector.config import CollectorSettings
from collector.errors import StopError

MOUNTED = "/etc/mieruka/dashboards"
TOKEN, HOOK = "MIERUKA_INFLUX_TOKEN", "MIERUKA_CONTACT_URL"


@dataclass(frozen=True, slots=True)
class FileOf:
    """One file: where it goes under the folder, and its text."""

    path: str
    text: str


def export(settings: CollectorSettings, folder: Path, mounted: str = MOUNTED) -> list[str]:
    """Write everything into the folder; answers the paths written, relative to it.

    ``mounted`` is where Grafana will see the exported folder ``dashboards``. Files of ours from
    before that are no longer part of it are taken away. Raises ``StopError`` for a folder that
    cannot be written, or holds something that is not ours.
    """
    wanted = [(place, wanted_at(place, (), 0)) for place in places(settings)]
    listed = [one for place, at in wanted for one in provisioning(place, at, mounted)]
    list_file = folder / "EXPORTED.txt"
    try:
        _clear(folder, list_file)
        for one in listed:
            path = folder / one.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(one.text, encoding="utf-8")
        list_file.write_text("".join(f"{one.path}\n" for one in listed), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise StopError(
            f"{folder}: cannot be written: {reason}", "choose another folder"
        ) from error
    return [one.path for one in listed]


def _clear(folder: Path, list_file: Path) -> None:
    if not folder.exists():
        return
    if not list_file.exists() and any(folder.iterdir()):
        raise StopError(f"{folder} holds something else", "choose an empty folder")
    for line in list_file.read_text(encoding="utf-8").splitlines() if list_file.exists() else ():
        path = folder / line
        if path.resolve().is_relative_to(folder.resolve()):
            path.unlink(missing_ok=True)


def provisioning(place: Place, wanted: Wanted, mounted: str) -> Iterator[FileOf]:
    """Every file of one place. Pure."""
    under = f"{place.tenant}/" if place.tenant else ""
    org = {} if place.org_id is None else {"orgId": place.org_id}
    root = f"{mounted.rstrip('/')}/{under}".rstrip("/")
    yield _yaml(f"{under}provisioning/datasources/mieruka.yaml", _sources(wanted, org))
    yield _yaml(f"{under}provisioning/dashboards/mieruka.yaml", _providers(wanted, root, org))
    if wanted.groups or wanted.contact:
        yield _yaml(f"{under}provisioning/alerting/mieruka.yaml", _alerting(wanted, org))
    for one in wanted.boards:
        text = json.dumps(one.board, ensure_ascii=False, indent=2) + "\n"
        yield FileOf(f"{under}dashboards/{one.folder}/{one.uid}.json", text)


def _sources(wanted: Wanted, org: Json) -> Json:
    token = {SECRET: {"httpHeaderValue1": f"Token ${TOKEN}"}}
    listed = [{**_escaped(one.shown), **token, **org, "editable": False} for one in wanted.sources]
    return {"apiVersion": 1, "datasources": listed}


def _providers(wanted: Wanted, root: str, org: Json) -> Json:
    listed = [
        {
            "name": folder.uid,
            "type": "file",
            "folder": folder.title,
            "folderUid": folder.uid,
            "updateIntervalSeconds": 60,
            "allowUiUpdates": False,
            "options": {"path": f"{root}/{folder.uid}"},
            **org,
        }
        for folder in wanted.folders
    ]
    return {"apiVersion": 1, "providers": listed}


def _alerting(wanted: Wanted, org: Json) -> Json:
    titles = {folder.uid: folder.title for folder in wanted.folders}
    groups = [
        {
            "name": group.name,
            "folder": titles[group.folder],
            "interval": f"{group.interval_s}s",
            "rules": [_rule(rule) for rule in group.rules],
            **org,
        }
        for group in wanted.groups
    ]
    document: Json = {"apiVersion": 1, "groups": groups}
    if wanted.contact is not None:
        document["contactPoints"] = [_contact(wanted.contact, org)]
    return document


def _rule(rule: Json) -> Json:
    """A rule without its place; Grafana reads queries and annotations as they stand."""
    own = {key: value for key, value in rule.items() if key not in ("folderUID", "ruleGroup")}
    as_they_stand = {key: own[key] for key in ("data", "annotations") if key in own}
    return {**_escaped(own), **as_they_stand}


def _contact(contact: Json, org: Json) -> Json:
    settings = _escaped(contact["settings"])
    if "url" in settings:
        settings["url"] = f"${HOOK}"
    receiver = {"uid": CONTACT_UID, "type": contact["type"], "settings": settings}
    return {"name": contact["name"], "receivers": [receiver], **org}


def _escaped(value: Any) -> Any:
    """A value whose ``$`` Grafana is not to take for one of its environment's variables."""
    if isinstance(value, dict):
        return {key: _escaped(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_escaped(one) for one in value]
    return value.replace("$", "$$") if isinstance(value, str) else value


def _yaml(path: str, document: Json) -> FileOf:
    return FileOf(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")


def told(paths: Sequence[str], folder: Path, mounted: str) -> list[str]:
    """What a person does with the folder, one line each."""
    texts = [(folder / path).read_text(encoding="utf-8") for path in paths if "alerting" in path]
    hook = f" and {HOOK}" if any(f"${HOOK}" in text for text in texts) else ""
    return [
        f"{len(paths)} files in {folder}",
        f"mount {folder}/dashboards at {mounted} and {folder}/provisioning at"
        " /etc/grafana/provisioning, then start Grafana",
        f"its environment needs {TOKEN} (a token that may only read){hook}",
    ]

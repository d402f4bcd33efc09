"""A Grafana for tests that keeps the real one's rules on what a caller may do.

Rules held (Grafana 9.4 to 13; where they differ, by ``version``): uids of 40 characters at most; a
board is only saved over the version it was read at, else 412; boards provisioned from files refuse
every save; a save without folderUid moves the board to the root; unknown folders are refused;
folder and data source names are unique; a folder with alert rules is not deleted; deleting a folder
deletes its boards; secrets are taken and never given back; data sources provisioned from files are
read-only; data source calls by numeric id are gone (13); a viewer writes nothing and reads no
people, alerts or tokens; a token stays in its organisation; success may come with 204 and no body.
Alerts and people have files of their own. What was checked against a real 9.4 stands in
``test_fake_grafana.py``.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.grafana.fake_alerting import Alerting
from tests.grafana.fake_people import EDIT, VIEW, People
from tests.grafana.fake_state import Json, Organisation, Refusal

__all__ = ["ADMIN", "PASSWORD", "USER", "VIEWER", "FakeGrafana", "Refusal", "running_grafana"]
ADMIN, VIEWER = "admin-token", "viewer-token"
USER, PASSWORD = "mieruka", "secret-word"
MAIN = 1


class CutOffError(Exception):
    """The line breaks: the caller gets no answer."""


@dataclass
class FakeGrafana(Alerting, People):
    """The state of one Grafana, and what a user or an operator does to it beside the API.

    ``break_at``: the write of this number (from 1) gets no answer and none after it does either;
    ``break_before``: whether it breaks before Grafana has done it, or after.
    """

    url: str = ""
    version: str = "13.0.0"
    orgs: dict[int, Organisation] = field(
        default_factory=lambda: {MAIN: Organisation(MAIN, "Main Org.")}
    )
    accounts: dict[str, Json] = field(default_factory=dict)
    tokens: dict[str, tuple[int, str]] = field(
        default_factory=lambda: {ADMIN: (MAIN, "Admin"), VIEWER: (MAIN, "Viewer")}
    )
    unreachable: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    quiet_put: bool = False
    race: bool = False
    prefix: str = ""
    hides_version: bool = False
    public_enabled: bool = True
    break_at: int = 0
    break_before: bool = False
    here: Organisation = field(init=False)
    headers: dict[str, str] = field(default_factory=dict)
    caller: str = ""
    query: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.here = self.orgs[MAIN]

    @property
    def major(self) -> int:
        """The first number of the version."""
        return int(self.version.split(".")[0])

    @property
    def folders(self) -> dict[str, Json]:
        """The folders of the main organisation."""
        return self.orgs[MAIN].folders

    @property
    def boards(self) -> dict[str, Json]:
        """The boards of the main organisation."""
        return self.orgs[MAIN].boards

    @property
    def sources(self) -> dict[str, Json]:
        """The data sources of the main organisation."""
        return self.orgs[MAIN].sources

    @property
    def secrets(self) -> dict[str, Json]:
        """The secrets of the main organisation's data sources."""
        return self.orgs[MAIN].secrets

    @property
    def writes(self) -> list[str]:
        """The calls so far that change something."""
        return [call for call in self.calls if not call.startswith("GET")]

    def edit(self, uid: str, **changes: Any) -> None:
        """Change a board as a user does in the browser, and save it."""
        self.boards[uid]["dashboard"].update(changes)
        self.boards[uid]["dashboard"]["version"] += 1

    def move(self, uid: str, folder: str) -> None:
        """Move a board to another folder, as a user does."""
        self.folders.setdefault(folder, {"uid": folder, "title": folder})
        self.boards[uid]["folderUid"] = folder
        self.boards[uid]["dashboard"]["version"] += 1

    def provision(self, uid: str) -> None:
        """Provision the board from a file, as an operator does."""
        self.boards[uid]["provisioned"] = True

    def sign_up(self, login: str, *orgs: int, role: str = "Viewer") -> int:
        """A user appears on the server, in these organisations; answers their number."""
        number = len(self.accounts) + 1
        self.accounts[login] = {"id": number, "login": login, "email": f"{login}@example.jp"}
        for org in orgs:
            self.orgs[org].users[number] = role
        return number

    def serve(self, method: str, path: str, headers: dict[str, str], body: Any) -> Any:
        """Let a caller in and answer: status and body. Raises ``Refusal`` or ``CutOffError``."""
        with self.lock:
            parts = urlsplit(path)
            self.headers, self.query = headers, dict(parse_qsl(parts.query))
            self._enter(method, parts.path)
            writes = len(self.writes)
            breaks = method != "GET" and 0 < self.break_at <= writes
            if breaks and (self.break_before or writes > self.break_at):
                raise CutOffError
            answer = self.answer(method, parts.path, body)
            if breaks:
                raise CutOffError
            return answer

    def _enter(self, method: str, path: str) -> None:
        """Find out who calls and in which organisation, and refuse what they may not."""
        shown = self.headers.get("Authorization", "")
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        org, role = self.tokens.get(shown.removeprefix("Bearer "), (MAIN, ""))
        if shown == f"Basic {pair}":
            org, role = int(self.headers.get("X-Grafana-Org-Id", MAIN)), "Server"
        self.caller = USER if role == "Server" else ""
        if path == "/api/health":
            return
        if not role:
            raise Refusal(401, "Invalid API key")
        if org not in self.orgs:
            raise Refusal(404, "Organization not found")
        self.here = self.orgs[org]
        denied = (
            "/api/org/users", "/api/v1/provisioning", "/api/teams",
            "/api/serviceaccounts",
        )  # fmt: skip
        viewer_may = method == "GET" and not path.startswith(denied)
        if (role == "Viewer" and not viewer_may) or (
            path.startswith("/api/orgs") and role != "Server"
        ):
            raise Refusal(403, "You'll need additional permissions to perform this action")

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer one call of somebody who may."""
        for pattern, verb, name in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                answered: tuple[int, Any] = getattr(self, name)(*found.groups(), body)
                return answered
        raise Refusal(404, "Not found")

    def health(self, body: Json) -> tuple[int, Json]:
        """Say that it lives, and its version unless strangers are not to know it."""
        shown = {} if self.hides_version else {"version": self.version, "commit": "fake"}
        return 200, {"database": "ok", **shown}

    def settings(self, body: Json) -> tuple[int, Json]:
        """Say to a user what the pages need to know."""
        return 200, {"buildInfo": {"version": self.version}}

    def numeric_source(self, number: str, body: Json) -> tuple[int, Json]:
        """Calls by numeric id: off by default from 13 on."""
        if self.major >= 13:
            raise Refusal(404, "Not found")
        return 200, list(self.here.sources.values())[int(number) - 1]

    def read_source(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a data source, without its secrets."""
        if uid not in self.here.sources:
            raise Refusal(404, "Data source not found")
        given = dict.fromkeys(self.here.secrets.get(uid, {}), True)
        return 200, {**self.here.sources[uid], "secureJsonFields": given}

    def make_source(self, body: Json) -> tuple[int, Json]:
        """Take a new data source."""
        uid = _checked_uid(body)
        if uid in self.here.sources:
            raise Refusal(409, "data source with the same uid already exists")
        self._name_source(uid, body)
        return 200, {"datasource": self.here.sources[uid], "message": "Datasource added"}

    def change_source(self, uid: str, body: Json) -> tuple[int, Json | None]:
        """Replace a data source; secrets not sent stay."""
        if uid not in self.here.sources:
            raise Refusal(404, "Data source not found")
        if self.here.sources[uid].get("readOnly"):
            raise Refusal(403, "Cannot update read-only data source")
        self._name_source(uid, body)
        return (204, None) if self.quiet_put else (200, {"message": "Datasource updated"})

    def drop_source(self, uid: str, body: Json) -> tuple[int, Json]:
        """Take a data source away."""
        self.read_source(uid, body)
        if self.here.sources[uid].get("readOnly"):
            raise Refusal(403, "Cannot delete read-only data source")
        del self.here.sources[uid]
        return 200, {"message": "Data source deleted"}

    def _name_source(self, uid: str, body: Json) -> None:
        for key in ("name", "type", "access"):
            if not body.get(key):
                raise Refusal(400, f"bad request data: {key} is required")
        others = {s["name"] for other, s in self.here.sources.items() if other != uid}
        if body["name"] in others:
            raise Refusal(409, "data source with the same name already exists")
        self.here.secrets.setdefault(uid, {}).update(body.get("secureJsonData", {}))
        kept = {key: value for key, value in body.items() if key != "secureJsonData"}
        defaults = {"isDefault": False, "basicAuth": False, "withCredentials": False}
        self.here.sources[uid] = {**defaults, **kept, "uid": uid, "readOnly": False}

    def source_health(self, uid: str, body: Json) -> tuple[int, Json]:
        """Try the data source."""
        self.read_source(uid, body)
        if uid in self.unreachable:
            raise Refusal(400, "dial tcp 127.0.0.1:8086: connection refused", status="ERROR")
        return 200, {"status": "OK", "message": "datasource is working. 5 measurements found"}

    def read_folder(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a folder."""
        if uid not in self.here.folders:
            raise Refusal(404, "folder not found", status="not-found")
        return 200, self.here.folders[uid]

    def make_folder(self, body: Json) -> tuple[int, Json]:
        """Take a new folder."""
        uid = _checked_uid(body)
        titles = {self._compared(folder["title"]) for folder in self.here.folders.values()}
        if uid in self.here.folders:
            text = "the folder has been changed by someone else"
            raise Refusal(412, text, status="version-mismatch")
        if self._compared(body["title"]) in titles:
            raise Refusal(409, "a folder with the same name already exists in the current location")
        self.here.folders[uid] = {"uid": uid, "title": body["title"], "version": 1}
        self.here.permissions[uid] = [
            {"role": "Editor", "permission": EDIT},
            {"role": "Viewer", "permission": VIEW},
        ]
        return 200, self.here.folders[uid]

    def _compared(self, title: str) -> str:
        """What must differ between folders: 9.4 compares Latin letters and digits alone."""
        if self.major >= 10:
            return title
        return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or title

    def drop_folder(self, uid: str, body: Json) -> tuple[int, Json]:
        """Take a folder away with the boards in it; not while alert rules are in it."""
        self.read_folder(uid, body)
        if any(rule["folderUID"] == uid for rule in self.here.rules.values()):
            raise Refusal(400, "folder cannot be deleted: folder contains alert rules")
        del self.here.folders[uid]
        for board in [b for b, one in self.here.boards.items() if one["folderUid"] == uid]:
            del self.here.boards[board]
        return 200, {"message": f"Folder {uid} deleted"}

    def search(self, body: Json) -> tuple[int, list[Json]]:
        """List boards or folders; 9.4 does not filter by folder uid, so nobody may rely on it."""
        found = [{**one, "type": "dash-folder"} for one in self.here.folders.values()]
        if self.query.get("type") != "dash-folder":
            found = [
                {"uid": uid, "title": one["dashboard"]["title"], "folderUid": one["folderUid"]}
                for uid, one in self.here.boards.items()
            ]
        limit, page = (int(self.query.get(name, 1)) for name in ("limit", "page"))
        return 200, found[limit * (page - 1) : limit * page]

    def read_board(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a board with its version and where it lies."""
        if uid not in self.here.boards:
            raise Refusal(404, "Dashboard not found")
        board = self.here.boards[uid]
        meta = {"provisioned": board["provisioned"], "folderUid": board["folderUid"]}
        answer = 200, {"dashboard": dict(board["dashboard"]), "meta": meta}
        if self.race:
            self.edit(uid)
        return answer

    def drop_board(self, uid: str, body: Json) -> tuple[int, Json]:
        """Take a board away, unless a file keeps it."""
        self.read_board(uid, body)
        if self.here.boards[uid]["provisioned"]:
            raise Refusal(400, "provisioned dashboard cannot be deleted")
        del self.here.boards[uid]
        return 200, {"message": f"Dashboard {uid} deleted"}

    def read_link(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give the public link of a board: its first."""
        self._refuse_links()
        for link in self.here.links:
            if link["dashboardUid"] == uid:
                return 200, link
        raise Refusal(404, "Public dashboard not found")

    def make_link(self, uid: str, body: Json) -> tuple[int, Json]:
        """Make a public link; 9.4 makes a second one without a word, later ones refuse."""
        self._refuse_links()
        self.read_board(uid, body)
        if self.major >= 10 and any(one["dashboardUid"] == uid for one in self.here.links):
            raise Refusal(400, "Dashboard is already public")
        number = len(self.here.links) + 1
        link = {
            "uid": f"link{number}",
            "dashboardUid": uid,
            "accessToken": f"{number:032x}",
            **body,
        }
        self.here.links.append(link)
        return 200, link

    def drop_link(self, uid: str, link: str, body: Json) -> tuple[int, None]:
        """Take a public link away; the answer's body is null."""
        self._refuse_links()
        for one in self.here.links:
            if (one["dashboardUid"], one["uid"]) == (uid, link):
                self.here.links.remove(one)
                return 200, None
        raise Refusal(404, "Public dashboard not found")

    def _refuse_links(self) -> None:
        if not self.public_enabled:
            raise Refusal(404, "Not found")

    def save_board(self, body: Json) -> tuple[int, Json]:
        """Take a board, new or over the version it was read at."""
        sent, folder = body["dashboard"], body.get("folderUid", "")
        uid = _checked_uid(sent)
        if not sent.get("title"):
            raise Refusal(400, "Dashboard title cannot be empty", status="empty-name")
        if folder and folder not in self.here.folders:
            raise Refusal(400, "folder not found", status="not-found")
        there = self.here.boards.get(uid)
        self._refuse_board(uid, sent, folder, bool(body.get("overwrite")), there)
        version = there["dashboard"]["version"] + 1 if there else 1
        saved = {**sent, "id": len(self.here.boards) + 1, "version": version}
        self.here.boards[uid] = {"dashboard": saved, "folderUid": folder, "provisioned": False}
        return 200, {"uid": uid, "id": saved["id"], "status": "success", "version": version}

    def _refuse_board(
        self, uid: str, sent: Json, folder: str, overwrite: bool, there: Json | None
    ) -> None:
        if there and there["provisioned"]:
            raise Refusal(400, "Cannot save provisioned dashboard")
        if there and not overwrite and there["dashboard"]["version"] != sent.get("version", 0):
            text = "The dashboard has been changed by someone else"
            raise Refusal(412, text, status="version-mismatch")
        for other, board in self.here.boards.items():
            same = board["dashboard"]["title"] == sent["title"] and board["folderUid"] == folder
            if same and other != uid:
                text = "A dashboard with the same name in the folder already exists"
                raise Refusal(412, text, status="name-exists")


_ROUTES: tuple[tuple[str, str, str], ...] = (
    ("/api/health", "GET", "health"),
    ("/api/frontend/settings", "GET", "settings"),
    ("/api/datasources/([0-9]+)", "GET", "numeric_source"),
    ("/api/datasources/uid/([^/]+)", "GET", "read_source"),
    ("/api/datasources/uid/([^/]+)", "PUT", "change_source"),
    ("/api/datasources/uid/([^/]+)", "DELETE", "drop_source"),
    ("/api/datasources/uid/([^/]+)/health", "GET", "source_health"),
    ("/api/datasources", "POST", "make_source"),
    ("/api/folders/([^/]+)", "GET", "read_folder"),
    ("/api/folders/([^/]+)", "DELETE", "drop_folder"),
    ("/api/folders/([^/]+)/permissions", "GET", "read_permissions"),
    ("/api/folders/([^/]+)/permissions", "POST", "change_permissions"),
    ("/api/folders", "POST", "make_folder"),
    ("/api/search", "GET", "search"),
    ("/api/dashboards/uid/([^/]+)", "GET", "read_board"),
    ("/api/dashboards/uid/([^/]+)", "DELETE", "drop_board"),
    ("/api/dashboards/uid/([^/]+)/public-dashboards/?", "GET", "read_link"),
    ("/api/dashboards/uid/([^/]+)/public-dashboards/?", "POST", "make_link"),
    ("/api/dashboards/uid/([^/]+)/public-dashboards/([^/]+)", "DELETE", "drop_link"),
    ("/api/dashboards/db", "POST", "save_board"),
    ("/api/org", "GET", "read_org"),
    ("/api/orgs/name/([^/]+)", "GET", "org_by_name"),
    ("/api/orgs", "POST", "make_org"),
    ("/api/org/users", "GET", "list_users"),
    ("/api/org/users", "POST", "add_user"),
    ("/api/org/users/([0-9]+)", "DELETE", "drop_user"),
    ("/api/teams/search", "GET", "find_teams"),
    ("/api/teams", "POST", "make_team"),
    ("/api/teams/([0-9]+)", "DELETE", "drop_team"),
    ("/api/teams/([0-9]+)/members", "GET", "list_members"),
    ("/api/teams/([0-9]+)/members", "POST", "add_member"),
    ("/api/teams/([0-9]+)/members/([0-9]+)", "DELETE", "drop_member"),
    ("/api/serviceaccounts", "POST", "make_account"),
    ("/api/serviceaccounts/search", "GET", "find_accounts"),
    ("/api/serviceaccounts/([0-9]+)/tokens", "POST", "make_key"),
    ("/api/v1/provisioning/alert-rules", "GET", "list_rules"),
    ("/api/v1/provisioning/alert-rules", "POST", "make_rule"),
    ("/api/v1/provisioning/alert-rules/([^/]+)", "GET", "read_rule"),
    ("/api/v1/provisioning/alert-rules/([^/]+)", "DELETE", "drop_rule"),
    ("/api/v1/provisioning/folder/([^/]+)/rule-groups/([^/]+)", "PUT", "change_group"),
    ("/api/v1/provisioning/contact-points", "GET", "list_contacts"),
    ("/api/v1/provisioning/contact-points", "POST", "make_contact"),
)


def _checked_uid(body: Json) -> str:
    uid = str(body.get("uid") or "")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid):
        raise Refusal(400, "uid too long, max 40 characters, or illegal characters")
    return uid


class _Handler(BaseHTTPRequestHandler):
    grafana: ClassVar[FakeGrafana]
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer, or each waits for a delayed acknowledgement

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_DELETE(self) -> None:
        self._serve("DELETE")

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the tests' output clean."""

    def _serve(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or "null") or {}
        self.grafana.calls.append(f"{method} {self.path}")
        try:
            if not self.path.startswith(f"{self.grafana.prefix}/api/"):
                return self._page()
            path = self.path.removeprefix(self.grafana.prefix)
            status, answer = self.grafana.serve(method, path, dict(self.headers.items()), body)
        except Refusal as refusal:
            status, answer = refusal.code, refusal.body
        except CutOffError:
            self.close_connection = True
            return None
        text = b"" if status == 204 else json.dumps(answer).encode()
        return self._send(status, text, "application/json")

    def _page(self) -> None:
        self._send(200, b"<html>message: some other page</html>", "text/html")

    def _send(self, status: int, text: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@contextmanager
def running_grafana(prefix: str = "", version: str = "13.0.0") -> Iterator[FakeGrafana]:
    """Run a fake Grafana on a loopback port, under the sub path ``prefix`` (``/grafana``)."""
    grafana = FakeGrafana(prefix=prefix, version=version)
    handler = type("Handler", (_Handler,), {"grafana": grafana})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}{prefix}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

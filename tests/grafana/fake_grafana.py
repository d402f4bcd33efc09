"""A Grafana for tests that keeps the real one's rules on what a caller may do.

Rules held (Grafana 9 to 13 unless said otherwise): uids of 40 characters at most; a board is only
saved over the version it was read at, else 412; boards provisioned from files refuse every save;
a save without folderUid moves the board to the root; unknown folders are refused; folder and
data source names are unique; secrets are taken and never given back; data sources provisioned
from files are read-only; data source calls by numeric id are gone (13); roles: a viewer may not
read data sources or write anything; success may come with 204 and no body.
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

ADMIN, VIEWER = "admin-token", "viewer-token"
USER, PASSWORD = "mieruka", "secret-word"
Json = dict[str, Any]


class Refusal(Exception):
    """What Grafana answers when it does not do what was asked."""

    def __init__(self, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.code = code
        self.body: Json = {"message": message, **more}


@dataclass
class FakeGrafana:
    """The state of one Grafana, and what a user or an operator does to it beside the API."""

    url: str = ""
    folders: dict[str, Json] = field(default_factory=dict)
    boards: dict[str, Json] = field(default_factory=dict)
    sources: dict[str, Json] = field(default_factory=dict)
    secrets: dict[str, Json] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)
    quiet_put: bool = False
    race: bool = False
    prefix: str = ""

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

    def answer(self, method: str, path: str, body: Json) -> tuple[int, Json | None]:
        """Answer one call of an administrator."""
        for pattern, verb, name in _ROUTES:
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                answered: tuple[int, Json | None] = getattr(self, name)(*found.groups(), body)
                return answered
        raise Refusal(404, "Not found")

    def health(self, body: Json) -> tuple[int, Json]:
        """Say that it lives."""
        return 200, {"database": "ok", "version": "13.0.0", "commit": "fake"}

    def read_source(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a data source, without its secrets."""
        if uid not in self.sources:
            raise Refusal(404, "Data source not found")
        given = dict.fromkeys(self.secrets.get(uid, {}), True)
        return 200, {**self.sources[uid], "secureJsonFields": given}

    def make_source(self, body: Json) -> tuple[int, Json]:
        """Take a new data source."""
        uid = _checked_uid(body)
        if uid in self.sources:
            raise Refusal(409, "data source with the same uid already exists")
        self._name_source(uid, body)
        return 200, {"datasource": self.sources[uid], "message": "Datasource added"}

    def change_source(self, uid: str, body: Json) -> tuple[int, Json | None]:
        """Replace a data source; secrets not sent stay."""
        if uid not in self.sources:
            raise Refusal(404, "Data source not found")
        if self.sources[uid].get("readOnly"):
            raise Refusal(403, "Cannot update read-only data source")
        self._name_source(uid, body)
        return (204, None) if self.quiet_put else (200, {"message": "Datasource updated"})

    def _name_source(self, uid: str, body: Json) -> None:
        for key in ("name", "type", "access"):
            if not body.get(key):
                raise Refusal(400, f"bad request data: {key} is required")
        others = {s["name"] for other, s in self.sources.items() if other != uid}
        if body["name"] in others:
            raise Refusal(409, "data source with the same name already exists")
        self.secrets.setdefault(uid, {}).update(body.get("secureJsonData", {}))
        kept = {key: value for key, value in body.items() if key != "secureJsonData"}
        self.sources[uid] = {**kept, "uid": uid, "readOnly": False}

    def source_health(self, uid: str, body: Json) -> tuple[int, Json]:
        """Try the data source."""
        self.read_source(uid, body)
        if uid in self.unreachable:
            raise Refusal(400, "dial tcp 127.0.0.1:8086: connection refused", status="ERROR")
        return 200, {"status": "OK", "message": "datasource is working. 5 measurements found"}

    def read_folder(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a folder."""
        if uid not in self.folders:
            raise Refusal(404, "folder not found", status="not-found")
        return 200, self.folders[uid]

    def make_folder(self, body: Json) -> tuple[int, Json]:
        """Take a new folder."""
        uid = _checked_uid(body)
        titles = {folder["title"] for folder in self.folders.values()}
        if uid in self.folders or body.get("title") in titles:
            raise Refusal(409, "a folder with the same name already exists in the current location")
        self.folders[uid] = {"uid": uid, "title": body["title"], "version": 1}
        return 200, self.folders[uid]

    def read_board(self, uid: str, body: Json) -> tuple[int, Json]:
        """Give a board with its version and where it lies."""
        if uid not in self.boards:
            raise Refusal(404, "Dashboard not found")
        board = self.boards[uid]
        meta = {"provisioned": board["provisioned"], "folderUid": board["folderUid"]}
        answer = 200, {"dashboard": dict(board["dashboard"]), "meta": meta}
        if self.race:
            self.edit(uid)
        return answer

    def save_board(self, body: Json) -> tuple[int, Json]:
        """Take a board, new or over the version it was read at."""
        sent, folder = body["dashboard"], body.get("folderUid", "")
        uid = _checked_uid(sent)
        if not sent.get("title"):
            raise Refusal(400, "Dashboard title cannot be empty", status="empty-name")
        if folder and folder not in self.folders:
            raise Refusal(400, "folder not found", status="not-found")
        there = self.boards.get(uid)
        self._refuse_board(uid, sent, folder, bool(body.get("overwrite")), there)
        version = there["dashboard"]["version"] + 1 if there else 1
        saved = {**sent, "id": len(self.boards) + 1, "version": version}
        self.boards[uid] = {"dashboard": saved, "folderUid": folder, "provisioned": False}
        return 200, {"uid": uid, "id": saved["id"], "status": "success", "version": version}

    def _refuse_board(
        self, uid: str, sent: Json, folder: str, overwrite: bool, there: Json | None
    ) -> None:
        if there and there["provisioned"]:
            raise Refusal(400, "Cannot save provisioned dashboard")
        if there and not overwrite and there["dashboard"]["version"] != sent.get("version", 0):
            text = "The dashboard has been changed by someone else"
            raise Refusal(412, text, status="version-mismatch")
        for other, board in self.boards.items():
            same = board["dashboard"]["title"] == sent["title"] and board["folderUid"] == folder
            if same and other != uid:
                text = "A dashboard with the same name in the folder already exists"
                raise Refusal(412, text, status="name-exists")


_ROUTES: tuple[tuple[str, str, str], ...] = (
    ("/api/health", "GET", "health"),
    ("/api/datasources/uid/([^/]+)", "GET", "read_source"),
    ("/api/datasources/uid/([^/]+)", "PUT", "change_source"),
    ("/api/datasources/uid/([^/]+)/health", "GET", "source_health"),
    ("/api/datasources", "POST", "make_source"),
    ("/api/folders/([^/]+)", "GET", "read_folder"),
    ("/api/folders", "POST", "make_folder"),
    ("/api/dashboards/uid/([^/]+)", "GET", "read_board"),
    ("/api/dashboards/db", "POST", "save_board"),
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
            self._let_in(method, path)
            status, answer = self.grafana.answer(method, path, body)
        except Refusal as refusal:
            status, answer = refusal.code, refusal.body
        text = b"" if answer is None else json.dumps(answer).encode()
        return self._send(status, text, "application/json")

    def _page(self) -> None:
        self._send(200, b"<html>message: some other page</html>", "text/html")

    def _send(self, status: int, text: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def _let_in(self, method: str, path: str) -> None:
        shown = self.headers.get("Authorization", "")
        pair = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if path == "/api/health" or shown in (f"Bearer {ADMIN}", f"Basic {pair}"):
            return
        if shown != f"Bearer {VIEWER}":
            raise Refusal(401, "Invalid API key")
        if method != "GET" or path.startswith("/api/datasources"):
            raise Refusal(403, "You'll need additional permissions to perform this action")


@contextmanager
def running_grafana(prefix: str = "") -> Iterator[FakeGrafana]:
    """Run a fake Grafana on a loopback port, under the sub path ``prefix`` (``/grafana``)."""
    grafana = FakeGrafana(prefix=prefix)
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

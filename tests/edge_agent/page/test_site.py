"""The page's door: what it gives to whom."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from edge_agent import config
from edge_agent.commands.workbench import Workbench
from edge_agent.page.pages import CommissioningPage
from edge_agent.page.static import file_of
from tests.edge_agent.page.stage import PIN, Visitor

SETTINGS = """
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1"
[page]
listen = "127.0.0.1:0"
pin_file = "page.pin"
"""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[CommissioningPage]:
    """A page whose agent has not started yet."""
    path = tmp_path / "agent.toml"
    (tmp_path / "page.pin").write_text(f"{PIN}\n", "ascii")
    path.write_text(SETTINGS, "utf-8")
    settings = config.load(path)
    made = CommissioningPage(Workbench(path, settings), "127.0.0.1:0", settings.page.pin_file)
    assert made.start() == ""
    yield made
    made.stop()


@pytest.fixture
def visitor(page: CommissioningPage) -> Visitor:
    """Somebody in front of the door."""
    return Visitor(page.urls()[0].rstrip("/"))


def test_without_the_pin_there_is_nothing_to_see(visitor: Visitor) -> None:
    """Every address leads to the door."""
    for path in ("/", "/find", "/part/front", "/records", "/settings", "/meters/main"):
        assert 'name="pin"' in visitor.get(path)
    assert "a-1" in visitor.page


def test_the_pin_opens_and_leaving_closes(visitor: Visitor) -> None:
    """The cookie is for this page and no script, and changes when the PIN was given."""
    visitor.get("/enter")
    (stranger,) = visitor.cookies
    page = visitor.enter()
    assert "The agent starts anew." in page
    (cookie,) = visitor.cookies
    assert cookie.value != stranger.value
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "Strict"
    visitor.post("/leave")
    assert 'name="pin"' in visitor.get("/")


def test_a_wrong_pin_is_told_and_too_many_wait(visitor: Visitor) -> None:
    """After the fifth wrong one the right one waits too."""
    for _ in range(5):
        assert "That PIN is wrong." in visitor.enter("000000")
    assert "nobody may try for" in visitor.page
    assert 'name="pin"' in visitor.enter(PIN)


@pytest.mark.parametrize("token", ["", "made-up"])
def test_a_form_of_another_page_does_nothing(visitor: Visitor, token: str) -> None:
    """Without the visitor's own token a form is refused, also the one at the door."""
    visitor.enter()
    for path in ("/find/serial", "/write", "/settings/back", "/leave", "/enter"):
        assert "not given out by this page" in visitor.post(path, {"csrf": token})
        assert visitor.status == 403
    assert "The agent starts anew." in visitor.get("/")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "localhost.evil.example:80"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_other_pages_are_kept_out(visitor: Visitor, headers: dict[str, str], status: int) -> None:
    """A name that points here from outside, and a form that another page sends."""
    visitor.enter()
    visitor.post("/leave", None, **headers)
    assert visitor.status == status


def _asked(app: Any, **environment: str) -> tuple[str, dict[str, str], bytes]:
    seen: list[Any] = []
    base = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/enter",
        "REMOTE_ADDR": "192.168.1.20",
        "HTTP_HOST": "192.168.1.9",
        "SERVER_NAME": "x",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
    }
    body = app({**base, **environment}, lambda *answer: seen.extend(answer))
    return seen[0], dict(seen[1]), b"".join(body)


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:db8::1", "100.64.1.1", ""])
def test_the_internet_is_refused(page: CommissioningPage, address: str) -> None:
    """Before anything is looked at, and without saying what is here."""
    status, _, body = _asked(page._server._app, REMOTE_ADDR=address)
    assert status.startswith("403")
    assert b"a-1" not in body
    assert _asked(page._server._app)[0].startswith("200")


def test_other_methods_are_refused(page: CommissioningPage) -> None:
    """The page knows GET, HEAD and POST."""
    assert _asked(page._server._app, REQUEST_METHOD="PUT")[0].startswith("405")


@pytest.mark.parametrize("path", ["/enter", "/static/page.css", "/none", "/static/none"])
def test_every_answer_carries_the_same_guards(page: CommissioningPage, path: str) -> None:
    """Scripts and styles of our own only, no frames, nothing kept, no guessing of types."""
    _, headers, _ = _asked(page._server._app, PATH_INFO=path)
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_no_file_is_read_by_a_name_from_outside(visitor: Visitor) -> None:
    """Only three names are files; dots and slashes lead nowhere."""
    for name in ("../page/site.py", "..%2f..%2fetc%2fpasswd", "README.md", "__init__.py", ""):
        visitor.get(f"/static/{name}")
        assert visitor.status == 404
    assert file_of("__init__.py") is None
    assert "color-scheme" in visitor.get("/static/page.css")


def test_the_language_is_the_visitors(visitor: Visitor) -> None:
    """It is remembered; the way back leads to this page only."""
    assert "PIN（暗証番号）" in visitor.get("/language/ja?back=/enter")
    assert 'lang="ja"' in visitor.enter()
    for back in ("//evil.example", "https://evil.example", "/%0d%0aX: y", "\\evil"):
        request = urllib.request.Request(
            f"{visitor.url}/language/en?back={back}".replace(" ", "%20")
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.url.startswith(visitor.url)


def test_the_newest_notice_is_escaped(visitor: Visitor) -> None:
    """What a form says comes back as text."""
    visitor.enter()
    page = visitor.post("/find/serial", {"port": "/dev/<script>alert(1)</script>", "units": "1"})
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/find/serial", {"port": "/etc/passwd", "units": "1"}, "is no serial port"),
        ("/find/serial", {"port": "/dev/../etc/passwd", "units": "1"}, "is no serial port"),
        ("/find/network", {"hosts": "", "tcp_port": "502", "units": "1"}, "no address to scan"),
        ("/find/network", {"hosts": "a b;c", "tcp_port": "502", "units": "1"}, "→"),
        ("/find/network", {"hosts": "10.0.0.1", "tcp_port": "x", "units": "1"}, "is no TCP port"),
        ("/find/network", {"hosts": "10.0.0.1", "tcp_port": "502", "units": "0"}, "unit"),
        ("/find/choose", {"number": "7"}, "none of the units found"),
        ("/typed/network", {"host": "10.0.0.1", "tcp_port": "502", "unit": "x"}, "whole number"),
        ("/typed/network", {"host": "", "tcp_port": "502", "unit": "1", "kind": "tcp"}, "missing"),
        ("/typed/network", {"host": "h", "tcp_port": "502", "unit": "300", "kind": "tcp"}, "300"),
        ("/typed/network", {"host": "h", "tcp_port": "502", "unit": "1", "kind": "x"}, "choices"),
        ("/identify/choose", {"profile": "../../etc"}, "there is no profile"),
        ("/wiring/check", {"wiring": "4P5W"}, "no wiring"),
        ("/wiring/check", {"wiring": "3P4W", "ct_ratio": "-4"}, "no number above zero"),
        ("/wiring/check", {"wiring": "3P4W", "ct_ratio": "nan"}, "no number above zero"),
        ("/name", {"wiring": "3P4W", "id": "x"}, "no meter has been chosen"),
        ("/write", {}, "no meter has been chosen"),
        ("/settings/back", {"name": "../agent.toml"}, "none of the copies"),
        ("/meters/none/record", {"person": "x"}, "no meter none"),
        ("/meters/none/bench", {}, "no meter none"),
    ],
)
def test_every_wrong_form_is_told_in_one_line(
    visitor: Visitor, path: str, fields: dict[str, str], told: str
) -> None:
    """What is wrong and what to do, on the page it was filled in on."""
    visitor.enter()
    page = visitor.post(path, fields)
    assert told in page
    assert visitor.status == 200


def test_every_screen_without_a_meter_says_where_to_begin(visitor: Visitor) -> None:
    """The later steps lead to the first."""
    visitor.enter()
    for path in ("/identify", "/live", "/wiring", "/name", "/write"):
        assert 'href="/find"' in visitor.get(path)
        assert visitor.status == 200
    for path in ("/meters/none", "/meters/none/send", "/records/none", "/records/x/photos/1"):
        assert "This did not work" in visitor.get(path)


def test_a_form_that_is_too_large_is_refused(visitor: Visitor) -> None:
    """Ten megabytes are no form of ours."""
    visitor.enter()
    request = urllib.request.Request(f"{visitor.url}/leave", bytes(10_000_000))
    try:
        with visitor._opener.open(request, timeout=30) as answer:
            status = answer.status
    except OSError:
        status = 413
    assert status == 413


def test_a_pin_file_that_cannot_be_used_is_told(tmp_path: Path, page: CommissioningPage) -> None:
    """Missing, too short or no text."""
    from edge_agent.errors import StopError

    short = tmp_path / "short"
    short.write_text("12\n", "ascii")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\xff\xfe")
    for path, fault in ((tmp_path / "none", "No such"), (short, "too short"), (binary, "UTF-8")):
        with pytest.raises(StopError, match=fault):
            CommissioningPage(page.desk.bench, "127.0.0.1:0", path)


def test_an_address_in_use_is_told(page: CommissioningPage) -> None:
    """The agent goes on without a page."""
    port = page.urls()[0].rstrip("/").rpartition(":")[2]
    other = CommissioningPage(page.desk.bench, f"127.0.0.1:{port}", None)
    assert "no page at 127.0.0.1" in other.start()
    assert other.is_new_pin
    other.stop()

"""The health page, asked over a real socket."""

from __future__ import annotations

import json
import logging
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from edge_agent.process.address import host_and_port, is_address
from edge_agent.process.health_page import HealthPage
from edge_agent.process.metrics import Metric

Opened = Callable[..., HealthPage]


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens pages at a free port, all closed at the end."""
    pages: list[HealthPage] = []

    def open_page(
        health: Callable[[], dict[str, Any]] = lambda: {"ok": True}, listen: str = "127.0.0.1:0"
    ) -> HealthPage:
        metric = Metric("mieruka_agent_outbox_readings", "Waiting.", value=3.0)
        pages.append(HealthPage(listen, health, lambda: [metric]))
        pages[-1].start()
        return pages[-1]

    yield open_page
    for page in pages:
        page.stop()


def get(url: str) -> tuple[int, str, str]:
    """Status, content type and text."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
def test_health_is_json_and_a_status(opened: Opened, ok: bool, status: int) -> None:
    """Well is 200, not well 503; the facts are the same JSON either way."""
    page = opened(lambda: {"ok": ok, "parts": {}, "why": "計測器"})
    code, kind, text = get(page.url + "/health?pretty=1")
    assert (code, kind) == (status, "application/json; charset=utf-8")
    assert json.loads(text) == {"ok": ok, "parts": {}, "why": "計測器"}


def test_metrics_are_what_prometheus_reads(opened: Opened) -> None:
    """The figures in the text format, with its content type."""
    code, kind, text = get(opened().url + "/metrics")
    assert (code, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert "mieruka_agent_outbox_readings 3.0\n" in text


def test_anything_else_says_what_there_is(opened: Opened) -> None:
    """A wrong path is 404 with a hint, in JSON too."""
    code, _, text = get(opened().url + "/")
    assert code == 404
    assert json.loads(text)["hint"] == "there are /health and /metrics"


def test_what_the_page_itself_says_is_in_its_language() -> None:
    """A wrong path and a fault of ours, for a reader of Japanese."""

    def broken() -> dict[str, Any]:
        raise KeyError("a mistake")

    page = HealthPage("", broken, lambda: [], "ja")
    _, _, missing = page.answer("/nowhere")
    assert json.loads(missing) == {
        "error": "/nowhere には何もありません",
        "hint": "/health と /metrics があります",
    }
    _, _, fault = page.answer("/health")
    assert json.loads(fault)["hint"] == "この行をご連絡ください"


def test_a_question_about_the_header_alone(opened: Opened) -> None:
    """HEAD gives the status without a body; other methods are refused."""
    host, port = host_and_port(opened().url.removeprefix("http://"))
    for method, status in (("HEAD", 200), ("POST", 501)):
        connection = HTTPConnection(host, port, timeout=10)
        connection.request(method, "/health")
        answer = connection.getresponse()
        assert answer.status == status
        assert answer.read() == b"" or method == "POST"
        connection.close()


def test_a_fault_while_answering_is_an_answer(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    """An exception becomes 500 and a line; the page goes on."""
    page = opened(lambda: {"ok": 1 / 0})
    assert get(page.url + "/health")[0] == 500
    assert "ZeroDivisionError" in get(page.url + "/health")[2]
    assert get(page.url + "/metrics")[0] == 200
    assert "fault in the health page's /health" in caplog.text


def test_an_address_in_use_is_one_warning(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    """The second page is not there, says why, and nothing ends."""
    first = opened()
    second = opened(listen=first.url.removeprefix("http://"))
    assert second.url == ""
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert "in use (does another agent or collector run here?" in record.getMessage()
    second.stop()
    assert get(first.url + "/health")[0] == 200


def test_an_address_of_another_machine_is_one_warning(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    """An address that is not ours is told with what to write."""
    assert opened(listen="192.0.2.1:9871").url == ""
    assert "give [health] listen an address of this machine" in caplog.text


def test_no_address_is_no_page(opened: Opened, caplog: pytest.LogCaptureFixture) -> None:
    """An empty address is a wish, not a fault."""
    assert opened(listen="").url == ""
    assert caplog.text == ""


def test_a_client_that_breaks_off_or_says_nonsense_harms_nobody(opened: Opened) -> None:
    """After half a request and after bytes that are none, the next client is answered."""
    page = opened()
    where = host_and_port(page.url.removeprefix("http://"))
    for words in (b"GET /hea", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b""):
        with socket.create_connection(where, timeout=10) as client:
            client.sendall(words)
    assert get(page.url + "/health")[0] == 200


def test_a_page_over_ipv6(opened: Opened) -> None:
    """The loopback address of IPv6, in brackets."""
    page = opened(listen="[::1]:0")
    if page.url == "":
        pytest.skip("this machine has no IPv6")
    assert get(page.url + "/health")[0] == 200


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("127.0.0.1:9871", True),
        ("[::1]:9871", True),
        ("board:0", True),
        ("9871", False),
        (":9871", False),
        ("127.0.0.1:", False),
        ("127.0.0.1:65536", False),
        ("127.0.0.1:-1", False),
        ("::1:9871", False),
        ("127.0.0.1:٣", False),
        (" :1", False),
    ],
)
def test_an_address_is_host_and_port(text: str, right: bool) -> None:
    """What is no ``host:port`` is known before a socket is opened."""
    assert is_address(text) is right

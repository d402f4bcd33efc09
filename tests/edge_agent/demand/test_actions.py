"""What a step sets off: notices, web hooks on a real server, relays on gpiozero's own mock pins."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import gpiozero
import pytest
from gpiozero.pins.mock import MockFactory

from edge_agent.config import DemandSettings
from edge_agent.contract.demand import DemandNotice, Level, decode_demand, encode_demand
from edge_agent.contract.wire import WireError
from edge_agent.demand import relay, webhook
from edge_agent.demand.actions import Actions
from edge_agent.demand.guard import Step
from edge_agent.errors import RetryLaterError, StopError
from tests.edge_agent.demand.plans import START_MS, settings

UNTIL_MS = START_MS + 1_800_000
WAIT_S = 10.0


def _notice(level: Level) -> DemandNotice:
    return DemandNotice(
        *("sendai-1", "sendai", "main", START_MS, level, START_MS, 30, 300.0, True),
        forecast_kw=330.5,
        to_shed_kw=60.0,
    )


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server: _Server = self.server  # type: ignore[assignment]
        server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        code = server.codes.pop(0) if server.codes else 204
        self.send_response(code)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class _Server(HTTPServer):
    bodies: list[bytes]
    codes: list[int]


@contextmanager
def _hook(*codes: int) -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Hook)
    server.bodies, server.codes = [], list(codes)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _url(server: HTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/demand"


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def _with(*actions: dict[str, object]) -> DemandSettings:
    return settings(actions=[{"owner": "Sato", "note": "stop furnace 2", **a} for a in actions])


def test_a_web_hook_is_told_with_owner_and_note() -> None:
    """The alarm and its end reach the hook; the caution below its level does not."""
    with _hook() as server:
        chosen = _with({"on": "alarm", "kind": "webhook", "url": _url(server)})
        actions = Actions(chosen, lambda *_: None, lambda: START_MS)
        actions.start()
        for was, level in (("calm", "caution"), ("caution", "alarm"), ("alarm", "calm")):
            actions.order(Step(was, level, None), _notice(level), UNTIL_MS)  # type: ignore[arg-type]
        _until(lambda: len(server.bodies) == 2)
        actions.stop()
        first, second = map(decode_demand, server.bodies)
    assert (first.level, first.owner, first.note) == ("alarm", "Sato", "stop furnace 2")
    assert (first.forecast_kw, second.level) == (330.5, "calm")


def test_a_hook_that_refuses_is_asked_again_and_then_told_of() -> None:
    """Two refusals and a success are a success; three refusals are one error with a hint."""
    pauses: list[float] = []
    with _hook(500, 503) as server:
        webhook.post(_url(server), b"{}", pauses.append)
        assert len(server.bodies) == 3
    assert pauses == list(webhook.PAUSES_S)
    with _hook(404, 404, 404) as server, pytest.raises(RetryLaterError, match="HTTP 404") as told:
        webhook.post(_url(server), b"{}", pauses.append)
    assert "url" in told.value.hint


def test_a_hook_that_is_not_there_is_told_of() -> None:
    """No server at all is the same one line."""
    with pytest.raises(RetryLaterError, match="did not take the notice"):
        webhook.post("http://127.0.0.1:9/", b"{}", lambda _: None)


def test_a_notice_whose_window_is_over_is_not_sent() -> None:
    """An alarm of the last half hour helps nobody; the end of an alarm is still told."""
    sent: list[bytes] = []
    chosen = _with({"on": "alarm", "kind": "mqtt"})
    actions = Actions(chosen, lambda body, _: sent.append(body), lambda: UNTIL_MS + 1)
    actions.start()
    actions.order(Step("calm", "alarm", None), _notice("alarm"), UNTIL_MS)
    actions.order(Step("alarm", "calm", None), _notice("calm"), UNTIL_MS)
    actions.stop()
    assert [decode_demand(body).level for body in sent] == ["calm"]


@pytest.fixture
def pins() -> Iterator[MockFactory]:
    """Pins without hardware, by gpiozero itself."""
    factory = MockFactory()
    was, gpiozero.Device.pin_factory = gpiozero.Device.pin_factory, factory
    yield factory
    factory.reset()
    gpiozero.Device.pin_factory = was


def test_a_relay_holds_from_its_level_to_the_end_of_it(pins: MockFactory) -> None:
    """Pulled at alarm, held at certain, let go at calm and when the agent stops."""
    chosen = _with({"on": "alarm", "kind": "relay", "pin": 17})
    actions = Actions(chosen, lambda *_: None, lambda: START_MS)
    pin = pins.pin(17)
    actions.start()
    assert not pin.state
    actions.order(Step("calm", "alarm", None), _notice("alarm"), UNTIL_MS)
    _until(lambda: bool(pin.state))
    actions.order(Step("alarm", "certain", None), _notice("certain"), UNTIL_MS)
    actions.order(Step("certain", "calm", None), _notice("calm"), UNTIL_MS)
    _until(lambda: not pin.state)
    actions.order(Step("calm", "alarm", None), _notice("alarm"), UNTIL_MS)
    _until(lambda: bool(pin.state))
    actions.stop()
    assert not pin.state


def test_a_pin_that_two_actions_want_is_refused(pins: MockFactory) -> None:
    """One error with a hint at the start, not at the first alarm."""
    row = {"on": "alarm", "kind": "relay", "pin": 17}
    with pytest.raises(StopError, match="GPIO 17 cannot be used"):
        Actions(_with(row, row), lambda *_: None, lambda: START_MS)


def test_a_relay_without_its_library_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The extra is optional, and its absence is told when it is wanted."""
    monkeypatch.setitem(__import__("sys").modules, "gpiozero", None)
    (row,) = _with({"on": "alarm", "kind": "relay", "pin": 17}).actions
    with pytest.raises(StopError, match="not installed") as told:
        relay.open_relay(row)
    assert "mieruka[edge,relay]" in told.value.hint


def test_a_slow_hook_leaves_out_the_oldest_orders_rather_than_waiting() -> None:
    """Ordering never waits, however many steps pile up."""
    actions = Actions(_with({"on": "alarm", "kind": "mqtt"}), lambda *_: None, lambda: START_MS)
    for _ in range(250):
        actions.order(Step("calm", "alarm", None), _notice("alarm"), UNTIL_MS)
    actions.stop()


def test_a_notice_is_the_same_after_the_wire() -> None:
    """Encoded and decoded it is equal, with figures and without."""
    for notice in (_notice("alarm"), _notice("calm")):
        assert decode_demand(encode_demand(notice)) == notice


@pytest.mark.parametrize(
    "changed",
    [
        {"v": 2},
        {"level": "loud"},
        {"at_ms": 1.5},
        {"measured": 1},
        {"forecast_kw": "many"},
        {"target_kw": None},
    ],
)
def test_a_notice_that_is_none_is_refused(changed: dict[str, object]) -> None:
    """Each wrong key is one error."""
    body = json.loads(encode_demand(_notice("alarm"))) | changed
    with pytest.raises(WireError):
        decode_demand(json.dumps(body).encode())


@pytest.mark.parametrize("payload", [b"", b"[]", b"\xff", b'{"v":1}'])
def test_bytes_that_are_no_notice_are_refused(payload: bytes) -> None:
    """Nothing else than a ``WireError`` comes of them."""
    with pytest.raises(WireError):
        decode_demand(payload)

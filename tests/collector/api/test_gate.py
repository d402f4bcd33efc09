"""Who is let in, how often, and what is said and kept of those who are not."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.rate import REMEMBERED, RateLimit
from collector.state.api_tokens import ApiToken
from tests.collector.api.served import DAY_MS, NOW_MS, Client, Plant
from tests.collector.api.served import plant as served_plant

URL = "/v1/sites"


def test_a_token_that_lives_is_let_in_and_its_use_is_noted(plant: Plant) -> None:
    """To five minutes: a request costs no flush of the disk."""
    token, text = plant.made()
    client = plant.client(text)
    plant.clock.now = NOW_MS
    assert client.get(URL).status_code == 200
    plant.clock.now = NOW_MS + 60_000
    assert client.get(URL).status_code == 200
    assert _held(plant, token.id).last_used_ms == NOW_MS
    plant.clock.now = NOW_MS + 300_000
    assert client.get(URL).status_code == 200
    assert _held(plant, token.id).last_used_ms == NOW_MS + 300_000
    plant.clock.now = NOW_MS


def test_a_token_ends_with_its_day_or_when_it_is_revoked(plant: Plant) -> None:
    """From that instant on, without a restart of the server."""
    client = plant.client(plant.token(expires_at_ms=NOW_MS + DAY_MS))
    plant.clock.now = NOW_MS + DAY_MS - 1
    assert client.get(URL).status_code == 200
    plant.clock.now = NOW_MS + DAY_MS
    assert client.get(URL).status_code == 401
    plant.clock.now = NOW_MS
    token, text = plant.made()
    assert plant.client(text).get(URL).status_code == 200
    plant.source.state.api_tokens.revoke(token.id, NOW_MS)
    assert plant.client(text).get(URL).status_code == 401


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic {}", "{}", "Bearer {}x", "Bearer  {}", "bearer nonsense",
     "Bearer mieruka_" + "x" * 43, "Bearer mieruka_" + "y" * 5000],
)  # fmt: skip
def test_anything_else_in_the_header_is_refused_alike(plant: Plant, header: str) -> None:
    """401 that says nothing of what was wrong with it."""
    plant.later()
    answer = plant.client().get(URL, headers={"Authorization": header.format(plant.token())})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "a token that is valid is needed"


def test_a_token_in_the_address_is_refused_without_repeating_it(plant: Plant) -> None:
    """Addresses stand in logs: there it is no token, and the answer does not quote it."""
    token = plant.token()
    answer = plant.client().get(URL, params={"access_token": token})
    assert answer.status_code == 400
    assert token not in answer.text


def test_failures_are_counted_logged_and_slowed_while_living_tokens_pass(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """No line holds what was sent, and a guesser does not shut out who shares the address."""
    caplog.set_level(logging.WARNING)
    with served_plant(tmp_path) as plant:
        guess = "mieruka_" + "g" * 43
        guesser, tenant = plant.client(guess), plant.client(plant.token())
        statuses = [guesser.get(URL).status_code for _ in range(30)]
        assert statuses == [401] * 20 + [429] * 10
        assert tenant.get(URL).status_code == 200
        assert len(caplog.messages) == 20
        assert "(20 refused so far)" in caplog.messages[-1]
        assert not any("ggg" in line for line in caplog.messages)
        assert plant.app.state.served.gate.failures == 30
        plant.seconds[0] += 10
        assert guesser.get(URL).status_code == 401


def test_one_token_may_ask_so_often_and_another_is_not_held_up(tmp_path: Path) -> None:
    """A burst, then at the steady rate; 429 says how long to wait."""
    with served_plant(tmp_path) as plant:
        plant.app.state.served.gate._asking = RateLimit(1.0, 5, lambda: plant.seconds[0])
        busy, other = plant.client(plant.token()), plant.client(plant.token())
        assert [busy.get(URL).status_code for _ in range(6)] == [200] * 5 + [429]
        assert _waits(busy) == 1
        assert other.get(URL).status_code == 200
        plant.seconds[0] += 1
        assert busy.get(URL).status_code == 200


@given(
    per_s=st.floats(0.01, 1000),
    burst=st.floats(1, 100),
    steps=st.lists(st.floats(0, 10), max_size=60),
)
def test_never_more_than_burst_and_rate_allow(
    per_s: float, burst: float, steps: list[float]
) -> None:
    """Over any stretch of time; and who waits as long as told is answered."""
    now = [0.0]
    limit = RateLimit(per_s, burst, lambda: now[0])
    answered = 0
    for step in steps:
        now[0] += step
        wait_s = limit.wait_s("a")
        answered += wait_s == 0
        assert answered <= burst + now[0] * per_s + 1e-6
    if wait_s := limit.wait_s("a"):
        now[0] += wait_s
        assert limit.wait_s("a") == 0


def test_so_many_askers_are_remembered_and_no_more() -> None:
    """A flood of addresses does not fill the memory."""
    limit = RateLimit(1, 1, lambda: 0.0)
    for asker in range(REMEMBERED + 5):
        limit.wait_s(asker)
    assert len(limit._buckets) == REMEMBERED
    assert limit.wait_s(REMEMBERED + 4) > 0, "the newest is held"
    assert limit.wait_s(0) == 0, "the oldest is forgotten"


def _held(plant: Plant, token_id: int) -> ApiToken:
    return next(t for t in plant.source.state.api_tokens.list() if t.id == token_id)


def _waits(client: Client) -> int:
    return int(client.get(URL).headers["Retry-After"])

"""Tokens of the API: shown once, kept as a digest, never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from collector.state.api_tokens import PREFIX, ApiTokens, Reach
from collector.state.database import StateDatabase

NOW_MS, LATER_MS = 1_750_000_000_000, 1_760_000_000_000
REACH = Reach(("sendai", "osaka"), date(2025, 4, 1), date(2026, 4, 1))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    """An open state file."""
    opened = StateDatabase(tmp_path / "state.sqlite")
    yield opened
    opened.close()


def test_a_token_is_found_by_its_text_with_all_it_opens(database: StateDatabase) -> None:
    """Also by another process that opens the file."""
    made, text = ApiTokens(database).create("tenant", "consultant", REACH, NOW_MS, LATER_MS)
    assert ApiTokens(database).find(text) == made
    assert made.reach == REACH
    assert made.alive(LATER_MS - 1)
    assert not made.alive(LATER_MS)


def test_its_text_is_random_and_nowhere_in_the_file(
    database: StateDatabase, tmp_path: Path
) -> None:
    """32 bytes of it, and only the digest is kept."""
    texts = {
        ApiTokens(database).create("t", "viewer", REACH, NOW_MS, LATER_MS)[1] for _ in range(50)
    }
    assert len(texts) == 50
    assert {len(text) for text in texts} == {len(PREFIX) + 43}
    held = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not any(text.removeprefix(PREFIX).encode() in held for text in texts)


@pytest.mark.parametrize("text", ["", PREFIX, "mieruka_x", "\ud800", "a" * 10_000])
def test_any_other_text_finds_none(database: StateDatabase, text: str) -> None:
    """Whatever it is."""
    tokens = ApiTokens(database)
    tokens.create("t", "viewer", REACH, NOW_MS, LATER_MS)
    assert tokens.find(text) is None


def test_a_revoked_token_stays_in_the_list_with_its_first_mark(database: StateDatabase) -> None:
    """So that one can see later who could read what."""
    tokens = ApiTokens(database)
    made, text = tokens.create("t", "viewer", REACH, NOW_MS, LATER_MS)
    first = tokens.revoke(made.id, NOW_MS + 1)
    again = tokens.revoke(made.id, NOW_MS + 2)
    assert first is not None
    assert again is not None
    assert first.revoked_at_ms == again.revoked_at_ms == NOW_MS + 1
    found = tokens.find(text)
    assert found is not None
    assert not found.alive(NOW_MS + 2)
    assert [token.id for token in tokens.list()] == [made.id]
    assert tokens.revoke(99, NOW_MS) is None


def test_the_last_use_is_kept_to_five_minutes(database: StateDatabase) -> None:
    """And moves on after a clock that was set back, too."""
    tokens = ApiTokens(database)
    made, text = tokens.create("t", "viewer", REACH, NOW_MS, LATER_MS)
    for at_ms, kept_ms in ((0, 0), (299_999, 0), (300_000, 300_000), (100, 100)):
        found = tokens.find(text)
        assert found is not None
        tokens.note_use(found, NOW_MS + at_ms)
        assert tokens.list()[0].last_used_ms == NOW_MS + kept_ms
    assert made.last_used_ms is None


def test_a_reach_of_all_sites_has_each(database: StateDatabase) -> None:
    """A star is every site, also one that comes later."""
    _, text = ApiTokens(database).create("t", "viewer", Reach(("*",)), NOW_MS, LATER_MS)
    found = ApiTokens(database).find(text)
    assert found is not None
    assert found.reach.has_site("new")
    assert not REACH.has_site("new")

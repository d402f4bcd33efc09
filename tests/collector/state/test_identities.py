"""Which meter stood at a place since when, as cards and people tell it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError
from collector.rollup.counters import MeterChange
from collector.state import open_state
from collector.state.identities import MeterIdentities
from edge_agent.contract.wire import MeterCard

PLACE = ("sendai", "press")
CARD = MeterCard(*PLACE, "press", "profile", 10.0, 10.0, 1e9, "A-1", 80.0)


@pytest.fixture
def identities(tmp_path: Path) -> Iterator[MeterIdentities]:
    """The history of an empty state."""
    state = open_state(tmp_path)
    yield MeterIdentities(state.database)
    state.database.close()


def note(identities: MeterIdentities, at_ms: int, **changed: object) -> bool:
    """Note the card with some of its facts changed."""
    card = dataclasses.replace(CARD, **changed)  # type: ignore[arg-type]
    return identities.note(card, "pi-1", "e1", at_ms)


def test_row_is_kept_only_when_something_changed(identities: MeterIdentities) -> None:
    """The same card again, a renamed meter and another poll interval are no change."""
    assert note(identities, 100)
    assert not note(identities, 200)
    assert not note(identities, 300, name="Press 1", interval_s=60.0)
    assert note(identities, 400, modulus_wh=None)
    assert [(row.from_ms, row.serial, row.modulus_wh) for row in identities.history(*PLACE)] == [
        (100, "A-1", 1e9),
        (400, "A-1", None),
    ]
    assert identities.changes(*PLACE) == []


def test_another_serial_is_another_meter(identities: MeterIdentities) -> None:
    """A changed serial number is a replacement from that instant on."""
    note(identities, 100)
    note(identities, 200, serial="B-2")
    assert identities.changes(*PLACE) == [MeterChange(200, "replaced", "A-1", "B-2", 80.0, 80.0)]


def test_another_ratio_is_told_apart(identities: MeterIdentities) -> None:
    """A changed ratio under the same serial is a change of ratio."""
    note(identities, 100)
    note(identities, 200, ratio=120.0)
    assert identities.changes(*PLACE) == [MeterChange(200, "ratio", "A-1", "A-1", 80.0, 120.0)]


def test_serial_that_is_not_told_is_no_change(identities: MeterIdentities) -> None:
    """A card without the serial changes nothing; one that learns it replaces nothing."""
    note(identities, 100, serial="")
    assert note(identities, 200)
    assert not note(identities, 300, serial="")
    assert identities.changes(*PLACE) == []
    assert identities.history(*PLACE)[-1].serial == "A-1"


def test_old_card_is_passed_by(identities: MeterIdentities) -> None:
    """A retained birth from before what is known changes nothing."""
    note(identities, 200)
    assert not note(identities, 100, serial="Z-9")
    assert len(identities.history(*PLACE)) == 1


def test_users_word_is_a_replacement(identities: MeterIdentities) -> None:
    """A person's word counts from its instant; the card that confirms the serial adds nothing."""
    note(identities, 100)
    assert identities.replaced(*PLACE, 150, "佐藤", "B-2", "修理") == 2
    assert not note(identities, 200, serial="B-2")
    assert identities.changes(*PLACE) == [MeterChange(150, "replaced", "A-1", "B-2", 80.0, 80.0)]
    (said,) = identities.said_by_users("sendai")
    assert (said.by, said.reason, said.source) == ("佐藤", "修理", "user")


def test_users_word_without_anything_known(identities: MeterIdentities) -> None:
    """A meter that no agent has told of can be replaced too; numbers stay unknown."""
    identities.replaced(*PLACE, 150, "sato")
    assert identities.changes(*PLACE) == [MeterChange(150, "replaced")]


def test_card_after_a_users_word_without_serial_replaces_nothing(
    identities: MeterIdentities,
) -> None:
    """The serial that is learned after a replacement belongs to it."""
    note(identities, 100)
    identities.replaced(*PLACE, 150, "sato")
    note(identities, 200, serial="B-2")
    assert [change.at_ms for change in identities.changes(*PLACE)] == [150]


def test_users_word_can_be_taken_back(identities: MeterIdentities) -> None:
    """Taken back it stays in the list with a mark, and changes nothing any more."""
    note(identities, 100)
    identities.replaced(*PLACE, 150, "sato", "B-2")
    with pytest.raises(CollectorError, match=r"known already \(m2\)"):
        identities.replaced(*PLACE, 150, "sato", "B-2")
    taken = identities.take_back(2, "suzuki", 900)
    assert (taken.taken_back_by, taken.taken_back_at_ms) == ("suzuki", 900)
    assert identities.changes(*PLACE) == []
    assert identities.said_by_users(*PLACE) == [taken]


@pytest.mark.parametrize("identity_id", [1, 2, 9])
def test_only_a_standing_users_word_can_be_taken_back(
    identities: MeterIdentities, identity_id: int
) -> None:
    """What an agent said, what was taken back, and what is not there are refused."""
    note(identities, 100)
    identities.replaced(*PLACE, 150, "sato")
    identities.take_back(2, "suzuki", 900)
    with pytest.raises(CollectorError, match=f"m{identity_id} is no replacement that stands"):
        identities.take_back(identity_id, "suzuki", 901)


def test_replacement_needs_a_name(identities: MeterIdentities) -> None:
    """Who says so is part of it."""
    with pytest.raises(CollectorError, match="write --by NAME"):
        identities.replaced(*PLACE, 150, " ")
    assert identities.said_by_users("sendai") == []

"""Commissioning records on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent.errors import StopError
from edge_agent.page.records import LARGEST_PHOTO, MOST_PHOTOS, Records
from edge_agent.words import in_language, said

AT_MS = 1_780_000_000_000
JPEG, PNG = b"\xff\xd8\xff\xe0 photo", b"\x89PNG\r\n\x1a\n photo"


@pytest.fixture
def records(tmp_path: Path) -> Records:
    """None yet."""
    return Records(tmp_path / "records")


def test_a_record_can_be_read_in_another_language_later(records: Records) -> None:
    """Texts keep what they were made of."""
    title = said("Unit {unit} at {place}", unit=3, place="pts/1")
    key = records.keep("press", AT_MS, {"title": title, "deep": [{"values": {"a": 1.5}}]})
    facts = records.find(key).facts
    assert facts["deep"] == [{"values": {"a": 1.5}}]
    assert in_language(facts["title"], "ja") == "ユニット番号 3（pts/1）"
    assert in_language(facts["title"], "en") == str(title)


def test_records_are_listed_newest_first(records: Records) -> None:
    """Also two of one second; what is no record is passed over."""
    assert records.all() == ()
    first = records.keep("press", AT_MS, {})
    second = records.keep("press", AT_MS, {})
    newest = records.keep("a-meter", AT_MS + 60_000, {})
    (Path(records._folder) / "notes").mkdir()
    (Path(records._folder) / "press.20260101T000000Z").mkdir()
    assert first != second
    assert records.all()[0].key == newest
    assert {kept.key for kept in records.all()} == {first, second, newest}


@pytest.mark.parametrize("key", ["..", "../records", "", "/etc", "press", "press.20260101T000000Z"])
def test_only_listed_records_are_read(records: Records, key: str) -> None:
    """A name from outside is looked up, never opened."""
    records.keep("press", AT_MS, {})
    with pytest.raises(StopError, match="no such record"):
        records.find(key)


def test_photos_are_kept_as_they_are(records: Records) -> None:
    """JPEG and PNG by their first bytes, in order."""
    key = records.keep("press", AT_MS, {})
    records.add_photo(key, JPEG)
    records.add_photo(key, PNG)
    assert records.photo(key, 1) == (JPEG, "image/jpeg")
    assert records.photo(key, 2) == (PNG, "image/png")
    for number in (0, 3, -1):
        with pytest.raises(StopError, match="no such photo"):
            records.photo(key, number)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<svg onload=x>", "no JPEG or PNG"),
        (b"GIF89a", "no JPEG or PNG"),
        (b"", "no JPEG or PNG"),
        (JPEG + bytes(LARGEST_PHOTO), "larger than 8 MB"),
    ],
)
def test_what_is_no_photo_is_refused(records: Records, content: bytes, fault: str) -> None:
    """And the record stays without it."""
    key = records.keep("press", AT_MS, {})
    with pytest.raises(StopError, match=fault):
        records.add_photo(key, content)
    assert records.find(key).photos == ()


def test_a_record_has_a_bounded_number_of_photos(records: Records) -> None:
    """A card is not filled by one panel."""
    key = records.keep("press", AT_MS, {})
    for _ in range(MOST_PHOTOS):
        records.add_photo(key, JPEG)
    with pytest.raises(StopError, match="6 photos at most"):
        records.add_photo(key, JPEG)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    """The reason and what to do."""
    (tmp_path / "file").write_text("in the way", "ascii")
    with pytest.raises(StopError, match="record cannot be written"):
        Records(tmp_path / "file").keep("press", AT_MS, {})

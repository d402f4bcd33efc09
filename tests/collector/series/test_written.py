"""Files that are there whole or not at all."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest

from collector.errors import CollectorError
from collector.series.written import Hashed, write_file, write_stream


def test_the_digest_is_of_the_bytes_in_the_file(tmp_path: Path) -> None:
    """And the size too."""
    path = tmp_path / "x.csv"
    written = write_file(path, lambda out: _put(out, b"a" * 1000, b"", b"\n"))
    assert written.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert written.size == path.stat().st_size == 1001
    assert list(tmp_path.iterdir()) == [path]


def test_a_fault_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    """Nobody reads half a file, and nothing is left lying about."""
    path = tmp_path / "x.csv"
    path.write_bytes(b"old")

    def fail(out: Hashed) -> None:
        out.write(b"new")
        raise CollectorError("the store is away", "wait")

    with pytest.raises(CollectorError, match="away"):
        write_file(path, fail)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    """With the option to change."""
    with pytest.raises(CollectorError, match="No such file") as caught:
        write_file(tmp_path / "none" / "x.csv", lambda out: _put(out, b"a"))
    assert "--out" in caught.value.hint


def test_a_stream_gets_the_same_bytes() -> None:
    """And stays open."""
    held = io.BytesIO()
    written = write_stream(held, lambda out: _put(out, b"abc"))
    assert held.getvalue() == b"abc"
    assert written.sha256 == hashlib.sha256(b"abc").hexdigest()


def _put(out: Hashed, *pieces: bytes) -> None:
    for piece in pieces:
        out.write(piece)

"""Files, TOML and CSV from somebody else are taken in with a bound."""

from __future__ import annotations

import errno
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.process.bounded import DEEPEST, bytes_in, rows_in, tables_in, text_in


def test_a_file_as_large_as_the_bound_is_taken(tmp_path: Path) -> None:
    """The bound itself is allowed."""
    (tmp_path / "file").write_bytes(b"12345")
    assert bytes_in(tmp_path / "file", 5) == b"12345"


def test_a_larger_file_is_refused_in_words(tmp_path: Path) -> None:
    """Its reason stands where every reader of files looks for one."""
    (tmp_path / "file").write_bytes(b"123456")
    with pytest.raises(OSError, match="larger than") as refused:
        bytes_in(tmp_path / "file", 5)
    assert refused.value.errno == errno.EFBIG
    assert refused.value.strerror == "larger than 0.00488281 KiB, which nothing of its kind is"


@pytest.mark.parametrize(
    ("at_most", "said"), [(64_000_000, "64 MB"), (65_536, "64 KiB"), (4_000_000, "4 MB")]
)
def test_the_bound_is_said_as_people_say_it(at_most: int, said: str) -> None:
    """A device without an end is read up to the bound, and no further."""
    with pytest.raises(OSError, match=f"larger than {said}"):
        bytes_in(Path("/dev/zero"), at_most)


def test_text_comes_with_plain_line_ends(tmp_path: Path) -> None:
    """As ``read_text`` gives it."""
    path = tmp_path / "file"
    path.write_bytes("a\r\nb\rc\nü".encode())
    assert text_in(path) == path.read_text("utf-8") == "a\nb\nc\nü"


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    """With the error that tells the byte."""
    (tmp_path / "file").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        text_in(tmp_path / "file")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = " + "[" * 5000, "nested deeper than 16 levels"),
        ("a = " + "{b = " * 5000, "nested deeper than 16 levels"),
        ("a = " + "[" * DEEPEST + "]" * DEEPEST, "nested deeper than 16 levels"),
        (".".join("a" * 5000) + " = 1", "nested deeper than 16 levels"),
        ("a = " + "9" * 5000, "4300 digits"),
        ("a = 0x" + "f" * 5000, "more than 64 bits"),
        ("a = [[{b = 18446744073709551616}]]", "more than 64 bits"),
        ("a = -18446744073709551616", "more than 64 bits"),
        ("a = 2026-02-30", r"(?i)day|date|invalid|expected"),
        ("a =", "Invalid value"),
    ],
)
def test_toml_beyond_reason_is_no_toml(text: str, said: str) -> None:
    """One error for all that is wrong with a document, whatever Python would have raised."""
    with pytest.raises(tomllib.TOMLDecodeError, match=said):
        tables_in(text)


def test_toml_within_reason_is_read() -> None:
    """The marks of absent values of 64 bits, decimals kept, and fifteen levels."""
    level = "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    document = tables_in(f"a = 0xFFFFFFFFFFFFFFFF\nb = 0.10\nc = {level}", Decimal)
    assert document["a"] == 2**64 - 1
    assert str(document["b"]) == "0.10"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_toml_or_one_error(text: str) -> None:
    """What is read is what tomllib reads."""
    try:
        found = tables_in(text)
    except tomllib.TOMLDecodeError:
        return
    assert repr(found) == repr(tomllib.loads(text))


def test_csv_rows_know_their_line() -> None:
    """Whatever ends the lines, and over quoted ones."""
    assert list(rows_in('a,b\r\n"1\n2",3\rx\n')) == [
        (1, ["a", "b"]),
        (3, ["1\n2", "3"]),
        (4, ["x"]),
    ]


def test_a_cell_without_an_end_is_refused() -> None:
    """A quote that is never closed would take the whole file as one cell."""
    with pytest.raises(ValueError, match=r"line 2: field larger than field limit"):
        list(rows_in('a,b\n"' + "x" * 200_000))

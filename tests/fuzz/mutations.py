"""Sound inputs made unsound: cut, doubled, mixed with odd words, a value in place of another."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from hypothesis import strategies as st

from tests.fuzz.parser import Parser

Edit = tuple[str, int, int, bytes]
"""What to do, where (a share of 65,536 of the input), how much of it, and with which bytes."""
PLACES = 65_536
_VALUE = re.compile(rb"(?<==)[^\n#]*|(?<=:)[^,}\]\n]*|(?<=,)[^,\n]*|(?<=>)[^<]*")
_LARGEST_BYTES = 200_000
"""Bytes: what doubling upon doubling may come to."""
_ODD = (b"", b"\0", b"\xff", b"\xe3\x81", b"\r", b"\n", b" ", b"-", b"0", b'"', b"\xef\xbb\xbf")


def _cut(data: bytes, at: int, count: int, _: bytes) -> bytes:
    return data[:at] + data[at + count :]


def _put(data: bytes, at: int, _: int, word: bytes) -> bytes:
    return data[:at] + word + data[at:]


def _over(data: bytes, at: int, count: int, word: bytes) -> bytes:
    return data[:at] + word + data[at + count :]


def _twice(data: bytes, at: int, count: int, _: bytes) -> bytes:
    return data[: at + count] + data[at:]


def _end(data: bytes, at: int, _: int, __: bytes) -> bytes:
    return data[:at]


def _value(data: bytes, at: int, _: int, word: bytes) -> bytes:
    found = _VALUE.search(data, at) or _VALUE.search(data)
    return data if found is None else data[: found.start()] + word + data[found.end() :]


def _line(data: bytes, at: int) -> tuple[int, int]:
    end = data.find(b"\n", at) + 1
    return data.rfind(b"\n", 0, at) + 1, end or len(data)


def _without_line(data: bytes, at: int, _: int, __: bytes) -> bytes:
    start, end = _line(data, at)
    return data[:start] + data[end:]


def _line_again(data: bytes, at: int, count: int, _: bytes) -> bytes:
    start, end = _line(data, at)
    return data[:end] + data[start:end] * min(count, 5) + data[end:]


WAYS: Mapping[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "cut": _cut, "put": _put, "over": _over, "twice": _twice, "end": _end, "value": _value,
    "without-line": _without_line, "line-again": _line_again,
}  # fmt: skip


def changed(seed: bytes, edits: list[Edit]) -> bytes:
    """The seed after all edits."""
    data = seed
    for way, place, count, word in edits:
        data = WAYS[way](data, place * len(data) // PLACES, count, word)[:_LARGEST_BYTES]
    return data


def inputs(parser: Parser) -> st.SearchStrategy[bytes]:
    """Seeds with up to six edits, and now and then plain noise."""
    words = st.sampled_from(parser.words + _ODD) | st.binary(max_size=8)
    edits = st.lists(
        st.tuples(
            st.sampled_from(sorted(WAYS)),
            st.integers(0, PLACES - 1),
            st.integers(1, 40),
            words,
        ),
        max_size=6,
    )
    return st.builds(changed, st.sampled_from(parser.seeds), edits) | st.binary(max_size=200)

"""A file's bytes as a sheet of text: header and rows, whatever encoding and delimiter it has.

Portals and loggers put lines of their own above the header (customer, contract, period); the
header is the first line that holds the columns asked for. Names are compared after Unicode NFKC,
so that full-width letters and digits do not matter.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

from collector.errors import StopError
from edge_agent.process.bounded import rows_in

ENCODINGS = ("utf-8-sig", "cp932", "cp1252")
"""Tried in this order; the first that reads the bytes and holds the columns asked for is taken."""
NAMES = {
    "utf-8-sig": "UTF-8",
    "cp932": "Shift_JIS (cp932)",
    "cp1252": "Windows-1252",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
DELIMITERS = ",;\t"
HEADER_WITHIN_LINES = 100
"""The header is looked for in this many lines from the top."""
COLUMNS_NAMED = 12
"""A hint names so many columns at most: a file of a slot a column has fifty."""
_PROBE_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Sheet:
    """Header and rows of a file, as text.

    ``rows`` are (line in the file, cells); lines that hold nothing are left out. ``delimiter`` is
    what stands between the cells, ``notices`` say what was found out about the file, ``above`` are
    the lines over the header.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    delimiter: str
    notices: tuple[str, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()

    def column(self, wanted: str) -> int:
        """Where the column stands. Raises ``StopError`` with the nearest name when it is not there.

        A name that stands twice in the header is refused too: which one is meant is not told.
        """
        found = [place for place, name in enumerate(self.header) if name == plain(wanted)]
        if len(found) > 1:
            what = f'{self.name} has {len(found)} columns "{wanted}"'
            raise StopError(what, "rename all but one of them in the file")
        if not found:
            raise StopError(f'{self.name} has no column "{wanted}"', self._hint(wanted))
        return found[0]

    def only(self, column: str, value: str) -> Sheet:
        """The sheet with those rows alone whose cell in the column is the value.

        Raises ``StopError`` when there is no such column, or no such row.
        """
        place, wanted = self.column(column), plain(value)
        cells = {plain(cells[place]) for _, cells in self.rows if place < len(cells)}
        if wanted not in cells:
            near = difflib.get_close_matches(wanted, cells, n=1)
            hint = (
                f"did you mean {near[0]}?" if near else f"it holds: {', '.join(sorted(cells)[:5])}"
            )
            raise StopError(f'{self.name}: column "{column}" nowhere holds {value}', hint)
        kept = tuple(
            row for row in self.rows if place < len(row[1]) and plain(row[1][place]) == wanted
        )
        return replace(self, rows=kept)

    @property
    def columns_told(self) -> str:
        """The names of its columns for a hint: all, or the first of a wide file."""
        named = [name for name in self.header if name]
        more = f" and {len(named) - COLUMNS_NAMED} more" if len(named) > COLUMNS_NAMED else ""
        return ", ".join(named[:COLUMNS_NAMED]) + more

    def _hint(self, wanted: str) -> str:
        near = difflib.get_close_matches(plain(wanted), self.header, n=1, cutoff=0.5)
        return f"did you mean {near[0]}?" if near else f"its columns: {self.columns_told}"


def read_sheet(
    data: bytes, name: str, wanted: Sequence[str] = (), one_of: Collection[str] = ()
) -> Sheet:
    """The file's text in cells.

    Its header is the first line that holds all ``wanted`` columns and one of ``one_of`` (names in
    small letters); without either the first line that holds anything. Raises ``StopError`` for a
    file that is empty or is not text of a known encoding.
    """
    if not data.strip(b"\0 \t\r\n\xff\xfe\xef\xbb\xbf"):
        raise StopError(f"{name} is empty", "give a file with a header line and rows below it")
    names = [plain(column) for column in wanted]
    texts = list(_decoded(data, name))
    if not texts[0][1].strip():
        raise StopError(f"{name} is empty", "give a file with a header line and rows below it")
    for encoding, text in texts:
        found = _header(text, names, one_of)
        if found is not None:
            return _sheet(name, encoding, text, *found)
    encoding, text = texts[0]
    return _sheet(name, encoding, text, *_best_guess(text))


def plain(text: str) -> str:
    """The text as names are compared: without surrounding blanks, full-width made half-width."""
    return text.strip() if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _decoded(data: bytes, name: str) -> Iterator[tuple[str, str]]:
    known = _utf_16(data)
    read = 0
    for encoding in (known,) if known else ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            read += 1
            yield encoding, text
    if not read:
        what = f"{name} is not text: neither UTF-8, Shift_JIS nor UTF-16"
        raise StopError(what, "save it as CSV UTF-8")


def _utf_16(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    probe = data[:_PROBE_BYTES]
    even, odd = probe[0::2].count(0), probe[1::2].count(0)
    # Digits and delimiters have a zero byte beside them; other encodings never have one.
    if not even and not odd:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


Place = tuple[str, int]
"""Delimiter, and how many rows (as csv counts them) stand above the header."""


def _header(text: str, names: Sequence[str], one_of: Collection[str]) -> Place | None:
    if not names and not one_of:
        return None
    for delimiter in DELIMITERS:
        for above, cells in enumerate(_top(text, delimiter)):
            header = {plain(cell) for cell in cells}
            known = not one_of or any(name.casefold() in one_of for name in header)
            if known and set(names) <= header:
                return delimiter, above
    return None


def _blank(cells: Sequence[str]) -> bool:
    return not (cells and cells[0]) and not any(map(str.strip, cells))


def _best_guess(text: str) -> Place:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    filled = (place for place, cells in enumerate(_top(text, delimiter)) if any(cells))
    return delimiter, next(filled, 0)


def _top(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    # A cell that never ends is told once, when the rows are read.
    with suppress(ValueError):
        found.extend(cells for _, cells in islice(rows_in(text, delimiter), HEADER_WITHIN_LINES))
    return found


def _sheet(name: str, encoding: str, text: str, delimiter: str, above: int) -> Sheet:
    try:
        held = list(rows_in(text, delimiter))
    except ValueError as error:
        raise StopError(f"{name}, {error}", "save it as CSV, text in double quotes") from error
    over = tuple(tuple(map(plain, cells)) for _, cells in held[:above])
    header = tuple(plain(cell) for cell in held[above][1])
    rows = tuple((line, cells) for line, cells in held[above + 1 :] if not _blank(cells))
    if not rows:
        raise StopError(f"{name} has no rows below its header", "give a file with values")
    notices = () if encoding == "utf-8-sig" else (f"read as {NAMES[encoding]}",)
    return Sheet(name, header, rows, delimiter, notices, over)

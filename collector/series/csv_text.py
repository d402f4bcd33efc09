"""Rows as CSV: instants as ISO 8601, absent is an empty cell, and no text is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.exports.calm_text import harmless

INSTANTS_HELD = 100_000
"""Five years of half hours: the meters of a site share their instants."""
ENCODINGS = {"utf-8": "utf-8", "utf-8-bom": "utf-8-sig", "shift-jis": "cp932"}
"""Names of encodings as people say them, and as Python does. Excel in Japan opens the last two."""
_NOT_LETTERS = {code: None for code in (*range(9), 11, 12, *range(14, 32), 127)}


def encoding_named(text: str) -> str:
    """The codec of that name. Raises ``CollectorError`` with those there are."""
    if text not in ENCODINGS:
        raise CollectorError(f"{text} is not an encoding", f"one of {', '.join(ENCODINGS)}")
    return ENCODINGS[text]


@lru_cache(maxsize=1024)
def cell_text(text: str) -> str:
    """The text as a cell, without control characters and never a formula."""
    return harmless(text.translate(_NOT_LETTERS))


def cell(value: object) -> str:
    """A value as the text of a cell: figures with every digit, absent as nothing."""
    if type(value) is float:
        return repr(value).removesuffix(".0")
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value).lower() if isinstance(value, bool) else _of_text(value)


def _of_text(value: object) -> str:
    return cell_text(value) if isinstance(value, str) else str(value)


def lines(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def encoded(texts: Iterable[str], codec: str) -> Iterator[bytes]:
    """The texts in the encoding, one mark of it at the beginning at most.

    Raises ``CollectorError`` naming the first letter that the encoding lacks.
    """
    mark = codec == "utf-8-sig"
    for number, text in enumerate(texts):
        try:
            yield text.encode("utf-8-sig" if mark and not number else codec.removesuffix("-sig"))
        except UnicodeEncodeError as error:
            letter = text[error.start]
            raise CollectorError(f"{letter} is no letter of Shift_JIS", "use utf-8-bom") from error


@lru_cache(maxsize=INSTANTS_HELD)
def iso(at_ms: int, zone: ZoneInfo) -> str:
    """The instant in the zone, to the second, or to the millisecond where it has some."""
    return _text(datetime.fromtimestamp(at_ms // 1000, zone), at_ms % 1000)


@lru_cache(maxsize=INSTANTS_HELD)
def iso_utc(at_ms: int) -> str:
    """The instant in UTC: 2025-03-31T15:30:00Z."""
    moment = datetime.fromtimestamp(at_ms // 1000, UTC)
    return _text(moment, at_ms % 1000).replace("+00:00", "Z")


def _text(moment: datetime, ms: int) -> str:
    # Not added: a sum would forget which of the two hours of a clock change it is.
    if ms:
        return moment.replace(microsecond=ms * 1000).isoformat(timespec="milliseconds")
    return moment.isoformat()

"""Cells of the area supply files of Japan's operators: bytes to text, text to times and numbers.

Every operator writes a little differently: Shift-JIS or (Tokyo) UTF-8, full-width characters,
five kinds of dash for "nothing", Unicode minus signs, days as 2024/4/1 or 20240401, hours as
0:00, 00:00, 0:00:00, 7時 and 24:00.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from collector.errors import CollectorError

JAPAN_TIME = timezone(timedelta(hours=9))
_DAY = re.compile(r"(\d{4})([/-]?)(\d{1,2})\2(\d{1,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::00)?|(\d{1,2})時")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DASHES = {ord(dash): "-" for dash in "−‐‑‒–—―ー－"}
_WEB_PAGE = re.compile(rb"\s*<")


def decoded(content: bytes) -> str:
    """The text of the file, whether UTF-8 or Shift-JIS.

    Raises ``CollectorError`` for an archive, a web page, and for text in neither encoding.
    """
    if content.startswith(b"PK"):
        raise CollectorError("this is a ZIP archive", "unpack it and import the CSV files in it")
    if _WEB_PAGE.match(content):
        hint = "the operator's server refused the download: fetch the file with a browser"
        raise CollectorError("this is a web page, not a CSV file", hint)
    # A NUL is in neither; Shift-JIS would take UTF-16 for odd words.
    for encoding in ("utf-8-sig", "cp932") if b"\0" not in content else ():
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CollectorError("the text is neither UTF-8 nor Shift-JIS", "download the file again")


def plain(cell: str) -> str:
    """The cell with half-width characters and no white space."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", cell))


def number_in(cell: str) -> Decimal | None:
    """The number in the cell; None for a blank cell and for a dash.

    Raises ``ValueError`` for any other text.
    """
    text = plain(cell).translate(_DASHES).replace(",", "")
    if not text.strip("-"):
        return None
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{cell.strip()!r} is not a number")
    return Decimal(text)


def day_in(cell: str) -> date | None:
    """The day in the cell (2024/4/1, 2024-04-01 or 20240401); None when it holds something else.

    Raises ``ValueError`` for a day that no calendar has.
    """
    found = _DAY.fullmatch(plain(cell))
    if not found or (not found[2] and len(found[0]) != 8):
        return None
    try:
        return date(int(found[1]), int(found[3]), int(found[4]))
    except ValueError:
        raise ValueError(f"{cell.strip()!r} is not a day of the calendar") from None


def minute_in(cell: str) -> int:
    """The minute of the day in the cell, 0 to 1440 (24:00).

    Raises ``ValueError`` for anything that is not a time of day.
    """
    found = _TIME.fullmatch(plain(cell))
    minute = -1
    if found:
        hour, part = (int(found[3]), 0) if found[3] else (int(found[1]), int(found[2]))
        minute = hour * 60 + part if part < 60 else -1
    if not 0 <= minute <= 1440:
        raise ValueError(f"{cell.strip()!r} is not a time of day")
    return minute


def instant_ms(day: date, minute: int) -> int:
    """The instant (UTC ms) of a minute of a day in Japan."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=JAPAN_TIME)
    return round(midnight.astimezone(UTC).timestamp()) * 1000 + minute * 60_000


def month_of(at_ms: int) -> str:
    """The month in Japan of an instant (UTC ms), as 2024-04."""
    return f"{datetime.fromtimestamp(at_ms / 1000, JAPAN_TIME):%Y-%m}"

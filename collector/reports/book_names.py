"""Names of sheets as Excel takes them: short, each only once, without the characters it forbids."""

from __future__ import annotations

import re
from collections.abc import Sequence

LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_RESERVED = "history"


def sheet_names(wanted: Sequence[str]) -> tuple[str, ...]:
    """A good name for each wanted one, in order: told apart by a number where they meet."""
    taken: set[str] = set()
    found: list[str] = []
    for name in wanted:
        stem = _clean(name)
        fresh, number = stem[:LONGEST_NAME], 2
        while fresh.lower() in taken:
            ending = f" ({number})"
            fresh, number = stem[: LONGEST_NAME - len(ending)] + ending, number + 1
        taken.add(fresh.lower())
        found.append(fresh)
    return tuple(found)


def check_names(names: Sequence[str]) -> None:
    """Raises ``ValueError`` unless there are names and Excel takes all of them."""
    if not names:
        raise ValueError("a workbook needs at least one sheet")
    for name, good in zip(names, sheet_names(names), strict=True):
        if name != good:
            raise ValueError(f"a sheet cannot be named {name!r}: name it {good!r}")


def _clean(name: str) -> str:
    # Characters outside the basic plane count twice for Excel.
    plain = "".join(c if ord(c) < 0x10000 and not 0xD800 <= ord(c) < 0xE000 else "_" for c in name)
    held = _FORBIDDEN.sub("_", plain).strip().strip("'")[:LONGEST_NAME].strip().strip("'")
    return f"{held}_" if held.lower() == _RESERVED else held or "_"

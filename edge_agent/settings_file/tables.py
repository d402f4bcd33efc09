"""Tables as TOML text, put into a text that a person wrote. PURE. The only file with tomlkit.

Only the lines that must change do: a file's tables may stand in any order and be full of remarks,
so new tables are put in as text and the whole is then read again: it must mean what it meant
before, and the new rows.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import tomlkit

from edge_agent.errors import StopError
from edge_agent.process.bounded import tables_in
from edge_agent.words import said

Row = Mapping[str, Any]

_HEADER = re.compile(r"^\s*\[{1,2}[^\[\],]+\]{1,2}\s*(#.*)?$")


def table_text(name: str, row: Row) -> str:
    """``[[name]]`` and its keys, one a line."""
    table = tomlkit.table()
    for key, value in row.items():
        table.add(key, value)
    rows = tomlkit.aot()
    rows.append(table)
    document = tomlkit.document()
    document.add(name, rows)
    return tomlkit.dumps(document).strip() + "\n"


def with_row(text: str, name: str, row: Row) -> str:
    """``text`` with one more table ``[[name]]``, behind the last one of that name.

    Raises ``StopError`` when the text is built so that no table can be added safely.
    """
    before = tomllib.loads(text)
    rows = before.get(name, [])
    wanted = {**before, name: [*rows, dict(row)] if isinstance(rows, list) else rows}
    tries = (_behind_the_last, _at_the_end, _into_the_list)
    return _first_that_means(wanted, (_tried(change, text, name, row) for change in tries))


def with_changes(text: str, name: str, number: int, changes: Row) -> str:
    """``text`` with keys of its table ``[[name]]`` number ``number`` (from 0) set; None takes out.

    Raises ``StopError`` as ``with_row``.
    """
    wanted = tomllib.loads(text)
    wanted[name][number] = _changed(wanted[name][number], changes)
    tries = (_in_its_lines, _in_the_document)
    return _first_that_means(wanted, (_tried(way, text, name, number, changes) for way in tries))


def taken_over(own: str, pushed: str, kept: Collection[str]) -> str:
    """The tables of ``own`` named in ``kept``, then all others as ``pushed`` has them.

    Remarks stay with their tables where that can be done. Raises ``tomllib.TOMLDecodeError``.
    """
    mine, theirs = tables_in(own), tables_in(pushed)
    wanted = {key: value for key, value in mine.items() if key in kept}
    wanted |= {key: value for key, value in theirs.items() if key not in kept}
    tries = (_both_as_written, lambda *_: tomlkit.dumps(wanted))
    return _first_that_means(wanted, (_tried(way, own, pushed, kept) for way in tries))


def _both_as_written(own: str, pushed: str, kept: Collection[str]) -> str:
    mine, theirs = tomlkit.parse(own), tomlkit.parse(pushed)
    for key in [key for key in mine if key not in kept]:
        mine.remove(key)
    for key in [key for key in theirs if key in kept]:
        theirs.remove(key)
    return f"{tomlkit.dumps(mine).rstrip()}\n\n{tomlkit.dumps(theirs).strip()}\n"


def with_keys(text: str, name: str, changes: Row) -> str:
    """``text`` with keys of its one table ``[name]`` set, which is added when missing.

    None takes a key out. Raises ``StopError`` as ``with_row``.
    """
    wanted = tomllib.loads(text)
    wanted[name] = _changed(wanted.get(name, {}), changes)
    tries = (_keys_in_its_lines, _keys_in_the_document)
    return _first_that_means(wanted, (_tried(way, text, name, changes) for way in tries))


def _first_that_means(wanted: Row, texts: Iterator[str]) -> str:
    for text in texts:
        if text and _meaning(text) == wanted:
            return text
    raise StopError(
        said("the settings file is written in a way that no table can be added to safely"),
        said("write its links and meters as [[links]] and [[meters]], or add the lines by hand"),
    )


def _meaning(text: str) -> Row | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _tried(change: Callable[..., str], *arguments: object) -> str:
    """What ``change`` makes, "" when it does not fit this text; the caller reads it anyway."""
    try:
        return change(*arguments)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError):
        return ""


def _behind_the_last(text: str, name: str, row: Row) -> str:
    lines = text.splitlines(keepends=True)
    begin, end = _spans(lines, name)[-1]
    # Remarks after an empty line belong to what follows.
    while end > begin + 1 and not _is_key(lines[end - 1]):
        end -= 1
    while end < len(lines) and lines[end].lstrip().startswith("#"):
        end += 1
    head = "".join(lines[:end])
    return f"{_ended(head)}\n{table_text(name, row)}{''.join(lines[end:])}"


def _at_the_end(text: str, name: str, row: Row) -> str:
    return f"{_ended(text)}\n{table_text(name, row)}"


def _into_the_list(text: str, name: str, row: Row) -> str:
    document = tomlkit.parse(text)
    inline = tomlkit.inline_table()
    inline.update(row)
    document[name].append(inline)
    return tomlkit.dumps(document)


def _in_its_lines(text: str, name: str, number: int, changes: Row) -> str:
    lines = text.splitlines(keepends=True)
    begin, end = _spans(lines, name)[number]
    part = tomlkit.parse("".join(lines[begin:end]))
    _apply(part[name][0], changes)
    return "".join(lines[:begin]) + tomlkit.dumps(part) + "".join(lines[end:])


def _in_the_document(text: str, name: str, number: int, changes: Row) -> str:
    document = tomlkit.parse(text)
    _apply(document[name][number], changes)
    return tomlkit.dumps(document)


def _keys_in_its_lines(text: str, name: str, changes: Row) -> str:
    lines = text.splitlines(keepends=True)
    own = re.compile(rf"""^\s*\[\s*["']?{re.escape(name)}["']?\s*\]""")
    heads = [at for at, line in enumerate(lines) if _HEADER.match(line)]
    (begin,) = [at for at in heads if own.match(lines[at])]
    end = min([at for at in heads if at > begin], default=len(lines))
    part = tomlkit.parse("".join(lines[begin:end]))
    _apply(part[name], changes)
    return "".join(lines[:begin]) + tomlkit.dumps(part) + "".join(lines[end:])


def _keys_in_the_document(text: str, name: str, changes: Row) -> str:
    document = tomlkit.parse(text)
    if name not in document:
        table = tomlkit.table()
        _apply(table, changes)
        added = tomlkit.dumps(tomlkit.document().add(name, table))
        return f"{_ended(text)}\n{added}"
    _apply(document[name], changes)
    return tomlkit.dumps(document)


def _apply(table: Any, changes: Row) -> None:
    tail = _loose_end(table)
    for key, value in changes.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    if tail:
        table.value.body.extend(tail)


def _loose_end(table: Any) -> list[Any]:
    """Remarks and empty lines at the end of a table, taken off: new keys go before them."""
    body = getattr(table.value, "body", [])
    at = len(body)
    while at and body[at - 1][0] is None:
        at -= 1
    tail = list(body[at:])
    del body[at:]
    return tail


def _changed(row: Row, changes: Row) -> dict[str, Any]:
    merged = {**row, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def _spans(lines: list[str], name: str) -> list[tuple[int, int]]:
    """First line and the line after the last of each table ``[[name]]``."""
    own = re.compile(rf"""^\s*\[\[\s*["']?{re.escape(name)}["']?\s*\]\]""")
    heads = [at for at, line in enumerate(lines) if _HEADER.match(line)]
    ends = dict(zip(heads, [*heads[1:], len(lines)], strict=True))
    return [(at, ends[at]) for at in heads if own.match(lines[at])]


def _is_key(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"

"""A reading's values as few bytes, since what is written wears out a memory card.

Each value takes six bytes, a code made from the quantity's name and a 32-bit float, as most meters
give it; or ten, where that float would not be the very same value. A row so stands for itself:
nothing else in the file is needed to read it. Files of earlier agents hold JSON objects, and so
does a row with a quantity that has no code here; both are read as well.

Little-endian: how many values; their codes, the highest bit set for 32 bits; the values.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from operator import eq

from edge_agent.contract.quantity import QUANTITIES

Packed = bytes | str
"""Values as a row keeps them."""

_COUNT = struct.Struct("<H")
_SHORT = 0x8000


def codes_of(names: Iterable[str]) -> dict[str, int]:
    """The code of each name. Raises ``ValueError`` when two have the same."""
    codes = {name: zlib.crc32(name.encode()) % _SHORT for name in names}
    if len(set(codes.values())) != len(codes):
        raise ValueError("two quantities have one code in the outbox: give one another name")
    return codes


_CODES = codes_of(QUANTITIES)
_NAMES = {code: name for name, code in _CODES.items()}


def pack(values: Mapping[str, float]) -> Packed:
    """The values as they go into a row. Raises ``ValueError`` when one is not finite."""
    _finite(values)
    found = tuple(values.values())
    form = _form(tuple(values), _shortened(found))
    if form is None:
        return json.dumps(dict(values), allow_nan=False, separators=(",", ":"))
    head, floats = form
    return head + floats.pack(*found)


def unpack(packed: Packed) -> dict[str, float]:
    """The values of a row. Raises ``ValueError`` for what cannot have been packed."""
    if isinstance(packed, str):
        return _from_json(packed)
    if len(packed) < _COUNT.size:
        raise ValueError("too few bytes for values")
    end = _COUNT.size * (1 + _COUNT.unpack_from(packed)[0])
    names, floats = _reading_form(packed[:end])
    if len(packed) != end + floats.size:
        raise ValueError(f"{len(packed)} bytes are not {len(names)} values")
    values = dict(zip(names, floats.unpack_from(packed, end), strict=True))
    _finite(values)
    return values


def _shortened(values: tuple[float, ...]) -> tuple[bool, ...]:
    """Which values are the very same as 32-bit floats."""
    short = _floats("f" * len(values))
    try:
        back = short.unpack(short.pack(*values))
    except OverflowError:
        return (False,) * len(values)
    return tuple(map(eq, values, back))


def _finite(values: Mapping[str, float]) -> None:
    if not all(map(math.isfinite, values.values())):
        raise ValueError("a value is not a finite number")


def _from_json(text: str) -> dict[str, float]:
    values = json.loads(text)
    if not isinstance(values, dict) or not all(type(v) in (int, float) for v in values.values()):
        raise ValueError("not an object of numbers")
    _finite(values)
    return values


@lru_cache(maxsize=1024)
def _form(names: tuple[str, ...], short: tuple[bool, ...]) -> tuple[bytes, struct.Struct] | None:
    """What stands before the values, and how they are written; None for a name without a code."""
    if not all(name in _CODES for name in names):
        return None
    codes = [_CODES[name] | _SHORT * is_short for name, is_short in zip(names, short, strict=True)]
    head = struct.pack(f"<{len(codes) + 1}H", len(codes), *codes)
    return head, _floats("".join("f" if is_short else "d" for is_short in short))


@lru_cache(maxsize=1024)
def _reading_form(head: bytes) -> tuple[tuple[str, ...], struct.Struct]:
    """Whose values follow this head, and how they are written."""
    count, odd = divmod(len(head) - _COUNT.size, _COUNT.size)
    if odd or count != _COUNT.unpack_from(head)[0]:
        raise ValueError("too few bytes for the codes")
    codes = struct.unpack_from(f"<{count}H", head, _COUNT.size)
    names = tuple(_NAMES.get(code % _SHORT, "") for code in codes)
    if "" in names or len(set(names)) != count:
        raise ValueError("a code of no quantity")
    return names, _floats("".join("f" if code & _SHORT else "d" for code in codes))


@lru_cache(maxsize=1024)
def _floats(kinds: str) -> struct.Struct:
    return struct.Struct(f"<{kinds}")

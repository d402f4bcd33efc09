"""What a parser is to the fuzzers: bytes in, its declared errors out; anything else is a bug.

``tried`` is the whole judgement, for random bytes (Hypothesis) and for guided ones (atheris).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

LONGEST_WORD = 20_000
"""An error's text may be so long, and four times its input beside: no amplifier of logs."""


class UndeclaredError(AssertionError):
    """Something left a parser that nobody above it catches."""


@dataclass(frozen=True, slots=True)
class Parser:
    """One entrance of foreign bytes.

    ``seeds`` are sound inputs, or recorded cases; ``words`` what mutations put in;
    ``declared`` the errors by which the parser says that it will not have the input.
    """

    name: str
    parse: Callable[[bytes], object]
    declared: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]
    words: tuple[bytes, ...] = ()

    def __str__(self) -> str:
        return self.name


def tried(parser: Parser, data: bytes) -> bool:
    """Whether the parser takes ``data``. Raises ``UndeclaredError`` for what it must not raise."""
    try:
        parser.parse(data)
    except parser.declared as error:
        said = str(error)
        if len(said) > LONGEST_WORD + 4 * len(data):
            raise UndeclaredError(f"{parser}: an error of {len(said)} characters") from error
        return False
    except Exception as error:
        what = f"{parser}: {type(error).__name__}: {error!s:.200} for {data[:300]!r}"
        raise UndeclaredError(what) from error
    return True

"""An account as plain JSON values and back, without losing a digit.

Decimals and days become text, everything else stays what it is. A snapshot holds the whole
account: its days, lines, factors and certificates, so that a closed figure can be explained when
the program, its settings and its factors have long changed.
"""

from __future__ import annotations

import dataclasses
import types
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from collector.accounts.account import Account
from collector.errors import StopError


def document_of(account: Account) -> dict[str, Any]:
    """The account as JSON values."""
    return cast("dict[str, Any]", _plain(account))


def account_of(document: dict[str, Any]) -> Account:
    """The account a document was made from.

    Raises ``StopError`` for a document that is none, or was written by a newer program.
    """
    try:
        return cast("Account", _value(Account, document))
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        hint = "use the version of the program that wrote it, or restore it from a backup"
        raise StopError(f"a closed account cannot be read: {error!r}", hint) from error


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        names = (field.name for field in dataclasses.fields(value))
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _value(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        (only,) = (option for option in get_args(kind) if option is not type(None))
        return None if plain is None else _value(only, plain)
    if origin is tuple:
        return tuple(_value(get_args(kind)[0], item) for item in plain)
    if origin is Literal:
        return plain
    if dataclasses.is_dataclass(kind):
        hints = _hints(cast(Any, kind))
        return cast(Any, kind)(**{name: _value(hints[name], plain[name]) for name in plain})
    if kind is Decimal:
        return Decimal(plain)
    if kind is date:
        return date.fromisoformat(plain)
    return kind(plain)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)

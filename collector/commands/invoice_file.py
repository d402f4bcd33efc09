"""A supplier's invoice as a person types it in, read from TOML with every fault at once.

::

    [invoice]
    from = 2025-07-01          # local days, the last excluded
    to = 2025-08-01
    currency = "JPY"
    total = 1234567
    [[invoice.lines]]
    kind = "demand"            # as `collector bill show --json` names it
    part = "contract"          # the band, charge or adder; left out: all lines of that kind
    quantity = 300
    price = 2142.78
    amount = 546408
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.billing.invoice import Invoice, InvoiceLine
from collector.tariffs.entry_values import Currency, Number
from collector.tariffs.fault_text import fault_text
from collector.tariffs.tariff import LineKind, TariffError
from edge_agent.process.bounded import tables_in, text_in

_HINT = "write [invoice] with from, to, currency, total and [[invoice.lines]] with kind, amount"


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: LineKind
    part: str = ""
    label: str = ""
    quantity: Number | None = None
    price: Number | None = None
    amount: Number

    def made(self) -> InvoiceLine:
        """The line."""
        return InvoiceLine(**dict(self))


class _Invoice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    from_date: date = Field(alias="from")
    to_date: date = Field(alias="to")
    currency: Currency
    total: Number
    lines: list[_Line] = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    invoice: _Invoice


def read_invoice(path: Path) -> Invoice:
    """The invoice in the file. Raises ``TariffError`` with one line for each fault."""
    try:
        doc = tables_in(text_in(path), Decimal)
        typed = _File.model_validate(doc).invoice
    except ValidationError as error:
        faults = [f"{path.name}: {fault_text(fault)}" for fault in error.errors()]
        raise TariffError("\n".join(faults), "correct the invoice's file") from error
    except OSError as error:
        reason = error.strerror or error
        raise TariffError(f"{path} cannot be read: {reason}", "give the path of a file") from error
    except ValueError as error:
        what = "not text in UTF-8" if isinstance(error, UnicodeError) else f"not TOML: {error}"
        raise TariffError(f"{path.name} is {what}", _HINT) from error
    lines = tuple(line.made() for line in typed.lines)
    return Invoice(typed.from_date, typed.to_date, typed.currency, typed.total, lines)

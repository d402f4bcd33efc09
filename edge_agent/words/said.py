"""A text that still knows what it was made of. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self


class Said(str):
    """English text made of ``template`` and ``values``; to everyone else a plain string.

    Values may be ``Said`` themselves: they are said in the reader's language too.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]

    def __new__(cls, template: str, values: Mapping[str, object]) -> Self:
        """The text; raises ``KeyError`` when a value is missing."""
        text = super().__new__(cls, template.format_map(values) if values else template)
        text.template, text.values = template, values
        return text

    def __getnewargs__(self) -> tuple[str, Mapping[str, object]]:  # type: ignore[override]
        """What it is made of again when it is copied."""
        return self.template, self.values


def said(template: str, /, **values: object) -> Said:
    """The English text of ``template``, its ``{names}`` filled with ``values``.

    ``template`` is a plain literal at the place of the call: that is how the tests find every
    text and ask for its Japanese. Without values, braces stay as they are.
    """
    return Said(template, values)


def joined(separator: str, parts: Iterable[str]) -> Said:
    """Texts in a row, each of which stays translatable."""
    values = {f"part{number}": part for number, part in enumerate(parts)}
    row = separator.join("{" + name + "}" for name in values)
    return Said(row, values)

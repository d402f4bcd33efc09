"""HTML as values: whatever goes in is escaped, and said in the reader's language. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import TypeAlias

from edge_agent.words import Language, in_language

Node: TypeAlias = "Element | str | int | Iterable[Node] | None"

_VOID = frozenset(("meta", "link", "input", "img", "br", "hr"))
_ADDRESSES = frozenset(("href", "src", "action"))


@dataclass(frozen=True, slots=True)
class Element:
    """One element. Attributes that are None or False are left out, True stands without a value."""

    tag: str
    children: tuple[Node, ...] = ()
    attributes: Mapping[str, object] = field(default_factory=dict)


def el(tag: str, *children: Node, **attributes: object) -> Element:
    """An element; ``class_`` and ``data_part`` become ``class`` and ``data-part``."""
    named = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
    return Element(tag, children, named)


def html_of(node: Node, language: Language) -> str:
    """The text of a node, every string in it escaped.

    Raises ``ValueError`` for an address that leaves this page.
    """
    if node is None:
        return ""
    if isinstance(node, str):
        return escape(in_language(node, language))
    if isinstance(node, int):
        return str(node)
    if isinstance(node, Element):
        return _element(node, language)
    return "".join(html_of(each, language) for each in node)


def page_of(node: Element, language: Language) -> str:
    """A whole document."""
    return "<!doctype html>\n" + html_of(node, language) + "\n"


def _element(element: Element, language: Language) -> str:
    attributes = "".join(
        _attribute(name, value, language) for name, value in element.attributes.items()
    )
    head = f"<{element.tag}{attributes}>"
    if element.tag in _VOID:
        return head
    return f"{head}{html_of(element.children, language)}</{element.tag}>"


def _attribute(name: str, value: object, language: Language) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return f" {name}"
    text = in_language(value, language) if isinstance(value, str) else str(value)
    if name in _ADDRESSES and not _is_own(text):
        raise ValueError(f"not an address of this page: {text}")
    return f' {name}="{escape(text)}"'


def _is_own(address: str) -> bool:
    return address.startswith("#") or (address.startswith("/") and not address.startswith("//"))

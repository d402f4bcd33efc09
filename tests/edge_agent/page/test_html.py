"""HTML as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.page.html import el, html_of
from edge_agent.words import said


@given(st.text())
def test_no_text_becomes_markup(text: str) -> None:
    """Whatever a meter, a file or a person says stays text, inside and in attributes."""
    made = html_of(el("p", text, title=text), "en")
    inside = made.removeprefix('<p title="').removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count('"') == 1
    assert inside.count(">") == 1


def test_elements_attributes_and_nothing() -> None:
    """None is nothing, True stands alone, False is left out, names lose their underscores."""
    made = el(
        "label", None, ["a", 1], el("input", for_="x", data_part="/p", hidden=True, off=False)
    )
    assert html_of(made, "en") == '<label>a1<input for="x" data-part="/p" hidden></label>'


def test_texts_are_said_in_the_readers_language() -> None:
    """Also in attributes, and with their values escaped."""
    made = el("a", said("Unit {unit} at {place}", unit=3, place="<x>"), title=said("Photos"))
    assert html_of(made, "ja") == '<a title="写真">ユニット番号 3（&lt;x&gt;）</a>'
    assert html_of(made, "en") == '<a title="Photos">Unit 3 at &lt;x&gt;</a>'


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "javascript:x", ""])
def test_no_address_leaves_the_page(address: str) -> None:
    """A link to anywhere else is a fault in the program."""
    with pytest.raises(ValueError, match="not an address of this page"):
        html_of(el("a", href=address), "en")

"""The TOML writer: what it writes, the standard library reads back."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators import toml_text

scalars = st.one_of(
    st.text(st.characters(exclude_characters="\x7f", exclude_categories=["Cs"])),
    st.integers(-(2**62), 2**62),
    st.floats(allow_nan=False),
    st.booleans(),
    st.dates(),
    st.lists(st.integers(0, 9), max_size=3),
)
keys = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
tables = st.recursive(
    st.dictionaries(keys, scalars, max_size=4),
    lambda inner: st.dictionaries(
        keys, scalars | inner | st.lists(inner, min_size=1, max_size=2), max_size=3
    ),
    max_leaves=8,
)


@given(tables)
def test_what_is_written_is_read_back(document: dict[str, object]) -> None:
    """Any document of the values that TOML has survives writing and reading."""
    assert tomllib.loads(toml_text.document(document)) == document


def test_absent_values_are_left_out() -> None:
    """None is not written: TOML has no word for it."""
    text = toml_text.document({"a": None, "t": {"b": None, "c": date(2026, 4, 1)}})
    assert tomllib.loads(text) == {"t": {"c": date(2026, 4, 1)}}


def test_what_toml_has_not_is_refused() -> None:
    """A value without a TOML form is an error of the programmer."""
    with pytest.raises(TypeError, match="TOML has no set"):
        toml_text.document({"a": {1}})

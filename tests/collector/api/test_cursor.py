"""Cursors: they lead on behind the row they name, for the question they were given for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.api.cursor import Place, cursor_of, place_of
from collector.api.problems import Problem

QUESTION = ("sendai", "totals", "main", "30m", None, None)
PLACES = st.builds(Place, st.integers(0, 2**53), st.text(max_size=63))


@given(PLACES)
def test_a_cursor_names_the_row_it_was_made_of(place: Place) -> None:
    """Nothing of the place is lost, and the text needs no escaping in an address."""
    cursor = cursor_of(place, QUESTION)
    assert place_of(cursor, QUESTION) == place
    assert cursor.isascii()
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(PLACES)
def test_a_cursor_fits_no_other_question(place: Place) -> None:
    """Another meter, another end: pages of two questions would not fit together."""
    with pytest.raises(Problem, match="another question") as caught:
        place_of(cursor_of(place, QUESTION), (*QUESTION[:2], "press", *QUESTION[3:]))
    assert caught.value.status == 400


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_other_text_is_refused(text: str) -> None:
    """With a problem, whatever it is."""
    with pytest.raises(Problem) as caught:
        place_of(text, QUESTION)
    assert caught.value.status == 400
    assert caught.value.hint

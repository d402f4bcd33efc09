"""Tables put into texts that people wrote: nothing else changes."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.errors import StopError
from edge_agent.settings_file.tables import table_text, taken_over, with_changes, with_row

PLAIN = """\
# The agent of hall 2.
[agent]
id = "a-1"      # do not change

# --- lines ---
[[links]]
id = "lan"
host = "192.0.2.1"
# port = 502

# --- meters ---
[[meters]]
id = "main"
quantities = [
    [1, 2],     # a list that looks like a header
]
# every_s = 60   # slower

[[links]]
id = "late"
# the end
"""


def test_a_new_table_goes_behind_its_like() -> None:
    """The new meter stands behind the last one and its remarks, before what follows."""
    text = with_row(PLAIN, "meters", {"id": "press", "name": "プレス"})
    before, after = PLAIN.split('\n[[links]]\nid = "late"')
    new = '\n[[meters]]\nid = "press"\nname = "プレス"\n'
    assert text == f'{before}{new}\n[[links]]\nid = "late"{after}'


def test_the_first_table_of_its_kind_goes_to_the_end() -> None:
    """A file without meters gets its first one."""
    assert with_row("a = 1", "meters", {"id": "x"}) == 'a = 1\n\n[[meters]]\nid = "x"\n'
    assert with_row("", "meters", {"id": "x"}) == '\n[[meters]]\nid = "x"\n'


def test_a_list_of_inline_tables_grows() -> None:
    """Meters written as one list stay one list."""
    text = with_row('meters = [{ id = "a" }]  # all\n[agent]\nid = "x"\n', "meters", {"id": "b"})
    assert tomllib.loads(text)["meters"] == [{"id": "a"}, {"id": "b"}]
    assert "# all" in text
    assert text.endswith('[agent]\nid = "x"\n')


def test_a_header_inside_a_text_is_no_header() -> None:
    """A multi-line text that holds a table's head is left alone."""
    odd = 'note = """\n[[meters]]\n"""\n'
    text = with_row(odd, "meters", {"id": "x"})
    assert tomllib.loads(text) == {"note": "[[meters]]\n", "meters": [{"id": "x"}]}
    assert text.startswith(odd)


def test_a_table_that_cannot_be_added_is_told() -> None:
    """A file in which meters are something else is not touched."""
    with pytest.raises(StopError, match="no table can be added to safely"):
        with_row("meters = 3\n", "meters", {"id": "x"})


def test_changes_touch_their_lines_only() -> None:
    """A changed, a new and a taken out key; every other line stays as it is."""
    text = with_changes(PLAIN, "links", 0, {"host": "192.0.2.9", "gap_ms": 20, "id": "lan"})
    wanted = PLAIN.replace('host = "192.0.2.1"\n', 'host = "192.0.2.9"\ngap_ms = 20\n')
    assert text == wanted
    assert "# port = 502" in with_changes(PLAIN, "links", 0, {"host": None})


def test_a_meter_of_a_list_is_changed_too() -> None:
    """Inline tables are changed where they stand."""
    text = with_changes('meters = [{ id = "a" }, { id = "b" }]\n', "meters", 1, {"unit_id": 3})
    assert tomllib.loads(text)["meters"] == [{"id": "a"}, {"id": "b", "unit_id": 3}]


_KEYS = st.sampled_from(["id", "name", "unit_id", "ct_ratio", "circuit"])
_VALUES = st.one_of(
    st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    st.integers(-(2**31), 2**31),
    st.floats(allow_nan=False, allow_infinity=False),
)
_ROWS = st.dictionaries(_KEYS, _VALUES, min_size=1)
_REMARKS = st.sampled_from(["", "\n", "# a remark\n", "\n# before the next\n", "   \n\n# x = 1\n"])


@given(st.lists(st.tuples(st.sampled_from(["links", "meters", "other"]), _ROWS, _REMARKS)), _ROWS)
def test_whatever_stands_there_is_there_afterwards(
    tables: list[tuple[str, dict[str, object], str]], row: dict[str, object]
) -> None:
    """Any order of tables and remarks: the file means the same and one row more, line by line."""
    text = "".join(table_text(name, one) + remark for name, one, remark in tables)
    changed = with_row(text, "meters", row)
    before, after = tomllib.loads(text), tomllib.loads(changed)
    assert after["meters"] == [*before.get("meters", []), row]
    assert {**after, "meters": 0} == {**before, "meters": 0}
    rest = iter(changed.splitlines())
    assert all(line in rest for line in text.splitlines())


@given(st.lists(st.tuples(_ROWS, _REMARKS), min_size=1), _ROWS, st.data())
def test_any_row_can_be_changed(
    rows: list[tuple[dict[str, object], str]], changes: dict[str, object], data: st.DataObject
) -> None:
    """Only the named row changes, and the remarks of all stay."""
    text = "".join(table_text("meters", row) + remark for row, remark in rows)
    number = data.draw(st.integers(0, len(rows) - 1))
    changed = with_changes(text, "meters", number, changes)
    wanted = tomllib.loads(text)["meters"]
    wanted[number] |= changes
    assert tomllib.loads(changed)["meters"] == wanted
    assert changed.count("#") >= sum(remark.count("#") for _, remark in rows)


OWN = """\
# Hall 2.
[agent]
id = "a-1"   # do not change
[[links]]
id = "old"
# the broker
[mqtt]
url = "mqtt://x"
"""
PUSHED = """\
# from head office
[mqtt]
url = "mqtt://elsewhere"
[poll]
every_s = 5   # slower
[[links]]
id = "new"
"""


def test_pushed_tables_take_the_place_of_all_but_the_kept_ones() -> None:
    """Remarks stay with their tables, on both sides."""
    text = taken_over(OWN, PUSHED, ("agent", "mqtt"))
    assert tomllib.loads(text) == {
        "agent": {"id": "a-1"},
        "mqtt": {"url": "mqtt://x"},
        "poll": {"every_s": 5},
        "links": [{"id": "new"}],
    }
    for remark in ("# do not change", "# slower", "# Hall 2."):
        assert remark in text


@pytest.mark.parametrize(
    "pushed",
    [
        "poll = {every_s = 5}\n",
        "poll.every_s = 5\n[agent]\nid = 'b'\n",
        "agent.id = 'b'\npoll.every_s = 5\n",
        "[[links]]\nid = 'n'\n[agent]\n[agent.deep]\nx = 1\n[[links]]\nid = 'm'\n",
        "",
    ],
)
def test_however_pushed_tables_are_written_they_mean_the_same(pushed: str) -> None:
    """Inline, dotted, in pieces: what is kept stays, what is not comes."""
    meant = tomllib.loads(taken_over(OWN, pushed, ("agent", "mqtt")))
    wanted = {key: value for key, value in tomllib.loads(pushed).items() if key != "agent"}
    assert meant == {"agent": {"id": "a-1"}, "mqtt": {"url": "mqtt://x"}, **wanted}


@pytest.mark.parametrize("pushed", ["[poll", "x = " + "[" * 40 + "]" * 40, "x = 1" + "0" * 30])
def test_what_is_no_toml_is_not_taken_over(pushed: str) -> None:
    """Nor what nests without end, nor numbers without end."""
    with pytest.raises(tomllib.TOMLDecodeError):
        taken_over(OWN, pushed, ("agent",))

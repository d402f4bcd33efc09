"""A meter model that says only what its parent does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent import profile
from edge_agent.errors import ConfigError
from edge_agent.profile.file import merge
from tests.edge_agent.profile_texts import GOOD, write

CHILD = """
extends = "acme.toml"
models = ["Two"]
[factory]
baud = 19200
[registers]
current_l1_a = false
voltage_l1_v = { address = 0x0005 }
current_l2_a = { address = 0x0002 }
"""


def _child(folder: Path, text: str = CHILD, name: str = "two") -> str:
    write(folder, GOOD)
    return write(folder, text, name)


def test_what_is_not_said_is_the_parents(tmp_path: Path) -> None:
    """Tables merge key by key, a row of a register too; false takes a register out."""
    model = profile.load(_child(tmp_path))
    assert (model.name, model.vendor, model.models, model.extends) == (
        "two",
        "Acme",
        ("Two",),
        "acme.toml",
    )
    assert (model.baud, model.parity) == (19_200, "N")
    rows = {row.quantity: row for row in model.registers}
    assert "current_l1_a" not in rows
    assert (rows["voltage_l1_v"].address, rows["voltage_l1_v"].scale) == (5, 0.1)
    assert rows["current_l2_a"].scale == 1.0


def test_a_users_file_may_extend_a_shipped_profile(tmp_path: Path) -> None:
    """A name without .toml is a shipped one, wherever the file lies."""
    text = 'extends = "omron_km_n1"\nmodels = ["KM-N9"]\n'
    model = profile.load(write(tmp_path, text))
    assert model.registers == profile.load("omron_km_n1").registers
    assert model.models == ("KM-N9",)


def test_a_file_named_as_a_shipped_one_may_extend_it(tmp_path: Path) -> None:
    """The same name is no ring: one is a file, the other is shipped."""
    text = 'extends = "omron_km_n1"\nmodels = ["mine"]\n'
    assert profile.load(write(tmp_path, text, "omron_km_n1")).models == ("mine",)


def test_a_chain_of_parents_is_walked(tmp_path: Path) -> None:
    """A grandchild has what neither it nor its parent says."""
    _child(tmp_path)
    third = write(tmp_path, 'extends = "two.toml"\nmodels = ["Three"]\n', "three")
    model = profile.load(third)
    assert (model.models, model.baud, model.vendor) == (("Three",), 19_200, "Acme")
    assert "current_l1_a" not in {row.quantity for row in model.registers}


OUT = "current_l1_a = false"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (CHILD.replace("acme.toml", "none.toml"), "extends = none.toml: profile"),
        (
            CHILD.replace("acme.toml", "omron_km"),
            "extends = omron_km: there is no profile omr",
        ),
        (CHILD.replace("acme.toml", "two.toml"), "extends = two.toml: a ring: two -> two"),
        (CHILD.replace('"acme.toml"', "7"), "extends = 7: not a text"),
        (
            CHILD.replace(OUT, "current_l3_a = false"),
            "current_l3_a: false takes",
        ),
        (CHILD.replace("0x0005", "0x0010, scale = 0"), "registers.voltage_l1_v: scale is zero"),
        (
            CHILD.replace(OUT, "current_l1_a = true"),
            "current_l1_a = true: not a",
        ),
        (CHILD.replace("[factory]", "[factory"), "not TOML"),
    ],
)
def test_a_faulty_child_is_told(tmp_path: Path, text: str, told: str) -> None:
    """What is wrong with a parent's name, a ring, or the merged whole, is one line with a place."""
    path = _child(tmp_path, text)
    assert any(told in line for line in profile.faults(path)), profile.faults(path)


def test_a_ring_over_two_files_is_refused(tmp_path: Path) -> None:
    """It is told with the way round."""
    write(tmp_path, 'extends = "b.toml"\n', "a")
    path = write(tmp_path, 'extends = "a.toml"\n', "b")
    with pytest.raises(ConfigError, match="a ring: b -> a -> b"):
        profile.load(path)


def test_a_parent_that_is_no_toml_is_told_as_the_parents_fault(tmp_path: Path) -> None:
    """The reader must know which of the two files to open."""
    path = _child(tmp_path)
    write(tmp_path, "[[[", "acme")
    (line,) = profile.faults(path)
    assert line.startswith("profile two: its parent acme.toml: not TOML")


def test_false_without_a_parent_is_a_fault(tmp_path: Path) -> None:
    """There is nothing to take a register from."""
    path = write(tmp_path, GOOD + "current_n_a = false\n")
    (line,) = profile.faults(path)
    assert "registers.current_n_a: false takes out a register of the parent" in line


_tables = st.recursive(
    st.integers(), lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)
_documents = st.dictionaries(st.sampled_from("abc"), _tables, max_size=3)


@given(_documents, _documents)
def test_a_merged_table_holds_all_of_the_child(parent: dict, own: dict) -> None:  # type: ignore[type-arg]
    """Merging again changes nothing, and no key of either is lost."""
    whole = merge(parent, own)
    assert merge(whole, own) == whole
    assert set(whole) == set(parent) | set(own)
    assert merge(parent, {}) == parent

"""What a package says of itself, and which agent may take it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.packages.manifest import (
    KINDS,
    Manifest,
    PackageError,
    Packed,
    decode_manifest,
    encode_manifest,
    unfit,
    version_key,
)

DIGEST = "0" * 64
GOOD = Manifest("agent", "0.2.0", 1, (Packed("mieruka-0.2.0-py3-none-any.whl", DIGEST, 5),))
NAMES = st.from_regex(r"[A-Za-z0-9_][a-z0-9._-]{0,20}", fullmatch=True)
VERSIONS = st.lists(st.integers(0, 10**8), min_size=1, max_size=4)


@given(
    st.sampled_from(KINDS),
    VERSIONS,
    st.lists(NAMES, min_size=1, unique_by=str.lower),
    st.text(max_size=50).filter(lambda text: text.isprintable()),
    st.booleans(),
)  # fmt: skip
def test_what_is_written_is_read(
    kind: str, numbers: list[int], names: list[str], notes: str, back: bool
) -> None:
    """Every manifest comes back as it was."""
    files = tuple(Packed(name, DIGEST, len(name)) for name in names)
    version = ".".join(map(str, numbers))
    made = Manifest(kind, version, 7, files, "0.1", back, notes, notes)  # type: ignore[arg-type]
    assert decode_manifest(encode_manifest(made)) == made


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_by_their_numbers(left: list[int], right: list[int]) -> None:
    """10 comes after 9, and 1.0 is 1."""
    keys = [version_key(".".join(map(str, one))) for one in (left, right)]
    padded = [(*one, 0, 0, 0, 0)[:4] for one in (left, right)]
    assert (keys[0] < keys[1]) == (padded[0] < padded[1])
    assert (keys[0] == keys[1]) == (padded[0] == padded[1])


@pytest.mark.parametrize(
    ("changes", "here", "told"),
    [
        ({}, "0.1.0", ""),
        ({}, "0.2.0", ""),
        ({}, "0.10.0", "older than 0.10.0"),
        ({"back": True}, "0.10.0", ""),
        ({"least": "0.1.5"}, "0.1.0", "needs version 0.1.5 first"),
        ({"least": "0.1.5"}, "0.1.5", ""),
    ],
)
def test_an_agent_takes_what_fits_it(changes: dict[str, object], here: str, told: str) -> None:
    """No step back unless it is signed so, none over a version that is needed between."""
    reason = unfit(replace(GOOD, **changes), here)  # type: ignore[arg-type]
    assert told in reason
    assert bool(told) == bool(reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"kind": "firmware"},
        {"version": ""},
        {"version": "1.0-rc1"},
        {"version": "01.2"},
        {"least": "new"},
        {"files": []},
        {"files": "all"},
        {"files": [{"name": "../agent.toml", "sha256": DIGEST, "length": 1}]},
        {"files": [{"name": "a/b", "sha256": DIGEST, "length": 1}]},
        {"files": [{"name": ".pth", "sha256": DIGEST, "length": 1}]},
        {"files": [{"name": "a", "sha256": "zz", "length": 1}]},
        {"files": [{"name": "a", "sha256": DIGEST, "length": -1}]},
        {"files": [{"name": "a", "sha256": DIGEST, "length": True}]},
        {"files": [{"name": "a", "sha256": DIGEST, "length": 2**40}]},
        {"files": [{"name": n, "sha256": DIGEST, "length": 1} for n in ("a", "A")]},
        {"files": [7]},
        {"back": 1},
        {"made_at_ms": "now"},
        {"notes_en": "x" * 3000},
    ],
    ids=str,
)
def test_a_manifest_that_is_none_is_refused(changes: dict[str, object]) -> None:
    """One line with a hint, whatever is wrong with it."""
    doc = {**json.loads(encode_manifest(GOOD)), **changes}
    with pytest.raises(PackageError) as caught:
        decode_manifest(json.dumps(doc).encode())
    assert caught.value.hint


@given(
    st.binary(max_size=60)
    | st.recursive(st.none() | st.text(), st.lists).map(lambda x: json.dumps(x).encode())
)
def test_no_bytes_bring_the_reader_down(payload: bytes) -> None:
    """What is no manifest is refused by its own error."""
    with pytest.raises(PackageError):
        decode_manifest(payload)

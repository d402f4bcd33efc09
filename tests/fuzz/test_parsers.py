"""Nothing but its declared errors leaves a parser, whatever it is given: random inputs.

``make test`` tries a few inputs each, ``make walk`` (``FUZZ=walk``) many more, and other ones with
each SEED. A failure prints the smallest input that does it: that goes into ``FOUND`` in
``test_found.py``, and into the parser's own tests.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.bounded_time import MOST_GROWTH_KIB, bounded, peak_kib
from tests.fuzz.mutations import inputs
from tests.fuzz.parser import Parser, tried
from tests.fuzz.parsers import PARSERS

IN_WALK = os.environ.get("FUZZ") == "walk"
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "200" if IN_WALK else "15"))


@pytest.mark.parametrize("parser", PARSERS, ids=str)
def test_only_declared_errors_leave_a_parser(parser: Parser) -> None:
    """Every input is taken or refused by a declared error, in bounded time and memory."""

    @seed(int(os.environ.get("SEED") or 1))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(parser))
    def try_all(data: bytes) -> None:
        with bounded():
            tried(parser, data)

    before_kib = peak_kib()
    try_all()
    assert peak_kib() - before_kib < MOST_GROWTH_KIB


@pytest.mark.parametrize("parser", PARSERS, ids=str)
def test_the_seeds_are_sound(parser: Parser) -> None:
    """Each seed is taken, so that what is tried lies near to what is meant."""
    assert parser.seeds
    assert [sample for sample in parser.seeds if not tried(parser, sample)] == []


def test_mutations_reach_both_sides() -> None:
    """What the fuzzers try is neither all refused nor all taken."""
    parser, verdicts = PARSERS[0], set()

    @seed(1)
    @settings(max_examples=200, deadline=None, database=None)
    @given(inputs(parser) | st.just(parser.seeds[0]))
    def try_all(data: bytes) -> None:
        verdicts.add(tried(parser, data))

    try_all()
    assert verdicts == {True, False}


def test_every_parser_has_its_own_name() -> None:
    """A name in a failure leads to one parser."""
    names = [parser.name for parser in PARSERS]
    assert len(names) == len(set(names))

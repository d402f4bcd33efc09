"""Every shipped profile against its recorded case: words in, values out."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from edge_agent import profile
from edge_agent.errors import RefusedError
from edge_agent.identity import match
from edge_agent.poll import run_once
from edge_agent.settle import settle
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, meter

CASES = Path(__file__).resolve().parent.parent / "profiles"
Answer = Callable[[int, int, int], list[int]]


def _read(name: str, file: str) -> dict[str, Any]:
    return tomllib.loads((CASES / name / file).read_text(encoding="utf-8"))


def _replay(name: str) -> Answer:
    """What the meter of a case answers; whatever was not asked of it then is a KeyError."""
    capture = _read(name, "capture.toml")
    answers = {
        (b["function"], b["address"], len(b["words"])): b["words"] for b in capture["blocks"]
    }
    refusals = {
        (r["function"], r["address"], r["count"]): r["code"] for r in capture.get("refusals", [])
    }

    def answer(function: int, address: int, count: int) -> list[int]:
        asked = (function, address, count)
        if asked in refusals:
            raise RefusedError("refused in the case", code=refusals[asked])
        found: list[int] = answers[asked]
        return found

    return answer


def _reader(name: str) -> Callable[[int, int, int], tuple[int, ...]]:
    answer = _replay(name)
    return lambda function, address, count: tuple(answer(function, address, count))


def test_no_profile_without_a_case_and_no_case_without_a_profile() -> None:
    """The folder of profiles and the folder of cases hold the same names."""
    assert sorted(folder.name for folder in CASES.iterdir()) == list(profile.available())


@pytest.mark.parametrize("name", profile.available())
def test_a_case_says_where_it_is_from(name: str) -> None:
    """A case names its profile and its origin."""
    capture = _read(name, "capture.toml")
    assert capture["profile"] == name
    assert capture["origin"]


@pytest.mark.parametrize("name", profile.available())
def test_a_captured_meter_reads_as_expected(name: str) -> None:
    """The whole poll over the captured words gives the expected values, and nothing else."""
    expected, answer = _read(name, "expected.toml"), _replay(name)
    link, shelf = ScriptedLink(lambda _unit, *asked: answer(*asked)), Shelf()
    report = run_once(bus(link, meter(profile=name)), shelf, HandClock())
    assert report.faults == ()
    (reading,) = shelf.readings
    quantities = {row.quantity for row in profile.load(name).registers}
    values = {key: value for key, value in reading.values.items() if key in quantities}
    assert values == pytest.approx(expected["values"], rel=1e-9)


@pytest.mark.parametrize("name", profile.available())
def test_a_captured_meter_settles_as_expected(name: str) -> None:
    """The meter's serial number, its name for itself and how it is set come out, without fault."""
    expected = _read(name, "expected.toml")
    settled = settle(profile.load(name), _reader(name))
    assert settled.complaints == ()
    assert settled.serial == expected.get("serial", "")
    assert settled.model == expected.get("model", "")
    assert dict(settled.settings) == expected.get("settings", {})


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in profile.available()
        if profile.load(name).anchor or any(row.expects for row in profile.load(name).identity)
    ],
)
def test_a_captured_meter_is_told_by_its_identity(name: str) -> None:
    """A meter whose model tells itself apart matches its own profile wholly."""
    found = match(profile.load(name), _reader(name))
    assert (found.score, found.known) == (1.0, True)
    assert found.told


@pytest.mark.parametrize("name", profile.available())
def test_a_case_covers_its_profile(name: str) -> None:
    """Every quantity of the profile is expected, or expected to be absent."""
    expected = _read(name, "expected.toml")
    covered = [*expected["values"], *expected.get("absent", [])]
    assert sorted(covered) == sorted(r.quantity for r in profile.load(name).registers)

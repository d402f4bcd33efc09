"""Every shipped profile against its recorded case: words in, values out."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from edge_agent import profile
from edge_agent.poll import run_once
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, meter

CASES = Path(__file__).resolve().parent.parent / "profiles"


def _read(name: str, file: str) -> dict[str, Any]:
    return tomllib.loads((CASES / name / file).read_text(encoding="utf-8"))


def _replay(capture: dict[str, Any]) -> ScriptedLink:
    answers = {
        (b["function"], b["address"], len(b["words"])): b["words"] for b in capture["blocks"]
    }
    return ScriptedLink(lambda _unit, function, address, count: answers[function, address, count])


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
    expected = _read(name, "expected.toml")
    link, shelf = _replay(_read(name, "capture.toml")), Shelf()
    report = run_once(bus(link, meter(profile=name)), shelf, HandClock())
    assert report.faults == ()
    (reading,) = shelf.readings
    assert dict(reading.values) == expected["values"]


@pytest.mark.parametrize("name", profile.available())
def test_a_case_covers_its_profile(name: str) -> None:
    """Every quantity of the profile is expected, or expected to be absent."""
    expected = _read(name, "expected.toml")
    covered = [*expected["values"], *expected.get("absent", [])]
    assert sorted(covered) == sorted(r.quantity for r in profile.load(name).registers)

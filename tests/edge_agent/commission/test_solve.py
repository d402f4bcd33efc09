"""Mistakes in a profile, found by the values that they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent import profile
from edge_agent.commission.identify import Candidate, identify
from edge_agent.commission.proposed import link_rows, proposed_profile, settings_rows
from edge_agent.commission.sample import sample
from edge_agent.commission.scan import Found
from edge_agent.commission.solve import Change, changed, solve
from edge_agent.config import LinkSettings
from edge_agent.errors import SilentMeterError
from edge_agent.profile import Profile
from tests.edge_agent.commission.cases import NAMES, recorded

ONE_MISTAKE = (
    Change(offset=1),
    Change(offset=-1),
    Change(other_function=True),
    Change(swap_words=True),
    Change(swap_bytes=True),
    Change(offset=1, swap_words=True),
)
NO_ANCHOR = {"advantech_adam_6050w", "eastron_sdm72", "saia_pcd7_h104d"}
"""Neither voltage nor frequency: no reading of them can be proved."""
ONE_WORD = {"mitsubishi_me96ss", "orno_we514", "peacefair_pzem_016", "saia_ale3"}
"""All but the counters are single registers, so the word order shows in nothing physical."""


def mistaken(change: Change) -> list[str]:
    """The profiles in which this mistake can be made and proved."""
    names = [name for name in NAMES if name not in NO_ANCHOR and not profile.load(name).anchor]
    if change.swap_words:
        names = [name for name in names if name not in ONE_WORD]
    return [name for name in names if all(_fits(row.address, change) for row in _rows(name))]


def _rows(name: str) -> tuple[profile.Register, ...]:
    return profile.load(name).registers


def _fits(address: int, change: Change) -> bool:
    return 0 <= address + change.offset < 0xFFF0


CASES = [(name, change) for change in ONE_MISTAKE for name in mistaken(change)]


@pytest.mark.parametrize(("name", "mistake"), CASES)
def test_a_mistake_is_found_and_taken_back(name: str, mistake: Change) -> None:
    """The first proposal is what the right profile says, in the fewest changes."""
    right = profile.load(name)
    solution = solve(changed(right, mistake), recorded(name))
    best = solution.proposals[0]
    assert best.change == Change(
        -mistake.offset, mistake.other_function, mistake.swap_words, mistake.swap_bytes
    )
    assert best.score > (solution.as_it_is.score if solution.as_it_is else 0)


@pytest.mark.parametrize("name", [name for name in NAMES if not profile.load(name).anchor])
def test_a_profile_that_reads_well_is_left_alone(name: str) -> None:
    """No correction is proposed where nothing is wrong."""
    assert solve(profile.load(name), recorded(name)).proposals == ()


def test_integers_that_are_floats_are_found() -> None:
    """A list says s32 with a tenth, the meter sends floats."""
    right = profile.load("eastron_sdm230")
    rows = [
        profile.Register(r.quantity, r.function, r.address, "s32", 0.1 if r.scale == 1 else r.scale)
        for r in right.registers
    ]
    solution = solve(right.with_registers(tuple(rows)), recorded("eastron_sdm230"))
    best = solution.proposals[0]
    assert (best.change.format, best.change.plain) == ("f32", True)
    assert dict(best.sample.values) == dict(sample(right, recorded("eastron_sdm230")).values)


def test_both_readings_are_shown() -> None:
    """As it is, with its nonsense, and what it could be; what was changed is said."""
    wrong = changed(profile.load("omron_km_n1"), Change(swap_words=True))
    solution = solve(wrong, recorded("omron_km_n1"))
    assert solution.as_it_is is not None
    assert solution.as_it_is.score < 0.3
    assert solution.proposals[0].told == "words the other way round"
    assert solution.proposals[0].sample.values["frequency_hz"] == 50.0


def test_a_map_that_is_found_by_itself_is_not_solved() -> None:
    """SunSpec addresses are looked up in the meter."""
    assert solve(profile.load("sunspec_201_204"), recorded("sunspec_201_204")).proposals == ()


def test_reads_are_shared_between_the_trials() -> None:
    """Orders and formats cost no request of their own."""
    meter = recorded("omron_km_n1")
    solve(changed(profile.load("omron_km_n1"), Change(swap_words=True)), meter)
    assert len(meter.asked) < 25


def test_a_silent_unit_is_an_error() -> None:
    """Nothing can be proposed for it."""

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        raise SilentMeterError("unit 3 gave no answer")

    with pytest.raises(SilentMeterError):
        solve(profile.load("omron_km_n1"), read)


@pytest.mark.parametrize("mistake", ONE_MISTAKE)
@pytest.mark.parametrize("name", ["schneider_iem3155", "abb_b23", "janitza_umg96rm"])
def test_a_written_proposal_is_a_profile_that_reads_right(
    name: str, mistake: Change, tmp_path: Path
) -> None:
    """It extends the wrong one, states each register, and gives the right profile's values."""
    wrong = _written(changed(profile.load(name), mistake), name, tmp_path)
    change = solve(wrong, recorded(name)).proposals[0].change
    file = tmp_path / "mine.toml"
    file.write_text(proposed_profile("wrong.toml", wrong, change, "2026-11-28"), encoding="utf-8")
    mine = profile.load(str(file))
    right = sample(profile.load(name), recorded(name))
    assert dict(sample(mine, recorded(name)).values) == dict(right.values)
    assert mine.verification == "none"
    assert _best(identify(recorded(name), [mine])).score > 0.5


def _best(candidates: tuple[Candidate, ...]) -> Candidate:
    return candidates[0]


def _written(wrong: Profile, name: str, folder: Path) -> Profile:
    """The wrong profile as a file of a user."""
    file = folder / "wrong.toml"
    right = profile.load(name)
    change = _between(right, wrong)
    file.write_text(proposed_profile(name, right, change, "2026-11-28"), encoding="utf-8")
    return profile.load(str(file))


def _between(right: Profile, wrong: Profile) -> Change:
    one, other = right.registers[0], wrong.registers[0]
    return Change(
        other.address - one.address,
        other.function != one.function,
        other.word_order != one.word_order,
        other.byte_order != one.byte_order,
    )


def test_rows_to_paste_are_settings() -> None:
    """A serial link with its settings, a network one with its port, a meter below."""
    serial = LinkSettings(id="x", kind="rtu", device="/dev/by\\id", baud=19200, parity="E")
    lan = LinkSettings(id="x", kind="rtu-over-tcp", host="10.0.0.7", port=4001)
    assert link_rows(serial, "bus").splitlines()[1:] == [
        "[[links]]",
        'id = "bus"',
        'kind = "rtu"',
        'device = "/dev/by\\\\id"',
        "baud = 19200",
        'parity = "E"',
        "stop_bits = 1",
    ]
    assert "port = 4001" in link_rows(lan, "gw")
    rows = settings_rows(Found(lan, 7, 1.0, ""), "omron_km_n1", "press", "gw")
    assert rows.splitlines() == [
        "[[meters]]",
        'id = "press"',
        'link = "gw"',
        "unit_id = 7",
        'profile = "omron_km_n1"',
    ]
    slow = settings_rows(Found(lan, 7, 411.0, ""), "omron_km_n1", "press", "gw")
    assert slow.splitlines()[-1] == "timeout_ms = 1300"

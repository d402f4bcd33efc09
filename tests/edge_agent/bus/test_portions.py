"""What of a meter is read at which pace."""

from __future__ import annotations

import pytest

from edge_agent import profile
from edge_agent.bus.portions import REST, interval_s, mark_of, portions_of
from edge_agent.config import PollSettings
from tests.edge_agent.bench import meter

GROUPS = [
    {"name": "demand", "every_s": 1, "quantities": ["active_power_w"]},
    {"name": "energy", "every_s": 60, "quantities": ["*_energy_*"]},
]


def poll(*groups: dict[str, object], every_s: float = 10) -> PollSettings:
    """The settings of polling with these groups."""
    return PollSettings.model_validate({"every_s": every_s, "groups": groups})


def test_without_groups_there_is_one_portion() -> None:
    """All blocks of the profile, at the pace of [poll] or the meter's own."""
    model = profile.load("omron_km_n1")
    (one,) = portions_of(model, meter(), poll())
    assert (one.group, one.every_s, one.blocks) == (REST, 10, list(model.blocks))
    (slow,) = portions_of(model, meter(every_s=60), poll())
    assert slow.every_s == 60


@pytest.mark.parametrize("name", profile.available())
def test_groups_share_every_register_once(name: str) -> None:
    """Each quantity is read in exactly one portion, within the profile's own limits."""
    model = profile.load(name)
    portions = portions_of(model, meter(profile=name), poll(*GROUPS))
    blocks = [block for portion in portions for block in portion.blocks]
    found = sorted(register.quantity for block in blocks for register in block.registers)
    assert found == sorted(register.quantity for register in model.registers)
    assert all(block.count <= model.max_registers for block in blocks)
    for portion in portions:
        names = {r.quantity for block in portion.blocks for r in block.registers}
        assert {"active_power_w" in names, portion.group == "demand"} != {True, False}


def test_portions_come_fastest_first_and_empty_ones_not_at_all() -> None:
    """A group that the meter has no register of makes no portion."""
    water = {"name": "water", "every_s": 5, "quantities": ["water_volume_m3"]}
    portions = portions_of(profile.load("omron_km_n1"), meter(), poll(*GROUPS, water))
    assert [portion.group for portion in portions] == ["demand", REST, "energy"]


def test_a_slow_meter_is_asked_for_nothing_more_often() -> None:
    """A meter's own pace bounds those of the groups."""
    portions = portions_of(profile.load("omron_km_n1"), meter(every_s=30), poll(*GROUPS))
    assert [(portion.group, portion.every_s) for portion in portions] == [
        ("demand", 30),
        (REST, 30),
        ("energy", 60),
    ]


@pytest.mark.parametrize(
    ("groups", "expected_s"),
    [
        ([], 10),
        (GROUPS[:1], 10),
        (GROUPS, 60),
        ([{"name": "all", "every_s": 2, "quantities": ["*"]}], 2),
    ],
)
def test_the_interval_is_that_of_the_energy_counter(
    groups: list[dict[str, object]], expected_s: float
) -> None:
    """Completeness counts readings of the counter, not of the demand values beside it."""
    portions = portions_of(profile.load("omron_km_n1"), meter(), poll(*groups))
    assert interval_s(portions) == expected_s


def test_a_mark_may_be_met_a_little_early() -> None:
    """A tenth of a tick before its mark a poll belongs to it already, and no sooner."""
    marks = [mark_of(at_ms, 0.0, 60.0, 1.0) for at_ms in (59_800, 59_950, 60_000, 119_800, 119_950)]
    assert marks == [0, 1, 1, 1, 2]
    assert mark_of(80_000, 30.0, 60.0, 10.0) == 0

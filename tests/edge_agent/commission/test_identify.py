"""Which profile a meter is: every recorded case, and the meters that are not so simple."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest

from edge_agent import profile
from edge_agent.commission.identify import LIKELY, identify, tie_note, tied
from edge_agent.errors import LinkDownError, RefusedError, SilentMeterError
from tests.edge_agent.commission.cases import NAMES, all_profiles, recorded

ALIKE = {
    # Same maps; the meters tell no model, or the case holds none.
    "eastron_sdm230": {"eastron_sdm220"},
    "siemens_pac4200": {"siemens_pac3200"},
}
"""By profile: others that fit its case as well. Their faces tell them apart."""
BLIND = {
    # No voltage, no frequency and no name: nothing can be said for sure.
    "advantech_adam_6050w",
    "eastron_sdm72",
}


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_meter_is_known_by_its_answers(name: str) -> None:
    """The right profile is first among all shipped ones, or ties with one of the same map."""
    candidates = identify(recorded(name), all_profiles())
    best = candidates[0].profile.name
    assert best == name or best in ALIKE.get(name, set())
    assert name in {one.profile.name for one in tied(candidates) or candidates[:1]}
    assert (candidates[0].score >= LIKELY) is (name not in BLIND)


@pytest.mark.parametrize("name", ALIKE)
def test_profiles_that_cannot_be_told_apart_are_both_named(name: str) -> None:
    """With what to look at on the meter."""
    note = tie_note(identify(recorded(name), all_profiles()))
    assert name in note
    assert "meter's face" in note


def test_one_that_stands_alone_has_no_tie() -> None:
    """A meter that names itself is no question."""
    assert tie_note(identify(recorded("abb_b23"), all_profiles())) == ""


def test_a_meter_that_names_itself_costs_few_requests() -> None:
    """The other fifty profiles are spared."""
    meter = recorded("abb_b23")
    identify(meter, all_profiles())
    assert len(meter.asked) < 30


@pytest.mark.parametrize("name", NAMES)
def test_reads_stay_few(name: str) -> None:
    """Profiles share their reads, and refusals are remembered."""
    meter = recorded(name)
    identify(meter, all_profiles())
    assert len(meter.asked) < 1.8 * len(all_profiles())
    assert max(count for *_, count in meter.asked) <= 125


def test_the_wiring_that_is_known_puts_others_back() -> None:
    """A single-phase profile that fits is no answer on a three-phase circuit."""
    models = [profile.load(name) for name in ("eastron_sdm220", "eastron_sdm630")]
    case = recorded("eastron_sdm220")
    assert identify(case, models)[0].score > LIKELY
    ranked = identify(case, models, wiring="3P4W")
    assert ranked[0].score < LIKELY
    assert any("3P4W" in reason for reason in ranked[0].reasons)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_no_meter_is_nobody(seed: int) -> None:
    """Random registers, as of a controller or an inverter drive, never make a likely meter."""
    dice = random.Random(seed)
    size = dice.choice([100, 1000, 0x10000])

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        return tuple(dice.randrange(size) for _ in range(count))

    assert all(one.score < LIKELY for one in identify(read, all_profiles()))


def test_a_device_full_of_zeros_is_nobody() -> None:
    """Nothing speaks for any profile."""
    assert identify(lambda function, address, count: (0,) * count, all_profiles()) == ()


def test_a_unit_that_is_silent_is_an_error() -> None:
    """The caller learns what the line said."""

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        raise SilentMeterError("unit 3 gave no answer")

    with pytest.raises(SilentMeterError):
        identify(read, all_profiles())


def test_a_line_that_goes_down_is_an_error() -> None:
    """It is no answer about the meter."""
    meter = recorded("omron_km_n1")

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        if len(meter.asked) > 10:
            raise LinkDownError("the port went away")
        return meter(function, address, count)

    with pytest.raises(LinkDownError):
        identify(read, all_profiles())


def mute_instead_of_refusing(name: str) -> Callable[[int, int, int], tuple[int, ...]]:
    """The recorded meter, which is silent where others refuse."""
    meter = recorded(name)

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        try:
            return meter(function, address, count)
        except RefusedError:
            raise SilentMeterError("no answer") from None

    return read


def test_a_meter_that_is_silent_instead_of_refusing_is_known_too() -> None:
    """It answers where it has something, so it is not gone."""
    read = mute_instead_of_refusing("eastron_sdm630")
    assert identify(read, all_profiles())[0].profile.name == "eastron_sdm630"


def test_a_counter_that_falls_is_told() -> None:
    """Two meters with one id, or words of something else."""
    meter = recorded("omron_km_n1")
    model = profile.load("omron_km_n1")
    energy = next(row for row in model.registers if row.quantity == "active_energy_import_wh")

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        words = meter(function, address, count)
        again = (address, count) == (energy.address, energy.words)
        return tuple(energy.words_of(1000.0)) if again else words

    (best,) = identify(read, [model])
    assert any("energy counter fell" in reason for reason in best.reasons)


def test_two_serial_numbers_at_one_id_are_told() -> None:
    """Each answer may come from another meter."""
    meter = recorded("abb_b23")
    model = profile.load("abb_b23")
    row = next(row for row in model.identity if row.role == "serial")
    numbers = iter(range(100, 200))

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        if (address, count) == (row.address, row.count):
            return tuple(row.words_of(next(numbers)))
        return meter(function, address, count)

    best = identify(read, [model])[0]
    assert any("two meters with one unit id" in reason for reason in best.reasons)


def test_the_values_are_those_of_the_meter() -> None:
    """As read, without ratios, all finite."""
    values = identify(recorded("eastron_sdm630"), all_profiles())[0].values
    assert values["voltage_l1_v"] == 230.125
    assert all(math.isfinite(value) for value in values.values())

"""A profile made for one meter: its place, its settings, its serial number."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent.errors import RefusedError, SilentMeterError
from edge_agent.profile import Profile
from edge_agent.settle import settle
from edge_agent.words import in_language
from tests.edge_agent.profile_texts import GOOD, Registers, made

SETTINGS = """
[settings.ct]
function = 3
address = 0x0006
format = "u16"
[settings.prefix]
function = 3
address = 0x001E
format = "u16"
map = [[0, 1.0], [1, 1000.0]]
expect = [0]
message = "set it back to kWh"
"""
SCALED = GOOD.replace('format = "u32"', 'scale_by = ["ct", "prefix"], format = "u32"')
IDENTITY = """
[[identity]]
role = "model"
function = 3
address = 0x000B
format = "u16"
between = [[330, 345]]
[[identity]]
role = "serial"
function = 3
address = 0x0100
format = "text"
count = 4
"""


def _meter(ct: int = 80, prefix: int = 0) -> Registers:
    return Registers().put(3, 6, [ct]).put(3, 0x1E, [prefix])


def _energy(model: Profile) -> float:
    return next(r.scale for r in model.registers if r.quantity == "active_energy_import_wh")


def test_nothing_to_settle_costs_no_request(tmp_path: Path) -> None:
    """A plain profile comes back as it is."""
    model, meter = made(tmp_path, ""), Registers()
    settled = settle(model, meter.read)
    assert settled.profile is model
    assert (meter.asked, settled.complaints, settled.stops) == ([], (), False)


def test_scales_follow_the_meters_settings(tmp_path: Path) -> None:
    """Factors of all named settings multiply; registers that name none keep their scale."""
    model = made(tmp_path, SETTINGS, SCALED)
    settled = settle(model, _meter().read)
    assert _energy(settled.profile) == 80.0
    assert settled.settings == {"ct": 80, "prefix": 0}
    assert settled.complaints == ()
    plain = {row.quantity: row.scale for row in settled.profile.registers}
    assert plain["voltage_l1_v"] == 0.1
    assert [b.count for b in settled.profile.blocks] == [b.count for b in model.blocks]
    assert all(not r.scale_by for b in settled.profile.blocks for r in b.registers)


def test_the_counter_grows_with_its_scale(tmp_path: Path) -> None:
    """Step and end of the energy counter are of the primary side once the factor is known."""
    text = SCALED.replace("step_wh = 1", "step_wh = 10\nmodulus_wh = 1e9")
    settled = settle(made(tmp_path, SETTINGS, text), _meter().read)
    assert settled.profile.counter_step_wh == 800.0
    assert settled.profile.counter_modulus_wh == 8e10


def test_an_unwanted_setting_is_told_and_followed(tmp_path: Path) -> None:
    """MWh instead of kWh: the factor is used, and a warning says what to do."""
    settled = settle(made(tmp_path, SETTINGS, SCALED), _meter(prefix=1).read)
    assert _energy(settled.profile) == 80_000.0
    (complaint,) = settled.complaints
    assert complaint.severity == "warn"
    assert complaint.text == "the meter's setting prefix is 1, not 0: set it back to kWh"
    assert in_language(complaint.text, "ja").startswith("計測器の設定 prefix が 1 です")


@pytest.mark.parametrize(
    ("meter", "told"),
    [
        (_meter(ct=0), "the meter's setting ct is 0, which gives no scale"),
        (_meter(prefix=7), "the meter's setting prefix is 7, which gives no scale"),
        (Registers().put(3, 0x1E, [0]), "the meter does not tell its setting ct"),
    ],
)
def test_a_scale_that_is_not_known_stops_the_meter(
    tmp_path: Path, meter: Registers, told: str
) -> None:
    """No guess: a factor that is missing or makes no sense stops its readings."""
    settled = settle(made(tmp_path, SETTINGS, SCALED), meter.read)
    assert settled.stops
    assert told in [complaint.text for complaint in settled.complaints]


def test_a_setting_that_scales_nothing_only_warns(tmp_path: Path) -> None:
    """Without scale_by an unreadable setting is a warning."""
    settled = settle(made(tmp_path, SETTINGS), Registers().read)
    assert not settled.stops
    assert len(settled.complaints) == 2


def test_an_optional_setting_may_be_absent(tmp_path: Path) -> None:
    """A variant without the register counts as factor 1, and nothing is told."""
    tables = SETTINGS.replace("address = 0x0006", "address = 0x0006\noptional = true")
    meter = Registers().put(3, 0x1E, [0])
    settled = settle(made(tmp_path, tables, SCALED), meter.read)
    assert (_energy(settled.profile), settled.complaints) == (1.0, ())


def test_a_severe_setting_stops(tmp_path: Path) -> None:
    """Where the profile says stop, another setting ends the readings."""
    tables = SETTINGS.replace("expect = [0]", 'expect = [0]\nseverity = "stop"')
    assert settle(made(tmp_path, tables), _meter(prefix=1).read).stops


def test_the_serial_number_comes_along(tmp_path: Path) -> None:
    """Identity rows are read once; the model's own number is shown."""
    meter = Registers().put(3, 0x0B, [341]).put(3, 0x100, [0x4131, 0x3233, 0, 0])
    settled = settle(made(tmp_path, IDENTITY), meter.read)
    assert (settled.serial, settled.model, settled.complaints) == ("A123", "341", ())
    assert meter.asked == [(3, 0x0B, 1), (3, 0x100, 4)]


def test_a_stranger_is_told_and_read_on(tmp_path: Path) -> None:
    """A meter that calls itself something else is a warning, with both names."""
    settled = settle(made(tmp_path, IDENTITY), Registers().put(3, 0x0B, [71]).read)
    (complaint,) = settled.complaints
    assert complaint.severity == "warn"
    assert "calls itself 71, and profile acme is for 330-345" in complaint.text


def test_a_meter_without_identity_registers_is_no_fault(tmp_path: Path) -> None:
    """Refused rows say nothing."""
    settled = settle(made(tmp_path, IDENTITY), Registers().read)
    assert (settled.serial, settled.model, settled.complaints) == ("", "", ())


def test_a_busy_meter_is_asked_again_later(tmp_path: Path) -> None:
    """Only "no such register" is an answer; busy and silence are for another time."""
    with pytest.raises(RefusedError):
        settle(made(tmp_path, IDENTITY), Registers(code=6).read)

    def silent(*_: int) -> tuple[int, ...]:
        raise SilentMeterError("no answer")

    with pytest.raises(SilentMeterError):
        settle(made(tmp_path, SETTINGS), silent)

"""Plants with something wrong in them: how they are written, and what their meters show."""

from __future__ import annotations

import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import IO

import pytest
from typer.testing import CliRunner

from edge_agent import config as agent_config
from edge_agent import profile
from edge_agent.clock import Clock
from edge_agent.config import AgentSettings
from edge_agent.errors import ConfigError
from edge_agent.poll import gather, run_once
from simulators import plant_file
from simulators.__main__ import app
from simulators.face import Face
from simulators.faults import Fault, Faults
from simulators.hookup import Hookup
from simulators.plant import Address, Plant, PlantMeter
from simulators.switchboard import Switchboard
from tests.edge_agent.bench import HandClock as AgentClock
from tests.edge_agent.bench import Shelf
from tests.simulators.clients import open_client, read
from tests.simulators.small_plant import HOUR_MS, MONDAY_MS, HandClock, meter, plant

SDM, INTAKE = "eastron_sdm630", "schneider_pm5560"
NOON_MS = MONDAY_MS + 10 * HOUR_MS
HEAD = """
[site]
id = "works"
name = "工場"
name_en = "Works"
time_zone = "Asia/Tokyo"
[[links]]
id = "line"
kind = "rtu"
baud_timing = true
[[links]]
id = "lan"
kind = "tcp"
max_connections = 2
when_full = "refuse"
fault = "noisy"
"""
METER = """
[[meters]]
id = "{id}"
name = "計器"
name_en = "Meter"
link = "line"
unit_id = {unit}
rated_power_kw = 20
load = {{ shape = "flat", peak_kw = 9, base_kw = 3 }}
"""


def _face(one: PlantMeter, faults: Faults | None = None) -> Face:
    return Face(plant(one), one, profile.load(one.profile), faults or Faults())


def _shown(one: PlantMeter, quantity: str) -> float | None:
    """What the meter's register of a quantity says, by its profile."""
    face = _face(one)
    row = next(row for row in face.profile.registers if row.quantity == quantity)
    answer = face.answer(row.function, row.address, row.words, NOON_MS)
    assert answer is not None
    return row.value_of(answer.words)


def _load(folder: Path, text: str) -> Plant:
    path = folder / "plant.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return plant_file.load(str(path), MONDAY_MS)


def test_a_file_may_say_how_meters_are_connected(tmp_path: Path) -> None:
    """Wiring, miswiring, ratios, settings, times and faults reach the meters and the links."""
    site = _load(
        tmp_path,
        METER.format(id="one", unit=1)
        + 'profile = "eastron_sdm630"\nwiring = "3P3W"\nmiswired = ["reversed_l3"]\n'
        + "ct_factor = 0.5\n"
        + 'voltage_v = 420.0\nserial = "77"\nturnaround_ms = 30\nfault = "slow"\n'
        + METER.format(id="two", unit=1)
        + 'profile = "chint_dtsu666"\nsettings = { ct = 40 }\nct_ratio = 2\nvt_ratio = 3\n'
        + "doubled = true\n"
        + '[[masters]]\nlink = "line"\nunits = [1]\nevery_s = 0.5\n',
    )
    one, two = site.meters
    assert one.hookup == Hookup("3P3W", ("reversed_l3",), 0.5)
    assert (one.voltage_v, one.serial, one.turnaround_ms, one.fault) == (420.0, "77", 30, "slow")
    assert (two.hookup, two.settings, two.doubled) == (None, {"ct": 40.0}, True)
    assert (two.ct_ratio, two.vt_ratio) == (2, 3)
    line, lan = site.links
    assert line.baud_timing
    assert (lan.max_connections, lan.when_full, lan.fault) == (2, "refuse", "noisy")
    assert [(m.link, m.units, m.every_s) for m in site.masters] == [("line", (1,), 0.5)]


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('wiring = "1P3W"', "eastron_sdm630 cannot be wired 1P3W; write 3P4W or 3P3W or 1P2W"),
        ('wiring = "4P5W"', "meters[0].wiring = '4P5W'"),
        ('miswired = ["reversed_l4"]', "no such miswiring of 3P4W; write reversed_l"),
        ('wiring = "3P3W"\nmiswired = ["reversed_l2"]', "no such miswiring of 3P3W"),
        ("ct_factor = 0", "meters[0].ct_factor = 0"),
        ("settings = { tariff = 1 }", "no such setting of it; write"),
        ('fault = "tired"', "meters[0].fault = 'tired'"),
        ("turnaround_ms = -1", "meters[0].turnaround_ms = -1"),
        ('[[masters]]\nlink = "lan"\nunits = [1]', 'masters[0].link = "lan": no serial link has'),
        ('[[masters]]\nlink = "line"\nunits = [7]', "masters[0].units = 7: no meter of line"),
        ('[[masters]]\nlink = "line"\nunits = [1]\n' * 2, 'masters[1].link = "line": has'),
        ("", "no such profile"),
    ],
)  # fmt: skip
def test_what_a_meter_cannot_have_is_told(tmp_path: Path, keys: str, told: str) -> None:
    """Each fault of the new keys is one line with its place and what to write."""
    name = "eastron_sdm630" if keys else "eastron_sdm631"
    with pytest.raises(ConfigError) as raised:
        _load(tmp_path, METER.format(id="one", unit=1) + f'profile = "{name}"\n{keys}\n')
    assert told in "\n".join(raised.value.faults)


def test_a_double_that_is_not_said_to_be_one_is_a_fault(tmp_path: Path) -> None:
    """Two meters of one unit id are a mistake, unless the file says that they are meant."""
    second = METER.format(id="two", unit=1) + f'profile = "{SDM}"\n'
    with pytest.raises(ConfigError, match="already taken"):
        _load(tmp_path, METER.format(id="one", unit=1) + f'profile = "{SDM}"\n' + second)


def test_a_meter_may_have_a_profile_of_its_own(tmp_path: Path) -> None:
    """A profile beside the plant's file is served; one with faults is told with the first."""
    (tmp_path / "own.toml").write_text('extends = "eastron_sdm630"\n', encoding="utf-8")
    site = _load(tmp_path, METER.format(id="one", unit=1) + 'profile = "own.toml"\n')
    assert profile.load(site.meters[0].profile).vendor == "Eastron"
    (tmp_path / "own.toml").write_text("vendor = 3\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="in this profile; the first:"):
        _load(tmp_path, METER.format(id="one", unit=1) + 'profile = "own.toml"\n')


def test_a_reversed_transformer_is_seen_and_counted() -> None:
    """L2 shows negative power, and the counter only what is left; the ledger keeps the truth."""
    face = _face(meter(SDM, hookup=Hookup(miswired=("reversed_l2",)), start_wh=0.0))
    values = face.values(NOON_MS)
    true_w = face._plant.power_w("m1", NOON_MS)
    assert values["active_power_l1_w"] > 0 > values["active_power_l2_w"]
    assert values["active_power_w"] == pytest.approx(true_w / 3, rel=0.05)
    answer = face.answer(4, 0x0048, 2, NOON_MS)
    assert answer is not None
    assert answer.entry is not None
    assert answer.entry.wh == pytest.approx(answer.entry.true_wh / 3, rel=0.05)
    assert answer.entry.power_w == true_w


def test_a_meter_can_be_rewired_while_it_runs() -> None:
    """A fitter turns the CT round: from then on the power is right, and export stands still."""
    faults = Faults()
    wrong = Hookup(miswired=("reversed_l1", "reversed_l2", "reversed_l3"))
    face = _face(meter(SDM, hookup=wrong), faults)
    before = face.values(NOON_MS)
    assert before["active_power_w"] < 0 < before["active_energy_export_wh"]
    faults.rewire("m1", Hookup(), NOON_MS)
    right, later = face.values(NOON_MS), face.values(NOON_MS + HOUR_MS)
    assert right["active_power_w"] == pytest.approx(-before["active_power_w"])
    assert later["active_energy_export_wh"] == before["active_energy_export_wh"]
    drawn_wh = face._plant.energy_wh("m1", NOON_MS + HOUR_MS) - face._plant.energy_wh("m1", NOON_MS)
    gained_wh = later["active_energy_import_wh"] - before["active_energy_import_wh"]
    assert gained_wh == pytest.approx(drawn_wh)


def test_what_a_wiring_has_not_reads_as_the_meter_says_that() -> None:
    """Without a neutral an Eastron shows 0 for L1-N, others their "not available"."""
    eastron = _face(meter(SDM, hookup=Hookup("3P3W"))).answer(4, 0x0000, 2, NOON_MS)
    assert eastron is not None
    assert eastron.words == [0, 0]
    for name in ("abb_b23", "schneider_pm3200"):
        assert _shown(meter(name, hookup=Hookup("3P3W")), "voltage_l1_v") is None


NARROW = """
extends = "schneider_iem3155"
identity = []
[registers]
voltage_l1_v = { address = 1, format = "u16", scale = 0.001 }
voltage_l2_v = { address = 2, format = "u16", scale = 0.01 }
voltage_l3_v = { address = 3, format = "bcd16", scale = 0.01, not_available = [0xFFFF] }
active_power_w = { address = 4, format = "s16", scale = 0.1, not_available = [0x8000] }
current_l1_a = { address = 5, format = "s16", scale = 0.01 }
"""


def test_what_a_register_cannot_hold_is_no_value(tmp_path: Path) -> None:
    """A value beyond 16 bits is not shown as what is left of it when it wraps."""
    path = tmp_path / "narrow.toml"
    path.write_text(NARROW, encoding="utf-8")
    narrow = meter(str(path), power_factor=1.0)
    assert _shown(narrow, "voltage_l1_v") == 0
    assert _shown(narrow, "voltage_l2_v") == pytest.approx(121, rel=0.02)
    assert _shown(narrow, "voltage_l3_v") is None
    assert _face(narrow).values(NOON_MS)["active_power_w"] > 3_276.7
    assert _shown(narrow, "active_power_w") is None
    assert _shown(narrow, "current_l1_a") == pytest.approx(
        _face(narrow).values(NOON_MS)["current_l1_a"], abs=0.01
    )


def test_a_meter_asked_about_the_past_refuses() -> None:
    """Before the plant began there is nothing to show: the unit answers device failure."""
    clock = HandClock(MONDAY_MS - 1)
    with (
        Switchboard(plant(meter(SDM)), clock.now_ms) as board,
        open_client("tcp", board.addresses["line"]) as client,
    ):
        assert read(client, 4, 0x0048, 2).exception_code == 4
        clock.at_ms = NOON_MS
        assert not read(client, 4, 0x0048, 2).isError()


def test_secondary_values_come_with_typed_ratios() -> None:
    """A meter behind transformers shows a fortieth of the current; the agent multiplies again."""
    direct = _face(meter(SDM, hookup=Hookup())).answer(4, 0x0006, 2, NOON_MS)
    behind = _face(meter(SDM, hookup=Hookup(), ct_ratio=40.0)).answer(4, 0x0006, 2, NOON_MS)
    assert direct is not None
    assert behind is not None
    row = next(r for r in profile.load(SDM).registers if r.quantity == "current_l1_a")
    one, other = row.value_of(direct.words), row.value_of(behind.words)
    assert one is not None
    assert other == pytest.approx(one / 40)


def test_a_strange_setting_is_refused() -> None:
    """A setting that the profile has not is named."""
    with pytest.raises(ValueError, match="eastron_sdm630 has no setting ct"):
        _face(meter(SDM, settings={"ct": 40.0}))


def _settings(folder: Path, board: Switchboard, **more: object) -> AgentSettings:
    path = folder / "agent.toml"
    text = board.plant.agent_toml(
        board.addresses, mqtt_url="mqtt://127.0.0.1:1883", state_dir="state", **more  # type: ignore[arg-type]
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return agent_config.load(path)


def _polled(settings: AgentSettings, clock: Clock) -> tuple[dict[str, dict[str, float]], list[str]]:
    """What the agent's own station reads of every meter, and which meters have faults."""
    values: dict[str, dict[str, float]] = {}
    faulty: list[str] = []
    for bus in gather(settings):
        try:
            report = run_once(bus, Shelf(), clock)
        finally:
            bus.close()
        values |= {reading.meter: dict(reading.values) for reading in report.readings}
        faulty += [fault.meter for fault in report.faults]
    return values, faulty


def test_the_exercise_can_be_read_and_has_its_faults(tmp_path: Path) -> None:
    """Seven of eight vendors' meters are read; two show miswirings, one is silent."""
    clock = HandClock(NOON_MS)
    site = plant_file.load("commissioning", MONDAY_MS)
    assert len({profile.load(row.profile).vendor for row in site.meters}) == 8
    assert {link.kind for link in site.links} == {"tcp", "rtu", "rtu-over-tcp"}
    with Switchboard(site, clock.now_ms, time_factor=0) as board:
        values, faulty = _polled(_settings(tmp_path, board), AgentClock())
    assert faulty == ["spare"]
    assert set(values) == {row.id for row in site.meters} - {"spare"}
    assert values["press"]["active_power_l2_w"] < 0 < values["press"]["active_power_l1_w"]
    assert values["mixer"]["active_power_w"] < 0.3 * site.power_w("mixer", NOON_MS)
    for sound in ("intake", "office", "chiller", "compressor", "oven"):
        true_w = site.power_w(sound, NOON_MS)
        assert values[sound]["active_power_w"] == pytest.approx(true_w, rel=0.01, abs=11), sound
    assert values["office"]["current_l2_a"] > 1
    assert values["office"]["current_l3_a"] == 0


def test_a_fitter_begins_without_meters(tmp_path: Path) -> None:
    """The bare settings have the links and the page, and the agent's loader takes them."""
    site = plant_file.load("commissioning", MONDAY_MS)
    with Switchboard(site, HandClock().now_ms, time_factor=0) as board:
        settings = _settings(tmp_path, board, with_meters=False, page_listen="127.0.0.1:9873")
    assert settings.meters == ()
    assert [link.id for link in settings.links] == ["panel", "gateway", "lan"]


def test_doubles_are_in_nobodys_settings(tmp_path: Path) -> None:
    """A meter with the id of another is served, and left out of the agent's settings."""
    site = plant(meter(SDM, id="m1"), meter(SDM, id="m2", doubled=True))
    with Switchboard(site, HandClock().now_ms) as board:
        assert [row.id for row in _settings(tmp_path, board).meters] == ["m1"]


@pytest.mark.parametrize("at", ["10:00", "2026-13-01T10:00"])
def test_an_odd_time_is_refused(at: str) -> None:
    """A time that is none is an error of the command, with the form to write."""
    done = CliRunner().invoke(app, ["serve", "commissioning", "--at", at])
    assert done.exit_code == 2
    assert "%Y-%m-%dT%H:%M" in done.output


def test_the_answer_sheet() -> None:
    """`plant-sim faults` names what is wrong; a sound plant says so; an unknown one is an error."""
    told = CliRunner().invoke(app, ["faults", "commissioning"])
    assert told.exit_code == 0
    for line in (
        "link gateway: takes 1 connection(s), then none",
        "press (link panel, unit 11): reversed_l2",
        "mixer (link panel, unit 12): swapped_currents_l1_l3",
        "spare (link panel, unit 15): dead",
    ):
        assert line in told.stdout
    assert "nothing is wrong" in CliRunner().invoke(app, ["faults", "sendai"]).stdout
    assert CliRunner().invoke(app, ["faults", "sendei"]).exit_code != 0


def test_ratios_and_doubles_are_on_the_answer_sheet() -> None:
    """Wrong ratios and doubled ids are told in words."""
    wrong = meter(SDM, hookup=Hookup(ct_factor=0.5, vt_factor=2.0), doubled=True)
    assert list(plant(wrong).told_faults()) == [
        "m1 (link line, unit 1): has the unit id of another (1), ct_factor 0.5, vt_factor 2"
    ]


def test_faults_of_the_file_can_be_cleared_while_it_runs() -> None:
    """A meter that begins dead answers once its supply is on."""
    site = plant(meter(SDM, fault="dead"))
    with Switchboard(site, HandClock().now_ms) as board:
        assert board.faults.answer("m1") == Fault("dead")
        board.faults.clear("m1")
        assert board.faults.answer("m1") is None


def _power_w(printed: IO[str] | None) -> float:
    """What the intake's meter shows of the plant whose bare settings are being printed."""
    assert printed is not None
    lines = []
    for line in printed:
        lines.append(line)
        if line.startswith("listen"):
            break
    settings = tomllib.loads("".join(lines))
    assert settings["page"] == {"listen": "127.0.0.1:9873"}
    assert "meters" not in settings
    lan = next(link for link in settings["links"] if link["id"] == "lan")
    row = next(r for r in profile.load(INTAKE).registers if r.quantity == "active_power_w")
    with open_client("tcp", Address(lan["host"], lan["port"])) as client:
        value = row.value_of(read(client, 3, row.address, row.words).registers)
    assert value is not None
    return value


def test_serve_prints_bare_settings() -> None:
    """`plant-sim serve commissioning --bare` prints what a fitter begins with; Ctrl-C ends it."""
    command = [sys.executable, "-m", "simulators", "serve", "commissioning", "--bare"]
    command += ["--at", "2026-11-16T10:00"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stderr is not None
        assert "serving 8 meters" in served.stderr.readline()
        power_w = _power_w(served.stdout)
        served.send_signal(signal.SIGINT)
        _, err = served.communicate(timeout=20)
    assert power_w > 50_000
    assert "0 readings were served" in err
    assert served.returncode == 0

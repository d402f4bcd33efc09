"""The `edge-agent` command: tables, JSON, one-line errors and exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from edge_agent import __main__ as command
from edge_agent import live_table, profile
from edge_agent.commands import screen
from edge_agent.contract.quantity import QUANTITIES
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving

ROOT = Path(__file__).resolve().parent.parent.parent
CASES = ROOT / "tests" / "profiles"

SETTINGS = """
[agent]
id = "a-1"
site = "plant"
[mqtt]
url = "mqtt://127.0.0.1:1"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {port}
[[links]]
id = "spare"
kind = "rtu"
device = "/dev/ttyNONE"
[[meters]]
id = "main"
name = "受電"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
[[meters]]
id = "press"
link = "lan"
unit_id = 2
profile = "omron_km_n1"
"""


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in this process, on a wide terminal."""
    monkeypatch.setattr(screen.out, "width", 140)

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["edge-agent", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            command.main()
        printed = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


def _words(name: str) -> dict[int, int]:
    capture = tomllib.loads((CASES / name / "capture.toml").read_text(encoding="utf-8"))
    return {
        block["address"] + at: word
        for block in capture["blocks"]
        for at, word in enumerate(block["words"])
    }


@pytest.fixture
def server() -> Iterator[ModbusServer]:
    """Two meters that answer as their recorded cases do."""
    units = {1: Unit(words=_words("schneider_iem3155")), 2: Unit(words=_words("omron_km_n1"))}
    with serving("tcp", units) as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: ModbusServer) -> Path:
    """A settings file that leads to the server."""
    path = tmp_path / "agent.toml"
    path.write_text(SETTINGS.format(port=server.port), encoding="utf-8")
    return path


def test_check_praises_sound_settings_and_notes_doubts(run: Run, settings: Path) -> None:
    """Meters and links are counted; what is no fault but doubtful is a note."""
    ran = run("check", "-c", settings)
    assert ran.code == 0
    ok, *notes = ran.out.splitlines()
    assert ok == "ok: 2 meters on 2 links, read every 10 s, sent to mqtt://127.0.0.1:1"
    assert notes[0] == "note: no meter is on link spare"
    assert "omron_km_n1: compare with the meter's display: voltage_l1_l2_v" in notes[1]
    assert ran.err == ""


def test_check_tells_every_fault(run: Run, tmp_path: Path) -> None:
    """One line per fault with file, path, value and hint; exit code 2."""
    path = tmp_path / "agent.toml"
    text = SETTINGS.format(port=0).replace('"omron_km_n1"', '"omron"').replace("[mqtt]", "[mqtx]")
    path.write_text(text, encoding="utf-8")
    ran = run("check", "-c", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"{path}: mqtt: missing (add this key)",
        f"{path}: links[0].port = 0: less than 1 (the smallest allowed is 1)",
        f"{path}: mqtx: unknown key (did you mean mqtt?)",
        f'{path}: meters[1].profile = "omron": unknown profile (did you mean omron_km_n1?)',
        "edge-agent: 4 faults (correct the file, then run `edge-agent check` again)",
    ]


def test_check_speaks_json(run: Run, settings: Path, tmp_path: Path) -> None:
    """Machines get the same facts, and the same exit codes."""
    assert json.loads(run("check", "-c", settings, "--json").out) == {"ok": True, "faults": []}
    ran = run("check", "-c", tmp_path / "no.toml", "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["faults"] == [f"{tmp_path}/no.toml: there is no such file"]


def test_read_shows_live_values_with_units(run: Run, settings: Path) -> None:
    """Every meter is a table: label, value in kW or kWh with thousands separated, raw name."""
    ran = run("read", "-c", settings)
    assert (ran.code, ran.err) == (0, "")
    assert "main 受電 · schneider_iem3155 · " in ran.out
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ran.out.splitlines()]
    assert ["Active power", "有効電力", "-6.250", "kW", "active_power_w"] in rows
    energy = ["Active energy, import", "有効電力量(受電)", "9,876,543,210.123", "kWh"]
    assert [*energy, "active_energy_import_wh"] in rows
    assert ["Current, mean", "電流 平均", "", "", "current_avg_a"] in rows
    assert ["Voltage L1-L2 ?", "線間電圧 L1-L2", "201.3", "V", "voltage_l1_l2_v"] in rows
    assert "compare with the meter's display" in ran.out


def test_read_one_meter_as_json(run: Run, settings: Path) -> None:
    """A single meter's values, raw and in the quantities' own units."""
    document = json.loads(run("read", "-c", settings, "press", "--json").out)
    (reading,) = document["readings"]
    assert reading["meter"] == "press"
    assert abs(reading["at_ms"] - time.time() * 1_000) < 60_000
    expected = tomllib.loads((CASES / "omron_km_n1" / "expected.toml").read_text("utf-8"))
    assert reading["values"] == expected["values"]
    assert document["faults"] == []


@pytest.mark.parametrize(
    ("kind", "scheme"), [("tcp", "tcp"), ("rtu-over-tcp", "rtu+tcp"), ("rtu", "rtu")]
)
def test_read_a_meter_that_is_in_no_file(run: Run, kind: str, scheme: str) -> None:
    """A profile and a link URL of each kind are enough."""
    units = {7: Unit(words=_words("schneider_iem3155"))}
    with serving(kind, units) as server:  # type: ignore[arg-type]
        place = server.client_tty if kind == "rtu" else f"127.0.0.1:{server.port}"
        url = f"{scheme}://{place}?unit=7"
        ran = run("read", "--profile", "schneider_iem3155", "--link", url, "--json")
    assert ran.code == 0
    expected = tomllib.loads((CASES / "schneider_iem3155" / "expected.toml").read_text("utf-8"))
    assert json.loads(ran.out)["readings"][0]["values"] == expected["values"]


def test_capture_keeps_a_case(run: Run, settings: Path, tmp_path: Path) -> None:
    """`capture` writes what was answered and read, as the tests of profiles want it."""
    folder = tmp_path / "case"
    ran = run("capture", "press", "-c", settings, "--into", folder)
    assert (ran.code, ran.err) == (0, "")
    assert "compare expected.toml with the meter's display" in ran.out
    shipped = CASES / "omron_km_n1"
    for file, key in (("capture.toml", "blocks"), ("expected.toml", "values")):
        kept = tomllib.loads((folder / file).read_text("utf-8"))
        assert kept[key] == tomllib.loads((shipped / file).read_text("utf-8"))[key]
    assert tomllib.loads((folder / "capture.toml").read_text("utf-8"))["profile"] == "omron_km_n1"


def test_capture_of_a_meter_that_is_in_no_file(
    run: Run, tmp_path: Path, server: ModbusServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A user's own profile and a link URL are enough; the folder is named after the profile."""
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "mine.toml"
    own.write_text('extends = "omron_km_n1"\nmodels = ["KM-N9"]\n', encoding="utf-8")
    url = f"tcp://127.0.0.1:{server.port}?unit=2"
    assert run("capture", "--profile", own, "--link", url).code == 0
    assert (tmp_path / "mine" / "expected.toml").exists()


def test_read_shows_what_it_got_and_tells_what_it_did_not(
    run: Run, settings: Path, server: ModbusServer
) -> None:
    """One refused meter is one line with a hint and exit code 1; the other is shown."""
    server.units[2].refuses = 1
    ran = run("read", "-c", settings)
    assert ran.code == 1
    assert "main 受電" in ran.out
    assert ran.err.splitlines() == [
        "edge-agent: press: unit 2 refused: illegal function (exception 1)"
        " (the profile's function code does not fit this meter)"
    ]


def test_read_tells_that_a_meter_is_another_model(run: Run, server: ModbusServer) -> None:
    """It is read all the same, and the remark is there for people and for machines."""
    own = profile.load("schneider_iem3155")
    row = next(row for row in own.identity if row.begins)
    words = row.words_of("A9MEM-other"[: 2 * row.count])
    server.units[1].words |= dict(enumerate(words, row.address))
    url = f"tcp://127.0.0.1:{server.port}?unit=1"
    ran = run("read", "--profile", "schneider_iem3155", "--link", url)
    assert ran.code == 0
    assert "edge-agent: meter: the meter calls itself A9MEM-other" in ran.err
    ran = run("read", "--profile", "schneider_iem3155", "--link", url, "--json")
    assert "calls itself" in json.loads(ran.out)["remarks"][0]["message"]


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--profile", "omron_km_n1"], 1, "--profile and --link go together"),
        (["--profile", "omron", "--link", "tcp://h"], 1, "no profile omron (did you mean omron_km"),
        (["--profile", "omron_km_n1", "--link", "ftp://h"], 2, "ftp://h: not a link"),
        (["--profile", "omron_km_n1", "--link", "tcp://127.0.0.1:1"], 1, "connection refused (is"),
        (["-c", "/nowhere.toml"], 2, "/nowhere.toml: there is no such file"),
    ],
)
def test_read_tells_what_is_wrong(run: Run, arguments: list[str], code: int, told: str) -> None:
    """Wrong words, wrong hosts: one line with a hint on stderr, and the exit code says whose."""
    ran = run("read", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_read_an_unknown_meter_lists_the_known(run: Run, settings: Path) -> None:
    """A wrong meter id is answered with the right ones."""
    ran = run("read", "-c", settings, "pump")
    assert (ran.code, ran.err) == (1, "edge-agent: there is no meter pump (known: main, press)\n")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "a case is of one meter: name it (known: main, press)"),
        (["pump"], "there is no meter pump (known: main, press)"),
    ],
)
def test_a_case_is_of_one_meter(
    run: Run, settings: Path, tmp_path: Path, arguments: list[str], told: str
) -> None:
    """A capture of a whole plant, or of nothing, is refused before anything is read."""
    ran = run("capture", *arguments, "-c", settings, "--into", tmp_path / "case")
    assert (ran.code, ran.err) == (1, f"edge-agent: {told}\n")
    assert not (tmp_path / "case").exists()


def test_a_silent_meter_leaves_no_case(
    run: Run, settings: Path, server: ModbusServer, tmp_path: Path
) -> None:
    """What could not be read whole is not kept."""
    server.units[2].refuses = 4
    ran = run("capture", "press", "-c", settings, "--into", tmp_path / "case")
    assert ran.code == 1
    assert "unit 2 refused: device failure" in ran.err
    assert not (tmp_path / "case").exists()


def test_profile_list_names_every_shipped_profile(run: Run) -> None:
    """Names, models and what each rests on, for people and machines."""
    printed = run("profile", "list").out
    documents = json.loads(run("profile", "list", "--json").out)
    assert [document["name"] for document in documents] == list(profile.available())
    lines = {line.split()[0]: line for line in printed.splitlines() if line.strip()}
    for document in documents:
        doubt = document["doubtful"] or document["unverified"]
        assert ("?" in lines[document["name"]]) == bool(doubt)
        assert document["sources"]
        assert document["quantities"]


@pytest.mark.parametrize("name", profile.available())
def test_profile_show_prints_all_that_is_known(run: Run, name: str) -> None:
    """Every register with its address in both forms, every quirk and source, in both forms."""
    model, printed = profile.load(name), run("profile", "show", name).out
    document = json.loads(run("profile", "show", name, "--json").out)
    squeezed = " ".join(printed.split())
    for row in model.registers:
        assert f"0x{row.address:04X} {row.address}" in squeezed
        assert row.quantity in squeezed
    for text in (*model.quirks, *(source.title for source in model.sources)):
        assert " ".join(text.split()) in squeezed
    assert [row["address"] for row in document["registers"]] == [r.address for r in model.registers]
    assert len(document["identity"]) == len(model.identity)


def test_profile_show_speaks_japanese(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a Japanese machine the page is Japanese."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    printed = run("profile", "show", "chint_dtsu666").out
    assert "取扱説明書" in printed
    assert "電圧 L1-N" in printed


def test_profile_check_tells_every_fault(run: Run, tmp_path: Path) -> None:
    """One line a fault and exit code 2; machines get the same lines."""
    path = tmp_path / "mine.toml"
    rows = "volts = { address = 1 }\npower_factor = { scale = 0 }"
    path.write_text(f'extends = "omron_km_n1"\n[registers]\n{rows}', encoding="utf-8")
    ran = run("profile", "check", path)
    assert (ran.code, ran.out) == (2, "")
    first, second, last = ran.err.splitlines()
    assert first.startswith("profile mine: registers.power_factor: scale is zero")
    assert second.startswith("profile mine: registers.volts: no such quantity")
    assert last.startswith("edge-agent: 2 faults (correct the profile")
    ran = run("profile", "check", path, "--json")
    assert ran.code == 2
    assert json.loads(ran.out)["faults"] == [first, second]


def test_profile_check_praises_and_says_what_is_missing(run: Run, tmp_path: Path) -> None:
    """A sound file is praised; what a user would miss is a note."""
    path = tmp_path / "mine.toml"
    text = 'extends = "omron_km_n1"\nwirings = []\n[registers]\nactive_energy_import_wh = false\n'
    path.write_text(text, encoding="utf-8")
    ran = run("profile", "check", path)
    ok, *notes = ran.out.splitlines()
    assert (ran.code, ok) == (0, "ok: mine: 13 values in 2 requests")
    assert any("no wirings" in note for note in notes)
    assert any("no active_energy_import_wh" in note for note in notes)
    document = json.loads(run("profile", "check", path, "--json").out)
    assert (document["ok"], document["notes"]) == (True, notes)


def test_a_fault_of_the_program_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what nobody foresaw is one line that says how to see more."""
    monkeypatch.setattr(profile, "available", lambda: 1 / 0)
    ran = run("profile", "list")
    assert (ran.code, ran.out) == (1, "")
    assert "edge-agent: ZeroDivisionError: division by zero" in ran.err
    assert "MIERUKA_TRACE=1" in ran.err


def test_the_version_is_that_of_the_package(run: Run) -> None:
    """`--version` names program and version."""
    assert run("--version").out.startswith("edge-agent 0.")


@pytest.mark.parametrize(
    ("quantity", "value", "told"),
    [
        ("active_power_w", 1_234_567.8, ("1,234.568", "kW")),
        ("active_energy_import_wh", 1_500.0, ("1.500", "kWh")),
        ("voltage_l1_v", 230.126, ("230.1", "V")),
        ("power_factor", -0.9871, ("-0.987", "")),
        ("reactive_energy_import_varh", 12_000_000.0, ("12,000.000", "kvarh")),
    ],
)
def test_values_are_shown_for_people(quantity: str, value: float, told: tuple[str, str]) -> None:
    """Kilo for power and energy, digits as fine as the eye wants, thousands separated."""
    assert live_table.shown(quantity, value) == told


def test_every_quantity_can_be_shown() -> None:
    """No quantity has a unit that the table does not know."""
    assert all(live_table.shown(name, 1.0)[0] for name in QUANTITIES)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_run_ends_when_asked(settings: Path, stop: signal.Signals) -> None:
    """`run` polls until SIGTERM or Ctrl-C, then ends with code 0 and no traceback."""
    words = [sys.executable, "-m", "edge_agent", "run", "-c", str(settings)]
    process = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=os.environ)
    assert process.stderr is not None
    told = ""
    while "ok: 2 meters on 2 links" not in told:
        told += process.stderr.readline()
        assert process.poll() is None, told
    process.send_signal(stop)
    _, rest = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "ended as asked" in rest
    assert "Traceback" not in told + rest

"""`collector meters`: what counters did, a person's word on it, and files as series."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector import config
from collector.app import Collector
from collector.commands.meters import app
from collector.commands.terminal import open_collector
from collector.rollup.periods import midnight_ms
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import MeterCard

ENERGY = "active_energy_import_wh"
START = datetime.fromisoformat("2026-04-01T00:00+09:00")
START_MS = round(START.timestamp() * 1000)
MINUTE_MS = 60_000
SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
billing_day = 10
[[sites.meters]]
id = "main"
name = "受電"
rated_power_kw = 100.0
[[sites.meters]]
id = "press"
name = "プレス"
parent = "main"
rated_power_kw = 60.0
[[sites.meters]]
id = "grid"
name = "小売 30分値"
[[sites.meters]]
id = "sum"
plus = ["main", "grid"]
[[sites.meters]]
id = "gas"
medium = "gas"
unit = "m3"
unit_per_count = 0.5
"""


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """Write settings of one site: three meters, a virtual one and a gas meter."""
    file = tmp_path / "collector.toml"
    file.write_text(SETTINGS, encoding="utf-8")
    return file


@contextmanager
def collector_of(settings: Path) -> Iterator[Collector]:
    """The collector of the settings, open for a while."""
    with open_collector(config.load(settings)) as collector:
        yield collector


def invoke(settings: Path, *words: object, ok: bool = True) -> Result:
    """Run a verb; a fault that is no exit fails the test."""
    result = CliRunner().invoke(app, [*map(str, words), "-c", str(settings)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert (result.exit_code == 0) is ok, result.output
    return result


def answer(settings: Path, *words: object) -> dict[str, Any]:
    """What a verb answers as JSON."""
    document: dict[str, Any] = json.loads(invoke(settings, *words, "--json").stdout)
    return document


def fault(settings: Path, *words: object) -> str:
    """The one line by which a verb refuses."""
    result = invoke(settings, *words, ok=False)
    (line,) = result.stderr.splitlines()
    assert re.fullmatch(r"collector: .+ \(.+\)", line)
    return line


def count(
    settings: Path, meter: str, counts: Callable[[int], float | None], minutes: int = 1440
) -> None:
    """Store a reading a minute of the day and bring the totals up to date."""
    with collector_of(settings) as collector:
        collector.store.check()
        readings = [
            Reading("sendai", meter, START_MS + minute * MINUTE_MS, {ENERGY: value})
            for minute in range(minutes + 1)
            if (value := counts(minute)) is not None
        ]
        collector.store.write_readings(readings)
        collector.state.dirty.mark("sendai", meter, START_MS, readings[-1].at_ms + 1)
        collector.summarise_once()


def day_kwh(settings: Path, meter: str, day: str = "2026-04-01") -> float | None:
    """The stored figure of a day."""
    with collector_of(settings) as collector:
        at_ms = midnight_ms(collector.settings.sites[0].zone, date.fromisoformat(day))
        found = collector.store.read_totals("sendai", meter, "1d", at_ms, at_ms + 1)
        return found[0].kwh if found else None


def begun_anew(minute: int) -> float:
    """A counter of 60 kW that at noon begins at 500 kWh lower."""
    return 1_000_000 + minute * 1000 - (500_000 if minute >= 720 else 0)


# The list.


def test_list_tells_what_is_known(settings: Path) -> None:
    """Medium, parent, last reading and identity; what is not known is absent, not zero."""
    count(settings, "press", lambda minute: 5000.0 + minute, minutes=3)
    with collector_of(settings) as collector:
        card = MeterCard("sendai", "press", "press", "p", 60.0, 1.0, None, "A-17", 80.0)
        assert collector.state.identities.note(card, "pi-1", "e1", START_MS)
    found = {row["meter"]: row for row in answer(settings, "list")["meters"]}
    assert found["press"]["last_reading_at"] == "2026-04-01T00:03:00+09:00"
    assert found["press"]["last_reading"] == 5003.0
    assert (found["press"]["serial"], found["press"]["ratio"]) == ("A-17", 80.0)
    assert found["press"]["parent"] == "main"
    assert found["main"]["last_reading"] is None
    assert found["sum"]["virtual"]
    assert (found["gas"]["medium"], found["gas"]["unit"]) == ("gas", "m3")
    shown = invoke(settings, "list", "sendai").stdout
    for word in ("プレス", "A-17", "none yet", "computed"):
        assert word in shown


def test_counters_are_listed_in_their_meters_unit(settings: Path) -> None:
    """A counter of Wh is shown in kWh, one of pulses in m3; the JSON holds the raw count too."""
    count(settings, "press", lambda minute: 1_234_567.0 + minute, minutes=0)
    with collector_of(settings) as collector:
        reading = Reading("sendai", "gas", START_MS, {ENERGY: 4242.0})
        collector.store.write_readings([reading])
    found = {row["meter"]: row for row in answer(settings, "list")["meters"]}
    assert (found["press"]["counter"], found["press"]["last_reading"]) == (1234.567, 1234567.0)
    assert (found["gas"]["counter"], found["gas"]["unit"]) == (2121.0, "m3")
    assert found["main"]["counter"] is None
    shown = invoke(settings, "list").stdout
    assert "1,234.567 kWh" in shown
    assert "2,121.000 m3" in shown


def test_list_tells_where_a_meter_is_today(settings: Path) -> None:
    """A meter that has moved is listed under the meter it is part of now."""
    text = settings.read_text(encoding="utf-8")
    move = '[[sites.meters.moves]]\nparent = "grid"\nfrom = 2026-04-02\n'
    moved = text.replace("rated_power_kw = 60.0\n", f"rated_power_kw = 60.0\n{move}")
    settings.write_text(moved, encoding="utf-8")
    found = {row["meter"]: row["parent"] for row in answer(settings, "list")["meters"]}
    assert found["press"] == "grid"


# Events and corrections.


def test_events_are_told_with_their_reason(settings: Path) -> None:
    """A fall that stays is told: when, what, the energy booked, the bounds and why."""
    count(settings, "press", begun_anew)
    found = answer(settings, "events", "sendai", "press")["events"]
    assert [(event["at"], event["kind"]) for event in found] == [
        ("2026-04-01T12:00:00+09:00", "replaced")
    ]
    assert found[0]["booked"] == 1.0
    assert not found[0]["ruled"]
    assert answer(settings, "events", "sendai", "press", "--from", "2026-04-02")["events"] == []
    shown = invoke(settings, "events", "sendai", "press").stdout
    assert "2026-04-01 12:00:00 replaced: " in shown


def test_meter_without_events(settings: Path) -> None:
    """No readings, and nothing but counting, are told apart."""
    assert "grid has no readings" in invoke(settings, "events", "sendai", "grid").stdout
    count(settings, "press", lambda minute: minute * 1000.0, minutes=60)
    assert "nothing but count" in invoke(settings, "events", "sendai", "press").stdout
    line = fault(settings, "events", "sendai", "press", "--from", "2027-01-01")
    assert "press has no readings in these days (its readings: 2026-04-01 00:00:00 to " in line


def test_a_computed_meter_has_no_counter(settings: Path) -> None:
    """Whoever asks for, or rules on, the counter of a virtual meter is told what it is made of."""
    at = ("--at", "2026-04-01 12:00", "--by", "sato")
    said = "sum is computed from other meters (name one of: main, grid)"
    assert said in fault(settings, "events", "sendai", "sum")
    assert said in fault(settings, "replaced", "sendai", "sum", *at)
    words = ("correct", "sendai", "sum", *at, "--as", "gap", "--reason", "r")
    assert said in fault(settings, *words)


def test_correction_recomputes_the_day(settings: Path) -> None:
    """A ruling with its energy changes the day by exactly that, and is kept with its reason."""
    count(settings, "press", begun_anew)
    before = day_kwh(settings, "press")
    assert before == 1440.0
    words = ("correct", "sendai", "press", "--at", "2026-04-01 12:00", "--as", "replaced")
    found = answer(settings, *words, "--kwh", "3.5", "--reason", "新旧の指示数", "--by", "佐藤")
    assert found["id"] == "c1"
    assert found["days"] == [{"day": "2026-04-01", "before": 1440.0, "after": 1442.5}]
    assert day_kwh(settings, "press") == 1442.5
    assert answer(settings, "events", "sendai", "press")["events"][0]["ruled"]
    (row,) = answer(settings, "corrections", "sendai")["corrections"]
    assert (row["reason"], row["by"], row["as"]) == ("新旧の指示数", "佐藤", "replaced")


def test_correction_may_be_taken_back(settings: Path) -> None:
    """What was ruled and taken back leaves the day as it was, and both in the list."""
    count(settings, "press", begun_anew)
    at = "2026-04-01T12:00+09:00"
    words = ("correct", "sendai", "press", "--at", at, "--as", "plain", "--kwh", "0")
    invoke(settings, *words, "--reason", "trial", "--by", "sato")
    assert day_kwh(settings, "press") == 1439.0
    invoke(settings, "take-back", "c1", "--by", "suzuki")
    assert day_kwh(settings, "press") == 1440.0
    (row,) = answer(settings, "corrections", "sendai", "press")["corrections"]
    assert row["taken_back_by"] == "suzuki"
    assert (row["booked"], row["unit"]) == (0.0, "kWh")
    shown = invoke(settings, "corrections", "sendai").stdout
    assert "c1   2026-04-01 12:00:00  press: plain, 0.000 kWh\n     sato: trial; taken" in shown
    assert "has no meter prss" in fault(settings, "corrections", "sendai", "prss")
    assert "c1 was taken back before" in fault(
        settings, "take-back", "1", "--by", "suzuki"
    ).replace("correction 1", "c1")
    assert "suzuki" in invoke(settings, "corrections", "sendai").stdout


def test_glitch_leaves_the_reading_out(settings: Path) -> None:
    """A value that the engine believes can be ruled a glitch: it counts no more."""
    count(settings, "press", lambda minute: minute * 1000.0 + (600.0 if minute == 1440 else 0.0))
    assert day_kwh(settings, "press") == 1440.6
    at = "2026-04-02 00:00"
    words = ("correct", "sendai", "press", "--at", at, "--as", "glitch", "--reason", "r")
    shown = invoke(settings, *words, "--by", "sato").stdout
    assert "take it back with: collector meters take-back c1" in shown
    assert day_kwh(settings, "press") == 1439.0


def test_replacement_is_kept_and_taken_back(settings: Path) -> None:
    """A person's word that a meter was replaced is an event of its instant, until taken back."""
    count(settings, "press", begun_anew)
    words = ("replaced", "sendai", "press", "--at", "2026-04-01 12:00", "--serial", "B-2")
    assert answer(settings, *words, "--by", "sato")["id"] == "m1"
    assert "known already" in fault(settings, *words, "--by", "sato")
    (event,) = answer(settings, "events", "sendai", "press")["events"]
    assert event["kind"] == "replaced"
    assert "B-2" in event["reason"]
    (row,) = answer(settings, "corrections", "sendai", "press")["corrections"]
    assert (row["id"], row["as"]) == ("m1", "new meter B-2")
    invoke(settings, "take-back", "m1", "--by", "suzuki")
    (event,) = answer(settings, "events", "sendai", "press")["events"]
    assert "B-2" not in event["reason"]


SILENT = ("--reason", " ", "--by", "b")
CORRECT = ("correct", "sendai", "press", "--reason", "r", "--by", "b")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*CORRECT, "--at", "noon", "--as", "plain"), '--at: "noon" is not a time'),
        ((*CORRECT, "--at", "2026-04-05 12:00", "--as", "plain"), "has no reading in the 30"),
        ((*CORRECT, "--at", "2026-04-01 00:00", "--as", "plain"), "is the first reading of press"),
        (
            (*CORRECT, "--at", "2026-04-01 12:00", "--as", "plain", "--kwh", "-1"),
            "--kwh -1: must be 0 or above",
        ),
        (
            ("correct", "sendai", "press", "--at", "2026-04-01 12:00", "--as", "plain", *SILENT),
            "needs a reason and the name",
        ),
        (("events", "sendai", "prezz"), "no meter prezz in the settings (did you mean press?)"),
        (("events", "sendal", "press"), "there is no site sendal"),
        (("events", "sendai", "press", "--from", "1 April"), "1 April is not a day"),
        (
            ("events", "sendai", "press", "--from", "2026-04-02", "--to", "2026-04-01"),
            "--to 2026-04-01 is before --from 2026-04-02",
        ),
        (("take-back", "x1", "--by", "b"), "x1 is not the id of a correction"),
        (("take-back", "c9", "--by", "b"), "correction 9 is not there"),
        (("take-back", "m9", "--by", "b"), "m9 is no replacement that stands"),
        (("take-back", "c9", "--by", " "), "who takes it back is not said"),
        (("replaced", "sendai", "press", "--at", "2026-04-01 12:00", "--by", " "), "not said"),
        (("undo", "9", "--by", "b"), "there is no import 9"),
        (("balance", "sendai", "soon"), "soon is not a period"),
    ],
)
def test_wrong_words(settings: Path, words: tuple[str, ...], says: str) -> None:
    """Each wrong input is one line with a hint, and nothing is kept."""
    count(settings, "press", begun_anew, minutes=800)
    assert says in fault(settings, *words)
    assert answer(settings, "corrections", "sendai")["corrections"] == []


def test_empty_lists_say_so(settings: Path) -> None:
    """Nothing there is a sentence that says what to do, and an empty list in JSON."""
    assert "nobody has ruled" in invoke(settings, "corrections", "sendai").stdout
    assert "collector meters import" in invoke(settings, "imports", "sendai").stdout
    assert answer(settings, "imports", "sendai")["imports"] == []


# Files.

DAYS = 2


def long_file(path: Path, scale: float = 1.0, first: date = date(2026, 4, 1)) -> Path:
    """A portal's file of two days, one row a slot, 10 to 57 kWh in each."""
    rows = ["お客さま番号,0123", "日時,使用量(kWh)"]
    start = datetime.combine(first, datetime.min.time())
    for slot in range(48 * DAYS):
        at = start + timedelta(minutes=30 * slot)
        rows.append(f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M},{(10 + slot % 48) * scale}")
    path.write_text("\n".join(rows), encoding="cp932")
    return path


DAY_KWH = float(sum(range(10, 58)))
TAKE = ("--kind", "half-hours", "--by", "sato")


def test_portal_file_becomes_a_meter(settings: Path, tmp_path: Path) -> None:
    """A retailer's file is taken in: its days stand with the file's figures, measured."""
    file = long_file(tmp_path / "portal.csv")
    found = answer(settings, "import", "sendai", "grid", file, *TAKE)
    assert (found["id"], found["taken"], found["known"]) == (1, 96, 0)
    assert found["amount"] == DAY_KWH * DAYS
    assert found["from"] == "2026-04-01T00:00:00+09:00"
    assert found["refused"] == []
    for day in ("2026-04-01", "2026-04-02"):
        assert day_kwh(settings, "grid", day) == DAY_KWH
    with collector_of(settings) as collector:
        slots = collector.store.read_totals("sendai", "grid", "30m", 0, 2**52)
        assert [slot.kwh for slot in slots] == [float(10 + n % 48) for n in range(96)]
        assert {slot.coverage for slot in slots} == {1.0}


def test_same_file_again_changes_nothing(settings: Path, tmp_path: Path) -> None:
    """Taking in twice is told, and leaves one import and the same figures."""
    file = long_file(tmp_path / "portal.csv")
    invoke(settings, "import", "sendai", "grid", file, *TAKE)
    again = answer(settings, "import", "sendai", "grid", file, *TAKE)
    assert (again["id"], again["same_as"], again["known"]) == (None, 1, 96)
    assert len(answer(settings, "imports", "sendai")["imports"]) == 1
    assert "nothing to take" in invoke(settings, "import", "sendai", "grid", file, *TAKE).stdout
    assert day_kwh(settings, "grid") == DAY_KWH


def test_other_values_need_replace_and_can_be_taken_back(settings: Path, tmp_path: Path) -> None:
    """A file with other values is refused; with --replace it stands; undo restores the first."""
    invoke(settings, "import", "sendai", "grid", long_file(tmp_path / "a.csv"), *TAKE)
    other = long_file(tmp_path / "b.csv", scale=2.0)
    line = fault(settings, "import", "sendai", "grid", other, *TAKE)
    assert "line 3: 20,000 where 10,000 stands" in line
    assert "--replace" in line
    found = answer(settings, "import", "sendai", "grid", other, *TAKE, "--replace")
    assert (found["id"], found["replaced"]) == (2, 96)
    assert day_kwh(settings, "grid") == 2 * DAY_KWH
    invoke(settings, "undo", "2", "--by", "suzuki")
    assert day_kwh(settings, "grid") == DAY_KWH
    rows = answer(settings, "imports", "sendai")["imports"]
    assert [row["taken_back_by"] for row in rows] == ["", "suzuki"]
    assert [(row["amount"], row["unit"]) for row in rows] == [
        (DAYS * DAY_KWH, "kWh"),
        (2 * DAYS * DAY_KWH, "kWh"),
    ]
    listed = invoke(settings, "imports", "sendai").stdout
    assert listed.startswith("3,216.000 kWh  2026-04-01 to 2026-04-02  grid, import 1\n")
    assert "suzuki" in invoke(settings, "imports", "sendai").stdout
    assert "taken back before" in fault(settings, "undo", "2", "--by", "suzuki")


def test_holes_between_files_are_no_energy(settings: Path, tmp_path: Path) -> None:
    """Files with weeks between them, the later first: each has its figures, the hole none."""
    late = long_file(tmp_path / "late.csv", first=date(2026, 5, 1))
    invoke(settings, "import", "sendai", "grid", late, *TAKE)
    invoke(settings, "import", "sendai", "grid", long_file(tmp_path / "early.csv"), *TAKE)
    for day in ("2026-04-01", "2026-04-02", "2026-05-01", "2026-05-02"):
        assert day_kwh(settings, "grid", day) == DAY_KWH
    assert not day_kwh(settings, "grid", "2026-04-15")
    invoke(settings, "undo", "2", "--by", "sato")
    assert not day_kwh(settings, "grid", "2026-04-01")
    assert day_kwh(settings, "grid", "2026-05-02") == DAY_KWH


def test_refused_rows_are_told(settings: Path, tmp_path: Path) -> None:
    """Rows that cannot be read are left out with line and reason; the others are taken."""
    file = long_file(tmp_path / "portal.csv")
    text = file.read_text(encoding="cp932").replace("2026/4/1 0:30,11", "2026/4/1 0:30,欠測中")
    file.write_text(text, encoding="cp932")
    found = answer(settings, "import", "sendai", "grid", file, *TAKE)
    assert found["taken"] == 95
    (refused,) = found["refused"]
    assert refused["line"] == 4
    assert "欠測中" in refused["reason"]
    assert day_kwh(settings, "grid") == DAY_KWH - 11


def test_gas_bill_becomes_a_meter(settings: Path, tmp_path: Path) -> None:
    """Typed-in months of another medium are taken in what the meter counts."""
    file = tmp_path / "gas.csv"
    file.write_text("月,使用量\n2026-05,310\n2026-06,300\n", encoding="utf-8")
    words = ("--kind", "consumption", "--by", "sato", "--time-column", "月", "--unit", "m3")
    found = answer(settings, "import", "sendai", "gas", file, *words)
    assert (found["amount"], found["unit"]) == (610.0, "m3")
    assert found["from"] == "2026-04-10T00:00:00+09:00"
    assert "write --unit m3" in fault(settings, "import", "sendai", "gas", file, *words[:-1], "kWh")


def test_meter_that_an_agent_reads_takes_no_file(settings: Path, tmp_path: Path) -> None:
    """A file never mixes with an agent's readings, nor with what is computed."""
    count(settings, "press", begun_anew, minutes=10)
    file = long_file(tmp_path / "portal.csv")
    line = fault(settings, "import", "sendai", "press", file, *TAKE)
    assert "press has readings of its own" in line
    assert "is computed from other" in fault(settings, "import", "sendai", "sum", file, *TAKE)
    assert "who takes the file in" in fault(
        settings, "import", "sendai", "grid", file, "--kind", "half-hours", "--by", " "
    )


# Balance.


def test_balance_of_parent_and_children(settings: Path) -> None:
    """A parent is compared with its children; off by more than allowed is exit code 1."""
    count(settings, "main", lambda minute: minute * 1000.0)
    count(settings, "press", lambda minute: minute * 980.0)
    found = answer(settings, "balance", "sendai", "2026-04-01")["balances"]
    assert len(found) == 1
    assert found[0]["parent"] == "main"
    assert (found[0]["parent_kwh"], found[0]["children_kwh"]) == (1440.0, 1411.2)
    assert found[0]["difference_percent"] == pytest.approx(2.0)
    assert found[0]["within"]
    assert found[0]["compared"] == 1.0
    count(settings, "press", lambda minute: minute * 900.0)
    shown = invoke(settings, "balance", "sendai", "2026-04-01", ok=False).stdout
    assert "+10.00" in shown
    assert "off" in shown


def test_balance_without_figures(settings: Path) -> None:
    """A period without readings has nothing to compare, and that is no fault."""
    (row,) = answer(settings, "balance", "sendai", "2026-04")["balances"]
    assert (row["parent"], row["parent_kwh"], row["compared"]) == ("main", None, 0.0)
    assert "no data" in invoke(settings, "balance", "sendai", "2026-04").stdout

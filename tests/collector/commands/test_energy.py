"""`collector energy`: the counter engine over a logger's file, as people call it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from collector.commands.energy import energy

app = typer.Typer()
app.command()(energy)
BASE = datetime.fromisoformat("2026-04-01T00:00")
DAY_MINUTES = 24 * 60
TRUE_KWH = 2400.0
BEGUN_WH = 124_650_000


def true_wh(minute: int) -> float:
    """What a load of 100 kW has used since midnight (Wh)."""
    return minute * 100_000 / 60


def day(counts: Callable[[int], int | str | None], minutes: Iterable[int] | None = None) -> str:
    """A logger's file of one day with a row a minute; None leaves the row out."""
    rows = ["time,counter"]
    for minute in range(DAY_MINUTES + 1) if minutes is None else minutes:
        count = counts(minute)
        if count is not None:
            rows.append(f"{BASE + timedelta(minutes=minute):%Y/%m/%d %H:%M},{count}")
    return "\n".join(rows) + "\n"


def run(path: Path, *more: str, unit: float = 10) -> Result:
    """Call the command over a file; a fault that is no exit fails the test."""
    words = [str(path), "--time-column", "time", "--counter-column", "counter"]
    words += ["--unit-wh", str(unit), "--time-zone", "Asia/Tokyo", *more]
    result = CliRunner().invoke(app, words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def answer(path: Path, text: str | bytes, *more: str, unit: float = 10) -> dict[str, Any]:
    """What the command answers as JSON for a file with that text."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    result = run(path, "--json", *more, unit=unit)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def fault(path: Path, text: str | bytes, *more: str, unit: float = 10) -> str:
    """The one line by which the command refuses a file with that text."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    result = run(path, "--json", *more, unit=unit)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert re.fullmatch(r"collector: .+ \(.+\)", line)
    return line


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a logger's file goes."""
    return tmp_path / "logger.csv"


# The six rows of the survey's table.

RATED = pytest.mark.parametrize("rated", [(), ("--rated-kw", "100")], ids=["unrated", "rated"])
UNIT = pytest.mark.parametrize("unit", [1, 10])


@RATED
@UNIT
def test_nothing_happens(path: Path, unit: int, rated: tuple[str, ...]) -> None:
    """A day of plain counting is the whole energy, all measured, and no event."""
    found = answer(path, day(lambda m: int((BEGUN_WH + true_wh(m)) / unit)), *rated, unit=unit)
    assert found["kwh"] == TRUE_KWH
    assert found["estimated_kwh"] == 0
    assert found["events"] == []
    assert {slot["quality"] for slot in found["slots"]} == {"measured"}


@RATED
@UNIT
def test_one_false_zero(path: Path, unit: int, rated: tuple[str, ...]) -> None:
    """A single false zero books nothing and loses nothing; it is told as a glitch."""
    text = day(lambda m: 0 if m == 720 else int((BEGUN_WH + true_wh(m)) / unit))
    found = answer(path, text, *rated, unit=unit)
    assert found["kwh"] == TRUE_KWH
    assert [(event["at"], event["kind"]) for event in found["events"]] == [
        ("2026-04-01T12:00:00+09:00", "glitch")
    ]


@RATED
@UNIT
@pytest.mark.parametrize(
    ("begins_wh", "kind"),
    [(0, "reset"), (50_000_000, "replaced"), (300_000_000, "replaced")],
    ids=["reset to zero", "lower meter", "higher meter"],
)
def test_counter_that_begins_elsewhere(
    path: Path, unit: int, rated: tuple[str, ...], begins_wh: int, kind: str
) -> None:
    """A reset, or a new meter below or above, costs one counter step at most, within bounds."""

    def count(minute: int) -> int:
        if minute < 720:
            return int((BEGUN_WH + true_wh(minute)) / unit)
        return int((begins_wh + true_wh(minute - 720)) / unit)

    found = answer(path, day(count), *rated, unit=unit)
    assert found["kwh"] == pytest.approx(TRUE_KWH, abs=2 * unit / 1000)
    (event,) = found["events"]
    assert event["kind"] == kind
    assert found["estimated_kwh"] == event["kwh_booked"] == pytest.approx(100 / 60, abs=1e-6)
    if event["kwh_high"] is not None:
        assert event["kwh_low"] <= 100 / 60 <= event["kwh_high"]


@RATED
@UNIT
def test_six_hours_without_data(path: Path, unit: int, rated: tuple[str, ...]) -> None:
    """An outage loses nothing: its energy is booked over its slots and marked as estimated."""
    text = day(lambda m: None if 600 < m < 960 else int((BEGUN_WH + true_wh(m)) / unit))
    found = answer(path, text, *rated, unit=unit)
    assert found["kwh"] == TRUE_KWH
    assert found["estimated_kwh"] == 600.0
    assert [event["kind"] for event in found["events"]] == ["gap"]
    estimated = [slot for slot in found["slots"] if slot["quality"] == "estimated"]
    assert [slot["kwh"] for slot in estimated] == [50.0] * 12
    assert estimated[0]["start"] == "2026-04-01T10:00:00+09:00"


# Slots, days, units.


def test_slots_add_up_to_the_figure(path: Path) -> None:
    """Slots, days and the figure are the same energy to the last digit."""
    found = answer(path, day(lambda m: m * 17 + m * m // 7), unit=0.1)
    slots = sum((Decimal(str(slot["kwh"])) for slot in found["slots"]), Decimal())
    days = sum((Decimal(str(one["kwh"])) for one in found["days"]), Decimal())
    assert slots == days == Decimal(str(found["kwh"]))
    assert len(found["slots"]) == 48
    assert [one["day"] for one in found["days"]] == ["2026-04-01"]


def test_slots_of_a_quarter_hour(path: Path) -> None:
    """Slots may have 15 minutes."""
    found = answer(path, day(lambda m: m), "--slot-minutes", "15")
    assert len(found["slots"]) == 96
    assert found["slots"][1]["start"] == "2026-04-01T00:15:00+09:00"
    assert found["slots"][1]["kwh"] == 0.15


def test_file_that_begins_within_a_slot(path: Path) -> None:
    """A slot of which a part lies outside of the file is partial, with its share as coverage."""
    found = answer(path, day(lambda m: m, range(10, 61)))
    assert [slot["quality"] for slot in found["slots"]] == ["partial", "measured"]
    assert found["slots"][0]["coverage"] == pytest.approx(20 / 30)
    assert found["coverage"] == 1.0
    assert found["days"][0]["quality"] == "partial"


def test_slot_of_which_nothing_is_known(path: Path) -> None:
    """A long change of meters leaves slots without a figure: missing, never zero."""

    def count(minute: int) -> int | None:
        if 100 < minute < 500:
            return None
        return minute + (100 if minute <= 100 else 5_000_000)

    found = answer(path, day(count), "--rated-kw", "100")
    missing = [slot for slot in found["slots"] if slot["quality"] == "missing"]
    assert missing
    assert {slot["kwh"] for slot in missing} <= {None}
    known = sum(Decimal(str(slot["kwh"])) for slot in found["slots"] if slot["kwh"] is not None)
    assert known == Decimal(str(found["kwh"]))


@pytest.mark.parametrize(
    ("option", "modulus"),
    [(("--register", "u16"), 65_536), (("--rollover", "100000"), 100_000)],
)
def test_rollover(path: Path, option: tuple[str, str], modulus: int) -> None:
    """A register that runs full is booked across, whatever its width in counts."""
    found = answer(path, day(lambda m: (modulus - 300 + m) % modulus), *option)
    assert found["kwh"] == DAY_MINUTES * 10 / 1000
    assert [event["kind"] for event in found["events"]] == ["rollover"]


def test_power_beside_a_frozen_counter(path: Path) -> None:
    """Where the counter stands still, the power column gives the energy, as estimated."""
    lines = ["time,counter,kW"]
    for minute in range(DAY_MINUTES + 1):
        count = minute if minute < 600 else 600 + max(0, minute - 720)
        lines.append(f"{BASE + timedelta(minutes=minute):%Y-%m-%d %H:%M:%S},{count * 10},6")
    found = answer(path, "\n".join(lines), "--power-column", "kW", "--rated-kw", "10")
    assert found["kwh"] == pytest.approx(144.0, abs=0.2)
    assert "frozen" in {event["kind"] for event in found["events"]}
    assert found["estimated_kwh"] == pytest.approx(12.0, abs=0.2)


def test_gap_limit_may_be_told(path: Path) -> None:
    """--gap-minutes decides from which step on energy is estimated."""
    text = day(lambda m: m, range(0, DAY_MINUTES + 1, 10))
    assert answer(path, text)["estimated_kwh"] == 0
    assert answer(path, text)["gap_minutes"] == 30
    assert answer(path, text, "--gap-minutes", "5")["estimated_kwh"] == 14.4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16"])
def test_japanese_file(path: Path, encoding: str) -> None:
    """A Japanese logger's file is read whatever its encoding, with lines above its header."""
    text = "拠点,第一工場\n\n日時,積算値\n2026年4月1日 0時00分,1000\n2026年4月1日 0時30分,1100\n"
    path.write_bytes(text.encode(encoding))
    words = [str(path), "--time-column", "日時", "--counter-column", "積算値", "--unit-wh", "10"]
    result = CliRunner().invoke(app, [*words, "--time-zone", "Asia/Tokyo", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["kwh"] == 1.0


def test_day_on_which_clocks_change(path: Path) -> None:
    """The local day in October has 50 slots, and the hour that comes twice counts twice."""
    rows = ["time,counter"]
    start = datetime.fromisoformat("2026-10-25T00:00+02:00")
    for hour in range(26):
        at = start + timedelta(hours=hour)
        local = at.replace(tzinfo=None) - (timedelta(hours=1) if hour >= 3 else timedelta())
        rows.append(f"{local:%d.%m.%Y %H:%M},{hour * 100}")
    path.write_text("\n".join(rows))
    words = [str(path), "--time-column", "time", "--counter-column", "counter", "--unit-wh", "10"]
    result = CliRunner().invoke(app, [*words, "--time-zone", "Europe/Berlin", "--json"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["kwh"] == 25.0
    assert len(found["slots"]) == 50
    assert [len(found["days"]), found["days"][0]["kwh"]] == [1, 25.0]


def test_a_column_that_is_no_counter_is_doubted(path: Path) -> None:
    """Use by interval given as a counter falls all the time, and that is said."""
    found = answer(path, day(lambda m: 100 + m * 37 % 50))
    assert "is it a counter?" in found["notices"][-1]
    assert answer(path, day(lambda m: 0 if m == 720 else 10_000_000 + m))["notices"] == []


def test_people_read_figures_first(path: Path) -> None:
    """Without --json: the figure with its unit, events with their reason, days."""
    path.write_text(day(lambda m: 0 if m == 720 else 10_000_000 + m))
    result = run(path)
    assert result.exit_code == 0
    assert result.stdout.startswith("14.400 kWh")
    assert "2026-04-01 12:00 glitch: " in result.stdout
    assert re.search(r"2026-04-01 +│ +14\.400 │", result.stdout)


# What is refused.


def test_column_that_is_not_there(path: Path) -> None:
    """A wrong column is one line with the nearest name."""
    path.write_text("time,counters\n2026-04-01 00:00,1\n2026-04-01 00:30,2\n")
    result = run(path)
    assert result.exit_code == 1
    assert result.stderr == (
        f'collector: {path} has no column "counter" (did you mean counters?)\n'
    )


def test_text_in_numbers(path: Path) -> None:
    """Text among the counts is one line with its row, and how to leave such rows out."""
    text = day(lambda m: "ERR" if m in (5, 6, 7, 8) else m)
    line = fault(path, text)
    assert f'{path}: line 7: counter: "ERR" is not a number; line 8' in line
    assert "and 1 more" in line
    assert "--skip-faulty-rows" in line
    found = answer(path, text, "--skip-faulty-rows")
    assert found["kwh"] == 14.4
    assert [row["line"] for row in found["refused"]] == [7, 8, 9, 10]


def test_double_rows(path: Path) -> None:
    """A row that repeats another is dropped and said; one that contradicts it is refused."""
    text = day(lambda m: m)
    same = answer(path, text + "2026/04/01 00:10,10\n")
    assert any("repeats" in notice for notice in same["notices"])
    assert same["kwh"] == 14.4
    line = fault(path, text + "2026/04/01 00:10,11\n")
    assert "line 12: same time as line 1443, but another value; line 1443: same time" in line


@pytest.mark.parametrize(
    ("more", "unit", "says"),
    [
        ((), -10, "--unit-wh -10: must be above 0"),
        ((), 0, "--unit-wh 0: must be above 0"),
        ((), float("nan"), "--unit-wh nan: must be above 0"),
        (("--rated-kw", "-1"), 10, "--rated-kw -1: must be above 0"),
        (("--gap-minutes", "0"), 10, "--gap-minutes 0: must be above 0"),
        (("--rollover", "0"), 10, "--rollover 0: must be above 0"),
        (("--slot-minutes", "20"), 10, "slots have 30 or 15 minutes"),
        (("--register", "u16", "--rollover", "9"), 10, "both tell where it begins again"),
        (("--rollover", "1000"), 10, "line 1002: the counter is at 1,000, but begins again"),
        (("--time-zone", "Asia/Tokio"), 10, "Asia/Tokio is not a time zone (did you mean Asia/"),
        (("--time-column", "tme"), 10, 'has no column "tme" (did you mean time?)'),
    ],
)
def test_wrong_options(path: Path, more: tuple[str, ...], unit: float, says: str) -> None:
    """Each wrong option is one line that says what is right."""
    assert says in fault(path, day(lambda m: m), *more, unit=unit)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("time,counter\n", "has no rows below its header"),
        ("time,counter\n2026-04-01 00:00,5\n", "fewer than two rows hold a count"),
        ("time,counter\n2026-04-01 00:00,\n2026-04-01 00:30,\n", "fewer than two rows"),
        ("time,counter\n2026-04-01 00:00,-5\n2026-04-01 00:30,5\n", "cannot be at -5"),
        ("time,counter\nyesterday,5\n2026-04-01 00:30,5\n", '"yesterday" is not a time'),
        ("time,counter\n05/04/2026 00:00,5\n05/04/2026 00:30,6\n", "--date-order dmy"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\x81\x8d", "is not text"),
    ],
)
def test_files_that_say_nothing(path: Path, text: str | bytes, says: str) -> None:
    """An empty, broken or ambiguous file is one line with a hint."""
    assert says in fault(path, text)


def test_file_that_is_not_there(path: Path) -> None:
    """A path without a file is one line."""
    result = run(path)
    assert result.exit_code == 1
    assert result.stderr == (
        f"collector: {path} cannot be read: No such file or directory (give the path of a file)\n"
    )

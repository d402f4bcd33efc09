"""`collector bill` as people meet it: figures, hints, exit codes; and a real year billed twice."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.commands import bill as command
from collector.rollup.totals import Total
from collector.storage.figure_schema import INVOICE_1BM
from collector.storage.sqlite import SqliteStore
from tests.collector.tariffs.tariff_text import FLAT, HEAD
from tests.collector.tariffs.urdb_rate import as_text

STEEL = Path(__file__).parents[4] / "shared/data/steel_industry/Steel_industry_data.csv"
steel = pytest.mark.skipif(not STEEL.exists(), reason="the steel year is not on this machine")
KYUSHU = "jp-kyushu-industrial-tou-a-6kv"
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
id = "kashiwa"
time_zone = "Asia/Tokyo"
[[sites.tariffs]]
tariff = "jp-kyushu-industrial-tou-a-6kv"
from = 2025-06-01
[[sites.meters]]
id = "main"
"""
HALF_HOUR_MS = 1_800_000
JULY_MS = 1_751_295_600_000
"""2025-07-01T00:00+09:00."""
INVOICE = """
[invoice]
from = 2025-07-01
to = 2025-08-01
currency = "JPY"
total = 1702593
[[invoice.lines]]
kind = "demand"
quantity = 100
price = 2142.78
amount = 182136.30
[[invoice.lines]]
kind = "energy"
amount = {energy}
[[invoice.lines]]
kind = "levy"
quantity = 74400
price = 3.98
amount = 296112
"""


def july_at_100_kw(folder: Path, reactive_kvarh: float) -> None:
    """Store July 2025 at a steady load, with so much lagging energy in each slot."""
    store = SqliteStore(folder / "store.sqlite")
    store.check()
    store.write_totals(
        [
            Total(
                *("kashiwa", "_site", "30m", JULY_MS + number * HALF_HOUR_MS),
                kwh=50.0,
                estimated_kwh=0.0,
                coverage=1.0,
                peak_kw=100.0,
                reactive_kvarh=reactive_kvarh,
            )
            for number in range(31 * 48)
        ]
    )
    store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    """The settings of a site whose store holds July 2025 at 100 kW, without reactive current."""
    path = tmp_path / "collector.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    july_at_100_kw(tmp_path, reactive_kvarh=0.0)
    return path


def run(*words: str | Path) -> Result:
    """Run the command."""
    return CliRunner().invoke(command.app, [str(word) for word in words])


def answer(*words: str | Path) -> Any:
    """The JSON the command prints."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_tariffs_are_listed() -> None:
    """Every shipped tariff stands in the list, and the JSON holds its prices."""
    listed = run("tariffs")
    assert KYUSHU in listed.output
    found = {tariff["id"]: tariff for tariff in answer("tariffs")}
    assert found[KYUSHU]["demand"][0]["prices"][0]["tiers"][0]["price"] == "2142.78"


def test_a_sites_bill_to_the_digit(settings: Path) -> None:
    """July at 100 kW and 100 %: 182,136.30 basic, 1,224,354 energy, 296,112 levy."""
    found = answer("show", "kashiwa", "2025-07", "--config", settings)
    amounts = {line["part"]: Decimal(line["amount"]) for line in found["lines"]}
    assert amounts == {
        "contract": Decimal("182136.3"),
        "peak": Decimal(153972),
        "summer_day": Decimal(493922),
        "night": Decimal(576460),
        "levy": Decimal(296112),
    }
    assert found["total"] == "1702602"
    assert (found["from_date"], found["to_date"]) == ("2025-07-01", "2025-08-01")


def test_a_bill_for_people(settings: Path) -> None:
    """The total comes first, then lines in both languages, then what to know of them."""
    shown = run("show", "kashiwa", "2025-07", "--config", settings)
    assert shown.exit_code == 0
    assert shown.stdout.startswith("1,702,602 JPY  kashiwa  2025-07-01 to 2025-08-01")
    assert "基本料金" in shown.stdout
    assert "Fuel adjustment of 2025-07 is not known" in shown.output


def test_an_invoice_that_fits(settings: Path, tmp_path: Path) -> None:
    """Within the tolerance the exit code is 0."""
    file = tmp_path / "invoice.toml"
    file.write_text(INVOICE.format(energy=1224354), encoding="utf-8")
    words = ("verify", "kashiwa", "2025-07", file, "--config", settings)
    found = answer(*words)
    assert found["fits"] is True
    assert found["difference"] == "-9"
    assert run(*words).stdout.startswith("fits: invoice 1,702,593, ours 1,702,602")


def test_an_invoice_is_kept_for_the_board_when_asked(settings: Path, tmp_path: Path) -> None:
    """One row at the month's first instant; without being asked nothing is stored."""
    file = tmp_path / "invoice.toml"
    file.write_text(INVOICE.format(energy=1224354), encoding="utf-8")
    words = ("verify", "kashiwa", "2025-07", file, "--config", settings)
    assert run(*words).exit_code == 0
    assert kept(tmp_path) == []
    assert run(*words, "--keep").exit_code == 0
    ((at_ms, fields),) = kept(tmp_path)
    assert at_ms == JULY_MS
    assert fields == {
        "invoiced": 1_702_593.0, "reckoned": 1_702_602.0, "difference": -9.0, "fits": 1.0,
        "currency": "JPY",
    }  # fmt: skip


def kept(folder: Path) -> list[tuple[int, Any]]:
    """The invoices in the store."""
    store = SqliteStore(folder / "store.sqlite")
    rows = [*store.read_rows(INVOICE_1BM, "kashiwa", "_site", 0, 2 * JULY_MS)]
    store.close()
    return [(row.at_ms, row.fields) for row in rows]


def test_an_invoice_that_differs(settings: Path, tmp_path: Path) -> None:
    """A line that is off has causes, and the exit code is 1."""
    file = tmp_path / "invoice.toml"
    file.write_text(INVOICE.format(energy=1300000), encoding="utf-8")
    result = run("verify", "kashiwa", "2025-07", file, "--config", settings, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    (energy,) = (line for line in found["lines"] if line["kind"] == "energy")
    assert not energy["fits"]
    assert energy["causes"]
    assert run("verify", "kashiwa", "2025-07", file, "--config", settings).exit_code == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (INVOICE.format(energy='"much"'), 'invoice.lines[1].amount = "much": is text'),
        (INVOICE.replace('"levy"', '"tithe"').format(energy=1), 'invoice.lines[2].kind = "tithe"'),
        (INVOICE.replace("total = 1702593", "").format(energy=1), "invoice.total: field required"),
        ("[invoice", "is not TOML: "),
    ],
)
def test_faults_of_an_invoice(settings: Path, tmp_path: Path, text: str, fault: str) -> None:
    """A typing error is named with its path."""
    file = tmp_path / "invoice.toml"
    file.write_text(text, encoding="utf-8")
    result = run("verify", "kashiwa", "2025-07", file, "--config", settings)
    assert result.exit_code == 1
    assert fault in result.output
    assert "invoice.toml" in result.output


def test_an_invoice_that_is_no_text(settings: Path, tmp_path: Path) -> None:
    """A file of another kind, or none, is named with what is wanted instead."""
    file = tmp_path / "invoice.toml"
    file.write_bytes("請求書".encode("cp932"))
    refused = run("verify", "kashiwa", "2025-07", file, "--config", settings)
    assert "invoice.toml is not text in UTF-8 (write [invoice] with from, to" in refused.output
    away = run("verify", "kashiwa", "2025-07", tmp_path / "away.toml", "--config", settings)
    assert "away.toml cannot be read: No such file or directory (give" in away.output


def test_a_kilowatt_is_worth_what_the_bill_takes_for_it(settings: Path) -> None:
    """Its value counts the measured power factor, as the demand line of the same month does."""
    july_at_100_kw(settings.parent, reactive_kvarh=18.15)
    words = ("what-if", "kashiwa", "2025-07", "--config", settings, "--contract-kw", "80")
    found = answer(*words)
    assert "(185 - 94)/100" in found["now"][0]["lines"][0]["formula"]
    assert found["power_factor_percent"] == "94"
    assert Decimal(found["one_kw_a_year"]) == Decimal("2142.78") * Decimal("0.91") * 12
    shown = run(*words).stdout
    assert "1 kW of demand less is worth 23,399 JPY a year at a power factor of 94 %" in shown
    # 20 kW x 2,142.78 x 0.91 = 38,998.596; totals are cut to whole yen.
    assert shown.startswith("38,998 JPY less in 1 month, 2025-07-01 to 2025-08-01 (excluded)")
    assert re.search(r"│ total +│ 1,715,458 │ 1,676,460 │ 38,998 │", shown)


def test_a_contract_below_the_load_is_no_plain_saving(settings: Path) -> None:
    """Whoever supposes less contract power than is used is told so beside the saving."""
    words = ("what-if", "kashiwa", "2025-07", "--config", settings, "--contract-kw")
    assert "the load reaches 100.0 kW, above the 80.0 kW supposed" in run(*words, "80").stderr
    assert "the load reaches" not in run(*words, "100").stderr
    (warning,) = answer(*words, "80")["warnings"]
    assert "a supplier charges for that, or raises the contract power" in warning


def test_own_tariffs_are_listed(settings: Path) -> None:
    """The tariffs of the folder that the settings name are listed beside the shipped ones."""
    folder = settings.parent / "tariffs"
    folder.mkdir()
    (folder / "own.toml").write_text(HEAD + FLAT, encoding="utf-8")
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'{text}\n[tariffs]\nfolder = "tariffs"\n', encoding="utf-8")
    ids = {tariff["id"] for tariff in answer("tariffs", "--config", settings)}
    assert {"own", KYUSHU} <= ids


def test_what_if(settings: Path) -> None:
    """80 kW agreed saves 20 kW of basic charge; the flat tariff costs more; both may be asked."""
    words = ("what-if", "kashiwa", "2025-07", "--config", settings)
    agreed = answer(*words, "--contract-kw", "80")
    assert Decimal(agreed["saving"]) == 36427  # 20 x 2,142.78 x 0.85 = 36,427.26, totals cut
    assert agreed["one_kw_a_year"] == "21856.3560"
    flat = answer(*words, "--tariff", "example-flat")
    assert Decimal(flat["saving"]) == 1702602 - 74400 * 25 - 1000
    both = answer(*words, "--tariff", "example-jp-agreed-market", "--contract-kw", "80")
    demand = next(kind for kind in both["kinds"] if kind["kind"] == "demand")
    assert Decimal(demand["otherwise"]) == 80 * 2000 * Decimal("0.85")
    shown = run(*words, "--contract-kw", "80")
    assert shown.stdout.startswith("36,427 JPY less in 1 month")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("show", "nowhere", "2025-07"), "there is no site nowhere"),
        (("show", "kashiwa", "July"), "July is not a month (write it as 2025-10)"),
        (("show", "kashiwa", "2025-7-1"), "2025-7-1 is not a month"),
        (("show", "kashiwa", "2025-05"), "site kashiwa has no tariff on 2025-05-01"),
        (("show", "kashiwa", "2025-09"), "no energy is known from 2025-09-01 to 2025-10-01"),
        (("what-if", "kashiwa", "2025-07"), "give --tariff or --contract-kw"),
        (("what-if", "kashiwa", "2025-07", "--tariff", "x"), "there is no tariff x"),
        (("what-if", "kashiwa", "2025-07", "--tariff", KYUSHU, "--months", "0"), "at least one"),
        (
            ("what-if", "kashiwa", "2025-07", "--tariff", "example-us-tou-ratchet"),
            "example-us-tou-ratchet is in USD, not in JPY",
        ),
        (
            ("what-if", "kashiwa", "2025-07", "--tariff", "example-jp-agreed-market"),
            "is an agreed power, and none is given",
        ),
    ],
)
def test_wrong_questions_are_one_line(settings: Path, words: tuple[str, ...], fault: str) -> None:
    """One line with what is wrong, and exit code 1."""
    result = run(*words, "--config", settings)
    assert result.exit_code == 1
    assert fault in result.output
    assert "Traceback" not in result.output


def test_files_are_checked(tmp_path: Path) -> None:
    """A sound file is named with its tariffs; a faulty one with every fault."""
    file = tmp_path / "own.toml"
    file.write_text(HEAD + FLAT, encoding="utf-8")
    assert answer("check", file) == {"ok": True, "tariffs": ["own"]}
    file.write_text(HEAD + 'energy = [{ price = "1" }]\ncolour = 2\n', encoding="utf-8")
    result = run("check", file)
    assert result.exit_code == 1
    assert 'own.toml: tariff own: energy[0].price = "1"' in result.output
    assert "own.toml: tariff own: colour = 2" in result.output


def test_a_urdb_rate_becomes_a_file(tmp_path: Path) -> None:
    """The written file is read like any other; a refusal writes nothing."""
    source, target = tmp_path / "rate.json", tmp_path / "rate.toml"
    source.write_text(as_text(), encoding="utf-8")
    assert answer("import-urdb", source, "--out", target)["tariffs"] == ["urdb-5d1a2b3c"]
    assert answer("check", target)["tariffs"] == ["urdb-5d1a2b3c"]
    source.write_text(as_text(annualmincharge=7), encoding="utf-8")
    refused = run("import-urdb", source, "--out", tmp_path / "other.toml")
    assert refused.exit_code == 1
    assert "annualmincharge: not supported" in refused.output
    assert not (tmp_path / "other.toml").exists()


def half_hours(folder: Path, minutes: int = 30) -> Path:
    """A file of July 2025 at 100 kW, labelled at the start."""
    file = folder / "load.csv"
    first = datetime(2025, 7, 1, tzinfo=UTC).replace(tzinfo=None)
    count = 31 * 24 * 60 // minutes
    rows = [
        f"{first + timedelta(minutes=minutes * number):%Y-%m-%d %H:%M},{100 * minutes / 60:g}"
        for number in range(count)
    ]
    file.write_text("time,kwh\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def csv_words(file: Path, *more: str | Path) -> tuple[str | Path, ...]:
    """The words that bill the file."""
    columns = ("--time-column", "time", "--energy-column", "kwh", "--label", "start")
    return ("csv", file, *columns, "--time-zone", "Asia/Tokyo", "--month", "2025-07", *more)


def test_market_prices_come_from_a_file(tmp_path: Path) -> None:
    """Two half hours at 9.70 yen: 100 kWh at 9.70 / 0.97 + 2; a price of 15 minutes fits too."""
    prices = tmp_path / "prices.csv"
    prices.write_text(
        "start,price\n2025-07-01 00:00,9.70\n2025-07-01 00:30,9.70\n", encoding="utf-8"
    )
    more = ("--tariff", "example-jp-agreed-market", "--contract-kw", "100")
    for minutes in (30, 15):
        words = csv_words(half_hours(tmp_path, minutes), *more, "--market-prices", prices)
        (found,) = answer(*words)["bills"]
        (line,) = (line for line in found["lines"] if line["kind"] == "market")
        assert (Decimal(line["quantity"]), Decimal(line["amount"])) == (Decimal(100), Decimal(1200))


def test_a_file_with_other_intervals_is_refused(tmp_path: Path) -> None:
    """Minutes are no intervals of a bill."""
    result = run(*csv_words(half_hours(tmp_path, 10), "--tariff", KYUSHU))
    assert result.exit_code == 1
    assert "has intervals of 10 min" in result.output


@steel
def test_ends_of_intervals_are_not_taken_for_starts() -> None:
    """A file that writes 24:00 is refused with --label start."""
    words = [*steel_words("2018-12", 1)]
    words[words.index("end")] = "start"
    result = run(*words)
    assert result.exit_code == 1
    assert "write --label end" in result.output


def steel_words(month: str, months: int) -> list[str | Path]:
    """The words that bill the steel year."""
    return [
        *("csv", STEEL, "--time-column", "date", "--energy-column", "Usage_kWh"),
        *("--reactive-column", "Lagging_Current_Reactive.Power_kVarh", "--label", "end"),
        *("--time-zone", "Asia/Seoul", "--tariff", KYUSHU, "--month", month),
        *("--months", str(months)),
    ]


@steel
def test_a_real_year_billed_twice() -> None:
    """The steel works of 2018 under a Japanese tariff, and again here in whole numbers only.

    Every month's total agrees to the yen; the largest half hour is 587.16 kW in November.
    """
    found = answer(*steel_words("2018-12", 12))
    totals = [int(Decimal(one["total"])) for one in found["bills"]]
    expected = _steel_totals()
    assert totals == expected
    assert int(Decimal(found["total"])) == sum(expected)
    november = found["bills"][10]
    assert november["lines"][0]["quantity"] == "587"
    kwh = sum(
        Decimal(line["quantity"])
        for one in found["bills"]
        for line in one["lines"]
        if line["kind"] == "energy"
    )
    assert kwh == Decimal("959636.71")


@steel
def test_months_together_come_first() -> None:
    """Bills of several months begin with what they come to together."""
    shown = run(*steel_words("2018-12", 2)).stdout
    together = sum(_steel_totals()[-2:])
    said = f"{together:,} JPY in 2 months, 2018-11-01 to 2019-01-01 (excluded)"
    assert shown.splitlines()[0] == said


# The same year recomputed: hundredths of a kWh, hundredths of a yen, nothing but integers.

OFF_DAYS = {
    *("01-01", "01-02", "01-03", "01-08", "02-12", "03-21", "04-30", "05-01", "05-02", "05-03"),
    *("05-04", "05-05", "07-16", "08-11", "09-17", "09-24", "10-08", "11-03", "11-23", "12-24"),
    *("12-30", "12-31"),
}
"""Japan's public holidays of 2018 that are no Sundays, and the tariff's own days."""


def _steel_rows() -> list[tuple[datetime, int, int]]:
    rows = []
    with STEEL.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            end = datetime.strptime(row["date"], "%d/%m/%Y %H:%M")  # noqa: DTZ007
            if (end.hour, end.minute) == (0, 0):
                end += timedelta(days=1)
            kwh = round(100 * Decimal(row["Usage_kWh"]))
            kvarh = round(100 * Decimal(row["Lagging_Current_Reactive.Power_kVarh"]))
            rows.append((end - timedelta(minutes=15), kwh, kvarh))
    return rows


def _price(start: datetime) -> int:
    day = start.date()
    if day.weekday() == 6 or f"{day:%m-%d}" in OFF_DAYS or not 8 <= start.hour < 22:
        return 1517
    if not 7 <= day.month <= 9:
        return 1632
    return 1974 if 13 <= start.hour < 16 else 1727


def _percent(active: int, reactive: int) -> int:
    # Half up without a float: the largest p with (p - 1/2) * S <= 100 W, where S^2 = W^2 + Q^2.
    squared = active**2 + reactive**2
    return max(p for p in range(50, 101) if (2 * p - 1) ** 2 * squared <= (200 * active) ** 2)


def _steel_totals() -> list[int]:
    months: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for row in _steel_rows():
        months[row[0].month].append(row)
    peak = 0
    totals = []
    for month in range(1, 13):
        halves: dict[datetime, int] = defaultdict(int)
        energy = active = reactive = kwh = 0
        for start, used, lagging in months[month]:
            halves[start.replace(minute=start.minute // 30 * 30)] += used
            energy += used * _price(start)
            kwh += used
            if 8 <= start.hour < 22:
                active, reactive = active + used, reactive + lagging
        peak = max(peak, *halves.values())
        contract_kw = math.floor(Decimal(2 * peak) / 100 + Decimal("0.5"))
        basic = contract_kw * 214278 * (185 - _percent(active, reactive))  # 1/10,000 yen
        levy = kwh * (264 if month < 5 else 290) // 10_000
        totals.append((basic + energy) // 10_000 + levy)
    return totals


@steel
def test_the_steel_files_days_are_whole() -> None:
    """The trap of the file: read rightly, each of its 365 days has 96 quarters."""
    days: dict[date, int] = defaultdict(int)
    for start, _, _ in _steel_rows():
        days[start.date()] += 1
    assert set(days.values()) == {96}
    assert len(days) == 365

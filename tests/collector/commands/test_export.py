"""`collector export` as people meet it: files, digests, hints, exit codes."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from collector import __main__ as command
from collector import config
from collector.imports.columns_found import FileColumns, read_file
from collector.storage.sqlite import SqliteStore
from tests.collector.plant_year import plant_year

APRIL_MS, JUNE_MS = 1_743_433_200_000, 1_748_703_600_000


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of a plant."""
    folder = tmp_path_factory.mktemp("export")
    return plant_year(folder, circuits=2, first=date(2025, 4, 1), end=date(2025, 6, 1))


def export(plant: Path, target: object, *words: str, months: bool = True) -> Result:
    """Run the command for April and May."""
    days = ("--from", "2025-04-01", "--to", "2025-05-31") if months else ()
    told = ["export", "sendai", "-c", str(plant), "--out", str(target), *days, *words]
    result = CliRunner().invoke(command.app, told)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_slots_of_all_meters_sum_up_to_what_is_stored(plant: Path, tmp_path: Path) -> None:
    """The file, its rows and its digest are as told; no figure is lost or rounded."""
    target = tmp_path / "slots.csv"
    result = export(plant, target, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert told["rows"] == len(rows) == 61 * 48 * 5
    assert told["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    store = SqliteStore(plant.parent / "store.sqlite")
    stored = store.read_totals("sendai", "press", "30m", APRIL_MS, JUNE_MS)
    store.close()
    written = [row["kwh (kWh)"] for row in rows if row["meter"] == "press"]
    assert [float(text) for text in written if text] == [total.kwh for total in stored]


def test_the_retail_file_goes_back_through_the_importer(plant: Path, tmp_path: Path) -> None:
    """In Shift_JIS as Excel in Japan opens it, the same milli-Wh by the half hour."""
    target = tmp_path / "retail.csv"
    words = ("--format", "retail-30min", "--encoding", "shift-jis", "--meter", "main")
    assert export(plant, target, *words).exit_code == 0
    data = target.read_bytes()
    assert "年月日".encode("cp932") in data
    read = read_file(data, "retail.csv", "half-hours", FileColumns(), ZoneInfo("Asia/Tokyo"))
    store = SqliteStore(plant.parent / "store.sqlite")
    stored = store.read_totals("sendai", "main", "30m", APRIL_MS, JUNE_MS)
    store.close()
    assert [(slot.start_ms, slot.milli_wh) for slot in read.slots] == [
        (total.start_ms, round(total.kwh * 1e6)) for total in stored
    ]


def test_parquet_has_what_csv_has(plant: Path, tmp_path: Path) -> None:
    """Days with CO2, cost and the factor behind them."""
    target = tmp_path / "days.parquet"
    words = ("--what", "days", "--format", "parquet", "--meter", "_site")
    assert export(plant, target, *words).exit_code == 0
    table = pq.read_table(target)
    assert table.num_rows == 61
    assert min(table.column("co2_kg").to_pylist()) > 0
    assert set(table.column("factor_id").to_pylist()) != {None}


def test_the_standard_output_gets_the_file_and_stderr_the_rest(plant: Path) -> None:
    """So that it can be piped; every letter is in the encoding asked for."""
    result = export(plant, "-", "--what", "totals", "--period", "1mo", "--encoding", "utf-8-bom")
    assert result.exit_code == 0
    assert result.stdout_bytes.startswith(b"\xef\xbb\xbfsite,meter,name,start")
    assert len(result.stdout_bytes.splitlines()) == 1 + 2 * 5
    digest = hashlib.sha256(result.stdout_bytes).hexdigest()
    assert digest in result.stderr.replace("\n", "")


def test_what_a_reader_should_know_is_said(plant: Path, tmp_path: Path) -> None:
    """How many rows are not simply measured."""
    result = export(plant, tmp_path / "x.csv")
    assert "52 estimated" in result.stdout
    assert "measured" in result.stdout


@pytest.mark.parametrize("what", ["slots", "days", "completeness"])
def test_days_without_any_data_are_warned_of(plant: Path, tmp_path: Path, what: str) -> None:
    """The file is written all the same, and a line on stderr says that it has no figures."""
    days = ("--from", "2024-01-01", "--to", "2024-01-31")
    result = export(plant, tmp_path / "x.csv", *days, "--what", what, "--json", months=False)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["rows"] > 0
    line = " ".join(result.stderr.split())
    assert line.startswith("! nothing of sendai is known from 2024-01-01 to 2024-01-31")
    if what != "completeness":
        assert export(plant, tmp_path / "y.csv", "--what", what).stderr == ""


WRONG = [
    (("--what", "energy"), "energy is not a kind of series"),
    (("--meter", "none"), "has no slots of a meter none"),
    (("--period", "1mo"), "slots are of 30m"),
    (("--encoding", "latin-1"), "latin-1 is not an encoding"),
    (("--format", "parquet", "--encoding", "shift-jis"), "a Parquet file has no encoding"),
    (("--format", "retail-30min", "--what", "days"), "retail-30min has half hours"),
    (("--what", "readings"), "no reading of sendai is stored"),
    (("--what", "amounts", "--period", "1w"), "1w is not a period"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[said for _, said in WRONG])
def test_a_wrong_wish_is_one_line_and_leaves_no_file(
    plant: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Exit code 1, with a hint in brackets."""
    target = tmp_path / "x.out"
    result = export(plant, target, *words)
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert said in line
    assert line.endswith(")")
    assert not target.exists()


def test_days_the_wrong_way_round_and_a_site_that_is_not_there(plant: Path, tmp_path: Path) -> None:
    """Each in one line."""
    days = ("--from", "2025-05-01", "--to", "2025-04-01")
    turned = export(plant, tmp_path / "x", *days, months=False)
    assert "--to 2025-04-01 is before --from 2025-05-01" in turned.stderr
    same = ("--from", "2025-04-01", "--to", "2025-04-01")
    told = ["export", "kyoto", "-c", str(plant), "--out", "-", *same]
    missing = CliRunner().invoke(command.app, told)
    assert missing.exit_code == 1
    assert "there is no site kyoto" in missing.stderr


def test_the_letter_an_encoding_lacks_is_named(plant: Path, tmp_path: Path) -> None:
    """The file is not left half written."""
    path = tmp_path / "collector.toml"
    text = plant.read_text(encoding="utf-8").replace('"プレス線"', '"프레스"')
    path.write_text(text.replace('"store.sqlite"', f'"{plant.parent}/store.sqlite"'), "utf-8")
    (tmp_path / "tariffs").mkdir()
    assert config.load(path).sites[0].id == "sendai"
    target = tmp_path / "x.csv"
    result = export(path, target, "--encoding", "shift-jis")
    assert result.exit_code == 1
    assert "프 is no letter of Shift_JIS" in result.stderr
    assert not target.exists()

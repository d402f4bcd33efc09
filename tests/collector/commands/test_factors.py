"""`collector factors`: look, check, add and import, as people meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from collector.commands.factors import app
from collector.factors.lookup import FactorLibrary
from tests.collector.factors.ministry_sample import LAYOUT
from tests.collector.factors.sample import GOOD, OTHER_MENU, SAME_MENU, text

SETTINGS = """
[collector]
id = "here"
state_dir = "state"

[mqtt]
url = "mqtt://127.0.0.1:1883"

[store]
kind = "sqlite"
path = "store.db"

[[sites]]
id = "plant"
time_zone = "Asia/Tokyo"
"""
EDITION = ("--published-on", "2026-08-03", "--known-on", "2026-08-03", "--activity-year", "2025")
ROW = (
    *("--id", "own-1", "--region", "JP", "--supplier", "A9100", "--supplier-name", "(株)自前"),
    *("--kind", "whole", "--method", "jp_shk_basic", "--value", "0.3", "--gas", "CO2"),
    *("--valid-from", "2025-04-01", "--valid-to", "2026-04-01", "--known-on", "2026-01-09"),
    *("--status", "official", "--title", "通知", "--publisher", "(株)自前", "--revision", "1"),
    *("--published-on", "2026-01-09", "--licence", "none stated", "--attribution", "(株)自前"),
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str | Path) -> Result:
    """The command's result, on a wide terminal."""
    return CliRunner().invoke(app, [str(one) for one in arguments], env={"COLUMNS": "250"})


def told(*arguments: str | Path, exit_code: int = 0) -> dict[str, Any]:
    """The command's answer as JSON."""
    result = run(*arguments, "--json")
    assert result.exit_code == exit_code, result.stderr
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def file_of(folder: Path, name: str, *rows: str) -> Path:
    """A factor file with the rows."""
    path = folder / name
    path.write_text(text(*rows), encoding="utf-8")
    return path


class TestList:
    """`list`: which factors there are."""

    def test_filters(self) -> None:
        """Region, supplier, method and day narrow the list; the set is named."""
        question = ("--region", "JP", "--supplier", "四国電力(株)", "--method", "jp_shk_adjusted")
        answer = told("list", *question, "--on", "2022-05-01")
        assert {row["id"] for row in answer["factors"]} == {
            "jp-shk-r3-A0274-A-adjusted",
            "jp-shk-r3-A0274-B-adjusted",
            "jp-shk-r3-A0274-C-adjusted-corrected",
        }
        assert answer["snapshot_id"] == FactorLibrary.shipped().snapshot_id

    def test_knowledge(self) -> None:
        """As known before a correction the first value stands."""
        question = ("--supplier", "A0274", "--on", "2022-05-01", "--known-on", "2023-05-31")
        ids = {row["id"] for row in told("list", *question)["factors"]}
        assert ids == {"jp-shk-r3-A0274-C-adjusted", "jp-shk-r3-A0274-whole-basic"}

    def test_table(self) -> None:
        """People read a table and how many rows there are."""
        result = run("list", "--region", "GB")
        assert "desnz-2026-GB-wtt-td" in result.stdout
        assert "7 of 663 rows" in result.stdout


class TestShow:
    """`show`: all of one factor."""

    def test_everything(self) -> None:
        """Source, licence, windows and the successor are told."""
        result = run("show", "jp-shk-r3-A0274-C-adjusted")
        for shown in ("0.533", "四国電力", "not stated; figures cited", "2023-06-01", "corrected"):
            assert shown in result.stdout
        record = told("show", "jp-shk-r3-A0274-C-adjusted")
        assert record["superseded_by"] == "jp-shk-r3-A0274-C-adjusted-corrected"

    def test_an_unknown_id(self) -> None:
        """A wrong id is one line with near ones."""
        result = run("show", "desnz-2026")
        assert result.exit_code == 1
        assert "there is no factor desnz-2026 (near: desnz-2026-GB," in result.stderr


class TestHistory:
    """`history`: values over the years."""

    def test_marks(self) -> None:
        """Superseded rows name their successor; the break of basic is marked."""
        result = run("history", "JP", "A0274")
        assert "superseded 2023-06-01 by jp-shk-r3-A0274-C-adjusted-corrected" in result.stdout
        assert "from here another quantity (with_certificates)" in result.stdout
        rows = told("history", "JP", "A0274")["rows"]
        assert sum(row["break_before"] for row in rows) == 4

    def test_nothing_there(self) -> None:
        """A supplier nobody holds is one line with near ones."""
        result = run("history", "JP", "東京電力")
        assert result.exit_code == 1
        assert "A0269 東京電力エナジーパートナー(株)" in result.stderr


class TestCheck:
    """`check`: every fault of factor files."""

    def test_the_shipped_files_are_well(self) -> None:
        """Without files and folder the shipped ones are checked."""
        assert told("check")["rows"] == 663
        assert "663 rows in 20 files, no fault" in run("check").stdout

    def test_every_fault_at_once(self, tmp_path: Path) -> None:
        """A file with two faults gives two lines and exit code 1."""
        bad = file_of(tmp_path, "bad.toml", GOOD.replace("0.4", "400"), f"{SAME_MENU}, value = 1")
        answer = told("check", bad, exit_code=1)
        assert answer["ok"] is False
        assert len(answer["faults"]) == 2
        result = run("check", bad)
        assert "bad.toml: set x: row x-1: value: 400 cannot be kg/kWh" in result.stdout
        assert "2 faults" in result.stdout

    def test_a_file_of_the_folder_is_not_held_against_itself(self, tmp_path: Path) -> None:
        """Naming a file that is in the folder checks it once."""
        own = file_of(tmp_path, "own.toml", GOOD)
        assert told("check", own, "--folder", tmp_path)["ok"] is True

    def test_a_missing_file(self) -> None:
        """A file that is not there is a fault like any other."""
        assert "gone.toml: cannot be read" in run("check", "gone.toml").stdout


class TestFolder:
    """Where the plant's own factors are."""

    def test_settings_name_it(self, tmp_path: Path) -> None:
        """[factors] folder counts from the settings, given by -c or lying here."""
        settings = tmp_path / "collector.toml"
        settings.write_text(SETTINGS + '[factors]\nfolder = "own"\n', encoding="utf-8")
        (tmp_path / "own").mkdir()
        file_of(tmp_path / "own", "own.toml", GOOD)
        assert told("check", "-c", settings)["rows"] == 664
        assert told("check")["rows"] == 664

    @pytest.mark.parametrize("with_settings", [False, True])
    def test_none_is_an_error_with_a_hint(self, tmp_path: Path, with_settings: bool) -> None:
        """Add and import need a folder; without one the line says how to name it."""
        if with_settings:
            (tmp_path / "collector.toml").write_text(SETTINGS, encoding="utf-8")
        result = run("add", *ROW)
        assert result.exit_code == 1
        assert "there is no folder for your own factors" in result.stderr
        assert '[factors] with folder = "factors" in the settings, or use --folder' in result.stderr

    def test_faulty_settings(self, tmp_path: Path) -> None:
        """Faults of the settings are told as everywhere: exit code 2."""
        (tmp_path / "collector.toml").write_text("[collector]\n", encoding="utf-8")
        assert run("list").exit_code == 2


class TestAdd:
    """`add`: one row into a file of one's own."""

    def test_by_options(self, tmp_path: Path) -> None:
        """The row is written, found again, and the change is told."""
        answer = told("add", *ROW, "--folder", tmp_path / "own")
        assert answer["added"] == "own-1"
        assert [(c["kind"], c["supplier"]) for c in answer["changes"]] == [("first", "A9100")]
        assert told("show", "own-1", "--folder", tmp_path / "own")["kg_per_kwh"] == "0.3"

    def test_from_a_file(self, tmp_path: Path) -> None:
        """A TOML file gives the values; a second row is appended to the first."""
        row = tmp_path / "row.toml"
        row.write_text(text(f'{OTHER_MENU}, value = "0.5"'), encoding="utf-8")
        own = tmp_path / "own"
        for arguments in (("add", *ROW), ("add", "--from", row)):
            result = run(*arguments, "--folder", own)
            assert result.exit_code == 0, result.stderr
        assert "first: XX S1 B m 2025-04-01 to 2026-04-01: 0.5 kg/kWh" in result.stdout
        assert "x-2: written to" in result.stdout
        assert told("check", "--folder", own)["rows"] == 665

    def test_a_dry_run_writes_nothing(self, tmp_path: Path) -> None:
        """--dry-run says what would change and leaves the folder alone."""
        result = run("add", *ROW, "--folder", tmp_path / "own", "--dry-run")
        assert "would be written to" in result.stdout
        assert not (tmp_path / "own").exists()

    def test_what_the_loader_refuses_is_refused(self, tmp_path: Path) -> None:
        """A wrong unit and a missing source are told, and the file stays as it was."""
        own = tmp_path / "own"
        assert run("add", *ROW, "--folder", own).exit_code == 0
        before = (own / "own.toml").read_text(encoding="utf-8")
        wrong = [*ROW, "--id", "own-2", "--unit", "t/kWh"]
        at = wrong.index("--licence")
        del wrong[at : at + 2]
        result = run("add", *wrong, "--folder", own)
        assert result.exit_code == 1
        assert "own.toml: set own-2: row own-2: licence: field required" in result.stderr
        assert "unit: input should be 'kg/kWh'" in result.stderr
        assert (own / "own.toml").read_text(encoding="utf-8") == before

    def test_the_same_row_twice(self, tmp_path: Path) -> None:
        """An id is never used again, and two rows never share key and days."""
        run("add", *ROW, "--folder", tmp_path)
        result = run("add", *ROW, "--folder", tmp_path)
        assert "row own-1: the id is also in own.toml: set own-1" in result.stderr
        result = run("add", *ROW, "--id", "own-2", "--folder", tmp_path)
        assert "applies to the same key and days as own-" in result.stderr


class TestImport:
    """`import`: the ministries' yearly list."""

    def test_rows_corrections_and_file(self, tmp_path: Path) -> None:
        """New rows and corrections are written into one new file; held ones are counted."""
        (tmp_path / "list.txt").write_text(LAYOUT, encoding="utf-8")
        answer = told("import", "list.txt", *EDITION, "--folder", "own")
        assert Path(answer["file"]).name == "jp-shk-fy2025-20260803.toml"
        assert (answer["taken"], answer["unchanged"], answer["refused"]) == (17, 9, [])
        values = [change for change in answer["changes"] if change["kind"] == "value"]
        assert [one["before"]["kg_per_kwh"] for one in values] == ["0.452", "0.452", "0.423"]
        assert told("check", "--folder", "own")["rows"] == 663 + 17

    def test_a_dry_run(self, tmp_path: Path) -> None:
        """--dry-run tells the changes and writes nothing."""
        (tmp_path / "list.txt").write_bytes(LAYOUT.replace("－", "-").encode("cp932", "ignore"))
        result = run("import", "list.txt", *EDITION, "--folder", "own", "--dry-run")
        assert result.exit_code == 0, result.stderr
        assert "value: JP A0269 M jp_shk_basic" in result.stdout
        assert "(was 0.452)" in result.stdout
        assert "17 rows taken, 9 held already, 0 lines refused; would be written" in result.stdout
        assert not (tmp_path / "own").exists()

    def test_refused_lines(self, tmp_path: Path) -> None:
        """A line that cannot be read is told with number and reason; the others are taken."""
        line = "メニューB         0.000397      0.000391"
        wrong = LAYOUT.replace(line, "メニューB    0.00O397   -")
        (tmp_path / "list.txt").write_text(wrong, encoding="utf-8")
        result = run("import", "list.txt", *EDITION, "--folder", "own")
        assert result.exit_code == 1
        assert "line 25: no coefficient could be read: メニューB    0.00O397   -" in result.stderr
        assert "15 rows taken, 9 held already, 1 lines refused; written to" in result.stdout

    def test_again(self, tmp_path: Path) -> None:
        """The same list again has nothing new; another one of the same day needs its own day."""
        (tmp_path / "list.txt").write_text(LAYOUT, encoding="utf-8")
        run("import", "list.txt", *EDITION, "--folder", "own")
        again = run("import", "list.txt", *EDITION, "--folder", "own")
        assert "0 rows taken, 26 held already, 0 lines refused; nothing new" in again.stdout
        more = LAYOUT.replace("A9030   終わりの", "A9031   別の")
        (tmp_path / "list.txt").write_text(more, encoding="utf-8")
        result = run("import", "list.txt", *EDITION, "--folder", "own")
        assert result.exit_code == 1
        assert "is there already (give this edition its own --known-on" in result.stderr

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (None, "list.txt cannot be read: No such file"),
            (b"%PDF-1.7", "the file is a PDF (make text of it: pdftotext -layout"),
            (b"nothing", "list.txt holds no row of the list"),
            (LAYOUT.replace("令和7", "令和6").encode(), "for activity of FY2024, not FY2025"),
        ],
    )
    def test_other_files(self, tmp_path: Path, content: bytes | None, message: str) -> None:
        """A file that is not this list is one line with a hint, and nothing is written."""
        if content is not None:
            (tmp_path / "list.txt").write_bytes(content)
        result = run("import", "list.txt", *EDITION, "--folder", "own")
        assert result.exit_code == 1
        assert message in result.stderr
        assert not (tmp_path / "own").exists()

"""Thresholds: every row explained and used, a plant's own values, every fault of its file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collector.errors import ConfigError
from collector.findings.rules.table import RULES
from collector.findings.threshold_files import Thresholds
from tests.collector.findings.plants import found_in, of_rule, plant_of, year_of

ROOT = Path(__file__).resolve().parents[3] / "collector" / "findings"


def test_every_row_is_explained_and_dated() -> None:
    """Each row says in both languages what it decides, whence it comes, and since when."""
    rows = Thresholds.shipped().rows
    assert rows
    for row in rows.values():
        assert row.ja != row.en
        assert len(row.source) > 8
        assert row.confidence in ("high", "medium", "low")
        assert date.fromisoformat(row.since) <= date(2026, 12, 31)


def test_every_row_is_used_by_the_code_and_every_rule_has_one() -> None:
    """No row lies idle: its id, or what it is built from, stands in the rules' code."""
    code = "".join(path.read_text(encoding="utf-8") for path in ROOT.rglob("*.py"))
    for name in Thresholds.shipped().rows:
        stem = name.rsplit("_", 1)[0]
        built = any(f"{part}_{{" in code or f"{part}{{" in code for part in (stem, name))
        assert f'"{name}"' in code or built or _in_parts(name, code), name
    of_rules = {row.rule for row in Thresholds.shipped().rows.values()}
    assert {rule.name for rule in RULES} <= of_rules
    assert of_rules <= {rule.name for rule in RULES} | {"general"}


def _in_parts(name: str, code: str) -> bool:
    # power_factor.target_percent and compressor_idle.off_percent are put together.
    rule, _, rest = name.partition(".")
    return any(f"{rule}.{rest[:cut]}{{" in code for cut in range(len(rest)))


def test_a_plants_own_value_decides_and_is_told(tmp_path: Path) -> None:
    """A share of 30 % silences a standby of 20 %, and the row carries the plant's own reason."""
    own = tmp_path / "my.toml"
    own.write_text(
        '[[threshold]]\nid = "standby.share"\nvalue = 0.3\nreason = "cold store"\n',
        encoding="utf-8",
    )
    thresholds = Thresholds.shipped().with_file(own)
    year = year_of()
    load = plant_of(year, {"press": year.load(50.0, 10.0)})
    assert of_rule(found_in(load, "standby"), "standby")
    assert not found_in(load, "standby", thresholds=thresholds).found
    assert "cold store" in thresholds.row("standby.share").source
    assert "0.1" in thresholds.row("standby.share").source


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not toml", "not TOML"),
        ("value = 3", "[[threshold]] tables only"),
        ('[[threshold]]\nid = "standby.shar"\nvalue = 1\nreason = "x"', "near: standby.share"),
        ('[[threshold]]\nid = "standby.share"\nvalue = "1"\nreason = "x"', "not a number"),
        ('[[threshold]]\nid = "standby.share"\nvalue = -1\nreason = "x"', "not a number"),
        ('[[threshold]]\nid = "standby.share"\nvalue = nan\nreason = "x"', "not a number"),
        ('[[threshold]]\nid = "standby.share"\nvalue = 1', "reason: missing"),
        ('[[threshold]]\nid = "standby.share"\nvalue = 1\nreason = "x"\nunit = "%"', "unknown key"),
        (2 * '[[threshold]]\nid = "standby.share"\nvalue = 1\nreason = "x"\n', "given twice"),
        ("threshold = [1]", "not a table"),
    ],
)
def test_each_fault_of_an_own_file_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    """Whatever is wrong with the file is named with file, place and what to write."""
    own = tmp_path / "my.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as error:
        Thresholds.shipped().with_file(own)
    assert any(said in fault for fault in error.value.faults)
    assert all(str(own) in fault for fault in error.value.faults)
    assert error.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing file of thresholds is one line with its path."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml: cannot be read"):
        Thresholds.shipped().with_file(tmp_path / "nowhere.toml")

"""The table that the records become."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults import report
from tests.faults.report import BEGIN, END
from tests.faults.trial import FIRST_SEED, RECORDS


def _record(**facts: Any) -> dict[str, Any]:
    counts = dict.fromkeys(report.COUNTS, 0) | {"served": 10, "stored": 10}
    plain = {
        "fault": 15, "test": "test_a.py::test_a", "injected": "SIGKILL", "times": 3, "kept": True,
        "seed": FIRST_SEED, "nemesis": "", "seconds": 2.4, "at": 1.0,
    }  # fmt: skip
    return plain | counts | facts


def _keep(folder: Path, *records: dict[str, Any]) -> None:
    lines = "".join(json.dumps(record) + "\n" for record in records)
    (folder / "main.jsonl").write_text(lines, encoding="utf-8")


def test_newest_record_of_a_trial_counts(tmp_path: Path) -> None:
    """A trial that was run again stands once, with its newest counts, in order of faults."""
    other = _record(fault=3, test="test_b.py::test_b")
    _keep(tmp_path, _record(at=1.0, served=1), _record(at=2.0, served=2), other)
    found = report.read(tmp_path)
    assert [(record["fault"], record["served"]) for record in found] == [(3, 10), (15, 2)]


def test_table_goes_between_the_markers(tmp_path: Path) -> None:
    """Text around the table stays; writing twice changes nothing."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n", "utf-8")
    report.write(page, [_record()])
    once = page.read_text("utf-8")
    report.write(page, [_record()])
    assert page.read_text("utf-8") == once
    assert once.startswith("before\n")
    assert once.endswith("after\n")
    assert "old" not in once
    assert "| 15 | SIGKILL | 3 | 10 | 10 | 0 |" in once


def test_page_without_markers_gets_them(tmp_path: Path) -> None:
    """A page that has no place for the table gets one at its end."""
    page = tmp_path / "page.md"
    page.write_text("words\n", "utf-8")
    report.write(page, [_record()])
    text = page.read_text("utf-8")
    assert text.startswith(f"words\n\n{BEGIN}")


def test_seed_is_told_where_it_is_another() -> None:
    """The command repeats the very choices of the trial."""
    test = "'tests/faults/test_a.py::test_a'"
    assert report.command(_record(seed=7)) == f"SEED=7 FAULTS=all pytest {test}"
    assert report.command(_record(nemesis="20m")) == f"NEMESIS=20m pytest {test}"
    assert report.command(_record()) == f"FAULTS=all pytest {test}"


def test_broken_promise_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost reading is in the table, in bold, and in the exit code."""
    monkeypatch.setenv(RECORDS, str(tmp_path))
    _keep(tmp_path, _record(lost=1, kept=False))
    page = tmp_path / "page.md"
    assert report.main([str(page)]) == 1
    assert "15 **broken**" in page.read_text("utf-8")
    assert "broken: test_a.py::test_a" in capsys.readouterr().out


def test_no_records_say_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without any record nothing is written."""
    monkeypatch.setenv(RECORDS, str(tmp_path))
    assert report.main([str(tmp_path / "page.md")]) == 1
    assert not (tmp_path / "page.md").exists()
    assert "run `make walk` first" in capsys.readouterr().out

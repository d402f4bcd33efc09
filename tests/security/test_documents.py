"""The security papers are true: what they name exists, and both languages say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from edge_agent.config.parts import HealthSettings
from edge_agent.contract import wire
from edge_agent.first_settings.document import PAGE_LISTEN
from edge_agent.page.server import LARGEST_BODY
from edge_agent.process.bounded import DEEPEST, SETTINGS_BYTES
from tests.security.canaries import ROOT

PAPERS = [*sorted((ROOT / "deploy/security").glob("*.md")), ROOT / "SECURITY.md"]
_NAMED = re.compile(r"`((?:tests|deploy|collector|edge_agent|\.github)/[\w./-]+)(?:::(\w+))?`")
_LINK = re.compile(r"\]\(([^)#:]+)\)")


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_proof_exists(paper: Path) -> None:
    """Each file and test that a paper names, and each page that it links."""
    text = paper.read_text("utf-8")
    wrong = []
    for place, test in _NAMED.findall(text):
        path = ROOT / place
        if not path.exists() or (test and f"def {test}(" not in path.read_text("utf-8")):
            wrong.append(f"{place}::{test}" if test else place)
    wrong += [link for link in _LINK.findall(text) if not (paper.parent / link).exists()]
    assert wrong == []


def _rows(path: Path, heading: str = "") -> list[list[str]]:
    text = path.read_text("utf-8")
    part = text[text.index(heading) :] if heading else text
    lines = [line for line in part.splitlines() if line.startswith("|") and "---" not in line]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_threat_has_an_answer_and_a_proof() -> None:
    """Each row, numbered without a hole; every kind of STRIDE is there."""
    path = ROOT / "deploy/security/threat-model.md"
    rows = [row for row in _rows(path) if re.fullmatch(r"T\d+", row[0])]
    assert [row[0] for row in rows] == [f"T{n}" for n in range(1, len(rows) + 1)]
    assert len(rows) >= 30
    for row in rows:
        assert len(row) == 6
        assert all(row)
        assert _NAMED.search(row[5]) or row[5].startswith("`"), row
    kinds = {kind for row in rows for kind in row[2].split(", ")}
    assert kinds == set("STRIDE")


@pytest.mark.parametrize("name", ["jc-star-and-en303645", "zone-sheet"])
def test_both_languages_say_the_same(name: str) -> None:
    """The same tables with as many rows and columns, the same proofs, ports and commands."""
    english, japanese = (ROOT / f"deploy/security/{name}{end}.md" for end in ("", ".ja"))
    assert [len(row) for row in _rows(english)] == [len(row) for row in _rows(japanese)]
    for found in (_NAMED, re.compile(r"`([^`]+)`"), re.compile(r"(?:TCP|UDP) \d+")):
        assert found.findall(english.read_text("utf-8")) == found.findall(
            japanese.read_text("utf-8")
        )


def test_all_headings_of_the_standard_are_answered() -> None:
    """EN 303 645 has thirteen."""
    rows = _rows(ROOT / "deploy/security/jc-star-and-en303645.md")[1:]
    assert [row[0].split()[0] for row in rows] == [f"5.{n}" for n in range(1, 14)]


def test_figures_are_those_of_the_program() -> None:
    """Bounds and ports are told as they are."""
    model = (ROOT / "deploy/security/threat-model.md").read_text("utf-8")
    assert f"payload {wire.MOST_BYTES >> 20} MiB" in model
    assert f"{SETTINGS_BYTES // 1_000_000} MB, {DEEPEST} levels" in model
    assert f"body {LARGEST_BODY // 1_000_000} MB" in model
    assert f"{wire.MAX_POLLS:,} polls" in model
    sheet = (ROOT / "deploy/security/zone-sheet.md").read_text("utf-8")
    assert PAGE_LISTEN.rpartition(":")[2] in sheet
    assert HealthSettings().listen.rpartition(":")[2] not in sheet  # it crosses no border


def test_the_way_to_report_is_the_repositorys_own() -> None:
    """No address is invented, and the times are there."""
    text = (ROOT / "SECURITY.md").read_text("utf-8")
    assert "Report a vulnerability" in text
    assert not re.search(r"[\w.]+@[\w.]+", text)
    assert "90 days" in text
    assert "support ends" in text

"""The sheet for the IT department: one A4 page in each language, and true."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from markdown_it import MarkdownIt

from collector.fleet_config import PORT
from edge_agent.config.parts import CareSettings, CareWord, HealthSettings, OutboxSettings
from edge_agent.first_settings.document import PAGE_LISTEN
from tests.services.missing import missing_service

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SHEETS = [DEPLOY / "it-sheet.md", DEPLOY / "it-sheet.ja.md"]
STYLE = """
@page { size: A4; margin: 12mm 14mm; }
body { font: 9pt/1.4 "Noto Sans", "Noto Sans CJK JP", sans-serif; margin: 0; }
h1 { font-size: 14pt; margin: 0 0 2mm; } h2 { font-size: 10pt; margin: 2.5mm 0 1mm; }
p, ul { margin: 0 0 1.5mm; } ul { padding-left: 5mm; }
table { border-collapse: collapse; width: 100%; margin: 0 0 2mm; }
td:first-child { width: 28%; }
td, th { border: 0.2mm solid #888; padding: 0.7mm 1.5mm; text-align: left; height: 3.5mm; }
"""


def _browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing_service("Chromium", "apt install chromium")
    return found


@pytest.mark.services
@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_it_is_one_page_of_a4(sheet: Path, tmp_path: Path) -> None:
    """As a browser prints it, with room to write into."""
    body = MarkdownIt().enable("table").render(sheet.read_text(encoding="utf-8"))
    page, paper = tmp_path / "sheet.html", tmp_path / "sheet.pdf"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{body}", encoding="utf-8"
    )
    browser = [_browser(), "--headless", "--no-sandbox", "--disable-gpu"]
    browser += [f"--user-data-dir={tmp_path / 'browser'}", "--no-pdf-header-footer"]
    command = [*browser, f"--print-to-pdf={paper}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert len(re.findall(rb"/Type\s*/Page\b", paper.read_bytes())) == 1


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_its_figures_are_those_of_the_program(sheet: Path) -> None:
    """Ports, bounds and places are told as they are."""
    text = sheet.read_text(encoding="utf-8")
    unit = (DEPLOY / "pi/edge-agent.service").read_text(encoding="utf-8")
    memory = re.findall(r"(?m)^MemoryMax=(\d+)M$", unit)
    ports = [where.rpartition(":")[2] for where in (HealthSettings().listen, PAGE_LISTEN)]
    outbox_mb = f"{OutboxSettings().max_mb:g}"
    for fact in (*ports, f"{memory[0]} MB", f"{outbox_mb} MB", "8883", "/var/lib/mieruka"):
        assert fact in text, fact


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_what_comes_from_afar_is_told_as_it_is(sheet: Path) -> None:
    """The fleet server's port, who decides, and how code comes in; each name is a real one."""
    text = sheet.read_text(encoding="utf-8")
    for fact in (f"TCP {PORT}", "`[care] allow`", "`[]`", "`config`", "`update`"):
        assert fact in text, fact
    changing = {"config", "update"}
    assert not changing & set(CareSettings().allow)
    assert changing < set(get_args(CareWord))
    assert CareSettings(allow=()).allow == ()
    assert "`install.sh --keys`" in text
    assert "--keys FILE" in (DEPLOY / "pi/install.sh").read_text(encoding="utf-8")
    for named in re.findall(r"`deploy/([\w/-]+)`", text):
        assert (DEPLOY / named).exists(), named


def test_both_languages_say_the_same() -> None:
    """As many headings, rows and points in one as in the other."""
    shapes = [
        [
            line[0]
            for line in sheet.read_text(encoding="utf-8").splitlines()
            if line.startswith(("#", "|", "-"))
        ]
        for sheet in SHEETS
    ]
    assert shapes[0] == shapes[1]

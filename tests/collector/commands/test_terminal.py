"""What every command prints with: nothing cut off, every text as it was written."""

from __future__ import annotations

import io
import json
import sys

import pytest
from rich.table import Table

from collector.commands.terminal import one_line, out, print_json, print_table


@pytest.fixture
def table() -> Table:
    """A row whose figures, names and sentences need more than a narrow screen."""
    made = Table()
    made.add_column("meter", no_wrap=True)
    made.add_column("kWh", justify="right", no_wrap=True)
    made.add_column("name")
    made.add_row("hall-b-rest-of-the-north", "1,234,567,890.123", "Press [old] " + "x" * 40)
    return made


@pytest.mark.parametrize("width", [30, 80, 120])
def test_no_figure_is_cut(
    table: Table, width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids and figures stand whole on a screen of any width, and folded names lose no letter."""
    monkeypatch.setattr(out, "width", width)
    print_table(table)
    shown = capsys.readouterr().out
    assert "hall-b-rest-of-the-north" in shown
    assert "1,234,567,890.123" in shown
    assert shown.count("x") == 40
    assert "…" not in shown


def test_texts_are_no_markup(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    """A name in square brackets is a name, not a style."""
    print_table(table)
    assert "[old]" in capsys.readouterr().out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp932", "utf-8"])
def test_any_terminal_will_do(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the terminal has no Japanese letters, figures come all the same, and JSON is whole."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    with one_line():
        out.print("42.5 kWh 受電 仙台", markup=False)
        print_json({"name": "受電", "place": "Zürich"})
    sys.stdout.flush()
    text, document = raw.getvalue().decode(encoding).splitlines()
    assert text.startswith("42.5 kWh ")
    assert json.loads(document) == {"name": "受電", "place": "Zürich"}

"""The notebook that people copy runs from top to bottom on a plant, and is kept without outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.collector.plant_year import plant_year

FILE = Path(__file__).resolve().parents[2] / "deploy" / "notebooks" / "load_profile.ipynb"
PICTURES = 6
"""Heat map, two seasons of typical days, duration, base load, weather."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The outputs of all cells, on a year of a plant."""
    folder = tmp_path_factory.mktemp("notebook")
    settings = plant_year(folder)
    notebook = nbformat.read(FILE, as_version=4)  # type: ignore[no-untyped-call]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MIERUKA_SETTINGS", str(settings))
        patch.setenv("IPYTHONDIR", str(folder / "ipython"))
        client = NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str(folder)}}
        )
        client.execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def texts(outputs: list[dict[str, Any]], kind: str) -> list[str]:
    """Everything of a kind that the cells showed."""
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


def test_it_is_kept_without_outputs() -> None:
    """No figures of anybody's plant are in the file, nor the traces of a run."""
    held = json.loads(FILE.read_text(encoding="utf-8"))
    code = [cell for cell in held["cells"] if cell["cell_type"] == "code"]
    assert code
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.timeout(240)
def test_every_picture_is_drawn(ran: list[dict[str, Any]]) -> None:
    """By the pictures of our own reports, without a word on stderr."""
    pictures = texts(ran, "image/svg+xml")
    assert len(pictures) == PICTURES
    assert all(picture.lstrip().startswith("<svg") for picture in pictures)
    assert [output for output in ran if output.get("name") == "stderr"] == []


def test_tables_have_the_plant_in_them(ran: list[dict[str, Any]]) -> None:
    """Peaks with their circuits, shares by circuit, findings with yen."""
    tables = texts(ran, "text/html")
    assert any("press" in table for table in tables)
    assert any("コンプレッサー" in table and "standby kWh" in table for table in tables)
    assert any("yen/y" in table for table in tables)

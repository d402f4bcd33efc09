"""One filled plant for all tests that do not change it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.backup.plant import back_up, close_april, make_plant


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of a plant in a SQLite store, its April closed."""
    file = make_plant(tmp_path_factory.mktemp("plant") / "a")
    close_april(file)
    return file


@pytest.fixture(scope="module")
def backup(plant: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it, with its secrets."""
    to = tmp_path_factory.mktemp("backup") / "plant.zip"
    back_up(plant, to, "--with-secrets")
    return to

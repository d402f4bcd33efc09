"""Some sites in one store, made once for the tests of the portfolio."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.collector.plant_sites import portfolio_sites, without_store
from tests.collector.portfolio.some_sites import END, FIRST, SILENT


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings of six sites with two months each; one of them has nothing in its store."""
    path = portfolio_sites(tmp_path_factory.mktemp("sites"), 6, first=FIRST, end=END)
    without_store(path, SILENT)
    return path

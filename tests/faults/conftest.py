"""What every trial gets, and which of them run: see README.md in this folder."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from tests.faults.trial import NEMESIS, Trial, records_folder, seed

FOLDER = Path(__file__).parent


def pytest_configure() -> None:
    """A random mix that is given no seed takes a new one, the same in every worker."""
    if os.environ.get(NEMESIS):
        new = str(random.SystemRandom().randrange(1, 10**6))
        os.environ["SEED"] = os.environ.get("SEED") or new


def pytest_report_header() -> str:
    """Say what repeats this run, and where its counts are."""
    return f"faults: SEED={seed()}, records in {records_folder()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what only ``FAULTS=all`` runs, and with ``NEMESIS`` all but the random mix."""
    for item in items:
        if FOLDER in item.path.parents and (reason := _left_out(item)):
            item.add_marker(pytest.mark.skip(reason=reason))


def _left_out(item: pytest.Item) -> str:
    """Why a trial does not run; empty when it does."""
    if os.environ.get(NEMESIS) and item.path.name != "test_nemesis.py":
        return "only the random mix runs with NEMESIS"
    if item.get_closest_marker("nightly") and os.environ.get("FAULTS") != "all":
        return "runs with FAULTS=all (make walk FAULTS=all)"
    return ""


@pytest.fixture
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Trial:
    """The trial of this test."""
    name = request.node.nodeid.split("tests/faults/")[-1]
    folder = tmp_path / "trial"
    folder.mkdir()
    return Trial(name, folder)

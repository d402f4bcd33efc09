"""A season of figures, made once for all tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collector.figures.season import Season


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """Four months with every figure made. Only read it."""
    made = Season.open(tmp_path_factory.mktemp("season"))
    made.mark_all()
    made.run()
    yield made
    made.close()

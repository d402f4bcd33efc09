"""The plant that the tests of the API share: nothing of it is changed but its tokens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collector.api.served import Client, Plant
from tests.collector.api.served import plant as served_plant


@pytest.fixture(scope="session")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """Two months of a plant behind the API."""
    with served_plant(tmp_path_factory.mktemp("api-plant")) as made:
        yield made


@pytest.fixture(scope="session")
def client(plant: Plant) -> Client:
    """A client that sees everything."""
    return plant.client(plant.token())

"""A fresh Grafana of each version; boards and alerts of the case in place of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.collector.boards import case
from tests.grafana.fake_grafana import FakeGrafana, running_grafana

VERSIONS = ("9.4.0", "11.6.0", "13.0.0")


@pytest.fixture(params=VERSIONS)
def each_grafana(request: pytest.FixtureRequest) -> Iterator[FakeGrafana]:
    """Run a fresh, empty Grafana of each version we know the rules of."""
    with running_grafana(version=request.param) as running:
        yield running


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    """Run a fresh, empty Grafana 13."""
    with running_grafana() as running:
        yield running


@pytest.fixture(autouse=True)
def one_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ship one board a language, and no alerts: what the package ships is another matter."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", case.one_board)
    monkeypatch.setattr("collector.boards.wanted.alert_texts", lambda language: iter(()))


@pytest.fixture
def all_boards(monkeypatch: pytest.MonkeyPatch, one_board: None) -> None:
    """Ship boards of sites and over sites."""
    monkeypatch.setattr("collector.boards.wanted.board_texts", case.boards)


@pytest.fixture
def with_alerts(monkeypatch: pytest.MonkeyPatch, one_board: None) -> None:
    """Ship the alerts of the case."""
    monkeypatch.setattr("collector.boards.wanted.alert_texts", case.shipped)

"""What these tests have in common: they hear what polling tells."""

from __future__ import annotations

import logging

import pytest


@pytest.fixture(autouse=True)
def _heard(caplog: pytest.LogCaptureFixture) -> None:
    """The log of polling, whatever an earlier test has made of its level."""
    caplog.set_level(logging.INFO, logger="edge_agent.poll")

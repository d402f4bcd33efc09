"""What to do when a real service is not on this machine: say so loudly, or fail in CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

REQUIRE = "MIERUKA_REQUIRE_SERVICES"


def missing_service(name: str, hint: str) -> NoReturn:
    """Skip the test with a visible reason; fail it when ``MIERUKA_REQUIRE_SERVICES=1``."""
    text = f"REAL SERVICE MISSING: {name}. To run this test: {hint}"
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(text, pytrace=False)
    pytest.skip(text)

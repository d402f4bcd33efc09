"""Headless Chromium as a fixture: pages are looked at as a reader sees them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.missing import missing_service

Screenshot = Callable[[str | Path, Path, int, int], None]
"""(page URL or file, PNG file to write, width in px, height in px)"""

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def _browser() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing_service("Chromium", "apt install chromium")
    return found


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Screenshot:
    """A function that renders a page to a PNG file."""
    browser = _browser()

    def shoot(page: str | Path, png: Path, width: int, height: int) -> None:
        url = page.resolve().as_uri() if isinstance(page, Path) else page
        profile = tmp_path_factory.mktemp("chromium")
        command = [browser, *_FLAGS, f"--user-data-dir={profile}"]
        command += [f"--window-size={width},{height}", f"--screenshot={png}", url]
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    return shoot

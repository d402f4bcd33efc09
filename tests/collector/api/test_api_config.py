"""The section [api]: what is taken, and each fault as one line with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector import config
from collector.api_config import ApiSettings
from collector.errors import ConfigError
from tests.collector.commands.plant_files import settings_file


def test_without_the_section_the_api_is_off(tmp_path: Path) -> None:
    """Nobody opens a door by updating."""
    assert config.load(settings_file(tmp_path)).api == ApiSettings()
    assert ApiSettings().listen == ""


def test_all_of_it_is_read(tmp_path: Path) -> None:
    """Every key there is."""
    text = """
[api]
listen = "127.0.0.1:9880"
root_path = "/mieruka"
trusted_proxies = ["127.0.0.1", "::1"]
page_rows = 500
most_rows = 2000
requests_per_minute = 60
"""
    found = config.load(settings_file(tmp_path, text)).api
    assert found.listen == "127.0.0.1:9880"
    assert found.trusted_proxies == ("127.0.0.1", "::1")
    assert (found.page_rows, found.most_rows, found.requests_per_minute) == (500, 2000, 60)


@pytest.mark.parametrize(
    "line",
    [
        'listen = "9880"', 'listen = "::1:9880"', 'root_path = "mieruka"', 'root_path = "/x/"',
        'trusted_proxies = ["proxy"]', 'trusted_proxies = ["10.0.0.0/8"]', "page_rows = 0",
        "most_rows = 1000000", "requests_per_minute = 0", 'token = "x"',
    ],
)  # fmt: skip
def test_a_fault_is_one_line_with_a_hint(tmp_path: Path, line: str) -> None:
    """It names the key and what to write."""
    with pytest.raises(ConfigError) as caught:
        config.load(settings_file(tmp_path, f"[api]\n{line}\n"))
    (fault,) = caught.value.faults
    assert f"api.{line.split(' ')[0]}" in fault
    assert fault.endswith(")")

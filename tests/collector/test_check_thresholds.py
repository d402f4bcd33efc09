"""`collector check` reads the plant's own thresholds of findings."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from collector import config
from collector.check import Finding, findings

SETTINGS = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1"
[store]
kind = "sqlite"
path = "store.sqlite"
[findings]
thresholds = "own.toml"
[[sites]]
id = "sendai"
time_zone = "UTC"
[[sites.meters]]
id = "main"
"""


def told(folder: Path, thresholds: str) -> Finding:
    """What the check says of a thresholds file."""
    (folder / "own.toml").write_text(thresholds, encoding="utf-8")
    (folder / "collector.toml").write_text(SETTINGS, encoding="utf-8")
    settings = config.load(folder / "collector.toml")
    found = findings(settings, date(2026, 11, 1), broker_timeout_s=0.1)
    return next(one for one in found if one.subject == "findings")


def test_sound_thresholds_are_named(tmp_path: Path) -> None:
    """The file that decides is told."""
    one = told(
        tmp_path, "[[threshold]]\nid = 'standby.share'\nvalue = 3.0\nreason = 'a small plant'\n"
    )
    assert (one.ok, one.text.endswith("own.toml")) == (True, True)


@pytest.mark.parametrize(
    "text", ["[[threshold]]\nid = 'no.such'\nvalue = 1.0\nreason = 'x'\n", "[[threshold"]
)
def test_thresholds_with_faults_fail_the_check(tmp_path: Path, text: str) -> None:
    """A row of an unknown id, or a file that is no TOML, is one fault with its file."""
    one = told(tmp_path, text)
    assert not one.ok
    assert "own.toml" in one.text

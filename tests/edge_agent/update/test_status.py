"""`edge-agent update status` at the plant, in the language of its settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_agent.commands.updating import app
from edge_agent.update.standing import Phase, Standing, StandingFile

SETTINGS = """
[agent]
id = "pi-1"
site = "sendai"
state_dir = "state"
language = "{language}"
[mqtt]
url = "mqtt://127.0.0.1:1"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""


def status(folder: Path, language: str) -> str:
    """What the command prints."""
    file = folder / "agent.toml"
    file.write_text(SETTINGS.format(language=language), encoding="utf-8")
    result = CliRunner().invoke(app, ["status", "-c", str(file)])
    assert result.exit_code == 0, result.output
    return str(result.stdout.strip())


@pytest.mark.parametrize(
    ("phase", "reason", "english", "japanese"),
    [
        ("", "", "no update was ever asked for", "更新の指示はまだありません"),
        ("done", "", "a-1.zip: done", "a-1.zip: 完了"),
        ("fetching", "", "a-1.zip: is being fetched", "a-1.zip: 取得中"),
        ("handed", "", "a-1.zip: handed to root, to be installed", "導入待ち"),
        ("failed", "no room", "a-1.zip: failed: no room", "a-1.zip: 失敗: no room"),
    ],
)
def test_each_phase_has_its_words(
    tmp_path: Path, phase: Phase, reason: str, english: str, japanese: str
) -> None:
    """No name of the program's own stands for how far an update has come."""
    if phase:
        standing = Standing("a-1.zip", "0" * 64, 1, phase, "1", reason, 1)
        StandingFile(tmp_path / "state/update").save(standing)
    assert status(tmp_path, "en") == english
    assert japanese in status(tmp_path, "ja")

"""Keys of single tables set in texts that people wrote: nothing else changes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from edge_agent import settings_file
from edge_agent.errors import ConfigError
from edge_agent.settings_file.tables import with_keys

TEXT = """\
# The agent of hall 2.
[agent]
id = "a-1"      # do not change

[mqtt]
url = "mqtt://old:1883"   # the old broker
username = "a-1"
# password_file = "later"

# --- lines ---
[[links]]
id = "lan"
"""


def test_keys_are_set_and_taken_out_where_they_stand() -> None:
    """Remarks stay with their lines; new keys go before the remarks at the end."""
    text = with_keys(TEXT, "mqtt", {"url": "mqtts://new", "username": None, "ca_file": "ca.pem"})
    assert text == TEXT.replace('"mqtt://old:1883"', '"mqtts://new"').replace(
        'username = "a-1"\n', 'ca_file = "ca.pem"\n'
    )


def test_a_table_that_is_missing_comes_at_the_end() -> None:
    """An agent that was in no fleet until now."""
    text = with_keys(TEXT, "fleet", {"url": "https://a.example:8884"})
    assert text == f'{TEXT}\n[fleet]\nurl = "https://a.example:8884"\n'


@pytest.mark.parametrize(
    "text",
    [
        'mqtt = { url = "a", username = "b" }\n',
        'mqtt.url = "a"\nmqtt.username = "b"\n',
        '["mqtt"]\nurl = "a"\nusername = "b"\n',
        '[mqtt]\nurl = "a"\nusername = "b"',
        '[agent]\nid = "[mqtt]"\n[mqtt]\nurl = "a"\nusername = "b"\n',
    ],
)
def test_any_way_to_write_a_table_is_understood(text: str) -> None:
    """What comes out means what was wanted; nothing is ever half changed."""
    wanted = tomllib.loads(text)
    wanted["mqtt"] = {"url": "new", "ca_file": "c"}
    changes = {"url": "new", "username": None, "ca_file": "c"}
    assert tomllib.loads(with_keys(text, "mqtt", changes)) == wanted


def test_a_change_that_makes_a_fault_changes_nothing(tmp_path: Path) -> None:
    """The file is looked through before it takes the other's place."""
    file = tmp_path / "agent.toml"
    text = (
        '[agent]\nid = "a"\nsite = "s"\n[mqtt]\nurl = "mqtt://h"\n[page]\nlisten = "0.0.0.0:9873"\n'
    )
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"fleet\.url"):
        settings_file.change_tables(file, {"fleet": {"url": "nowhere"}})
    assert file.read_text("utf-8") == text
    settings_file.change_tables(file, {"fleet": {"url": "https://a.example"}})
    assert tomllib.loads(file.read_text("utf-8"))["fleet"] == {"url": "https://a.example"}

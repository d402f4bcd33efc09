"""What is no fault of the settings, but should be known before the values are trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent.commands.told import doubts
from edge_agent.config import AgentSettings
from edge_agent.words import in_language
from tests.edge_agent.profile_texts import GOOD, write

MORE = "current_l2_a = { address = 0x0001, verified = false }\n"
SECONDARY = GOOD.replace('"manual"', '"manual"\nvalues = "secondary"')
ITSELF = SECONDARY.replace("scale = 0.1", 'scale = 0.1, scale_by = ["vt"]') + (
    '[settings.vt]\nfunction = 3\naddress = 7\nformat = "u16"\n'
)


def _settings(profile: str, **meter: object) -> AgentSettings:
    row = {"id": "main", "link": "bus", "unit_id": 1, "profile": profile, **meter}
    return AgentSettings.model_validate(
        {
            "agent": {"id": "a-1", "site": "plant"},
            "mqtt": {"url": "mqtt://127.0.0.1"},
            "links": [{"id": "bus", "kind": "tcp", "host": "127.0.0.1"}],
            "meters": [row],
        }
    )


@pytest.mark.parametrize(
    ("text", "meter", "told"),
    [
        (GOOD, {}, ""),
        (GOOD.replace('"manual"', '"none"'), {}, "acme.toml is unverified"),
        (GOOD.replace('"manual"', '"code"'), {}, "acme.toml is unverified"),
        (GOOD.replace("scale = 0.1", "verified = false"), {}, "the meter's display: voltage_l1_v"),
        (
            GOOD.replace("address", "verified = false, address") + MORE,
            {},
            "voltage_l1_v, current_l1_a, current_l2_a, frequency_hz + 1",
        ),
        (GOOD, {"ct_ratio": 80}, "shows primary values, and ct_ratio or vt_ratio multiplies"),
        (GOOD, {"vt_ratio": 60}, "shows primary values, and ct_ratio or vt_ratio multiplies"),
        (SECONDARY, {}, "shows secondary values: set ct_ratio and vt_ratio"),
        (SECONDARY, {"ct_ratio": 80}, ""),
        (ITSELF, {}, ""),
        (ITSELF, {"vt_ratio": 60}, "its ratios are read from the meter, and ct_ratio or"),
    ],
)
def test_doubts_are_told(tmp_path: Path, text: str, meter: dict[str, object], told: str) -> None:
    """Maps that rest on little, and ratios that count twice or not at all, in both languages."""
    lines = list(doubts(_settings(write(tmp_path, text), **meter)))
    if not told:
        assert lines == []
        return
    (line,) = lines
    assert told in line
    assert in_language(line, "ja").startswith("注意: ")

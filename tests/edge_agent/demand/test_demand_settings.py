"""The table [demand]: what is accepted, and every fault with its hint."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from edge_agent import config
from edge_agent.errors import ConfigError
from tests.edge_agent.demand.plans import settings

TEXT = """
[agent]
id = "a-1"
site = "s"
[mqtt]
url = "mqtt://broker"
[demand]
meter = "main"
contract_kw = 300
[[demand.actions]]
on = "alarm"
kind = "mqtt"
owner = "Sato"
[[links]]
id = "lan"
kind = "tcp"
host = "192.0.2.10"
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""


def test_the_target_is_a_share_of_the_contract_unless_it_is_given() -> None:
    """95 % of 300 kW is 285 kW; a target in kW stands above it."""
    assert settings(target_kw=None, contract_kw=300.0).target_w == pytest.approx(285_000)
    assert settings(contract_kw=300.0, target_kw=250.0).target_w == 250_000


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'meter = "main"',
            'meter = "maine"',
            'demand.meter = "maine": no such meter (did you',
        ),
        ("contract_kw = 300", "", "no target (write target_kw, or contract_kw"),
        ("contract_kw = 300", "contract_kw = 300\ntarget_kw = 301", "above the contract power"),
        ("contract_kw = 300", "contract_kw = 300\nwindow_minutes = 20", "demand.window_minutes"),
        ("contract_kw = 300", 'contract_kw = 300\nboundary_meter = "x"', "no such meter"),
        ('owner = "Sato"', "", "demand.actions[0].owner: missing"),
        ('kind = "mqtt"', 'kind = "webhook"', "demand.actions[0].url"),
        ('kind = "mqtt"', 'kind = "webhook"\nurl = "ftp://x"', "not a web address (write http"),
        ('kind = "mqtt"', 'kind = "webhook"\nurl = "http://[::1"', "not a web address"),
        ('kind = "mqtt"', 'kind = "mqtt"\nurl = "http://x"', "has no meaning for mqtt"),
        ('kind = "mqtt"', 'kind = "relay"', "pin = None: missing (write the GPIO"),
        ('kind = "mqtt"', 'kind = "mqtt"\npin = 4', "has no meaning for mqtt"),
    ],
)
def test_every_fault_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    """One line with path, value and what to write."""
    assert old in TEXT
    path = tmp_path / "agent.toml"
    path.write_text(TEXT.replace(old, new, 1))
    with pytest.raises(ConfigError) as error:
        config.load(path)
    assert any(told in fault for fault in error.value.faults), error.value.faults


def test_a_guard_without_any_target_is_refused() -> None:
    """Neither target nor contract."""
    with pytest.raises(ValidationError, match="no target"):
        settings(target_kw=None)

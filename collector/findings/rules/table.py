"""Every rule: to add one is a file and a row."""

from __future__ import annotations

from collector.findings.draft import Rule
from collector.findings.rules import (
    air_conditioning,
    closed_day,
    compressor_idle,
    compressor_leak,
    compressor_pressure,
    contract_power,
    grid_shift,
    lunch,
    peak,
    power_factor,
    staggered_start,
    standby,
    tariff_switch,
    transformer_merge,
    transformer_unused,
)

RULES: tuple[Rule, ...] = (
    standby.RULE,
    closed_day.RULE,
    lunch.RULE,
    contract_power.RULE,
    peak.RULE,
    staggered_start.RULE,
    power_factor.RULE,
    tariff_switch.RULE,
    transformer_unused.RULE,
    transformer_merge.RULE,
    compressor_idle.RULE,
    compressor_pressure.RULE,
    compressor_leak.RULE,
    air_conditioning.RULE,
    grid_shift.RULE,
)

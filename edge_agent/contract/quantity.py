"""The quantities a reading may carry, each named with its unit.

This table is the one vocabulary of profiles, wire, store and boards. A name ends in its unit
(``active_power_w``); a value is always in that unit, never in kilo. Adding a quantity is adding
a row here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["gauge", "counter"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """One measurable quantity: name with unit, kind, and the words people read."""

    name: str
    unit: str
    kind: Kind
    label_en: str
    label_ja: str


def _gauge(name: str, unit: str, label_en: str, label_ja: str) -> Quantity:
    return Quantity(name, unit, "gauge", label_en, label_ja)


def _counter(name: str, unit: str, label_en: str, label_ja: str) -> Quantity:
    return Quantity(name, unit, "counter", label_en, label_ja)


_ROWS: tuple[Quantity, ...] = (
    _gauge("voltage_l1_v", "V", "Voltage L1-N", "電圧 L1-N"),
    _gauge("voltage_l2_v", "V", "Voltage L2-N", "電圧 L2-N"),
    _gauge("voltage_l3_v", "V", "Voltage L3-N", "電圧 L3-N"),
    _gauge("voltage_ln_avg_v", "V", "Voltage L-N, mean", "相電圧 平均"),
    _gauge("voltage_l1_l2_v", "V", "Voltage L1-L2", "線間電圧 L1-L2"),
    _gauge("voltage_l2_l3_v", "V", "Voltage L2-L3", "線間電圧 L2-L3"),
    _gauge("voltage_l3_l1_v", "V", "Voltage L3-L1", "線間電圧 L3-L1"),
    _gauge("voltage_ll_avg_v", "V", "Voltage L-L, mean", "線間電圧 平均"),
    _gauge("current_l1_a", "A", "Current L1", "電流 L1"),
    _gauge("current_l2_a", "A", "Current L2", "電流 L2"),
    _gauge("current_l3_a", "A", "Current L3", "電流 L3"),
    _gauge("current_n_a", "A", "Current N", "電流 N"),
    _gauge("current_avg_a", "A", "Current, mean", "電流 平均"),
    _gauge("active_power_w", "W", "Active power", "有効電力"),
    _gauge("active_power_l1_w", "W", "Active power L1", "有効電力 L1"),
    _gauge("active_power_l2_w", "W", "Active power L2", "有効電力 L2"),
    _gauge("active_power_l3_w", "W", "Active power L3", "有効電力 L3"),
    _gauge("reactive_power_var", "var", "Reactive power", "無効電力"),
    _gauge("reactive_power_l1_var", "var", "Reactive power L1", "無効電力 L1"),
    _gauge("reactive_power_l2_var", "var", "Reactive power L2", "無効電力 L2"),
    _gauge("reactive_power_l3_var", "var", "Reactive power L3", "無効電力 L3"),
    _gauge("apparent_power_va", "VA", "Apparent power", "皮相電力"),
    _gauge("apparent_power_l1_va", "VA", "Apparent power L1", "皮相電力 L1"),
    _gauge("apparent_power_l2_va", "VA", "Apparent power L2", "皮相電力 L2"),
    _gauge("apparent_power_l3_va", "VA", "Apparent power L3", "皮相電力 L3"),
    _gauge("power_factor", "", "Power factor", "力率"),
    _gauge("power_factor_l1", "", "Power factor L1", "力率 L1"),
    _gauge("power_factor_l2", "", "Power factor L2", "力率 L2"),
    _gauge("power_factor_l3", "", "Power factor L3", "力率 L3"),
    _gauge("frequency_hz", "Hz", "Frequency", "周波数"),
    _counter("active_energy_import_wh", "Wh", "Active energy, import", "有効電力量(受電)"),
    _counter("active_energy_export_wh", "Wh", "Active energy, export", "有効電力量(送電)"),
    _counter("reactive_energy_import_varh", "varh", "Reactive energy, import", "無効電力量(受電)"),
    _counter("reactive_energy_export_varh", "varh", "Reactive energy, export", "無効電力量(送電)"),
    _counter("pulse_count", "count", "Pulses", "パルス数"),
    _counter("production_count", "count", "Pieces produced", "生産数"),
    _counter("gas_volume_m3", "m3", "Gas volume", "ガス量"),
    _counter("water_volume_m3", "m3", "Water volume", "水量"),
    _counter("air_volume_m3", "m3", "Compressed air volume", "エア流量"),
    _counter("steam_mass_kg", "kg", "Steam", "蒸気量"),
    _counter("heat_energy_wh", "Wh", "Heat", "熱量"),
    _counter("modbus_answers_count", "count", "Modbus answers", "Modbus 応答数"),
    _counter("modbus_timeouts_count", "count", "Modbus timeouts", "Modbus 無応答数"),
    _counter("modbus_bad_answers_count", "count", "Modbus bad answers", "Modbus 異常応答数"),
    _counter("modbus_refusals_count", "count", "Modbus refusals", "Modbus 拒否応答数"),
    _gauge("modbus_latency_ms", "ms", "Modbus response time", "Modbus 応答時間"),
)

QUANTITIES: dict[str, Quantity] = {row.name: row for row in _ROWS}
"""Every quantity by its name, in the order people expect to read them."""

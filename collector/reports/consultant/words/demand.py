"""Demand: months against contract and target, the largest peaks, what shaving takes."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "demand": ("最大デマンドと契約電力", "Largest demand and contract power"),
    "demand_bars": ("月ごとの最大デマンド", "Largest demand by month"),
    "month_kw": ("{month}: {kw} kW", "{month}: {kw} kW"),
    "set_by": (
        "12か月ルールの契約電力は {kw} kW。{month}の最大デマンド {demand} kW で決まっています。",
        "By the 12-month rule the contract power is {kw} kW, set by the {demand} kW of {month}.",
    ),
    "agreed": (
        "契約電力は協議による {kw} kW。12か月の最大は{month}の {demand} kW です。",
        "The contract power of {kw} kW is agreed; the largest of 12 months is {demand} kW in "
        "{month}.",
    ),
    "negotiated": (
        "500 kW以上では、契約電力は電力会社との協議で決まります。",
        "From 500 kW on the contract power is agreed with the supplier.",
    ),
    "configured": (
        "設定にある契約電力は {kw} kW です。上の値と違うときは、契約書を確かめてください。",
        "The settings have a contract power of {kw} kW: where it differs, look into the contract.",
    ),
    "months_above": ("{level} を超えた月: {months}。", "{level} was passed in {months}."),
    "many_above": ("{level} を{n}か月で超えました。", "{level} was passed in {n} months."),
    "no_month_above": ("{level} を超えた月はありません。", "{level}: no month went above it."),
    "one_kw": (
        "12か月とも1 kW下げると、年 {amount} {unit} の節約です。",
        "One kW less in all twelve months saves {amount} {unit} a year.",
    ),
    "peaks": ("大きいデマンド20個と、その内訳", "The twenty largest half hours and who made them"),
    "peaks_lead": (
        "{n}個のうち{days}日に集中し、{hour}時台が{count}個で最も多い時間です。",
        "The {n} fall on {days} days; most often ({count} times) they begin in the hour of "
        "{hour}:00.",
    ),
    "rank": ("順位", "No."),
    "when": ("時刻", "When"),
    "kind_of_day": ("日", "Day"),
    "outside": ("気温", "Outside"),
    "largest_parts": ("大きい回路", "Largest circuits"),
    "rest_kw": ("未計測分", "Unmeasured"),
    "kind_working": ("稼働日", "working"),
    "kind_saturday": ("土曜", "Saturday"),
    "kind_sunday": ("日曜", "Sunday"),
    "kind_holiday": ("祝日", "holiday"),
    "kind_closed": ("休業日", "closed"),
    "shaving": ("ピークを下げるには", "What lowering the peak takes"),
    "shaving_lead": (
        "目標を超えるのは次の時間だけです。移す電力量と時間が、対策の大きさになります。",
        "Only these half hours stand above the target. The energy and time to move are the size "
        "of the task.",
    ),
    "target_col": ("目標", "Target"),
    "cut_col": ("削減", "Cut"),
    "above_col": ("超過電力量", "Energy above"),
    "slots_col": ("コマ数", "Half hours"),
    "days_col": ("日数", "Days"),
    "longest_col": ("最長", "Longest"),
    "largest_col": ("1回の最大", "Most at once"),
    "worth_col": ("効果/年", "Worth a year"),
    "times": ("個", "n"),
    "days_unit": ("日", "days"),
    "is_contract": ("{kw}(契約)", "{kw} (contract)"),
    "is_target": ("{kw}(目標)", "{kw} (target)"),
    "worth_note": (
        "効果は、12か月とも下げたときの基本料金の差です。協議制の契約では、契約の変更が必要です。",
        "Worth is the demand charge when all twelve months are lower; an agreed contract must be "
        "changed first.",
    ),
}

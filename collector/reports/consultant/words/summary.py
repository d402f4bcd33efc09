"""Page one: what the plant uses, and what it could save."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "title": ("{site} 省エネ診断レポート", "{site}: energy diagnosis"),
    "unfinished": (
        "期間はまだ終わっていません。値は途中までのものです。",
        "The period is not over: figures are those so far.",
    ),
    "partly": (
        "{days}日中{known}日分の値です。",
        "Figures of {known} of {days} days.",
    ),
    "not_a_year": (
        "期間は{days}日間です。年額は年換算で、季節の偏りを含みます。",
        "The period has {days} days: yearly amounts are extrapolated, seasons may weigh wrongly.",
    ),
    "energy": ("電力量", "Energy"),
    "energy_note": ("{known}日分、計測率 {coverage}%", "{known} days, coverage {coverage}%"),
    "bill": ("電気料金(計算値)", "Electricity bill (reckoned)"),
    "bill_note": (
        "検針月{n}か月分。1 kWhあたり {price} {unit}",
        "{n} billing months; {price} {unit} per kWh",
    ),
    "energy_charge": ("電力量料金", "Energy charge"),
    "no_bill_note": (
        "基本料金を除く。料金メニューは未設定か、検針月がそろわない",
        "without demand charge: no tariff is set, or no billing month is whole",
    ),
    "co2": ("CO₂排出量", "CO₂ emissions"),
    "co2_note": ("{method}", "{method}"),
    "no_co2": ("排出係数なし([[sites.contracts]])", "no emission factor ([[sites.contracts]])"),
    "oil": ("原油換算", "Crude-oil equivalent"),
    "oil_note": ("省エネ法の係数による", "by the heat value of the energy law"),
    "peak": ("最大デマンド(30分)", "Largest demand (30 min)"),
    "peak_note": ("{when}", "{when}"),
    "share_of_contract": (
        "契約電力 {contract} kW の{share}%",
        "{share}% of the contract power of {contract} kW",
    ),
    "load_factor": ("負荷率", "Load factor"),
    "load_factor_note": (
        "平均電力 {mean} kW ÷ 最大デマンド",
        "mean of {mean} kW ÷ largest demand",
    ),
    "base": ("ベース負荷", "Base load"),
    "base_note": (
        "日ごとの最小30分の中央値。電力量の{share}%",
        "median of each day's lowest 30 min; {share}% of the energy",
    ),
    "standby": ("操業時間外の電力量", "Energy outside operation"),
    "standby_note": (
        "{kwh} kWh、平均 {kw} kW(時間の{hours}%)",
        "{kwh} kWh at {kw} kW ({hours}% of the hours)",
    ),
    "not_said": ("データ不足", "not enough data"),
    # proposals on page one
    "short": ("改善提案の合計と上位5件", "All proposals together, and the best five"),
    "short_lead": (
        "提案は{n}件。合計は重なりを二重に数えていません。金額は年額、範囲は低い見込み〜高い見込みです。",
        "{n} proposals. The total counts overlaps once. Amounts are per year, low to high.",
    ),
    "sum_yen": ("削減額(年)", "Saving a year"),
    "sum_kwh": ("電力量(年)", "Energy a year"),
    "sum_co2": ("CO₂(年)", "CO₂ a year"),
    "co2_and_oil": (
        "{co2} · 原油換算 {kl} kL({low}〜{high})",
        "{co2} · crude oil {kl} kL ({low}–{high})",
    ),
    "of_use": ("{low}〜{high}。使用量の{share}%", "{low}–{high}; {share}% of the use"),
    "range": ("{low}〜{high}", "{low}–{high}"),
    "measure": ("対策", "Measure"),
    "yen_col": ("円/年", "yen a year"),
    "range_col": ("範囲", "range"),
    "kwh_col": ("kWh/年", "kWh a year"),
    "co2_col": ("t-CO₂/年", "t CO₂ a year"),
    "kl_col": ("kL/年", "kL a year"),
    "payback_col": ("回収年", "Payback (years)"),
    "confidence": ("確からしさ", "Confidence"),
    "high": ("高", "high"),
    "medium": ("中", "medium"),
    "low": ("低", "low"),
    "whole_site": ("工場全体", "whole site"),
    "no_proposals": (
        "この期間のデータからは、提案できる対策が見つかりませんでした。",
        "The data of this period give no measure to propose.",
    ),
    "no_proposals_hint": (
        "「データと限界」に、足りないデータと、調べて問題がなかった項目を示します。",
        "“Data and its limits” tells what is missing and what was found in order.",
    ),
    "no_prices": (
        "金額を計算できないため、提案を作れません。",
        "Without prices and a factor there are no proposals.",
    ),
    "basis": (
        "根拠: {window}。30分値の{known}%が既知、実測 {coverage}%、推定 {estimated}%。",
        "Basis: {window}; {known}% of half hours known, {coverage}% measured, "
        "{estimated}% estimated.",
    ),
}

"""Words of the board for demand."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("demand.title", "デマンド", "Demand"),
    Text(
        "demand.about",
        "30分デマンドを契約電力と目標に照らして見ます。12か月の最大が次の基本料金を決めます。",
        "Each half hour against contract and target; the 12-month maximum sets the basic charge.",
    ),
    Text("demand.row.now", "今月と契約電力", "This month and the contract"),
    Text("demand.row.slots", "30分コマ", "Half hours"),
    Text("demand.row.months", "月ごとの最大", "Monthly maxima"),
    Text("demand.row.peaks", "大きいデマンド(上位20)", "The 20 highest peaks"),
    Text("demand.row.duration", "負荷持続曲線", "Load duration"),
    Text("demand.month.title", "今月の最大デマンド", "Peak demand this month"),
    Text(
        "demand.month.about",
        "今月で最も大きい30分コマの平均電力。",
        "The largest 30-minute mean power of this month.",
    ),
    Text("demand.twelve.title", "12か月の最大デマンド", "12-month maximum"),
    Text(
        "demand.twelve.about",
        "今月と過去11か月(検針月)の最大。実量制の契約電力はこの値で決まります。",
        "The highest of this and the 11 billing months before: contract power below 500 kW is "
        "set by it.",
    ),
    Text("demand.contract.title", "契約電力", "Contract power"),
    Text(
        "demand.contract.about",
        "いま有効な契約電力。",
        "The contract power in force.",
    ),
    Text("demand.target.title", "デマンド目標", "Demand target"),
    Text(
        "demand.target.about",
        "拠点が自分で決めた目標。",
        "The target that the site has set itself.",
    ),
    Text(
        "demand.target.empty",
        "目標がありません。設定の demand_target_kw に書いてください。",
        "No target. Write demand_target_kw in the settings.",
    ),
    Text("demand.usage.title", "今月の最大÷契約電力", "Peak against contract"),
    Text(
        "demand.usage.about",
        "今月の最大デマンド ÷ 契約電力。100%から警報色です。",
        "This month's peak demand divided by contract power; alarm colour from 100 %.",
    ),
    Text("demand.slots.title", "30分デマンド", "30-minute demand"),
    Text(
        "demand.slots.about",
        "30分コマごとの平均電力。時刻はコマの始まり。薄い色は推定、破線は契約電力、点線は目標。",
        "Mean power of each 30-minute slot, at its start. Pale: estimated. Dashed: contract. "
        "Dotted: target.",
    ),
    Text("demand.months.title", "月ごとの最大デマンド(12か月)", "Monthly peak demand (12 months)"),
    Text(
        "demand.months.about",
        "棒は月の最大。水色の点線はその月に有効な12か月の最大、黒い破線は契約電力、灰色の点線は目標。",
        "Bars: the month's peak. Blue dots: its 12-month maximum. Dashed: contract. Grey: target.",
    ),
    Text("demand.peak", "月の最大", "Month's peak"),
    Text("demand.twelve_month", "12か月の最大", "12-month maximum"),
    Text("demand.period", "期間", "Period"),
    Text("demand.month_peaks.title", "最近の大きいデマンド(月)", "Newest peaks (month)"),
    Text(
        "demand.month_peaks.about",
        "新しい月の上位20コマと、そのとき大きかった3つの回路。月初は前の月も並びます。",
        "The month's 20 highest slots and their three largest circuits. Early in a month, the one "
        "before fills up the list.",
    ),
    Text("demand.year_peaks.title", "年度の大きいデマンド", "Peaks of the fiscal year"),
    Text(
        "demand.year_peaks.about",
        "今年度の上位20コマと、そのとき大きかった3つの回路。",
        "The fiscal year's 20 highest slots and their three largest circuits.",
    ),
    Text("demand.month_duration.title", "今月の負荷持続曲線", "Load duration, this month"),
    Text(
        "demand.month_duration.about",
        "横軸は時間の割合。その割合の時間、電力がこの値以上でした。左端が最大です。",
        "For the share of time below, power was at least this much. The left end is the peak.",
    ),
    Text("demand.year_duration.title", "今年度の負荷持続曲線", "Load duration, fiscal year"),
    Text(
        "demand.year_duration.about",
        "横軸は時間の割合。左端が急なほど、短い時間のピークを減らす余地があります。",
        "As on its left. The steeper its left end, the fewer hours make the peak.",
    ),
)

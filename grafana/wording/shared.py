"""Words that several boards use: variables, links, series, states, columns, the last row."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    # Variables and links at the top of a board.
    Text("site", "拠点", "Site"),
    Text("unit.days", "suffix: 日", "suffix: days"),
    Text("unit.minutes", "suffix: 分", "suffix: min"),
    Text("unit.seconds", "suffix: 秒", "suffix: s"),
    Text("sites", "拠点(複数)", "Sites"),
    Text("incoming", "受電の計測器", "Incoming meters"),
    Text("circuits", "内訳の回路", "Circuits"),
    Text("contract_kw", "契約電力 kW(0=線なし)", "Contract power, kW (0: no line)"),
    Text("target_kw", "デマンド目標 kW(0=線なし)", "Demand target, kW (0: no line)"),
    Text("link.language", "英語版 (English)", "Japanese version"),
    # Series and states.
    Text("meter", "計測器", "Meter"),
    Text("measured", "実測", "Measured"),
    Text("estimated", "推定", "Estimated"),
    Text("unmeasured", "未計測分", "Unmeasured"),
    Text("coverage", "計測率", "Coverage"),
    Text("demand", "デマンド", "Demand"),
    Text("demand.estimated", "デマンド(推定)", "Demand (estimated)"),
    Text("demand.over", "契約電力の超過", "Above contract power"),
    Text("contract", "契約電力", "Contract power"),
    Text("target", "目標", "Target"),
    Text("power", "有効電力", "Active power"),
    Text("energy", "電力量", "Energy"),
    Text("cost", "料金", "Cost"),
    Text("co2", "CO2排出量", "CO2 emissions"),
    Text("last_year", "前年度", "Last fiscal year"),
    Text("factor.official", "確定", "Official"),
    Text("factor.provisional", "暫定", "Provisional"),
    Text("coverage.full", "99%以上", "99 % or more"),
    Text("coverage.most", "90%以上99%未満", "90 to 99 %"),
    Text("coverage.gaps", "90%未満", "Below 90 %"),
    Text("no", "なし", "No"),
    Text("state.ok", "正常", "OK"),
    Text("state.stale", "値が届かない", "Silent"),
    Text("state.meter_fault", "計測器の異常", "Meter fault"),
    Text("state.agent_offline", "エージェント停止", "Agent offline"),
    Text("state.never", "一度も届いていない", "Never heard"),
    Text("state.unknown", "不明", "Unknown"),
    # Columns of tables; the unit stands in the heading.
    Text("column.month", "月", "Month"),
    Text("column.year", "年度", "Fiscal year"),
    Text("column.meter", "計測器", "Meter"),
    Text("column.kw", "電力 (kW)", "Power (kW)"),
    Text("column.kwh", "電力量 (kWh)", "Energy (kWh)"),
    Text("column.estimated", "うち推定 (kWh)", "Estimated part (kWh)"),
    Text("column.coverage", "計測率", "Coverage"),
    Text("column.peak", "最大デマンド (kW)", "Peak demand (kW)"),
    Text("column.at", "時限の始まり", "Slot began at"),
    Text("column.circuits", "大きい回路", "Largest circuits"),
    Text("column.co2", "CO2排出量 (kg)", "CO2 (kg)"),
    Text("column.provisional", "排出係数の区分", "Factor status"),
    Text("column.factor", "排出係数のID", "Factor id"),
    Text("year.format", "YYYY年度", "[FY]YYYY"),
    Text("year.shown", "$1年度", "FY$1"),
    # Empty states.
    Text(
        "totals.empty",
        "集計がありません。collector run を確認してください。",
        "No totals yet. Check that collector run is on.",
    ),
    Text(
        "figures.empty",
        "まだ計算されていません。collector run を確認し、過去の分は collector summarise --from で"
        "計算してください。",
        "Not computed yet. Check that collector run is on; for the past, run "
        "collector summarise --from.",
    ),
    Text(
        "contract.empty",
        "契約電力がありません。設定の contract_power_kw に書いてください。",
        "No contract power. Write contract_power_kw in the settings.",
    ),
    Text(
        "co2.empty",
        "CO2がありません。設定の [[sites.contracts]] を書いてください。",
        "No CO2 yet. Fill in [[sites.contracts]] in the settings.",
    ),
    Text(
        "cost.empty",
        "料金がありません。設定の [[sites.tariffs]] を書いてください。",
        "No cost yet. Fill in [[sites.tariffs]] in the settings.",
    ),
    Text(
        "now.empty",
        "計測値が届いていません。エッジエージェントを確認してください。",
        "No reading in time. Check the edge agent.",
    ),
    # The last row.
    Text("row.quality", "データの質", "Data quality"),
    Text("heard.title", "15分以内に届いた計測器", "Meters heard in 15 minutes"),
    Text(
        "heard.about",
        "最近15分に積算電力量を送ってきた計測器の数。",
        "How many meters sent their energy register in the last 15 minutes.",
    ),
    Text(
        "heard.empty",
        "15分以内に届いた計測値がありません。エッジエージェントを確認してください。",
        "No reading in 15 minutes. Check the edge agent.",
    ),
    Text(
        "complete.title", "データ充足率(最も低い計測器・日)", "Completeness (worst meter and day)"
    ),
    Text(
        "complete.about",
        "表示期間の計測器と日のうち、届いたデータの割合が最も低いもの。",
        "Of all meters and days in the shown range, the lowest share of readings that came.",
    ),
    Text(
        "complete.empty",
        "データ充足率がありません。エッジエージェントの送信間隔が届くまで待ってください。",
        "No completeness yet. It is known once an agent has told how often it reads.",
    ),
    Text("covered.title", "計測率(拠点)", "Coverage (site)"),
    Text(
        "covered.about",
        "表示期間のうち実測できた時間の割合。残りは推定か欠測です。",
        "The measured share of the shown range; the rest is estimated or missing.",
    ),
    Text("estimate.title", "推定で補った電力量", "Energy estimated over gaps"),
    Text(
        "estimate.about",
        "表示期間で、欠測を前後の積算値から補った電力量(拠点の合計)。",
        "Energy of the shown range booked across gaps between two readings (whole site).",
    ),
    Text("coverage_day.title", "日ごとの計測率", "Coverage per day"),
    Text(
        "coverage_day.about",
        "1日のうち実測できた時間の割合。空白は集計なし。",
        "The measured share of each day's time. Blank: no total.",
    ),
    Text("coverage_day.empty", "集計のない日です。", "No totals for this day."),
)

"""Words of the board for CO2."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("co2.title", "CO2排出量", "CO2 emissions"),
    Text(
        "co2.about",
        "年度のCO2排出量を目標への道筋に照らします。方法ごとに並べ、足し合わせません。",
        "The fiscal year's CO2 against the path to the target. Methods stand side by side and are "
        "never added.",
    ),
    Text("co2.row.path", "年度と目標", "Fiscal year and target"),
    Text("co2.row.methods", "算定方法ごと", "By method"),
    Text("co2.row.law", "省エネ法のエネルギー", "Energy by the energy law"),
    Text("co2.row.grid", "電力系統(別の信号)", "The grid (a signal of its own)"),
    Text("co2.row.factors", "排出係数と根拠", "Factors and evidence"),
    Text("co2.grid_area", "電力系統の地域", "Grid area"),
    Text("co2.year.title", "今年度のCO2", "CO2 this fiscal year"),
    Text(
        "co2.year.about",
        "年度の初めから今日までの排出量(拠点の算定方法)。",
        "From the start of the fiscal year until today, by the site's own method.",
    ),
    Text("co2.before.title", "前年度(同じ日まで)", "Last year, same days"),
    Text(
        "co2.before.about",
        "前年度の同じ日までの排出量。",
        "The fiscal year before, up to the same day.",
    ),
    Text(
        "co2.before.empty",
        "前年度の記録がありません。過去の検針データは collector meters import で取り込めます。",
        "No record of last year. Take in past meter files: collector meters import.",
    ),
    Text("co2.allowed.title", "今年度の目標", "This year's target"),
    Text(
        "co2.allowed.about",
        "基準年から目標年への直線が、今年度に残す排出量。",
        "What the straight path from base year to target year leaves for this year.",
    ),
    Text(
        "co2.path.empty",
        "目標がありません。設定の [sites.target] に base_t を書いてください。",
        "No target. Write base_t in [sites.target] in the settings.",
    ),
    Text("co2.used.title", "目標のうち使った分", "Share of the target used"),
    Text(
        "co2.used.about",
        "今日までの排出量 ÷ 今年度の目標。100%から警報色です。",
        "CO2 until today divided by this year's target; alarm colour from 100 %.",
    ),
    Text("co2.so_far", "年度の累計", "Since the year began"),
    Text("co2.path", "目標への道筋", "Path to the target"),
    Text("co2.months.title", "年度の累計(月ごと)", "Since the year began, by month"),
    Text(
        "co2.months.about",
        "月末までの累計。灰色は目標への道筋、薄い緑は前年度の同じ日まで。",
        "The sum up to each month's end. Grey: path to the target. Pale: last year, same days.",
    ),
    Text("co2.years.title", "年度ごとのCO2", "CO2 per fiscal year"),
    Text(
        "co2.years.about",
        "年度は始まりの年で呼びます。今年度は今日までの分です。灰色は目標への道筋。",
        "The newest runs until today. Grey: path to the target.",
    ),
    Text("co2.location.title", "ロケーション基準", "Location-based"),
    Text(
        "co2.location.about",
        "今年度、系統の平均係数による排出量。",
        "This fiscal year, by the grid's mean factor.",
    ),
    Text("co2.market.title", "マーケット基準", "Market-based"),
    Text(
        "co2.market.about",
        "今年度、契約と証書による排出量。",
        "This fiscal year, by contract and certificates.",
    ),
    Text("co2.basic.title", "基礎排出係数", "Basic factor"),
    Text(
        "co2.basic.about",
        "今年度、温対法の基礎排出係数による排出量。",
        "This fiscal year, by the basic factor of the reporting law.",
    ),
    Text("co2.adjusted.title", "調整後排出係数", "Adjusted factor"),
    Text(
        "co2.adjusted.about",
        "今年度、温対法の調整後排出係数による排出量。",
        "This fiscal year, by the adjusted factor of the reporting law.",
    ),
    Text("co2.both.title", "月ごとのCO2(2つの基準)", "CO2 per month, two methods"),
    Text(
        "co2.both.about",
        "同じ電力量の2つの数え方です。足してはいけません。",
        "Two ways to count the same energy: never add them.",
    ),
    Text("co2.gj.title", "今年度の熱量", "Energy this fiscal year"),
    Text(
        "co2.gj.about",
        "省エネ法の換算係数による熱量(GJ)。",
        "In GJ, converted as the energy law says.",
    ),
    Text("co2.oil.title", "原油換算(今年度)", "Crude-oil equivalent"),
    Text(
        "co2.oil.about",
        "省エネ法の原油換算。1,500 kL以上で特定事業者の対象です。",
        "In kL, this fiscal year. From 1,500 kL a year the law's duties begin.",
    ),
    Text("co2.gj_months.title", "月ごとの熱量", "Energy per month"),
    Text(
        "co2.gj_months.about",
        "省エネ法の換算係数による熱量(GJ)。",
        "In GJ, converted as the energy law says.",
    ),
    Text("co2.heat", "熱量", "Energy (GJ)"),
    Text("co2.grid.title", "電力系統のCO2強度", "Grid carbon intensity"),
    Text(
        "co2.grid.about",
        "最近7日の、地域の電気1kWhあたりのCO2。いつ電気を使うかを選ぶための信号で、算定には"
        "使いません。",
        "The area's CO2 per kWh over 7 days: a signal for when to use power, not for accounts.",
    ),
    Text(
        "co2.grid.empty",
        "電力系統の値がありません。設定の grid_area を書き、collector intensity で取り込んで"
        "ください。",
        "No grid figures. Write grid_area in the settings and import them: collector intensity.",
    ),
    Text("co2.trace.title", "月ごとの根拠", "Evidence per month"),
    Text(
        "co2.trace.about",
        "月の数字と、使った排出係数のID。暫定は、その日・メニューの係数がなく別の係数を使った"
        "ことを示します。",
        "Each month's figures and the factors used. Provisional: another factor stands in where "
        "none fits the day and menu.",
    ),
    Text("co2.column.location", "ロケーション基準 (kg)", "Location-based (kg)"),
    Text("co2.column.market", "マーケット基準 (kg)", "Market-based (kg)"),
    Text("co2.column.methods", "方法ごとの係数", "Factors by method"),
    Text("co2.closed.title", "締めた期間と再算定", "Closed periods and restatements"),
    Text(
        "co2.closed.about",
        "collector accounts close で締めた期間のCO2。再算定(遡及修正)した期間は色がつきます。",
        "CO2 of periods that were closed (collector accounts close). Restated ones are coloured.",
    ),
    Text(
        "co2.closed.empty",
        "締めた期間がありません。collector accounts close で締めると、後の変化が残ります。",
        "No period is closed yet. Close one by collector accounts close, and what changes later "
        "stays visible.",
    ),
    Text("co2.closed.first", "なし", "None"),
    Text("co2.column.period", "期間", "Period"),
    Text("co2.column.closed", "締めた日", "Closed on"),
    Text("co2.column.first", "初回 (kg)", "First (kg)"),
    Text("co2.column.now", "現在 (kg)", "Now (kg)"),
    Text("co2.column.restated", "再算定の回数", "Restated"),
    Text("co2.column.reason", "理由", "Reason"),
    Text("co2.source.title", "出典と再算定", "Sources and restatements"),
    Text(
        "co2.source.text",
        "係数の出典・公表日・適用期間は `collector explain` にあります。"
        "締めた期間の再算定(遡及修正)は `collector accounts show` が示します。",
        "Each factor's source, publication and period: `collector explain`. What has changed since "
        "a period was closed (restatement): `collector accounts show`.",
    ),
    Text("co2.status.title", "排出係数の区分(表示期間)", "Factor status (shown range)"),
    Text(
        "co2.status.about",
        "表示期間に暫定の係数を使った日が1日でもあれば「暫定」です。",
        "Provisional as soon as one day of the shown range used a provisional factor.",
    ),
)

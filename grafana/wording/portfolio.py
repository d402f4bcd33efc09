"""Words of the board over many sites."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("portfolio.title", "全拠点の比較", "Portfolio"),
    Text(
        "portfolio.about",
        "多くの拠点(地域、顧客の工場、工業団地)を並べて見ます。拠点名を押すとその拠点の画面が開きます。",
        "Many sites side by side: a region, a customer's plants, an industrial park. A site's name "
        "leads to its own board.",
    ),
    Text("portfolio.row.now", "全体", "Together"),
    Text("portfolio.row.sites", "拠点の比較", "Sites side by side"),
    Text("portfolio.row.days", "推移", "Over time"),
    Text("portfolio.row.intensity", "エネルギー原単位", "Energy intensity"),
    Text("portfolio.kwh.title", "今月の電力量", "Energy this month"),
    Text(
        "portfolio.kwh.about",
        "選んだ拠点の、今月これまでの合計。",
        "All chosen sites, this month so far.",
    ),
    Text("portfolio.change.title", "前年同期との差", "Against last year"),
    Text(
        "portfolio.change.about",
        "今年度のこれまでを、前年度の同じ日までと比べたもの。プラスは増加です。",
        "This fiscal year so far against the same days a year before. Plus is more.",
    ),
    Text(
        "portfolio.change.empty",
        "前年度の記録がまだありません。過去のデータを取り込めば比べられます。",
        "No record of last fiscal year yet. Import the past to compare.",
    ),
    Text("portfolio.co2.title", "今年度のCO2", "CO2 this fiscal year"),
    Text(
        "portfolio.co2.about",
        "選んだ拠点の合計。方法は拠点ごとの設定です。",
        "All chosen sites, each by the method of its settings.",
    ),
    Text("portfolio.complete.title", "データ充足率(最も低い日)", "Completeness (worst day)"),
    Text(
        "portfolio.complete.about",
        "表示期間の計測器と日のうち、最も低いもの。95%を切れば(朱色)数字を使う前に確かめてください。",
        "The lowest of all meters and days shown. Below 95 % (vermilion), check before you use it.",
    ),
    Text("portfolio.table.title", "今月の拠点", "Sites this month"),
    Text(
        "portfolio.table.about",
        "電力量の大きい順。拠点を押すと、同じ期間でその拠点の画面が開きます。",
        "Largest energy first. A site leads to its own board with the same range.",
    ),
    Text("portfolio.year.title", "今年度の拠点", "Sites this fiscal year"),
    Text(
        "portfolio.year.about",
        "年度の初めから。CO2は拠点の方法、熱量と原油換算は省エネ法によります。",
        "Since the fiscal year began. CO2 by the site's method, heat and crude oil by the energy "
        "law.",
    ),
    Text("portfolio.by_kwh.title", "今月の電力量(拠点別)", "Energy this month, by site"),
    Text("portfolio.by_kwh.about", "今月これまで。", "This month so far."),
    Text("portfolio.by_co2.title", "今年度のCO2(拠点別)", "CO2 this fiscal year, by site"),
    Text("portfolio.by_co2.about", "年度の初めから。", "Since the fiscal year began."),
    Text("portfolio.daily.title", "日ごとの電力量", "Energy by day"),
    Text(
        "portfolio.daily.about",
        "拠点ごと。水準の違う拠点は形だけを比べてください。",
        "By site. Compare the shape of sites that differ in size.",
    ),
    Text("portfolio.peak.title", "日ごとの最大デマンド", "Peak demand by day"),
    Text(
        "portfolio.peak.about",
        "拠点ごとの、その日で最も大きい30分。",
        "Each site's largest half hour of the day.",
    ),
    Text("portfolio.units.title", "今月の原単位", "Intensity this month"),
    Text(
        "portfolio.units.about",
        "拠点と生産の計測器ごと。生産の単位が同じものだけを比べてください。",
        "By site and production meter. Compare only those with the same unit of output.",
    ),
    Text("portfolio.units_daily.title", "日ごとの原単位 (kWh/単位)", "Intensity by day (kWh/unit)"),
    Text(
        "portfolio.units_daily.about",
        "生産のあった日の電力量÷生産量。",
        "Energy over output on days with output.",
    ),
    Text("portfolio.column.site", "拠点", "Site"),
    Text("portfolio.column.last", "前年同月 (kWh)", "A year before (kWh)"),
    Text("portfolio.column.peak", "最大デマンド (kW)", "Peak (kW)"),
    Text("portfolio.column.contract", "契約電力 (kW)", "Contract (kW)"),
    Text("portfolio.column.factor", "負荷率", "Load factor"),
    Text("portfolio.column.off", "稼働時間外 (kWh)", "Off hours (kWh)"),
    Text("portfolio.column.cum", "今年度 (kWh)", "This year (kWh)"),
    Text("portfolio.column.cum_last", "前年度同期 (kWh)", "Last year (kWh)"),
    Text("portfolio.column.target_co2", "CO2の目標 (kg)", "CO2 target (kg)"),
    Text("portfolio.column.gj", "熱量 (GJ)", "Heat (GJ)"),
    Text("portfolio.column.oil", "原油換算 (kL)", "Crude oil (kL)"),
    Text("portfolio.column.product", "生産の計測器", "Production meter"),
    Text(
        "portfolio.by_day.title",
        "日ごとのデータ充足率(31日)",
        "Completeness by day (31 days)",
    ),
    Text(
        "portfolio.by_day.about",
        "拠点ごとに、その日で最も低い計測器。",
        "By site, the worst meter of the day.",
    ),
)

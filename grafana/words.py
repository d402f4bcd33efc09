"""Every text a board shows, in Japanese and English: one row a text, both languages or none.

Words follow the project's glossary (one word a thing). Grafana translates its own shell only,
so a board is built once in each language from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    key: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Words:
    """The catalogue in one language: ``Words("ja")("site")`` is ``拠点``."""

    language: Language

    def __call__(self, key: str) -> str:
        """Look up the text of ``key``. Raises KeyError for a key the catalogue does not have."""
        text = CATALOGUE[key]
        return text.ja if self.language == "ja" else text.en


_ROWS: tuple[Text, ...] = (
    # Variables and links at the top of a board.
    Text("site", "拠点", "Site"),
    Text("incoming", "受電の計測器", "Incoming meters"),
    Text("circuits", "内訳の回路", "Circuits"),
    Text("contract_kw", "契約電力 kW(0=線なし)", "Contract power, kW (0: no line)"),
    Text("link.sites", "ほかの拠点", "Other sites"),
    Text("link.language", "英語版 (English)", "Japanese version"),
    # Series and states.
    Text("measured", "実測", "Measured"),
    Text("estimated", "推定", "Estimated"),
    Text("unmeasured", "未計測分", "Unmeasured"),
    Text("demand", "デマンド", "Demand"),
    Text("demand.estimated", "デマンド(推定)", "Demand (estimated)"),
    Text("demand.over", "契約電力の超過", "Above contract power"),
    Text("contract", "契約電力", "Contract power"),
    Text("power", "有効電力", "Active power"),
    Text("energy", "電力量", "Energy"),
    Text("co2", "CO2排出量", "CO2 emissions"),
    Text("factor.official", "確定", "Official"),
    Text("factor.provisional", "暫定", "Provisional"),
    Text("coverage.full", "99%以上", "99 % or more"),
    Text("coverage.most", "90%以上99%未満", "90 to 99 %"),
    Text("coverage.gaps", "90%未満", "Below 90 %"),
    # Columns of tables; the unit stands in the heading.
    Text("column.month", "月", "Month"),
    Text("column.meter", "計測器", "Meter"),
    Text("column.last", "最後の値の時刻", "Last reading at"),
    Text("column.register", "積算値", "Register"),
    Text("column.kwh", "電力量 (kWh)", "Energy (kWh)"),
    Text("column.estimated", "うち推定 (kWh)", "Estimated part (kWh)"),
    Text("column.coverage", "計測率", "Coverage"),
    Text("column.peak", "最大デマンド (kW)", "Peak demand (kW)"),
    Text("column.co2", "CO2排出量 (kg)", "CO2 (kg)"),
    Text("column.provisional", "排出係数の区分", "Factor status"),
    Text("column.factor", "排出係数のID", "Factor id"),
    Text("year.format", "YYYY年度", "[FY]YYYY"),
    # The site overview.
    Text("overview.title", "拠点の概要", "Site overview"),
    Text(
        "overview.about",
        "電力、デマンド、電力量、CO2を1枚で見ます。数字は収集サーバーが30分コマに集計したものです。",
        "Power, demand, energy and CO2 on one page. Figures are the collector's 30-minute totals.",
    ),
    Text("row.now", "いまと今月", "Now and this month"),
    Text("row.demand", "デマンド(30分最大需要電力)", "Demand (30-minute mean)"),
    Text("row.energy", "電力量と内訳", "Energy and where it goes"),
    Text("row.co2", "CO2排出量", "CO2 emissions"),
    Text("row.quality", "データの質", "Data quality"),
    Text("now.title", "いまの電力", "Power now"),
    Text(
        "now.about",
        "受電の計測器の有効電力の合計。15分以内に届いた最新の値だけを足します。",
        "Active power of the incoming meters, summed from readings of the last 15 minutes.",
    ),
    Text(
        "now.empty",
        "計測値が届いていません。エッジエージェントを確認してください。",
        "No reading in 15 minutes. Check the edge agent.",
    ),
    Text("peak.title", "今月の最大デマンド", "Peak demand this month"),
    Text(
        "peak.about",
        "今月で最も大きい30分コマの平均電力。",
        "The largest 30-minute mean power of this month.",
    ),
    Text("today.title", "今日の電力量", "Energy today"),
    Text(
        "today.about",
        "今日0時からの電力量(拠点の合計)。",
        "Whole site, since midnight at the site.",
    ),
    Text("month.title", "今月の電力量", "Energy this month"),
    Text(
        "month.about",
        "今月1日からの電力量(拠点の合計)。",
        "Whole site, since the first of this month.",
    ),
    Text("fy.title", "今年度のCO2", "CO2 this fiscal year"),
    Text(
        "fy.about",
        "年度の初めから今日までの排出量。排出係数のIDは最下段の表にあります。",
        "From the start of the fiscal year until today. The table at the end names the factors.",
    ),
    Text(
        "totals.empty",
        "集計がありません。collector run を確認してください。",
        "No totals yet. Check that collector run is on.",
    ),
    Text(
        "co2.empty",
        "CO2がありません。設定の [[sites.contracts]] を書いてください。",
        "No CO2 yet. Fill in [[sites.contracts]] in the settings.",
    ),
    Text("demand.title", "30分デマンド", "30-minute demand"),
    Text(
        "demand.about",
        "30分コマごとの平均電力。時刻はコマの始まり。薄い色は推定、灰色の破線は契約電力。",
        "Mean power of each 30-minute slot, at its start. Pale: estimated. Dashed grey: contract.",
    ),
    Text("usage.title", "契約電力に対する今月の最大", "This month's peak against contract"),
    Text(
        "usage.about",
        "今月の最大デマンド ÷ 契約電力。契約電力は設定の contract_power_kw に書き、"
        "collector boards を実行します。",
        "This month's peak demand divided by contract power: contract_power_kw in the settings, "
        "then collector boards.",
    ),
    Text(
        "usage.empty",
        "contract_power_kw を設定してください。",
        "Set contract_power_kw, please.",
    ),
    Text("daily.title", "日ごとの電力量", "Energy per day"),
    Text(
        "daily.about",
        "拠点の合計、0時から24時。薄い色は推定で補った分。",
        "Whole site, midnight to midnight at the site. Pale: estimated over gaps.",
    ),
    Text("share.title", "回路ごとの内訳", "Share of each circuit"),
    Text(
        "share.about",
        "表示期間の電力量。灰色は、どの回路の計測器も測っていない未計測分。",
        "Energy over the shown range. Grey is what no circuit's meter measures.",
    ),
    Text(
        "share.empty",
        "内訳を測る回路がありません。回路に計測器を付け、設定で parent を書いてください。",
        "No circuit to show. Put a meter on a circuit and name its parent in the settings.",
    ),
    Text("monthly.title", "月ごとの電力量(最近の13か月)", "Energy per month (newest 13 months)"),
    Text(
        "monthly.about",
        "拠点の合計。薄い色は推定で補った分。",
        "Whole site. Pale: estimated over gaps.",
    ),
    Text("power.title", "計測器ごとのいまの電力", "Power now, by meter"),
    Text(
        "power.about",
        "15分以内に届いた最新の有効電力。親の計測器は子の分を含みます。",
        "Newest active power within 15 minutes. A parent meter includes its children.",
    ),
    Text("co2_month.title", "月ごとのCO2(最近の13か月)", "CO2 per month (newest 13 months)"),
    Text(
        "co2_month.about",
        "拠点の合計電力量 × 排出係数。使った係数は最下段の表にあります。",
        "The site's energy times the emission factor; the table at the end names it.",
    ),
    Text("co2_year.title", "年度ごとのCO2", "CO2 per fiscal year"),
    Text(
        "co2_year.about",
        "年度は始まりの年で呼びます。今年度は今日までの分です。",
        "A fiscal year is named by the year it starts in. The newest runs until today.",
    ),
    Text("alive.title", "15分以内に届いた計測器", "Meters heard in 15 minutes"),
    Text(
        "alive.about",
        "最近15分に積算電力量を送ってきた計測器の数。",
        "How many meters sent their energy register in the last 15 minutes.",
    ),
    Text("estimate.title", "推定で補った電力量", "Energy estimated over gaps"),
    Text(
        "estimate.about",
        "表示期間で、欠測を前後の積算値から補った電力量(拠点の合計)。",
        "Energy of the shown range booked across gaps between two readings (whole site).",
    ),
    Text("remainder.title", "未計測分", "Unmeasured remainder"),
    Text(
        "remainder.about",
        "表示期間の、親の計測器と子の合計との差。負のときはCT比か親子の設定を確認してください。",
        "Parents minus children over the shown range. If negative, check CT ratios and parents.",
    ),
    Text(
        "remainder.empty",
        "計測器の parent を設定してください。",
        "Name a meter's parent in the settings.",
    ),
    Text("factor.title", "排出係数(表示期間)", "Emission factor (shown range)"),
    Text(
        "factor.about",
        "暫定または代替は、その日・メニューの係数がなく、別の係数を使っていることを示します。",
        "Provisional or fallback: another factor stands in where none fits the day and menu.",
    ),
    Text("coverage.title", "日ごとの計測率", "Coverage per day"),
    Text(
        "coverage.about",
        "1日のうち実測できた時間の割合。空白は集計なし。",
        "The measured share of each day's time. Blank: no total.",
    ),
    Text("factor.empty", "CO2がありません。", "No CO2 yet."),
    Text("coverage.empty", "集計のない日です。", "No totals for this day."),
    Text("last.title", "最後に届いた計測値", "Last reading of each meter"),
    Text(
        "last.about",
        "表示期間で最後に届いた時刻と、そのときの積算値。古い時刻の計測器は止まっています。",
        "The newest reading in the shown range and its register. An old time: the meter is silent.",
    ),
    Text(
        "last.empty",
        "表示期間に計測値がありません。期間を広げるか、エッジエージェントを確認してください。",
        "No reading in the shown range. Widen the range, or check the edge agent.",
    ),
    Text("trace.title", "月ごとの根拠", "Evidence per month"),
    Text(
        "trace.about",
        "月の数字と、その裏付け(推定の量、計測率、排出係数)。拠点の合計。",
        "Each month's figures and what stands behind them: estimates, coverage and factor.",
    ),
)

CATALOGUE: dict[str, Text] = {text.key: text for text in _ROWS}
"""Every text by its key."""

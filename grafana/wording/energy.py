"""Words of the board for energy."""

from __future__ import annotations

from grafana.wording.text import Text

_SHARE_EMPTY = Text(
    "energy.share.empty",
    "内訳を測る回路がありません。回路に計測器を付け、設定で parent を書いてください。",
    "No circuit to show. Put a meter on a circuit and name its parent in the settings.",
)
ROWS: tuple[Text, ...] = (
    Text("energy.title", "電力量", "Energy"),
    Text(
        "energy.about",
        "日・月・年度の電力量を前年度と目標に照らし、回路ごとの内訳と、夜間・休日の電力を見ます。",
        "Energy by day, month and fiscal year against last year and target; where it goes; nights "
        "and days off.",
    ),
    Text(
        "energy.before.empty",
        "前年の記録がありません。過去の検針データを collector meters import で取り込んでください。",
        "No record of the year before. Take in past meter files: collector meters import.",
    ),
    Text("energy.row.day", "日", "Day"),
    Text("energy.row.month", "月", "Month"),
    Text("energy.row.year", "年度", "Fiscal year"),
    Text("energy.row.share", "内訳", "Where it goes"),
    Text("energy.row.idle", "夜間・休日・待機", "Nights, days off, standby"),
    Text("energy.usual", "代表日", "Usual day"),
    Text("energy.today.title", "今日の電力量", "Energy today"),
    Text(
        "energy.today.about",
        "今日0時からの電力量(拠点の合計)。",
        "Whole site, since midnight at the site.",
    ),
    Text("energy.expected.title", "代表日の電力量(同じ時刻まで)", "Usual day, until now"),
    Text(
        "energy.expected.about",
        "同じ種類の日(8週間)の中央値を、今日分かっている時限まで足したもの。",
        "The median of the same kind of day in 8 weeks, over today's known half hours.",
    ),
    Text("energy.day_peak.title", "今日の最大デマンド", "Peak demand today"),
    Text(
        "energy.day_peak.about",
        "今日で最も大きい30分コマの平均電力。",
        "The largest 30-minute mean power of today.",
    ),
    Text("energy.day_base.title", "今日のベース負荷", "Base load today"),
    Text(
        "energy.day_base.about",
        "今日で最も小さい30分コマの平均電力。1日の80%が分かってから出ます。",
        "The smallest 30-minute mean power, once 80 % of the day are known.",
    ),
    Text("energy.days.title", "日ごとの電力量", "Energy per day"),
    Text(
        "energy.days.about",
        "拠点の合計、0時から24時。薄い色は推定で補った分、破線は代表日。",
        "Whole site, midnight to midnight. Pale: estimated over gaps. Dashed: a usual day.",
    ),
    Text("energy.month.title", "今月の電力量", "Energy this month"),
    Text(
        "energy.month.about",
        "今月1日からの電力量(拠点の合計)。",
        "Whole site, since the first of this month.",
    ),
    Text("energy.month_before.title", "前年同月(同じ日まで)", "Same days a year before"),
    Text(
        "energy.month_before.about",
        "前年の同じ月の、同じ日までの電力量。",
        "The same month of the year before, up to the same day.",
    ),
    Text("energy.month_change.title", "前年同月からの増減", "Change against last year"),
    Text(
        "energy.month_change.about",
        "今月 ÷ 前年の同じ日まで − 1。負の値は減ったことを示します。",
        "This month divided by the same days a year before, minus 1. Negative: less.",
    ),
    Text("energy.month_target.title", "目標に対する今月", "This month against target"),
    Text(
        "energy.month_target.about",
        "今月 ÷ 目標(前年の99%、省エネ法の年1%)。100%以下で達成です。",
        "This month divided by target (99 % of last year: 1 % a year by the energy law).",
    ),
    Text("energy.months.title", "月ごとの電力量(13か月)", "Energy per month (13 months)"),
    Text(
        "energy.months.about",
        "拠点の合計。灰色は前年の同じ日まで、水色は目標。今月は今日までの分です。",
        "Whole site. Grey: the same days a year before. Pale: target. The newest runs until today.",
    ),
    Text("energy.year.title", "今年度の電力量", "Energy this fiscal year"),
    Text(
        "energy.year.about",
        "年度の初めから今日までの電力量(拠点の合計)。",
        "Whole site, since the fiscal year began.",
    ),
    Text("energy.year_before.title", "前年度(同じ日まで)", "Last year, same days"),
    Text(
        "energy.year_before.about",
        "前年度の、同じ日までの電力量。",
        "The fiscal year before, up to the same day.",
    ),
    Text("energy.year_change.title", "前年度からの増減", "Change against last year"),
    Text(
        "energy.year_change.about",
        "今年度 ÷ 前年度の同じ日まで − 1。負の値は減ったことを示します。",
        "This fiscal year divided by the same days of the one before, minus 1. Negative: less.",
    ),
    Text("energy.year_target.title", "目標に対する今年度", "This year against target"),
    Text(
        "energy.year_target.about",
        "今年度 ÷ 目標(前年度の99%)。100%以下で達成です。",
        "This fiscal year divided by target (99 % of the one before).",
    ),
    Text("energy.years.title", "年度ごとの電力量", "Energy per fiscal year"),
    Text(
        "energy.years.about",
        "年度は始まりの年で呼びます。今年度は今日までの分です。灰色は前年度の同じ日まで、水色は目標。",
        "The newest runs until today. Grey: the same days a year before. Pale: target.",
    ),
    Text("energy.share.title", "回路ごとの割合", "Share of each circuit"),
    Text(
        "energy.share.about",
        "表示期間の電力量。灰色は、どの回路の計測器も測っていない未計測分。",
        "Energy over the shown range. Grey is what no circuit's meter measures.",
    ),
    _SHARE_EMPTY,
    Text("energy.stack.title", "回路ごとの日の電力量", "Energy per day, by circuit"),
    Text(
        "energy.stack.about",
        "積み上げた高さが拠点の合計。灰色は未計測分。",
        "The height is the whole site. Grey is unmeasured.",
    ),
    Text("energy.tree.title", "計測器ごとの今月", "This month, by meter"),
    Text(
        "energy.tree.about",
        "計測器ごとの今月の数字。親の計測器は子の分を含みます。",
        "Each meter's figures of this month. A parent meter includes its children.",
    ),
    Text("energy.column.before", "前年同月 (kWh)", "A year before (kWh)"),
    Text("energy.column.load_factor", "負荷率", "Load factor"),
    Text("energy.column.night", "夜間 (kWh)", "Night (kWh)"),
    Text("energy.column.off", "稼働時間外 (kWh)", "Off hours (kWh)"),
    Text("energy.column.standby", "待機 (kWh)", "Standby (kWh)"),
    Text("energy.column.last", "最後の値の時刻", "Last reading at"),
    Text("energy.column.register", "積算値", "Register"),
    Text("energy.night_share.title", "夜間の割合(今月)", "Night share, this month"),
    Text(
        "energy.night_share.about",
        "22時から8時の電力量 ÷ 今月の電力量。",
        "Energy from 22:00 to 8:00, as a share of this month's.",
    ),
    Text("energy.off_share.title", "稼働時間外の割合(今月)", "Off-hours share, this month"),
    Text(
        "energy.off_share.about",
        "工場が稼働していない時間の電力量 ÷ 今月の電力量。",
        "Energy while the plant does not work, as a share of this month's.",
    ),
    Text("energy.standby_share.title", "待機の割合(今月)", "Standby share, this month"),
    Text(
        "energy.standby_share.about",
        "稼働時間外のうち、消し忘れを除いた分 ÷ 今月の電力量。",
        "Off-hours energy without what was left on, as a share of this month's.",
    ),
    Text("energy.idle.title", "夜間・稼働時間外・消し忘れ", "Nights, off hours, left on"),
    Text(
        "energy.idle.about",
        "日ごとの夜間(22時から8時)、稼働時間外、そのうちベース負荷を超えた消し忘れ。",
        "Per day: night (22:00 to 8:00), off hours, and what was left on above base load.",
    ),
    Text("energy.night", "夜間", "Night"),
    Text("energy.off", "稼働時間外", "Off hours"),
    Text("energy.left_on", "消し忘れ", "Left on"),
    Text("energy.remainder.title", "未計測分", "Unmeasured remainder"),
    Text(
        "energy.remainder.about",
        "表示期間の、親の計測器と子の合計との差。負のときはCT比か親子の設定を確認してください。",
        "Parents minus children over the shown range. If negative, check CT ratios and parents.",
    ),
    Text(
        "energy.remainder.empty",
        "計測器の parent を設定してください。",
        "Name a meter's parent in the settings.",
    ),
    Text("energy.last.title", "最後に届いた計測値", "Last reading of each meter"),
    Text(
        "energy.last.about",
        "48時間で最後に届いた時刻と、そのときの積算値。古い時刻の計測器は止まっています。",
        "The newest reading in 48 hours and its register. An old time: the meter is silent.",
    ),
    Text(
        "energy.last.empty",
        "48時間に計測値がありません。エッジエージェントを確認してください。",
        "No reading in 48 hours. Check the edge agent.",
    ),
    Text("energy.trace.title", "月ごとの根拠", "Evidence per month"),
    Text(
        "energy.trace.about",
        "月の数字と、その裏付け(推定の量、計測率)。拠点の合計。",
        "Each month's figures and what stands behind them: estimates and coverage.",
    ),
)

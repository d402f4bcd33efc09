"""Words of the board of energy intensity."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("intensity.title", "エネルギー原単位", "Energy intensity"),
    Text(
        "intensity.about",
        "生産1単位あたりの電力量。生産量との関係、固定分と変動分、累積差(CUSUM)。",
        "Energy per unit produced: against output, its fixed and variable part, CUSUM.",
    ),
    Text("intensity.product", "生産の計測器", "Production meter"),
    Text("intensity.line", "ライン・回路", "Line or circuit"),
    Text("intensity.row.now", "今月と今年度", "This month and fiscal year"),
    Text("intensity.row.trend", "原単位の推移", "Intensity over time"),
    Text("intensity.row.output", "生産量と電力量", "Output and energy"),
    Text("intensity.row.parts", "固定分、変動分、累積差", "Fixed and variable part, CUSUM"),
    Text("intensity.row.line", "ライン別・シフト別", "By line and shift"),
    Text(
        "intensity.empty",
        '生産量がありません。設定の [[sites.meters]] に medium = "production" の計測器を書くか、'
        "生産量のファイルを取り込んでください。",
        'No output is known. Add a meter with medium = "production" to [[sites.meters]], or import '
        "a file of output.",
    ),
    Text(
        "intensity.fit.empty",
        "生産のあった日が足りず、まだ直線を当てはめられません。",
        "Too few days with output to fit a line yet.",
    ),
    Text("intensity.month.title", "今月の原単位 (kWh/単位)", "Intensity this month (kWh/unit)"),
    Text(
        "intensity.month.about",
        "今月の拠点の電力量÷生産量。生産が少ない月は固定分のために高くなります。",
        "The site's energy over output this month. Low output raises it: the fixed part stays.",
    ),
    Text("intensity.amount.title", "今月の生産量", "Output this month"),
    Text(
        "intensity.amount.about",
        "今月これまでの生産量。単位は生産の計測器の設定にあります。",
        "Output this month so far, in the production meter's unit.",
    ),
    Text("intensity.share.title", "固定分の割合", "Fixed share"),
    Text(
        "intensity.share.about",
        "今月の電力量のうち、生産量によらない分。",
        "The part of this month's energy that does not depend on output.",
    ),
    Text("intensity.saved.title", "今年度の累積差 (CUSUM)", "CUSUM this fiscal year"),
    Text(
        "intensity.saved.about",
        "見込み-実績の合計。0より下(朱色)は、昨年度の直線より多く使っています。",
        "Expected less actual, added up. Below zero (vermilion): more than last year's line.",
    ),
    Text("intensity.daily.title", "日ごとの原単位 (kWh/単位)", "Intensity by day (kWh/unit)"),
    Text(
        "intensity.daily.about",
        "生産のあった日の電力量÷生産量。",
        "Energy over output on days with output.",
    ),
    Text("intensity.monthly.title", "月ごとの原単位 (kWh/単位)", "Intensity by month (kWh/unit)"),
    Text("intensity.monthly.about", "最近の13か月。", "Newest 13 months."),
    Text("intensity.cloud.title", "1日の生産量と電力量", "Output and energy of each day"),
    Text(
        "intensity.cloud.about",
        "点は1日、横は生産量、縦は電力量。直線は昨年度の日に当てはめた見込みです。",
        "A point a day, energy over output. The line was fitted to last fiscal year's days.",
    ),
    Text("intensity.actual", "実績", "Actual"),
    Text("intensity.expected", "見込み", "Expected"),
    Text("intensity.days.title", "日ごとの数字", "Days in figures"),
    Text(
        "intensity.days.about",
        "表示期間の日、新しい順。左の図と同じ数字です。",
        "The days of the shown range, newest first: the chart's figures.",
    ),
    Text("intensity.column.day", "日", "Day"),
    Text("intensity.column.amount", "生産量", "Output"),
    Text("intensity.column.kwh", "電力量 (kWh)", "Energy (kWh)"),
    Text("intensity.column.expected", "見込み (kWh)", "Expected (kWh)"),
    Text("intensity.column.unit", "kWh/単位", "kWh per unit"),
    Text("intensity.parts.title", "月ごとの固定分と変動分", "Fixed and variable part by month"),
    Text(
        "intensity.parts.about",
        "固定分は生産が0でも使う電力量。変動分は残りです。最近の13か月。",
        "Fixed is used even with no output; variable is the rest. Newest 13 months.",
    ),
    Text("intensity.fixed", "固定分", "Fixed"),
    Text("intensity.variable", "変動分", "Variable"),
    Text("intensity.cusum.title", "累積差 (CUSUM)", "CUSUM"),
    Text(
        "intensity.cusum.about",
        "年度初めからの見込み-実績の合計。上がっている間は省エネ、折れ目が何かが変わった日です。",
        "Expected less actual since the fiscal year began. Rising is saving, a bend a change.",
    ),
    Text("intensity.of_line.title", "ラインの原単位 (kWh/単位)", "Intensity of a line (kWh/unit)"),
    Text(
        "intensity.of_line.about",
        "選んだ回路の1日の電力量÷選んだ生産量。",
        "The chosen circuit's energy of each day over the chosen output.",
    ),
    Text(
        "intensity.shift.title", "シフト日の原単位 (kWh/単位)", "Intensity by shift day (kWh/unit)"
    ),
    Text(
        "intensity.shift.about",
        "シフトの始まりで区切った1日の、選んだ回路の電力量÷生産量。",
        "The chosen circuit's energy over output, by days that begin with the first shift.",
    ),
    Text(
        "intensity.shift.empty",
        "シフト日の集計がありません。設定の calendar.shift_day_starts に始業時刻を書いてください。",
        "No totals by shift day. Write the first shift's start to calendar.shift_day_starts.",
    ),
    Text("intensity.ratio", "原単位", "Intensity"),
    Text("intensity.output", "生産量", "Output"),
    Text("intensity.complete.title", "生産のデータ充足率", "Completeness of output"),
    Text(
        "intensity.complete.about",
        "生産の計測器から届いたデータの、日ごとの割合。",
        "The share of the production meter's readings that came, by day.",
    ),
    Text(
        "intensity.complete.empty",
        "ファイルから取り込んだ生産量には、データ充足率がありません。",
        "Output imported from a file has no completeness.",
    ),
)

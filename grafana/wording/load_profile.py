"""Words of the board of load profiles."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("load_profile.title", "負荷プロファイル", "Load profile"),
    Text(
        "load_profile.about",
        "1つの計測器の負荷の形。時間帯と日のヒートマップ、代表日、負荷持続曲線、ベース負荷、2つの期間や"
        "計測器の比較。",
        "The shape of one meter's load: heat map, typical days, duration, base load, and two "
        "ranges or two meters compared.",
    ),
    Text("load_profile.meter", "計測器(_site=拠点全体)", "Meter (_site: whole site)"),
    Text("load_profile.other", "比べる計測器", "Compared meter"),
    Text("load_profile.shift", "比べる期間", "Compared range"),
    Text("load_profile.shift.same", "同じ期間", "Same range"),
    Text("load_profile.shift.week", "1週間前", "A week before"),
    Text("load_profile.shift.month", "4週間前", "4 weeks before"),
    Text("load_profile.shift.year", "52週間前", "52 weeks before"),
    Text("load_profile.row.year", "今年度", "This fiscal year"),
    Text("load_profile.row.heat", "時間帯と日", "Hour by day"),
    Text("load_profile.row.typical", "代表日(最近12か月)", "Typical days (last 12 months)"),
    Text("load_profile.row.base", "ベース負荷と負荷持続曲線", "Base load and duration"),
    Text("load_profile.row.compare", "比較", "Comparison"),
    Text("load_profile.row.circuits", "計測器ごとの数字", "Every meter in figures"),
    Text("load_profile.peak.title", "最大デマンド", "Peak demand"),
    Text(
        "load_profile.peak.about",
        "今年度で最も大きい30分コマの平均電力。",
        "The largest 30-minute mean power of this fiscal year.",
    ),
    Text("load_profile.factor.title", "負荷率", "Load factor"),
    Text(
        "load_profile.factor.about",
        "平均電力÷最大デマンド(今年度)。低いほど、短い時間の山が基本料金を決めています。",
        "Mean over peak of this fiscal year. The lower, the shorter the peaks that are paid for.",
    ),
    Text("load_profile.base.title", "ベース負荷", "Base load"),
    Text(
        "load_profile.base.about",
        "日ごとに最も低い30分の、今年度の中央値。",
        "The median of the days' lowest half hours of this fiscal year.",
    ),
    Text("load_profile.creep.title", "ベース負荷の変化(60日)", "Base load's change (60 days)"),
    Text(
        "load_profile.creep.about",
        "最近60日の傾き(Theil-Sen)。10%を超えて増えていれば、止め忘れを探してください。",
        "The trend of the last 60 days (Theil-Sen). Above 10 %, look for what is left on.",
    ),
    Text("load_profile.heat.title", "時間帯と日の電力", "Power by hour and day"),
    Text(
        "load_profile.heat.about",
        "縦は時刻、横は日。濃いほど電力が大きく、空白は欠測です。",
        "Clock time by day: the darker, the more power; blank is missing.",
    ),
    Text("load_profile.working.title", "稼働日の代表日", "Typical working day"),
    Text("load_profile.saturday.title", "土曜日の代表日", "Typical Saturday"),
    Text("load_profile.off.title", "休業日の代表日", "Typical day off"),
    *(
        Text(
            f"load_profile.{name}.about",
            "30分ごとの中央値と、10〜90%の日が入る幅。時刻だけを見てください。",
            "Median of each half hour, and the band that holds 10 to 90 % of the days. Read the "
            "clock only.",
        )
        for name in ("working", "saturday", "off")
    ),
    Text(
        "load_profile.typical.empty",
        "同じ種類の日が5日そろうまで計算されません。",
        "Not computed before five days of this kind are known.",
    ),
    Text(
        "load_profile.range.empty",
        "この計測器のこの期間に数字がありません。上で別の期間か計測器を選んでください。",
        "No figures of this meter in this range. Choose another range or meter above.",
    ),
    Text("load_profile.median", "中央値", "Median"),
    Text("load_profile.low", "10%の日", "10 % of days"),
    Text("load_profile.high", "90%の日", "90 % of days"),
    Text(
        "load_profile.idle.title", "休業・夜間・待機の電力量", "Off-hours, night and standby energy"
    ),
    Text(
        "load_profile.idle.about",
        "稼働時間外、夜間(22-8時)、待機の電力量。互いに重なるので足さないでください。",
        "Energy outside working hours, at night (22-8 h) and on standby. They overlap: do not add.",
    ),
    Text("load_profile.idle.off", "稼働時間外", "Off hours"),
    Text("load_profile.idle.night", "夜間", "Night"),
    Text("load_profile.idle.standby", "待機", "Standby"),
    Text("load_profile.trend.title", "日ごとのベース負荷と平均", "Base load and mean by day"),
    Text(
        "load_profile.trend.about",
        "日ごとの最も低い30分と平均電力。",
        "Each day's lowest half hour and its mean power.",
    ),
    Text("load_profile.mean", "平均電力", "Mean power"),
    Text("load_profile.factors.title", "月ごとの負荷率", "Load factor by month"),
    Text(
        "load_profile.factors.about",
        "平均電力÷最大デマンド、最近の13か月。",
        "Mean over peak, newest 13 months.",
    ),
    Text(
        "load_profile.duration_month.title",
        "負荷持続曲線(今月)",
        "Duration curve (this month)",
    ),
    Text(
        "load_profile.duration_year.title",
        "負荷持続曲線(今年度)",
        "Duration curve (this fiscal year)",
    ),
    *(
        Text(
            f"load_profile.{name}.about",
            "横軸の割合の時間は、この電力以上でした。左端が最大デマンド、右端が最も低い30分です。",
            "For that share of the time the power was this or more; the peak stands at the left.",
        )
        for name in ("duration_month", "duration_year")
    ),
    Text("load_profile.this_day.title", "平均の1日(${meter:text})", "Mean day (${meter:text})"),
    Text(
        "load_profile.other_day.title",
        "平均の1日(${other:text}、${shift:text})",
        "Mean day (${other:text}, ${shift:text})",
    ),
    *(
        Text(
            f"load_profile.{name}.about",
            "30分ごとの平均電力。右(携帯では下)は、選んだ計測器の選んだ期間です。",
            "Mean power of each half hour. The compared one is of the chosen meter and range.",
        )
        for name in ("this_day", "other_day")
    ),
    Text(
        "load_profile.this_sum.title",
        "表示期間の数字(${meter:text})",
        "Figures of the shown range (${meter:text})",
    ),
    Text(
        "load_profile.other_sum.title",
        "比較の数字(${other:text}、${shift:text})",
        "Figures compared (${other:text}, ${shift:text})",
    ),
    *(
        Text(
            f"load_profile.{name}.about",
            "日ごとの数字の平均、最大、合計。",
            "Mean, maximum or sum of the days' figures.",
        )
        for name in ("this_sum", "other_sum")
    ),
    Text("load_profile.column.mean", "平均電力 (kW)", "Mean power (kW)"),
    Text("load_profile.column.base", "ベース負荷 (kW)", "Base load (kW)"),
    Text("load_profile.column.factor", "負荷率", "Load factor"),
    Text("load_profile.column.off", "稼働時間外 (kWh)", "Off hours (kWh)"),
    Text("load_profile.column.standby", "待機 (kWh)", "Standby (kWh)"),
    Text("load_profile.column.creep", "ベースの変化(60日)", "Base change (60 days)"),
    Text(
        "load_profile.circuits.title", "計測器ごとの数字(今年度)", "Every meter (this fiscal year)"
    ),
    Text(
        "load_profile.circuits.about",
        "電力量の大きい順。_siteは拠点全体、_unmeasuredは未計測分。",
        "Largest energy first. _site is the whole site, _unmeasured what no meter counts.",
    ),
    Text("load_profile.coverage.title", "日ごとの計測率", "Coverage by day"),
    Text(
        "load_profile.coverage.about",
        "この計測器の30分コマのうち、分かっているものの割合。",
        "The share of this meter's half hours that are known.",
    ),
)

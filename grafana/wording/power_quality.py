"""Words of the board of power quality."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("power_quality.title", "電力品質", "Power quality"),
    Text(
        "power_quality.about",
        "1つの計測器の力率、電圧、各相、不平衡、高調波。傾向を見るためのもので、契約や規格の判定では"
        "ありません。",
        "One meter's power factor, voltage, phases, unbalance and harmonics: for trends, not for "
        "judging a contract or a standard.",
    ),
    Text("power_quality.row.now", "今月と表示期間", "This month and the shown range"),
    Text("power_quality.row.factor", "力率", "Power factor"),
    Text("power_quality.row.voltage", "電圧と不平衡", "Voltage and unbalance"),
    Text("power_quality.row.phases", "各相(最近の1時間)", "Phases (last hour)"),
    Text("power_quality.row.harmonics", "高調波と周波数", "Harmonics and frequency"),
    Text("power_quality.row.all", "すべての計測器", "All meters"),
    Text(
        "power_quality.empty",
        "この計測器は電圧・電流・力率を送っていません。エージェントの設定で読む値を増やしてください。",
        "This meter sends no voltage, current or power factor. Let the agent read them.",
    ),
    Text(
        "power_quality.kvarh.empty",
        "無効電力量が届いていないので、力率を計算できません。",
        "No reactive energy comes, so there is no power factor.",
    ),
    Text(
        "power_quality.harmonics.empty",
        "高調波を送る計測器がありません。対応した計測器が要ります。",
        "No meter sends harmonics; that takes a meter that measures them.",
    ),
    Text(
        "power_quality.phases.empty",
        "最近の1時間に、この計測器の各相の値がありません。",
        "No values by phase from this meter in the last hour.",
    ),
    Text("power_quality.month.title", "今月の力率 (8-22時)", "Power factor this month (8-22 h)"),
    Text(
        "power_quality.month.about",
        "有効・遅れ無効電力量から。85%より下(朱色)は基本料金が割増しになります。",
        "From active and lagging reactive energy. Below 85 % (vermilion) the basic charge rises.",
    ),
    Text("power_quality.nights.title", "進みの夜", "Leading nights"),
    Text(
        "power_quality.nights.about",
        "進み無効電力量が多かった夜の数。コンデンサの切り忘れで、電圧が上がります。",
        "Nights with more leading than lagging energy: capacitors left on raise the voltage.",
    ),
    Text("power_quality.worst.title", "最大の電圧不平衡率", "Worst voltage unbalance"),
    Text(
        "power_quality.worst.about",
        "表示期間の最大。2%以上(朱色)では電動機が熱くなります(NEMA MG-1)。",
        "Of the shown range. From 2 % (vermilion) on, motors run hot (NEMA MG-1).",
    ),
    Text("power_quality.lowest.title", "最も低い電圧", "Lowest voltage"),
    Text(
        "power_quality.lowest.about",
        "表示期間の最も低い瞬時値。急に下がっていたら、大きな電動機の始動を疑ってください。",
        "The lowest single value of the shown range; a dip points to a large motor's start.",
    ),
    Text("power_quality.daily.title", "日ごとの力率 (8-22時)", "Power factor by day (8-22 h)"),
    Text(
        "power_quality.daily.about",
        "破線は85%。1ポイント上がるごとに基本料金が1%下がります。",
        "Dashed: 85 %. Each point above it takes 1 % off the basic charge.",
    ),
    Text("power_quality.percent", "力率", "Power factor"),
    Text("power_quality.floor", "85%", "85 %"),
    Text("power_quality.monthly.title", "月ごとの力率 (8-22時)", "Power factor by month (8-22 h)"),
    Text("power_quality.monthly.about", "最近の13か月。", "Newest 13 months."),
    Text("power_quality.voltage.title", "電圧", "Voltage"),
    Text(
        "power_quality.voltage.about",
        "30分ごとの平均と、最低・最高の瞬時値の幅。線間、なければ相電圧。",
        "Mean of each half hour in the band of its lowest and highest value; line to line, else "
        "line to neutral.",
    ),
    Text("power_quality.mean", "平均", "Mean"),
    Text("power_quality.min", "最低", "Lowest"),
    Text("power_quality.max", "最高", "Highest"),
    Text("power_quality.unbalance.title", "不平衡率", "Unbalance"),
    Text(
        "power_quality.unbalance.about",
        "平均からの最大のずれ÷平均(NEMA MG-1)。電流の不平衡は電圧の6-10倍になり、それだけでは"
        "異常ではありません。",
        "Largest deviation over the mean (NEMA MG-1). Current's is 6 to 10 times voltage's and no "
        "fault alone.",
    ),
    Text("power_quality.of_voltage", "電圧の不平衡", "Voltage unbalance"),
    Text("power_quality.of_current", "電流の不平衡", "Current unbalance"),
    Text("power_quality.limit", "2%(電圧)", "2 % (voltage)"),
    Text("power_quality.volts.title", "相電圧", "Voltage by phase"),
    Text("power_quality.amps.title", "電流", "Current by phase"),
    *(
        Text(
            f"power_quality.{what}.about",
            "最近の1時間の計測値。線の間隔が開けば不平衡です。",
            "Readings of the last hour. Lines that part are unbalance.",
        )
        for what in ("volts", "amps")
    ),
    *(Text(f"power_quality.l{number}", f"L{number}相", f"L{number}") for number in (1, 2, 3)),
    Text("power_quality.thd.title", "高調波ひずみ率", "Harmonic distortion"),
    Text(
        "power_quality.thd.about",
        "電圧の破線は6.6kVの管理目標5%。電流は傾向だけを見てください。",
        "Dashed: the 5 % target for voltage at 6.6 kV. Read current as a trend only.",
    ),
    Text("power_quality.thd_voltage", "電圧ひずみ率", "Voltage distortion"),
    Text("power_quality.thd_current", "電流ひずみ率", "Current distortion"),
    Text("power_quality.thd_limit", "5%(電圧)", "5 % (voltage)"),
    Text("power_quality.frequency.title", "周波数", "Frequency"),
    Text(
        "power_quality.frequency.about",
        "30分ごとの平均。電力会社がつくるものです。",
        "Mean of each half hour; the grid makes it.",
    ),
    Text("power_quality.meters.title", "表示期間の計測器", "Meters in the shown range"),
    Text(
        "power_quality.meters.about",
        "30分ごとの値の平均、最大、最小。電圧の不平衡が大きい順。",
        "Mean, largest and lowest of the half hours; largest voltage unbalance first.",
    ),
    Text("power_quality.column.factor", "力率(平均)", "Power factor (mean)"),
    Text("power_quality.column.lowest", "最低電圧 (V)", "Lowest voltage (V)"),
    Text("power_quality.column.highest", "最高電圧 (V)", "Highest voltage (V)"),
    Text("power_quality.column.voltage", "電圧不平衡(最大)", "Voltage unbalance (worst)"),
    Text("power_quality.column.current", "電流不平衡(平均)", "Current unbalance (mean)"),
    Text("power_quality.readings.title", "30分ごとの計測の数", "Readings behind each half hour"),
    Text(
        "power_quality.readings.about",
        "この計測器のその30分の値は、この数の計測から作りました。",
        "How many readings this meter's figures of each half hour were made from.",
    ),
    Text("power_quality.readings", "計測の数", "Readings"),
)

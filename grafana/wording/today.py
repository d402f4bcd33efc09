"""Words of the board for today."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("today.title", "今日", "Today"),
    Text(
        "today.about",
        "工場に掲示する画面です。いまの電力、30分デマンドの見込み、今日と代表日。",
        "For a screen on the plant's wall: power now, the 30-minute forecast, today and a usual "
        "day.",
    ),
    Text("today.row.now", "いまの30分", "This half hour"),
    Text("today.row.day", "今日", "Today"),
    Text("today.row.watch", "回路と異常", "Circuits and alarms"),
    Text(
        "today.live.empty",
        "90秒以内の計測値がそろいません。受電の計測器とエッジエージェントを確認してください。",
        "No reading within 90 seconds. Check the incoming meters and the edge agent.",
    ),
    Text(
        "today.contract.empty",
        "見込みか契約電力がありません。設定の contract_power_kw を書いてください。",
        "No forecast, or no contract power: write contract_power_kw in the settings.",
    ),
    Text("today.power.title", "いまの電力", "Power now"),
    Text(
        "today.power.about",
        "受電の計測器の最近3分の平均電力。積算値から計算します。",
        "Mean power of the incoming meters over the last 3 minutes, from their registers.",
    ),
    Text("today.forecast.title", "この時限の見込み", "Forecast of this slot"),
    Text(
        "today.forecast.about",
        "いまの電力が続いたときの、この30分の終わりのデマンド。",
        "The demand at the end of this half hour if the power stays as it is.",
    ),
    Text("today.share.title", "見込み÷契約電力", "Forecast against contract"),
    Text(
        "today.share.about",
        "この時限の見込み ÷ 契約電力。100%から警報色です。",
        "This slot's forecast divided by contract power; alarm colour from 100 %.",
    ),
    Text("today.room.title", "目標までの余裕", "Room below target"),
    Text(
        "today.room.about",
        "目標(なければ契約電力)を守って使える電力。負の値は、いますぐ減らす電力です。",
        "What may be added and still keep the target (else the contract). Negative: shed that "
        "much now.",
    ),
    Text("today.left.title", "残り時間", "Time left"),
    Text(
        "today.left.about",
        "この時限が終わるまでの時間。",
        "Until this half hour ends.",
    ),
    Text("today.usual.title", "今日と代表日", "Today against a usual day"),
    Text(
        "today.usual.about",
        "棒は30分コマの平均電力(薄い色は推定)。破線は同じ種類の日の中央値、帯は10〜90%の範囲。",
        "Bars: mean power of each half hour (pale: estimated). Dashed: median of the same kind of "
        "day in 8 weeks; the band holds 10 to 90 %.",
    ),
    Text("today.expected", "代表日", "Usual day"),
    Text("today.high", "代表日の90%", "Usual day, 90 %"),
    Text("today.low", "代表日の10%", "Usual day, 10 %"),
    Text("today.kwh.title", "今日の電力量", "Energy today"),
    Text(
        "today.kwh.about",
        "今日0時からの電力量(拠点の合計)。",
        "Whole site, since midnight at the site.",
    ),
    Text("today.cost.title", "今日の電力量料金(円)", "Energy cost today (JPY)"),
    Text(
        "today.cost.about",
        "今日0時からの電力量料金。基本料金と調整額は含みません(料金のボードを見てください)。",
        "Price of the energy since midnight, without the basic charge and adders (see Cost).",
    ),
    Text("today.co2.title", "今日のCO2", "CO2 today"),
    Text(
        "today.co2.about",
        "今日0時からの排出量。排出係数はCO2のボードにあります。",
        "Since midnight. The board CO2 names the factor.",
    ),
    Text("today.largest.title", "いま大きい回路(上位3)", "The three largest circuits now"),
    Text(
        "today.largest.about",
        "5分以内に届いた最新の有効電力。",
        "Newest active power within 5 minutes.",
    ),
    Text("today.read_at", "計測の時刻", "Read at"),
    Text("today.told_at", "確認の時刻", "Checked at"),
    Text("today.alarms.title", "異常のある計測器", "Meters with an alarm"),
    Text(
        "today.alarms.about",
        "いま値が届いていない計測器と、その理由。",
        "Meters that do not send now, and why.",
    ),
    Text(
        "today.alarms.empty",
        "異常はありません。",
        "No alarm.",
    ),
    Text("today.state", "状態", "State"),
    Text("today.age", "最後の値からの時間", "Since its last reading"),
    Text("today.oldest.title", "最も古い最新値", "Oldest newest reading"),
    Text(
        "today.oldest.about",
        "すべての計測器のうち、最後の値から最も長く経った時間。5分から警報色です。",
        "Of all meters, the longest time since the last reading; alarm colour from 5 minutes.",
    ),
    Text(
        "today.oldest.empty",
        "収集サーバーの記録がありません。異常の有無は分かりません。collector run を確認して"
        "ください。",
        "The collector has written nothing, so alarms are unknown. Check collector run.",
    ),
    Text("today.new_peak.title", "今月の12か月最大の更新", "New 12-month peak this month"),
    Text(
        "today.new_peak.about",
        "今月のデマンドが過去12か月の最大を超えたか。超えると基本料金が上がります。",
        "Whether this month's demand is the highest of 12 months: it raises the basic charge.",
    ),
    Text("today.set", "更新あり", "Yes, set anew"),
)

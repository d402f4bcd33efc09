"""The words of the daily report, Japanese and English side by side."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} 日報", "{site}: daily report"),
        "working": ("稼働日", "working day"),
        "saturday": ("土曜休み", "Saturday off"),
        "sunday": ("日曜休み", "Sunday off"),
        "holiday": ("祝日", "public holiday"),
        "closed": ("休業日", "closed day"),
        "with_holiday": ("{kind}({name})", "{kind} ({name})"),
        # figures
        "energy": ("電力量", "Energy"),
        "cost": ("電力量料金", "Energy charge"),
        "cost_note": (
            "1 kWhあたり {price} {unit}(基本料金は別)",
            "{price} {unit}/kWh, no demand charge",
        ),
        "no_cost": (
            "料金メニューが未設定([[sites.tariffs]])",
            "no tariff set ([[sites.tariffs]])",
        ),
        "co2": ("CO₂排出量", "CO₂ emissions"),
        "co2_note": ("係数 {value} kg-CO₂/kWh", "factor {value} kg-CO₂/kWh"),
        "co2_notes": ("{n}種類の係数", "{n} factors"),
        "no_co2": (
            "排出係数なし([[sites.contracts]])",
            "no emission factor ([[sites.contracts]])",
        ),
        "provisional": ("暫定", "Provisional"),
        "peak": ("最大デマンド(30分)", "Largest demand (30 min)"),
        "share_of_contract": (
            "{when}・契約 {contract} kW の{share}%",
            "{when}; {share}% of {contract} kW agreed",
        ),
        "no_contract": ("{when}・契約電力は未設定", "{when}; contract power not set"),
        "night": ("夜間の待機電力", "Standby at night"),
        "night_note": ("0〜5時の平均", "mean of 00:00–05:00"),
        "night_usual": (
            "0〜5時の平均。ふだんは {kw} kW",
            "mean of 00:00–05:00; usually {kw} kW",
        ),
        "month_peak": ("今月の最大デマンド", "Largest demand this month"),
        "month_peak_below": (
            "{when}・過去{n}か月は最大 {kw} kW",
            "{when}; {n} months before {kw} kW",
        ),
        "month_peak_above": (
            "{when}・過去{n}か月の {kw} kW を更新",
            "{when}; above {kw} kW of {n} months",
        ),
        "no_figure": ("データなし", "no data"),
        "usual_more": (
            "ふだんの{group}より +{share}%",
            "+{share}% on the usual {group}",
        ),
        "usual_less": (
            "ふだんの{group}より −{share}%",
            "−{share}% on the usual {group}",
        ),
        "no_usual": (
            "比べられる{group}がまだ5日ありません",
            "fewer than 5 {group}s to compare with",
        ),
        "group_working": ("稼働日", "working day"),
        "group_saturday": ("土曜休み", "Saturday off"),
        "group_off": ("休日", "day off"),
        # curve
        "curve": ("30分ごとの電力と、ふだんの日", "Power by half hour, and the usual day"),
        "curve_lead": ("最大は{when}の{kw} kW。", "Highest {when}: {kw} kW."),
        "curve_text": (
            "{day}の30分平均電力。最大 {kw} kW({when})。",
            "30-minute mean power on {day}. Highest {kw} kW ({when}).",
        ),
        "curve_above": (
            "{n}回、ふだんの日の幅(10〜90%)を上回りました。",
            "{n} half hours above the band of usual days (10–90%).",
        ),
        "today": ("この日", "this day"),
        "estimated": ("推定", "estimated"),
        "median": ("ふだんの{group}(中央値)", "usual {group} (median)"),
        "band": ("ふだんの幅(10〜90%)", "usual band (10–90%)"),
        "contract": ("契約電力 {kw} kW", "contract power {kw} kW"),
        "target": ("目標 {kw} kW", "target {kw} kW"),
        "no_curve": (
            "この日の30分値がありません。",
            "There are no 30-minute values for this day.",
        ),
        "no_curve_hint": (
            "計測器からの受信を確認し、collector summarise で集計してください",
            "check that readings arrive, then run: collector summarise",
        ),
        # circuits
        "circuits": ("回路ごと", "By circuit"),
        "circuit": ("回路", "Circuit"),
        "energy_col": ("電力量", "Energy"),
        "share_col": ("割合", "Share"),
        "change_col": ("ふだん比", "Against usual"),
        "night_col": ("夜間", "At night"),
        "rest": ("未計測分", "Unmeasured remainder"),
        "others": ("その他({n}回路)", "Others ({n} circuits)"),
        "site": ("拠点合計", "Site total"),
        "no_circuits": (
            "計測器が1台のため、回路ごとの内訳はありません。",
            "There is one meter, so nothing to split by circuit.",
        ),
        "no_circuits_hint": (
            "主な設備の分岐に計測器を加え、parent を指定すると内訳が出ます",
            "add meters on the main branches and name their parent to see the split",
        ),
        # alarms
        "alarms": ("気をつけること", "What to look at"),
        "well": ("特記事項はありません。", "Nothing to report."),
        "over_contract": (
            "デマンドが契約電力 {contract} kW を超えました({when} に {kw} kW)。",
            "Demand passed the contract power of {contract} kW ({kw} kW, {when}).",
        ),
        "over_contract_hint": (
            "電力会社に連絡が要ることがあります。同じ時間に動いた設備を確認してください",
            "the supplier may have to be told; look what ran at the same time",
        ),
        "over_target": (
            "デマンドが目標 {target} kW を超えました({when} に {kw} kW)。",
            "Demand passed the target of {target} kW ({kw} kW, {when}).",
        ),
        "new_year_peak": (
            "過去11か月の最大 {before} kW を上回り、基本料金が上がります({kw} kW)。",
            "Above the {before} kW of the 11 months before: the demand charge rises ({kw} kW).",
        ),
        "left_on": (
            "操業時間外に、ベースを超える負荷がありました: {times}。",
            "Outside of working hours more than the base load ran: {times}.",
        ),
        "left_on_time": ("{when} に {kwh} kWh", "{kwh} kWh {when}"),
        "night_high": (
            "夜間の待機電力が、ふだんの {usual} kW より {share}% 多い {kw} kW でした。",
            "Standby at night was {kw} kW, {share}% above the usual {usual} kW.",
        ),
        "silent": ("欠測: {stretches}。", "No readings: {stretches}."),
        "stretch": ("{name} {when}", "{name} {when}"),
        "more": ("ほか{n}件", "{n} more"),
        "silent_hint": (
            "collector meters events で理由を確認してください",
            "collector meters events tells why",
        ),
        "bridged": ("推定値: {stretches}。", "Estimated: {stretches}."),
        "all_meters": ("すべての計測器", "All meters"),
        "some_meters": ("{n}台の計測器", "{n} meters"),
        # evidence
        "rules": (
            "ふだんの日は、直前8週間の同じ種別の{n}日の中央値。計測率 {coverage}%。",
            "Usual: the median of {n} days of the same kind in the eight weeks before. "
            "Coverage {coverage}%.",
        ),
        "rules_alone": ("計測率 {coverage}%。", "Coverage {coverage}%."),
        "rules_estimated": ("推定 {kwh} kWh を含みます。", "{kwh} kWh of it are estimated."),
        "factor": ("排出係数 {value} kg-CO₂/kWh: {id}。", "Factor {value} kg-CO₂/kWh: {id}."),
    }
)

"""Working hours: found against declared, closed days, lunch break, start-up."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "working": ("操業時間と、時間外の電力", "Working hours and what runs beside them"),
    "working_lead": (
        "負荷から読み取った操業は週 {hours} 時間です(しきい値 {kw} kW)。",
        "The load shows {hours} operating hours a week (threshold {kw} kW).",
    ),
    "week_map": ("操業している割合(曜日 × 時刻)", "How often the plant runs, by weekday and hour"),
    "week_text": (
        "曜日と時刻ごとに、操業していた割合",
        "share of hours that operated, by weekday and hour",
    ),
    "compare_table": ("設定した時間との比較", "Against the declared hours"),
    "declared_hours": ("設定の操業時間", "Declared hours"),
    "undeclared": (
        "未設定([sites.calendar] hours)。稼働日は終日として比べる",
        "not set ([sites.calendar] hours): working days are taken whole",
    ),
    "detected_h": ("読み取った操業時間", "Operating hours found"),
    "declared_h": ("設定上の操業時間", "Operating hours declared"),
    "outside_h": ("設定外に動いた時間と電力量", "Ran outside of declared hours"),
    "inside_h": ("設定内で止まっていた時間", "Stood still within declared hours"),
    "hours_kwh": ("{hours} h、{kwh} kWh", "{hours} h, {kwh} kWh"),
    "hours_only": ("{hours} h", "{hours} h"),
    "idle_table": ("動いていない時間の電力", "What runs when nobody works"),
    "outside_operation": ("操業時間外(全体)", "Outside operation, all"),
    "closed_days": ("休日(日曜・祝日・休業日)", "Closed days (Sundays, holidays, closed)"),
    "lunch_time": ("昼休み {start}〜{end}", "Lunch break {start}–{end}"),
    "mean_kw": ("平均", "Mean"),
    "energy_period": ("電力量", "Energy"),
    "share_all": ("全体の割合", "Share of all"),
    "remark": ("備考", "Remark"),
    "closed_remark": (
        "{days}日。稼働日の平均 {kw} kW。90%の休日は {p90} kWh/日 以下",
        "{days} days; working days {kw} kW; 90% of closed days stay below {p90} kWh a day",
    ),
    "closed_remark_plain": (
        "{days}日。90%の休日は {p90} kWh/日 以下",
        "{days} days; 90% of closed days stay below {p90} kWh a day",
    ),
    "standby_remark": ("時間の{hours}%", "{hours}% of the hours"),
    "lunch_remark": (
        "前後は {beside} kW、ベースは {base} kW。ベースを超える分 {idle} kW",
        "{beside} kW beside it, base {base} kW; {idle} kW above the base",
    ),
    "starts": ("立ち上がり", "Start-up"),
    "starts_lead": (
        "{n}回の始業で、30分の立ち上がりは中央値 {median} kW、最大 {largest} kW。"
        "うち{peaks}回がその日のピークになりました。",
        "In {n} starts the load rises by {median} kW in 30 minutes (largest {largest} kW); "
        "{peaks} of them made the day's peak.",
    ),
    "together": ("同時に立ち上がった回路", "Circuits that started together"),
    "together_at": ("始まり", "Start"),
    "together_who": ("回路", "Circuits"),
    "together_kw": ("立ち上がり", "Rise"),
    "no_start": (
        "負荷に始業の立ち上がりは見られません。",
        "No start of work shows in the load.",
    ),
}

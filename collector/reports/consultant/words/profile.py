"""The load profile: heat map, typical days, weekdays, duration curve, base load."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "profile": ("ロードプロファイル", "Load profile"),
    "heat": ("負荷の地図: 日 × 時刻", "The load by day and time of day"),
    "heat_lead": (
        "縦は時刻、横は日です。濃いほど電力が大きく、白は欠測です。",
        "Time of day downwards, days across. The darker, the higher; white is missing.",
    ),
    "heat_text": ("30分の平均電力 {low}〜{high} kW", "30-minute mean power, {low} to {high} kW"),
    "estimated": ("推定", "Estimated"),
    "missing": ("欠測", "Missing"),
    "typical": ("代表日", "Typical days"),
    "typical_lead": (
        "線は中央値、帯は日の80%が入る範囲(P10〜P90)です。欠測の多い日は除きます。",
        "Lines are medians, bands hold 80% of the days (P10–P90). Days with many gaps are left "
        "out.",
    ),
    "typical_of": ("{season}の代表日", "Typical days, {season}"),
    "typical_text": (
        "{season}: 稼働日の中央値は最大 {kw} kW",
        "{season}: the median working day reaches {kw} kW",
    ),
    "group_working": ("稼働日", "Working day"),
    "group_saturday": ("土曜", "Saturday"),
    "group_off": ("休日", "Day off"),
    "of_days": ("{group}({n}日)", "{group} ({n} days)"),
    "too_few_days": (
        "{season}の{group}は{n}日だけで、代表日にしません(必要 {need}日)。",
        "{season}, {group}: only {n} days, no typical day is drawn ({need} needed).",
    ),
    "season_dec-feb": ("12〜2月", "Dec–Feb"),
    "season_mar-may": ("3〜5月", "Mar–May"),
    "season_jun-aug": ("6〜8月", "Jun–Aug"),
    "season_sep-nov": ("9〜11月", "Sep–Nov"),
    "weekdays": ("曜日の重ね合わせ", "Weekdays laid over each other"),
    "weekdays_lead": (
        "曜日ごとの中央値です。{low}は{high}より1日あたり {kwh} kWh 少ない日です。",
        "Median by weekday. {low} takes {kwh} kWh a day less than {high}.",
    ),
    "duration": ("負荷持続曲線", "Load duration curve"),
    "duration_lead": (
        "最大の90%({kw} kW)を超えたのは {hours} 時間(期間の{share}%)だけです。",
        "The load is above 90% of its peak ({kw} kW) for only {hours} hours ({share}% of them).",
    ),
    "hours_label": ("累積時間", "Hours"),
    "demand_line": ("30分の平均電力", "30-minute mean power"),
    "ninety": ("最大の90% {kw} kW", "90% of the peak: {kw} kW"),
    "contract_line": ("契約電力 {kw} kW", "Contract power {kw} kW"),
    "target_line": ("目標 {kw} kW", "Target {kw} kW"),
    "near": (
        "全時間の95%は {low}〜{high} kW の間にあります。",
        "95% of all half hours lie between {low} and {high} kW.",
    ),
    "base_title": ("ベース負荷の推移", "The base load over time"),
    "base_lead": (
        "ベース負荷は {kw} kW(日の80%は {low}〜{high} kW)。"
        "それだけで {kwh} kWh、電力量の{share}%です。",
        "The base load is {kw} kW ({low} to {high} kW on 80% of days). Alone it takes {kwh} kWh, "
        "{share}% of the energy.",
    ),
    "base_daily": ("日の最小30分", "Lowest 30 min of the day"),
    "base_median": ("中央値 {kw} kW", "Median {kw} kW"),
    "creeping": (
        "直近{days}日で {start} kW から {end} kW へ{share}%増えています。"
        "何が増えたか確かめてください。",
        "Over the last {days} days it rose from {start} to {end} kW ({share}%). Find out what was "
        "added.",
    ),
    "steady": (
        "直近{days}日の変化は {change} kW で、増え続けてはいません。",
        "Over the last {days} days it changed by {change} kW: it is not creeping up.",
    ),
}

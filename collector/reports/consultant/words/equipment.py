"""Power factor, unbalance, transformers, compressors."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "power": ("力率と電圧不平衡", "Power factor and unbalance"),
    "power_lead": (
        "料金の力率(8〜22時)は{low}〜{high}%です。",
        "The power factor that is billed (8:00–22:00) is {low} to {high}%.",
    ),
    "pf_bars": ("月ごとの力率", "Power factor by month"),
    "pf_month": ("{month}: {pf}%", "{month}: {pf}%"),
    "leading_said": (
        "夜間(22〜8時)の{share}%の時間で進み力率です(最大 {kvar} kvar)。"
        "コンデンサの入れっぱなしが疑われます。",
        "{share}% of the night hours (22:00–8:00) are leading (up to {kvar} kvar): capacitors may "
        "stay on.",
    ),
    "leading_none": ("夜間の進み力率はありません。", "No night hour is leading."),
    "unbalance_said": (
        "線間電圧の不平衡(NEMA)は平均 {mean}%、95%値 {p95}%、最大 {largest}%です"
        "({meter}、{window}、{n}回の計測)。",
        "Voltage unbalance (NEMA) is {mean}% on average, {p95}% at the 95th percentile, {largest}% "
        "at most ({meter}, {window}, {n} readings).",
    ),
    "equipment": ("変圧器・コンプレッサー", "Transformers and compressors"),
    "transformers": ("変圧器", "Transformers"),
    "plate": ("定格", "Rating"),
    "mean_load": ("平均負荷", "Mean load"),
    "rms_load": ("実効負荷", "RMS load"),
    "peak_load": ("最大負荷", "Peak load"),
    "best_load": ("最高効率の負荷", "Best load"),
    "no_load_col": ("無負荷損/年", "No-load loss a year"),
    "load_loss_col": ("負荷損/年", "Load loss a year"),
    "efficiency_col": ("全日効率", "All-day efficiency"),
    "assumed_pf": (
        "無効電力量の計測がないため、力率 {pf} を仮定しました: {names}。",
        "No reactive energy is metered there, a power factor of {pf} is assumed: {names}.",
    ),
    "compressors": ("コンプレッサー", "Compressors"),
    "load_hours": ("負荷", "Loaded"),
    "unload_hours": ("空運転", "Unloaded"),
    "off_hours": ("停止", "Off"),
    "idle_col": ("空運転の電力量", "Unloaded energy"),
    "idle_share_col": ("割合", "Share"),
    "closed_col": ("休日の電力量", "On closed days"),
    "mixed": (
        "30分値では負荷と空運転が混ざるため、時間は目安です。",
        "Half hours mix loaded and unloaded running: hours are a picture, not a count.",
    ),
}

"""Circuits: shares with the unmeasured remainder, standby, part in the peak, diversity."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "circuits": ("回路の内訳", "Circuits"),
    "circuits_lead": (
        "最も多いのは{name}で、電力量の{share}%です。未計測分は{rest}%です。",
        "{name} takes most: {share}% of the energy. {rest}% is not measured by any circuit.",
    ),
    "circuits_lead_whole": (
        "最も多いのは{name}で、電力量の{share}%です。",
        "{name} takes most: {share}% of the energy.",
    ),
    "circuit": ("回路", "Circuit"),
    "energy_col": ("電力量", "Energy"),
    "share_col": ("割合", "Share"),
    "standby_kw_col": ("時間外の平均", "Mean outside operation"),
    "standby_kwh_col": ("時間外", "Outside operation"),
    "standby_share_col": ("回路の中の割合", "Share of circuit"),
    "peak_col": ("ピーク時", "At the peak"),
    "peak_share_col": ("寄与", "Share"),
    "known_col": ("既知", "Known"),
    "remainder": ("未計測分", "Unmeasured remainder"),
    "standby_bars": ("操業時間外の電力量(回路別)", "Energy outside operation by circuit"),
    "peak_at": (
        "ピークは{when}の {kw} kW です。",
        "The peak is {kw} kW at {when}.",
    ),
    "diversity_note": (
        "不等率 {factor}: 各回路の最大の合計 {apart} kW に対し、同時の最大は {together} kW です。",
        "Diversity {factor}: the circuits' own peaks add up to {apart} kW, together they reach "
        "{together} kW.",
    ),
    "one_circuit": (
        "計測しているのは1回路だけで、内訳は示せません。",
        "Only one circuit is metered: there are no shares to show.",
    ),
    "no_circuits": (
        "回路の計測がなく、内訳は示せません。",
        "No circuit is metered: there are no shares to show.",
    ),
    "circuits_hint": (
        "大きい設備から5回路ほど計測すると、どこで減らせるかが言えます。",
        "Metering the five largest loads tells where to save.",
    ),
}

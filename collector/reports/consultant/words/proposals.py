"""The proposals, each on its own block."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "proposal": ("提案 {n}: {what}", "Proposal {n}: {what}"),
    "rule_of": ("{rule}({circuit})", "{rule} ({circuit})"),
    "saving": ("削減額/年", "Saving a year"),
    "kwh_fig": ("電力量/年", "Energy a year"),
    "co2_fig": ("CO₂/年", "CO₂ a year"),
    "kw_fig": ("デマンド", "Demand"),
    "none": ("削減なし", "none saved"),
    "terms": ("内容", "Details"),
    "change_term": ("現状 → 対策後", "Before → after"),
    "change_said": ("{where}: {before} → {after}", "{where}: {before} → {after}"),
    "cost_term": ("費用と回収", "Cost and payback"),
    "cost_said": ("{cost} {unit}、回収 {years} 年", "{cost} {unit}, earned back in {years} years"),
    "cost_no_payback": (
        "{cost} {unit}(低い見込みでは回収できない)",
        "{cost} {unit} (at the low end it is not earned back)",
    ),
    "cost_unknown": (
        "未入力",
        "not given yet",
    ),
    "owner_term": ("担当・状態・確からしさ", "Owner, status, confidence"),
    "nobody": ("担当なし", "nobody"),
    "status_open": ("未着手", "open"),
    "status_doing": ("実施中", "being done"),
    "status_done": ("完了", "done"),
    "status_muted": ("見送り", "muted"),
    "status_said": ("{owner} · {status} · {confidence}", "{owner} · {status} · {confidence}"),
    "threshold_term": ("判断の基準", "Threshold"),
    "threshold_said": (
        "{what}: {value}(出典は付録)",
        "{what}: {value} (source: appendix)",
    ),
    "window_term": ("根拠の期間", "Evidence window"),
    "window_said": (
        "{window}、既知 {known}%、実測 {coverage}%",
        "{window}; {known}% known, {coverage}% measured",
    ),
    "overlap_term": ("重なり", "Overlap"),
    "overlap_said": (
        "{names}と重なるため、合計には{share}%だけ数えています。",
        "Overlaps with {names}: the total counts {share}% of it.",
    ),
    "overlap_whole": (
        "{names}と重なります(合計には全額を数え、相手を減らしています)。",
        "Overlaps with {names} (counted whole here, less there).",
    ),
    "list_and": ("、", ", "),
    "settled": ("完了・見送りの提案", "Proposals done or muted"),
    "settled_key": ("提案", "Proposal"),
    "settled_status": ("状態", "Status"),
    "settled_owner": ("担当", "Owner"),
    "settled_reason": ("理由・メモ", "Reason"),
    "settled_worth": ("見込み/年", "Expected a year"),
    "all_proposals": ("提案の一覧", "All proposals"),
    "all_lead": (
        "合計は、重なる部分を1回だけ数えています。",
        "The total counts what overlaps once.",
    ),
    "counted_col": ("合計に数える割合", "Counted"),
    "total_row": ("合計(重なりを除く)", "Total, nothing twice"),
    "signal_note": (
        "時間帯別の係数によるCO₂は、合計に含めていません。",
        "CO₂ by the grid's hourly signal enters no total.",
    ),
}

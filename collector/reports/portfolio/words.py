"""The words of the portfolio report, Japanese and English side by side."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("拠点比較レポート", "Portfolio of sites"),
        "sites_unit": ("拠点", "sites"),
        "sites": ("拠点数", "Sites"),
        "of_sites": ("{n}拠点中{known}拠点の値", "of {known} of {n} sites"),
        "energy": ("電力量", "Energy"),
        "co2": ("CO₂排出量", "CO₂ emissions"),
        "own_method": ("各拠点の算定方法による", "each site by its own method"),
        "cost": ("電力量料金", "Energy cost"),
        "cost_note": ("基本料金を含まない", "without demand charge"),
        "against": ("前年同期比", "On the year before"),
        "against_note": ("両年の値がそろう{n}拠点", "{n} sites that have both years"),
        # what stands out
        "out": ("目立つ拠点", "What stands out"),
        "out_lead": (
            "ほかの拠点と比べて大きく外れているものです。原因は各拠点の診断で確かめてください。",
            "What lies far from the other sites. The cause is for each site's own diagnosis.",
        ),
        "out_none": ("ほかと大きく違う拠点はありません。", "No site stands far out."),
        "out_alone": (
            "{n}拠点では拠点どうしを比べません({least}拠点以上で比べます)。",
            "Sites are compared with one another from {least} sites on; here: {n}.",
        ),
        "rise": (
            "{site}: 電力量が前年同期より{share}%増えています。",
            "{site}: energy is up {share}% on the year before.",
        ),
        "fall": (
            "{site}: 電力量が前年同期より{share}%減っています。",
            "{site}: energy is down {share}% on the year before.",
        ),
        "standby": (
            "{site}: 非稼働時間の電力量が全体の{share}%です(拠点の中央値 {median}%)。",
            "{site}: {share}% of its energy is used while not operating (median of sites"
            " {median}%).",
        ),
        "off_day": (
            "{site}: 休日の電力量が全体の{share}%です(拠点の中央値 {median}%)。",
            "{site}: {share}% of its energy is used on days off (median of sites {median}%).",
        ),
        "load_factor": (
            "{site}: 負荷率が{share}%と低めです(拠点の中央値 {median}%)。",
            "{site}: its load factor is low, {share}% (median of sites {median}%).",
        ),
        "contract": (
            "{site}: 最大デマンドが契約電力 {contract} kW の{share}%にとどまります。",
            "{site}: its largest demand is only {share}% of the contract power of {contract} kW.",
        ),
        "over": (
            "{site}: 最大デマンド {kw} kW が契約電力 {contract} kW を超えています。",
            "{site}: its largest demand of {kw} kW is above the contract power of {contract} kW.",
        ),
        # tables
        "ranking": ("電力量の大きい順", "By energy"),
        "ranking_text": (
            "電力量の大きい{n}拠点。最大は{site}の{kwh} {unit}。",
            "The {n} sites with the most energy; the largest is {site}, {kwh} {unit}.",
        ),
        "bar_text": ("{site}: {kwh} kWh", "{site}: {kwh} kWh"),
        "figures": ("電力量・CO₂・料金・デマンド", "Energy, CO₂, cost and demand"),
        "shape": ("使い方の比較", "How the energy is used"),
        "by_method": ("算定方法ごとのCO₂", "CO₂ by method"),
        "by_method_lead": (
            "方法の異なる値は合計できません。",
            "Figures by different methods are never added.",
        ),
        "quality": ("データの確かさ", "Quality of the data"),
        "no_sites": ("値のある拠点がありません。", "No site has figures."),
        "no_sites_hint": (
            "期間を変えるか、collector summarise を実行してください",
            "choose another period, or run: collector summarise",
        ),
        "site": ("拠点", "Site"),
        "share": ("構成比", "Share"),
        "change": ("前年比", "On last year"),
        "co2_col": ("CO₂", "CO₂"),
        "cost_col": ("料金", "Cost"),
        "peak": ("最大デマンド", "Demand"),
        "contract_col": ("契約電力", "Contract"),
        "lf_peak": ("負荷率", "Load factor"),
        "lf_contract": ("契約負荷率", "Of contract power"),
        "base": ("ベース負荷", "Base load"),
        "base_share": ("ベース比率", "Base share"),
        "standby_share": ("非稼働時比率", "Not operating"),
        "off_share": ("休日比率", "Days off"),
        "night_share": ("夜間比率", "Night"),
        "coverage": ("計測率", "Measured"),
        "estimated": ("推定の割合", "Estimated"),
        "missing": ("欠測の時間", "Missing time"),
        "remarks": ("備考", "Remarks"),
        "total": ("合計", "Total"),
        "nothing_stored": ("この期間のデータがありません", "nothing is stored of the period"),
        "fault": ("値なし", "no figures"),
        "location": ("ロケーション基準", "Location-based"),
        "market_residual": ("マーケット基準", "Market-based"),
        "jp_shk_basic": ("SHK 基礎", "SHK basic"),
        "jp_shk_adjusted": ("SHK 調整後", "SHK adjusted"),
        # bounds of what stands out
        "bounds": ("目立つ拠点の基準", "Bounds of what stands out"),
        "bounds_lead": (
            "次の値で判定します。法令や規格の値ではなく、当ソフトの取り決めです。",
            "What stands out is judged by these. They are this software's conventions, not values"
            " of a law or a standard.",
        ),
        "bound": ("基準", "Bound"),
        "bound_value": ("値", "Value"),
        "bound_decides": ("使い方と理由", "What it decides, and why"),
        "bound_source": ("出典", "Source"),
        "bound_own": ("当ソフトの取り決め", "this software's convention"),
        "bound_fewest_sites": ("比べる拠点数", "Sites to compare"),
        "bound_far": ("中央値との隔たり", "Distance from the median"),
        "bound_least_share": ("最小の比率", "Smallest share"),
        "bound_changed": ("前年からの増減", "Change on the year before"),
        "bound_hardly_used": ("契約電力の利用率", "Use of contract power"),
        "bound_most": ("理由ごとの拠点数", "Sites for one reason"),
        "unit_sites": ("拠点", "sites"),
        "unit_times": ("倍", "times"),
        # definitions
        "defined": (
            "負荷率=平均電力÷最大電力。契約負荷率=平均電力÷契約電力。ベース負荷=日ごとの最小30分値の中央値。"
            "非稼働時比率=稼働していないと判定した30分の電力量の割合。休日比率=日曜・祝日・休業日の割合。"
            "夜間比率=22時〜8時の割合。前年比は両年に値のある日だけで比べます。",
            "Load factor: mean over largest power; of contract power: mean over contract power."
            " Base load: median of each day's lowest half hour. Not operating: energy of half"
            " hours detected as idle. Days off: Sundays, holidays and closed days. Night: 22:00"
            " to 8:00. On last year: days that both years have.",
        ),
    }
)

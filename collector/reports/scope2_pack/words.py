"""The words of the Scope 2 pack."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} Scope 2 排出量報告", "{site}: Scope 2 report"),
        "copy": ("{customer} 御中", "Copy for {customer}"),
        "days": ("{n}日間", "{n} days"),
        "overview": ("Scope 2 排出量", "Scope 2 emissions"),
        "overview_lead": (
            "ロケーション基準とマーケット基準は同じ電力量を別の方法で数えたものです。"
            "並べて示し、決して合算しません。",
            "Location-based and market-based count the same energy in two ways. They stand side"
            " by side and are never added.",
        ),
        "months": (
            "月別の電力量とCO₂(証書控除前)",
            "Energy and CO₂ by month (before certificates)",
        ),
        "certificate_effect": (
            "マーケット基準は証書による {kwh} kWh・{t} t-CO₂ の控除後です(控除前 {gross} t-CO₂)。",
            "Market-based is after certificates of {kwh} kWh, {t} t-CO₂ ({gross} t-CO₂ before).",
        ),
        "no_certificates": (
            "この期間に算入した証書・クレジットはありません。",
            "No certificates are counted in this period.",
        ),
        "factors_lead": (
            "排出量 = 電力量 × 排出係数。どの係数も公表者・版・対象期間までたどれます。",
            "Emissions = energy × factor. Each factor can be traced to its publisher, revision and"
            " period.",
        ),
        "allocation": ("顧客・製品への配分", "Allocation to customers"),
        "allocation_lead": (
            "専用回路で計測した電力量はその顧客に、残りの共通負荷は「{basis}」に比例して"
            "配分しました。",
            "Energy metered on a customer's own lines goes to it; the common load is spread in"
            " proportion to {basis}.",
        ),
        "basis_mass": ("生産質量", "output by mass"),
        "basis_pieces": ("生産個数", "output in pieces"),
        "basis_machine_hours": ("機械稼働時間", "machine hours"),
        "basis_revenue": ("売上高", "revenue"),
        "kind_physical": ("物理的な配分", "physical"),
        "kind_economic": ("経済的な配分", "economic"),
        "why": ("配分基準を選んだ理由", "Why this basis"),
        "why_asked": (
            "「{basis}」({kind})を指定して選択。",
            "{basis} ({kind}) was asked for.",
        ),
        "why_best": (
            "「{basis}」({kind})は、全顧客の値がそろう基準のうち最も優先順位が高いもの。",
            "{basis} ({kind}) is the best basis of which every customer has an amount.",
        ),
        "why_without": (
            "「{basis}」は {n} 社の値がないため使わず。",
            "{basis} was not used: {n} customers have no amount of it.",
        ),
        "hierarchy": (
            "優先順位: 1 専用回路の計測、2 物理的(質量・個数・機械稼働時間)、3 経済的(売上高)",
            "Order of preference: 1 direct metering, 2 physical (mass, pieces, machine hours),"
            " 3 economic (revenue)",
        ),
        "rule": ("計算の規則", "Rule"),
        "rule_text": (
            "期間中の電力量1 kWhあたりのCO₂は全顧客で同じとし、端数は1 Wh・1 g単位の最大剰余法で"
            "割り当て、合計は総量と一致します。",
            "Every kWh of the period carries the same CO₂. Fractions go by the largest remainder,"
            " to the Wh and the gram, so that the parts add up to the total.",
        ),
        "hours_measured": (
            "機械稼働時間は、各ラインの電力が期間最大の {percent} % を超えた時間を計測したもの。",
            "Machine hours are measured: time in which a line takes more than {percent} % of its"
            " largest slot of the period.",
        ),
        "lines": ("専用回路(直接配分)", "Lines assigned directly"),
        "line": ("回路", "Line"),
        "line_days": ("電力量が分かる日数", "Days known"),
        "assigned": ("配分先", "Assigned to"),
        "common": ("共通負荷", "Common load"),
        "site_total": ("拠点の合計", "Site total"),
        "other_lines": ("その他の専用回路", "Other lines"),
        "lines_short": (
            "回路「{line}」は期間の一部の電力量が分かりません。不足分は共通負荷に含まれます。",
            "Energy of the line {line} is not known of the whole period; what is missing is part of"
            " the common load.",
        ),
        "parts": ("配分結果", "Result"),
        "customer": ("顧客・製品", "Customer"),
        "others": ("他の顧客の合計", "Other customers together"),
        "amount": ("基準量", "Amount"),
        "spread": ("電力量の配分", "How the energy was spread"),
        "direct": ("直接計測", "Direct"),
        "share": ("割合", "Share"),
        "sum_check": (
            "検算: 配分の合計 − 総量 = {wh} Wh・{grams} g",
            "Check: sum of the parts less the total = {wh} Wh, {grams} g",
        ),
        "not_allocated": (
            "{method}は合計が出せないため配分していません。",
            "{method} is not allocated: it has no total.",
        ),
        "no_energy": (
            "期間の電力量が0のため、配分はすべて0です。",
            "The period has no energy: every part is zero.",
        ),
        "statement": ("算定の範囲と方法", "Boundary and method"),
        "boundary": ("範囲", "Boundary"),
        "boundary_text": (
            "{site} で使用した購入電力(Scope 2)。拠点の受電計器の電力量による。燃料(Scope 1)、"
            "送配電ロスと上流(Scope 3 カテゴリ3)は含まない。",
            "Purchased electricity used at {site} (Scope 2), by the meters at its intake. Fuels"
            " (Scope 1), grid losses and upstream (Scope 3 category 3) are not included.",
        ),
        "standard": ("準拠", "Standard"),
        "standard_text": (
            "GHGプロトコル Scope 2 ガイダンス(2015)。ロケーション基準とマーケット基準を併記。",
            "GHG Protocol Scope 2 Guidance (2015): location-based and market-based both reported.",
        ),
        "location_rule": ("ロケーション基準", "Location-based"),
        "location_text": (
            "系統の平均係数。日本では全国平均係数(地域別の公表値がないため)。",
            "Average of the grid; in Japan the national average (none is published by area).",
        ),
        "market_rule": ("マーケット基準", "Market-based"),
        "market_text": (
            "契約メニューの係数から証書を控除。日本では基礎排出係数(2024年度の活動から。"
            "それ以前は調整後)。",
            "Factor of the contract's menu, less certificates. In Japan the basic factor (from"
            " activity of FY2024 on; the adjusted one before).",
        ),
        "japan_market": (
            "日本でのマーケット基準の係数の選び方",
            "the market-based factor in Japan",
        ),
        "japan_market_why": (
            "国内に残差ミックスの公表値がなく、対応付けは当ソフトの判断。第三者保証を受ける場合は"
            "保証機関に確認する",
            "no residual mix is published, the mapping is a judgement: confirm it with an assurer",
        ),
        "accuracy": ("電力量", "Energy"),
        "accuracy_text": (
            "計量カウンタの差から30分値を求めた実測。欠測を補った分は「推定」と明示。",
            "Measured: half hours from differences of counters. What bridges gaps is marked"
            " estimated.",
        ),
        "rounding": ("丸め", "Rounding"),
        "rounding_text": (
            "十進で正確に計算し、表示の際に一度だけ丸める(四捨五入)。",
            "Exact decimals, rounded once when shown (half up).",
        ),
        "signed": ("締めと基準年", "Closing and base year"),
        # the workbook
        "sheet_summary": ("概要", "Summary"),
        "sheet_calculation": ("計算", "Calculation"),
        "sheet_factors": ("係数", "Factors"),
        "sheet_certificates": ("証書", "Certificates"),
        "sheet_allocation": ("配分", "Allocation"),
        "sheet_rounding": ("端数", "Rounding"),
        "sheet_statement": ("方法と品質", "Method and quality"),
        "site": ("拠点", "Site"),
        "period": ("期間", "Period"),
        "exact": ("配分前(端数あり)", "Before rounding"),
        "units": ("整数部", "Whole part"),
        "rest": ("剰余", "Remainder"),
        "rank": ("順位", "Rank"),
        "part": ("配分", "Part"),
        "left": ("剰余の配分数", "Left to give"),
        "rounding_lead": (
            "総量を整数(Wh・g)に丸め、比例配分の整数部を取り、残りを剰余の大きい順に1ずつ"
            "割り当てる。",
            "The total in whole Wh or g; each part is cut to a whole number, and what is left"
            " goes to the largest remainders, one each.",
        ),
        "extra_unit": ("端数の割当", "Unit given"),
        "sharers_amount": ("共有者の基準量計", "Amount of the sharers"),
        "own_amount": ("基準量(自社)", "Own amount"),
        "check": ("検算(0であること)", "Check (must be 0)"),
    }
)

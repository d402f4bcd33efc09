"""The words of the SBT report."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} 中小企業版SBT 進捗", "{site}: SBT progress (SME route)"),
        "not_validated": (
            "自己確認用の集計です。SBTの認定・承認を示すものではありません。",
            "For your own follow-up: it is no validation by the SBTi.",
        ),
        "of_site": (
            "この拠点だけの数値です。SBTは会社全体が対象です。",
            "Figures of this site alone; a target covers the whole firm.",
        ),
        "total": ("Scope 1+2({method})", "Scope 1+2 ({method})"),
        "no_total": ("Scope 1 が未入力", "Scope 1 not entered"),
        "allowed": ("目標線の許容量", "Line allows"),
        "on_line": ("目標線以下", "on or below the line"),
        "above_line": ("目標線を超過", "above the line"),
        "cannot_say": ("判定できません", "cannot be said"),
        "line": ("目標線と今年度", "The line and this year"),
        "line_lead": (
            "{base}年度から2030年度まで直線で {percent} % 削減。Scope 1+2の合計で判定し、"
            "ロケーション基準とマーケット基準は合算しません。",
            "A straight line from FY{base} to FY2030, less {percent} %. Judged by Scope 1+2; the"
            " two methods are never added.",
        ),
        "rule": ("削減率", "Reduction"),
        "rule_what": ("削減率 {percent} %(基準年度 {base})", "{percent} % from base year FY{base}"),
        "rule_medium": (
            "2020年以降の基準年の42 %は二次資料による。申請時のSBTiの最新要件で確認する",
            "42 % for base years from 2020 on is from secondary material: check the SBTi's current"
            " criteria",
        ),
        "rule_low": (
            "式 max(42, 4.2 × (2030 − 基準年)) は一次資料で未確認。申請時のSBTiの最新要件で"
            "確認する",
            "the form max(42, 4.2 x (2030 - base year)) was not read in a source: check the SBTi's"
            " current criteria",
        ),
        "below_scheme": (
            "掲げている −{own} % は、基準年度 {base} に対する制度の水準 −{percent} % に届きません。"
            "目標線は −{percent} % で引いています。",
            "The stated −{own} % is less than the scheme's −{percent} % for base year FY{base}. The"
            " line is drawn with −{percent} %.",
        ),
        "wrong_2018": (
            "「2018年度比 −42 %」は誤りです。2018年を基準年とする場合の水準は −50 % です。",
            "“−42 % from FY2018” is wrong: with base year 2018 it is −50 %.",
        ),
        "year": ("年度", "Fiscal year"),
        "base_mark": ("基準年", "base year"),
        "this_mark": ("今年度", "this year"),
        "target_mark": ("目標", "target"),
        "method_table": ("方法別の位置", "By method"),
        "scope_1": ("Scope 1(入力)", "Scope 1 (entered)"),
        "scope_2": ("Scope 2", "Scope 2"),
        "sum": ("Scope 1+2", "Scope 1+2"),
        "base_sum": ("基準年 Scope 1+2", "Base year Scope 1+2"),
        "difference": ("線との差", "Against the line"),
        "verdict": ("判定", "Verdict"),
        "eligibility": ("中小企業版の要件", "Conditions of the SME route"),
        "eligibility_lead": (
            "入力された事実による確認です。Scope 1+2(ロケーション基準)が上限未満で、4項目のうち"
            "3つ以上を満たすこと。",
            "By the facts entered: Scope 1+2 (location-based) below the limit, and at least three"
            " of the four sizes.",
        ),
        "criterion": ("要件", "Condition"),
        "limit": ("上限", "Limit"),
        "value": ("入力値", "Entered"),
        "met": ("充足", "Met"),
        "yes": ("はい", "yes"),
        "no": ("いいえ", "no"),
        "unknown": ("未入力", "not entered"),
        "most_t": (
            "Scope 1+2(ロケーション基準)が {limit} t 未満",
            "Scope 1+2 (location-based) below {limit} t",
        ),
        "open_unknown": ("判定できない(未入力あり)", "cannot be said yet"),
        "path": ("目標線", "Line"),
        "most_staff": ("従業員 {limit} 人未満", "fewer than {limit} employees"),
        "most_turnover_meur": (
            "売上高 {limit} 百万ユーロ未満",
            "turnover below EUR {limit} million",
        ),
        "most_assets_meur": ("総資産 {limit} 百万ユーロ未満", "assets below EUR {limit} million"),
        "no_flag": ("FLAG目標の義務がある業種でない", "no mandatory FLAG sector"),
        "no_excluded": ("金融・石油ガス等の対象外業種でない", "no excluded sector"),
        "eligible": ("中小企業版の利用", "SME route open"),
        "missing": ("足りないもの", "What is missing"),
        "missing_none": ("不足はありません。", "Nothing is missing."),
        "missing_s1": (
            "今年度の Scope 1(燃料等)が未入力: --option s1_t=12.3",
            "Scope 1 of this year: --option s1_t=12.3",
        ),
        "missing_base_s1": (
            "基準年度の Scope 1 が未入力: --option base_s1_t=15.0",
            "Scope 1 of the base year: --option base_s1_t=15.0",
        ),
        "missing_base_s2": (
            "基準年度の Scope 2 が不明: データがないため base_location_t・base_market_t を入力",
            "Scope 2 of the base year: no data, so enter base_location_t and base_market_t",
        ),
        "missing_base_frozen": (
            "基準年度が凍結されていません: collector accounts close で締める",
            "the base year is not frozen: close it by collector accounts close",
        ),
        "missing_days": (
            "今年度に電力量の分からない日があります",
            "days of this year without known energy",
        ),
        "missing_location": ("ロケーション基準の合計が出せません", "no location-based total"),
        "missing_market": ("マーケット基準の合計が出せません", "no market-based total"),
        "missing_closed": ("今年度が締められていません", "this year is not closed"),
        "missing_eligibility": (
            "要件の確認に必要な事実が未入力(--option): {facts}",
            "facts for the conditions (--option): {facts}",
        ),
        "missing_scope_3": (
            "Scope 3 の把握と削減の約束が確認されていません(数値目標は不要): --option scope3=yes",
            "the commitment to measure and reduce Scope 3 (no number needed): --option scope3=yes",
        ),
        "scope_2_both": ("Scope 2(両基準)", "Scope 2, both methods"),
        "base": ("基準年", "Base year"),
        "description": (
            "横軸は年度、縦軸は Scope 1+2 の排出量。破線が目標線。",
            "Fiscal years across, Scope 1+2 up; the dashed line is the path.",
        ),
        "sheet": ("進捗", "Progress"),
        "sheet_line": ("目標線", "Line"),
        "sheet_factors": ("係数", "Factors"),
        "input_note": (
            "着色セルは記入欄です。記入すると合計と目標線が変わります。",
            "Coloured cells are for you to fill in; totals and line follow.",
        ),
        "this_year": ("今年度", "This year"),
    }
)

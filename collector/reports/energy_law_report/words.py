"""The words of the energy-law report, in the terms of the ministries' forms."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": (
            "{site} 省エネ法・温対法(SHK) 年度集計",
            "{site}: energy law and SHK yearly figures",
        ),
        "of_site": (
            "この拠点だけの数値です。届出は事業者(会社)全体で行うため、全拠点を合算してください。",
            "Figures of this site alone. Reports are filed for a whole company: add up its sites.",
        ),
        "fuels_missing": (
            "電気以外(燃料・熱)は計測していません。Excelの入力欄に記入すると合計に反映されます。",
            "Fuels and heat are not metered: fill in the marked cells of the workbook, and the"
            " totals follow.",
        ),
        "kl": ("電気の使用量(原油換算)", "Electricity as crude oil"),
        "gj": ("電気の使用量(熱量)", "Electricity as primary energy"),
        "whole_kl": ("四捨五入 {kl} kL", "{kl} kL rounded"),
        "incomplete": ("欠測あり", "days missing"),
        "intensity": ("エネルギー消費原単位 W", "Energy intensity W"),
        "electricity_only": ("電気のみ", "electricity only"),
        "change": ("5年度間平均原単位変化", "Five-year mean change"),
        "change_target": ("目安 {percent} % 以下", "target: {percent} % or less"),
        "change_none": ("算出には5年度分が必要", "needs five fiscal years"),
        "months": ("月別の電気使用量", "Electricity by month"),
        "months_lead": (
            "小売電気事業者・メニューごとの使用量。熱量換算 {hv} GJ/千kWh、原油換算 {kl} kL/GJ。",
            "By supplier and menu. Heat value {hv} GJ/MWh, crude oil {kl} kL/GJ.",
        ),
        "heat_value": ("熱量換算係数", "Heat value"),
        "energy_gj": ("熱量", "Heat"),
        "oil": ("原油換算", "Crude oil"),
        "shk": ("温対法: 電気の使用に伴う排出量", "SHK: emissions of purchased electricity"),
        "shk_lead": (
            "基礎排出係数と調整後排出係数の両方で算定(エネルギー起源CO₂・他人から供給された電気)。",
            "By the basic and by the adjusted factor (energy CO₂, electricity supplied by others).",
        ),
        "line_span": ("期間", "Days"),
        "basic_factor": ("基礎排出係数", "Basic factor"),
        "adjusted_factor": ("調整後排出係数", "Adjusted factor"),
        "basic_t": ("基礎", "Basic"),
        "adjusted_t": ("調整後", "Adjusted"),
        "rounding_what": ("届出のときの端数処理", "rounding when filed"),
        "rounding_why": (
            "整数トン未満の扱い(切り捨て)は一次資料で未確認。ここでは丸めずに示す",
            "whether tonnes are cut off was not read in a primary source; nothing is cut here",
        ),
        "thresholds": ("基準値までの距離", "Distance to thresholds"),
        "thresholds_lead": (
            "この拠点の電気だけで見た距離。燃料と他拠点を加えて判断してください。",
            "By this site's electricity alone: add fuels and other sites before you judge.",
        ),
        "threshold": ("基準値", "Threshold"),
        "of_site_word": ("拠点", "site"),
        "of_company": ("事業者全体", "company"),
        "of": ("対象", "Of"),
        "meaning": ("意味", "Meaning"),
        "left_kl": ("残り", "Left"),
        "left_kwh": ("残り(電気換算)", "Left, as electricity"),
        "threshold_300": (
            "省エネ最適化診断の規模区分が変わる",
            "next size class of the energy-saving diagnosis",
        ),
        "threshold_1500": (
            "特定事業者の指定(省エネ法 定期報告、温対法 SHK の報告)",
            "designated business: periodic report, SHK report",
        ),
        "threshold_3000": (
            "東京都 地球温暖化対策報告書の提出義務(30〜1,500 kLの都内拠点の合計)",
            "Tokyo report mandatory (its sites of 30 to 1,500 kL together)",
        ),
        "source": ("出典", "Source"),
        "intensity_lead": (
            "W = (A − B − B') ÷ C。A エネルギー使用量、B 販売した副生エネルギー、B' 購入した"
            "未利用熱、C {c}。W は有効4桁、対前年度比と5年度間平均は0.1 %単位。",
            "W = (A − B − B') / C: A energy, B by-product sold, B' unused heat bought, C {c}."
            " W with 4 significant digits, ratios and mean to 0.1 %.",
        ),
        "activity": ("生産数量等", "activity"),
        "year": ("年度", "Fiscal year"),
        "a": ("A 使用量", "A energy"),
        "b": ("B 販売副生", "B sold"),
        "b2": ("B' 未利用熱", "B' heat"),
        "c": ("C 分母", "C activity"),
        "w": ("W 原単位", "W intensity"),
        "ratio": ("対前年度比", "Against year before"),
        "origin": ("A・Cの由来", "A, C from"),
        "origin_account": ("計測(電気のみ)", "metered (electricity)"),
        "origin_entered": ("入力", "entered"),
        "origin_production": ("生産計測器", "production meter"),
        "origin_none": ("なし", "none"),
        "no_activity": (
            "原単位の分母がないため、原単位は算出できません。",
            "There is no denominator, so there is no intensity.",
        ),
        "no_activity_hint": (
            "--option activity=生産計測器のid または activity=FY2021:3.2;FY2022:3.1",
            "--option activity=METER or activity=FY2021:3.2;FY2022:3.1",
        ),
        "years_missing": (
            "5年度間平均原単位変化は、原単位のない年度があるため算出していません: {years}",
            "No five-year mean change: there is no intensity of {years}",
        ),
        "years_hint": (
            "--option energy_kl=FY2021:812.5;… と activity= で過去の値を入れてください",
            "give earlier values: --option energy_kl=FY2021:812.5;... and activity=",
        ),
        "unlike_years": (
            "今年度の A は計測した電気のみ、過去の年度は入力値です。入力値が燃料を含む場合は比較に"
            "なりません。",
            "A of this year is metered electricity alone, earlier years were entered: if these hold"
            " fuels, the years are not alike.",
        ),
        "unlike_hint": (
            "燃料を含む今年度の値を energy_kl=FY{year}:… に入れるか、Excelの燃料シートに記入",
            "give this year with fuels, energy_kl=FY{year}:..., or fill in the workbook's fuels",
        ),
        "partial": (
            "今年度は欠測日があるため、原単位は暫定です。",
            "Days of this year are missing: its intensity is provisional.",
        ),
        "optimisation": ("電気需要最適化", "Electricity demand optimisation"),
        "optimisation_lead": (
            "時間帯別の係数で重み付けした電気使用量と、DRを実施した日数。上げDRの日を再エネ"
            "出力制御の日、下げDRの日を需給ひっ迫の日とみなしています。",
            "Electricity weighed by the hours, and the days of demand response. A day of demand"
            " raised counts as one of curtailed renewables, one of demand lowered as tight.",
        ),
        "band": ("時間帯", "Hours"),
        "band_raise": ("上げDRの日 8〜16時(再エネ出力制御時)", "raised demand, 8 to 16 h"),
        "band_tight": ("需給ひっ迫の日(終日)", "tight supply, all day"),
        "band_other": ("その他の時間", "all other hours"),
        "coefficient": ("係数", "Coefficient"),
        "dr_up_days": ("上げDR実施日数", "Days of demand raised"),
        "dr_down_days": ("下げDR実施日数", "Days of demand lowered"),
        "optimised_w": (
            "電気需要最適化評価原単位(電気のみ)",
            "Optimisation intensity (electricity)",
        ),
        "days": ("日", "days"),
        "no_slots": (
            "30分値がないため、電気需要最適化の数値は出せません。",
            "There are no half hours, so there are no figures of demand optimisation.",
        ),
        "slots_differ": (
            "時間帯別の合計は {slots} kWh で、日別の合計 {days} kWh と異なります。",
            "The hours add up to {slots} kWh, the days to {days} kWh.",
        ),
        "by_hand": ("手で記入するもの", "To be entered by hand"),
        "by_hand_lead": (
            "Excelの「燃料」シートの着色セルに年間使用量と係数を記入してください。",
            "Fill in the coloured cells of the workbook's sheet of fuels.",
        ),
        "fuel": ("燃料", "Fuel"),
        "unit": ("単位", "Unit"),
        "quantity": ("年間使用量", "Quantity a year"),
        "unit_gj": ("単位発熱量", "Heat value"),
        "unit_t": ("CO₂排出係数", "CO₂ factor"),
        "enter": ("記入", "to be entered"),
        "no_value": (
            "この年度の値を一次資料で確認できていないため空欄です。手引きの値を記入してください",
            "left empty: the value of this year could not be read in a source; take it from the"
            " guide",
        ),
        "also": (
            "ほかに: 産業用蒸気・温水・冷水、自家発電・自家消費の太陽光、非化石燃料(原単位では"
            "{share} を乗じる)、販売した電気・熱、エネルギー以外の温室効果ガス"
            "(3,000 t-CO₂e 以上)。",
            "Also: steam, hot and cold water, own generation and solar used on site, non-fossil"
            " fuel (times {share} in the intensity), energy sold, other greenhouse gases"
            " (3,000 t-CO₂e or more).",
        ),
        "signed": ("締めと再算定", "Closing and restatements"),
        # the workbook
        "sheet_summary": ("集計", "Summary"),
        "sheet_electricity": ("電気", "Electricity"),
        "sheet_shk": ("温対法", "SHK"),
        "sheet_fuels": ("燃料", "Fuels"),
        "sheet_intensity": ("原単位", "Intensity"),
        "sheet_optimisation": ("最適化", "Optimisation"),
        "sheet_factors": ("係数", "Factors"),
        "sheet_quality": ("品質", "Quality"),
        "electricity": ("電気", "Electricity"),
        "fuels": ("燃料", "Fuels"),
        "total_kl_whole": ("合計(四捨五入)", "Total, rounded"),
        "input_note": (
            "着色セルは記入欄です。記入すると集計・原単位に反映されます。",
            "Coloured cells are for you to fill in; summary and intensity follow.",
        ),
        "mean": ("5年度間平均原単位変化 (%)", "Five-year mean change (%)"),
    }
)

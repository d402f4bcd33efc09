"""The words of the M&V report: its figures, its method and its tables."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": (
            "{site} 省エネルギー効果の計測・検証(M&V)報告書",
            "{site}: M&V report of savings",
        ),
        "subtitle": (
            "報告期間 {reporting}・ベースライン {baseline}",
            "Reporting period {reporting} · baseline {baseline}",
        ),
        "days": ("{n}日", "{n} days"),
        "shortened": (
            "報告期間はまだ終わっていません。{day}までで計算しました。",
            "The reporting period is not over: it is counted up to {day}.",
        ),
        "pending": (
            "未集計のデータが {n} 件あります。collector summarise の後に作り直してください。",
            "{n} stretches wait to be summed: run collector summarise, then make this again.",
        ),
        # figures
        "avoided": ("削減電力量", "Avoided energy"),
        "avoided_note": (
            "90%の範囲 {low}〜{high} kWh・{n}日分",
            "90 % range {low} to {high} kWh · {n} days",
        ),
        "share": ("削減率", "Share saved"),
        "share_note": ("予測 {kwh} kWh に対して", "of the {kwh} kWh expected"),
        "fraction": ("不確かさの割合(68%)", "Fractional uncertainty (68 %)"),
        "fraction_note": ("{limit}% 未満が条件", "must be below {limit} %"),
        "co2": ("CO₂削減量", "CO₂ avoided"),
        "co2_note": (
            "{method}・係数は「CO₂と原油換算」",
            "{method} · factor: see “CO₂ and crude oil”",
        ),
        "no_factor": ("係数なし: {why}", "no factor: {why}"),
        "no_contract": ("{day}の電力契約が未登録", "no contract on {day}"),
        "kl": ("原油換算の削減量", "Crude oil avoided"),
        "kl_note": ("購入電力の熱量換算", "by the heat value of purchased electricity"),
        "fit": ("ベースラインの誤差 CV(RMSE)", "Baseline error CV(RMSE)"),
        "fit_note": ("R² {r2}・n = {n}日", "R² {r2} · n = {n} days"),
        "proven": ("実証", "Proven"),
        "not_proven": ("未実証", "Not proven"),
        "withheld_badge": ("算定不可", "Not told"),
        # result
        "result": ("結果", "Result"),
        "result_lead": (
            "削減電力量 = ベースラインの予測 − 実績 + 非定常の調整。"
            "両方の値が分かる日だけを数え、分からない日は補いません。",
            "Avoided energy = expected by the baseline − used + non-routine adjustments. Only days"
            " known on both sides count; nothing is added for the others.",
        ),
        "said_proven": (
            "{n}日間で {kwh} kWh({share}%)減りました。90%の確からしさで {low}〜{high} kWh です。",
            "{kwh} kWh ({share} %) were saved in {n} days; with 90 % confidence {low} to {high}"
            " kWh.",
        ),
        "said_unsure": (
            "{n}日間の計算値は {kwh} kWh({share}%)ですが、実証されたとは言えません。"
            "理由は下のとおりです。",
            "{kwh} kWh ({share} %) come out for {n} days, but they are not proven. The reasons"
            " stand below.",
        ),
        "said_more": (
            "{n}日間で予測より {kwh} kWh({share}%)多く使いました。削減はありません。",
            "{kwh} kWh ({share} %) more than expected were used in {n} days: nothing was saved.",
        ),
        "expected": ("ベースラインの予測", "Expected by the baseline"),
        "actual": ("実績", "Used"),
        "adjustments_row": ("非定常の調整", "Non-routine adjustments"),
        "range": ("範囲({confidence}%)", "Range ({confidence} %)"),
        "range_text": ("{low}〜{high}", "{low} to {high}"),
        "uncertainty": (
            "不確かさ({confidence}%)±kWh",
            "Uncertainty ({confidence} %), ± kWh",
        ),
        "fraction_row": ("不確かさ ÷ 削減量(68%)", "Uncertainty / saving (68 %)"),
        "fraction_pass": (
            "{value}%(条件 {limit}% 未満: 適合)",
            "{value} % (below {limit} %: pass)",
        ),
        "fraction_fail": (
            "{value}%(条件 {limit}% 未満: 不適合)",
            "{value} % (below {limit} %: fail)",
        ),
        "promise": ("改善提案の見込み(同じ日数)", "Promised by the finding (same days)"),
        "item": ("項目", "Item"),
        "kwh": ("電力量", "Energy"),
        "value": ("値", "Value"),
        # why not
        "withheld_lead": (
            "データまたはモデルが条件を満たさないため、削減量は示しません。"
            "足りないものは次のとおりです。",
            "No saving is told, since data or model do not meet the conditions. This is missing:",
        ),
        "no_model": (
            "ベースラインを作れません(分かる日は {figure} 日)",
            "no baseline can be made ({figure} known days)",
        ),
        "no_model_hint": (
            "全時限が分かる日が10日以上ある期間をベースラインに選んでください",
            "choose a baseline with ten whole days or more",
        ),
        "check_missing": (
            "{name}が {figure} で、条件({bound})を満たしません",
            "{name} is {figure}, {bound} is needed",
        ),
        "check_hint": (
            "ベースラインを長くする、説明変数を加える、または計測点を対象設備に近づけてください",
            "take a longer baseline, add what drives the load, or meter closer to the equipment",
        ),
        "baseline_known": (
            "ベースラインの計測率が {figure}%({limit}% 以上が条件)",
            "{figure} % of the baseline is measured, {limit} % are needed",
        ),
        "reporting_known": (
            "報告期間の計測率が {figure}%({limit}% 以上が条件)",
            "{figure} % of the reporting period is measured, {limit} % are needed",
        ),
        "known_hint": (
            "欠測のない期間を選ぶか、小売電気事業者の30分値を取り込んでください",
            "choose days without gaps, or import the retailer's 30-minute file",
        ),
        "reporting_days": (
            "報告期間で使える日が {figure}%({limit}% 以上が条件)",
            "{figure} % of the reporting days can be used, {limit} % are needed",
        ),
        "reporting_days_hint": (
            "気温・生産量など説明変数の欠けた日を補ってください",
            "fill the days without temperature or production",
        ),
        "no_points": (
            "報告期間に、実績と予測の両方が分かる日が足りません",
            "too few days of the reporting period are known on both sides",
        ),
        "no_points_hint": (
            "2日以上の期間を選び、説明変数の系列を取り込んでください",
            "choose two days or more, and import the series the model goes by",
        ),
        # why doubtful
        "doubt_fraction": (
            "不確かさが削減量の {value}% です({limit}% 未満が条件)",
            "the uncertainty is {value} % of the saving, below {limit} % is needed",
        ),
        "doubt_beyond": (
            "{name}が報告期間 {met}、ベースライン {seen} です。{n}日はモデルが経験していない範囲"
            "(幅の10%を超える外側)です",
            "{name}: {met} in the reporting period, {seen} in the baseline; {n} days lie beyond"
            " what the model has seen (by more than a tenth of its span)",
        ),
        "doubt_share": (
            "外れた日は全体の {share}%で、許容 {limit}%(当ソフトの取り決め)を超えるため、"
            "実証とは言えません",
            "{share} % of the days lie beyond, more than the {limit} % allowed (this software's own"
            " choice): not proven",
        ),
        "share_allowed": (
            "外れた日は全体の {share}%で、許容 {limit}%(当ソフトの取り決め)以内です",
            "{share} % of the days lie beyond, within the {limit} % allowed (this software's own"
            " choice)",
        ),
        "doubt_effective": (
            "隣り合う日が似ているため、{n}日は独立な {effective} 日分に相当します",
            "neighbouring days are alike: the {n} count as {effective} independent ones",
        ),
        "doubt_term": (
            "「{name}」の係数はゼロと区別できません",
            "the coefficient of {name} is not shown to differ from zero",
        ),
        "doubt_advice": (
            "推奨値に届かない: {name} {figure}({bound})",
            "advised and not met: {name} {figure} ({bound})",
        ),
        # boundary
        "boundary": ("対象と方法", "Boundary and method"),
        "site": ("事業所", "Site"),
        "boundary_row": ("計測の境界", "Measurement boundary"),
        "boundary_C": ("事業所全体(受電点)", "the whole site (intake)"),
        "boundary_B": ("回路「{name}」({id})の計測器", "the meter of the circuit {name} ({id})"),
        "option": ("IPMVP オプション", "IPMVP option"),
        "option_B": (
            "B(対象設備をすべて計測): 対象設備の回路に計測器があり、全パラメータを連続計測したため",
            "B (retrofit isolation, all parameters measured): the equipment has a meter of its own,"
            " read without a break",
        ),
        "option_C": (
            "C(事業所全体の回帰): 効果を受電点の電力量と説明変数の回帰で求めるため",
            "C (whole facility): the effect is found at the intake by regression on its drivers",
        ),
        "baseline_row": ("ベースライン期間", "Baseline period"),
        "reporting_row": ("報告期間", "Reporting period"),
        "interval": ("データの単位", "Interval"),
        "interval_text": (
            "日(30分値の合計。1コマでも欠けた日は使わない)",
            "days (sums of 30-minute values; a day with an unknown slot is not used)",
        ),
        "interval_15": (
            "日(15分値の合計。1コマでも欠けた日は使わない)",
            "days (sums of 15-minute values; a day with an unknown slot is not used)",
        ),
        "drivers_row": ("独立変数", "Independent variables"),
        "drivers_chosen": (
            "{drivers}(候補から CV(RMSE) 最小のもの)",
            "{drivers} (least CV(RMSE) of the models tried)",
        ),
        "drivers_asked": ("{drivers}(指定)", "{drivers} (as asked for)"),
        "drivers_fewer": (
            "{drivers}(指定)。モデルに効いたのは: {left}",
            "{drivers} (as asked for); the model is better with: {left}",
        ),
        "driver_temperature": ("外気温(日平均)", "outdoor temperature (daily mean)"),
        "driver_production": ("生産量", "production"),
        "driver_calendar": ("稼働日・土曜・休日の別", "working days, Saturdays, days off"),
        "driver_none": ("なし(平均値)", "none (plain mean)"),
        "finding": ("検証する改善提案", "Finding verified"),
        "finding_text": ("{finding}({day} 実施)", "{finding} (works from {day} on)"),
        # model
        "model": ("ベースラインモデル", "Baseline model"),
        "kind_states": ("稼働区分(+気温)", "operating states (+ weather)"),
        "kind_change_point": ("気温の変化点", "change point of temperature"),
        "kind_production": ("生産量(+気温)", "production (+ weather)"),
        "model_lead": (
            "1日の電力量(kWh)= {equation}",
            "kWh of a day = {equation}",
        ),
        "term": ("項", "Term"),
        "coefficient": ("係数", "Coefficient"),
        "interval95": ("95%信頼区間", "95 % interval"),
        "unit": ("単位", "Unit"),
        "terms": ("係数", "Coefficients"),
        "term_fixed": ("固定分", "fixed"),
        "term_state": ("{name}", "{name}"),
        "term_product": ("{name}", "{name}"),
        "term_heating": ("気温が {at}℃を下回る分", "degrees below {at} °C"),
        "term_cooling": ("気温が {at}℃を上回る分", "degrees above {at} °C"),
        "state_working": ("稼働日", "working days"),
        "state_saturday": ("土曜", "Saturdays"),
        "state_off": ("休日", "days off"),
        "per_day": ("kWh/日", "kWh/day"),
        "per_k": ("kWh/日・K", "kWh/day per K"),
        "per_unit": ("kWh/{unit}", "kWh per {unit}"),
        "unit_piece": ("単位", "unit"),
        "checks": ("統計量と条件", "Statistics against limits"),
        "figure_col": ("値", "Figure"),
        "bound_col": ("条件", "Limit"),
        "verdict": ("判定", "Verdict"),
        "source": ("出典", "Source"),
        "pass": ("適合", "pass"),
        "fail": ("不適合", "fail"),
        "advice_pass": ("推奨に適合", "as advised"),
        "advice_fail": ("推奨に不足", "below advice"),
        "at_least": ("{value} 以上", "at least {value}"),
        "at_most": ("{value} 以下", "at most {value}"),
        "below": ("{value} 未満", "below {value}"),
        "up_to": ("{value} 以下", "up to {value}"),
        "own_choice": ("当ソフトの取り決め", "this software's own choice"),
        "of_beyond": ("未経験の条件の日の割合", "Days of conditions never seen"),
        "of_coverage": ("使えた日の割合", "Days used"),
        "of_points": ("データ点数 n", "Points n"),
        "of_days": ("ベースラインの日数", "Days of the baseline"),
        "of_r_squared": ("決定係数 R²", "R²"),
        "of_cv_rmse": ("CV(RMSE)", "CV(RMSE)"),
        "of_cv_rmse_whole_building": ("CV(RMSE)(建物全体)", "CV(RMSE), whole building"),
        "of_nmbe": ("NMBE の絶対値", "|NMBE|"),
        "of_fraction": ("不確かさ ÷ 削減量(68%)", "Uncertainty / saving (68 %)"),
        "statistics_note": (
            "n = {n}、p = {p}、平均 {mean} kWh/日、RMSE {rmse} kWh/日、NMBE {nmbe}%"
            "(残差 = 実績 − 予測、n−p で割る)、残差の自己相関 ρ = {rho}、有効点数 n' = {effective}",
            "n = {n}, p = {p}, mean {mean} kWh/day, RMSE {rmse} kWh/day, NMBE {nmbe} % (residual ="
            " observed − predicted, divided by n − p), autocorrelation of residuals ρ = {rho},"
            " effective points n' = {effective}",
        ),
        "candidates": ("試したモデル", "Models tried"),
        "candidate": ("モデル", "Model"),
        "chosen": ("採用", "chosen"),
        "not_fitted": ("作成不可: {why}", "not fitted: {why}"),
        # pictures
        "day_axis": ("日付", "Date"),
        "per_day_unit": ("kWh/日", "kWh/day"),
        "scatter": ("ベースライン: 電力量と{name}", "Baseline: energy by {name}"),
        "scatter_text": (
            "ベースラインの日ごとの電力量(点)とモデル(線)。{others}",
            "Daily energy of the baseline (dots) and its model (line). {others}",
        ),
        "others_mean": ("ほかの変数は平均値。", "Other variables at their mean."),
        "observed": ("実績", "observed"),
        "observed_of": ("実績: {name}", "observed: {name}"),
        "fitted": ("モデル", "model"),
        "fitted_of": ("モデル: {name}", "model: {name}"),
        "residuals": ("ベースラインの残差", "Residuals of the baseline"),
        "residuals_text": (
            "実績 − 予測。0のまわりに偏りなく散らばるほど良いモデルです。",
            "Observed − predicted: a good model scatters evenly about zero.",
        ),
        "residual": ("残差", "residual"),
        "course": ("報告期間の予測と実績", "Expected and used in the reporting period"),
        "course_lead": (
            "灰色の破線はベースラインの予測、青は実績です。青が下にある分が削減です。",
            "Grey and dashed is what the baseline expects, blue is what was used; below it is"
            " saved.",
        ),
        "course_text": ("日ごとの電力量。", "Energy by day."),
        "week_text": ("7日平均。", "Means of 7 days."),
        "cusum": ("累積削減量(CUSUM)", "Cumulative saving (CUSUM)"),
        "cusum_text": (
            "予測 − 実績 の累計(調整前)。上がれば削減、下がれば増加。欠測日は据え置き。",
            "Running sum of expected − used (before adjustments): rising is saving, falling is"
            " waste; it stands still on unknown days.",
        ),
        "cusum_series": ("累積", "cumulative"),
        "change_saving": ("{day}から {kwh} kWh/日の削減", "saving {kwh} kWh/day since {day}"),
        "change_waste": ("{day}から {kwh} kWh/日の増加", "{kwh} kWh/day more since {day}"),
    }
)

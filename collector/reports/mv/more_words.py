"""The words of the M&V report: adjustments, CO2, data, meters, verification, workbook."""

from __future__ import annotations

from collector.reports.wording import Words

MORE_WORDS = Words(
    {
        # adjustments
        "adjustments": ("非定常の調整", "Non-routine adjustments"),
        "adjustments_lead": (
            "対策と関係のない変化による増減。+ はベースラインの工場でも増えたはずの分です。",
            "Changes that have nothing to do with the measure; + is what the plant of the baseline"
            " would have used more.",
        ),
        "no_adjustments": (
            "非定常の調整はありません(adjustments= の指定なし)。",
            "There are no non-routine adjustments (no adjustments= was given).",
        ),
        "period": ("期間", "Period"),
        "reason": ("理由", "Reason"),
        "kwh": ("電力量", "Energy"),
        "total": ("合計", "Total"),
        # carbon
        "carbon": ("CO₂と原油換算", "CO₂ and crude oil"),
        "carbon_lead": (
            "削減電力量 × その日に適用される係数。係数と期間をそのまま検算できます。",
            "Avoided energy × the factor that applies on the day; every line can be checked.",
        ),
        "factor": ("排出係数", "Factor"),
        "factors": ("CO₂", "CO₂"),
        "heats": ("原油換算", "Crude oil equivalent"),
        "kg_per_kwh": ("係数", "Factor"),
        "status": ("区分", "Status"),
        "status_official": ("確定", "official"),
        "status_provisional": ("暫定", "provisional"),
        "status_fallback": ("代替", "fallback"),
        "status_missing": ("なし", "missing"),
        "publisher": ("公表者", "Publisher"),
        "co2": ("CO₂", "CO₂"),
        "heat": ("熱量換算", "Heat value"),
        "kl": ("原油換算", "Crude oil"),
        "source": ("出典", "Source"),
        "no_carbon": (
            "CO₂は示せません: {why}",
            "No CO₂ can be told: {why}",
        ),
        "no_carbon_hint": (
            "[[sites.contracts]] に小売電気事業者とメニューを書き、collector factors list"
            " で係数を確かめてください",
            "write supplier and menu into [[sites.contracts]]; collector factors list shows the"
            " factors",
        ),
        "nothing_counted": (
            "削減量を示せないため、CO₂と原油換算も示しません。",
            "Since no saving is told, neither are CO₂ and crude oil.",
        ),
        # data
        "quality": ("データの品質", "Data quality"),
        "baseline": ("ベースライン", "Baseline"),
        "reporting": ("報告期間", "Reporting period"),
        "window": ("期間", "Window"),
        "days_all": ("日数", "Days"),
        "days_known": ("全時限が分かる日", "Whole days"),
        "days_used": ("計算に使った日", "Days used"),
        "coverage": ("計測率", "Coverage"),
        "coverage_limit": ("計測率の条件", "Coverage needed"),
        "at_least": ("{value} 以上", "at least {value}"),
        "estimated": ("推定(補間)の割合", "Estimated (bridged)"),
        "gate": ("判定", "Verdict"),
        "pass": ("適合", "pass"),
        "fail": ("不適合", "fail"),
        "unused": (
            "計算に使わなかった日({n}日): {days}",
            "Days that were not used ({n}): {days}",
        ),
        "and_more": ("ほか{n}日", "and {n} more"),
        "reaches": ("独立変数の範囲", "Range of the independent variables"),
        "variable": ("変数", "Variable"),
        "temperature": ("外気温(日平均)", "outdoor temperature (daily mean)"),
        "known_of": ("{n}日", "{n} days"),
        "known_days": ("分かる日(ベースライン/報告)", "Known days (baseline / reporting)"),
        "within": ("範囲内", "within"),
        "beyond": ("{n}日が範囲外", "{n} days beyond"),
        "no_reaches": (
            "モデルは数値の独立変数を使っていません。",
            "The model goes by no numeric variable.",
        ),
        # meters
        "meters": ("計測器台帳", "Meter register"),
        "meter": ("計測器", "Meter"),
        "profile": ("型式", "Type"),
        "serial": ("製造番号", "Serial number"),
        "since": ("設置", "Since"),
        "ratio": ("CT/VT比", "CT/VT ratio"),
        "step": ("最小単位", "Step"),
        "certified": ("検定有効期限", "Certified until"),
        "expired": ("{day}(報告期間中に満了)", "{day} (expired before the period's end)"),
        "unknown": ("未登録", "not recorded"),
        "meters_note": (
            "型式・製造番号・比は計測器が名乗ったもの、または担当者の登録です。"
            "検定期限は設定の certified_until に書きます。"
            "検定のない計測器の値は取引・証明に使えません。",
            "Type, serial and ratio are what the meter says of itself or a person has entered; the"
            " certificate's end is certified_until in the settings. A meter without one is no"
            " meter for billing.",
        ),
        # verification
        "verify": ("検証者による再計算", "What a verifier can recompute"),
        "verify_lead": (
            "同じ名前の Excel に日別データと式があります。係数を変えれば結果も変わります。",
            "The Excel book of the same name has the daily data with live formulas: change a"
            " coefficient and the result changes.",
        ),
        "formula_expected": ("予測 ŷ", "Expected ŷ"),
        "formula_saving": ("削減量", "Saving"),
        "formula_saving_text": (
            "Σŷ − Σy + Σ調整(両方分かる日)",
            "Σŷ − Σy + Σ adjustments (days known on both sides)",
        ),
        "formula_fit": ("当てはまり", "Fit"),
        "formula_fit_text": (
            "CV(RMSE) = √(Σ(y−ŷ)²/(n−p))/ȳ、NMBE = Σ(y−ŷ)/((n−p)ȳ)(ASHRAE Guideline 14-2014)",
            "CV(RMSE) = √(Σ(y−ŷ)²/(n−p))/ȳ, NMBE = Σ(y−ŷ)/((n−p)ȳ) (ASHRAE Guideline 14-2014)",
        ),
        "formula_uncertainty": ("不確かさ", "Uncertainty"),
        "formula_uncertainty_text": (
            "ΔS = K·t·(Σŷ/m)·CV(RMSE)·√((n/n')(1+2/n')m)、n' = n(1−ρ)/(1+ρ)、"
            "K = {k}({months}か月)、t = {t68}(68%)・{t90}(90%)、m = {m}日。K の出典: {source}",
            "ΔS = K·t·(Σŷ/m)·CV(RMSE)·√((n/n')(1+2/n')m), n' = n(1−ρ)/(1+ρ), K = {k} ({months}"
            " months), t = {t68} (68 %) and {t90} (90 %), m = {m} days. Source of K: {source}",
        ),
        "formula_standard": ("準拠", "Follows"),
        "formula_standard_text": (
            "IPMVP(オプション {option})、ASHRAE Guideline 14-2014",
            "IPMVP (option {option}), ASHRAE Guideline 14-2014",
        ),
        "again": ("同じ報告書の作成", "To make it again"),
        "software": ("ソフトウェア", "Software"),
        "snapshot": ("係数の版", "Factor snapshot"),
        "confidence_note": (
            "区間はモデルの誤差から求めたもので、計測器の誤差を含みません。",
            "The ranges are of the model's error; the meters' own error is not in them.",
        ),
        # signatures
        "signatures": ("署名", "Signatures"),
        "role": ("役割", "Role"),
        "name": ("氏名", "Name"),
        "date": ("日付", "Date"),
        "signature": ("署名・捺印", "Signature or seal"),
        "author": ("作成", "Made by"),
        "checker": ("事業者確認", "Checked by the plant"),
        "verifier": ("検証者", "Verifier"),
        # workbook
        "sheet_summary": ("まとめ", "Summary"),
        "sheet_model": ("モデル", "Model"),
        "sheet_baseline": ("ベースライン", "Baseline"),
        "sheet_reporting": ("報告期間", "Reporting"),
        "sheet_adjustments": ("調整", "Adjustments"),
        "sheet_meters": ("計測器", "Meters"),
        "change_cells": (
            "色のついたセルは変更できます。式はすべて追随します。",
            "Coloured cells may be changed; all formulas follow.",
        ),
        "state": ("区分", "State"),
        "temperature_col": ("外気温 ℃", "Outdoor °C"),
        "actual_col": ("実績 y kWh", "Used y kWh"),
        "expected_col": ("予測 ŷ kWh", "Expected ŷ kWh"),
        "residual_col": ("残差 y−ŷ", "Residual y−ŷ"),
        "square_col": ("残差²", "Residual²"),
        "adjusted_col": ("調整 kWh", "Adjustment kWh"),
        "avoided_col": ("削減 kWh", "Avoided kWh"),
        "cumulative_col": ("累積 kWh", "Cumulative kWh"),
        "factor_col": ("係数 kg/kWh", "Factor kg/kWh"),
        "kg_col": ("CO₂ kg", "CO₂ kg"),
        "kl_per_kwh_col": ("kL/kWh", "kL/kWh"),
        "kl_col": ("原油 kL", "Crude oil kL"),
        "change_point_col": ("変化点 ℃", "Change point °C"),
        "n_prime": ("有効点数 n'", "Effective points n'"),
        "t_of": ("t({confidence}%, 自由度 n'−p)", "t ({confidence} %, n' − p degrees of freedom)"),
        "uncertainty_of": ("不確かさ {confidence}% ±kWh", "Uncertainty {confidence} %, ± kWh"),
        "low_of": ("下限 {confidence}%", "Low end {confidence} %"),
        "high_of": ("上限 {confidence}%", "High end {confidence} %"),
        "months_row": ("報告期間の月数", "Months of the reporting period"),
        "points_row": ("報告期間の使用日数 m", "Reporting days used, m"),
        "mean_row": ("平均 ȳ kWh/日", "Mean ȳ kWh/day"),
        "rho_row": ("残差の自己相関 ρ", "Autocorrelation of residuals ρ"),
        "sse_row": ("残差平方和 SSE", "Sum of squares SSE"),
        "withheld_book": (
            "条件を満たさないため、削減量の式はありません。理由は報告書にあります。",
            "The conditions are not met, so the saving has no formula here; the report says why.",
        ),
    }
)

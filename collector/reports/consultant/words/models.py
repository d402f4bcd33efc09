"""Weather and production models, running sum."""

from __future__ import annotations

ROWS: dict[str, tuple[str, str]] = {
    "models": ("気温・生産量との関係", "What weather and production explain"),
    "models_lead": (
        "1日の電力量を、外気温と生産量で説明します。線から離れた日が、調べる日です。",
        "A day's energy is explained by outdoor temperature and output. Days far from the line "
        "are worth a look.",
    ),
    "weather_title": ("稼働日の電力量と外気温", "Energy of working days by temperature"),
    "weather_said": (
        "モデル {shape}: 気温によらない分は1日 {base} kWh。",
        "Model {shape}: {base} kWh a day whatever the temperature.",
    ),
    "cooling_said": (
        "{c} °Cを超えると、1 °Cごとに {slope} kWh/日 増えます(冷房)。",
        "Above {c} °C each kelvin adds {slope} kWh a day (cooling).",
    ),
    "heating_said": (
        "{c} °Cを下回ると、1 °Cごとに {slope} kWh/日 増えます(暖房)。",
        "Below {c} °C each kelvin adds {slope} kWh a day (heating).",
    ),
    "flat_said": (
        "気温による変化は見られません。",
        "Temperature makes no difference that shows.",
    ),
    "measured_day": ("1日", "A day"),
    "model_line": ("モデル", "Model"),
    "mean_temperature": ("日平均気温", "Mean temperature"),
    "output_title": ("電力量と生産量({product})", "Energy by production ({product})"),
    "output_said": (
        "固定分は1日 {fixed} kWh(平均の{share}%)、1 {unit}あたりの増え方は {slope} kWh です。",
        "{fixed} kWh a day are fixed ({share}% of the mean); each {unit} adds {slope} kWh.",
    ),
    "output_weather": (
        "線は平均的な気温のときです。",
        "The line is drawn at mean weather.",
    ),
    "production": ("生産量", "Production"),
    "piece": ("単位", "unit"),
    "statistics": ("モデルの当てはまり", "How well the models fit"),
    "model_col": ("モデル", "Model"),
    "n_col": ("点数 n", "Points n"),
    "verdict_ok": ("基準内", "within limits"),
    "verdict_not": ("基準外: {why}", "beyond limits: {why}"),
    "verdict_advice": ("基準内(注意: {why})", "within limits (advice: {why})"),
    "check_cv_rmse": ("CV(RMSE)", "CV(RMSE)"),
    "check_cv_rmse_whole_building": ("CV(RMSE)", "CV(RMSE)"),
    "check_r_squared": ("R²", "R²"),
    "check_nmbe": ("NMBE", "NMBE"),
    "check_days": ("日数", "days"),
    "check_points": ("点数", "points"),
    "check_coverage": ("計測率", "coverage"),
    "check_col": ("判定", "Verdict"),
    "weather_name": ("気温(稼働日)", "Temperature (working days)"),
    "output_name": ("生産量(全日)", "Production (all days)"),
    "statistics_note": (
        "CV(RMSE)とNMBEは n − p で割り、残差は 実績 − モデル です(ASHRAE Guideline 14)。"
        "判定はベースラインとしての基準によります。",
        "CV(RMSE) and NMBE divide by n − p, residuals are observed − predicted (ASHRAE Guideline "
        "14). The verdict is that for a baseline.",
    ),
    "cusum": ("累積差(CUSUM)", "Running sum (CUSUM)"),
    "cusum_axis": ("累積(モデル − 実績、上昇=節約)", "Sum of model − actual, rising = saving"),
    "cusum_said": (
        "モデルは同じ期間に合わせたので、終わりは0に近くなります。見るのは傾きの変わり目です。",
        "The model is fitted to the same days, so the end is near zero: look at where it bends.",
    ),
    "cusum_change": (
        "{since}から、1日 {kwh} kWh {word}使い方に変わりました。",
        "From {since} on the plant used {kwh} kWh a day {word}.",
    ),
    "less": ("少ない", "less"),
    "more": ("多い", "more"),
    "cusum_none": (
        "使い方がはっきり変わった時期は見つかりません。",
        "No clear change in use was found.",
    ),
}

"""The words of the reports, Japanese and English side by side, one row a sentence.

A row's key is what the sentence is about; names in braces are filled in by ``say``.
"""

from __future__ import annotations

from collector.reports.report import Language

_ROWS: dict[str, tuple[str, str]] = {
    # head
    "title": ("{site} エネルギー・CO₂レポート", "{site}: energy and CO₂ report"),
    "days": ("{n}日間", "{n} days"),
    "day": ("1日", "1 day"),
    "days_hours": ("{days}と{hours}時間", "{days} {hours} h"),
    "until": ("{span} {clock}まで", "{span}, {clock}"),
    "made": (
        "作成 {at}・時刻は {zone}・Mieruka {version}",
        "Made {at} · times in {zone} · Mieruka {version}",
    ),
    # figures
    "energy": ("期間の電力量", "Energy in the period"),
    "co2": ("CO₂排出量", "CO₂ emissions"),
    "peak": ("最大デマンド(30分)", "Largest demand (30 min)"),
    "per_day": ("1日あたりの電力量", "Energy per day"),
    "base_load": ("ベース負荷", "Base load"),
    "load_factor": ("負荷率", "Load factor"),
    "all_measured": ("すべて実測", "all measured"),
    "measured_share": ("計測率 {share}%(欠測は含まない)", "coverage {share}%, gaps not counted"),
    "with_estimated": (
        "うち推定 {estimated} kWh({share}%)",
        "of which {estimated} kWh ({share}%) estimated",
    ),
    "weekdays_weekends": (
        "平日 {weekday} kWh・土日 {weekend} kWh",
        "weekdays {weekday} kWh, weekends {weekend} kWh",
    ),
    "mean_of_known": ("平均電力 × 24時間", "mean power × 24 hours"),
    "base_load_note": (
        "日ごとの最小値の中央値。電力量の{share}%に相当",
        "median of each day's lowest 30 min; {share}% of the energy",
    ),
    "load_factor_note": ("平均 {mean} kW ÷ 最大 {peak} kW", "mean {mean} kW ÷ largest {peak} kW"),
    "share_of_contract": (
        "契約電力 {contract} kW の{share}%",
        "{share}% of the contract power of {contract} kW",
    ),
    "no_contract": (
        "契約電力は未設定(contract_power_kw)",
        "contract power not set (contract_power_kw)",
    ),
    "factor_note": ("係数 {value} kg-CO₂/kWh", "factor {value} kg-CO₂/kWh"),
    "factors_note": ("{n}種類の係数(「根拠」を参照)", "{n} factors (see “Evidence”)"),
    "no_co2": ("排出係数なし(「根拠」を参照)", "no emission factor (see “Evidence”)"),
    "co2_partly": (
        "{days}日分は係数がなく含まず",
        "{days} days without a factor are not included",
    ),
    "provisional": ("暫定", "Provisional"),
    "fallback": ("代替", "Fallback"),
    "provisional_and_fallback": ("暫定・代替", "Provisional, fallback"),
    "provisional_or_fallback": ("暫定または代替", "Provisional or fallback"),
    "no_figure": ("データなし", "no data"),
    # shared legend and quality words
    "measured": ("実測", "Measured"),
    "estimated": ("推定", "Estimated"),
    "missing": ("空白は欠測", "Blank: missing"),
    "weekend": ("土日", "Weekend"),
    "contract": ("契約電力 {kw} kW", "Contract power {kw} kW"),
    "contract_key": ("契約電力", "Contract power"),
    "daily_mean": ("1日の平均", "Daily mean"),
    "daily_band": ("1日の最小〜最大", "Daily lowest to highest"),
    # load profile
    "profile": ("30分ごとの電力(デマンド)", "Power, every 30 minutes (demand)"),
    "profile_days": ("電力の推移(1日ごと)", "Power, day by day"),
    "profile_lead": (
        "最大は{when}の{kw} kW。",
        "Highest {when}: {kw} kW.",
    ),
    "profile_lead_base": (
        "操業していない時間も約{kw} kWを使っています。",
        "About {kw} kW runs even when little else does.",
    ),
    "contract_above": (
        "契約電力 {kw} kW はこの図の上にあります。",
        "The contract power of {kw} kW lies above the picture.",
    ),
    "profile_text": (
        "{period}の30分平均電力。最大 {kw} kW({when})。",
        "30-minute mean power, {period}. Highest {kw} kW ({when}).",
    ),
    "no_slots": (
        "この期間の30分値がありません。",
        "There are no 30-minute values for this period.",
    ),
    "no_slots_hint": (
        "計測器からの受信を確認し、collector summarise で集計してください",
        "check that readings arrive, then run: collector summarise",
    ),
    # heat map
    "heat": ("時間帯の見える化(ヒートマップ)", "When power is used (heat map)"),
    "heat_lead": (
        "濃いほど大きい電力です。",
        "The darker, the more power.",
    ),
    "heat_lead_hour": (
        "もっとも使う時間帯は平均で {from_}〜{to}({kw} kW)。",
        "On average the busiest half hour is {from_}–{to} ({kw} kW).",
    ),
    "heat_text": (
        "日と時刻ごとの30分平均電力、{low}〜{high} kW。",
        "30-minute mean power by day and time of day, {low} to {high} kW.",
    ),
    # bars
    "kwh_days": ("日ごとの電力量", "Energy per day"),
    "kwh_months": ("月ごとの電力量", "Energy per month"),
    "co2_days": ("日ごとのCO₂排出量", "CO₂ per day"),
    "co2_months": ("月ごとのCO₂排出量", "CO₂ per month"),
    "bars_lead": ("最大は{when}の{value} {unit}。", "Highest: {value} {unit} on {when}."),
    "bars_lead_month": ("最大は{when}の{value} {unit}。", "Highest: {value} {unit} in {when}."),
    "unfinished": ("* は途中までの値です。", "* not over yet."),
    "whole_site": ("拠点全体", "Whole site"),
    "others": ("その他({n}回路)", "Others ({n} circuits)"),
    "unmeasured": ("未計測分", "Unmeasured remainder"),
    "not_split": ("内訳なし(分岐が欠測)", "Not split (a sub-meter is missing)"),
    "co2_site": ("拠点のCO₂", "The site's CO₂"),
    "no_days": ("この期間の日計がありません。", "There are no daily totals for this period."),
    "no_co2_text": (
        "CO₂を計算できません。契約に合う排出係数がありません。",
        "CO₂ cannot be calculated: no emission factor fits the contract.",
    ),
    "no_co2_hint": (
        "collector.toml の [[sites.contracts]] に小売電気事業者とメニューを書き、"
        "再集計してください",
        "name supplier and menu in [[sites.contracts]] of collector.toml, then summarise again",
    ),
    "negative_rest": (
        "{n}日で、分岐の合計が親の計測器を上回っています(負の未計測分は図に描きません)。",
        "On {n} days the sub-meters add up to more than their parent (not drawn).",
    ),
    "negative_rest_hint": (
        "CT比と結線の向きを確認してください",
        "check CT ratios and wiring direction",
    ),
    # circuits
    "circuits": ("回路ごとの内訳", "By circuit"),
    "circuit": ("回路", "Circuit"),
    "energy_col": ("電力量", "Energy"),
    "share": ("割合", "Share"),
    "peak_col": ("最大", "Peak"),
    "site_total": ("拠点合計", "Site total"),
    "one_meter": (
        "計測器が1台のため、回路ごとの内訳はありません。",
        "There is one meter, so nothing to split by circuit.",
    ),
    "one_meter_hint": (
        "主な設備の分岐に計測器を加え、parent を指定すると内訳が出ます",
        "add meters on the main branches and name their parent to see the split",
    ),
    "no_meters": ("計測器が登録されていません。", "No meters are known."),
    "no_meters_hint": (
        "collector.toml に [[sites.meters]] を書いてください",
        "add [[sites.meters]] to collector.toml",
    ),
    "circuits_lead": (
        "内訳が最も大きい回路は「{name}」({share}%)。",
        "The largest circuit is “{name}” ({share}%).",
    ),
    "circuits_lead_rest": (
        "計測器のない負荷(未計測分)は{share}%です。",
        "Loads without a meter of their own (unmeasured) make up {share}%.",
    ),
    # data quality
    "quality": ("データの品質", "Data quality"),
    "quality_good": (
        "すべての計測器で欠測も推定もありません。",
        "Nothing is missing or estimated on any meter.",
    ),
    "quality_lead": (
        "拠点の計測率は{coverage}%。推定した電力量は{estimated} kWhです。",
        "The site was measured {coverage}% of the time; {estimated} kWh are estimated.",
    ),
    "meter": ("計測器", "Meter"),
    "coverage": ("計測率", "Coverage"),
    "estimated_col": ("推定", "Estimated"),
    "missing_col": ("欠測", "Missing"),
    "slots_unit": ("コマ", "slots"),
    "readings": ("読み取り", "Readings"),
    "readings_unit": ("件", ""),
    "gaps": ("欠測と推定の区間(長い順)", "Stretches missing or estimated (longest first)"),
    "when": ("いつ", "When"),
    "length": ("長さ", "Length"),
    "hours_unit": ("時間", "h"),
    "treated": ("扱い", "Shown as"),
    "gap_estimated": ("推定", "estimated"),
    "gap_missing": ("欠測", "missing"),
    "all_meters": ("すべての計測器", "All meters"),
    "some_meters": ("{n}台の計測器", "{n} meters"),
    "more_gaps": ("ほかに{n}区間あります。", "There are {n} more."),
    "stored": ("保存した読み取り {n}件", "{n} readings stored"),
    "lost": ("失われた読み取り {n}件", "{n} lost"),
    "duplicated": ("重複 {n}件", "{n} duplicated"),
    # evidence
    "evidence": ("根拠", "Evidence"),
    "evidence_lead": (
        "この報告の数字は、次の係数と計算方法からたどれます。",
        "Every figure here can be traced to these factors and rules.",
    ),
    "factor_id": ("係数の識別子", "Factor id"),
    "factor_value": ("排出係数", "Emission factor"),
    "supplier": ("小売電気事業者・メニュー", "Supplier, menu"),
    "region": ("地域", "Region"),
    "method": ("係数の種類", "Method"),
    "source": ("出典", "Source"),
    "publisher": ("公表者", "Publisher"),
    "attribution": ("出典の表示", "Attribution"),
    "window": ("適用期間(活動)", "Applies to activity"),
    "window_unstated": ("公表者の記載なし", "not stated by the publisher"),
    "open_end": ("以降", "onwards"),
    "status": ("状態", "Status"),
    "status_official": ("確定(この期間の係数)", "Official (published for this period)"),
    "status_provisional": (
        "暫定(この期間・契約の確定した係数が未公表のため代用。公表後に再算定)",
        "Provisional (stands in until the final factor of this period and contract is published; "
        "then restated)",
    ),
    "status_fallback": (
        "代替(該当する係数がないため、別の種類または広い地域の係数を使用)",
        "Fallback (none is published that fits: another kind of factor, or that of a wider "
        "region, stands in)",
    ),
    "status_outdated": (
        "旧係数(集計後に、適用する係数または契約が変わりました)",
        "Outdated (since this was booked, another factor or contract has come to apply)",
    ),
    "provisional_note": (
        "CO₂は暫定値です。この期間・契約の確定した係数の公表後に再算定します。",
        "CO₂ is provisional: it will be restated once the final factor of this period and "
        "contract is published.",
    ),
    "fallback_note": (
        "CO₂に代替の係数を使っています。該当する係数が公表されていないためです(「根拠」を参照)。",
        "CO₂ is counted by a fallback factor, since none that fits is published (see “Evidence”).",
    ),
    "provisional_and_fallback_note": (
        "CO₂の一部は暫定、一部は代替の係数による値です(「根拠」を参照)。",
        "CO₂ is provisional in part, and counted by a fallback factor in part (see “Evidence”).",
    ),
    "provisional_or_fallback_note": (
        "CO₂に暫定または代替の係数による値を含みます(「根拠」を参照)。",
        "CO₂ holds figures by a provisional or fallback factor (see “Evidence”).",
    ),
    "outdated_note": (
        "CO₂の集計後に、適用する係数または契約が変わりました。",
        "Since the CO₂ was booked, another factor or contract has come to apply.",
    ),
    "outdated_hint": (
        "collector recompute で再計算してから、報告を作り直してください",
        "book it anew with collector recompute, then make the report again",
    ),
    "factor_unknown": (
        "係数「{id}」の出典が見つかりません。",
        "The source of factor “{id}” is not known here.",
    ),
    "factor_unknown_hint": (
        "この係数を含む版の collector で報告を作成してください",
        "make the report with a collector version that ships this factor",
    ),
    "rules": ("計算方法", "How it is calculated"),
    "rule_energy": ("電力量", "Energy"),
    "rule_energy_text": (
        "積算電力量の指示値を30分境界(毎時00分・30分)で内挿した差。48コマの合計は日計に一致。",
        "The counter, interpolated at :00 and :30, subtracted; 48 slots add up to the day.",
    ),
    "rule_demand": ("デマンド", "Demand"),
    "rule_demand_text": (
        "30分の平均電力(時刻は開始時刻)。本システムの計測値で、検針値や請求書と一致しないことが"
        "あります。",
        "Mean power of a 30-minute slot, labelled by its start. Measured here; the utility's "
        "meter and bill may differ slightly.",
    ),
    "rule_quality": ("欠測と推定", "Gaps"),
    "rule_quality_text": (
        "欠測をはさむ電力量は積算値の差を均等に配分して「推定」とします。ゼロとはしません。",
        "Across a gap the counter's difference is spread evenly and marked estimated, never zero.",
    ),
    "rule_sum": ("拠点合計・未計測分", "Site total, unmeasured"),
    "rule_sum_text": (
        "拠点合計は親のない計測器の和。未計測分は親の計測器と子の計測器の差。",
        "Site total: the meters without a parent. Unmeasured: parents minus their children.",
    ),
    "rule_co2": ("CO₂", "CO₂"),
    "rule_co2_text": (
        "電力量 × 排出係数を十進数で計算し、表示するときに一度だけ四捨五入(3〜4桁)。"
        "表示値の和は合計と一致しないことがあります。",
        "Energy × factor in decimals, rounded once when shown (3 to 4 digits, half up), so "
        "rounded figures may not add up to the rounded sum.",
    ),
    "rule_version": ("ソフトウェア", "Software"),
    # emission-factor methods
    "jp_shk_adjusted": (
        "調整後排出係数(温対法 算定・報告・公表制度)",
        "Adjusted emission factor (Japan, SHK scheme)",
    ),
    "jp_shk_basic": (
        "基礎排出係数(温対法 算定・報告・公表制度)",
        "Basic emission factor (Japan, SHK scheme)",
    ),
    "jp_shk_national_average": ("全国平均係数", "National average (Japan, SHK scheme)"),
    "jp_shk_substitute": ("代替値", "Substitute value (Japan, SHK scheme)"),
    "location": (
        "ロケーション基準(GHGプロトコル スコープ2)",
        "Location-based (GHG Protocol Scope 2)",
    ),
    "lifecycle_average": (
        "ライフサイクル平均(公的な平均係数のない地域)",
        "Lifecycle average (where there is no official average)",
    ),
    "market_supplier": (
        "マーケット基準・小売電気事業者(GHGプロトコル スコープ2)",
        "Market-based, the supplier's own factor (GHG Protocol Scope 2)",
    ),
    "market_residual": (
        "マーケット基準・残差(GHGプロトコル スコープ2)",
        "Market-based, residual mix (GHG Protocol Scope 2)",
    ),
}


def say(key: str, language: Language, **names: str | int) -> str:
    """Give the sentence in the language, its braces filled in."""
    return _ROWS[key][0 if language == "ja" else 1].format(**names)


def method_name(method: str, language: Language) -> str:
    """Give the method's name as people read it; an unknown method is shown as it is."""
    return say(method, language) if method in _ROWS else method

"""The words that all reports on an account share: methods, standings, evidence, quality."""

from __future__ import annotations

from collector.reports.report import Language
from collector.reports.wording import Words

METHODS: dict[str, tuple[str, str]] = {
    "location": ("ロケーション基準", "Location-based"),
    "market": ("マーケット基準", "Market-based"),
    "jp_shk_basic": ("基礎排出係数による排出量", "By the basic factor (SHK)"),
    "jp_shk_adjusted": ("調整後排出係数による排出量", "By the adjusted factor (SHK)"),
}
WORDS = Words(
    {
        "official": ("確定", "Official"),
        "provisional": ("暫定", "Provisional"),
        "fallback": ("代替", "Fallback"),
        "missing": ("係数なし", "No factor"),
        "confirm": ("要確認", "To be confirmed"),
        "confirm_note": ("要確認: {what}({why})", "To be confirmed: {what} ({why})"),
        "emissions": ("排出量", "Emissions"),
        "certificate_row": ("証書による控除", "less certificates"),
        "unknown": ("合計なし", "no total"),
        "whose": ("事業者・対象期間", "Supplier, for activity of"),
        "entered": ("入力値", "Entered"),
        "month": ("月", "Month"),
        "total": ("合計", "Total"),
        "kwh": ("電力量", "Energy"),
        "estimated": ("うち推定", "of which estimated"),
        "estimated_share": ("推定の割合", "Estimated share"),
        "coverage": ("計測率", "Coverage"),
        "days_known": ("電力量が分かる日数", "Days with known energy"),
        "days_of": ("{known}日 / {all}日", "{known} of {all} days"),
        "factor": ("排出係数", "Emission factor"),
        "factor_id": ("係数の識別子", "Factor id"),
        "value": ("値", "Value"),
        "method": ("方法", "Method"),
        "publisher": ("公表者・資料", "Publisher and document"),
        "revision": ("版・公表日", "Revision, published"),
        "supplier": ("小売電気事業者・メニュー", "Supplier and menu"),
        "window": ("対象とする活動の期間", "For activity of"),
        "status": ("状態", "Status"),
        "open_end": ("{first}以降", "from {first} on"),
        "unstated": ("記載なし", "not stated"),
        "no_contract": ("契約なし", "no contract"),
        "factors": ("使用した排出係数", "Emission factors used"),
        "quality": ("データの品質", "Data quality"),
        "known_on": ("係数・証書の知識の時点", "Knowledge of factors as of"),
        "known_all": ("作成時点のすべて", "all at the time of making"),
        "snapshot": ("係数一式の識別子", "Set of factors"),
        "version": ("ソフトウェア", "Software"),
        "pending": ("未集計の区間", "Stretches not summed yet"),
        "pending_note": (
            "まだ集計されていない区間が {n} 件あります。",
            "{n} stretches are not summed yet.",
        ),
        "pending_hint": (
            "collector summarise の後で作り直してください",
            "run collector summarise and make the report again",
        ),
        "days_missing": (
            "電力量が分かるのは {all}日のうち {known}日です。分からない日は数値に含まれません。",
            "Energy is known of {known} of {all} days; the others count for nothing.",
        ),
        "days_missing_hint": (
            "欠測の日を補ってから使ってください",
            "fill in the missing days before these figures are used",
        ),
        "provisional_note": (
            "{method}は暫定値です: {first}〜{last} に、この期間の確定した係数が未公表のため {id} を"
            "代用しています。公表後に再算定します。",
            "{method} is provisional: from {first} to {last} {id} stands in for a factor that is"
            " not published yet; it will be restated.",
        ),
        "fallback_note": (
            "{method}は代替値を含みます: {first}〜{last} は該当する係数がないため {id} で"
            "計算しています。",
            "{method} holds a fallback: from {first} to {last} no factor fits, so {id} is used.",
        ),
        "missing_note": (
            "{method}の合計は出せません: {first}〜{last} の {kwh} kWh に係数または契約が"
            "ありません。",
            "{method} has no total: from {first} to {last} {kwh} kWh have no factor or no"
            " contract.",
        ),
        "no_factors": (
            "この期間の電力量に使える契約と排出係数がないため、CO₂は計算していません。",
            "No contract and factor cover the energy of this period, so no CO₂ is counted.",
        ),
        "missing_hint": (
            "設定の [[sites.contracts]] と排出係数を確認してください(collector factors)",
            "see [[sites.contracts]] in the settings and collector factors",
        ),
        "break_note": (
            "基礎排出係数は2024年度の活動から意味が変わりました(以前は燃料のみ、以後は非化石"
            "証書等を反映)。またぐ比較はできません。",
            "The basic factor changed its meaning with activity of FY2024 (fuel only before,"
            " certificates counted since): do not compare across.",
        ),
        "certificates": ("証書・クレジット", "Certificates"),
        "kind": ("種類", "Kind"),
        "tracking": ("トラッキング番号", "Tracking number"),
        "certificate_kwh": ("証書の電力量", "Certificate"),
        "used": ("充当", "Used"),
        "unused": ("未使用", "Unused"),
        "vintage": ("発電期間", "Vintage"),
        "use": ("使用期間", "Use"),
        "retired": ("無効化日", "Retired on"),
        "not_retired": ("未(算入せず)", "not yet (not counted)"),
        "not_deducted": (
            "証書は温対法の排出量からは控除していません: 補正率の公表値を保有していません。",
            "Certificates are not deducted in the SHK figures: no published correction rate is"
            " held.",
        ),
        "kind_non_fossil_fit": ("FIT非化石証書", "Non-fossil certificate (FIT)"),
        "kind_non_fossil_non_fit": ("非FIT非化石証書", "Non-fossil certificate (non-FIT)"),
        "kind_green_power": ("グリーン電力証書", "Green power certificate"),
        "kind_j_credit_renewable": ("J-クレジット(再エネ電力)", "J-Credit (renewable power)"),
        "kind_j_credit_other": ("J-クレジット(その他)", "J-Credit (other)"),
        "kind_jcm": ("JCMクレジット", "JCM credit"),
        "kind_go": ("発電源証明(GO)", "Guarantee of origin"),
        "kind_rec": ("REC", "REC"),
        "kind_i_rec": ("I-REC", "I-REC"),
    }
)


def say(key: str, language: Language, **names: str | int) -> str:
    """The sentence in the language."""
    return WORDS.say(key, language, **names)


def method_name(method: str, language: Language) -> str:
    """The method as people read it; as it is called in accounts where there is no other name."""
    return METHODS.get(method, (method, method))[0 if language == "ja" else 1]

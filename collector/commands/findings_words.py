"""The words of `collector findings`: Japanese and English side by side."""

from __future__ import annotations

from collector.reports.report import Language
from collector.reports.wording import Words

_WORDS = Words(
    {
        "title": (
            "{site}の改善提案({first} から {last} まで)",
            "Findings of {site}, {first} to {last}",
        ),
        "nothing": ("提案はありません。", "No finding."),
        "hidden": (
            "完了・保留の{count}件は --all で表示します。",
            "{count} done or muted: --all shows them.",
        ),
        "gone": (
            "{finding}: この期間のデータからはもう見つかりません",
            "{finding}: no longer found in these days",
        ),
        "key": ("キー", "key"),
        "measure": ("対策", "measure"),
        "yen_year": ("金額/年", "yen a year"),
        "kwh_year": ("kWh/年", "kWh a year"),
        "t_year": ("t-CO2/年", "t CO2 a year"),
        "kl_year": ("原油換算/年", "crude oil a year"),
        "kw": ("デマンド", "demand"),
        "cost": ("費用", "cost"),
        "payback": ("回収年数", "payback"),
        "years": ("年", "years"),
        "confidence": ("確度", "confidence"),
        "high": ("高", "high"),
        "medium": ("中", "medium"),
        "low": ("低", "low"),
        "status": ("状態", "status"),
        "status_open": ("未着手", "open"),
        "status_doing": ("実施中", "doing"),
        "status_done": ("完了", "done"),
        "status_muted": ("保留", "muted"),
        "until": ("{day}まで", "until {day}"),
        "basis": ("単価の根拠", "prices"),
        "factor": ("CO2排出係数", "CO2 factor"),
        "evidence": ("根拠の期間", "evidence"),
        "window": (
            "{first} から {last} まで、既知の時限{known}、推定{estimated}",
            "{first} to {last}, {known} of slots known, {estimated} estimated",
        ),
        "threshold": ("判定のしきい値", "threshold"),
        "overlap": (
            "{finding} と{share}が重なる(合計では二重に数えない)",
            "{share} of it is also in {finding} (not counted twice in a total)",
        ),
        "total": (
            "合計(重複を除く): 年{yen}、{kwh} kWh、{t} t-CO2、{kl} kL",
            "total, nothing twice: {yen}, {kwh} kWh, {t} t CO2, {kl} kL a year",
        ),
        "nothing_twice": (
            "一部だけ数えたもの: {keys}",
            "counted in part only: {keys}",
        ),
        "lacking": (
            "データや設定が足りず評価できないもの:",
            "not looked at, for data or settings are missing:",
        ),
        "general": ("すべての規則に共通", "for all rules"),
        "how_to_change": (
            '変更するには: [findings] thresholds = "my.toml" と書き、その中に'
            " [[threshold]] id, value, reason を書く",
            'to change one: [findings] thresholds = "my.toml", and in it'
            " [[threshold]] with id, value, reason",
        ),
        "verified": (
            "{finding}: {since} から{days}日間の実績",
            "{finding}: {days} days since {since}",
        ),
        "saved": (
            "  削減量 {kwh} kWh(68 %で{low68}–{high68}、90 %で{low}–{high})",
            "  saved {kwh} kWh ({low68}–{high68} at 68 %, {low}–{high} at 90 %)",
        ),
        "promised": (
            "  同じ日数の見込み {promised} kWh",
            "  promised for as many days {promised} kWh",
        ),
        "baseline": (
            "  ベースライン {first} から {last} まで、モデル {model}、CV(RMSE) {cv}、"
            "IPMVP オプション{option}",
            "  baseline {first} to {last}, model {model}, CV(RMSE) {cv}, IPMVP option {option}",
        ),
        "outcome_kept": ("  見込みどおり", "  as promised"),
        "outcome_not_yet": (
            "  削減は確かだが見込みの下限に届かない",
            "  saving for sure, but below the low end of the promise",
        ),
        "outcome_missed": (
            "  見込みに届かない(90 %の上限でも下限未満)",
            "  missed: even the high end at 90 % is below the promise",
        ),
        "outcome_unsure": (
            "  まだ言えない(不確かさが大きいか、データや条件がベースラインに見合わない)",
            "  cannot be told yet: too uncertain, or data or conditions do not match the baseline",
        ),
    }
)


def say(key: str, language: Language, **names: str | int) -> str:
    """The sentence in the language. Raises ``KeyError`` for no key."""
    return _WORDS.say(key, language, **names)

"""The words of the certificate of data completeness, Japanese and English side by side."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} データ充足証明書", "{site}: certificate of data completeness"),
        "statement": (
            "この証明書は、{span}の{site}の電力量({n}台の計測器)について、"
            "実測・推定・欠測の内訳と、人の判断による補正のすべてを示します。",
            "This certificate states, for {site} and {span} ({n} meters), what was measured, "
            "estimated or missing, and every correction by a person.",
        ),
        "pending": (
            "{n}件の再集計が済んでいません。済んでから作り直してください(collector summarise)。",
            "{n} stretches wait to be summed anew: make it again after collector summarise.",
        ),
        "shortened": (
            "まだ終わっていない期間のため、{day}までについて示します。",
            "The period is not over: it is certified up to {day}.",
        ),
        # figures
        "coverage": ("計測率", "Coverage"),
        "coverage_note": (
            "時間のうち実測の割合({n}コマ中)",
            "measured share of the time ({n} slots)",
        ),
        "kwh": ("電力量", "Energy"),
        "estimated": ("うち推定", "of it estimated"),
        "estimated_note": ("電力量の{share}%", "{share}% of the energy"),
        "none_estimated": ("推定はありません", "nothing was estimated"),
        "missing": ("欠測", "Missing"),
        "missing_note": ("{minutes}分コマ。拠点全体として", "slots of {minutes} min, whole site"),
        "hours": ("時間", "h"),
        "slots_unit": ("コマ", "slots"),
        "on_time": ("時間内に届いた読み取り", "Readings on time"),
        "on_time_note": ("予定 {n} 件に対して", "of {n} expected"),
        "no_readings": ("到着の記録なし", "no record of arrivals"),
        "corrections_count": ("補正・判断", "Corrections"),
        "corrections_note": ("有効 {n} 件・取消 {back} 件", "{n} stand, {back} taken back"),
        "count_unit": ("件", ""),
        # by part
        "by_month": ("計測率(月別)", "Coverage by month"),
        "by_day": ("計測率(日別)", "Coverage by day"),
        "by_year": ("計測率(月別)—{year}", "Coverage by month — {year}"),
        "meter": ("計測器", "Meter"),
        "site_total": ("拠点全体", "Whole site"),
        "total": ("計", "All"),
        "by_month_lead": (
            "実測された時間の割合(%)。100は欠測・推定がまったくない月です。",
            "Share of the time that was measured (%); 100 is a month without a gap.",
        ),
        "heat_text": ("計測器と日ごとの計測率。", "Coverage by meter and day."),
        "blank": ("空白は対象外", "Blank: not in service"),
        # by meter
        "by_meter": ("計測器ごとの内訳", "By meter"),
        "expected": ("予定", "Expected"),
        "measured": ("実測", "Measured"),
        "estimated_slots": ("推定", "Estimated"),
        "missing_slots": ("欠測", "Missing"),
        "energy": ("電力量", "Energy"),
        "estimated_kwh": ("推定分", "Estimated"),
        # readings
        "readings": ("読み取りの到着", "How the readings arrived"),
        "readings_lead": (
            "時間内とは、読み取りから1分または3周期の長いほう以内に保存されたものです。",
            "On time is: stored within a minute or three intervals of its instant, what is longer.",
        ),
        "days": ("日数", "Days"),
        "late": ("遅着", "Late"),
        "undated": ("時刻推定", "Time estimated"),
        "not_come": ("未着", "Not come"),
        "on_time_col": ("時間内", "On time"),
        "no_arrivals": (
            "この期間の到着の記録はありません(ファイルから取り込んだ値、または収集開始前)。",
            "There is no record of arrivals in this period (values taken from files, or from "
            "before the collector was there).",
        ),
        # gaps
        "gaps": ("欠測と推定の区間", "Stretches missing or estimated"),
        "no_gaps": ("欠測・推定の区間はありません。", "There is no stretch missing or estimated."),
        "when": ("いつ", "When"),
        "length": ("長さ", "Length"),
        "treated": ("扱い", "Treated as"),
        "reason": ("計器の判定", "Decision on the counter"),
        "is_estimated": ("推定", "estimated"),
        "is_missing": ("欠測", "missing"),
        "all_meters": ("すべての計測器", "All meters"),
        "more_gaps": (
            "ほかに{n}区間(合計 {hours} 時間)。期間を短くするとすべて示します。",
            "{n} more stretches ({hours} h together); ask for a shorter period to list them.",
        ),
        "glitch": ("異常値を無視", "glitch left out"),
        "reset": ("積算値のリセット", "counter reset"),
        "rollover": ("積算値の桁あふれ", "counter rolled over"),
        "replaced": ("計測器の交換", "meter replaced"),
        "ratio": ("CT/VT比の変更", "CT or VT ratio changed"),
        "frozen": ("積算値の停止", "counter stood still"),
        "gap": ("受信の途絶", "no readings"),
        "undecided": ("判定待ち", "not decided yet"),
        "plain": ("そのまま計上", "booked as it is"),
        # people
        "corrections": ("人による補正・判断", "Corrections and rulings by people"),
        "no_corrections": ("補正・判断はありません。", "There is none."),
        "kind": ("種類", "Kind"),
        "why": ("理由", "Reason"),
        "by": ("誰が", "By"),
        "made": ("記録日", "Recorded"),
        "stands": ("状態", "Standing"),
        "valid": ("有効", "stands"),
        "taken_back": ("取消({by})", "taken back ({by})"),
        "imports": ("取り込んだファイル", "Files taken in"),
        "no_imports": ("取り込んだファイルはありません。", "There is none."),
        "file": ("ファイル", "File"),
        "range": ("期間", "Stretch"),
        "closed": ("締めた期間", "Closed periods"),
        "no_closed": (
            "この期間は締められていません(collector accounts close)。",
            "No part of the period is closed (collector accounts close).",
        ),
        "period": ("期間", "Period"),
        "digest_col": ("ダイジェスト", "Digest"),
        "restated": ("再算定(no. {n})", "restates no. {n}"),
        "first_closed": ("締め", "closed"),
        "lost": ("送られない読み取り", "Readings that will never come"),
        "agent": ("エージェント", "Agent"),
        "readings_col": ("読み取り", "Readings"),
        "told": ("判明日", "Told on"),
        # method
        "method": ("方法とダイジェスト", "Method and digest"),
        "rule_slots": ("コマ", "Slots"),
        "rule_slots_text": (
            "{minutes}分ごと。実測 + 推定 + 欠測 = 予定(時間の割合で数える)。",
            "Of {minutes} minutes; measured + estimated + missing = expected (counted by time).",
        ),
        "rule_estimated": ("推定", "Estimated"),
        "rule_estimated_text": (
            "積算値の差から電力量がわかり、区間に均等に配分したもの。",
            "Energy known from the counter's difference and spread over the stretch.",
        ),
        "rule_missing": ("欠測", "Missing"),
        "rule_missing_text": (
            "電力量がわからないもの。ゼロとはしません。",
            "Energy that is not known; never taken as zero.",
        ),
        "rule_digest": ("ダイジェスト", "Digest"),
        "rule_digest_text": (
            "SHA-256。計測器と日ごとの1行「計測器 日 電力量 推定 計測率 欠測」"
            "(電力量は mWh、割合は100万分の1)を並べ、改行でつないだもの。{n}行。",
            "SHA-256 over one line a meter and day, “meter day energy estimated coverage "
            "missing” (mWh and millionths), in order, joined by line feeds; {n} lines.",
        ),
        "rule_again": ("確かめ方", "To check"),
        "rule_again_text": (
            "collector report completeness --site {site} --period {period} で同じ値になります。",
            "collector report completeness --site {site} --period {period} gives the same.",
        ),
        "software": ("ソフトウェア", "Software"),
        "factors": ("排出係数データの版", "Set of emission factors"),
        # signatures
        "signatures": ("署名", "Signatures"),
        "role": ("役割", "Role"),
        "name": ("氏名・所属", "Name, organisation"),
        "date": ("日付", "Date"),
        "signature": ("署名・捺印", "Signature or seal"),
        "author": ("作成", "Prepared"),
        "checker": ("確認", "Checked"),
        "approver": ("承認", "Approved"),
    }
)

"""The words of the monthly report, Japanese and English side by side."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} 月報", "{site}: monthly report"),
        "bill_month": ("検針月 {span}", "billing month {span}"),
        "unfinished": (
            "この月はまだ終わっていません。値は途中までのものです。",
            "The month is not over: figures are those so far.",
        ),
        "partly": (
            "{days}日中{known}日分の値です。",
            "Figures of {known} of {days} days.",
        ),
        # figures
        "energy": ("電力量", "Energy"),
        "bill": ("電気料金", "Electricity bill"),
        "bill_price": (
            "1 kWhあたり {price} {unit}。うち基本料金 {share}%",
            "{price} {unit} per kWh; {share}% of it demand charge",
        ),
        "energy_charge": ("電力量料金", "Energy charge"),
        "no_bill_note": (
            "料金メニューが未設定([[sites.tariffs]])",
            "no tariff set ([[sites.tariffs]])",
        ),
        "co2": ("CO₂排出量", "CO₂ emissions"),
        "no_co2": ("排出係数なし([[sites.contracts]])", "no emission factor ([[sites.contracts]])"),
        "peak": ("最大デマンド(30分)", "Largest demand (30 min)"),
        "load_factor": ("負荷率", "Load factor"),
        "load_factor_note": ("平均電力 ÷ 最大デマンド", "mean power ÷ largest demand"),
        "base": ("ベース負荷", "Base load"),
        "base_note": (
            "日ごとの最小値の中央値。電力量の{share}%に相当",
            "median of each day's lowest 30 min; {share}% of the energy",
        ),
        "no_figure": ("データなし", "no data"),
        "more": ("前年同月より +{share}%", "+{share}% on the same month of last year"),
        "less": ("前年同月より −{share}%", "−{share}% on the same month of last year"),
        "more_before": ("前月より +{share}%", "+{share}% on the month before"),
        "less_before": ("前月より −{share}%", "−{share}% on the month before"),
        "share_of_contract": (
            "契約電力 {contract} kW の{share}%",
            "{share}% of the contract power of {contract} kW",
        ),
        "no_contract": ("契約電力は未設定", "contract power not set"),
        "provisional": ("暫定", "Provisional"),
        # comparison
        "compare": ("前年同月・前月との比較", "Against last year and the month before"),
        "this_month": ("この月", "This month"),
        "year_before": ("前年同月", "Same month of last year"),
        "month_before": ("前月", "Month before"),
        "change_year": ("前年比", "On last year"),
        "change_month": ("前月比", "On the month before"),
        "what": ("項目", "Figure"),
        "working_days": ("稼働日数", "Working days"),
        "days_unit": ("日", "days"),
        "a_working_day": ("稼働日1日あたり", "Energy a working day"),
        "an_off_day": ("休日1日あたり", "Energy a day off"),
        "compare_lead_year": (
            "電力量は前年同月より{word}、稼働日1日あたりでは{day_word}です。",
            "Energy is {word} on last year's month; by working day it is {day_word}.",
        ),
        "no_year_before": (
            "前年同月のデータはまだありません。",
            "There is no data of the same month of last year yet.",
        ),
        "up": ("{share}%増", "up {share}%"),
        "down": ("{share}%減", "down {share}%"),
        # demand
        "demand": ("最大デマンドと契約電力", "Largest demand and contract power"),
        "demand_bars": ("月ごとの最大デマンド", "Largest demand by month"),
        "base_bars": ("月ごとのベース負荷", "Base load by month"),
        "month_kw": ("{month}: {kw} kW", "{month}: {kw} kW"),
        "set_by": (
            "この月の契約電力 {kw} kW は、{month}の最大デマンド {demand} kW で決まりました。",
            "The contract power of {kw} kW is set by the demand of {demand} kW in {month}.",
        ),
        "agreed": (
            "契約電力は協議で決めた {kw} kW です(この12か月の最大は{month}の {demand} kW)。",
            "The contract power is the {kw} kW agreed (the largest of 12 months: {demand} kW "
            "in {month}).",
        ),
        "next": (
            "来月も {kw} kW を下回りません: {month}の最大デマンドが{until}まで残るためです。",
            "Next month it cannot be below {kw} kW: the demand of {month} counts up to {until}.",
        ),
        "next_lower": (
            "来月は {kw} kW まで下げられます(その時に効くのは{month}の最大デマンド)。",
            "Next month it can fall to {kw} kW (the demand of {month} then counts).",
        ),
        "one_kw": (
            "12か月すべてで1 kW下げられれば、年 {amount} {unit} の節約です。",
            "One kW less in all twelve months saves {amount} {unit} a year.",
        ),
        "missing_months": (
            "12か月のうち{n}か月の記録がなく、実際の契約電力は高いことがあります。",
            "{n} of the 12 months are not known: the true contract power may be higher.",
        ),
        "negotiated": (
            "500 kW以上のため、契約電力は協議で決まります。",
            "From 500 kW on the contract power is agreed with the supplier.",
        ),
        "no_demand": ("最大デマンドがまだわかりません。", "No demand is known yet."),
        # bill
        "bill_title": ("電気料金の内訳", "The bill, line by line"),
        "bill_lead": (
            "{first}〜{last}、料金メニュー {tariff}。",
            "{first} – {last}, tariff {tariff}.",
        ),
        "line": ("項目", "Line"),
        "quantity": ("数量", "Quantity"),
        "price": ("単価", "Price"),
        "amount": ("金額", "Amount"),
        "share": ("割合", "Share"),
        "total": ("合計", "Total"),
        "bill_warnings": (
            "電力会社の請求と違うことがある点が{n}件あります。",
            "{n} points may make it differ from the supplier's bill.",
        ),
        "bill_warnings_hint": (
            "collector bill show {site} {month} で確認できます",
            "see collector bill show {site} {month}",
        ),
        "no_bill": ("電気料金を計算できません。", "The bill cannot be calculated."),
        "no_bill_hint": (
            "collector.toml に [[sites.tariffs]] を書いてください(一覧: collector bill tariffs)",
            "write [[sites.tariffs]] in collector.toml; collector bill tariffs lists them",
        ),
        # co2
        "co2_title": ("CO₂排出量(算定方法別)", "CO₂ by method"),
        "co2_lead": (
            "方法ごとの値は並べて示すもので、足し合わせません。",
            "Methods stand side by side; they are never added.",
        ),
        "method": ("算定方法", "Method"),
        "emissions": ("排出量", "Emissions"),
        "per_kwh": ("1 kWhあたり", "Per kWh"),
        "factors": ("係数", "Factors"),
        "standing": ("状態", "Standing"),
        "status_official": ("確定", "official"),
        "status_provisional": ("暫定", "provisional"),
        "status_fallback": ("代替", "fallback"),
        "status_missing": ("係数なし", "no factor"),
        "no_methods": (
            "CO₂を計算できません。契約に合う排出係数がありません。",
            "CO₂ cannot be calculated: no emission factor fits the contract.",
        ),
        "no_methods_hint": (
            "collector.toml の [[sites.contracts]] に小売電気事業者とメニューを書いてください",
            "name supplier and menu in [[sites.contracts]] of collector.toml",
        ),
        "target_title": ("目標に対する{year}", "{year} against the target"),
        "so_far": ("{day}までの累計", "So far, up to {day}"),
        "year_end": ("年度末の見込み", "Expected at the year's end"),
        "allowed": ("目標経路の上限", "What the path allows"),
        "rule": ("目標", "Target"),
        "rule_text": (
            "{target}年度までに{base}年度比 −{percent}%",
            "−{percent}% by FY{target} against FY{base}",
        ),
        "on_path": ("目標経路の範囲内です。", "On the path."),
        "off_path": (
            "目標経路を {t} t-CO₂ 上回る見込みです。",
            "Expected to end {t} t-CO₂ above the path.",
        ),
        "no_path": (
            "目標経路を引けません。基準年の排出量がわかりません。",
            "There is no path: the base year's emissions are not known.",
        ),
        "no_path_hint": (
            "[sites.target] に base_t(基準年の t-CO₂)を書いてください",
            "write base_t (the base year's t-CO₂) in [sites.target]",
        ),
        # circuits
        "circuits": ("回路ごとの内訳と増減", "By circuit, and what changed"),
        "circuit": ("回路", "Circuit"),
        "energy_col": ("電力量", "Energy"),
        "site_total": ("拠点合計", "Site total"),
        "rest": ("未計測分", "Unmeasured remainder"),
        "circuits_lead": (
            "前年同月から最も変わった回路は「{name}」({change} kWh)。",
            "The circuit that changed most on last year is “{name}” ({change} kWh).",
        ),
        "circuits_lead_month": (
            "前月から最も変わった回路は「{name}」({change} kWh)。",
            "The circuit that changed most on the month before is “{name}” ({change} kWh).",
        ),
        # base and days
        "base_title": ("ベース負荷の推移", "Base load, month by month"),
        "base_lead_up": (
            "1年前より {kw} kW 増えました。1年中動くと年 {kwh} kWh です。",
            "{kw} kW more than a year ago; running all year that is {kwh} kWh.",
        ),
        "base_lead_down": (
            "1年前より {kw} kW 減りました。1年中では年 {kwh} kWh です。",
            "{kw} kW less than a year ago; over a year that is {kwh} kWh.",
        ),
        "days_title": ("稼働日と休日", "Working days and days off"),
        "days_lead": (
            "休日(土曜を含む)の電力量は月の{share}%です。",
            "Days off, Saturdays included, took {share}% of the month's energy.",
        ),
        "kind": ("日の種別", "Kind of day"),
        "days": ("日数", "Days"),
        "kwh_a_day": ("1日あたり", "Energy a day"),
        "base_col": ("ベース負荷", "Base load"),
        "of_month": ("月に占める割合", "Share of the month"),
        "group_working": ("稼働日", "Working days"),
        "group_saturday": ("土曜休み", "Saturdays off"),
        "group_off": ("日曜・祝日・休業日", "Sundays, holidays, closed days"),
        "one_working": ("稼働日", "working day"),
        "one_saturday": ("土曜休み", "Saturday off"),
        "one_off": ("休日", "day off"),
        # notable
        "notable": ("目立った日", "Days worth a look"),
        "day": ("日", "Day"),
        "why": ("理由", "Why"),
        "most": ("{kind}で最も多い", "most of any {kind}"),
        "least": ("{kind}で最も少ない", "least of any {kind}"),
        "peak_day": (
            "月の最大デマンド {kw} kW({when})",
            "the month's largest demand, {kw} kW ({when})",
        ),
        "unusual_more": (
            "ふだんの{kind}より {kwh} kWh 多い({when})",
            "{kwh} kWh above the usual {kind} ({when})",
        ),
        "unusual_less": (
            "ふだんの{kind}より {kwh} kWh 少ない({when})",
            "{kwh} kWh below the usual {kind} ({when})",
        ),
        # findings
        "findings": ("改善提案(未完了)", "Open proposals"),
        "measure": ("対策", "Measure"),
        "saving": ("年間の効果", "A year saves"),
        "yen_a_year": ("年間の金額", "Worth a year"),
        "doing": ("(実施中)", " (being done)"),
        "no_findings": ("未完了の提案はありません。", "No proposal is open."),
        # empty
        "no_days": ("この月の日計がありません。", "There are no daily totals for this month."),
        "no_days_hint": (
            "計測器からの受信を確認し、collector summarise で集計してください",
            "check that readings arrive, then run: collector summarise",
        ),
    }
)

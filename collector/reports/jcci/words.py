"""The words of the check-sheet table."""

from __future__ import annotations

from collector.reports.wording import Words

WORDS = Words(
    {
        "title": ("{site} CO2チェックシート用集計表", "{site}: table for the CO2 check sheet"),
        "not_theirs": (
            "これは商工会議所のCO2チェックシート(日本商工会議所)そのものではなく、転記するための"
            "集計表です。様式の配布元は eco.jcci.or.jp です。",
            "This is a table to copy from, not the chambers' own check sheet file, which is to be"
            " had at eco.jcci.or.jp.",
        ),
        "order_what": ("項目の並び", "the order of items"),
        "order_why": (
            "様式のセル位置は未確認。お使いの年版の項目名に合わせて転記する",
            "the file's exact cells were not read: copy by the names in your edition",
        ),
        "factor_what": ("電気の排出係数", "the factor of electricity"),
        "factor_why": (
            "チェックシートは年版ごとに係数表が付く(調整後排出係数)。係数表の値と一致するか確認する",
            "each edition of the sheet has its own table of factors (adjusted): compare with it",
        ),
        "electricity": ("電気", "Electricity"),
        "electricity_lead": (
            "小売電気事業者・メニューごとの月別の使用量・金額・CO₂(調整後排出係数)。",
            "By supplier and menu: quantity, yen and CO₂ by the adjusted factor, by month.",
        ),
        "yen": ("金額", "Amount"),
        "yen_note": (
            "金額は契約中の料金表から計算した電気料金(税込)です。請求書の金額と照合してください。",
            "Yen are bills calculated by the tariff in the settings (tax as in it): compare with"
            " the invoices.",
        ),
        "yen_month": (
            "金額は検針月(毎月{day}日始まり)、使用量は暦月です。",
            "Yen are by bill months that begin on day {day}, quantities by calendar months.",
        ),
        "yen_split": (
            "契約が切り替わった月の金額は使用量で按分しています: {months}",
            "In months with two contracts the bill is split by kWh: {months}",
        ),
        "yen_none": (
            "電気料金を計算できない月があります: {months}",
            "These months have no bill: {months}",
        ),
        "yen_hint": (
            "請求書の金額をExcelの着色セルに記入してください(計算できない理由: collector bill show"
            " {site} {month})",
            "fill in the invoices' amounts (the coloured cells of the workbook); why there is none:"
            " collector bill show {site} {month}",
        ),
        "doubtful": (
            "{n}か月分の料金には、電力会社の請求と違うことがある点があります。",
            "The bills of {n} months hold points that may make them differ from the invoices.",
        ),
        "doubtful_hint": (
            "collector bill show {site} {month} で確認できます",
            "see collector bill show {site} {month}",
        ),
        "quantity": ("使用量", "Quantity"),
        "fuels": ("ガス・燃料(記入欄)", "Gas and fuels (to be filled in)"),
        "fuels_lead": (
            "計測していないため、Excelの着色セルに月別の使用量と金額を記入してください。",
            "Not metered: fill in quantities and yen by month in the workbook.",
        ),
        "fuel": ("項目", "Item"),
        "unit": ("単位", "Unit"),
        "co2_factor": ("CO₂排出係数", "CO₂ factor"),
        "enter": ("記入", "to be filled in"),
        "year_total": ("12か月のCO₂(電気)", "CO₂ of twelve months (electricity)"),
        "year_yen": ("12か月の電気料金", "Electricity bills of twelve months"),
        "partly": ("{n}か月分", "{n} months"),
        "sheet_table": ("チェックシート用", "Check sheet"),
        "sheet_factors": ("係数", "Factors"),
        "sheet_notes": ("注記", "Notes"),
        "kind": ("区分", "What"),
        "co2": ("CO₂", "CO₂"),
        "all": ("合計(電気+燃料)", "Total, electricity and fuels"),
        "input_note": (
            "着色セルは記入欄です。記入すると合計に反映されます。",
            "Coloured cells are for you to fill in; the totals follow.",
        ),
    }
)

"""Words of the board for cost."""

from __future__ import annotations

from grafana.wording.text import Text

ROWS: tuple[Text, ...] = (
    Text("cost.title", "電気料金", "Cost"),
    Text(
        "cost.about",
        "検針月ごとの電気料金を内訳で見ます。今月は見込みを出し、請求書と照らし合わせます。",
        "The bill of each billing month, line by line; the running one projected; against the "
        "invoice.",
    ),
    Text("cost.row.month", "今月(検針月)", "This billing month"),
    Text("cost.row.bills", "料金の内訳", "Bill lines"),
    Text("cost.row.price", "日と単価", "Days and unit price"),
    Text("cost.row.invoice", "請求書との照合", "Against the invoice"),
    Text("cost.total.title", "今月の料金(今日まで、円)", "This month so far (JPY)"),
    Text(
        "cost.total.about",
        "検針月の初めから今日までの料金。",
        "Since the billing month began.",
    ),
    Text("cost.projected.title", "今月の見込み(円)", "This month, projected (JPY)"),
    Text(
        "cost.projected.about",
        "残りの日がふだんと同じように続いたときの、今月の料金。確定ではありません。",
        "This month's bill if the rest goes as is usual. A projection, not a bill.",
    ),
    Text("cost.unit.title", "平均単価(1kWhあたり)", "Unit price, per kWh"),
    Text(
        "cost.unit.about",
        "今月の料金 ÷ 今月の電力量。",
        "This month's cost divided by its kWh.",
    ),
    Text("cost.demand_share.title", "基本料金の割合", "Demand-charge part"),
    Text(
        "cost.demand_share.about",
        "料金のうち基本料金(デマンドで決まる分)の割合。",
        "The part of the bill that demand decides: the basic charge.",
    ),
    Text("cost.bills.title", "月ごとの料金(13か月)", "Bills (13 months)"),
    Text(
        "cost.bills.about",
        "検針月ごとの内訳。いちばん新しい月は今日までの分です。",
        "Line by line. The newest month runs until today.",
    ),
    Text("cost.basic_cost", "基本料金", "Basic charge"),
    Text("cost.energy_cost", "電力量料金", "Energy charge"),
    Text("cost.adder_cost", "燃料費等調整額", "Fuel and other adjustments"),
    Text("cost.levy_cost", "再エネ賦課金", "Renewable levy"),
    Text("cost.other_cost", "その他", "Other"),
    Text("cost.days.title", "日ごとの電力量料金", "Energy charge per day"),
    Text(
        "cost.days.about",
        "基本料金と調整額を含まない、時間帯ごとの単価による料金。",
        "By the price of each hour, without the basic charge and adjustments.",
    ),
    Text("cost.daily", "日の電力量料金", "Day's energy charge"),
    Text("cost.prices.title", "平均単価の推移(13か月)", "Unit price (13 months)"),
    Text(
        "cost.prices.about",
        "検針月の料金 ÷ 電力量。",
        "Each billing month's cost divided by its kWh.",
    ),
    Text("cost.unit_price", "平均単価", "Unit price"),
    Text("cost.lines.title", "検針月ごとの内訳", "Bill lines by month"),
    Text(
        "cost.lines.about",
        "金額は通貨の列の単位。「計算中」の月は今日までの分です。",
        "Amounts in the currency of the last column. A running month holds what is known so far.",
    ),
    Text("cost.settled", "済み", "Over"),
    Text("cost.running", "計算中", "Running"),
    Text("cost.column.month", "検針月の始まり", "Month begins"),
    Text("cost.column.state", "状態", "State"),
    Text("cost.column.total", "合計", "Total"),
    Text("cost.column.projected", "見込み", "Projected"),
    Text("cost.column.share", "基本料金の割合", "Demand part"),
    Text("cost.column.currency", "通貨", "Currency"),
    Text("cost.invoices.title", "請求書と計算(検針月)", "Invoices and our bills"),
    Text(
        "cost.invoices.about",
        "collector bill verify に --keep をつけて照合した請求書。差は請求書が多い分です。",
        "Invoices that were compared with collector bill verify --keep. The difference is how much "
        "more the invoice comes to.",
    ),
    Text(
        "cost.invoices.empty",
        "照合した請求書がありません。collector bill verify --keep で残せます。",
        "No invoice was compared yet. Keep one by collector bill verify --keep.",
    ),
    Text("cost.column.invoiced", "請求書", "Invoice"),
    Text("cost.column.reckoned", "計算", "Our bill"),
    Text("cost.column.difference", "差", "Difference"),
    Text("cost.column.fits", "明細", "Lines"),
    Text("cost.fits", "すべて一致", "All fit"),
    Text("cost.differs", "差あり", "Some differ"),
    Text("cost.invoice.title", "請求書と照らし合わせる", "Compare with the invoice"),
    Text(
        "cost.invoice.text",
        "`collector bill verify` が請求書の各行とこの内訳を比べ、差の理由の候補を示します。"
        "全行の計算式は `collector bill show` にあります。",
        "`collector bill verify` sets the invoice beside these lines and says what may explain "
        "each difference. `collector bill show` prints every line's formula.",
    ),
)

"""A report with every kind of block, long and wide tables and long names, in either language.

Its numbers follow plain formulas, so that a test can say what must be where.
"""

from __future__ import annotations

from functools import cache

from collector.reports.report import (
    Cell,
    Column,
    Figure,
    Language,
    Note,
    Report,
    ReportPeriod,
    Row,
    Section,
    Table,
)
from tests.collector.exports.sample_pictures import (
    CIRCUITS,
    FROM_MS,
    HOUR_MS,
    bars,
    circuit_names,
    crowd,
    cusum,
    duration,
    heat,
    ranking,
    say,
    scatter,
    seasons,
    steps,
    typical,
)

HOSTILE = (
    "=cmd|'/c calc'!A1",
    "<script>alert(1)</script>",
    "+1-2",
    "@SUM(A1)",
    "-3",
    "\u202eزcba\u200f",
    "長い名前の回路" * 43,
    "'; DROP TABLE x; --",
    "a\tb\rc\nd",
    "{{ 7 * 7 }}",
    '\\</style>"}',
)


@cache
def sample_report(language: Language, names: tuple[str, ...] = (), sections: int = 1) -> Report:
    """The report; ``names`` replace those of the first circuits."""
    ja = language == "ja"
    parts = (
        Section(
            say(ja, "負荷曲線|Load profile"),
            say(ja, "昼休みに負荷が残っています。|Load remains over lunch."),
            (steps(ja), heat(ja)),
        ),
        Section(say(ja, "負荷持続曲線|Duration curve"), "", (duration(ja),), new_page=True),
        Section(say(ja, "代表日|Typical days"), "", (typical(ja), seasons(ja))),
        Section(
            say(ja, "気温と電力量|Temperature and energy"),
            "",
            (scatter(ja), crowd(ja), cusum(ja)),
        ),
        Section(
            say(ja, "改善提案|Proposals"),
            say(ja, "合計の効果を示します。|What they bring together."),
            (ranking(ja, names), circuits(ja, names), Note(say(ja, "仮の値です。|Assumed."))),
            badge=say(ja, "暫定|Provisional"),
            figures=_figures(ja)[:2],
        ),
        Section(say(ja, "月別|By month"), "", (bars(ja), months(ja), terms(ja))),
    )
    return Report(
        language,
        say(ja, "仙台工場 省エネ診断レポート|Sendai works: energy diagnosis"),
        say(ja, "2025年度・12か月|FY2025, 12 months"),
        ReportPeriod(FROM_MS, FROM_MS + 168 * HOUR_MS, say(ja, "2025年度|FY2025"), "2025"),
        say(ja, "作成 2026年11月28日|Made 28 Nov 2026 · Mieruka 0.8"),
        _figures(ja),
        parts * sections,
        (
            Note(
                say(ja, "CO₂は暫定値です。|CO₂ is provisional."),
                say(ja, "係数の公表後に再算定|restated later"),
                "provisional",
            ),
        ),
        zone="Asia/Tokyo",
    )


def _figures(ja: bool) -> tuple[Figure, ...]:
    return (
        Figure(
            say(ja, "削減できる電力量|Energy to save"),
            "123,456",
            "kWh",
            say(ja, "年間|a year"),
            "energy",
        ),
        Figure(
            say(ja, "金額|Money to save"),
            "2.46",
            say(ja, "百万円|m yen"),
            say(ja, "1.9〜3.1|1.9 to 3.1"),
            "cost",
        ),
        Figure("CO₂", "53.1", "t-CO₂", "", "co2", say(ja, "暫定|Provisional"), 0.27, "27 %"),
    )


def circuits(ja: bool, names: tuple[str, ...] = ()) -> Table:
    """Thirty circuits with their sum first, nine columns."""
    columns = (
        Column(say(ja, "回路|Circuit"), align="left"),
        Column(say(ja, "電力量|Energy"), "kWh"),
        Column(say(ja, "割合|Share"), "%", bar="energy"),
        Column(say(ja, "最大|Peak"), "kW"),
        Column("CO₂", "t"),
        Column(say(ja, "料金|Cost"), say(ja, "円|yen")),
        Column(say(ja, "原油換算|Crude oil"), "kL"),
        Column(say(ja, "計測率|Coverage"), "%", bar="energy"),
        Column(say(ja, "備考|Remark"), align="left"),
    )
    kwh = [1000.5 + 10 * n for n in range(CIRCUITS)]
    rows = [_circuit(say(ja, "拠点合計|Site total"), sum(kwh), 1.0, 480.0, strong=True)]
    rows += [
        _circuit(
            name,
            one,
            one / sum(kwh),
            12.0 + n,
            remark=say(ja, "昼休み|lunch") if n % 7 == 3 else "",
        )
        for n, (name, one) in enumerate(zip(circuit_names(ja, names), kwh, strict=True))
    ]
    return Table(say(ja, "回路ごとの内訳|By circuit"), columns, tuple(rows))


def _circuit(
    name: str, kwh: float, share: float, peak: float, strong: bool = False, remark: str = ""
) -> Row:
    tonnes, yen, kl = kwh * 0.438 / 1000, kwh * 20, kwh * 0.2229 / 1000
    cells = (
        Cell(name),
        Cell(f"{kwh:,.1f}", kwh),
        Cell(f"{share:.1%}".rstrip("%"), share),
        Cell(f"{peak:,.1f}", peak),
        Cell(f"{tonnes:,.3f}", tonnes),
        Cell(f"{yen:,.0f}", yen),
        Cell(f"{kl:.3f}", kl),
        Cell("99.9", 0.999),
        Cell(remark),
    )
    return Row(cells, 0 if strong else 1, strong)


def months(ja: bool) -> Table:
    """A wide table: a name and twelve months and their sum below."""
    columns = (
        Column(say(ja, "項目|Item"), align="left"),
        *(Column(say(ja, f"{n}月|M{n}"), "kWh") for n in range(1, 13)),
    )
    rows = [
        Row((Cell(name), *(Cell(f"{base + 100 * n:,}", base + 100 * n) for n in range(1, 13))))
        for name, base in (("A", 10_000), ("B", 20_000))
    ]
    sums = (Cell(f"{30_000 + 200 * n:,}", 30_000 + 200 * n) for n in range(1, 13))
    rows.append(Row((Cell(say(ja, "計|Sum")), *sums), strong=True))
    return Table(say(ja, "月別の電力量|Energy by month"), columns, tuple(rows))


def terms(ja: bool) -> Table:
    """Terms and what they mean."""
    rows = (
        (say(ja, "係数|Factor"), "0.000438 t-CO₂/kWh"),
        (say(ja, "出典|Source"), say(ja, "環境省|MoE")),
    )
    return Table(
        say(ja, "根拠|Evidence"),
        (Column(""), Column("")),
        tuple(Row((Cell(term), Cell(text))) for term, text in rows),
    )

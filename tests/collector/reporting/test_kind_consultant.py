"""The consultant pack from a plant's real store: its figures, its gaps, its workbook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import pytest

from collector import config
from collector.errors import CollectorError
from collector.exports.page import render
from collector.findings.status import Change
from collector.gather.site_findings import findings_of
from collector.reporting.gathering.consultant import gather_consultant
from collector.reporting.kind import Request
from collector.reporting.kinds.consultant import KIND
from collector.reporting.sources import Sources
from collector.reports.book import Book, Formula
from collector.reports.consultant.data import ConsultantData
from collector.reports.report import BarChart, HeatMap, Note, Report, Section, XYChart
from tests.collector.plant_year import plant_year
from tests.collector.reporting.plants import At
from tests.collector.reports.formula_oracle import Oracle, differences, formulas, same
from tests.collector.reports.signed_samples import figure, table, texts

FIRST, END = date(2025, 4, 1), date(2025, 10, 1)
TOKYO_H = 9
SLOT_MS = 1_800_000


def _silent(_what: str, _share: float) -> None:
    return None


@dataclass(frozen=True)
class Plant:
    """A plant's settings, and the days its store holds."""

    path: Path
    first: date
    end: date

    def pack(self, **options: str) -> ConsultantData:
        """The pack's data of all its days."""
        with self.open() as sources:
            asked = Request("sendai", self.first, self.end, "", options)
            return gather_consultant(sources, asked, _silent)

    def open(self) -> AbstractContextManager[Sources]:
        """The plant's sources on the day after its last."""
        at = self.end
        return Sources.open(config.load(self.path), At(at.year, at.month, at.day, 0))


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Half a year of a plant with two circuits."""
    folder = tmp_path_factory.mktemp("plant")
    return Plant(plant_year(folder, circuits=2, first=FIRST, end=END), FIRST, END)


@pytest.fixture(scope="module")
def pack(plant: Plant) -> ConsultantData:
    """Its pack."""
    return plant.pack()


@pytest.fixture(scope="module")
def ja(pack: ConsultantData) -> Report:
    """The pack in Japanese."""
    return KIND.build(pack, "ja")


@pytest.fixture(scope="module")
def slots(plant: Plant) -> dict[int, float]:
    """The site's kWh by start (UTC ms), read from the file by plain SQL."""
    return dict(_rows(plant.path, "_site"))


def _rows(path: Path, meter: str) -> Iterator[tuple[int, float]]:
    with sqlite3.connect(path.parent / "store.sqlite") as file:
        yield from file.execute(
            "select start_ms, kwh from energy_30m join series on series.id = series_id "
            "where meter = ? order by start_ms",
            (meter,),
        )


def _local_day(start_ms: int) -> int:
    return (start_ms + TOKYO_H * 3_600_000) // 86_400_000


def _section(report: Report, title: str) -> Section:
    return next(one for one in report.sections if one.title.startswith(title))


def test_energy_peak_and_load_factor_are_the_stores(ja: Report, slots: dict[int, float]) -> None:
    """Page one repeats what plain sums over the stored half hours give."""
    kwh, peak = sum(slots.values()), 2 * max(slots.values())
    mean = kwh / (len(slots) / 2)
    assert figure(ja, "電力量").value == f"{kwh / 1000:.1f}"
    assert figure(ja, "最大デマンド").value == f"{peak:.1f}"
    assert figure(ja, "負荷率").value == f"{100 * mean / peak:.1f}"


def test_base_load_is_the_median_of_daily_minima(ja: Report, slots: dict[int, float]) -> None:
    """The base load is worked out day by day in plain Python, days known for 80 % alone."""
    days: dict[int, list[float]] = {}
    for start_ms, kwh in slots.items():
        days.setdefault(_local_day(start_ms), []).append(2 * kwh)
    base = median(min(kw) for kw in days.values() if len(kw) >= 0.8 * 48)
    assert figure(ja, "ベース負荷").value == f"{base:.2f}"


def test_crude_oil_by_the_heat_value_of_the_law(
    pack: ConsultantData, slots: dict[int, float]
) -> None:
    """Oil is MWh x 8.64 GJ x 0.0258 kL."""
    assert pack.sums.kl == pytest.approx(sum(slots.values()) / 1000 * 8.64 * 0.0258, rel=1e-9)


def test_hours_above_nine_tenths(ja: Report, slots: dict[int, float]) -> None:
    """The duration curve's sentence counts the half hours above 90 % of the peak."""
    limit = 0.9 * max(slots.values())
    hours = sum(kwh > limit for kwh in slots.values()) / 2
    assert f"{hours:.1f} 時間" in texts(ja)


def test_remainder_is_the_site_less_its_circuits(pack: ConsultantData, plant: Plant) -> None:
    """What no circuit counts is the difference of plain sums."""
    meters = ("_site", "press", "furnace")
    site, *circuits = (sum(kwh for _, kwh in _rows(plant.path, meter)) for meter in meters)
    found = pack.circuits.contribution.value
    assert found is not None
    assert found.rest_kwh == pytest.approx(site - sum(circuits), rel=1e-6)


def test_proposals_are_the_findings(pack: ConsultantData, ja: Report, plant: Plant) -> None:
    """The pack proposes what the rules find, the most yen first, five of them on page one."""
    with plant.open() as sources:
        found = findings_of(sources, sources.site("sendai"), FIRST, END).found
    assert [one.key for one in pack.proposals.waiting] == [one.key for one in found]
    best = table(ja, "改善提案の合計")
    assert [row.cells[0].text for row in best.rows] == [one.measure_ja for one in found[:5]]


def test_the_sum_counts_overlaps_once(pack: ConsultantData) -> None:
    """The total is each finding's yen times the share that is counted, and never their sum."""
    total = pack.proposals.total
    assert total is not None
    held = {one.key: one.finding for one in pack.proposals.waiting}
    yen = sum(share * finding.yen.mid for key, share in total.counted if (finding := held[key]))
    assert total.yen.mid == pytest.approx(yen)
    assert total.yen.mid <= sum(finding.yen.mid for finding in held.values() if finding)


def test_every_proposal_has_its_block(pack: ConsultantData, ja: Report) -> None:
    """A section for each, with its amounts as a range; the best five with their picture."""
    parts = [one for one in ja.sections if one.title.startswith("提案 ")]
    assert len(parts) == len(pack.proposals.waiting)
    drawn = [any(isinstance(b, XYChart | BarChart) for b in part.blocks) for part in parts]
    assert drawn == [number < 5 for number in range(len(parts))]
    assert all("〜" in part.figures[0].note for part in parts)


def test_one_picture_is_asked_for(pack: ConsultantData) -> None:
    """The option says how many proposals show their picture."""
    report = KIND.build(replace(pack, pictures=1), "en")
    parts = [part for part in report.sections if "Proposal" in part.title]
    assert [any(isinstance(b, XYChart | BarChart) for b in part.blocks) for part in parts[:2]] == [
        True,
        False,
    ]


def test_the_heat_map_has_every_half_hour(ja: Report, slots: dict[int, float]) -> None:
    """48 rows by a column a day; as many cells are known as half hours are stored."""
    chart = next(b for b in _section(ja, "ロードプロファイル").blocks if isinstance(b, HeatMap))
    cells = [cell for row in chart.rows for cell in row]
    assert (len(chart.rows), len(chart.rows[0])) == (48, 183)
    assert sum(cell.value is not None for cell in cells) == len(slots)


def test_months_stand_in_the_appendix(ja: Report, slots: dict[int, float]) -> None:
    """April's row is April's sum and its largest half hour."""
    end_ms = min(slots) + 30 * 86_400_000
    april = [kwh for at, kwh in slots.items() if at < end_ms]
    row = table(ja, "月ごとの値").rows[0]
    assert row.cells[2].number == pytest.approx(sum(april))
    assert row.cells[3].number == pytest.approx(2 * max(april))


TARGET_KW = "120.5"


@pytest.fixture(scope="module")
def asked(plant: Plant) -> ConsultantData:
    """The pack with a target and a price of its own."""
    return plant.pack(target_kw=TARGET_KW, price="20", kw_price="10000")


def test_shaving_is_the_energy_above(asked: ConsultantData, slots: dict[int, float]) -> None:
    """What lowering to a target takes is the energy above it, in so many half hours."""
    row = next(one for one in asked.demand.shaving if one.target_kw == float(TARGET_KW))
    above = [2 * kwh - row.target_kw for kwh in slots.values() if 2 * kwh > row.target_kw]
    assert row.slots == len(above)
    assert row.above_kwh == pytest.approx(sum(above) / 2)
    assert "120.5(目標)" in texts(KIND.build(asked, "ja"))


def test_a_given_price_stands_for_the_tariff(asked: ConsultantData) -> None:
    """With one price a finding without demand is worth its kWh times the price."""
    held = [one.finding for one in asked.proposals.waiting if one.finding]
    idle = next(one for one in held if one.rule == "standby")
    assert idle.yen.mid == pytest.approx(20 * idle.kwh.mid)
    assert asked.proposals.one_kw == 10000


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_workbook_computes(pack: ConsultantData, language: str) -> None:
    """Every formula gives the value that is written beside it, in both languages."""
    book = _book(pack, language)
    assert differences(book) == []
    assert len(list(formulas(book))) > 50


def _book(pack: ConsultantData, language: str) -> Book:
    assert KIND.book is not None
    return KIND.book(pack, "ja" if language == "ja" else "en")


def test_a_reader_changes_price_factor_and_cost(pack: ConsultantData) -> None:
    """Yen follow the price level, tonnes the factor, the payback the cost."""
    book = _book(pack, "en")
    names = [sheet.name for sheet in book.sheets]
    row, one = next(
        (number, each.finding)
        for number, each in enumerate(pack.proposals.waiting, 4)
        if each.finding and each.finding.rule == "standby"
    )
    given = {(names[0], "B5"): 2.0, (names[0], "B7"): 1.0, (names[2], f"S{row}"): 1_000_000.0}
    oracle = Oracle(book, given)
    assert same(oracle.at(names[2], f"O{row}"), 2 * one.yen.mid)
    assert same(oracle.at(names[2], f"Q{row}"), one.kwh.mid / 1000)
    assert same(oracle.at(names[2], f"T{row}"), 1_000_000 / (2 * one.yen.mid))


def test_the_total_line_is_the_packs(pack: ConsultantData) -> None:
    """The workbook's totals are those of page one."""
    book, total = _book(pack, "en"), pack.proposals.total
    assert total is not None
    last = book.sheets[2].rows[-1]
    values = [c.value.value for c in last if isinstance(c.value, Formula)]
    told = (total.kwh.mid, total.yen.low, total.yen.mid, total.yen.high)
    assert values == pytest.approx([*told, total.co2_t.mid, total.crude_oil_kl.mid])


def test_owner_status_and_cost_stand_beside_a_proposal(
    pack: ConsultantData, tmp_path: Path
) -> None:
    """What people noted of a finding is told, with the payback; a muted one moves to the end."""
    plant = Plant(plant_year(tmp_path, circuits=2, first=FIRST, end=END), FIRST, END)
    held = [one.finding for one in pack.proposals.waiting if one.finding]
    doing = next(one for one in held if one.rule == "standby")
    muted = next(one for one in held if one.key != doing.key)
    with plant.open() as sources:
        for change in (
            Change("sendai", doing.key, "doing", "佐藤", "", "佐藤", 1, cost_yen=500_000.0),
            Change("sendai", muted.key, "muted", "", "来年に検討", "鈴木", 2),
        ):
            sources.state.findings.add(change)
    report = KIND.build(plant.pack(), "ja")
    said = texts(report)
    assert "佐藤 · 実施中" in said
    assert f"回収 {500_000 / doing.yen.mid:.2g} (" in said
    assert table(report, "完了・見送り").rows[0].cells[3].text == "来年に検討"


def test_two_weeks_say_what_is_missing(tmp_path: Path) -> None:
    """A site with one circuit and two weeks proposes nothing and says what it would take."""
    first = date(2025, 6, 2)
    plant = Plant(
        plant_year(tmp_path, circuits=1, first=first, end=first + timedelta(days=14)),
        first,
        first + timedelta(days=14),
    )
    pack = plant.pack()
    said = texts(KIND.build(pack, "en"))
    assert "12 months (1 there)" in said
    assert "48 days (14 there)" in said
    assert "14 days are too few" in said
    assert "extrapolated" in said
    assert pack.demand.contract.value is None
    assert not [s for s in KIND.build(pack, "ja").sections if s.title.startswith("提案 ")]
    assert differences(_book(pack, "ja")) == []


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Plant:
    """Five weeks without tariff, contract, weather and production, with a hostile name."""
    first, end = date(2025, 6, 1), date(2025, 7, 6)
    path = plant_year(tmp_path_factory.mktemp("bare"), circuits=2, first=first, end=end)
    text = path.read_text(encoding="utf-8")
    head, rest = text.split("[[sites.contracts]]")
    meters = "[[sites.meters]]" + rest.split("[[sites.meters]]", 1)[1]
    meters = meters[: meters.index('[[sites.meters]]\nid = "pieces"')]
    hostile = meters.replace("プレス線", "=1+1<script>alert(1)</script>")
    path.write_text(head.replace("contract_power_kw = 260\n", "") + hostile, encoding="utf-8")
    with sqlite3.connect(path.parent / "store.sqlite") as file:
        file.execute("delete from weather")
    return Plant(path, first, end)


def test_without_prices_there_are_no_proposals(bare: Plant) -> None:
    """The pack is made, and says what to set; nothing is made up."""
    pack = bare.pack()
    report = KIND.build(pack, "ja")
    assert pack.proposals.waiting == ()
    note = _section(report, "改善提案").blocks[0]
    assert isinstance(note, Note)
    assert "[[sites.tariffs]]" in note.hint
    said = texts(report)
    assert "外気温の時系列を取り込む" in said
    assert "生産数の計測器を登録する" in said
    assert differences(_book(pack, "ja")) == []


def test_hostile_names_are_text(bare: Plant) -> None:
    """A script in a name is shown, not run, and a formula in a name stays text."""
    pack = bare.pack(price="20")
    html = render(KIND.build(pack, "ja"))
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html
    book = _book(pack, "ja")
    assert all("alert" not in formula.text for formula in formulas(book))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target_kw": "much"}, "target_kw = much"),
        ({"target_kw": "0"}, "target_kw = 0"),
        ({"price": "0"}, "price = 0"),
        ({"price": "-3"}, "price = -3"),
        ({"kw_price": "20000"}, "kw_price without price"),
        ({"pictures": "all"}, "pictures = all"),
    ],
)
def test_wrong_options_are_one_line(bare: Plant, options: dict[str, str], message: str) -> None:
    """What is no number, or makes no sense alone, is refused with its name."""
    with pytest.raises(CollectorError, match=message):
        bare.pack(**options)


def test_a_period_without_readings_is_refused(bare: Plant) -> None:
    """Where no half hour is known there is nothing to diagnose."""
    empty = Plant(bare.path, date(2024, 1, 1), date(2024, 2, 1))
    with pytest.raises(CollectorError, match="no known half hour"):
        empty.pack()

"""The certificate of data completeness: counts and digest made again from the stored days."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from collector.accounts.span import Span
from collector.gather.account_book import account_of
from collector.imports.slots import Slot
from collector.imports.taking_in import Origin, SeriesKey
from collector.reporting.gathering.completeness import gather_completeness
from collector.reporting.kind import Request
from collector.reporting.sources import Sources
from collector.reports.completeness.build import certificate
from collector.reports.completeness.data import CompletenessData, Gap, LostRange, ReadingCounts
from collector.reports.report import LANGUAGES, HeatMap, Language, Report, Section, Table
from collector.rollup.counters import CounterEvent, Ruling
from collector.storage.port import Row
from collector.storage.schema import COMPLETENESS
from tests.collector.plant_year import plant_year
from tests.collector.reporting.plants import END, FIRST, quarter, sources

METERS = ("main", "press", "furnace", "compressor", "air", "lighting", "office")


def ms(*utc: int) -> int:
    """The instant (UTC ms)."""
    year, month, day, hour = utc
    return round(datetime(year, month, day, hour, tzinfo=UTC).timestamp() * 1000)


SILENT_MS = ms(2025, 6, 15, 0)
"""09:00 in Tokyo: all meters fall silent for five hours."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with totals from April to June 2025."""
    return quarter(tmp_path_factory.mktemp("plant"))


@pytest.fixture(scope="module")
def opened(path: Path) -> Iterator[Sources]:
    """Its sources, with what people and counters did to the readings."""
    with sources(path) as found:
        _people(found)
        yield found


def _people(found: Sources) -> None:
    state, at_ms = found.state, ms(2025, 6, 20, 3)
    ruling = Ruling(SILENT_MS, "gap", 12_000_000, "mains were off", "Sato")
    state.rulings.add("sendai", "press", "active_energy_import_wh", ruling, at_ms)
    second = state.rulings.add(
        *("sendai", "air", "active_energy_import_wh"),
        Ruling(SILENT_MS, "glitch", None, "mistaken", "Sato"),
        at_ms,
    )
    state.rulings.take_back(second, "Suzuki", at_ms)
    state.identities.replaced("sendai", "office", ms(2025, 5, 1, 0), "Sato", "S/N 7", "broken")
    event = CounterEvent(SILENT_MS + 5 * 3_600_000, "gap", 0, "no readings for 5 h", at_ms)
    key = ("sendai", "press", "active_energy_import_wh")
    state.events.replace(*key, (SILENT_MS, SILENT_MS + 10 * 3_600_000), [event])
    state.imports.add(
        SeriesKey("sendai", "main", "active_energy_import_wh"),
        Origin("portal.csv", "ab" * 32, "half_hours", "Sato", at_ms),
        [Slot(ms(2025, 4, 10, 0), ms(2025, 4, 10, 1), 5_000_000)],
    )
    april = Span(date(2025, 4, 1), date(2025, 5, 1), "2025-04")
    account = account_of(found, found.site("sendai"), april, None)
    state.closed.close(account, "Tanaka", at_ms)
    readings = {"expected": 96.0, "on_time": 90.0, "late": 4.0, "estimated": 1.0, "gap": 1.0}
    row = {**readings, "longest_gap_s": 900.0, "share": 0.99}
    found.store.write_rows([Row(COMPLETENESS, "sendai", "press", ms(2025, 6, 3, 15), row)])


def gathered(opened: Sources, first: date, end: date, asked: str) -> CompletenessData:
    """The data of the days."""
    request = Request("sendai", first, end, asked)
    return gather_completeness(opened, request, lambda _what, _share: None)


@pytest.fixture(scope="module")
def data(opened: Sources) -> CompletenessData:
    """The data of the quarter."""
    return gathered(opened, FIRST, END, "2025-04-01/2025-06-30")


def table(report: Report, title: str) -> Table:
    """The first table of the section of that title."""
    return next(block for block in section(report, title).blocks if isinstance(block, Table))


def section(report: Report, title: str) -> Section:
    """The section of that title."""
    (found,) = [one for one in report.sections if one.title == title]
    return found


def test_slots_add_up_to_those_of_the_calendar(data: CompletenessData) -> None:
    """91 days of 48 slots are measured, estimated or missing; the silence is ten slots."""
    for record in data.records:
        slots = record.slots
        assert slots.expected == 91 * 48
        assert slots.measured + slots.estimated + slots.missing == pytest.approx(slots.expected)
        assert slots.missing == pytest.approx(10)
    press = data.records[2]
    assert press.id == "press"
    assert press.slots.estimated == pytest.approx(52)


def test_the_digest_can_be_made_again_from_the_stored_days(
    opened: Sources, data: CompletenessData
) -> None:
    """By the rule that the certificate states: a line a meter and day, SHA-256."""
    lines = []
    for meter in ("_site", *METERS):
        for total in opened.store.read_totals(
            "sendai", meter, "1d", ms(2025, 3, 31, 15), ms(2025, 6, 30, 15)
        ):
            at = datetime.fromtimestamp(total.start_ms / 1000 + 9 * 3600, UTC)
            figures = (
                round(total.kwh * 1e6), round(total.estimated_kwh * 1e6),
                round(total.coverage * 1e6), round(total.missing * 1e6),
            )  # fmt: skip
            lines.append(f"{meter} {at:%Y-%m-%d} " + " ".join(map(str, figures)))
    assert data.digest_lines == len(lines) == 8 * 91
    assert data.digest == hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
    again = gathered(opened, FIRST, END, "2025-04-01/2025-06-30")
    assert again.digest == data.digest


def test_the_digest_tells_a_changed_figure(opened: Sources, data: CompletenessData) -> None:
    """One day less is another digest."""
    shorter = gathered(opened, FIRST, date(2025, 6, 30), "2025-04-01/2025-06-29")
    assert shorter.digest != data.digest


def test_gaps_have_the_decision_on_the_counter(data: CompletenessData) -> None:
    """The silence of the press line was judged; the other meters' was not."""
    silent = [gap for gap in data.gaps if not gap.estimated]
    assert {(gap.from_ms, gap.to_ms) for gap in silent} == {(SILENT_MS, SILENT_MS + 5 * 3_600_000)}
    reasons = {gap.meter_en: gap.reasons for gap in silent}
    assert reasons["Press line"] == ("gap",)
    assert reasons["Office"] == ()
    bridged = [gap for gap in data.gaps if gap.estimated]
    assert [gap.to_ms - gap.from_ms for gap in bridged] == [26 * 3_600_000]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_reads_well(data: CompletenessData, language: Language) -> None:
    """Months by meter, gaps, people, method and lines to sign; no name left unfilled."""
    report = certificate(data, language)
    assert "{" not in repr(report)
    titles = [one.title for one in report.sections]
    assert titles[0] in ("計測率(月別)", "Coverage by month")
    assert titles[-1] in ("署名", "Signatures")
    rows = table(report, titles[0]).rows
    assert [len(row.cells) for row in rows] == [5] * 8


def test_what_people_did_is_all_told(data: CompletenessData) -> None:
    """Rulings, replacements and those taken back, imports with digest, who closed what."""
    report = certificate(data, "en")
    people = table(report, "Corrections and rulings by people")
    texts = [[cell.text for cell in row.cells] for row in people.rows]
    assert [(row[0], row[2], row[3], row[6]) for row in texts] == [
        ("Press line", "no readings", "mains were off", "stands"),
        ("Air conditioning", "glitch left out", "mistaken", "taken back (Suzuki)"),
        ("Office", "meter replaced", "broken", "stands"),
    ]
    (file,) = table(report, "Files taken in").rows
    assert "portal.csv (SHA-256 abababababababab…)" in [cell.text for cell in file.cells]
    (closed,) = table(report, "Closed periods").rows
    assert [cell.text for cell in closed.cells][:3] == ["2025-04", "closed", "Tanaka"]
    assert report.figures[5].value == "2"
    assert report.figures[5].note == "2 stand, 1 taken back"


def test_arrivals_are_told_where_they_were_seen(data: CompletenessData) -> None:
    """Only meters with a record of arrivals are listed, with every kind of reading."""
    rows = table(certificate(data, "en"), "How the readings arrived").rows
    assert [[cell.text for cell in row.cells] for row in rows] == [
        ["Press line", "1", "96", "90", "4", "1", "1"]
    ]
    without = tuple(replace(record, readings=None) for record in data.records)
    report = certificate(replace(data, records=without), "ja")
    assert report.figures[4].value == "–"
    assert "到着の記録はありません" in repr(section(report, "読み取りの到着"))


def test_the_same_stretch_of_all_meters_is_one_row(data: CompletenessData) -> None:
    """Seven silent meters are one row, with the press line's apart for its decision."""
    rows = table(certificate(data, "en"), "Stretches missing or estimated").rows
    assert len(rows) == 3


def test_many_gaps_are_counted_not_left_out_in_silence(data: CompletenessData) -> None:
    """Beyond the longest sixty the others are told with their hours."""
    many = tuple(Gap("m", "", n * 10_000_000, n * 10_000_000 + 3_600_000, False) for n in range(70))
    report = certificate(replace(data, gaps=many), "en")
    blocks = section(report, "Stretches missing or estimated").blocks
    assert "10 more stretches (10.0 h together)" in blocks[-1].text  # type: ignore[union-attr]


def test_a_month_is_told_by_the_day(opened: Sources) -> None:
    """A short period has a map of meters and days instead of months."""
    found = gathered(opened, date(2025, 6, 1), END, "2025-06")
    chart = certificate(found, "en").sections[0].blocks[0]
    assert isinstance(chart, HeatMap)
    assert (len(chart.rows), len(chart.rows[0])) == (8, 30)


def test_each_year_of_months_has_its_page(data: CompletenessData) -> None:
    """Thirteen months are two tables, the second on a new page."""
    part = data.site.parts[0]
    parts = tuple(
        replace(part, first=date(2024 + (3 + n) // 12, (3 + n) % 12 + 1, 1)) for n in range(13)
    )
    report = certificate(replace(data, records=(replace(data.site, parts=parts),)), "ja")
    pages = [one for one in report.sections if one.title.startswith("計測率(月別)—")]
    assert [one.new_page for one in pages] == [False, True]
    assert [len(one.blocks[0].columns) for one in pages] == [14, 3]  # type: ignore[union-attr]


def test_an_unfinished_period_ends_with_yesterday(path: Path) -> None:
    """What has not come to pass is not missing, and the certificate says up to when it is."""
    with sources(path, 2025, 6, 10, 3) as opened:
        found = gathered(opened, date(2025, 6, 1), END, "2025-06")
    assert found.span.last == date(2025, 6, 9)
    assert found.site.slots.missing == 0
    assert any("2025年6月9日まで" in note.text for note in certificate(found, "ja").notes)


def test_what_waits_to_be_summed_is_a_warning(data: CompletenessData) -> None:
    """A certificate with stretches to be summed anew says that it must be made again."""
    report = certificate(replace(data, pending=3), "en")
    assert any(note.kind == "warning" and "summed anew" in note.text for note in report.notes)


def test_readings_that_will_never_come_are_told(data: CompletenessData) -> None:
    """An agent's lost range is a row with its reason."""
    lost = (LostRange("pi-1", 120, "outbox full", SILENT_MS),)
    rows = table(certificate(replace(data, lost=lost), "en"), "Readings that will never come").rows
    assert [cell.text for cell in rows[0].cells][:3] == ["pi-1", "120", "outbox full"]


def test_a_meter_counts_only_while_it_is_in_service(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """A meter that came in May is not missing in April."""
    path = plant_year(tmp_path_factory.mktemp("young"), first=FIRST, end=END)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('id = "office"', 'id = "office"\nsince = 2025-05-01'), "utf-8")
    with sources(path) as opened:
        found = gathered(opened, FIRST, END, "2025-04-01/2025-06-30")
    office = found.records[-1]
    assert office.slots.expected == 61 * 48
    report = certificate(found, "ja")
    assert report.sections[0].blocks[0].rows[-1].cells[1].text == "–"  # type: ignore[union-attr]


def test_shares_of_readings_never_pass_one_hundred(data: CompletenessData) -> None:
    """More on time than expected (a faster pace) is told as 100 %."""
    fast = ReadingCounts(1, 10, 12, 0, 0, 0)
    record = replace(data.records[1], readings=fast)
    report = certificate(replace(data, records=(data.site, record)), "en")
    assert report.figures[4].value == "100"

"""The consultant pack's words, pictures and small pieces, without a store."""

from __future__ import annotations

import inspect
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from collector.analysis.evidence import Evidence
from collector.analysis.gates import Gate
from collector.findings.finding import (
    EvidenceLine,
    EvidenceSeries,
    PictureKind,
    Range,
    Said,
    Threshold,
)
from collector.reporting.gathering.consultant_demand import percents
from collector.reports import consultant
from collector.reports.consultant.answer import Answer, answered
from collector.reports.consultant.build import together
from collector.reports.consultant.evidence_picture import picture_of
from collector.reports.consultant.proposals import threshold_value
from collector.reports.consultant.view import View, begun, middle, month_ticks, ranged
from collector.reports.consultant.words.table import PARTS, WORDS
from collector.reports.dates import Dates
from collector.reports.report import BarChart, Language, Note, Section, XYChart

TOKYO = ZoneInfo("Asia/Tokyo")
TITLE, X = Said("題", "Title"), Said("横", "Across")


def view(language: Language = "en") -> View:
    """A view that words what needs no data."""
    return View(None, Dates(TOKYO, language))  # type: ignore[arg-type]


def _fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_fill_the_same_gaps() -> None:
    """The sentences of a key name the same braces, and both say something."""
    assert [key for key, (ja, en) in WORDS.rows.items() if _fields(ja) != _fields(en)] == []
    assert [key for key, (ja, en) in WORDS.rows.items() if not ja or not en] == []


def test_a_key_stands_in_one_file() -> None:
    """No file of words hides a sentence of another one."""
    keys = [key for part in PARTS for key in part.ROWS]
    assert len(keys) == len(set(keys))


def test_no_sentence_is_left_over() -> None:
    """Every key is asked for by name, or by the beginning that the code puts together."""
    folder = Path(inspect.getfile(consultant)).parent
    code = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    composed = (
        "is_", "need_", "lack_", "rule_", "kind_", "season_", "group_", "status_", "check_",
        "unit_", "m_", "f_", "s_", "medium",
    )  # fmt: skip
    unused = [key for key in WORDS.rows if f'"{key}"' not in code and not key.startswith(composed)]
    assert unused == []


def test_a_shut_gate_leaves_the_analysis_alone() -> None:
    """Behind a shut gate nothing is computed; a refusal is kept as its reason."""
    shut = Gate("days", False, 3, 14, "own choice")
    assert answered(lambda: 1 // 0, [shut]).shut == (shut,)

    def refuse() -> int:
        raise ValueError("no slot")

    assert answered(refuse).why == "no slot"
    assert answered(lambda: 7).value == 7


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        (Gate("months", False, 3, 12, ""), "12 months (3 there)"),
        (Gate("known", False, 0.5, 0.95, ""), "95.0% of half hours (50.0% there)"),
    ],
)
def test_a_gate_says_what_is_needed_and_there(gate: Gate, said: str) -> None:
    """Counts are whole, shares in percent."""
    assert view().needed("contract_power", Answer(None, (gate,))) == said


def test_a_figure_without_data_says_what_to_do() -> None:
    """Without a gate the figure's own hint stands, else the general one."""
    assert "[[sites.meters]]" in view().missing("output").hint
    assert view().missing("duration").hint == "choose a longer period"


def test_ranges_are_rounded_once_and_nothing_is_a_dash() -> None:
    """Three digits, the range beside it; what saves nothing is no zero."""
    amount, ends = ranged(view(), Range(10_049.0, 20_951.0, 40_000.0))
    assert (amount.text, amount.number, ends.text) == ("21,000", 20_951.0, "10,000–40,000")
    assert [cell.text for cell in ranged(view(), Range(0.0, 0.0, 0.0))] == ["–", "–"]
    assert middle(None) == "–"


def test_windows_name_their_last_day() -> None:
    """A window that ends at midnight ends with the day before."""
    start, end = (datetime(2025, month, 1, tzinfo=TOKYO) for month in (4, 5))
    evidence = Evidence(start, end, 1440, 1296, 0.9, 0.05)
    assert view().window(evidence) == "1 Apr 2025 – 30 Apr 2025"
    assert (
        view("ja")
        .basis(evidence)
        .text.startswith("根拠: 2025年4月1日〜2025年4月30日。30分値の90.0%")
    )


@pytest.mark.parametrize(
    ("unit", "value", "ja", "en"),
    [
        ("of the operating power", 0.1, "10 %", "10 % of the operating power"),
        ("days", 28.0, "28 日", "28 days"),
        ("kW", 5.5, "5.5 kW", "5.5 kW"),
    ],
)
def test_thresholds_in_words(unit: str, value: float, ja: str, en: str) -> None:
    """A share is told in percent; units are the reader's."""
    row = Threshold("a.b", value, unit, "", "", "", "low", "2026-01-01")
    assert threshold_value(view("ja"), row) == ja
    assert threshold_value(view("en"), row) == en


def _series(kind: PictureKind, *lines: EvidenceLine) -> EvidenceSeries:
    return EvidenceSeries(kind, TITLE, X, "kW", lines)


def test_a_typical_day_has_its_band_and_level() -> None:
    """A band before its median in steps; a level reference becomes a line across."""
    day = EvidenceLine(Said("稼働", "Work"), (1.0, 2.0), (0.0, 0.5), (), (0.5, 1.0), (2.0, 3.0))
    level = EvidenceLine(Said("目標", "Target"), (1.5, 1.5), (0.0, 24.0), reference=True)
    chart = picture_of(view(), _series("typical_day", day, level))
    assert isinstance(chart, XYChart)
    assert [series.kind for series in chart.series] == ["band", "steps"]
    assert [(line.value, line.label) for line in chart.references] == [(1.5, "Target 1.50 kW")]


def test_a_scatter_keeps_its_model_as_a_line() -> None:
    """Points are measured, the model is grey and dashed."""
    points = EvidenceLine(Said("実績", "Measured"), (1.0, 4.0), (10.0, 20.0), as_points=True)
    model = EvidenceLine(Said("式", "Model"), (1.0, 3.0), (10.0, 20.0), reference=True)
    chart = picture_of(view(), _series("scatter", points, model))
    assert isinstance(chart, XYChart)
    told = [(series.kind, series.meaning, series.dashed) for series in chart.series]
    assert told == [("points", "energy", False), ("line", "reference", True)]


def test_days_and_bars_are_drawn() -> None:
    """Days stand on an axis of dates, bars in rows with their names; unknown stays blank."""
    texts = tuple(Said(f"2025-04-0{n}", f"2025-04-0{n}") for n in (1, 2))
    line = EvidenceLine(Said("量", "Energy"), (1.0, None), x_texts=texts)
    days, bars = (picture_of(view(), _series(kind, line)) for kind in ("days", "bars"))
    assert isinstance(days, XYChart)
    assert days.series[0].ys == (1.0, None)
    assert isinstance(bars, BarChart)
    assert (bars.horizontal, bars.bars[1].parts) == (True, (None,))


def test_short_periods_name_days_and_long_ones_months() -> None:
    """Two weeks have a tick a day, six weeks one a week, a year one a month."""
    counts = []
    for length in (14, 42, 365):
        days = [date.fromordinal(date(2025, 4, 1).toordinal() + n) for n in range(length)]
        counts.append(len(month_ticks(view(), days)))
    assert counts == [14, 6, 12]


def test_parts_together_say_their_basis_once() -> None:
    """Leads of later parts stand below their first block; equal notes are told at the end."""
    basis, first, other = Note("basis"), Note("a"), Note("b")
    one = Section("1", "lead one", (first, basis))
    two = Section("2", "lead two", (other, basis))
    section = together("both", one, None, two)
    assert section.lead == "lead one"
    assert section.blocks == (first, other, Note("lead two"), basis)


def test_sentences_begin_with_a_capital() -> None:
    """Short texts of the rules become sentences, each with its full stop."""
    assert view().sentences(("raise it", "it is low.")) == "Raise it. It is low."
    assert view("ja").sentences(("下げる", "低い。")) == "下げる。低い。"
    assert begun("") == ""


def test_unbalance_is_of_instants_known_on_all_three() -> None:
    """Of voltages that lack a phase or are zero nothing is said (NEMA: 230 against 200, 200)."""
    columns = [{1: 230.0, 2: 200.0, 3: 0.0}, {1: 200.0, 3: 200.0}, {1: 200.0, 2: 200.0, 3: 200.0}]
    assert percents(columns).tolist() == pytest.approx([100 * (230 - 210) / 210])
    assert percents([{}, {}, {}]).size == 0
    assert np.isfinite(percents(columns)).all()

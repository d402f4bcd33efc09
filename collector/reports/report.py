"""What a report is: figures first, then pictures, then tables, each with its evidence.

A report is resolved to one language when it is built; numbers stay numbers in the pictures, so
that any format can draw them. Every picture says its unit, and every point its quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")

Meaning = Literal["energy", "cost", "co2", "reference", "alarm", "plain"]
"""What a colour stands for, the same in every picture and figure."""

Quality = Literal["measured", "estimated", "missing"]
Swatch = Literal["solid", "hatched", "blank", "dashed", "shade", "band"]
NoteKind = Literal["plain", "empty", "warning", "provisional"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One headline number: ``value`` as read, its unit beside it, a note below.

    ``share`` (0 to 1, may exceed 1) draws the number as part of ``share_of``; ``badge`` is a
    mark such as "provisional" that must never be separated from the number.
    """

    label: str
    value: str
    unit: str = ""
    note: str = ""
    meaning: Meaning = "plain"
    badge: str = ""
    share: float | None = None
    share_of: str = ""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a legend; ``shade`` picks the tint of a series, counted from 0."""

    label: str
    swatch: Swatch
    meaning: Meaning
    shade: int = 0


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """A label at a position of an axis, or in the middle between it and ``until``.

    Positions are UTC ms in a step chart and count cells in a heat map. ``short`` is for narrow
    pictures; ``line`` asks for a line across the picture at the position.
    """

    position: float
    label: str
    short: str
    until: float | None = None
    line: bool = False

    @property
    def centre(self) -> float:
        """Where the label's middle stands."""
        return self.position if self.until is None else (self.position + self.until) / 2


@dataclass(frozen=True, slots=True)
class StepPoint:
    """A mean value from ``at_ms`` on for the chart's step; ``value`` is None when missing.

    ``low`` and ``high`` are set when the point stands for many slots: their smallest and largest.
    """

    at_ms: int
    value: float | None
    quality: Quality = "measured"
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time set off by a light ground, such as a weekend (UTC ms, end excluded)."""

    from_ms: int
    to_ms: int


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A level to compare with, drawn grey and dashed."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One point worth naming, such as the largest demand."""

    at_ms: int
    value: float
    label: str


@dataclass(frozen=True, slots=True)
class StepChart:
    """A value over time that is constant for ``step_ms`` from each point on."""

    title: str
    description: str
    unit: str
    meaning: Meaning
    from_ms: int
    to_ms: int
    step_ms: int
    points: tuple[StepPoint, ...]
    ticks: tuple[AxisLabel, ...] = ()
    shades: tuple[Span, ...] = ()
    references: tuple[ReferenceLine, ...] = ()
    marks: tuple[Mark, ...] = ()
    legend: tuple[LegendEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class BarPart:
    """One series' share of a bar; ``estimated`` is the part of ``value`` that is estimated."""

    value: float
    estimated: float = 0.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a part per series (None: missing, left blank), ``text`` says it in words."""

    label: str
    short: str
    text: str
    parts: tuple[BarPart | None, ...]
    muted: bool = False


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars, stacked when there are several series; ``series`` doubles as the legend.

    ``horizontal`` lays them in rows, first on top, for rankings with long names.
    """

    title: str
    description: str
    unit: str
    series: tuple[LegendEntry, ...]
    bars: tuple[Bar, ...]
    legend: tuple[LegendEntry, ...] = ()
    horizontal: bool = False


@dataclass(frozen=True, slots=True)
class HeatCell:
    """The value of one cell; None when missing."""

    value: float | None
    quality: Quality = "measured"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Values in rows (top first) and columns, ``low`` to ``high`` as a colour scale."""

    title: str
    description: str
    unit: str
    meaning: Meaning
    rows: tuple[tuple[HeatCell, ...], ...]
    row_labels: tuple[AxisLabel, ...]
    column_labels: tuple[AxisLabel, ...]
    low: float
    high: float
    legend: tuple[LegendEntry, ...] = ()
    gap_rows: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its cells' numbers are in ``unit``.

    Only where ``bar`` is set they are shares (0 to 1), drawn as a bar beside the text.
    """

    label: str
    unit: str = ""
    align: Literal["left", "right"] = "right"
    bar: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the text people read and, where there is one, the number behind it."""

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``level`` indents the first cell, ``strong`` marks a sum."""

    cells: tuple[Cell, ...]
    level: int = 0
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under columns. A table without column labels is a list of terms and their values."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def has_head(self) -> bool:
        """Whether any column has a label."""
        return any(column.label for column in self.columns)


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence to read. An ``empty`` note says what is missing, ``hint`` what to do."""

    text: str
    hint: str = ""
    kind: NoteKind = "plain"


SeriesKind = Literal["line", "steps", "points", "band"]


@dataclass(frozen=True, slots=True)
class XYSeries:
    """Points of one series over a number; a None in ``ys`` breaks the line.

    ``steps`` keeps a value up to the next x, the last one as long as the one before; ``band``
    fills between ``lows`` and ``highs`` (and draws ``ys``, if there are any, as its middle), in
    steps too when a series of steps has the same ``xs``. ``shade`` picks the tint, the stroke and
    the shape of the points, counted from 0; a series without a label is left out of the legend.
    """

    label: str
    kind: SeriesKind
    meaning: Meaning
    xs: tuple[float, ...]
    ys: tuple[float | None, ...] = ()
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    shade: int = 0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class XYMark:
    """One point worth naming, at x and y."""

    x: float
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class XYChart:
    """Values over a number: duration curve, typical day, scatter with its fitted line, CUSUM.

    ``x_ticks`` name positions of the x axis; without any it is written in round numbers of
    ``x_unit``. The y axis begins at zero unless values are below it or ``from_zero`` is False.
    The series are the legend; ``legend`` adds to it.
    """

    title: str
    description: str
    x_label: str
    x_unit: str
    unit: str
    series: tuple[XYSeries, ...]
    x_ticks: tuple[AxisLabel, ...] = ()
    references: tuple[ReferenceLine, ...] = ()
    marks: tuple[XYMark, ...] = ()
    legend: tuple[LegendEntry, ...] = ()
    from_zero: bool = True


Picture = StepChart | BarChart | HeatMap | XYChart
Block = Picture | Table | Note


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report under a heading; ``lead`` says in a sentence what is to be seen.

    ``figures`` stand between the lead and the blocks; ``new_page`` begins a page on paper.
    """

    title: str
    lead: str = ""
    blocks: tuple[Block, ...] = ()
    badge: str = ""
    figures: tuple[Figure, ...] = ()
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """The time a report is about (UTC ms, end excluded), as a reader writes it."""

    from_ms: int
    to_ms: int
    text: str
    fiscal_year: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report in one language. ``made`` says when and with what it was made.

    ``zone`` is the site's time zone (IANA): moments in data files are written in it.
    """

    language: Language
    title: str
    subtitle: str
    period: ReportPeriod
    made: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    notes: tuple[Note, ...] = ()
    zone: str = "UTC"

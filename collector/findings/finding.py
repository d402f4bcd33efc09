"""What a finding is: a measure on a circuit, what it is worth in a year, and what shows it.

Texts are held in both languages: ``finding.text("why", "ja")``. Ranges are of a year and of what
goes away: positive is a saving.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from collector.analysis.evidence import Evidence

Language = Literal["ja", "en"]
Confidence = Literal["high", "medium", "low"]
PictureKind = Literal["typical_day", "duration", "scatter", "days", "bars"]
TextName = Literal["measure", "before", "after", "why", "price_basis"]


@dataclass(frozen=True, slots=True)
class Range:
    """An amount of a year as it may come out: low, most likely, high."""

    low: float
    mid: float
    high: float

    def times(self, factor: float) -> Range:
        """Each of the three, multiplied; a negative factor turns the range over."""
        ends = sorted((self.low * factor, self.high * factor))
        return Range(ends[0], self.mid * factor, ends[1])

    def plus(self, other: Range) -> Range:
        """The sums of the three."""
        return Range(self.low + other.low, self.mid + other.mid, self.high + other.high)


NOTHING = Range(0.0, 0.0, 0.0)
SIGNAL_FACTOR = "signal:"
"""A CO2 figure by the grid's hourly signal has a factor that begins so; it enters no total."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text in both languages."""

    ja: str
    en: str

    def in_(self, language: Language) -> str:
        """The text in the language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A line, a cloud of points or a row of bars of a picture, all of one unit.

    ``y`` is None where nothing is known. ``x`` are hours of the day (typical_day), cumulative
    hours (duration), the other quantity (scatter), or empty where ``x_texts`` has a label for
    each (days: ISO dates; bars: names). ``low`` and ``high`` are a band about it, where there is
    one.
    """

    label: Said
    y: tuple[float | None, ...]
    x: tuple[float, ...] = ()
    x_texts: tuple[Said, ...] = ()
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    as_points: bool = False
    reference: bool = False
    """Drawn as a target to compare with (grey, dashed), not as measured."""


@dataclass(frozen=True, slots=True)
class EvidenceSeries:
    """What a report draws for a finding: its kind, title, axes and lines, as plain numbers."""

    kind: PictureKind
    title: Said
    x_label: Said
    unit: str
    lines: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A row of data that decides: its value, what it decides, and where it comes from.

    ``since`` is the day (ISO) the row was written down; ``file`` names the file it was read from.
    """

    id: str
    value: float
    unit: str
    ja: str
    en: str
    source: str
    confidence: Confidence
    since: str
    file: str = ""

    @property
    def rule(self) -> str:
        """The rule it belongs to: what stands before the point in its id."""
        return self.id.partition(".")[0]

    def text(self, language: Language) -> str:
        """What it decides, in the language."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another finding that would save a part of the same: ``share`` (0 to 1) of this one's yen."""

    key: str
    share: float


@dataclass(frozen=True, slots=True)
class Finding:
    """A proposal with figures. All ranges are of a year; ``currency`` is that of ``yen``.

    ``key`` is made of rule, site and circuit alone, so that it stays the same over runs.
    ``circuit`` is "" where the whole site is meant. ``kw`` is the demand that goes away where the
    measure lowers what is billed. ``co2_factor`` is the id of the factor (or ids, joined by "+").
    ``price_basis`` tells what a kWh and a kW were taken to cost. ``threshold`` is the row of data
    that decided. ``cost_yen`` and ``payback_years`` are known once a cost was given.
    """

    key: str
    rule: str
    site: str
    circuit: str
    circuit_name: str
    measure_ja: str
    measure_en: str
    before_ja: str
    before_en: str
    after_ja: str
    after_en: str
    why_ja: str
    why_en: str
    kwh: Range
    kw: Range | None
    crude_oil_kl: Range
    co2_t: Range
    yen: Range
    currency: str
    co2_factor: str
    price_basis_ja: str
    price_basis_en: str
    confidence: Confidence
    evidence: Evidence
    threshold: Threshold
    cost_yen: Range | None = None
    payback_years: Range | None = None
    pictures: tuple[EvidenceSeries, ...] = ()
    caveats_ja: tuple[str, ...] = ()
    caveats_en: tuple[str, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    circuit_name_en: str = ""

    def text(self, name: TextName, language: Language) -> str:
        """The text of that name in the language: ``text("why", "ja")``."""
        return str(getattr(self, f"{name}_{language}"))

    def caveats(self, language: Language) -> tuple[str, ...]:
        """What must be said beside the figures, in the language."""
        return self.caveats_ja if language == "ja" else self.caveats_en

    def circuit_called(self, language: Language) -> str:
        """The circuit's name in the language; the site's own words for "" are the reader's."""
        return (self.circuit_name_en if language == "en" else "") or self.circuit_name


@dataclass(frozen=True, slots=True)
class Silence:
    """A rule that says nothing of a circuit ("" for the site), and why.

    ``lacking`` is true where data or a setting is missing, false where it was looked at and is
    in order.
    """

    rule: str
    circuit: str
    why_ja: str
    why_en: str
    lacking: bool

    def why(self, language: Language) -> str:
        """The reason in the language."""
        return self.why_ja if language == "ja" else self.why_en


@dataclass(frozen=True, slots=True)
class Findings:
    """What all rules said of a site: findings by yen, the most first, and the silences."""

    found: tuple[Finding, ...]
    silences: tuple[Silence, ...] = ()

    def of(self, key: str) -> Finding:
        """The finding of that key. Raises ``KeyError`` when there is none."""
        for finding in self.found:
            if finding.key == key:
                return finding
        raise KeyError(key)


def key_of(rule: str, site: str, circuit: str) -> str:
    """The stable name of a finding: ``standby:sendai:press-1``, ``tariff:sendai:_site``."""
    return ":".join((rule, site, circuit or "_site"))


def with_cost(finding: Finding, cost_yen: Range) -> Finding:
    """The finding with what the measure costs, and how soon that is earned back (years).

    The payback is None where the yearly saving may be nothing.
    """
    yen = finding.yen
    payback = None
    if yen.low > 0:
        payback = Range(cost_yen.low / yen.high, cost_yen.mid / yen.mid, cost_yen.high / yen.low)
    return replace(finding, cost_yen=cost_yen, payback_years=payback)

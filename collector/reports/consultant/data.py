"""What the consultant pack says, before anyone words it. kWh, kW, degrees C, local days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from collector.accounts.span import Span
from collector.analysis.base_load import BaseLoad, BaseTrend
from collector.analysis.baselines import Baseline
from collector.analysis.change_point import ChangePointFit
from collector.analysis.compressor import CompressorUse
from collector.analysis.contribution import Contribution
from collector.analysis.cusum import Cusum
from collector.analysis.demand import ContractPower, MonthMaximum, Peak, Shaving
from collector.analysis.duration import DurationCurve
from collector.analysis.evidence import Evidence
from collector.analysis.grid import Bools
from collector.analysis.load_factor import Diversity, LoadFactor
from collector.analysis.lunch import LunchIdle
from collector.analysis.operating import OperatingComparison, OperatingWeek
from collector.analysis.power_factor import LeadingAtNight, MonthPowerFactor
from collector.analysis.production import ProductionFit
from collector.analysis.standby import ClosedDayLoad, Standby
from collector.analysis.start_up import SimultaneousStart, StartUps
from collector.analysis.transformer import TransformerUse
from collector.analysis.typical_day import CalendarHeat, TypicalDay, WeekdayOverlay
from collector.factors.factor import Factor
from collector.findings.carbon import Carbon
from collector.findings.finding import Said, Silence
from collector.findings.overlap import Total
from collector.findings.tracked import Tracked
from collector.reports.consultant.answer import Answer
from collector.reports.report import Language
from collector.reports.site_head import SiteHead

Known = float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """The period's totals; None where a day that counts has no figure.

    ``kwh`` and ``co2_kg`` (by ``co2_method``) are of the ``known_days`` booked days, ``kl`` crude
    oil by the law's heat value. ``bill`` is the sum of ``billed_months`` bills (None without any),
    ``energy_cost`` the energy charge alone.
    """

    known_days: int
    kwh: Known
    kl: Known
    co2_kg: Known
    co2_method: str
    bill: Decimal | None
    billed_months: int
    energy_cost: Known
    currency: str
    no_bill: str = ""


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A billing month: days ``first`` to ``end`` (excluded), of which ``known_days`` are booked."""

    month: date
    first: date
    end: date
    whole: bool
    known_days: int
    kwh: Known
    co2_kg: Known
    peak_kw: float
    at_ms: int
    coverage: float
    bill: Decimal | None

    @property
    def hours(self) -> float:
        """The hours of its booked days."""
        return 24.0 * self.known_days


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The shape of the site's load. ``estimated`` is along the cells of ``heat``."""

    evidence: Evidence
    heat: CalendarHeat
    estimated: Bools
    load_factor: Answer[LoadFactor]
    base: Answer[BaseLoad]
    trend: Answer[BaseTrend]
    minima_kw: tuple[Known, ...]
    typical: tuple[TypicalDay, ...]
    weekdays: WeekdayOverlay
    duration: Answer[DurationCurve]


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Demand and the contract; ``one_kw`` is what a kW is worth a year (None: no tariff)."""

    maxima: tuple[MonthMaximum, ...]
    contract: Answer[ContractPower]
    contract_kw: Known
    target_kw: Known
    peaks: tuple[Peak, ...]
    shaving: tuple[Shaving, ...]
    one_kw: Known


@dataclass(frozen=True, slots=True)
class CircuitRow:
    """A circuit in the order of the tree; ``level`` counts from 0 at the top.

    ``energy_share`` and ``peak_share`` are of the site, ``standby_share`` of the circuit's own
    energy; the peak's are None for a parent. ``known`` is the share of its known half hours.
    """

    id: str
    name: str
    name_en: str
    level: int
    kwh: Known
    energy_share: Known
    peak_kw: Known
    peak_share: Known
    standby_kw: Known
    standby_kwh: Known
    standby_share: Known
    known: float
    coverage: float

    def called(self, language: Language) -> str:
        """Its name in the language."""
        return (self.name_en if language == "en" else "") or self.name or self.id


@dataclass(frozen=True, slots=True, eq=False)
class Circuits:
    """Who makes the load. ``rest`` is the unmeasured remainder, None where nothing is left over."""

    rows: tuple[CircuitRow, ...]
    contribution: Answer[Contribution]
    diversity: Answer[Diversity]


@dataclass(frozen=True, slots=True, eq=False)
class Working:
    """When the plant works and what runs when it does not; ``declared`` are its hours as set."""

    declared: str
    week: Answer[OperatingWeek]
    compared: Answer[OperatingComparison]
    standby: Answer[Standby]
    closed: Answer[ClosedDayLoad]
    lunch: Answer[LunchIdle]
    starts: Answer[StartUps]
    together: tuple[SimultaneousStart, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Weather:
    """The model of working days by temperature, its points and its judgement."""

    fit: ChangePointFit
    judged: Baseline
    celsius: tuple[float, ...]
    kwh: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Output:
    """The model by production: points of the first product, whose name and unit are given."""

    fit: ProductionFit
    judged: Baseline
    product: str
    unit: str
    amounts: tuple[float, ...]
    kwh: tuple[float, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """What explains the daily energy. ``cusum`` is of the better explaining one."""

    weather: Answer[Weather]
    output: Answer[Output]
    cusum: Answer[Cusum]
    cusum_of: str = ""


@dataclass(frozen=True, slots=True)
class Unbalance:
    """Voltage unbalance (percent, NEMA) of a meter over ``samples`` readings of some days."""

    meter: str
    first: date
    last: date
    samples: int
    mean_percent: float
    p95_percent: float
    largest_percent: float


@dataclass(frozen=True, slots=True, eq=False)
class PowerQuality:
    """Power factor by month, leading at night, and the unbalance of the voltages."""

    months: Answer[tuple[MonthPowerFactor, ...]]
    leading: Answer[LeadingAtNight]
    unbalance: Answer[Unbalance]


@dataclass(frozen=True, slots=True)
class TransformerRow:
    """A transformer with a nameplate."""

    name: str
    name_en: str
    use: TransformerUse

    def called(self, language: Language) -> str:
        """Its name in the language."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class CompressorRow:
    """A compressor with its rating."""

    name: str
    name_en: str
    use: CompressorUse

    def called(self, language: Language) -> str:
        """Its name in the language."""
        return (self.name_en if language == "en" else "") or self.name


@dataclass(frozen=True, slots=True)
class Proposals:
    """What the rules propose, with what people made of it; ``total`` is of what waits.

    ``why_not`` says why nothing could be looked for (one line), "" where it was. ``one_kw`` and
    ``price_basis`` are what a kW a year and a kWh were taken to cost.
    """

    tracked: tuple[Tracked, ...] = ()
    total: Total | None = None
    silences: tuple[Silence, ...] = ()
    price_basis: Said | None = None
    caveats: tuple[Said, ...] = ()
    one_kw: Known = None
    currency: str = "JPY"
    carbon: Carbon | None = None
    factor: Factor | None = None
    why_not: str = ""

    @property
    def waiting(self) -> tuple[Tracked, ...]:
        """Those open or being done that are still found, the most money first."""
        held = [one for one in self.tracked if one.status in ("open", "doing") and one.finding]
        return tuple(sorted(held, key=_yen, reverse=True))

    @property
    def settled(self) -> tuple[Tracked, ...]:
        """Those done or muted, and those nobody finds any more."""
        waiting = {one.key for one in self.waiting}
        return tuple(one for one in self.tracked if one.key not in waiting)

    def share_of(self, key: str) -> float:
        """The share (0 to 1) of a finding that the total counts."""
        counted = self.total.counted if self.total else ()
        return dict(counted).get(key, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class ConsultantData:
    """A site's period, analysed once."""

    head: SiteHead
    span: Span
    sums: Sums
    months: tuple[MonthRow, ...]
    profile: Profile
    demand: Demand
    circuits: Circuits
    working: Working
    models: Models
    power: PowerQuality
    transformers: tuple[TransformerRow, ...]
    compressors: tuple[CompressorRow, ...]
    proposals: Proposals
    pictures: int = 5
    """So many of the proposals show their picture, the best first."""


def _yen(one: Tracked) -> float:
    return one.finding.yen.mid if one.finding else 0.0

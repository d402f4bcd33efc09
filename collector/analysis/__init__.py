"""What load profiles say: pure functions on frames, each with its unit and its source.

``from collector.frames import Store`` gives the frames out of a collector's store, and
``from collector.analysis import monthly_maxima, base_load_of`` what is to be said of them. A name
is fetched from its file when it is first asked for, so that nobody waits for what is not used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collector.analysis.air_conditioning import WeatherUse as WeatherUse
    from collector.analysis.air_conditioning import (
        cooling_above_peers_kwh as cooling_above_peers_kwh,
    )
    from collector.analysis.air_conditioning import weather_use as weather_use
    from collector.analysis.base_load import BaseLoad as BaseLoad
    from collector.analysis.base_load import BaseTrend as BaseTrend
    from collector.analysis.base_load import base_load_of as base_load_of
    from collector.analysis.base_load import base_trend as base_trend
    from collector.analysis.base_load import daily_minima as daily_minima
    from collector.analysis.base_load import night_base as night_base
    from collector.analysis.base_load import percentile_base as percentile_base
    from collector.analysis.baselines import Baseline as Baseline
    from collector.analysis.baselines import baseline as baseline
    from collector.analysis.baselines import judged as judged
    from collector.analysis.capacitor import capacitor_kvar as capacitor_kvar
    from collector.analysis.change_point import ChangePointFit as ChangePointFit
    from collector.analysis.change_point import fit_change_point as fit_change_point
    from collector.analysis.change_point import fit_shape as fit_shape
    from collector.analysis.compare import Comparison as Comparison
    from collector.analysis.compare import Side as Side
    from collector.analysis.compare import compare_loads as compare_loads
    from collector.analysis.compressor import CompressorUse as CompressorUse
    from collector.analysis.compressor import PressureSaving as PressureSaving
    from collector.analysis.compressor import Thresholds as Thresholds
    from collector.analysis.compressor import compressor_use as compressor_use
    from collector.analysis.compressor import leak_ratio as leak_ratio
    from collector.analysis.compressor import leak_ratio_of_power as leak_ratio_of_power
    from collector.analysis.compressor import pressure_saving as pressure_saving
    from collector.analysis.compressor import states_of as states_of
    from collector.analysis.contract_rules import ContractRules as ContractRules
    from collector.analysis.contract_rules import high_voltage_rules as high_voltage_rules
    from collector.analysis.contribution import Contribution as Contribution
    from collector.analysis.contribution import contribution_of as contribution_of
    from collector.analysis.cusum import Cusum as Cusum
    from collector.analysis.cusum import cusum_of as cusum_of
    from collector.analysis.degree_days import DegreeDays as DegreeDays
    from collector.analysis.degree_days import degree_days_of as degree_days_of
    from collector.analysis.degree_days import fitted_base as fitted_base
    from collector.analysis.demand import ContractPower as ContractPower
    from collector.analysis.demand import MonthMaximum as MonthMaximum
    from collector.analysis.demand import Peak as Peak
    from collector.analysis.demand import Shaving as Shaving
    from collector.analysis.demand import contract_power as contract_power
    from collector.analysis.demand import monthly_maxima as monthly_maxima
    from collector.analysis.demand import shave as shave
    from collector.analysis.demand import shaving_curve as shaving_curve
    from collector.analysis.demand import top_peaks as top_peaks
    from collector.analysis.duration import DurationCurve as DurationCurve
    from collector.analysis.duration import duration_curve as duration_curve
    from collector.analysis.evidence import Evidence as Evidence
    from collector.analysis.evidence import evidence_of as evidence_of
    from collector.analysis.fit import FitStatistics as FitStatistics
    from collector.analysis.fit import fit_statistics as fit_statistics
    from collector.analysis.frame import frame_from_kwh as frame_from_kwh
    from collector.analysis.frame import half_hours as half_hours
    from collector.analysis.frame import power_kw as power_kw
    from collector.analysis.frame import slot_hours as slot_hours
    from collector.analysis.gates import Gate as Gate
    from collector.analysis.gates import gates_for as gates_for
    from collector.analysis.gates import passed as passed
    from collector.analysis.intensity import FiveYearChange as FiveYearChange
    from collector.analysis.intensity import five_year_change as five_year_change
    from collector.analysis.intensity import intensity_of as intensity_of
    from collector.analysis.limits import Check as Check
    from collector.analysis.limits import Limit as Limit
    from collector.analysis.load_factor import Diversity as Diversity
    from collector.analysis.load_factor import LoadFactor as LoadFactor
    from collector.analysis.load_factor import demand_factor as demand_factor
    from collector.analysis.load_factor import diversity as diversity
    from collector.analysis.load_factor import load_factor_of as load_factor_of
    from collector.analysis.load_factor import load_factors as load_factors
    from collector.analysis.lunch import LunchIdle as LunchIdle
    from collector.analysis.lunch import lunch_idle as lunch_idle
    from collector.analysis.model import Model as Model
    from collector.analysis.normal_year import NormalisedSavings as NormalisedSavings
    from collector.analysis.normal_year import normalised as normalised
    from collector.analysis.observations import Conditions as Conditions
    from collector.analysis.observations import daily_kwh as daily_kwh
    from collector.analysis.observations import daily_temperature as daily_temperature
    from collector.analysis.observations import hourly_kwh as hourly_kwh
    from collector.analysis.ols import Coefficient as Coefficient
    from collector.analysis.ols import LeastSquares as LeastSquares
    from collector.analysis.ols import least_squares as least_squares
    from collector.analysis.operating import DeclaredHours as DeclaredHours
    from collector.analysis.operating import OperatingComparison as OperatingComparison
    from collector.analysis.operating import OperatingWeek as OperatingWeek
    from collector.analysis.operating import compare_operating as compare_operating
    from collector.analysis.operating import declared_mask as declared_mask
    from collector.analysis.operating import operating_mask as operating_mask
    from collector.analysis.operating import operating_threshold as operating_threshold
    from collector.analysis.operating import operating_week as operating_week
    from collector.analysis.operating_states import StatesFit as StatesFit
    from collector.analysis.operating_states import fit_states as fit_states
    from collector.analysis.power_factor import Capacitor as Capacitor
    from collector.analysis.power_factor import LeadingAtNight as LeadingAtNight
    from collector.analysis.power_factor import MonthPowerFactor as MonthPowerFactor
    from collector.analysis.power_factor import kvar_needed as kvar_needed
    from collector.analysis.power_factor import leading_at_night as leading_at_night
    from collector.analysis.power_factor import monthly_power_factor as monthly_power_factor
    from collector.analysis.production import ProductionFit as ProductionFit
    from collector.analysis.production import fit_production as fit_production
    from collector.analysis.production_weather import (
        fit_production_weather as fit_production_weather,
    )
    from collector.analysis.reference_transformers import LossStandard as LossStandard
    from collector.analysis.reference_transformers import loss_standard as loss_standard
    from collector.analysis.rules_of_thumb import RuleOfThumb as RuleOfThumb
    from collector.analysis.rules_of_thumb import rule_of_thumb as rule_of_thumb
    from collector.analysis.savings import Adjustment as Adjustment
    from collector.analysis.savings import Band as Band
    from collector.analysis.savings import Savings as Savings
    from collector.analysis.savings import avoided as avoided
    from collector.analysis.site_conditions import daily_conditions as daily_conditions
    from collector.analysis.site_conditions import daily_energy as daily_energy
    from collector.analysis.site_conditions import hourly_conditions as hourly_conditions
    from collector.analysis.site_conditions import hourly_energy as hourly_energy
    from collector.analysis.site_load import CircuitLoad as CircuitLoad
    from collector.analysis.site_load import SiteLoad as SiteLoad
    from collector.analysis.standby import AfterHours as AfterHours
    from collector.analysis.standby import ClosedDayLoad as ClosedDayLoad
    from collector.analysis.standby import Standby as Standby
    from collector.analysis.standby import after_hours as after_hours
    from collector.analysis.standby import closed_day_load as closed_day_load
    from collector.analysis.standby import standby_by_circuit as standby_by_circuit
    from collector.analysis.standby import standby_of as standby_of
    from collector.analysis.start_up import SimultaneousStart as SimultaneousStart
    from collector.analysis.start_up import StartUps as StartUps
    from collector.analysis.start_up import simultaneous_starts as simultaneous_starts
    from collector.analysis.start_up import start_up_peaks as start_up_peaks
    from collector.analysis.towt import TowtFit as TowtFit
    from collector.analysis.towt import fit_towt as fit_towt
    from collector.analysis.transformer import Merging as Merging
    from collector.analysis.transformer import Transformer as Transformer
    from collector.analysis.transformer import TransformerUse as TransformerUse
    from collector.analysis.transformer import apparent_power_kva as apparent_power_kva
    from collector.analysis.transformer import merged as merged
    from collector.analysis.transformer import transformer_use as transformer_use
    from collector.analysis.typical_day import CalendarHeat as CalendarHeat
    from collector.analysis.typical_day import TypicalDay as TypicalDay
    from collector.analysis.typical_day import WeekdayOverlay as WeekdayOverlay
    from collector.analysis.typical_day import calendar_heat as calendar_heat
    from collector.analysis.typical_day import typical_days as typical_days
    from collector.analysis.typical_day import weekday_overlay as weekday_overlay
    from collector.analysis.unbalance import current_percent as current_percent
    from collector.analysis.unbalance import iec_percent as iec_percent
    from collector.analysis.unbalance import nema_percent as nema_percent
    from collector.analysis.unusual import UnusualDay as UnusualDay
    from collector.analysis.unusual import UnusualDays as UnusualDays
    from collector.analysis.unusual import unusual_days as unusual_days

# The same names by file. None may be called as a file is: the file would hide it.
_FILES: dict[str, str] = {
    "base_load": "BaseLoad BaseTrend base_load_of base_trend daily_minima night_base "
    "percentile_base",
    "compare": "Comparison Side compare_loads",
    "contract_rules": "ContractRules high_voltage_rules",
    "contribution": "Contribution contribution_of",
    "demand": "ContractPower MonthMaximum Peak Shaving contract_power monthly_maxima shave "
    "shaving_curve top_peaks",
    "duration": "DurationCurve duration_curve",
    "evidence": "Evidence evidence_of",
    "frame": "frame_from_kwh half_hours power_kw slot_hours",
    "gates": "Gate gates_for passed",
    "load_factor": "Diversity LoadFactor demand_factor diversity load_factor_of load_factors",
    "lunch": "LunchIdle lunch_idle",
    "operating": "DeclaredHours OperatingComparison OperatingWeek compare_operating declared_mask "
    "operating_mask operating_threshold operating_week",
    "power_factor": "Capacitor LeadingAtNight MonthPowerFactor kvar_needed leading_at_night "
    "monthly_power_factor",
    "site_load": "CircuitLoad SiteLoad",
    "standby": "AfterHours ClosedDayLoad Standby after_hours closed_day_load standby_by_circuit "
    "standby_of",
    "start_up": "SimultaneousStart StartUps simultaneous_starts start_up_peaks",
    "typical_day": "CalendarHeat TypicalDay WeekdayOverlay calendar_heat typical_days "
    "weekday_overlay",
    "unusual": "UnusualDay UnusualDays unusual_days",
    "air_conditioning": "WeatherUse cooling_above_peers_kwh weather_use",
    "baselines": "Baseline baseline judged",
    "capacitor": "capacitor_kvar",
    "change_point": "ChangePointFit fit_change_point fit_shape",
    "compressor": "CompressorUse PressureSaving Thresholds compressor_use leak_ratio "
    "leak_ratio_of_power pressure_saving states_of",
    "cusum": "Cusum cusum_of",
    "degree_days": "DegreeDays degree_days_of fitted_base",
    "fit": "FitStatistics fit_statistics",
    "intensity": "FiveYearChange five_year_change intensity_of",
    "limits": "Check Limit",
    "model": "Model",
    "normal_year": "NormalisedSavings normalised",
    "observations": "Conditions daily_kwh daily_temperature hourly_kwh",
    "ols": "Coefficient LeastSquares least_squares",
    "operating_states": "StatesFit fit_states",
    "production": "ProductionFit fit_production",
    "production_weather": "fit_production_weather",
    "reference_transformers": "LossStandard loss_standard",
    "rules_of_thumb": "RuleOfThumb rule_of_thumb",
    "savings": "Adjustment Band Savings avoided",
    "towt": "TowtFit fit_towt",
    "transformer": "Merging Transformer TransformerUse apparent_power_kva merged transformer_use",
    "unbalance": "current_percent iec_percent nema_percent",
    "site_conditions": "daily_conditions daily_energy hourly_conditions hourly_energy",
}
_FILE_OF = {name: file for file, names in _FILES.items() for name in names.split()}
__all__ = sorted(_FILE_OF)


def __getattr__(name: str) -> Any:
    if name not in _FILE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILE_OF[name]}"), name)

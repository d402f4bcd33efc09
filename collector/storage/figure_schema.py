"""Figures that boards, alerts and the wall screen need ready: measurements, fields, what they mean.

Tags are ``site`` and ``meter`` as everywhere; ``SITE_METER`` stands for the site. Unless said
otherwise a figure stands in the bucket of totals, at the first instant (UTC ms) of the local
period it is of. A field named in ``OPTIONAL_FIGURES`` is absent where nothing is known: never a
stand-in zero. Text fields are ``at`` and ``peak_at`` (local time, ISO 8601 to the minute),
``circuits``, ``currency`` and words such as ``kind``. ``collector.figures`` makes them all.
"""

from __future__ import annotations

DEMAND_NOW = "demand_now"
"""The demand of the running interval, ``_site``, at each full minute; raw bucket.

``elapsed_kwh`` so far, ``demand_kw`` if nothing more came, ``now_kw`` the mean of the last three
minutes, ``forecast_kw`` at the interval's end, ``left_s`` to it, ``age_s`` of the newest reading.
``target_kw`` is the site's own, ``contract_kw`` the power in force; ``shed_kw`` is to be taken off
from now on to keep the target (else the contract), below zero when there is room. Analytics
reference 1.1. No row where readings are older than 90 s or an incoming meter sends none.
"""
TYPICAL_SLOT = "typical_slot"
"""What a half hour usually takes, ``_site`` and each circuit right below the intake, at each half
hour of each local day, today's to come included.

Median, 10th and 90th percentile (kW) of the same half hour on the days of the same group (working,
saturday, off) of the 8 weeks before; no row with fewer than 5 such days known for 80 %.
"""
TYPICAL_DAY = "typical_day"
"""Typical days of the last 12 months, each meter, at the 48 half hours of the newest whole day; raw
bucket.

Median, P10 and P90 (kW) of working days, Saturdays and days off; a group with fewer than 5 days
is absent. ``days`` is how many whole days stand behind all of them.
"""
TYPICAL_GROUPS: tuple[str, ...] = ("working", "saturday", "off")
LOAD_DAY = "load_day"
"""The heat map: mean kW of each half hour by the wall clock, each meter and local day.

A half hour that is unknown, or that clocks skip, is absent; one that comes twice is averaged.
``known`` counts the half hours that are there.
"""
HALF_HOURS: tuple[str, ...] = tuple(f"h{number:02d}" for number in range(48))
LOAD_DURATION_1MO = "load_duration_1mo"
LOAD_DURATION_1FY = "load_duration_1fy"
"""The duration curve of a month or fiscal year, each meter: 101 rows, at the start + n seconds.

Row n: the power ``kw`` that is reached or passed for ``pct`` = n % of the known time, and so many
``hours``. Row 0 is the peak, row 100 the lowest half hour.
"""
DAY_FIGURES = "day_figures"
"""A local day of a meter in figures.

``coverage`` is the known share of its half hours. ``base_kw`` the lowest half hour (only of days
known for 80 %), ``peak_kw`` the highest, ``mean_kw``, ``load_factor`` mean over peak (0-1).
``night_kwh`` 22:00 to 08:00 by the wall clock of this day. Off hours are those in which the plant
does not work: by its calendar's hours, else as found from 8 weeks of the site's load;
``off_hours_kwh`` is their energy, ``standby_kw`` their mean power, ``after_hours_kwh`` what is
above base + max(10 %, 1 kW) in them, less the base. ``expected_kwh`` is the typical day's energy
over the half hours known, ``unusual`` 1 where two half hours in a row left the usual range by
robust z > 3.5 and by enough energy (analytics reference 1.4), else 0. ``power_factor_percent``
8-22 h from ``pf_kwh`` and lagging ``pf_kvarh`` of the half hours that have both; ``leading_night``
1 where more leading than lagging kvarh flowed in the night, else 0.
"""
MONTH_FIGURES = "month_figures"
FISCAL_FIGURES = "fiscal_figures"
"""A local month, and a fiscal year, of a meter in figures.

``peak_kw`` the highest interval and ``peak_at`` when it began; ``load_factor`` (0-1);
``base_kw`` the median of the days' lowest half hours; ``base_change_percent`` how it moved over
the last 60 days (Theil-Sen). ``kwh``, ``kwh_last_year`` the same days a year before,
``kwh_target`` 99 % of them (the law's 1 % a year). ``cum_kwh`` and ``cum_kwh_last_year`` since
the fiscal year began.
``power_factor_percent`` 8-22 h. ``gj`` and ``crude_oil_kl`` by the energy law. ``off_kwh`` and
``night_kwh`` as in ``day_figures``; ``standby_kwh`` is ``off_kwh`` less what was left on.

``_site`` alone: ``twelve_month_kw`` the highest peak of this and the 11 billing months before
(what the next basic charge hangs on), ``new_peak`` 1 where this month set it, else 0 (of a fiscal
year: those of its newest month);
``contract_kw`` in force and ``target_kw``; ``cum_co2_kg`` by the target's method (else the
site's own), ``cum_co2_last_year_kg``, ``co2_target_kg`` what the path to the target leaves up to
the period's end. Sums leave unknown days out; ``coverage`` tells how much is known so far.
"""
BILL_LINES_1BM = "bill_lines_1bm"
"""The bill of each billing month, ``_site``, at its start, in ``currency``.

``projected`` is 1 while the month runs: its lines are then those so far, and ``projected_total``
(of every month: for one that is over its total) is the bill if the rest goes as is usual.
``demand_share`` is the basic charge's part of the total (0-1), ``unit_price`` total over kWh.
"""
INVOICE_1BM = "invoice_1bm"
"""The supplier's invoice of a billing month, ``_site``, at its start: as ``collector bill verify
--keep`` was given it, beside what was reckoned then, in ``currency``.

``difference`` is how much more the invoice comes to; ``fits`` 1 where every line does, else 0.
"""
CLOSED_ACCOUNT = "closed_account"
"""The CO2 of a closed period, ``_site``, at its first instant + as many ms as it has days (a year
and its first month begin together); by the site's own method.

``first_co2_kg`` as it was first closed, ``co2_kg`` as it stands after ``restatements``. ``span``
names the period, ``closed_on`` is the local day of the newest signature, ``reason`` what a
restatement gave (empty without one).
"""
INTENSITY_1D = "intensity_1d"
INTENSITY_1MO = "intensity_1mo"
"""Production against the site's energy; meter is the production meter.

``kwh_per_unit`` is absent on days without production. ``expected_kwh`` and ``fixed_kwh`` are by
the line fitted to the days of the last fiscal year (of this one while there is no last);
``cusum_kwh`` adds up expected less actual since the fiscal year began: rising is saving.
"""
PEAK_RANK_1MO = "peak_rank_1mo"
PEAK_RANK_1FY = "peak_rank_1fy"
"""The 20 highest intervals of a month or fiscal year, ``_site``, at the start + rank seconds.

``at`` is when it began, ``circuits`` the three largest circuits in it with their kW,
``circuits_en`` the same by the meters' English names (absent in rows of earlier versions).
"""
POWER_QUALITY_30M = "power_quality_30m"
"""What a meter's momentary values were in a half hour: means over its ``readings``.

``voltage_v`` line to line where measured, else line to neutral, with the lowest and highest
single value; unbalances by NEMA MG-1, 100 max|x - mean| / mean; ``power_factor`` of the mean
active and apparent or reactive power, else the mean of the meter's own. Harmonics are absent
as long as no meter sends them.
"""
AGENT_STATE = "agent_state"
"""How an agent is, at each full minute, as meter ``agent_meter`` of each site it reads for; raw
bucket.

``online`` 0 or 1; ``newest_age_s`` of the newest reading of its meters; ``holes`` ranges of its
numbers that have not come. The others are of its newest health message, absent when none came
within ten minutes: the outbox (``outbox_days`` the age of its oldest reading, ``dropped`` readings
since the agent started), ``clock_offset_s`` ahead of the collector's clock less the message's way,
``clock_kept`` 1 while the kernel says so, days of its certificate, ``disk_written_bytes`` of the
whole card since the machine started, free disk and memory, heat of the board, ``software``.
"""
LINE_STATE = "line_state"
"""How a line (bus or TCP link) of an agent is, at each full minute, as ``line_meter``; raw bucket.

Counts since the agent started: ``due`` and ``left_out`` polls; ``answers``, ``timeouts``,
``bad_answers`` (checksum, length or sender wrong) and ``refusals`` of requests. ``load`` is the
share of the last half minute in which the line was in use (0-1), ``latency_ms`` the mean to an
answer.
"""
WIRING_STATE = "wiring_state"
"""How a meter is wired by its agent's newest judgement, at each quarter of an hour; raw bucket.

``kind`` is the worst verdict's (``sound`` without one), ``phases`` those it names; ``faults`` must
be corrected, ``checks`` looked at. ``enough_load`` 0: only its voltages could be judged.
"""
GAP_RECORD = "gap_record"
"""Readings an agent took and will never send, as ``agent_meter``, at the minute the collector heard
of them (a millisecond later for each further reason): how many ``readings``, and the ``reason``."""
LOST_REASONS: tuple[str, ...] = (
    "evicted",
    "thinned",
    "too_old",
    "disk_refused",
    "damaged",
    "other",
)
"""What ``reason`` may be: the outbox was full (the oldest went, or all but one a minute), too old,
the disk refused and memory was full, the outbox was damaged; ``other`` is anything else."""


def agent_meter(agent: str) -> str:
    """The name under which an agent stands among the meters: no meter's may begin so."""
    return f"_agent_{agent}"


def line_meter(agent: str, link: str) -> str:
    """The name under which a line stands among the meters."""
    return f"_line_{agent}.{link}"


def _floats(*names: str) -> dict[str, type]:
    return dict.fromkeys(names, float)


def _split(required: str, optional: str, text: str = "") -> tuple[dict[str, type], frozenset[str]]:
    """All fields, required ones first, and which are optional; ``text`` names those of text."""
    names = _floats(*required.split(), *optional.split())
    # A text may be optional as well: it is then named in both.
    return names | dict.fromkeys(text.split(), str), frozenset(optional.split())


_BANDS = [f"{group}{part}_kw" for group in TYPICAL_GROUPS for part in ("", "_low", "_high")]
_PERIOD = _split(
    "peak_kw kwh coverage cum_kwh",
    "load_factor base_kw base_change_percent kwh_last_year kwh_target cum_kwh_last_year"
    " power_factor_percent gj crude_oil_kl off_kwh night_kwh standby_kwh"
    " twelve_month_kw new_peak contract_kw target_kw"
    " cum_co2_kg cum_co2_last_year_kg co2_target_kg",
    "peak_at",
)
_DURATION = _split("pct kw hours", "")
_INTENSITY = _split("amount kwh", "kwh_per_unit expected_kwh fixed_kwh cusum_kwh")
_RANK = _split("kw", "circuits_en", "at circuits circuits_en")
_SPLITS: dict[str, tuple[dict[str, type], frozenset[str]]] = {
    DEMAND_NOW: _split(
        "elapsed_kwh now_kw forecast_kw demand_kw left_s age_s", "contract_kw target_kw shed_kw"
    ),
    TYPICAL_SLOT: _split("expected_kw low_kw high_kw", ""),
    TYPICAL_DAY: _split("days", " ".join(_BANDS)),
    LOAD_DAY: _split("known", " ".join(HALF_HOURS)),
    LOAD_DURATION_1MO: _DURATION,
    LOAD_DURATION_1FY: _DURATION,
    DAY_FIGURES: _split(
        "coverage",
        "base_kw peak_kw mean_kw load_factor night_kwh off_hours_kwh standby_kw after_hours_kwh"
        " expected_kwh unusual power_factor_percent pf_kwh pf_kvarh leading_night",
    ),
    MONTH_FIGURES: _PERIOD,
    FISCAL_FIGURES: _PERIOD,
    BILL_LINES_1BM: _split(
        "projected",
        "basic_cost energy_cost adder_cost levy_cost other_cost total_cost unit_price demand_share"
        " projected_total",
        "currency",
    ),
    INVOICE_1BM: _split("invoiced reckoned difference fits", "", "currency"),
    CLOSED_ACCOUNT: _split("co2_kg first_co2_kg restatements", "", "span closed_on reason"),
    INTENSITY_1D: _INTENSITY,
    INTENSITY_1MO: _INTENSITY,
    PEAK_RANK_1MO: _RANK,
    PEAK_RANK_1FY: _RANK,
    POWER_QUALITY_30M: _split(
        "readings",
        "voltage_v voltage_min_v voltage_max_v voltage_unbalance_percent current_unbalance_percent"
        " power_factor frequency_hz thd_voltage_percent thd_current_percent",
    ),
    AGENT_STATE: _split(
        "online",
        "newest_age_s holes outbox_rows outbox_days outbox_bytes dropped clock_offset_s clock_kept"
        " certificate_days disk_free_bytes disk_written_bytes memory_bytes memory_free_bytes"
        " board_celsius uptime_s software",
        "software",
    ),
    LINE_STATE: _split("due left_out answers timeouts bad_answers refusals", "load latency_ms"),
    WIRING_STATE: _split("faults checks enough_load", "", "kind phases"),
    GAP_RECORD: _split("readings", "", "reason"),
}
FIGURE_FIELDS: dict[str, dict[str, type]] = {name: one[0] for name, one in _SPLITS.items()}
"""Each measurement of figures: field names and what they hold, required ones first."""
OPTIONAL_FIGURES: dict[str, frozenset[str]] = {name: one[1] for name, one in _SPLITS.items()}
"""The fields of each measurement of figures that may be absent."""
SHORT_LIVED_FIGURES: frozenset[str] = frozenset(
    {DEMAND_NOW, TYPICAL_DAY, AGENT_STATE, LINE_STATE, WIRING_STATE}
)
"""Figures that tell of the present: kept as raw readings are."""

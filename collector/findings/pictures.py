"""The plain numbers behind a finding's pictures; reports draw them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from collector.analysis.frame import Floats, local_days
from collector.analysis.grid import HALF_HOUR, Bools
from collector.findings.case import Case
from collector.findings.finding import EvidenceLine, EvidenceSeries, Said

HOUR = Said("時刻", "Hour of the day")
WORKING = Said("稼働日(中央値)", "Working days (median)")
OFF = Said("休日(中央値)", "Days off (median)")
_MOST_POINTS = 400


def typical_day_picture(
    case: Case, kw: Floats, title: Said, reference_kw: float | None = None, label: Said = OFF
) -> EvidenceSeries:
    """Median power by half hour of working and closed days, with a level to compare with (kW)."""
    lines = [_day_line(case, kw, case.working, WORKING), _day_line(case, kw, case.closed, OFF)]
    if reference_kw is not None:
        ends = (0.0, 24.0)
        lines.append(EvidenceLine(label, (reference_kw, reference_kw), ends, reference=True))
    return EvidenceSeries("typical_day", title, HOUR, "kW", tuple(lines))


def duration_picture(
    case: Case, title: Said, targets: Sequence[tuple[Said, float]]
) -> EvidenceSeries:
    """The site's power, largest first, over hours; and levels to compare with (kW)."""
    known = np.sort(case.kw[~np.isnan(case.kw)])[::-1]
    first = np.arange(min(len(known), _MOST_POINTS // 2))
    later = np.linspace(len(first), len(known) - 1, _MOST_POINTS // 2)
    places = np.unique(np.concatenate((first, later)).astype(np.int64).clip(0, len(known) - 1))
    hours = (places * HALF_HOUR).tolist()
    lines = [
        EvidenceLine(Said("デマンド", "Demand"), tuple(known[places].tolist()), tuple(hours)),
        *(
            EvidenceLine(label, (kw, kw), (0.0, float(len(known) * HALF_HOUR)), reference=True)
            for label, kw in targets
        ),
    ]
    hours_label = Said("累積時間 (h)", "Cumulative hours")
    return EvidenceSeries("duration", title, hours_label, "kW", tuple(lines))


def days_picture(case: Case, slot_kwh: Floats, title: Said, label: Said) -> EvidenceSeries:
    """A figure of slots (kWh, NaN where unknown) added up by local day."""
    by_day = pd.Series(slot_kwh).groupby(local_days(case.index)).sum(min_count=1)
    texts = tuple(Said(f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d}") for day in by_day.index)
    line = EvidenceLine(label, _plain(np.asarray(by_day, dtype=np.float64)), x_texts=texts)
    return EvidenceSeries("days", title, Said("日付", "Date"), "kWh", (line,))


def bars_picture(
    title: Said, x_label: Said, unit: str, bars: Sequence[tuple[Said, float]], label: Said
) -> EvidenceSeries:
    """A bar for each name."""
    line = EvidenceLine(label, tuple(v for _, v in bars), x_texts=tuple(name for name, _ in bars))
    return EvidenceSeries("bars", title, x_label, unit, (line,))


def scatter_picture(
    title: Said, x_label: Said, unit: str, x: Floats, y: Floats, fitted: tuple[Floats, Floats]
) -> EvidenceSeries:
    """Points, and the line of a model through them."""
    known = ~(np.isnan(x) | np.isnan(y))
    points = EvidenceLine(
        Said("実績", "Measured"), _plain(y[known]), tuple(x[known].tolist()), as_points=True
    )
    line = EvidenceLine(
        Said("モデル", "Model"), _plain(fitted[1]), tuple(fitted[0].tolist()), reference=True
    )
    return EvidenceSeries("scatter", title, x_label, unit, (points, line))


def _day_line(case: Case, kw: Floats, days: Bools, label: Said) -> EvidenceLine:
    slot = case.minute // 30
    table = pd.DataFrame({"slot": slot[days], "kw": kw[days]}).groupby("slot")["kw"]
    low, mid, high = (table.quantile(q).reindex(range(48)).to_numpy() for q in (0.1, 0.5, 0.9))
    hours = tuple((np.arange(48) * HALF_HOUR).tolist())
    return EvidenceLine(label, _plain(mid), hours, low=_plain(low), high=_plain(high))


def _plain(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(v) else round(float(v), 4) for v in values)

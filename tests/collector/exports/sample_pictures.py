"""One picture of every kind, from plain formulas, so that a test can say what must be where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import cos, pi, sin

from collector.reports.report import (
    AxisLabel,
    Bar,
    BarChart,
    BarPart,
    HeatCell,
    HeatMap,
    LegendEntry,
    Mark,
    Quality,
    ReferenceLine,
    Span,
    StepChart,
    StepPoint,
    XYChart,
    XYMark,
    XYSeries,
)

HOUR_MS = 3_600_000
FROM_MS = round(datetime(2026, 11, 15, 15, tzinfo=UTC).timestamp() * 1000)
"""Monday 16 November 2026, 00:00 in Tokyo."""
CIRCUITS = 30


def say(ja: bool, both: str) -> str:
    """The Japanese or the English of ``日本語|English``."""
    return both.split("|")[0 if ja else 1]


def noise(number: int) -> float:
    """A number from -1 to 1 that looks random and is always the same."""
    return sin(number * 12.9898) * cos(number * 4.1414 + 1.0)


def circuit_names(ja: bool, names: tuple[str, ...]) -> list[str]:
    """The names of the circuits, the given ones first."""
    own = [
        say(ja, f"第{n}工場 コンプレッサー{n}号機|Works {n}: compressor {n}")
        for n in range(CIRCUITS)
    ]
    return [*names, *own[len(names) :]]


def ranking(ja: bool, names: tuple[str, ...] = ()) -> BarChart:
    """Twelve proposals in rows, sure and unsure parts."""
    held = circuit_names(ja, names)[:12]
    bars = tuple(
        Bar(
            name,
            name[:4],
            f"{name}: {900 - 70 * n}",
            (BarPart(600 - 50 * n, 60 if n == 2 else 0), BarPart(300 - 20 * n)),
            muted=n == 11,
        )
        for n, name in enumerate(held)
    )
    series = (
        LegendEntry(say(ja, "確実|Sure"), "solid", "cost"),
        LegendEntry(say(ja, "幅|Range"), "solid", "cost", 2),
    )
    return BarChart(
        say(ja, "効果の大きい順|Largest first"),
        "ranking",
        say(ja, "千円/年|1,000 yen a year"),
        series,
        bars,
        horizontal=True,
    )


def steps(ja: bool) -> StepChart:
    """A week of half hours with a gap on Wednesday and an estimated Thursday morning."""
    points: list[StepPoint] = []
    for slot in range(336):
        day, hour = divmod(slot / 2, 24)
        kw = 40 + (150 if day < 5 and 8 <= hour < 18 and hour != 12 else 0) + 12 * noise(slot)
        quality: Quality = "estimated" if 144 <= slot < 160 else "measured"
        gone = 110 <= slot < 118
        at_ms = FROM_MS + slot * HOUR_MS // 2
        points.append(StepPoint(at_ms, None if gone else kw, "missing" if gone else quality))
    names = "月火水木金土日" if ja else ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    ticks = tuple(
        AxisLabel(FROM_MS + n * 24 * HOUR_MS, name, name, FROM_MS + (n + 1) * 24 * HOUR_MS, True)
        for n, name in enumerate(names)
    )
    return StepChart(
        say(ja, "30分ごとの電力|Power every 30 minutes"),
        "a week",
        "kW",
        "energy",
        FROM_MS,
        FROM_MS + 168 * HOUR_MS,
        HOUR_MS // 2,
        tuple(points),
        ticks,
        (Span(FROM_MS + 120 * HOUR_MS, FROM_MS + 168 * HOUR_MS),),
        (ReferenceLine(230, say(ja, "契約電力 230 kW|Contract power 230 kW")),),
        (Mark(FROM_MS + 34 * HOUR_MS, 195, "195 kW"),),
        (LegendEntry(say(ja, "推定|Estimated"), "hatched", "energy"),),
    )


def heat(ja: bool) -> HeatMap:
    """Twenty days by 48 half hours."""
    rows = tuple(
        tuple(
            HeatCell(None, "missing") if (day, slot) == (3, 7) else HeatCell(20 + slot + day)
            for slot in range(48)
        )
        for day in range(20)
    )
    down = tuple(AxisLabel(day, f"11/{day + 1}", f"{day + 1}", day + 1) for day in range(0, 20, 5))
    across = tuple(AxisLabel(hour * 2, f"{hour}:00", f"{hour}") for hour in range(0, 24, 6))
    title = say(ja, "時間帯の見える化|When power is used")
    return HeatMap(title, "days by time", "kW", "energy", rows, down, across, 20, 86)


def duration(ja: bool) -> XYChart:
    """4,380 stretches of two hours, largest first, with contract power and base load."""
    kw = tuple(40 + 400 * (1 - n / 4_380) ** 2.2 for n in range(4_380))
    hours = tuple(n * 2.0 for n in range(4_380))
    series = XYSeries(say(ja, "拠点|Site"), "line", "energy", hours, kw)
    other = replace(
        series, label=say(ja, "前年|Year before"), shade=1, ys=tuple(value * 1.08 for value in kw)
    )
    lines = (
        ReferenceLine(450, say(ja, "契約電力 450 kW|Contract power 450 kW")),
        ReferenceLine(442, say(ja, "目標 442 kW|Target 442 kW")),
        ReferenceLine(40, say(ja, "ベース負荷 40 kW|Base load 40 kW")),
    )
    marks = (
        XYMark(0, kw[0], "440 kW"),
        XYMark(120, kw[60], "120 h"),
        XYMark(130, kw[65], "130 h"),
    )
    return XYChart(
        say(ja, "負荷持続曲線|Duration curve"),
        "power, largest first",
        say(ja, "時間|Hours"),
        "h",
        "kW",
        (series, other),
        references=lines,
        marks=marks,
    )


def _hours() -> tuple[AxisLabel, ...]:
    return tuple(AxisLabel(h, f"{h}:00", f"{h}", line=True) for h in range(0, 25, 3))


def typical(ja: bool) -> XYChart:
    """A typical day in steps with its band, and one stretch that is not known."""
    xs = tuple(slot / 2 for slot in range(48))
    ys = tuple(
        None if slot == 40 else 60 + 100 * (16 <= slot < 36) + 5 * noise(slot) for slot in range(48)
    )
    lows = tuple(None if y is None else y - 15 for y in ys)
    highs = tuple(None if y is None else y + 22 for y in ys)
    band = XYSeries("P10〜P90", "band", "energy", xs, (), lows, highs)
    median = XYSeries(say(ja, "中央値|Median"), "steps", "energy", xs, ys)
    title = say(ja, "平日|Weekdays")
    return XYChart(
        title, "median day", say(ja, "時刻|Time of day"), "", "kW", (band, median), _hours()
    )


def seasons(ja: bool) -> XYChart:
    """Four lines of one meaning, told apart without colour."""
    xs = tuple(slot / 2 for slot in range(48))
    names = [say(ja, both) for both in ("春|Spring", "夏|Summer", "秋|Autumn", "冬|Winter")]
    series = tuple(
        XYSeries(
            name,
            "line",
            "energy",
            xs,
            tuple(80 + 25 * n + 60 * sin(x / 24 * pi) for x in xs),
            shade=n,
        )
        for n, name in enumerate(names)
    )
    title = say(ja, "季節ごと|By season")
    return XYChart(
        title,
        "four seasons",
        say(ja, "時刻|Time of day"),
        "",
        "kW",
        series,
        _hours(),
        from_zero=False,
    )


def scatter(ja: bool) -> XYChart:
    """365 days against temperature in two kinds of day, with the fitted lines."""
    work = [(15 + 15 * noise(n), n) for n in range(260)]
    rest = [(14 + 14 * noise(n + 900), n) for n in range(105)]
    series = (
        XYSeries(
            say(ja, "稼働日|Working day"),
            "points",
            "energy",
            tuple(t for t, _ in work),
            tuple(2000 + 60 * max(0.0, t - 18) + 90 * noise(n * 7) for t, n in work),
        ),
        XYSeries(
            say(ja, "休日|Closed day"),
            "points",
            "energy",
            tuple(t for t, _ in rest),
            tuple(700 + 20 * max(0.0, t - 18) + 60 * noise(n * 5) for t, n in rest),
            shade=1,
        ),
        XYSeries(
            say(ja, "モデル|Model"),
            "line",
            "reference",
            (0, 18, 30),
            (2000, 2000, 2720),
            dashed=True,
        ),
    )
    title = say(ja, "気温と日電力量|Daily energy by temperature")
    return XYChart(
        title, "scatter", say(ja, "日平均気温|Daily mean temperature"), "°C", "kWh", series
    )


def crowd(ja: bool) -> XYChart:
    """8,760 hours: counted in cells."""
    xs = tuple(15 + 15 * noise(n) for n in range(8760))
    ys = tuple(100 + 3 * max(0.0, x - 18) + 25 * noise(n * 3) for n, x in enumerate(xs))
    series = XYSeries(say(ja, "1時間値|Hours"), "points", "energy", xs, ys)
    title = say(ja, "気温と1時間電力量|Hourly energy by temperature")
    return XYChart(title, "crowd", say(ja, "気温|Temperature"), "°C", "kWh", (series,))


def cusum(ja: bool) -> XYChart:
    """A running sum of savings that goes below zero first, with its uncertainty."""
    xs = tuple(float(n) for n in range(24))
    ys = tuple(-40.0 * n if n < 6 else -240 + 130.0 * (n - 6) for n in range(24))
    band = XYSeries(
        "68 %",
        "band",
        "co2",
        xs,
        ys,
        tuple(y - 12 * x for x, y in zip(xs, ys, strict=True)),
        tuple(y + 12 * x for x, y in zip(xs, ys, strict=True)),
    )
    title = say(ja, "累積削減量|Savings, running sum")
    label = say(ja, "空調更新|New air conditioning")
    months = tuple(
        AxisLabel(n, say(ja, f"{(n + 3) % 12 + 1}月|M{n}"), f"{n}") for n in range(0, 24, 3)
    )
    return XYChart(
        title,
        "cusum",
        "",
        "",
        "kWh",
        (band,),
        months,
        (ReferenceLine(2000, say(ja, "目標|Target")),),
        (XYMark(6, -240, label),),
    )


def bars(ja: bool) -> BarChart:
    """Twelve months, one missing."""
    held = [
        Bar(
            say(ja, f"{n}月|M{n}"),
            f"{n}",
            f"{n}",
            (None if n == 9 else BarPart(100 + 10 * n, 30 if n == 2 else 0),),
        )
        for n in range(1, 13)
    ]
    series = (LegendEntry("CO₂", "solid", "co2"),)
    return BarChart(say(ja, "月ごとのCO₂|CO₂ by month"), "months", "t-CO₂", series, tuple(held))

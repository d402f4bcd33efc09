"""Green Button files as slots: the XML of the standard (see ``espi``), or a utility's CSV of it.

The XML says all by itself: unit, power of ten, direction, the instant of each interval; so the hour
that a clock change repeats or skips is as any other. Where it holds several series, the one that
was delivered is taken, and a choice among several is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.espi import (
    ELECTRICITY_COMMODITIES,
    FORWARD,
    REVERSE,
    WATT_HOURS,
    WATTS,
    Reading,
    ReadingType,
    Series,
    read_feed,
)
from collector.imports.green_button_csv import read_green_button_csv
from collector.imports.slots import Slot, SlotFile, Unit, without_overlaps
from collector.imports.table import Refusal

DELTA = (None, 0, 4)
"""How a figure accumulates: not told, not applicable, what went through in the interval."""
LAST_S = 7_258_118_400
LONGEST_S = 366 * 86_400
GREATEST_POWER = 12
_UNITS = {WATT_HOURS: Unit("Wh", 1_000), WATTS: Unit("W", 1_000, per_hour=True)}
_ESTIMATED = {"7", "8", "9", "11", "13"}
_NOT_MEASURED = {"12": "a forecast", "15": "normalised for weather"}


def read_green_button(data: bytes, name: str, zone: ZoneInfo, only: str = "") -> SlotFile:
    """The slots of a Green Button file; ``only`` is ``series=NUMBER`` where it holds several.

    ``zone`` is the site's: a CSV's clock stood in it. Raises ``StopError`` when the file is not
    sound, has several series that fit, or none.
    """
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe<", b"\xfe\xff\0<")):
        return read_green_button_csv(data, name, zone)
    feed = read_feed(data, name)
    chosen, notices = _chosen(feed.series, name, only)
    kind = chosen.type or ReadingType()
    unit = _unit(kind, name)
    refusals: list[Refusal] = []
    slots = list(_slots(chosen.readings, kind, unit, refusals))
    notices += _of_quality(chosen.readings)
    notices += _of_time(slots, feed.tz_offset_s, zone)
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(name, apart, tuple(notices), tuple(sorted(refusals)))


# Which series.


def _chosen(series: Sequence[Series], name: str, only: str) -> tuple[Series, list[str]]:
    listed = [f"{n}: {_said(one)}" for n, one in enumerate(series, 1)]
    fitting = [one for one in series if _electric(one.type)]
    if only:
        return _asked_for(series, name, only, listed)
    delivered = [one for one in fitting if one.type is None or one.type.flow in (None, 0, FORWARD)]
    found = delivered if len(delivered) == 1 else fitting
    if not found:
        held = "; ".join(listed)
        raise StopError(f"{name} holds no electricity in Wh or W", f"it holds {held}")
    if len(found) > 1:
        what = f"{name} holds {len(found)} series of electricity: {'; '.join(listed)}"
        raise StopError(what, "choose one: --only series=1")
    others = [f"series {text}: passed by" for text in listed if len(series) > 1]
    place = series.index(found[0])
    said = f"taken: {_said(found[0])}"
    return found[0], [said, *(line for n, line in enumerate(others) if n != place)]


def _asked_for(
    series: Sequence[Series], name: str, only: str, listed: Sequence[str]
) -> tuple[Series, list[str]]:
    word, _, number = only.partition("=")
    if word.strip() != "series" or not number.strip().isdecimal():
        raise StopError(f"--only {only}: not series=NUMBER", "for example --only series=1")
    place = int(number) - 1
    if not 0 <= place < len(series):
        raise StopError(f"{name} has no series {number}", f"it holds {'; '.join(listed)}")
    return series[place], [f"taken: {_said(series[place])}"]


def _electric(kind: ReadingType | None) -> bool:
    if kind is None:
        return True
    return kind.uom in _UNITS and kind.commodity in ELECTRICITY_COMMODITIES


def _said(series: Series) -> str:
    kind = series.type
    count = f"{len(series.readings):,} interval{'' if len(series.readings) == 1 else 's'}"
    if kind is None:
        return f'"{series.title}", {count} of an unknown kind'
    ways = {FORWARD: "delivered", REVERSE: "received", 4: "net"}
    way = ways.get(kind.flow or 0, "direction not told")
    unit = _UNITS[kind.uom].name if kind.uom in _UNITS else f"unit {kind.uom}"
    length = f" of {kind.interval_s // 60} minutes" if kind.interval_s else ""
    return f'"{series.title}", {way}, {unit}, {count}{length}'


def _unit(kind: ReadingType, name: str) -> Unit:
    if kind.uom not in _UNITS:
        told = "no unit" if kind.uom is None else f"unit {kind.uom}"
        hint = "Wh (72) and W (38) can be taken: ask the utility for electricity by the interval"
        raise StopError(f"{name}: the series has {told}", hint)
    if kind.accumulation not in DELTA:
        what = f"{name}: the figures are a register's (accumulation {kind.accumulation})"
        raise StopError(what, "ask the utility for interval data")
    if abs(kind.power_of_ten) > GREATEST_POWER:
        what = f"{name}: powerOfTenMultiplier is {kind.power_of_ten}"
        raise StopError(what, f"between -{GREATEST_POWER} and {GREATEST_POWER} is sound")
    return _UNITS[kind.uom]


# Its intervals.


def _slots(
    readings: Sequence[Reading], kind: ReadingType, unit: Unit, refusals: list[Refusal]
) -> Iterator[Slot]:
    for reading in readings:
        try:
            yield _slot(reading, kind, unit)
        except ValueError as error:
            refusals.append(Refusal(reading.line, str(error)))


def _slot(reading: Reading, kind: ReadingType, unit: Unit) -> Slot:
    start_s = _seconds(reading.start, "start", LAST_S)
    written = reading.duration or str(kind.interval_s or "")
    duration_s = _seconds(written, "duration", LONGEST_S)
    if not duration_s:
        raise ValueError("its duration is 0")
    if reading.quality in _NOT_MEASURED:
        raise ValueError(f"its quality says that it is {_NOT_MEASURED[reading.quality]}")
    figure = _figure(reading.value, kind.power_of_ten)
    start_ms, duration_ms = start_s * 1000, duration_s * 1000
    milli_wh = unit.milli_of(figure, duration_ms)
    return Slot(start_ms, start_ms + duration_ms, milli_wh, reading.line)


def _seconds(text: str, what: str, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 12 or int(text) > most:
        raise ValueError(f'its {what} "{text[:20]}" is no number of seconds')
    return int(text)


def _figure(text: str, power_of_ten: int) -> Decimal:
    if not text:
        raise ValueError("it has no value")
    try:
        figure = Decimal(text)
    except InvalidOperation:
        raise ValueError(f'its value "{text[:20]}" is no number') from None
    if not figure.is_finite() or abs(figure.adjusted()) > 2 * GREATEST_POWER:
        raise ValueError(f'its value "{text[:20]}" is no number')
    if figure < 0:
        raise ValueError(f"{text} is below zero")
    return figure.scaleb(power_of_ten)


# What is to be said.


def _of_quality(readings: Sequence[Reading]) -> list[str]:
    found = Counter(reading.quality for reading in readings)
    estimated = sum(found[quality] for quality in _ESTIMATED)
    counted = (
        ("intervals estimated or edited by the utility", estimated),
        ("intervals that the utility calls questionable", found["10"]),
    )
    return [f"{what}: {count:,}" for what, count in counted if count]


def _of_time(slots: Sequence[Slot], tz_offset_s: int | None, zone: ZoneInfo) -> list[str]:
    if not slots:
        return []
    first = datetime.fromtimestamp(min(slots)[0] / 1000, UTC).astimezone(zone)
    own = (first.utcoffset() or timedelta()) - (first.dst() or timedelta())
    said = ["times are UTC, as the standard has them"]
    if tz_offset_s is not None and timedelta(seconds=tz_offset_s) != own:
        hours = tz_offset_s / 3600
        said.append(f"the file's place is at UTC{hours:+g} h, the site at UTC{own / _HOUR:+g} h")
    if own and (first.hour or first.minute) and not min(slots)[0] % 86_400_000:
        said.append(
            f"it begins at midnight UTC, {first:%H:%M} at the site: does the utility write local"
            " time? compare a day with a bill"
        )
    return said


_HOUR = timedelta(hours=1)

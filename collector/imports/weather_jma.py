"""Temperatures as 気象庁 gives them for download (過去の気象データ・ダウンロード).

Lines above the header (time of download, blank, names of stations), then the names of figures, then
a line that says which columns are a figure and which its 品質情報 (quality) and 均質番号 (a number
that changes when station or instrument did). Dates stand in one column (年月日時, 年月日) or in one
for each part (年, 月, 日, 時). An hourly figure is the temperature at its time; taken for the hour
that ends there, a day's mean is the office's own daily mean, the mean of 1:00 to 24:00. Layout and
quality codes: help page of the download, 「ダウンロードファイル(CSVファイル)の形式」.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.errors import StopError
from collector.imports.numbers import number
from collector.imports.sheet import Sheet, plain, read_sheet
from collector.imports.slots import Slot, SlotFile, without_overlaps
from collector.imports.table import Refusal
from collector.imports.times import DAY_MS, HOUR_MS, day_number, stamp
from collector.imports.wall_clock import WallClock

ZONE = ZoneInfo("Asia/Tokyo")
"""Times of the office are Japanese standard time, wherever the reader is."""
DATE_COLUMNS = ("年月日時", "年月日")
QUALITY, SAMENESS, ABSENCE = "品質情報", "均質番号", "現象なし情報"
GOOD = {"8", "5"}
"""正常値 and 準正常値 (a few of the observations behind it were missing)."""
WHY_NOT = {
    "4": "quality 4: too few observations (資料不足値)",
    "2": "quality 2: doubtful (疑問値)",
    "1": "quality 1: missing (欠測)",
    "0": "quality 0: not observed there",
}
_NAMES = ("気温(", "平均気温(", "日平均気温(")


@dataclass(frozen=True, slots=True)
class _Figure:
    """Where a station's temperature, its quality and its sameness stand; None where they do not."""

    station: str
    value: int
    quality: int | None
    sameness: int | None


def sheet_of_jma(data: bytes, name: str) -> Sheet | None:
    """The file as a sheet, when a line of it heads columns as the office does; else None."""
    try:
        sheet = read_sheet(data, name, (), (*DATE_COLUMNS, "年"))
    except StopError:
        return None
    return sheet if _date_columns(sheet) else None


def is_jma(sheet: Sheet) -> bool:
    """Whether it is the office's layout: its first line tells when it was downloaded."""
    first = next((cell for line in sheet.above for cell in line if cell), "")
    return first.startswith("ダウンロード")


def read_jma(sheet: Sheet, station: str = "") -> SlotFile:
    """The temperatures (milli-°C) of one station.

    Raises ``StopError`` when there are several and none is named, or none of that name.
    """
    below, rows = _split(sheet)
    figure = _chosen(sheet, below, station)
    notices = [*sheet.notices, f"temperatures of {figure.station or 'the only station'} (気象庁)"]
    hourly = sheet.header[0] == "年月日時" or "時" in sheet.header
    if hourly:
        notices.append("a temperature stands for the hour that ends at its time")
    refusals: list[Refusal] = []
    slots = list(_slots(sheet, rows, figure, hourly, refusals))
    notices += _sameness(rows, figure)
    apart = without_overlaps(slots, notices, refusals)
    return SlotFile(sheet.name, apart, tuple(notices), tuple(sorted(refusals)))


Rows = Sequence[tuple[int, list[str]]]


def _date_columns(sheet: Sheet) -> tuple[int, ...]:
    for name in DATE_COLUMNS:
        if name in sheet.header:
            return (sheet.header.index(name),)
    parts = [part for part in ("年", "月", "日", "時") if part in sheet.header]
    return tuple(map(sheet.header.index, parts)) if len(parts) >= 3 else ()


def _split(sheet: Sheet) -> tuple[list[str], Rows]:
    # The line of 品質情報 has no date; files without those options have no such line.
    place = _date_columns(sheet)[0]
    rows = list(sheet.rows)
    below: list[str] = []
    while rows and not _cell(rows[0][1], place):
        if {QUALITY, SAMENESS, ABSENCE} & set(map(plain, rows[0][1])) or not below:
            below = [plain(cell) for cell in rows[0][1]]
        rows.pop(0)
    return below, rows


def _cell(cells: Sequence[str], place: int | None) -> str:
    return plain(cells[place]) if place is not None and place < len(cells) else ""


def _chosen(sheet: Sheet, below: Sequence[str], station: str) -> _Figure:
    found = list(_figures(sheet, below))
    named = [one for one in found if not station or one.station == plain(station)]
    if not found:
        raise StopError(f"{sheet.name} holds no 気温", "choose 気温 among the figures to download")
    names = ", ".join(dict.fromkeys(one.station or "?" for one in found))
    if not named:
        raise StopError(f"{sheet.name} has no station {station}", f"it has: {names}")
    if len({one.station for one in named}) > 1:
        what = f"{sheet.name} has temperatures of several stations: {names}"
        raise StopError(what, f"choose one: --station {found[0].station}")
    return named[0]


def _figures(sheet: Sheet, below: Sequence[str]) -> Iterator[_Figure]:
    stations = next((line for line in reversed(sheet.above) if any(line)), ())
    for place, name in enumerate(sheet.header):
        if name.startswith(_NAMES) and not _cell(below, place):
            beside = {_cell(below, at): at for at in _beside(sheet, below, place)}
            station = _cell(stations, place)
            yield _Figure(station, place, beside.get(QUALITY), beside.get(SAMENESS))


def _beside(sheet: Sheet, below: Sequence[str], place: int) -> Iterator[int]:
    for at in range(place + 1, len(sheet.header)):
        if sheet.header[at] != sheet.header[place] or not _cell(below, at):
            return
        yield at


def _slots(
    sheet: Sheet, rows: Rows, figure: _Figure, hourly: bool, refusals: list[Refusal]
) -> Iterator[Slot]:
    places, clock = _date_columns(sheet), WallClock(ZONE)
    back_ms, length_ms = (HOUR_MS, HOUR_MS) if hourly else (0, DAY_MS)
    for line, cells in rows:
        try:
            degrees = _degrees(cells, figure)
            if degrees is not None:
                start_ms = clock.instants(_wall_ms(cells, places))[0] - back_ms
                yield Slot(start_ms, start_ms + length_ms, round(degrees * 1000), line)
        except ValueError as error:
            refusals.append(Refusal(line, str(error)))


def _degrees(cells: Sequence[str], figure: _Figure) -> Decimal | None:
    quality = _cell(cells, figure.quality)
    if quality and quality not in GOOD:
        raise ValueError(WHY_NOT.get(quality, f'quality "{quality}" is not known'))
    return number(_cell(cells, figure.value), ".")


def _wall_ms(cells: Sequence[str], places: Sequence[int]) -> int:
    parts = [_cell(cells, place) for place in places]
    if len(parts) == 1:
        found = stamp(parts[0])
    else:
        hour = f" {parts[3]}:00" if len(parts) > 3 else ""
        found = stamp(f"{'/'.join(parts[:3])}{hour}")
    return day_number(found, "ymd") * DAY_MS + found.clock_ms


def _sameness(rows: Rows, figure: _Figure) -> list[str]:
    said, before = [], ""
    for line, cells in rows:
        now = _cell(cells, figure.sameness)
        if now and before and now != before:
            said.append(
                f"line {line}: station or instrument changed ({SAMENESS} {before} to {now}):"
                " temperatures before and after may differ"
            )
        before = now or before
    return said

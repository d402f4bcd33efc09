"""The Japanese ministries' yearly list of retailers' factors, as text or CSV: lines with values.

The list (電気事業者別排出係数, 環境省・経済産業省) has the columns registration number, retailer,
menu, basic and adjusted in t-CO2/kWh, capture rate, reason. Read here are CSV of those columns, and
the text of the PDF as ``pdftotext -layout`` gives it, in UTF-8 or Shift-JIS, full-width digits,
letters and spaces. Which lines belong to one retailer is for ``ministry_blocks``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from collector.errors import FactorError
from edge_agent.process.bounded import rows_in

ABNORMAL = "※"
"""Marks a coefficient whose computed value was abnormal and was replaced by the ministry."""
WHOLE = "(参考値)事業者全体"
RESIDUAL = "(残差)"
GRID_OPERATORS = "一般送配電事業者"
_NUMBER = re.compile(r"\s*([A-Z][0-9]{4})(?=\s|$)")
_ROW_NUMBER = re.compile(r"[A-Z][0-9]{4}|[0-9]{1,2}")
_GRID_NUMBER = re.compile(r"\s*([0-9]{1,2})\s+(\S+)")
_MENU = re.compile(
    r"(?:^|(?<=\s))(メニュー[A-Z]{1,2}(?:\(残差\))?|\(参考値\)(?:\s*事業者全体)?)(?=\s|$)"
)
_MENU_CELL = re.compile(r"(?:メニュー)?([A-Z]{0,2})(\(?残差\)?)?")
_COEFFICIENT = re.compile(r"(?<![0-9.])([0-9]\.[0-9]{4,8})(?![0-9.])\s?(※?)")
_CELL = re.compile(r"([0-9]*\.?[0-9]+)\s*(※|\(※\))?")
_ABSENT = ("", "-", "―", "ー", "—", "(-)")
_YEAR = re.compile(r"令和([0-9]+|元)年度の温室効果ガス排出量を算定")
_REGION_WIDE = ("代替値", "全国平均係数")
_COLUMNS = ("登録番号", "事業者名", "メニュー", "基礎", "調整後")


@dataclass(frozen=True, slots=True)
class ListLine:
    """One line with something of a row in it; values in t-CO2/kWh, absent where there are none."""

    at: int
    text: str
    number: str = ""
    name: str = ""
    menu: str = ""
    basic: Decimal | None = None
    adjusted: Decimal | None = None
    marked: bool = False
    of_grid: bool = False
    fault: str = ""

    @property
    def has_values(self) -> bool:
        """Whether a coefficient stands on the line."""
        return self.basic is not None or self.adjusted is not None


def decoded(content: bytes) -> str:
    """The text of the file. Raises ``FactorError`` for a PDF, a workbook, or another encoding."""
    if content.startswith(b"%PDF"):
        raise FactorError(
            "the file is a PDF", "make text of it: pdftotext -layout FILE.pdf FILE.txt"
        )
    if content.startswith(b"PK"):
        raise FactorError("the file is a workbook", "save the sheet as CSV")
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FactorError("the file is neither UTF-8 nor Shift-JIS", "save it as UTF-8")


def activity_year_named(text: str) -> int | None:
    """The fiscal year of activity the list says it is for (令和7年度: 2025); None if none."""
    found = _YEAR.search(unicodedata.normalize("NFKC", text))
    if not found:
        return None
    return 2018 + (1 if found[1] == "元" else int(found[1]))


def read_list(text: str) -> tuple[ListLine, ...]:
    """The lines that hold a number, a menu or coefficients, in their order; others are left out."""
    delimiter = _delimiter(text)
    return tuple(_of_cells(text, delimiter) if delimiter else _of_layout(text))


def _delimiter(text: str) -> str:
    lines = text.splitlines()
    for delimiter in (",", "\t"):
        if sum(line.count(delimiter) >= 4 for line in lines) * 2 > len(lines):
            return delimiter
    return ""


def _of_layout(text: str) -> Iterator[ListLine]:
    of_grid = False
    for at, raw in enumerate(text.splitlines(), 1):
        line = unicodedata.normalize("NFKC", raw).rstrip()
        if f"【{GRID_OPERATORS}】" in line:
            of_grid = not _COEFFICIENT.search(line)
            continue
        found = _layout_line(at, line, of_grid)
        if found:
            yield found


def _layout_line(at: int, line: str, of_grid: bool) -> ListLine | None:
    values = _COEFFICIENT.findall(line)
    menu = _MENU.search(line)
    number = (_GRID_NUMBER if of_grid else _NUMBER).match(line)
    region_wide = next((word for word in _REGION_WIDE if line.lstrip().startswith(word)), "")
    if not (values or menu or (number and not of_grid)):
        return None
    basic, adjusted = ([Decimal(value) for value, _ in values] + [None, None])[:2]
    return ListLine(
        *(at, line.strip()),
        number=number[1] if number and not region_wide else "",
        name=region_wide or _name(line, number, menu),
        menu=_menu(menu[1]) if menu else "",
        basic=basic,
        adjusted=adjusted,
        marked=any(mark for _, mark in values),
        of_grid=of_grid and not region_wide,
        fault="" if len(values) <= 2 else f"{len(values)} coefficients on one line",
    )


def _name(line: str, number: re.Match[str] | None, menu: re.Match[str] | None) -> str:
    if number is None:
        return ""
    begins = number.start(2) if number.re is _GRID_NUMBER else number.end()
    value = _COEFFICIENT.search(line)
    ends = min([match.start() for match in (menu, value) if match] or [len(line)])
    return re.split(r"\s{2,}", line[begins:ends].strip())[0]


def _of_cells(text: str, delimiter: str) -> Iterator[ListLine]:
    order: Sequence[int] = range(5)
    of_grid = False
    for line, cells in _rows(text, delimiter):
        row = [unicodedata.normalize("NFKC", cell).strip() for cell in cells]
        of_grid = of_grid or any(GRID_OPERATORS in cell for cell in row)
        if any(_COLUMNS[0] in cell for cell in row):
            order = _columns(row)
        else:
            found = _cell_line(line, row, order, of_grid)
            if found:
                yield found


def _rows(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    try:
        return list(rows_in(text, delimiter))
    except ValueError as error:
        raise FactorError(f"the list is no CSV: {error}", "save the sheet as CSV again") from error


def _menu(text: str) -> str:
    """The menu as the list prints it: メニューA, メニューM(残差), (参考値)事業者全体."""
    if "参考値" in text:
        return WHOLE
    plain = _MENU_CELL.fullmatch(text.replace(" ", ""))
    if not text or not plain:
        return text
    return f"メニュー{plain[1]}{RESIDUAL if plain[2] else ''}" if plain[1] else RESIDUAL


def _columns(heading: Sequence[str]) -> list[int]:
    places = []
    for word in _COLUMNS:
        at = next((place for place, cell in enumerate(heading) if word in cell), None)
        if at is None:
            hint = (
                "the columns are 登録番号, 電気事業者名, メニュー名, 基礎排出係数, 調整後排出係数"
            )
            raise FactorError(f"the list has no column {word}", hint)
        places.append(at)
    return places


def _cell_line(at: int, row: Sequence[str], order: Sequence[int], of_grid: bool) -> ListLine | None:
    number, name, menu, basic, adjusted = (row[i] if i < len(row) else "" for i in order)
    wide = next((cell for cell in row if cell.startswith(_REGION_WIDE)), "")
    valued = bool(menu or wide or _CELL.fullmatch(basic))
    named = bool(_ROW_NUMBER.fullmatch(number.strip(ABNORMAL)))
    if not valued and not named:
        return None
    values, faults = [], []
    if number and not named and not wide:
        faults.append(f"{number} is not a registration number")
    for cell in (basic, adjusted):
        found = _CELL.fullmatch(cell)
        values.append(Decimal(found[1]) if found else None)
        if not found and cell not in _ABSENT:
            faults.append(f"{cell} is not a coefficient")
    return ListLine(
        *(at, " ".join(filter(None, row))),
        number="" if wide else number.strip(ABNORMAL),
        name=next((word for word in _REGION_WIDE if wide.startswith(word)), name),
        menu=_menu(menu),
        basic=values[0],
        adjusted=values[1],
        marked=any(ABNORMAL in cell for cell in (basic, adjusted)),
        of_grid=of_grid and not wide,
        fault="; ".join(faults),
    )

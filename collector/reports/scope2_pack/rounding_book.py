"""The rounding of an allocation in the workbook: the largest remainder, step by step, live."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from collector.accounts.allocation import STEPS, Allocation, ranked, steps_of
from collector.reports.book import BookCell, CellStyle
from collector.reports.report import Language
from collector.reports.scope2_pack.words import WORDS
from collector.reports.sheet_rows import SheetRows, address, fixed, live

FIRST_ROW = 7
"""The first customer's row."""
_TOTAL_ROW, _LEFT_ROW = 3, 4
_WIDE = 5
_SHARE_COLUMN = "F"


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is given in whole units (Wh, g): energy ("") or a method's mass; its total's cell."""

    method: str
    name: str
    total: str
    whole: int
    style: CellStyle


def part_column(position: int) -> int:
    """The column of the quantity's finished parts."""
    return 2 + _WIDE * position + 4


def rounding(
    allocation: Allocation,
    quantities: Sequence[Quantity],
    allocation_sheet: str,
    allocation_first: int,
    language: Language,
) -> SheetRows:
    """The sheet: for each quantity its exact share, whole part, remainder, rank and part."""
    rows = SheetRows(
        WORDS.say("sheet_rounding", language), (34, *(15,) * _WIDE * len(quantities)), FIRST_ROW - 1
    )
    rows.title(WORDS.say("sheet_rounding", language))
    rows.note(WORDS.say("rounding_lead", language))
    last = FIRST_ROW + len(allocation.parts) - 1
    shares = [part.exact for part in allocation.parts]
    columns = [_Column(n, q, steps_of(q.whole, shares)) for n, q in enumerate(quantities)]
    rows.add(WORDS.say("site_total", language), *_spaced(c.total() for c in columns))
    rows.add(WORDS.say("left", language), *_spaced(c.left(last) for c in columns))
    rows.heads("", *(text for q in quantities for text in (q.name, "", "", "", "")))
    keys = ("exact", "units", "rest", "rank", "part")
    heads = [WORDS.say(key, language) for key in keys]
    rows.heads(WORDS.say("customer", language), *(head for _ in quantities for head in heads))
    ranks = [_ranks(column.steps, allocation) for column in columns]
    for place, part in enumerate(allocation.parts):
        share = f"'{allocation_sheet}'!{_SHARE_COLUMN}{allocation_first + place}"
        cells = (
            cell
            for column, rank in zip(columns, ranks, strict=True)
            for cell in column.cells(place, last, share, rank[place], bool(part.exact))
        )
        rows.add(part.customer.name, *cells)
    return rows


@dataclass(frozen=True, slots=True)
class _Column:
    """One quantity's columns; ``steps`` are the customers' shares in ten-thousandths."""

    position: int
    quantity: Quantity
    steps: list[int]

    @property
    def first(self) -> int:
        return 2 + _WIDE * self.position

    def total(self) -> BookCell:
        return live(f"=ROUND({self.quantity.total}*1000,0)", self.quantity.whole, "integer")

    def left(self, last: int) -> BookCell:
        wholes = fixed(self.first + 1, FIRST_ROW, last)
        given = sum(step // STEPS for step in self.steps)
        formula = f"={address(self.first, _TOTAL_ROW)}-SUM({wholes})"
        return live(formula, self.quantity.whole - given, "integer")

    def cells(
        self, place: int, last: int, share: str, rank: int, some: bool
    ) -> tuple[BookCell, ...]:
        at = FIRST_ROW + place
        exact, whole, rest, order = (address(self.first + n, at) for n in range(4))
        total = fixed(self.first, _TOTAL_ROW, _TOTAL_ROW).partition(":")[0]
        left = fixed(self.first, _LEFT_ROW, _LEFT_ROW).partition(":")[0]
        rests = fixed(self.first + 2, FIRST_ROW, last)
        above = f"{rests.partition(':')[0]}:{rest}"
        step, unit = self.steps[place], self.steps[place] // STEPS
        given = _given(self, rank)
        equal = f"SUMPRODUCT(({rests}>{rest})*1)+SUMPRODUCT(({above}={rest})*1)"
        return (
            live(f"=ROUND({total}*{share},4)", step / STEPS, "number"),
            live(f"=INT({exact})", unit, "integer"),
            live(f"=IF({share}=0,-1,ROUND({exact}-{whole},4))", _rest(step, some), "number"),
            live(f"={equal}", rank, "integer"),
            live(f"={whole}+IF({order}<={left},1,0)", unit + given, "integer"),
        )


def _spaced(cells: Iterable[BookCell]) -> Iterator[BookCell | None]:
    for cell in cells:
        yield cell
        yield from (None,) * (_WIDE - 1)


def _given(column: _Column, rank: int) -> int:
    left = column.quantity.whole - sum(step // STEPS for step in column.steps)
    return int(rank <= left)


def _rest(step: int, some: bool) -> float:
    return (step % STEPS) / STEPS if some else -1


def _ranks(steps: list[int], allocation: Allocation) -> dict[int, int]:
    order = ranked(steps, [part.exact for part in allocation.parts])
    some = {place: rank for rank, place in enumerate(order, 1)}
    none = (n for n, part in enumerate(allocation.parts) if not part.exact)
    return some | {place: len(order) + rank for rank, place in enumerate(none, 1)}

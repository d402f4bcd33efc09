"""Pages: together they are the whole, each row once, whatever the limit and however rows lie."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given
from hypothesis import strategies as st

from collector.api.cursor import Place
from collector.api.paging import Page, PlacedRow, page_of
from collector.rollup.periods import Window

ROWS = st.sets(
    st.tuples(st.integers(0, 10_000) | st.integers(0, 50), st.sampled_from("abc")), max_size=60
)


def _rows(places: set[tuple[int, str]], length: int = 1) -> list[PlacedRow]:
    return [PlacedRow(Place(*p), p[0] + length, (float(p[0]), p[1])) for p in sorted(places)]


class Store:
    """Rows in memory; counts how many it has handed out."""

    def __init__(self, rows: list[PlacedRow]) -> None:
        self.rows, self.read_rows, self.reads = rows, 0, 0

    def read(self, span: Window) -> list[PlacedRow]:
        """The rows that begin in the span."""
        found = [r for r in self.rows if span.start_ms <= r.place.start_ms < span.end_ms]
        self.read_rows += len(found)
        self.reads += 1
        return found

    def skip(self, at_ms: int) -> int | None:
        """The first start from there on."""
        starts = [row.place.start_ms for row in self.rows]
        place = bisect_left(starts, at_ms)
        return starts[place] if place < len(starts) else None


def _all_pages(store: Store, span: Window, limit: int, step_ms: int, skip: bool) -> list[Page]:
    pages: list[Page] = []
    after = None
    while True:
        reach = store.skip if skip else None
        pages.append(page_of(store.read, span, after, limit, step_ms, reach))
        after = pages[-1].following
        if after is None:
            return pages


@given(ROWS, st.integers(1, 20), st.integers(1, 200), st.booleans())
def test_the_pages_together_are_the_whole(
    places: set[tuple[int, str]], limit: int, step_ms: int, skip: bool
) -> None:
    """In order, each row once; all pages but the last are full."""
    store, span = Store(_rows(places)), Window(10, 9_000)
    pages = _all_pages(store, span, limit, step_ms, skip)
    told = [row for page in pages for row in page.rows]
    assert told == [r for r in store.rows if r.place.start_ms >= 10 and r.end_ms <= 9_000]
    assert all(len(page.rows) == limit for page in pages[:-1])
    assert pages[-1].following is None


@given(ROWS, ROWS, st.integers(1, 20))
def test_rows_added_behind_a_page_move_nothing(
    places: set[tuple[int, str]], more: set[tuple[int, str]], limit: int
) -> None:
    """The second page begins behind the first one's last row, and has what was added there."""
    span = Window(0, 20_000)
    first = page_of(Store(_rows(places)).read, span, None, limit, 100)
    if first.following is None:
        return
    last = (first.following.start_ms, first.following.name)
    grown = places | {place for place in more if place > last}
    second = page_of(Store(_rows(grown)).read, span, first.following, limit, 100)
    behind = [row for row in _rows(grown) if row.place > first.following]
    assert list(second.rows) == behind[:limit]


def test_a_row_that_reaches_over_the_end_is_left_out() -> None:
    """It tells of time beyond what was asked for, or may be seen."""
    rows = _rows({(0, ""), (10, ""), (20, "")}, length=10)
    page = page_of(Store(rows).read, Window(0, 25), None, 10, 1000)
    assert [row.place.start_ms for row in page.rows] == [0, 10]


def test_a_long_silence_costs_few_reads() -> None:
    """Fifty years of nothing before the data are passed in some twenty steps."""
    year_ms = 31_536_000_000
    rows = _rows({(55 * year_ms + n * 1_800_000, "") for n in range(100)}, length=1_800_000)
    store = Store(rows)
    page = page_of(store.read, Window(0, 100 * year_ms), None, 10, 11 * 1_800_000)
    assert len(page.rows) == 10
    assert store.reads < 40


def test_a_page_of_dense_readings_reads_little_more_than_the_page() -> None:
    """A million readings a day are not walked for ten of them."""
    rows = _rows({(1_000_000 + n * 1000, "") for n in range(5000)})
    store = Store(rows)
    page = page_of(store.read, Window(0, 10**9), None, 10, 11_000, store.skip)
    assert len(page.rows) == 10
    assert store.read_rows < 50

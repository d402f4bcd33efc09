"""Whatever happens to meters, and however readings land: the ledger of one run over everything."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.rollup.counters import Ruling, RulingKind
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER
from tests.collector.summarise.eventful import Ledger, Meter, Row, a_site, its_meters

RULED: tuple[RulingKind, ...] = ("glitch", "reset", "replaced", "gap", "plain", "frozen")
seeds = st.integers(0, 2**32)


def batches_of(meters: Sequence[Meter], chance: random.Random) -> list[tuple[str, list[Row]]]:
    """The readings in pieces, at random or in order of time, some of them interleaved."""
    found: list[tuple[str, list[Row]]] = []
    for meter in meters:
        cuts = sorted(chance.sample(range(1, len(meter.rows)), chance.randrange(1, 7)))
        spans = zip([0, *cuts], [*cuts, len(meter.rows)], strict=True)
        found += [(meter.name, meter.rows[start:end]) for start, end in spans]
    name, rows = found.pop(chance.randrange(len(found)))
    found += [(name, part) for part in (rows[::2], rows[1::2]) if part]
    chance.shuffle(found)
    return found if chance.random() < 0.6 else sorted(found, key=lambda one: one[1][0][0])


def rulings_on(meters: Sequence[Meter], chance: random.Random) -> list[tuple[str, Ruling]]:
    """A ruling on some meters' readings."""
    return [
        (
            meter.name,
            Ruling(chance.choice(meter.rows)[0], chance.choice(RULED), None, "so it is", "me"),
        )
        for meter in meters
        if chance.random() < 0.5
    ]


def told_of(meters: Sequence[Meter], chance: random.Random, ledgers: Sequence[Ledger]) -> None:
    """Half of the changes of meters are known."""
    for meter in meters:
        for at_ms in meter.swaps_ms:
            if chance.random() < 0.5:
                for ledger in ledgers:
                    ledger.identities.replaced("s", meter.name, at_ms - 500, "me")


@settings(max_examples=40, deadline=None)
@given(seed=seeds)
def test_batches_end_in_the_ledger_of_one_run(seed: int) -> None:
    """Every total, every field and every event is that of one run; rulings leave no trace."""
    chance = random.Random(seed)
    site = a_site(chance)
    meters = its_meters(site, chance)
    rulings = rulings_on(meters, chance)
    with tempfile.TemporaryDirectory() as folder:
        once = Ledger(site, meters, Path(folder) / "once.sqlite")
        late = Ledger(site, meters, Path(folder) / "late.sqlite")
        told_of(meters, chance, (once, late))
        kept = [one for one in rulings if chance.random() < 0.5]
        for name, ruling in kept:
            once.rulings.add("s", name, "active_energy_import_wh", ruling, 1)
        for meter in meters:
            once.land(meter.name, meter.rows)
        once.run()
        _in_batches(late, batches_of(meters, chance), rulings, kept, chance)
        assert late.known() == once.known()
        assert late.told() == once.told()


def _in_batches(
    ledger: Ledger,
    batches: Sequence[tuple[str, list[Row]]],
    rulings: Sequence[tuple[str, Ruling]],
    kept: Sequence[tuple[str, Ruling]],
    chance: random.Random,
) -> None:
    waiting, made = list(rulings), list[tuple[int, tuple[str, Ruling]]]()
    for name, rows in batches:
        ledger.land(name, rows)
        if chance.random() < 0.8:
            ledger.run()
        if waiting and chance.random() < 0.5:
            made.append((ledger.rule(*waiting[-1]), waiting.pop()))
    made += [(ledger.rule(*one), one) for one in waiting]
    ledger.run()
    for number, one in made:
        if one not in kept:
            ledger.take_back(one[0], number, one[1])
    ledger.run()


@settings(max_examples=25, deadline=None)
@given(seed=seeds)
def test_every_period_is_exactly_its_parts(seed: int) -> None:
    """Slots to days, days to months, months to years, in every zone; the site is its tops."""
    chance = random.Random(seed)
    site = a_site(chance)
    meters = its_meters(site, chance)
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(site, meters, Path(folder) / "state.sqlite")
        for meter in meters:
            ledger.land(meter.name, meter.rows)
        ledger.run()
    known, calendar = ledger.known(), calendar_of(site)
    for period, piece in calendar.levels():
        for (name, kind, start_ms), total in known.items():
            if kind == period:
                windows = calendar.pieces(piece, calendar.window(period, start_ms))
                keys = [(name, piece, window.start_ms) for window in windows]
                assert _milli(total.kwh) == sum(_milli(known[k].kwh) for k in keys if k in known)
            assert 0 <= total.coverage <= total.coverage + total.missing <= 1 + 1e-12
    tops = [one.id for one in site.meters if one.parent is None and not one.virtual]
    for (name, kind, start_ms), total in known.items():
        if name == SITE_METER:
            keys = [(top, kind, start_ms) for top in tops]
            assert _milli(total.kwh) == sum(_milli(known[k].kwh) for k in keys if k in known)


def _milli(kwh: float) -> int:
    return round(kwh * 1_000_000)

"""What the play of a fleet shows: a small table that moves, or a line each few seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table

from simulators.fleet.options import FleetOptions
from simulators.fleet.tally import Tally, Verdict

LINE_EVERY_S = 5.0
Watch = Callable[[Tally, str, float], None]


@contextmanager
def screen(console: Console, options: FleetOptions) -> Iterator[Watch]:
    """Shows what it is told, in place on a terminal; else one line each five seconds."""
    if not console.is_terminal:
        yield _lines(console, options)
        return
    with Live(console=console, refresh_per_second=2) as live:
        rate = Rate()

        def watch(tally: Tally, stage: str, passed_s: float) -> None:
            live.update(table(tally, options, stage, passed_s, rate.per_s(tally, passed_s)))

        yield watch


def table(tally: Tally, options: FleetOptions, stage: str, passed_s: float, per_s: float) -> Table:
    """The counts of a moment; ``per_s`` receipted readings a second."""
    title = f"{options.agents:,} agents x {options.meters} meters  {stage}  {passed_s:.0f} s"
    found = Table(title=title, title_justify="left", show_header=False)
    found.add_column()
    found.add_column(justify="right")
    median_ms, most_ms = (1000 * s for s in (waits(tally, 0.5), tally.receipt_waits.most_s))
    for name, figure in (
        ("agents connected", f"{tally.connected:,}"),
        ("readings given", f"{tally.given:,}"),
        ("of these stored (receipts)", f"{tally.receipted:,}"),
        ("stored a second", f"{per_s:,.0f}"),
        ("still open", f"{tally.open:,}"),
        ("sent again", f"{tally.sent_again:,}"),
        ("receipt after, median / most", f"{median_ms:,.0f} / {most_ms:,.0f} ms"),
        ("connections lost", f"{sum(tally.losses.values()):,}"),
    ):
        found.add_row(name, figure)
    return found


def waits(tally: Tally, part: float) -> float:
    """The time within which this part of the live messages had their receipts, in s."""
    return tally.receipt_waits.within_s(part)


def told(found: Verdict) -> list[str]:
    """The verdict in words, the reasons of lost connections last."""
    lines = [
        f"{found.receipted:,} of {found.given:,} readings stored, {found.lost:,} without a receipt,"
        f" {found.rejected:,} rejected, {found.sent_again:,} sent again",
        f"{found.connected_most:,} of {found.agents:,} agents connected at once;"
        f" {found.readings_per_s:,.0f} readings/s; a receipt after {found.receipt_median_s:.2f} s"
        f" (median), {found.receipt_95_s:.2f} s (95 %), {found.receipt_most_s:.2f} s (most)",
    ]
    lost = sorted(found.losses.items(), key=lambda item: -item[1])
    lines += [f"connections ended, {reason}: {count:,}" for reason, count in lost]
    if found.unheard:
        lines.append(f"{found.unheard:,} messages had no subscriber (does a collector run?)")
    if found.refused:
        lines.append(f"{found.refused:,} messages were refused (does the broker's ACL allow them?)")
    return lines


class Rate:
    """Receipted readings a second, between one look and the next."""

    def __init__(self) -> None:
        self._seen, self._at_s, self._per_s = 0, 0.0, 0.0

    def per_s(self, tally: Tally, passed_s: float) -> float:
        """The rate since the last look."""
        if passed_s > self._at_s:
            self._per_s = (tally.receipted - self._seen) / (passed_s - self._at_s)
            self._seen, self._at_s = tally.receipted, passed_s
        return self._per_s


def _lines(console: Console, options: FleetOptions) -> Watch:
    rate, next_s = Rate(), [0.0]

    def watch(tally: Tally, stage: str, passed_s: float) -> None:
        if passed_s < next_s[0]:
            return
        next_s[0] = passed_s + LINE_EVERY_S
        per_s = rate.per_s(tally, passed_s)
        console.print(
            f"{passed_s:4.0f} s  {stage}: {tally.connected:,} of {options.agents:,} agents,"
            f" {tally.receipted:,} of {tally.given:,} readings stored, {per_s:,.0f}/s",
            soft_wrap=True,
        )

    return watch

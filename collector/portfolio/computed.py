"""The figures of many sites, computed side by side. The same, whoever does the work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from typing import Any

from collector.errors import CollectorError
from collector.portfolio.executor import Executor
from collector.portfolio.site_work import Told, figures_of
from collector.reports.portfolio.data import Portfolio, SiteFault, SiteFigures

CHUNK = 4
"""Sites of one piece of work: enough to open a store for, few enough to share out evenly."""
Step = Callable[[int], None]
"""Called with how many sites are done."""


def portfolio(
    source: Path | str,
    sites: Sequence[str],
    executor: Executor,
    first: date,
    end: date,
    step: Step | None = None,
    chunk: int = CHUNK,
) -> Portfolio:
    """The figures of the sites over local days ``first`` to ``end``, excluded.

    ``source`` is the path of the settings, which each worker opens by itself. A site that cannot
    be told of is in ``faults`` and does not stop the others. Raises ``CollectorError`` when the
    period is empty, settings or store cannot be used, or a worker dies.
    """
    if end <= first:
        raise CollectorError(f"{first} to {end} has no day", "choose a later end")
    path = str(Path(source).resolve())
    pieces = [sites[start : start + chunk] for start in range(0, len(sites), chunk)]
    futures = [executor.submit(figures_of, path, tuple(piece), first, end) for piece in pieces]
    _wait(futures, [len(piece) for piece in pieces], step)
    return gathered(first, end, [one for future in futures for one in future.result()])


def gathered(first: date, end: date, told: Sequence[Told]) -> Portfolio:
    """What was told of each site, in its order."""
    sites = tuple(one for one in told if isinstance(one, SiteFigures))
    faults = tuple(one for one in told if isinstance(one, SiteFault))
    return Portfolio(first, end, sites, faults)


def _wait(futures: Sequence[Future[Any]], sizes: Sequence[int], step: Step | None) -> None:
    size_of = dict(zip(futures, sizes, strict=True))
    done = 0
    try:
        for future in as_completed(futures):
            future.result()
            done += size_of[future]
            if step is not None:
                step(done)
    except BrokenProcessPool as error:
        hint = "is there enough memory? fewer at once: --workers 1"
        raise CollectorError("a worker of the portfolio has died", hint) from error
    except BaseException:
        for future in futures:
            future.cancel()
        raise

"""Who does the work: this process, threads, processes, or a Dask cluster. All look alike.

Each is a ``concurrent.futures``-style executor: ``submit(fn, *args)`` answers a future.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, Literal

from collector.errors import CollectorError
from collector.portfolio.executor import Executor

ExecutorName = Literal["processes", "threads", "serial", "dask"]
EXECUTORS: tuple[ExecutorName, ...] = ("processes", "threads", "serial", "dask")


class SerialExecutor:
    """Does the work at once, in this very process: for a debugger, and to compare with."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Call the function now; a future that is done."""
        done: Future[Any] = Future()
        try:
            done.set_result(fn(*args))
        except Exception as error:  # noqa: BLE001 (whoever asks for the result gets it)
            done.set_exception(error)
        return done


@contextmanager
def executor_named(
    name: ExecutorName, workers: int | None = None, scheduler: str = ""
) -> Iterator[Executor]:
    """The executor of that name, given back at the end.

    ``workers`` is how many work at once, None: as many as there are processors. ``scheduler`` is
    the address of a Dask scheduler (``tcp://host:8786``). Raises ``CollectorError`` when there is
    no such executor, Dask is not installed or its scheduler does not answer.
    """
    if workers is not None and workers < 1:
        raise CollectorError(f"--workers {workers} is none", "1 at least")
    count = workers or os.cpu_count() or 1
    if name == "serial":
        yield SerialExecutor()
    elif name == "threads":
        with ThreadPoolExecutor(count) as threads:
            yield threads
    elif name == "processes":
        # Fresh processes: a fork would carry locks and connections of this one along.
        with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as processes:
            yield processes
    elif name == "dask":
        with _dask(scheduler) as cluster:
            yield cluster
    else:
        raise CollectorError(f"there is no executor {name}", f"one of {', '.join(EXECUTORS)}")


@contextmanager
def _dask(scheduler: str) -> Iterator[Executor]:
    if not scheduler:
        hint = "write --scheduler tcp://HOST:8786, the address `dask scheduler` prints"
        raise CollectorError("the address of the Dask scheduler is not told", hint)
    try:
        from collector.portfolio.dask_executor import dask_executor
    except ModuleNotFoundError as error:
        hint = "pip install 'mieruka[dask]', or --executor processes"
        raise CollectorError(f"{error.name} is not installed", hint) from error
    with dask_executor(scheduler) as executor:
        yield executor

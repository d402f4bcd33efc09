"""Dask's distributed executor: the same work on a cluster of machines that see the same store.

Its workers need this program, the settings under the same path and the store they name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from distributed import Client

from collector.errors import CollectorError
from collector.portfolio.executor import Executor

CONNECT_S = 10


@contextmanager
def dask_executor(scheduler: str) -> Iterator[Executor]:
    """The executor of a running scheduler. Raises ``CollectorError`` when it does not answer."""
    hint = "start `dask scheduler`, and `dask worker ADDRESS` where the work is to be done"
    try:
        client = Client(scheduler, timeout=CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        raise CollectorError(f"no Dask scheduler answers at {scheduler}: {error}", hint) from error
    try:
        if not client.scheduler_info()["workers"]:
            raise CollectorError(f"the Dask scheduler at {scheduler} has no workers", hint)
        with client.get_executor(pure=False) as executor:  # type: ignore[no-untyped-call]
            yield executor
    finally:
        client.close()  # type: ignore[no-untyped-call]

"""What work is handed to: the shape that processes, threads and clusters share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol


class Executor(Protocol):
    """What work is handed to; every ``concurrent.futures.Executor`` is one."""

    def submit(self, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Have the function called with the arguments, some time; its answer is the future's."""
        ...

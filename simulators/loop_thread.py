"""Runs an asyncio service in a thread of its own: what pymodbus and amqtt need to serve.

Before: a coroutine that opens the service and gives the coroutine that closes it. After: plain
``start`` and ``stop`` for the rest of the program, which knows no asyncio.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from threading import Event, Thread
from typing import Any

Close = Callable[[], Awaitable[None]]


class LoopThread:
    """One service between ``start`` and ``stop``; it may be started again.

    ``open_service`` runs in the new loop; what it raises comes out of ``start``.
    """

    def __init__(self, name: str, open_service: Callable[[], Coroutine[Any, Any, Close]]) -> None:
        self._name = name
        self._open_service = open_service
        self._ready = Event()
        self._error: BaseException | None = None
        self._thread: Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done = asyncio.Event()

    def start(self) -> None:
        """Return once the service is open; raise what kept it from opening."""
        self._ready.clear()
        self._error = None
        self._thread = Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            self._thread = None
            raise self._error

    def stop(self) -> None:
        """Close the service and end the thread. Does nothing when it is not open."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()
        self._thread = None

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._done = asyncio.get_running_loop(), asyncio.Event()
        opening = asyncio.create_task(self._open_service())
        await asyncio.wait([opening])
        self._error = opening.exception()
        self._ready.set()
        if self._error is None:
            await self._done.wait()
            await opening.result()()

"""The commissioning page, for as long as the settings or a command want it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge_agent.commands.workbench import Workbench
from edge_agent.config import AgentSettings
from edge_agent.errors import StopError
from edge_agent.words import said

log = logging.getLogger("edge_agent")


@dataclass(frozen=True, slots=True)
class PageWish:
    """Somebody wants the page for this start, at ``listen``; ``for_s`` None: until its end."""

    listen: str
    for_s: float | None = None


@contextmanager
def page_on(bench: Workbench, settings: AgentSettings, wish: PageWish | None) -> Iterator[None]:
    """The page, when ``wish`` or the settings ask for one.

    A page that cannot be opened is told, and no reason to stop measuring; raises ``StopError`` when
    it was the ``wish`` of a person who waits for it.
    """
    listen = wish.listen if wish else settings.page.listen
    if not listen:
        yield
        return
    # Brings a web server, which an agent without a page does not carry.
    from edge_agent.page.pages import CommissioningPage

    try:
        page = CommissioningPage(bench, listen, settings.page.pin_file)
        fault = page.start()
    except StopError as error:
        page, fault = None, error.told
    if fault or page is None:
        _refuse(fault, wish)
        yield
        return
    _tell(page.urls(), page.pin if page.is_new_pin else "")
    timer = None if wish is None or wish.for_s is None else _timer(wish.for_s, page.stop)
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
        page.stop()


def _timer(for_s: float, stop: Callable[[], object]) -> threading.Timer:
    def end() -> None:
        stop()
        log.info("%s", said("the commissioning page is off again"))

    timer = threading.Timer(for_s, end)
    timer.name, timer.daemon = "page off", True
    timer.start()
    return timer


def _refuse(fault: str, wish: PageWish | None) -> None:
    if wish is not None:
        hint = said("give another address with --listen, such as 0.0.0.0:9873")
        raise StopError(fault, hint)
    log.error("%s", fault)


def _tell(urls: tuple[str, ...], pin: str) -> None:
    where = said("commissioning page: {urls}", urls=" ".join(urls))
    log.warning("%s", where)
    text = said("its PIN: {pin}", pin=pin) if pin else said("its PIN is in [page] pin_file")
    log.warning("%s", text)

"""The commissioning page, for as long as the settings or a command want it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from edge_agent.commands.workbench import Workbench
from edge_agent.config import AgentSettings
from edge_agent.errors import StopError
from edge_agent.words import in_language, language_of, said

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
        page, fault = None, f"{error}"
    if fault or page is None:
        _refuse(fault, settings, wish)
        yield
        return
    _tell(page.urls(), page.pin if page.is_new_pin else "", settings)
    timer = None if wish is None or wish.for_s is None else _timer(wish.for_s, page.stop, settings)
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()
        page.stop()


def _timer(for_s: float, stop: object, settings: AgentSettings) -> threading.Timer:
    def end() -> None:
        stop()  # type: ignore[operator]
        log.info("%s", _in_its_language(said("the commissioning page is off again"), settings))

    timer = threading.Timer(for_s, end)
    timer.name, timer.daemon = "page off", True
    timer.start()
    return timer


def _refuse(fault: str, settings: AgentSettings, wish: PageWish | None) -> None:
    if wish is not None:
        hint = said("give another address with --listen, such as 0.0.0.0:9873")
        raise StopError(fault, hint)
    log.error("%s", _in_its_language(fault, settings))


def _tell(urls: tuple[str, ...], pin: str, settings: AgentSettings) -> None:
    where = said("commissioning page: {urls}", urls=" ".join(urls))
    log.warning("%s", _in_its_language(where, settings))
    text = said("its PIN: {pin}", pin=pin) if pin else said("its PIN is in [page] pin_file")
    log.warning("%s", _in_its_language(text, settings))


def _in_its_language(text: str, settings: AgentSettings) -> str:
    return in_language(text, language_of(settings.agent.language))

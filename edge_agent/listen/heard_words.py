"""All words heard of one unit, readable as if the unit had been asked. PURE."""

from __future__ import annotations

from edge_agent.errors import RefusedError
from edge_agent.listen.pairing import Exchange
from edge_agent.words import said

ILLEGAL_ADDRESS = 2


class HeardWords:
    """The newest word of every register that came, by function and address."""

    def __init__(self) -> None:
        self._words: dict[tuple[int, int], int] = {}

    def keep(self, exchange: Exchange) -> bool:
        """Take in an answer; whether it says anything new."""
        asked, news = exchange.question, False
        for at, word in enumerate(exchange.answer.words):
            place = (asked.function, asked.address + at)
            news = news or self._words.get(place) != word
            self._words[place] = word
        return news

    def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words from ``address`` on, which may have come at different instants.

        Raises ``RefusedError`` (illegal address) unless each of them was heard.
        """
        places = [(function, at) for at in range(address, address + count)]
        if any(place not in self._words for place in places):
            place = {"address": f"0x{address:04X}", "count": count}
            what = said("registers {address} +{count} were not heard", **place)
            raise RefusedError(what, code=ILLEGAL_ADDRESS)
        return tuple(self._words[place] for place in places)

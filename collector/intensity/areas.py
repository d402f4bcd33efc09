"""Grid areas: their keys, names and time zones.

Japan's ten areas by the number in the name of the operators' files (``eria_jukyu_YYYYMM_NN.csv``),
Great Britain's regions by the number of carbonintensity.org.uk. Northern Ireland is not in "gb".
"""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from edge_agent.contract.topics import NAME_PATTERN

JAPAN: dict[str, str] = {
    "01": "北海道", "02": "東北", "03": "東京", "04": "中部", "05": "北陸",
    "06": "関西", "07": "中国", "08": "四国", "09": "九州", "10": "沖縄",
}  # fmt: skip
BRITAIN: dict[int, str] = {
    1: "North Scotland", 2: "South Scotland", 3: "North West England", 4: "North East England",
    5: "Yorkshire", 6: "North Wales and Merseyside", 7: "South Wales", 8: "West Midlands",
    9: "East Midlands", 10: "East England", 11: "South West England", 12: "South England",
    13: "London", 14: "South East England", 15: "England", 16: "Scotland", 17: "Wales",
}  # fmt: skip
_ZONES = {"jp": "Asia/Tokyo", "gb": "Europe/London"}


def japan_area(text: str) -> str:
    """The two digits of a Japanese area written as 3, 03 or jp-03.

    Raises ``CollectorError`` for any other text.
    """
    digits = text.removeprefix("jp-").zfill(2)
    if digits not in JAPAN:
        known = ", ".join(f"{number} {name}" for number, name in JAPAN.items())
        raise CollectorError(f"{text} is not an area of Japan", f"write one of: {known}")
    return digits


def area_in_name(file_name: str) -> str | None:
    """The two digits in the name of an operator's file; None when it has another name."""
    found = re.search(r"jukyu_\d{6,8}_(\d{2})\.csv$", file_name, re.IGNORECASE)
    return found[1] if found and found[1] in JAPAN else None


def area_key(text: str) -> str:
    """The key an area is stored under: small letters. Raises ``CollectorError`` for other text."""
    key = text.lower()
    if not re.fullmatch(NAME_PATTERN, key):
        hint = "write letters, digits and -, for example jp-03, gb, gb-13, de"
        raise CollectorError(f"{text!r} is not the name of an area", hint)
    return key


def zone_of(area: str) -> ZoneInfo | None:
    """The time zone of an area of Japan or Great Britain; None where we cannot know it."""
    country = area.partition("-")[0]
    return ZoneInfo(_ZONES[country]) if country in _ZONES else None


def area_name(area: str) -> str:
    """The area as people read it: "jp-03 東京", "gb-13 London", or its key alone."""
    country, _, number = area.partition("-")
    names = JAPAN if country == "jp" else {str(key): name for key, name in BRITAIN.items()}
    known = names.get(number) if country in _ZONES else None
    return f"{area} {known}" if known else area

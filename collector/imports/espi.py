"""A Green Button file as series: ESPI, the XML of North American utilities (NAESB REQ.21).

An Atom feed of entries that point at one another by links: usage points have meter readings, those
have a reading type (unit, power of ten, direction) and interval blocks of readings. Times are
seconds since 1970 UTC. A file may hold several series (delivered and received, two meters).
Document types and entities are refused: no honest file has them, and bombs are made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from collector.errors import StopError

WATT_HOURS, WATTS = 72, 38
"""Units of measure (uom) that can be taken as electricity."""
FORWARD, REVERSE = 1, 19
"""Directions of flow: delivered to the customer, received from the customer."""
ELECTRICITY_COMMODITIES = (None, 0, 1, 2)
"""Not told, not applicable, electricity metered at low and at high voltage."""
_LINE = "line-in-file"
DEEPEST = 64
"""Elements in one another: a feed has eight."""


@dataclass(frozen=True, slots=True)
class ReadingType:
    """What the figures of a series are; None where the file does not say."""

    uom: int | None = None
    power_of_ten: int = 0
    flow: int | None = None
    commodity: int | None = None
    accumulation: int | None = None
    interval_s: int | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One interval as it was written: line, start and duration (s, text), value, quality."""

    line: int
    start: str
    duration: str
    value: str
    quality: str


@dataclass(frozen=True, slots=True)
class Series:
    """The readings of one meter reading, with the title people gave it."""

    title: str
    type: ReadingType | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    """All series of a file; ``tz_offset_s`` is its standard time against UTC, where told."""

    series: tuple[Series, ...]
    tz_offset_s: int | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: str
    body: Element
    title: str
    own: str
    links: tuple[str, ...]


def read_feed(data: bytes, name: str) -> Feed:
    """The series of a file.

    Raises ``StopError`` for what is no XML, has a document type or entities, or no interval block.
    """
    root = _root(data, name)
    entries = list(_entries(root))
    by_kind: dict[str, list[_Entry]] = {}
    for entry in entries:
        by_kind.setdefault(entry.kind, []).append(entry)
    blocks = by_kind.get("intervalblock", [])
    if not blocks:
        hint = "download the interval data again: it should hold IntervalBlock and IntervalReading"
        raise StopError(f"{name} holds no interval data of Green Button", hint)
    offsets = [_number(e.body, "tzoffset") for e in by_kind.get("localtimeparameters", [])]
    told = next((offset for offset in offsets if offset is not None), None)
    return Feed(tuple(_series(by_kind, blocks)), told)


def _root(data: bytes, name: str) -> Element:
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    builder.at = parser.parser
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as error:
        what = f"{name} has a document type or entities, which are refused for safety"
        raise StopError(what, "download the file again from the utility itself") from error
    except (ParseError, ValueError, LookupError) as error:
        hint = "give the file as it was downloaded, unzipped"
        raise StopError(f"{name} is not sound XML: {error}", hint) from error
    if not isinstance(root, Element):
        raise StopError(f"{name} is not sound XML", "give the file as it was downloaded")
    return root


class _Builder(TreeBuilder):
    """Builds elements that know the line they begin in."""

    at: Any = None
    depth = 0

    def start(self, tag: Any, attrs: dict[Any, Any], /) -> Element:
        """Begin an element. Raises ``ValueError`` far deeper than any feed is."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValueError(f"elements lie in one another more than {DEEPEST} deep")
        return super().start(tag, {**attrs, _LINE: str(self.at.CurrentLineNumber)})

    def end(self, tag: Any, /) -> Element:
        """End an element."""
        self.depth -= 1
        return super().end(tag)


def _plain(element: Element) -> str:
    tag = element.tag
    # Writers of such files misspell names (IntervalBLock): capitals do not count.
    return tag.rpartition("}")[2].casefold() if isinstance(tag, str) else ""


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _plain(child) == name)


def _text(element: Element, *path: str) -> str:
    for name in path:
        found = next(_children(element, name), None)
        if found is None:
            return ""
        element = found
    return (element.text or "").strip()


def _number(element: Element, *path: str) -> int | None:
    try:
        return int(_text(element, *path))
    except ValueError:
        return None


def _entries(root: Element) -> Iterator[_Entry]:
    found = [element for element in root.iter() if _plain(element) == "entry"]
    for entry in found:
        links = [(one.get("rel", ""), one.get("href", "")) for one in _children(entry, "link")]
        own = next((href for rel, href in links if rel == "self"), "")
        others = tuple(href.rstrip("/") for rel, href in links if rel != "self" and href)
        title = " ".join(_text(entry, "title").split())
        for content in _children(entry, "content"):
            for body in content:
                yield _Entry(_plain(body), body, title, own.rstrip("/"), others)
    if not found:
        # Some programs write the blocks bare, without a feed around them.
        for body in root.iter():
            yield _Entry(_plain(body), body, "", "", ())


def _series(by_kind: dict[str, list[_Entry]], blocks: Sequence[_Entry]) -> Iterator[Series]:
    meters = by_kind.get("meterreading", [])
    types = by_kind.get("readingtype", [])
    held: dict[int, list[_Entry]] = {}
    for block in blocks:
        held.setdefault(_owner(block, meters), []).append(block)
    for place, own in held.items():
        meter = meters[place] if place >= 0 else None
        readings = tuple(reading for block in own for reading in _readings(block.body))
        title = meter.title if meter and meter.title else own[0].title
        yield Series(title, _type_of(meter, own[0], types), readings)


def _owner(block: _Entry, meters: Sequence[_Entry]) -> int:
    for place, meter in enumerate(meters):
        if meter.own and any(_below(link, meter.own) for link in (*block.links, block.own)):
            return place
        if set(block.links) & set(meter.links):
            return place
    return 0 if len(meters) == 1 else -1


def _below(link: str, owner: str) -> bool:
    return link == owner or link.startswith(f"{owner}/")


def _type_of(meter: _Entry | None, block: _Entry, types: Sequence[_Entry]) -> ReadingType | None:
    links = {*(meter.links if meter else ()), *block.links}
    linked = [one for one in types if one.own and one.own in links]
    found = linked or (list(types) if len(types) == 1 else [])
    if not found:
        return None
    body = found[0].body
    return ReadingType(
        uom=_number(body, "uom"),
        power_of_ten=_number(body, "poweroftenmultiplier") or 0,
        flow=_number(body, "flowdirection"),
        commodity=_number(body, "commodity"),
        accumulation=_number(body, "accumulationbehaviour"),
        interval_s=_number(body, "intervallength"),
    )


def _readings(block: Element) -> Iterator[Reading]:
    for reading in _children(block, "intervalreading"):
        quality = _text(reading, "readingquality", "quality") or _text(reading, "readingquality")
        yield Reading(
            int(reading.get(_LINE, "0")),
            _text(reading, "timeperiod", "start"),
            _text(reading, "timeperiod", "duration"),
            _text(reading, "value"),
            quality,
        )

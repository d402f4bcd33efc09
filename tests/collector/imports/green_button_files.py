"""Green Button files for tests, written as utilities write them, with invented figures."""

from __future__ import annotations

from collections.abc import Iterable

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">\n'
)
POINT = """<entry><link rel="self" href="UsagePoint/1"/><title>Mill</title>
<content><espi:UsagePoint><espi:ServiceCategory><espi:kind>0</espi:kind></espi:ServiceCategory>
</espi:UsagePoint></content></entry>
"""


def local_time(tz_offset_s: int) -> str:
    """The entry that tells where the file's clock stood."""
    body = f"<espi:LocalTimeParameters><espi:tzOffset>{tz_offset_s}</espi:tzOffset>"
    return f"<entry><content>{body}</espi:LocalTimeParameters></content></entry>\n"


def meter(number: int, title: str) -> str:
    """A meter reading whose type and blocks have the same number."""
    return (
        f'<entry><link rel="self" href="UsagePoint/1/MeterReading/{number}"/>'
        f'<link rel="related" href="ReadingType/{number}"/><title>{title}</title>'
        "<content><espi:MeterReading/></content></entry>\n"
    )


def kind(number: int = 1, **fields: int) -> str:
    """A reading type: Wh, delivered, by the quarter hour, unless told otherwise."""
    known = {"uom": 72, "flowDirection": 1, "powerOfTenMultiplier": 0, "intervalLength": 900}
    body = "".join(f"<espi:{k}>{v}</espi:{k}>" for k, v in (known | fields).items())
    return (
        f'<entry><link rel="self" href="ReadingType/{number}"/>'
        f"<content><espi:ReadingType>{body}</espi:ReadingType></content></entry>\n"
    )


def block(
    readings: Iterable[tuple[object, object, object] | tuple[object, object, object, object]],
    number: int = 1,
) -> str:
    """An interval block of (start s, duration s, value[, quality])."""
    body = "".join(map(_reading, readings))
    return (
        f'<entry><link rel="self" href="UsagePoint/1/MeterReading/{number}/IntervalBlock/7"/>'
        f'<link rel="up" href="UsagePoint/1/MeterReading/{number}/IntervalBlock"/>\n'
        f"<content><espi:IntervalBlock>\n{body}</espi:IntervalBlock></content></entry>\n"
    )


def _reading(told: tuple[object, ...]) -> str:
    start, duration, value, *quality = told
    marked = "".join(
        f"<espi:ReadingQuality><espi:quality>{one}</espi:quality></espi:ReadingQuality>"
        for one in quality
    )
    return (
        "<espi:IntervalReading><espi:timePeriod>"
        f"<espi:duration>{duration}</espi:duration><espi:start>{start}</espi:start>"
        f"</espi:timePeriod><espi:value>{value}</espi:value>{marked}</espi:IntervalReading>\n"
    )


def feed(*parts: str) -> bytes:
    """A file of these entries."""
    return (HEAD + POINT + "".join(parts) + "</feed>").encode()

"""Green Button XML: units, powers of ten, several series, clock changes, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import StopError
from collector.imports.green_button import read_green_button
from collector.imports.slots import SlotFile
from collector.rollup.periods import midnight_ms
from tests.collector.imports.green_button_files import HEAD, block, feed, kind, local_time, meter

TOKYO, NEW_YORK = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
START_S = round(datetime(2026, 1, 5, 5, tzinfo=UTC).timestamp())


def quarters(*values: object, from_s: int = START_S, length_s: int = 900) -> str:
    """A block of intervals one after another."""
    return block([(from_s + n * length_s, length_s, value) for n, value in enumerate(values)])


def read(*parts: str, zone: ZoneInfo = NEW_YORK, only: str = "") -> SlotFile:
    """The slots of a file of one delivered series."""
    return read_green_button(feed(meter(1, "Delivered"), *parts), "usage.xml", zone, only)


def test_watt_hours_by_the_quarter_hour() -> None:
    """Each interval is a slot of its own length, at the instant the file gives."""
    found = read(kind(), quarters(250, 300))
    assert [slot[:3] for slot in found.slots] == [
        (START_S * 1000, (START_S + 900) * 1000, 250_000),
        ((START_S + 900) * 1000, (START_S + 1800) * 1000, 300_000),
    ]
    assert found.notices[0] == 'taken: "Delivered", delivered, Wh, 2 intervals of 15 minutes'
    assert not found.refusals


@pytest.mark.parametrize(
    ("power", "value", "milli_wh"),
    [
        (0, "1234", 1_234_000),
        (3, "2", 2_000_000),
        (-3, "1500", 1_500),
        (-3, "1", 1),
        (6, "1", 10**9),
    ],
)
def test_the_power_of_ten_multiplies(power: int, value: str, milli_wh: int) -> None:
    """A figure is value x 10^multiplier Wh, exact to the milli-Wh."""
    found = read(kind(powerOfTenMultiplier=power), quarters(value))
    assert [slot.milli_wh for slot in found.slots] == [milli_wh]


def test_watts_are_mean_powers() -> None:
    """4 kW over a quarter hour is 1 kWh."""
    found = read(kind(uom=38, powerOfTenMultiplier=3), quarters(4))
    assert [slot.milli_wh for slot in found.slots] == [1_000_000]


@pytest.mark.parametrize("length_s", [300, 900, 1800, 3600, 86_400])
def test_any_length_of_interval(length_s: int) -> None:
    """Five minutes to a day: the interval's own duration decides."""
    found = read(kind(intervalLength=900), quarters(1, 2, length_s=length_s))
    assert {slot.end_ms - slot.start_ms for slot in found.slots} == {length_s * 1000}


def test_the_type_tells_the_length_where_intervals_do_not() -> None:
    """An empty duration is the reading type's intervalLength."""
    found = read(kind(intervalLength=3600), block([(START_S, "", 5)]))
    assert found.slots[0].end_ms - found.slots[0].start_ms == 3_600_000


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 11, 1), 25), (date(2026, 3, 8), 23)])
def test_a_day_on_which_clocks_change_is_whole(day: date, hours: int) -> None:
    """Instants are UTC: the local day has 25 or 23 hours, none over another, none missing."""
    from_s = midnight_ms(NEW_YORK, day) // 1000
    found = read(kind(), quarters(*[1000] * hours, from_s=from_s, length_s=3600))
    assert len(found.slots) == hours
    ends = datetime.fromtimestamp(found.slots[-1].end_ms / 1000, NEW_YORK)
    assert (ends.hour, ends.date()) == (0, day + timedelta(days=1))


# Several series.


TWO = (
    meter(2, "Received"), kind(1), kind(2, flowDirection=19),
    block([(START_S, 900, 10)], 1), block([(START_S, 900, 99)], 2),
)  # fmt: skip


def test_the_delivered_series_is_taken() -> None:
    """What was fed in is passed by, and said; it can be asked for."""
    found = read(*TWO)
    assert [slot.milli_wh for slot in found.slots] == [10_000]
    assert found.notices[1].startswith('series 2: "Received", received, Wh')
    asked = read(*TWO, only="series=2")
    assert [slot.milli_wh for slot in asked.slots] == [99_000]


def test_two_delivered_series_are_asked_about() -> None:
    """Two meters in one file: none is taken by chance."""
    parts = (meter(2, "B"), kind(1), kind(2), *TWO[3:])
    with pytest.raises(StopError, match=r"2 series of electricity: 1: .* \(choose one: --only"):
        read(*parts)
    for only, why in (("series=3", "has no series 3"), ("meter=1", "not series=NUMBER")):
        with pytest.raises(StopError, match=why):
            read(*parts, only=only)


def test_gas_is_no_electricity() -> None:
    """A series in therms or of another commodity cannot be taken."""
    for fields in ({"uom": 169}, {"commodity": 7}):
        with pytest.raises(StopError, match="holds no electricity in Wh or W"):
            read(kind(**fields), quarters(1))


def test_registers_are_not_taken_for_intervals() -> None:
    """A bulk quantity is what the dial shows, not what went through."""
    with pytest.raises(StopError, match=r"a register's \(accumulation 1\)"):
        read(kind(accumulationBehaviour=1), quarters(1))


# What is refused, with its line.


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        ((START_S, 900, -5), "-5 is below zero"),
        ((START_S, 900, ""), "it has no value"),
        ((START_S, 900, "many"), 'its value "many" is no number'),
        ((START_S, 900, "NaN"), 'its value "NaN" is no number'),
        ((START_S, 900, "1e99999"), 'its value "1e99999" is no number'),
        ((START_S, 0, 5), "its duration is 0"),
        ((START_S, "-900", 5), 'its duration "-900" is no number of seconds'),
        (("yesterday", 900, 5), 'its start "yesterday" is no number of seconds'),
        ((10**11, 900, 5), 'its start "100000000000" is no number of seconds'),
        ((START_S, 900, 5, 12), "its quality says that it is a forecast"),
    ],
)
def test_a_bad_interval_is_refused_with_its_line(
    reading: tuple[object, object, object], why: str
) -> None:
    """The others are taken; the line is the one in the file."""
    data = feed(meter(1, "A"), kind(), block([(START_S - 900, 900, 1), reading]))
    found = read_green_button(data, "usage.xml", NEW_YORK)
    (refusal,) = found.refusals
    assert refusal.reason == why
    assert len(found.slots) == 1
    line = data.decode().splitlines()[refusal.line - 1]
    assert f"<espi:value>{reading[2]}</espi:value>" in line


def test_estimates_of_the_utility_are_said() -> None:
    """Estimated intervals are taken, and counted in a notice."""
    found = read(kind(), block([(START_S, 900, 1, 8), (START_S + 900, 900, 1, 10)]))
    assert "intervals estimated or edited by the utility: 1" in found.notices
    assert "intervals that the utility calls questionable: 1" in found.notices


def test_overlapping_intervals_are_refused() -> None:
    """Two values of one interval contradict one another; the same twice is taken once."""
    contrary = read(kind(), block([(START_S, 900, 1), (START_S, 900, 2)]))
    assert not contrary.slots
    assert len(contrary.refusals) == 2
    twice = read(kind(), block([(START_S, 900, 1), (START_S, 900, 1)]))
    assert len(twice.slots) == 1


def test_another_place_and_local_time_are_said() -> None:
    """A file of another zone, and one that seems to write local time as UTC, are noticed."""
    midnight_utc = round(datetime(2026, 1, 5, tzinfo=UTC).timestamp())
    found = read(local_time(-18_000), kind(), quarters(1, from_s=midnight_utc), zone=TOKYO)
    assert any("the file's place is at UTC-5 h, the site at UTC+9 h" in n for n in found.notices)
    assert any("it begins at midnight UTC, 09:00 at the site" in n for n in found.notices)
    at_home = read(local_time(-18_000), kind(), quarters(1))
    assert at_home.notices[1:] == ("times are UTC, as the standard has them",)


# Files that mean harm, or none.


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&c;</title></feed>"""
OUTSIDE = b"""<?xml version="1.0"?>
<!DOCTYPE feed [<!ENTITY file SYSTEM "file:///etc/hostname">]>
<feed xmlns="http://www.w3.org/2005/Atom"><title>&file;</title></feed>"""
REMOTE = b"""<!DOCTYPE feed SYSTEM "http://127.0.0.1:9/feed.dtd"><feed/>"""


@pytest.mark.parametrize("data", [BOMB, OUTSIDE, REMOTE])
def test_entities_and_document_types_are_refused_in_one_line(data: bytes) -> None:
    """Bombs and files of this machine come in by entities: none is ever read."""
    with pytest.raises(StopError, match="refused for safety") as caught:
        read_green_button(data, "usage.xml", TOKYO)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<feed>", "is not sound XML"),
        (b"<feed>\xff\xff</feed>", "is not sound XML"),
        (b"<html><body>login</body></html>", "holds no interval data of Green Button"),
        (HEAD.encode() + b"</feed>", "holds no interval data of Green Button"),
        (b'<?xml version="1.0" encoding="klingon"?><feed/>', "is not sound XML"),
    ],
)
def test_what_is_no_such_file_is_said_in_one_line(data: bytes, why: str) -> None:
    """A page of a portal, a half download, an empty feed."""
    with pytest.raises(StopError, match=why) as caught:
        read_green_button(data, "usage.xml", TOKYO)
    assert "\n" not in str(caught.value)


def test_bare_blocks_without_a_feed_are_read() -> None:
    """Some programs write the blocks alone, with a misspelt name; the type stands beside them."""
    data = (
        '<e:Data xmlns:e="http://naesb.org/espi"><e:ReadingType><e:uom>72</e:uom></e:ReadingType>'
        f"<e:IntervalBLock><e:IntervalReading><e:timePeriod><e:duration>900</e:duration>"
        f"<e:start>{START_S}</e:start></e:timePeriod><e:value>7</e:value></e:IntervalReading>"
        "</e:IntervalBLock></e:Data>"
    )
    found = read_green_button(data.encode(), "bare.xml", TOKYO)
    assert [slot.milli_wh for slot in found.slots] == [7000]


@given(st.binary(max_size=300))
def test_noise_is_refused_never_a_crash(noise: bytes) -> None:
    """Whatever the bytes are: slots, or one clear error."""
    for data in (b"<" + noise, HEAD.encode() + noise, noise):
        with suppress(StopError):
            assert read_green_button(data, "noise", TOKYO).name == "noise"

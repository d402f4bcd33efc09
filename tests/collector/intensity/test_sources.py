"""The kinds of file by name: what must be stated beside each, and what means nothing for it."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from collector.errors import CollectorError
from collector.intensity.sources import SOURCES, SourceName, Stated, parse_source
from tests.collector.intensity.area_file import DIRECT_G, LIFECYCLE_G, MIX, sjis

AREA = sjis([f"2024/4/1,0:00,{MIX}"])
CSV = b"time,value\n2025-04-01T12:00Z,300\n"


def refusal(name: SourceName, file: str, content: bytes, stated: Stated) -> CollectorError:
    """The error of a whole file, which names it."""
    with pytest.raises(CollectorError) as refused:
        parse_source(name, file, content, stated)
    assert refused.value.message.startswith(f"{file}: ")
    assert refused.value.hint
    return refused.value


def test_every_source_has_its_parser() -> None:
    """The names that can be asked for are those in the table."""
    assert SOURCES.keys() == set(get_args(SourceName))


def test_the_area_comes_from_the_files_name() -> None:
    """The operators' own name is enough; direct is the default."""
    found = parse_source("area-supply", "eria_jukyu_202404_05.csv", AREA, Stated())
    assert [(p.area, p.g_per_kwh) for p in found.points] == [("jp-05", DIRECT_G)]


def test_area_and_boundary_can_be_stated() -> None:
    """For a file with another name, and for the life cycle."""
    found = parse_source("area-supply", "april.csv", AREA, Stated("jp-08", "lifecycle"))
    assert [(p.area, p.g_per_kwh) for p in found.points] == [("jp-08", LIFECYCLE_G)]


@pytest.mark.parametrize(
    ("name", "file", "content", "stated", "told"),
    [
        ("area-supply", "april.csv", AREA, Stated(), "its name holds no area"),
        ("area-supply", "april.csv", AREA, Stated("77"), "77 is not an area of Japan"),
        ("area-supply", "eria_jukyu_202404_05.csv", AREA, Stated("06"), "of area 05 by its name"),
        ("area-supply", "a.csv", AREA, Stated("05", unit="g/kWh"), "--unit means nothing for"),
        ("carbonintensity-uk", "a.json", b"{}", Stated("gb"), "--area means nothing"),
        ("carbonintensity-uk", "a.json", b"{}", Stated(boundary="lifecycle"), "counts direct"),
        ("electricity-maps", "a.json", b"{}", Stated(labels="end"), "--labels means nothing"),
        ("csv", "a.csv", CSV, Stated(), "a CSV does not say it itself: --area, --unit, --boundary"),
        ("csv", "a.csv", CSV, Stated("de", "direct"), "a CSV does not say it itself: --unit"),
        ("csv", "a.csv", CSV, Stated("d e", "direct", unit="g/kWh"), "'d e' is not the name of an"),
        ("csv", "a.csv", b"", Stated("de", "direct", unit="g/kWh"), "there is no column time"),
    ],
)
def test_what_is_stated_wrongly_is_one_clear_error(
    name: SourceName, file: str, content: bytes, stated: Stated, told: str
) -> None:
    """Missing or meaningless options are told with the file's name."""
    assert told in refusal(name, file, content, stated).message


def test_a_file_of_both_boundaries_is_refused_until_one_is_chosen() -> None:
    """The rows of the other one are then refused one by one."""
    rows = [
        {"carbonIntensity": 9, "datetime": f"2025-04-01T1{n}:00Z", "emissionFactorType": kind}
        for n, kind in enumerate(("direct", "lifecycle"))
    ]
    content = json.dumps({"zone": "DE", "data": rows}).encode()
    told = refusal("electricity-maps", "de.json", content, Stated())
    assert "direct and lifecycle figures" in told.message
    found = parse_source("electricity-maps", "de.json", content, Stated(boundary="direct"))
    assert (len(found.points), len(found.refused)) == (1, 1)


def test_an_instant_told_twice_is_taken_once() -> None:
    """The second is refused with its time."""
    hour = {"from": "2025-04-01T12:00Z", "to": "2025-04-01T12:30Z", "intensity": {"actual": 5}}
    content = json.dumps({"data": [hour, hour]}).encode()
    found = parse_source("carbonintensity-uk", "gb.json", content, Stated())
    assert len(found.points) == 1
    (refused,) = found.refused
    assert (refused.where, refused.reason) == ("gb 2025-04-01T12:00Z", "the time is there twice")

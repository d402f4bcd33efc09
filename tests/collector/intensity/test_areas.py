"""The names of grid areas: as people write them, and as they are stored."""

from __future__ import annotations

import pytest

from collector.errors import CollectorError
from collector.intensity.areas import area_in_name, area_key, area_name, japan_area, zone_of


@pytest.mark.parametrize("text", ["3", "03", "jp-03"])
def test_an_area_of_japan_is_two_digits(text: str) -> None:
    """3, 03 and jp-03 are Tokyo."""
    assert japan_area(text) == "03"


@pytest.mark.parametrize("text", ["0", "11", "tokyo", ""])
def test_an_area_that_japan_does_not_have_is_refused(text: str) -> None:
    """The hint lists the ten there are."""
    with pytest.raises(CollectorError, match="is not an area of Japan") as refused:
        japan_area(text)
    assert "10 沖縄" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "area"),
    [
        ("eria_jukyu_202404_09.csv", "09"),
        ("realtime_jukyu_20240401_02.csv", "02"),
        ("ERIA_JUKYU_202404_10.CSV", "10"),
        ("eria_jukyu_202404_99.csv", None),
        ("area-2016.csv", None),
    ],
)
def test_the_files_name_tells_the_area(name: str, area: str | None) -> None:
    """The operators' own names hold it; other names do not."""
    assert area_in_name(name) == area


def test_a_key_is_small_letters() -> None:
    """Electricity Maps' JP-TK is stored as jp-tk."""
    assert area_key("JP-TK") == "jp-tk"


@pytest.mark.parametrize("text", ["", "de lu", "東京", "a/b"])
def test_a_key_that_no_store_can_take_is_refused(text: str) -> None:
    """Spaces and other letters are told with an example."""
    with pytest.raises(CollectorError, match="is not the name of an area") as refused:
        area_key(text)
    assert "gb-13" in refused.value.hint


@pytest.mark.parametrize(
    ("area", "name", "zone"),
    [
        ("jp-03", "jp-03 東京", "Asia/Tokyo"),
        ("gb-13", "gb-13 London", "Europe/London"),
        ("gb", "gb", "Europe/London"),
        ("jp-tk", "jp-tk", "Asia/Tokyo"),
        ("de", "de", None),
    ],
)
def test_areas_have_names_and_zones(area: str, name: str, zone: str | None) -> None:
    """What we do not know stays the key, and without a zone."""
    found = zone_of(area)
    assert (area_name(area), found and found.key) == (name, zone)

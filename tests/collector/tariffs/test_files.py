"""Tariff files: what is refused, by file and path, and that all faults come at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import TariffError
from tests.collector.tariffs.tariff_text import FLAT, HEAD, SOURCE, TWO_KINDS, library

DAY = '{ id = "day", label_en = "d", label_ja = "昼", when = [{ times = ["08:00-22:00"] }] }'
NIGHT = '{ id = "night", label_en = "n", label_ja = "夜", when = [{ times = ["22:00-08:00"] }] }'
LATE = '{ id = "night", label_en = "n", label_ja = "夜", when = [{ times = ["21:30-08:00"] }] }'
EARLY = '{ id = "night", label_en = "n", label_ja = "夜", when = [{ times = ["22:30-07:45"] }] }'
PRICES = 'energy = [{ band = "day", price = 20 }, { band = "night", price = 10 }]\n'
DEMAND = 'demand = [{{ id = "d", interval_minutes = 30, price = 100{} }}]\n'
ADDER = 'adders = [{{ id = "a", kind = "fuel", label_en = "F", label_ja = "燃", per = "kWh"{} }}]\n'
HELD = '[[series]]\nid = "s"\ntitle = "T"\n' + SOURCE + "\n"


def series(*entries: str) -> str:
    """A series with the entries."""
    return f"{HELD}entries = [{', '.join(f'{{ {entry} }}' for entry in entries)}]\n"


def bands(*items: str) -> str:
    """A list of bands."""
    return f"bands = [{', '.join(items)}]\n"


def faults(folder: Path, text: str) -> list[str]:
    """The lines of the error the text gives."""
    with pytest.raises(TariffError) as caught:
        library(folder, text)
    assert caught.value.hint
    return caught.value.message.splitlines()


def test_prices_are_kept_to_the_digit(tmp_path: Path) -> None:
    """A number of the file becomes the decimal that was typed, not a float near it."""
    found = library(tmp_path, HEAD + "energy = [{ price = 19.10 }]\n")
    (charge,) = next(t for t in found.tariffs if t.id == "own").energy
    assert str(charge.tiers[0].price) == "19.10"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (HEAD + 'energy = [{ price = "19" }]\n', 'energy[0].price = "19": is text; write a number'),
        (HEAD + "energy = [{ price = nan }]\n", "energy[0].price = NaN: is not a number"),
        (HEAD + "energy = [{ price = true }]\n", "energy[0].price = True: is not a number"),
        (HEAD, "energy: missing"),
        (HEAD + FLAT + "colour = 1\n", "colour = 1: extra inputs"),
        (HEAD.replace(SOURCE, "") + FLAT, "source: field required"),
        (HEAD.replace('url = "u", ', "") + FLAT, "source.url: field required"),
        (HEAD.replace('"JPY"', '"yen"') + FLAT, 'currency = "yen"'),
        (HEAD + "valid_to = 2019-01-01\n" + FLAT, "valid_to: 2019-01-01 is not after"),
        (HEAD + bands(DAY, LATE) + PRICES, "bands: day and night overlap from 21:30 to 22:00"),
        (HEAD + bands(DAY, EARLY) + PRICES, "bands: no band holds 07:45 to 08:00"),
        (HEAD + bands(DAY, EARLY) + PRICES, "bands: no band holds 22:00 to 22:30"),
        (HEAD + bands(DAY, NIGHT), "energy: missing"),
        (HEAD + bands(DAY, NIGHT) + PRICES.replace('"night"', '"noon"'), "unknown band noon"),
        (HEAD + bands(DAY, NIGHT) + PRICES.replace('"night"', '"noon"'), "night has no price"),
        (
            HEAD + bands(DAY.replace("times", 'seasons = ["summer"], times'), NIGHT) + PRICES,
            "bands day: unknown season summer (there is no season at all)",
        ),
        (
            HEAD + TWO_KINDS + bands(DAY.replace("times", 'days = ["sun"], times'), NIGHT) + PRICES,
            "bands day: unknown day type sun (known: off, work)",
        ),
        (HEAD + bands(DAY.replace("08:00", "08:10"), NIGHT) + PRICES, "not lie on quarter hours"),
        (HEAD + bands(DAY.replace("08:00", "25:00"), NIGHT) + PRICES, "is not a span of hours"),
        (HEAD + bands(DAY.replace("08:00", "22:00"), NIGHT) + PRICES, "holds no time"),
        (HEAD + bands(DAY, DAY, NIGHT) + PRICES, "bands: the id day stands 2 times"),
        (HEAD + FLAT + 'seasons = [{ id = "s", spans = ["07-01/10-01"] }]\n', "no season holds 01"),
        (
            HEAD + FLAT + 'seasons = [{ id = "a", spans = ["07-01/01-02"] }, '
            '{ id = "b", spans = ["01-01/07-01"] }]\n',
            "seasons: 01-01 lies in a and b",
        ),
        (HEAD + FLAT + 'seasons = [{ id = "s", spans = ["07-41/10-01"] }]\n', "not a day of the"),
        (HEAD + FLAT + 'seasons = [{ id = "s", spans = ["07-01/07-01"] }]\n', "holds no day"),
        (HEAD + FLAT + 'seasons = [{ id = "s", spans = ["July"] }]\n', "not a span of days"),
        (
            HEAD + FLAT + 'day_types = [{ id = "x", weekdays = ["sun"] }]\n',
            "0 of them have no",
        ),
        (
            HEAD + FLAT + 'day_types = [{ id = "x", holidays = "Mars" }, { id = "y" }]\n',
            "day_types x: holidays: no public holidays of Mars",
        ),
        (HEAD + FLAT + 'day_types = [{ id = "x", dates = ["13-01"] }]\n', '"13-01" is not a day'),
        (HEAD + FLAT + DEMAND.format(", interval = 30"), "demand[0].interval = 30: extra"),
        (HEAD + FLAT + DEMAND.format("").replace("= 30", "= 20"), "interval_minutes = 20"),
        (HEAD + FLAT + DEMAND.format("").replace(", price = 100", ""), "demand d: price: missing"),
        (HEAD + FLAT + DEMAND.format(', unit = "MW"'), 'demand[0].unit = "MW"'),
        (HEAD + FLAT + DEMAND.format(", power_factor = true"), "there is no [tariff.power_factor]"),
        (HEAD + FLAT + DEMAND.format(", excess_factor = 1.5"), "only with mode agreed"),
        (HEAD + FLAT + DEMAND.format(", ratchet_percent = 180"), "ratchet_percent = 180"),
        (
            HEAD + FLAT + DEMAND.format(', season_prices = [{ seasons = ["x"], price = 1 }]'),
            "unknown season x",
        ),
        (HEAD + FLAT + ADDER.format(""), "adders a: give one of price, series and by_month"),
        (HEAD + FLAT + ADDER.format(', price = 1, series = "x"'), "adders a: give one of price"),
        (HEAD + FLAT + ADDER.format(', series = "x"'), "adders a: unknown series x"),
        (HEAD + FLAT + ADDER.format(", by_month = [1, 2]"), "has 2 prices; write twelve"),
        (
            HEAD + FLAT + ADDER.format(", price = 1").replace("kWh", "kW"),
            "adders a: per kW, but the tariff has no demand charge",
        ),
        (
            HEAD + "energy = [{ tiers = [{ up_to = 5, price = 1 }] }]\n",
            "energy all: give one price, or tiers whose up_to rises",
        ),
        (
            HEAD + "energy = [{ price = 1, below_utilisation_hours = 2500 }]\n" + DEMAND.format(""),
            "energy all: its prices must follow each other in hours of use",
        ),
        (
            HEAD + "energy = [{ price = 1, below_utilisation_hours = 2500 },"
            " { price = 2, from_utilisation_hours = 2500 }]\n",
            "but there is no demand charge",
        ),
        (HEAD + FLAT + "rounding = { levies = { mode = 'down', step = 1 } }\n", "rounding.levies"),
        (HEAD + FLAT + HEAD + FLAT, "in force on the same days as the version from 2020-01-01"),
        (series('from = "2025-13", value = 1'), "is not a month"),
        (series('from = "2025-05", to = "2025-05", value = 1'), "is not after from"),
        (
            series('from = "2025-05", value = 1', 'from = "2025-05", value = 2'),
            "entries: 2025-05 has two prices, 1 and 2",
        ),
        (series() + series(), "the id stands in two tables"),
        ("[tariffs]\n", "must hold [[tariff]] and [[series]] tables and nothing else"),
        ("", "must hold [[tariff]]"),
        ("[[tariff", "cannot be read"),
    ],
)
def test_faults_are_told_by_file_and_path(tmp_path: Path, text: str, fault: str) -> None:
    """A file with a fault is not loaded, and a line names the file, the path and the fault."""
    found = faults(tmp_path, text)
    assert any(fault in line for line in found), found
    assert all(line.startswith("own.toml: ") for line in found)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Three faults in two tables are three lines."""
    text = HEAD + 'energy = [{ price = "1" }]\ncolour = 1\n' + series('from = "x"')
    found = faults(tmp_path, text)
    assert [line.split(": ")[1] for line in found] == ["tariff own"] * 2 + ["series s"] * 2


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A file that is not there is named."""
    with pytest.raises(TariffError, match=r"none\.toml: cannot be read"):
        TariffLibrary.shipped().with_files([tmp_path / "none.toml"])


def test_a_day_list_may_name_days_of_one_year(tmp_path: Path) -> None:
    """Dates with and without a year stand side by side."""
    kinds = 'day_types = [{ id = "off", dates = ["12-30", "2025-08-15"] }, { id = "work" }]\n'
    found = library(tmp_path, HEAD + kinds + FLAT)
    off = next(t for t in found.tariffs if t.id == "own").day_types[0]
    assert off.every_year == ((12, 30),)
    assert [day.isoformat() for day in off.days] == ["2025-08-15"]
    assert not off.rest


def test_a_price_of_zero_is_a_price(tmp_path: Path) -> None:
    """Free energy is not a missing price."""
    found = library(tmp_path, HEAD + "energy = [{ price = 0 }]\n")
    own = next(t for t in found.tariffs if t.id == "own")
    assert own.energy[0].tiers[0].price == Decimal(0)

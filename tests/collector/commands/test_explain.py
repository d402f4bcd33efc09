"""`collector explain`: from counters to kilograms."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import typer

from collector import config
from collector.accounts.derivation import SlotCounts
from collector.accounts.period_text import period_of
from collector.app import Collector
from collector.commands.derive import explain_period
from collector.commands.explain import explain
from collector.rollup.counters import EnergyCurve
from collector.rollup.site_calendar import calendar_of
from tests.collector.commands.plant_files import (
    APRIL_MS,
    DAY,
    SITE,
    invoke,
    land,
    settings_file,
    steady,
)

app = typer.Typer()
app.command()(explain)


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    """A plant of 20 kW, a press of 12 kW in it, one false value, two days of readings."""
    file = settings_file(tmp_path)
    press = steady(APRIL_MS, APRIL_MS + 2 * DAY, 12, 5000)
    press[100] = (press[100][0], 0.0)
    land(file, {"main": steady(APRIL_MS, APRIL_MS + 2 * DAY, 20, 1000), "press": press})
    return file


def answer(file: Path, *words: str, exit_code: int = 0) -> dict[str, Any]:
    """What the command answers as JSON."""
    result = invoke(app, *words, "-c", file, "--json")
    assert result.exit_code == exit_code, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_the_whole_derivation_of_a_day(plant: Path) -> None:
    """Counters, events, slots, site, unmeasured, factors, kilograms: each with its figure."""
    found = answer(plant, "sendai", "2025-04-01")
    main, press = found["meters"]
    assert main["first"] == {"at": "2025-04-01T00:00:00+09:00", "wh": 1000.0}
    assert main["last"]["at"] == "2025-04-01T23:55:00+09:00"
    assert (main["kwh"], main["stored_kwh"], main["parent"]) == ("480", "480", None)
    assert main["slots"] == {"measured": 48, "estimated": 0, "partial": 0, "missing": 0}
    (event,) = press["events"]
    assert (event["kind"], event["at"]) == ("glitch", "2025-04-01T08:20:00+09:00")
    assert (press["kwh"], press["parent"]) == ("288", "main")
    assert found["unmeasured_kwh"] == "192"
    figures = {one["method"]: one["kg"] for one in found["account"]["scope_2"]}
    assert figures == {
        "jp_shk_basic": "216.96",
        "jp_shk_adjusted": "216.96",
        "location": "203.04",
        "market": "216.96",
    }
    assert found["account"]["energy_gj"] == "4.1472"
    assert found["account"]["crude_oil_kl"] == "0.10699776"
    assert found["account"]["lines"][0]["factor"]["id"] == "jp-shk-r6-A0269-M-basic"
    assert found["agrees"] is True
    assert len(found["checks"]) == 5


def test_a_month_is_compared_with_its_stored_total(plant: Path) -> None:
    """Slots, days, top meters and the month hold the same energy; what is missing is said."""
    found = answer(plant, "sendai", "2025-04")
    assert (found["kwh"], found["agrees"]) == ("960", True)
    assert any("month" in check["what"] for check in found["checks"])
    assert (
        "energy is known of 2 of 30 days; the others count for nothing"
        in (found["account"]["remarks"])
    )
    assert found["slots"] == {"measured": 96, "estimated": 0, "partial": 0, "missing": 30 * 48 - 96}


def test_as_known_on_a_day_before_the_factor_was_published(plant: Path) -> None:
    """In October 2025 the factor of FY2025 was not out: another year's stood in."""
    found = answer(plant, "sendai", "2025-04-01", "--known-on", "2025-10-01")
    line = found["account"]["lines"][0]
    assert line["status"] != "official"
    assert found["account"]["known_on"] == "2025-10-01"
    assert not any("CO2" in check["what"] for check in found["checks"])


def test_nothing_known_is_not_zero(plant: Path) -> None:
    """Of days without readings no energy is told, rather than 0 kWh."""
    shown = invoke(app, "sendai", "2024-04", "-c", plant).stdout
    assert shown.startswith("no energy is known  sendai  2024-04")
    assert "energy: none is known of these days" in shown
    assert "0 kWh" not in shown


def test_for_people(plant: Path) -> None:
    """Figures with units and thousands, events with their reason, sources, and the checks."""
    result = invoke(app, "sendai", "FY2025", "-c", plant)
    assert result.exit_code == 0, result.output
    first, second, *_ = result.stdout.splitlines()
    assert first == "960 kWh  sendai  FY2025  (2025-04-01 to 2026-03-31)"
    assert second == "433.92 kg CO2 by jp_shk_basic [official]"
    assert "counter from 1.000 kWh at 2025-04-01T00:00:00+09:00" in result.stdout
    assert "energy: 960 kWh" in result.stdout
    assert "  960 kWh x 0.452 kg/kWh = 433.92 kg, by jp-shk-r6-A0269-M-adjusted" in result.stdout
    assert "2025-04-01T08:20:00+09:00 glitch: 0 kWh booked" in result.stdout
    assert "環境省・経済産業省" in result.stdout
    assert "unmeasured: 384 kWh" in result.stdout
    assert "primary energy: 8.2944 GJ" in result.stdout
    assert "figures are the same on both ways" in result.stdout


def test_totals_that_are_not_what_the_counter_gives_are_told(plant: Path) -> None:
    """Readings that came later and are not summed yet: exit 1, with what to do."""
    more = steady(APRIL_MS + 2 * DAY + 300_000, APRIL_MS + 3 * DAY, 20, 1000 + 960_000)
    land(plant, {"main": more}, sum_up=False)
    result = invoke(app, "sendai", "2025-04-03", "-c", plant)
    assert result.exit_code == 1
    assert "meter main: counter and stored days" in result.stderr
    assert "collector summarise" in result.stderr


def test_a_derivation_takes_any_curves(plant: Path) -> None:
    """The counter engine can be handed in: one that knows nothing leaves the stored figures."""
    settings = config.load(plant)
    site = settings.sites[0]
    span = period_of("2025-04-01", calendar_of(site))
    collector = Collector(settings)
    try:
        found = explain_period(collector, site, span, curves=lambda *_: EnergyCurve([], []))
    finally:
        collector.close()
    assert found.meters[0].milli_wh is None
    assert found.meters[0].slots == SlotCounts(missing=48)
    assert found.meters[0].stored_milli_wh == 480_000_000
    assert found.agrees


def test_raw_readings_that_are_no_longer_kept(plant: Path) -> None:
    """The stored days stay and are explained as such; nothing is called wrong."""
    settings = config.load(plant)
    collector = Collector(settings)
    store_file = settings.store.path
    collector.close()
    assert store_file is not None
    with sqlite3.connect(store_file) as db:
        db.execute("DELETE FROM reading WHERE at_ms < ?", (APRIL_MS + DAY,))
    db.close()
    found = answer(plant, "sendai", "2025-04-01")
    assert found["meters"][0]["first"] is None
    assert found["meters"][0]["stored_kwh"] == "480"
    assert found["agrees"] is True
    assert any("no longer kept" in note for note in found["notes"])


def test_a_virtual_meter_shows_what_it_is_made_of(tmp_path: Path) -> None:
    """It has no counter but a formula."""
    virtual = '[[sites.meters]]\nid = "rest"\nplus = ["main"]\nminus = ["press"]\n'
    file = settings_file(tmp_path, virtual)
    land(file, {"main": steady(APRIL_MS, APRIL_MS + DAY, 20)})
    found = answer(file, "sendai", "2025-04-01", exit_code=0)
    rest = next(meter for meter in found["meters"] if meter["meter"] == "rest")
    assert (rest["formula"], rest["first"], rest["kwh"]) == ("main - press", None, None)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("sendai", "soon"), "soon is not a period"),
        (("tokyo", "2025"), "there is no site tokyo"),
        (("sendai", "2025", "--known-on", "then"), "then is not a day"),
    ],
)
def test_wrong_words_are_one_clear_line(plant: Path, words: tuple[str, ...], says: str) -> None:
    """Each with a hint, and exit code 1."""
    result = invoke(app, *words, "-c", plant)
    assert result.exit_code == 1
    (line,) = result.stderr.strip().splitlines()
    assert says in line
    assert line.endswith(")")


def test_a_tracking_number_claimed_twice_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    """Exit code 2 and the place of both claims."""
    claim = """
[[sites.certificates]]
kind = "non_fossil_fit"
kwh = 10.0
vintage_from = 2025-04-01
vintage_to = 2026-04-01
applies_from = 2025-04-01
applies_to = 2026-04-01
tracking_no = "T1"
retired_on = 2025-05-01
"""
    file = settings_file(tmp_path, claim, claim)
    result = invoke(app, "sendai", "2025-04-01", "-c", file)
    assert result.exit_code == 2
    assert "sites[0].certificates[1].tracking_no" in result.stderr


def test_a_site_without_readings_says_what_is_missing(tmp_path: Path) -> None:
    """Nothing is known: no figures, no zeros."""
    found = answer(settings_file(tmp_path, site=SITE), "sendai", "2025-04-01")
    assert found["meters"][0]["kwh"] is None
    assert found["account"]["scope_2"] == []
    assert "energy is known of 0 of 1 days" in found["account"]["remarks"][0]

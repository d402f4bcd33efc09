"""What the boards Energy, CO2 and Cost show, against the small plant in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.storage import figure_schema as figures
from tests.grafana.asking import by_meter, figure, panel, points, rows_of
from tests.grafana.plant import METERS, NOW, YEN_PER_KWH, ZONE, local, ms, period_starts, seeded
from tests.grafana.plant_figures import newest, of
from tests.grafana.rendering import Panel
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services
APRIL = ms(datetime(2026, 4, 1, tzinfo=ZONE))


def _sum(meter: str, field: str, from_ms: int) -> float:
    totals = seeded()[meter, "1d"]
    return float(sum(getattr(one, field) for one in totals if from_ms <= one.start_ms))


def _by_start(meter: str, period: Period, value: Callable[[Total], float]) -> dict[int, float]:
    return {one.start_ms: value(one) for one in seeded()[meter, period]}


@pytest.mark.parametrize(
    ("title", "period"),
    [("Energy today", "1d"), ("Energy this month", "1mo"), ("Energy this fiscal year", "1fy")],
)
def test_day_month_and_year_agree_with_their_slots(
    plant_influx: InfluxServer, title: str, period: Period
) -> None:
    """Each running period is the sum of its own slots, in the site's calendar."""
    start = period_starts(NOW.replace(minute=0, second=0))[period]
    slots = [one for one in seeded()[SITE_METER, "30m"] if one.start_ms >= ms(start)]
    expected = sum(slot.kwh for slot in slots)
    assert figure(plant_influx, "energy", title) == pytest.approx(expected)


def test_change_against_last_year_and_target(plant_influx: InfluxServer) -> None:
    """The ratios are those of the figures beside them."""
    for kwh, before, change, target, name in (
        ("Energy this month", "Same days a year before", "Change against last year",
         "This month against target", figures.MONTH_FIGURES),
        ("Energy this fiscal year", "Last year, same days", "Change against last year",
         "This year against target", figures.FISCAL_FIGURES),
    ):  # fmt: skip
        now, then = (figure(plant_influx, "energy", title) for title in (kwh, before))
        aimed = newest(name, "kwh_target")
        shown = _titled("energy", change, name)
        assert rows_of(plant_influx, shown)[0][1] == pytest.approx(now / then - 1)
        assert figure(plant_influx, "energy", target) == pytest.approx(now / aimed)


def _titled(name: str, title: str, measurement: str) -> Panel:
    made = panel(name, "Energy per day")
    (body,) = (
        body
        for body in made.board["panels"]
        if body["title"] == title and measurement in body["targets"][0]["query"]
    )
    return Panel(made.board, body, made.now, made.picked)


def test_days_add_up_to_their_slots(plant_influx: InfluxServer) -> None:
    """Measured plus estimated of each day is the sum of its 48 slots."""
    days = panel("energy", "Energy per day")
    measured, estimated = points(plant_influx, days), points(plant_influx, days, 1)
    assert len(measured) == 31
    for at, kwh in measured.items():
        slots = [s for s in seeded()[SITE_METER, "30m"] if at <= s.start_ms < at + 86_400_000]
        assert kwh + estimated[at] == pytest.approx(sum(slot.kwh for slot in slots))


def test_months_and_years_add_up_to_everything(plant_influx: InfluxServer) -> None:
    """The bars of months, and those of years, hold all energy; each has its target beside it."""
    everything = _sum(SITE_METER, "kwh", 0)
    for title, count in (("Energy per month (13 months)", 13), ("Energy per fiscal year", 2)):
        rows = rows_of(plant_influx, panel("energy", title))
        assert len(rows) == count
        assert sum(kwh for _, _, kwh, _ in rows) == pytest.approx(everything)
        assert all(aimed > 0 for *_, aimed in rows)


def test_shares_and_remainder_make_the_whole(plant_influx: InfluxServer) -> None:
    """The ring's slices, with the unmeasured one, are exactly the site's energy of the range."""
    shown = panel("energy", "Share of each circuit")
    slices = {meter: rows[0][1] for meter, rows in by_meter(plant_influx, shown).items()}
    from_ms, _ = shown.window()
    assert set(slices) == {"press", "furnace", "solo", UNMEASURED_METER}
    for meter, kwh in slices.items():
        assert kwh == pytest.approx(_sum(meter, "kwh", from_ms))
    assert sum(slices.values()) == pytest.approx(_sum(SITE_METER, "kwh", from_ms))
    remainder = figure(plant_influx, "energy", "Unmeasured remainder")
    assert remainder == pytest.approx(slices[UNMEASURED_METER])


def test_stacked_circuits_reach_the_whole_of_each_day(plant_influx: InfluxServer) -> None:
    """The stack of circuits and the unmeasured rest is as high as the site's day."""
    stack = by_meter(plant_influx, panel("energy", "Energy per day, by circuit"))
    days = _by_start(SITE_METER, "1d", lambda one: one.kwh)
    heights: dict[int, float] = {}
    for rows in stack.values():
        for at, kwh in rows:
            heights[at] = heights.get(at, 0.0) + kwh
    assert len(heights) == 31
    assert heights == pytest.approx({at: days[at] for at in heights})


def test_every_meter_has_its_month(plant_influx: InfluxServer) -> None:
    """The table has one row a meter: this month's figures, and no other month's."""
    found = by_meter(plant_influx, panel("energy", "This month, by meter"))
    assert set(found) == set(METERS)
    for meter, rows in found.items():
        assert rows[0][:2] == pytest.approx([APRIL, _sum(meter, "kwh", APRIL)])


def test_night_and_off_hours_are_shares_of_the_month(plant_influx: InfluxServer) -> None:
    """Night, off hours and standby are told as parts of this month's energy."""
    for title, share in (
        ("Night share, this month", 0.3),
        ("Off-hours share, this month", 0.4),
        ("Standby share, this month", 0.25),
    ):
        assert figure(plant_influx, "energy", title) == pytest.approx(share)


def test_last_readings_tell_when(plant_influx: InfluxServer) -> None:
    """The table of last readings keeps the silent meter, with the time it was last heard."""
    heard = by_meter(plant_influx, panel("energy", "Last reading of each meter"))
    assert set(heard) == set(METERS)
    assert heard["main"][0][0] == ms(NOW - timedelta(seconds=4))
    assert heard["press"][0][0] == ms(NOW - timedelta(minutes=61, seconds=4))


def test_coverage_is_blank_where_nothing_was_booked(plant_influx: InfluxServer) -> None:
    """Coverage stands on local midnights, per meter; a day without totals is blank, not zero.

    The running day is left out: what is to come of it is no gap.
    """
    coverage = panel("energy", "Coverage per day")
    wide = Panel({**coverage.board, "time": {"from": "now-99d/d", "to": "now"}}, coverage.body, NOW)
    found = by_meter(plant_influx, wide)
    assert set(found) == set(METERS)
    from_ms, _ = wide.window()
    for meter, rows in found.items():
        days = dict(rows)
        assert all(local(at).hour == 0 for at in days)
        blank = {local(at).date().isoformat() for at, share in days.items() if share is None}
        assert blank == {"2026-02-10"}
        booked = _by_start(meter, "1d", lambda total: total.coverage)
        known = {at: share for at, share in days.items() if share is not None}
        over = ms(NOW - timedelta(days=1))
        assert known == pytest.approx({at: c for at, c in booked.items() if from_ms <= at < over})


def test_fiscal_year_begins_in_april(plant_influx: InfluxServer) -> None:
    """CO2 of this fiscal year counts from 1 April, in tonnes; the year before stands beside."""
    this_year = _sum(SITE_METER, "co2_kg", APRIL) / 1000
    assert figure(plant_influx, "co2", "CO2 this fiscal year") == pytest.approx(this_year)
    before = _sum(SITE_METER, "co2_kg", 0) / 1000 - this_year
    rows = rows_of(plant_influx, panel("co2", "CO2 per fiscal year"))
    years = {at: tonnes for at, tonnes, _ in rows}
    last_april = ms(datetime(2025, 4, 1, tzinfo=ZONE))
    assert years == pytest.approx({last_april: before, APRIL: this_year})


def test_path_to_the_target(plant_influx: InfluxServer) -> None:
    """The share used is this year's CO2 over what the path leaves, and both are shown."""
    allowed = figure(plant_influx, "co2", "This year's target")
    so_far = figure(plant_influx, "co2", "CO2 this fiscal year")
    used = figure(plant_influx, "co2", "Share of the target used")
    assert used == pytest.approx(so_far / allowed)


def test_co2_board_shows_whole_fiscal_years(plant_influx: InfluxServer) -> None:
    """The board's range is the fiscal year from its first to its last instant."""
    months = panel("co2", "Since the year began, by month")
    from_ms, to_ms = months.window()
    assert (from_ms, to_ms) == (APRIL, ms(datetime(2027, 4, 1, tzinfo=ZONE)) - 1)
    shown = {row[0]: row[1] for row in rows_of(plant_influx, months)}
    assert shown == pytest.approx(
        {at: float(f["cum_co2_kg"]) / 1000 for at, f in of(figures.MONTH_FIGURES).items()
         if at >= APRIL}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "factor"),
    [
        ("Location-based", 0.43),
        ("Market-based", 0.5),
        ("Basic factor", 0.51),
        ("Adjusted factor", 0.5),
    ],
)
def test_methods_stand_side_by_side(plant_influx: InfluxServer, title: str, factor: float) -> None:
    """Each method's tonnes are the same energy by its own factor."""
    kwh = _sum(SITE_METER, "kwh", APRIL)
    assert figure(plant_influx, "co2", title) == pytest.approx(kwh * factor / 1000)


def test_methods_by_month_are_never_added(plant_influx: InfluxServer) -> None:
    """Location and market are two columns of their own, side by side, not stacked."""
    both = panel("co2", "CO2 per month, two methods")
    assert both.body["options"]["stacking"] == "none"
    rows = rows_of(plant_influx, both)
    location = _by_start(SITE_METER, "1mo", lambda one: (one.co2_location_kg or 0) / 1000)
    market = _by_start(SITE_METER, "1mo", lambda one: (one.co2_market_kg or 0) / 1000)
    assert {row[0]: row[1] for row in rows} == pytest.approx(location)
    assert {row[0]: row[2] for row in rows} == pytest.approx(market)


def test_evidence_names_the_factors(plant_influx: InfluxServer) -> None:
    """Each month's row carries energy, kilograms by method, the status and the factors' ids."""
    rows = rows_of(plant_influx, panel("co2", "Evidence per month"))
    total = seeded()[SITE_METER, "1mo"][-1]
    assert rows[0][1:] == pytest.approx(
        [
            total.kwh, total.co2_kg, total.co2_location_kg, total.co2_market_kg, 1.0,
            "jp-a0269-m-2025", "location=jp-average;market=jp-a0269-m",
        ]
    )  # fmt: skip
    assert [local(row[0]).month for row in rows][:5] == [4, 3, 2, 1, 12]


def test_provisional_factor_shows(plant_influx: InfluxServer) -> None:
    """A range with any provisional factor says so."""
    assert figure(plant_influx, "co2", "Factor status (shown range)") == 1.0


def test_energy_by_the_law(plant_influx: InfluxServer) -> None:
    """GJ and crude oil are the fiscal year's."""
    kwh = _sum(SITE_METER, "kwh", APRIL)
    title = "Energy this fiscal year"
    assert figure(plant_influx, "co2", title) == pytest.approx(kwh * 8.64e-3)
    assert figure(plant_influx, "co2", "Crude-oil equivalent") == pytest.approx(kwh * 2.229e-4)


def test_bill_lines_add_up_to_the_bill(plant_influx: InfluxServer) -> None:
    """The stacked lines of each billing month make its total; only the newest one runs."""
    stacked = rows_of(plant_influx, panel("cost", "Bills (13 months)"))
    table = rows_of(plant_influx, panel("cost", "Bill lines by month"))
    assert len(stacked) == len(table) == 13
    for lines, row in zip(stacked, table, strict=True):
        assert lines[0] == row[0]
        assert sum(lines[1:]) == pytest.approx(row[7])
    assert [row[1] for row in table] == [1.0] + [0.0] * 12
    assert {row[-1] for row in table} == {"JPY"}


def test_figures_of_the_running_bill(plant_influx: InfluxServer) -> None:
    """The running month is shown so far and projected, with its unit price and demand part."""
    total = figure(plant_influx, "cost", "This month so far (JPY)")
    kwh = _sum(SITE_METER, "kwh", APRIL)
    assert figure(plant_influx, "cost", "This month, projected (JPY)") == pytest.approx(total * 1.2)
    assert figure(plant_influx, "cost", "Unit price, per kWh") == pytest.approx(total / kwh)
    assert figure(plant_influx, "cost", "Demand-charge part") == pytest.approx(150_000 / total)


def test_energy_charge_per_day(plant_influx: InfluxServer) -> None:
    """Each day's charge is its energy by the price."""
    shown = points(plant_influx, panel("cost", "Energy charge per day"))
    days = _by_start(SITE_METER, "1d", lambda one: one.kwh * YEN_PER_KWH)
    assert len(shown) == 31
    assert shown == pytest.approx({at: days[at] for at in shown})

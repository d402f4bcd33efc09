"""What the boards Today and Demand show, against the small plant's slots in plain Python."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from collector.rollup.totals import SITE_METER
from collector.storage import figure_schema as figures
from tests.grafana.asking import ask, figure, panel, points, rows_of
from tests.grafana.plant import (
    CONTRACT_KW,
    METERS,
    NOW,
    SITE,
    TARGET_KW,
    is_estimated,
    local,
    ms,
    seeded,
    watts,
)
from tests.grafana.plant_figures import (
    LIVE,
    LONGEST_GAP_SHARE,
    MIDNIGHT,
    end_of,
    newest,
    of,
    ranked,
)
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Power now", LIVE["now_kw"]),
        ("Forecast of this slot", LIVE["forecast_kw"]),
        ("Forecast against contract", 96.4 / CONTRACT_KW),
        ("Room below target", -9.6),
        ("Time left", 20.0),
    ],
)
def test_live_figures_are_the_newest_minute(
    plant_influx: InfluxServer, title: str, expected: float
) -> None:
    """The running half hour is shown as of its newest minute; room is what need not be shed."""
    assert figure(plant_influx, "today", title) == pytest.approx(expected)


def test_without_contract_power_the_live_dial_is_empty(plant_influx: InfluxServer) -> None:
    """The dial shows nothing, instead of a division by zero, where no contract is known."""
    dial = panel("today", "Forecast against contract")
    (target,) = dial.body["targets"]
    text = dial.render(target).replace('"contract_kw"', '"unknown_kw"')
    series = plant_influx.query("boards_raw", text)
    assert [row[1] for one in series for row in one["values"]] in ([], [None])


def test_energy_cost_and_co2_so_far_are_of_today(plant_influx: InfluxServer) -> None:
    """Today's figures are the sums of its own slots since midnight at the site."""
    slots = [one for one in seeded()[SITE_METER, "30m"] if one.start_ms >= ms(MIDNIGHT)]
    kwh = sum(slot.kwh for slot in slots)
    assert figure(plant_influx, "today", "Energy today") == pytest.approx(kwh)
    assert figure(plant_influx, "today", "Energy cost today (JPY)") == pytest.approx(kwh * 22.5)
    assert figure(plant_influx, "today", "CO2 today") == pytest.approx(kwh * 0.5)


def test_today_and_the_usual_day_have_the_same_slots(plant_influx: InfluxServer) -> None:
    """Bars are today's slots; the usual day and its range go on until midnight."""
    usual = panel("today", "Today against a usual day")
    demand = {
        one.start_ms: one.peak_kw
        for one in seeded()[SITE_METER, "30m"]
        if one.start_ms >= ms(MIDNIGHT)
    }
    assert points(plant_influx, usual) == pytest.approx(demand)
    names = [target["alias"] for target in usual.body["targets"]]
    assert names[3:] == ["Usual day, 90 %", "Usual day, 10 %", "Usual day"]
    high, low, expected = (points(plant_influx, usual, ref) for ref in (3, 4, 5))
    assert len(high) == len(low) == len(expected) == 48
    stored = of(figures.TYPICAL_SLOT)
    assert expected == {at: fields["expected_kw"] for at, fields in stored.items()}
    assert all(low[at] < expected[at] < high[at] for at in expected)


def test_three_largest_circuits(plant_influx: InfluxServer) -> None:
    """The largest circuits come by their newest power; silent ones and parents do not."""
    rows = rows_of(plant_influx, panel("today", "The three largest circuits now"))
    newest_at = NOW - timedelta(seconds=4)
    expected = {meter: watts(meter, newest_at) / 1000 for meter in ("furnace", "solo")}
    assert {row[2]: row[1] for row in rows} == pytest.approx(expected)


def test_alarms_are_meters_that_do_not_send(plant_influx: InfluxServer) -> None:
    """Only the silent meter is listed, with the reason and since when."""
    alarms = panel("today", "Meters with an alarm")
    (series,) = ask(plant_influx, alarms, alarms.body["targets"][0])
    assert series["tags"] == {"meter": "press"}
    assert series["columns"] == ["time", "state", "age"]
    assert series["values"] == [[ms(NOW.replace(second=0)), "meter_fault", 61.0]]
    assert figure(plant_influx, "today", "Oldest newest reading") == 3660.0


def test_new_peak_is_told(plant_influx: InfluxServer) -> None:
    """A month that set a new 12-month maximum says so."""
    assert figure(plant_influx, "today", "New 12-month peak this month") == 1.0


def test_quality_row_names_the_worst(plant_influx: InfluxServer) -> None:
    """Heard meters, the worst completeness, coverage and estimates are those of the range."""
    assert figure(plant_influx, "demand", "Meters heard in 15 minutes") == len(METERS) - 1
    worst = figure(plant_influx, "demand", "Completeness (worst meter and day)")
    assert worst == LONGEST_GAP_SHARE
    from_ms, _ = panel("demand", "30-minute demand").window()
    days = [one for one in seeded()[SITE_METER, "1d"] if one.start_ms >= from_ms]
    over = [day for day in days if day.start_ms < ms(NOW - timedelta(days=1))]
    covered = sum(day.coverage for day in over) / len(over)
    assert figure(plant_influx, "demand", "Coverage (site)") == pytest.approx(covered)
    estimated = sum(day.estimated_kwh for day in days)
    assert estimated > 0
    shown = figure(plant_influx, "demand", "Energy estimated over gaps")
    assert shown == pytest.approx(estimated)


def test_demand_has_every_slot_once(plant_influx: InfluxServer) -> None:
    """Demand is each slot's mean power; estimated slots and slots above contract are marked."""
    shown = panel("demand", "30-minute demand")
    from_ms, _ = shown.window()
    slots = [one for one in seeded()[SITE_METER, "30m"] if one.start_ms >= from_ms]
    demand = {one.start_ms: one.peak_kw for one in slots}
    bridged = {at: kw for at, kw in demand.items() if is_estimated(local(at))}
    over = {at: kw for at, kw in demand.items() if kw > CONTRACT_KW}
    assert bridged
    assert over
    assert points(plant_influx, shown) == pytest.approx(demand)
    assert points(plant_influx, shown, 1) == pytest.approx(bridged)
    assert points(plant_influx, shown, 2) == pytest.approx(over)
    assert points(plant_influx, shown, 3) == dict.fromkeys(demand, CONTRACT_KW)
    assert points(plant_influx, shown, 4) == dict.fromkeys(demand, TARGET_KW)


def test_without_contract_power_nothing_is_drawn(plant_influx: InfluxServer) -> None:
    """A site without contract power has no line, no alarm and no share; its demand is there."""
    site = SITE.model_copy(update={"contract_power_kw": None})
    demand = panel("demand", "30-minute demand", site)
    answers = [ask(plant_influx, demand, target) for target in demand.body["targets"]]
    assert answers[0]
    assert answers[2:4] == [[], []]
    usage = panel("demand", "Peak against contract", site)
    assert ask(plant_influx, usage, usage.body["targets"][0]) == []


def test_peak_and_contract_of_this_month(plant_influx: InfluxServer) -> None:
    """The month's peak is its highest slot, whatever was higher before."""
    start = ms(NOW.replace(day=1, hour=0, minute=0, second=0))
    peak = max(one.peak_kw for one in seeded()[SITE_METER, "30m"] if one.start_ms >= start)
    assert figure(plant_influx, "demand", "Peak demand this month") == pytest.approx(peak)
    assert figure(plant_influx, "demand", "12-month maximum") == pytest.approx(peak + 2)
    assert figure(plant_influx, "demand", "Contract power") == CONTRACT_KW
    assert figure(plant_influx, "demand", "Demand target") == TARGET_KW
    share = figure(plant_influx, "demand", "Peak against contract")
    assert share == pytest.approx(peak / CONTRACT_KW)


def test_monthly_maxima_hold_twelve_months(plant_influx: InfluxServer) -> None:
    """Each month has its highest slot, and beside it the maximum that its charge hangs on."""
    months = panel("demand", "Monthly peak demand (12 months)")
    expected = {one.start_ms: one.peak_kw for one in seeded()[SITE_METER, "1mo"][-12:]}
    assert len(expected) == 12
    assert points(plant_influx, months) == pytest.approx(expected)
    twelve = points(plant_influx, months, 1)
    assert all(twelve[at] >= expected[at] for at in expected)


@pytest.mark.parametrize(
    ("title", "period"), [("Newest peaks (month)", "1mo"), ("Peaks of the fiscal year", "1fy")]
)
def test_peaks_are_the_highest_twenty(plant_influx: InfluxServer, title: str, period: str) -> None:
    """The lists hold the 20 highest slots of the newest month and fiscal year, with their time."""
    total = seeded()[SITE_METER, period][-1]  # type: ignore[index]
    rows = rows_of(plant_influx, panel("demand", title))
    shown = {datetime.fromisoformat(row[2]): row[1] for row in rows}
    expected = ranked(total, end_of(total))[:20]
    assert sorted(shown.values(), reverse=True) == pytest.approx([s.peak_kw for s in expected])
    assert {at.isoformat() for at in shown} == {
        local(slot.start_ms).replace(tzinfo=None).isoformat() for slot in expected
    }


@pytest.mark.parametrize(
    ("title", "period"),
    [("Load duration, this month", "1mo"), ("Load duration, fiscal year", "1fy")],
)
def test_duration_curve_is_of_one_period(
    plant_influx: InfluxServer, title: str, period: str
) -> None:
    """The curve holds 0 to 100 % of the newest period once, from its peak downwards."""
    rows = sorted(rows_of(plant_influx, panel("demand", title)))
    total = seeded()[SITE_METER, period][-1]  # type: ignore[index]
    assert [row[1] for row in rows] == list(range(101))
    power = [row[2] for row in rows]
    assert power == sorted(power, reverse=True)
    assert power[0] == pytest.approx(total.peak_kw)


def test_stored_target_is_the_one_shown(plant_influx: InfluxServer) -> None:
    """The figure and the line of the target are the same number."""
    assert figure(plant_influx, "demand", "Demand target") == newest(
        figures.MONTH_FIGURES, "target_kw"
    )

"""Every query of every board on a real InfluxDB, against sums made in plain Python.

The plant is written through the store's own adapter; each target is then rendered as Grafana
renders it and asked of InfluxDB. No target may come back empty, and every total must be the one
that a loop over the seeded slots gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.boards.shipped import board_texts
from collector.boards.stamp import stamped
from collector.rollup.totals import SITE_METER, UNMEASURED_METER, Period, Total
from collector.site_config import SiteSettings
from collector.storage.influx import InfluxStore
from tests.grafana.plant import (
    CONTRACT_KW,
    METERS,
    NOW,
    SITE,
    ZONE,
    is_estimated,
    local,
    ms,
    period_starts,
    seed,
    seeded,
    watts,
)
from tests.grafana.rendering import Json, Panel, with_variables
from tests.services.influx import InfluxServer

pytestmark = pytest.mark.services

RAW, TOTALS = "boards_raw", "boards"


@pytest.fixture(scope="module")
def seeded_influx(influx: InfluxServer) -> Iterator[InfluxServer]:
    """Fill two buckets of our own with the plant."""
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)
    store = InfluxStore(
        url=influx.url, org=influx.org, token=influx.token,
        bucket_raw=RAW, bucket_totals=TOTALS, raw_retention_days=36_500,
    )  # fmt: skip
    store.check()
    seed(store)
    store.close()
    yield influx
    for bucket in (RAW, TOTALS):
        influx.drop_bucket(bucket)


def _site_boards(site: SiteSettings = SITE) -> list[Json]:
    return [stamped(board, site) for lang in ("ja", "en") for board in board_texts(lang)]


def _panel(title: str, site: SiteSettings = SITE) -> Panel:
    for board in _site_boards(site):
        for body in board["panels"]:
            if body["title"] == title:
                return Panel(board, body, NOW)
    raise AssertionError(f"no panel {title}")


def _ask(server: InfluxServer, panel: Panel, target: Json) -> list[Json]:
    bucket = RAW if target["datasource"]["uid"] == "mieruka-raw" else TOTALS
    return server.query(bucket, panel.render(target))


def _values(server: InfluxServer, panel: Panel, ref: int = 0) -> list[list[Any]]:
    series = _ask(server, panel, panel.body["targets"][ref])
    assert len(series) == 1
    values: list[list[Any]] = series[0]["values"]
    return values


def _figure(server: InfluxServer, title: str) -> float:
    ((_, value),) = _values(server, _panel(title))
    return float(value)


def _sum(meter: str, field: str, from_ms: int, period: Period = "30m") -> float:
    totals = seeded()[meter, period]
    return float(sum(getattr(one, field) for one in totals if from_ms <= one.start_ms))


# The tests.


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_target_of_any_board_is_empty(seeded_influx: InfluxServer, language: str) -> None:
    """Every target of every board finds values in a plant where all of it occurs."""
    asked = 0
    for board in (stamped(board, SITE) for board in board_texts(language)):
        for body in (body for body in board["panels"] if body["type"] != "row"):
            for target in body["targets"]:
                panel = Panel(board, body, NOW)
                series = _ask(seeded_influx, panel, target)
                rows = [row for one in series for row in one["values"]]
                assert any(cell is not None for row in rows for cell in row[1:]), (
                    body["title"],
                    panel.render(target),
                )
                asked += 1
    assert asked >= 20


def test_power_now_is_the_sum_of_the_incoming_meters(seeded_influx: InfluxServer) -> None:
    """Power now adds the newest value of each meter without a parent, and no other."""
    newest = NOW - timedelta(seconds=4)
    expected = (watts("main", newest) + watts("solo", newest)) / 1000
    assert _figure(seeded_influx, "Power now") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("title", "field", "period"),
    [
        ("Peak demand this month", "peak_kw", "1mo"),
        ("Energy today", "kwh", "1d"),
        ("Energy this month", "kwh", "1mo"),
    ],
)
def test_figures_of_the_running_period(
    seeded_influx: InfluxServer, title: str, field: str, period: Period
) -> None:
    """Today and this month are the sums of their own slots, in the site's calendar."""
    start = period_starts(NOW.replace(minute=0, second=0))[period]
    slots = [one for one in seeded()[SITE_METER, "30m"] if one.start_ms >= ms(start)]
    sums = {"kwh": sum(one.kwh for one in slots), "peak_kw": max(one.peak_kw for one in slots)}
    assert _figure(seeded_influx, title) == pytest.approx(sums[field])


def test_fiscal_year_begins_in_april(seeded_influx: InfluxServer) -> None:
    """CO2 of this fiscal year counts from 1 April, in tonnes; the year before stands beside."""
    april = ms(datetime(2026, 4, 1, tzinfo=ZONE))
    this_year = _sum(SITE_METER, "co2_kg", april) / 1000
    assert _figure(seeded_influx, "CO2 this fiscal year") == pytest.approx(this_year)
    before = _sum(SITE_METER, "co2_kg", 0) / 1000 - this_year
    years = _values(seeded_influx, _panel("CO2 per fiscal year"))
    assert [row[0] for row in years] == [april, ms(datetime(2025, 4, 1, tzinfo=ZONE))]
    assert [row[1] for row in years] == pytest.approx([this_year, before])


def test_demand_has_every_slot_once(seeded_influx: InfluxServer) -> None:
    """Demand is each slot's mean power; estimated slots and slots above contract are marked."""
    panel = _panel("30-minute demand")
    from_ms, _ = panel.window()
    slots = [one for one in seeded()[SITE_METER, "30m"] if one.start_ms >= from_ms]
    demand = {one.start_ms: one.peak_kw for one in slots}
    bridged = {at: kw for at, kw in demand.items() if is_estimated(local(at))}
    assert dict(_values(seeded_influx, panel)) == pytest.approx(demand)
    over = {at: kw for at, kw in demand.items() if kw > CONTRACT_KW}
    assert over
    assert dict(_values(seeded_influx, panel, 2)) == pytest.approx(over)
    assert dict(_values(seeded_influx, panel, 3)) == dict.fromkeys(demand, CONTRACT_KW)
    assert bridged
    assert dict(_values(seeded_influx, panel, 1)) == pytest.approx(bridged)


def test_without_contract_power_nothing_is_drawn(seeded_influx: InfluxServer) -> None:
    """A site without contract power has no line, no alarm and no share; its demand is there."""
    site = SITE.model_copy(update={"contract_power_kw": None})
    demand = _panel("30-minute demand", site)
    answers = [_ask(seeded_influx, demand, target) for target in demand.body["targets"]]
    assert answers[0]
    assert answers[2:] == [[], []]
    usage = _panel("This month's peak against contract", site)
    assert _ask(seeded_influx, usage, usage.body["targets"][0]) == []


def test_share_of_contract(seeded_influx: InfluxServer) -> None:
    """The dial is this month's peak over contract power."""
    peak = _figure(seeded_influx, "Peak demand this month")
    share = _figure(seeded_influx, "This month's peak against contract")
    assert share == pytest.approx(peak / CONTRACT_KW)


def _by_start(meter: str, period: Period, value: Callable[[Total], float]) -> dict[int, float]:
    return {one.start_ms: value(one) for one in seeded()[meter, period]}


def test_days_add_up_to_their_slots(seeded_influx: InfluxServer) -> None:
    """Measured plus estimated of each day is the sum of its 48 slots."""
    panel = _panel("Energy per day")
    measured, estimated = (dict(_values(seeded_influx, panel, ref)) for ref in (0, 1))
    from_ms, _ = panel.window()
    assert min(measured) == from_ms
    assert len(measured) == 14
    for at, kwh in measured.items():
        day = [s for s in seeded()[SITE_METER, "30m"] if at <= s.start_ms < at + 86_400_000]
        assert kwh + estimated[at] == pytest.approx(sum(slot.kwh for slot in day))


@pytest.mark.parametrize(("ja", "en"), [("月ごとの電力量", "Energy per month")])
def test_months_add_up_to_everything(seeded_influx: InfluxServer, ja: str, en: str) -> None:
    """The months' columns, measured and estimated, hold all of the plant's energy."""
    everything = _sum(SITE_METER, "kwh", 0)
    for title in (f"{ja}(最近の13か月)", f"{en} (newest 13 months)"):
        rows = _values(seeded_influx, _panel(title))
        assert [local(row[0]).month for row in rows] == [4, 3, 2, 1]
        assert sum(row[1] + row[2] for row in rows) == pytest.approx(everything)
        assert all(row[2] > 0 for row in rows[:3])


def test_co2_months_follow_the_factor_of_their_year(seeded_influx: InfluxServer) -> None:
    """CO2 per month is in tonnes and adds up to the slots' kilograms."""
    rows = _values(seeded_influx, _panel("CO2 per month (newest 13 months)"))
    expected = _by_start(SITE_METER, "1mo", lambda one: (one.co2_kg or 0) / 1000)
    assert {row[0]: row[1] for row in rows} == pytest.approx(expected)


def test_shares_and_remainder_make_the_whole(seeded_influx: InfluxServer) -> None:
    """The ring's slices, with the unmeasured one, are exactly the site's energy of the range."""
    panel = _panel("Share of each circuit")
    series = _ask(seeded_influx, panel, panel.body["targets"][0])
    slices = {one["tags"]["meter"]: one["values"][0][1] for one in series}
    from_ms, _ = panel.window()
    assert set(slices) == {"press", "furnace", "solo", UNMEASURED_METER}
    for meter, kwh in slices.items():
        assert kwh == pytest.approx(_sum(meter, "kwh", from_ms))
    assert sum(slices.values()) == pytest.approx(_sum(SITE_METER, "kwh", from_ms))
    remainder = _figure(seeded_influx, "Unmeasured remainder")
    assert remainder == pytest.approx(slices[UNMEASURED_METER])


def test_silent_meter_is_missing_not_repeated(seeded_influx: InfluxServer) -> None:
    """A meter that fell silent an hour ago has no power now and is not counted as heard."""
    panel = _panel("Power now, by meter")
    series = _ask(seeded_influx, panel, panel.body["targets"][0])
    assert {one["tags"]["meter"] for one in series} == {"main", "furnace", "solo"}
    assert _figure(seeded_influx, "Meters heard in 15 minutes") == 3


def test_last_readings_tell_when(seeded_influx: InfluxServer) -> None:
    """The table of last readings keeps the silent meter, with the time it was last heard."""
    panel = _panel("Last reading of each meter")
    series = _ask(seeded_influx, panel, panel.body["targets"][0])
    heard = {one["tags"]["meter"]: one["values"][0][0] for one in series}
    assert set(heard) == set(METERS)
    assert heard["main"] == ms(NOW - timedelta(seconds=4))
    assert heard["press"] == ms(NOW - timedelta(minutes=61, seconds=4))


def test_estimated_energy_of_the_range(seeded_influx: InfluxServer) -> None:
    """The estimated energy is that of the shown range only."""
    from_ms, _ = _panel("Energy estimated over gaps").window()
    expected = _sum(SITE_METER, "estimated_kwh", from_ms)
    assert expected > 0
    assert _figure(seeded_influx, "Energy estimated over gaps") == pytest.approx(expected)


def test_provisional_factor_shows(seeded_influx: InfluxServer) -> None:
    """A range with any provisional factor says so."""
    assert _figure(seeded_influx, "Emission factor (shown range)") == 1.0


def test_coverage_is_blank_where_nothing_was_booked(seeded_influx: InfluxServer) -> None:
    """Coverage stands on local midnights, per meter; a day without totals is blank, not zero."""
    panel = _panel("Coverage per day")
    wide = Panel({**panel.board, "time": {"from": "now-99d/d"}}, panel.body, NOW)
    series = _ask(seeded_influx, wide, panel.body["targets"][0])
    assert {one["tags"]["meter"] for one in series} == set(METERS)
    for one in series:
        days = dict(one["values"])
        assert all(local(at).hour == 0 for at in days)
        assert {local(at).date().isoformat() for at, share in days.items() if share is None} == {
            "2026-02-10"
        }
        known = {at: share for at, share in days.items() if share is not None}
        booked = _by_start(one["tags"]["meter"], "1d", lambda total: total.coverage)
        from_ms, _ = wide.window()
        assert known == pytest.approx({at: c for at, c in booked.items() if at >= from_ms})


def test_evidence_names_the_factor(seeded_influx: InfluxServer) -> None:
    """Each month's row carries energy, estimates, coverage, peak, CO2 and the factor's id."""
    rows = _values(seeded_influx, _panel("Evidence per month"))
    newest = seeded()[SITE_METER, "1mo"][-1]
    assert rows[0][1:] == pytest.approx(
        [
            newest.kwh, newest.estimated_kwh, newest.coverage, newest.peak_kw, newest.co2_kg,
            1.0, "jp-a0269-m-2025",
        ]
    )  # fmt: skip


def test_pickers_find_sites_and_meters(seeded_influx: InfluxServer) -> None:
    """In a board from files the reader picks from the sites and meters that have totals."""
    board = next(iter(board_texts("en")))
    queries = {one["name"]: one["query"] for one in board["templating"]["list"]}
    chosen = [
        {"name": "site", "current": {"value": "sendai"}},
        {"name": "incoming", "current": {"value": ["main", "solo"]}},
    ]

    def found(name: str) -> list[str]:
        series = seeded_influx.query(TOTALS, with_variables(queries[name], chosen))
        return [row[1] for row in series[0]["values"]]

    assert found("site") == ["sendai"]
    assert found("incoming") == ["furnace", "main", "press", "solo"]
    assert found("circuits") == ["furnace", "press"]


def test_board_of_another_zone_asks_in_its_zone(seeded_influx: InfluxServer) -> None:
    """A site elsewhere has its own midnight in the same query."""
    site = SITE.model_copy(update={"time_zone": "America/Chicago"})
    panel = _panel("Coverage per day", site)
    text = panel.render(panel.body["targets"][0])
    assert text.endswith("tz('America/Chicago')")
    series = seeded_influx.query(TOTALS, text)
    hours = {
        datetime.fromtimestamp(row[0] / 1000, tz=UTC).astimezone(site.zone).hour
        for one in series
        for row in one["values"]
    }
    assert hours == {0}
    assert json.dumps(panel.board).count("Asia/Tokyo") == 0

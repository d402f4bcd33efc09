"""Every alert asked of a real InfluxDB: a planted case fires with its figures, a well plant not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from collector.boards.alert_rules import rule_group
from collector.boards.currency import UNKNOWN, Money
from collector.boards.shipped import alert_texts
from collector.rollup.totals import Total
from collector.storage import figure_schema as figures
from collector.storage.port import Row
from tests.grafana.alert_plant import ANNEX, ILL, WELL, rows, totals
from tests.grafana.asking import RAW, TOTALS
from tests.grafana.judged import Json, firing, judged
from tests.grafana.older_influx import OlderInflux, writer
from tests.grafana.plant import NOW, ms
from tests.services.influx import InfluxServer

FIRES = {
    "demand-target": {"_site"}, "demand-contract": {"_site"}, "new-peak": {"_site"},
    "silent-meter": {"press"}, "completeness": {"press"}, "after-hours": {"press"},
    "base-load": {"press"}, "power-factor": {"_site"}, "silent-collector": {"_collector_ube"},
    "silent-agent": {"_agent_ube-pi"}, "outbox": {"_agent_ube-pi"}, "disk": {"_agent_ube-pi"},
    "certificate": {"_agent_ube-pi"},
}  # fmt: skip
"""What is wrong at the ill site, by rule."""
MONTHS = figures.MONTH_FIGURES
BUCKETS = f"alerts_{RAW}", f"alerts_{TOTALS}"


def _rules(*sites: object, money: Money = UNKNOWN) -> dict[str, Json]:
    found = {}
    for shipped in alert_texts("en"):
        group = rule_group(shipped, list(sites), "folder", "http://g", {}, money)  # type: ignore[arg-type]
        assert group is not None
        for plain, rule in zip(shipped["rules"], group.rules, strict=True):
            found[plain["uid"]] = rule
    return found


@pytest.fixture(scope="module")
def alert_influx(influx: InfluxServer) -> Iterator[InfluxServer]:
    """Two buckets with both sites."""
    for bucket in BUCKETS:
        influx.drop_bucket(bucket)
    store = writer(influx, *BUCKETS)
    store.check()
    store.close()
    _write_both(influx)
    yield influx
    for bucket in BUCKETS:
        influx.drop_bucket(bucket)


@pytest.fixture(scope="module")
def alerts_18(influx_18: OlderInflux) -> OlderInflux:
    """An InfluxDB 1.8 with both sites; skips where there is none."""
    for database in BUCKETS:
        influx_18.database(database)
    _write_both(influx_18)
    return influx_18


@pytest.mark.parametrize("uid", FIRES)
def test_planted_case_fires(alert_influx: InfluxServer, uid: str) -> None:
    """Each alert fires for the meter that has the fault, and for no other."""
    assert firing(alert_influx, _rules(ILL)[uid], NOW) == FIRES[uid]


@pytest.mark.parametrize("uid", FIRES)
def test_older_influxdb_fires_the_same(alerts_18: OlderInflux, uid: str) -> None:
    """On InfluxDB 1.8 too a rule fires for what is ill and for nothing that is well."""
    assert firing(alerts_18, _rules(ILL)[uid], NOW) == FIRES[uid]
    assert firing(alerts_18, _rules(WELL)[uid], NOW) == set()


@pytest.mark.parametrize("uid", FIRES)
def test_well_plant_is_left_in_peace(alert_influx: InfluxServer, uid: str) -> None:
    """No alert fires where all is well, though the other site has every fault."""
    assert firing(alert_influx, _rules(WELL)[uid], NOW) == set()


def test_every_shipped_alert_has_its_case() -> None:
    """No alert is shipped without a planted case."""
    assert set(_rules(ILL)) == set(FIRES)


def test_fleet_rules_see_every_machine_once(alert_influx: InfluxServer) -> None:
    """Over all sites only the ill machine is told, and once, though it serves two of them."""
    condition = judged(alert_influx, _rules(WELL, ILL, ANNEX)["disk"], NOW)["Z"]
    machines = {dict(labels)["meter"]: value for labels, value in condition.items()}
    assert machines == {"_agent_sendai-pi": 0.0, "_agent_ube-pi": 1.0}
    assert len(condition) == 2


def test_first_month_sets_no_alarm_each_day(alert_influx: InfluxServer) -> None:
    """Without a maximum of before every month begins with new ones: nobody is told."""
    site = WELL.model_copy(update={"id": "young-plant"})
    first = min(row.at_ms for row in rows(site, ill=True) if row.measurement == MONTHS)
    made = [row for row in rows(site, ill=True) if (row.measurement, row.at_ms) != (MONTHS, first)]
    _write(alert_influx, made, totals(site, ill=True))
    assert judged(alert_influx, _rules(site)["new-peak"], NOW)["N"] != {}
    assert firing(alert_influx, _rules(site)["new-peak"], NOW) == set()


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        ("demand-target", {"F": 108, "K": 100, "S": 12, "E": 8, "Y": 8 * 1950 * 12}),
        # Below the contract yet: its amount is below zero, and not told.
        ("demand-contract", {"F": 108, "K": 110, "Y": -2 * 1950 * 12}),
        ("new-peak", {"T": 102, "V": 100, "E": 2, "Y": 2 * 1950 * 12}),
        ("silent-meter", {"A": 30, "L": 27}),
        ("completeness", {"P": 90, "G": 144}),
        ("after-hours", {"K": 80, "P": 40, "Y": 2000}),
        # 24 kW after a rise by a fifth were 20.
        ("base-load", {"K": 4, "B": 24, "Y": 4 * 730 * 25}),
        ("power-factor", {"P": 80, "E": 5, "Y": 0.05 * 110 * 1950}),
        ("outbox", {"X": 1.5}),
        ("disk", {"X": 0.4}),
        ("certificate", {"X": 12}),
        ("silent-agent", {"X": 0, "A": 120}),
    ],
)
def test_figures_of_a_message(
    alert_influx: InfluxServer, uid: str, expected: dict[str, float]
) -> None:
    """What a message tells, money included, is what plain arithmetic says."""
    rule = _rules(ILL, money=Money("JPY", 1950.0))[uid]
    found = judged(alert_influx, rule, NOW)
    (fired,) = (labels for labels, value in found["Z"].items() if value)
    told = {ref: value for ref in expected
            for labels, value in found[ref].items() if labels <= fired}  # fmt: skip
    assert told == pytest.approx(expected)


def test_silence_outlives_the_collector(alert_influx: InfluxServer) -> None:
    """A silent meter stays an alert while the collector writes no rows, for hours."""
    assert firing(alert_influx, _rules(ILL)["silent-meter"], NOW + timedelta(hours=3)) == {"press"}


def test_store_without_any_row_calls_for_the_collector_alone(alert_influx: InfluxServer) -> None:
    """Where nothing was ever written only the collector's alert speaks, by its no-data state."""
    empty = WELL.model_copy(update={"id": "nowhere"})
    spoke = {uid for uid, rule in _rules(empty).items() if firing(alert_influx, rule, NOW)}
    assert spoke == {"silent-collector"}


def test_young_half_hour_is_not_judged(alert_influx: InfluxServer) -> None:
    """In its first five minutes a forecast, however high, fires nothing."""
    site = WELL.model_copy(update={"id": "young"})
    lines = [
        f"demand_now,site=young,meter=_site forecast_kw=500,contract_kw=110,left_s={left}"
        f" {ms(NOW + timedelta(days=1)) - back * 60_000}"
        for left, back in ((1740, 1), (1680, 0))
    ]
    alert_influx.write(f"alerts_{RAW}", "\n".join(lines))
    later = NOW + timedelta(days=1)
    assert firing(alert_influx, _rules(site)["demand-contract"], later) == set()


def test_site_without_prices_is_told_all_the_same(alert_influx: InfluxServer) -> None:
    """Where no kWh has a price the alerts fire, and no amount is told."""
    site = WELL.model_copy(update={"id": "free"})
    free = [replace(total, energy_cost=None) for total in totals(site, ill=True)]
    _write(alert_influx, [*rows(site, ill=True)], free)
    for uid in ("after-hours", "base-load"):
        found = judged(alert_influx, _rules(site)[uid], NOW)
        assert 1.0 in found["Z"].values(), uid
        assert found["Y"] == {}, uid


def test_first_month_without_a_maximum_still_fires(alert_influx: InfluxServer) -> None:
    """Without month figures the demand is judged all the same."""
    site = WELL.model_copy(update={"id": "fresh"})
    made = [row for row in rows(site, ill=True) if row.measurement != figures.MONTH_FIGURES]
    _write(alert_influx, made, totals(site, ill=True))
    assert firing(alert_influx, _rules(site)["demand-target"], NOW) == {"_site"}


def test_agent_whose_meters_were_never_heard_fires(alert_influx: InfluxServer) -> None:
    """An agent away is told although nothing tells how old its readings are."""
    state = {"online": 0.0, "holes": 0.0}
    _write(alert_influx, [Row(figures.AGENT_STATE, "mute", "_agent_new", ms(NOW), state)], [])
    rule = _rules(WELL.model_copy(update={"id": "mute"}))["silent-agent"]
    assert firing(alert_influx, rule, NOW) == {"_agent_new"}


def _write_both(influx: InfluxServer) -> None:
    made = [*rows(WELL, ill=False), *rows(ILL, ill=True)]
    _write(influx, made, [*totals(WELL, ill=False), *totals(ILL, ill=True)])


def _write(influx: InfluxServer, made: list[Row], summed: list[Total]) -> None:
    store = writer(influx, *BUCKETS)
    store.write_totals(summed)
    store.write_rows(made)
    store.close()

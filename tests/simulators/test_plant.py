"""Plants: sums of meters, the shipped ones, and the settings that are written for them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector import config as collector_config
from edge_agent import config as agent_config
from edge_agent import profile
from simulators import plant_file
from simulators.load import UJ_PER_KWH, Interval
from simulators.plant import Address, Contract, Plant, one_meter
from simulators.series import Series
from tests.simulators.small_plant import HOUR_MS, MONDAY_MS, SITE, TOKYO, meter, plant, shaped

DAY_MS = 24 * HOUR_MS
WEEK = st.lists(st.integers(0, 7 * DAY_MS), min_size=1, max_size=5)
_SENDAI = plant_file.load("sendai", MONDAY_MS)


def _addresses(site: Plant) -> dict[str, Address]:
    places = {
        link.id: Address(device=f"/dev/tty-{link.id}")
        if link.kind == "rtu"
        else Address("127.0.0.1", 5020 + index)
        for index, link in enumerate(site.links)
    }
    return places


@settings(max_examples=40, deadline=None)
@given(WEEK)
def test_a_parent_is_its_children_and_its_remainder(offsets: list[int]) -> None:
    """At any time a parent's energy and power are its children's and its own load's, exactly."""
    names = ("top", "saw", "drill")
    rows = [
        meter("omron_km_n1", id=name, unit_id=unit, parent=None if name == "top" else "top")
        for unit, name in enumerate(names, 1)
    ]
    site, own = plant(*rows), shaped(seed=0)
    for at_ms in (MONDAY_MS + offset for offset in offsets):
        below_uj = sum(site.energy_uj(child.id, at_ms) for child in site.children("top"))
        assert site.energy_uj("top", at_ms) == below_uj + own.energy_uj(at_ms)
        below_w = sum(site.power_w(child.id, at_ms) for child in site.children("top"))
        assert site.power_w("top", at_ms) == pytest.approx(below_w + own.power_mw(at_ms) / 1000)


def test_sendai_has_an_unmeasured_remainder() -> None:
    """The intake of the demo's plant always draws a little more than its sub-meters together."""
    for step in range(7 * 96):
        at_ms = MONDAY_MS + step * HOUR_MS // 4
        below_w = sum(_SENDAI.power_w(child.id, at_ms) for child in _SENDAI.children("main"))
        assert 5_000 < _SENDAI.power_w("main", at_ms) - below_w < 25_000


@settings(max_examples=20, deadline=None)
@given(WEEK)
def test_the_same_seed_is_the_same_plant(offsets: list[int]) -> None:
    """Two plants of one file agree at every instant, whatever was asked of them before."""
    again = plant_file.load("sendai", MONDAY_MS)
    for offset in offsets:
        at_ms = MONDAY_MS + offset
        for row in _SENDAI.meters:
            assert again.counter_wh(row.id, at_ms) == _SENDAI.counter_wh(row.id, at_ms)


@settings(max_examples=30, deadline=None)
@given(WEEK)
def test_counters_never_fall(offsets: list[int]) -> None:
    """Later never means less, and the counters begin where the file says."""
    for row in _SENDAI.meters:
        counters = [_SENDAI.counter_wh(row.id, MONDAY_MS + at) for at in sorted(offsets)]
        assert [row.start_wh, *counters] == sorted([row.start_wh, *counters])
        assert _SENDAI.counter_wh(row.id, MONDAY_MS) == row.start_wh


def test_meters_nest_at_any_depth() -> None:
    """A grandparent carries what hangs two levels below it."""
    top = meter("omron_km_n1", id="top")
    hall = meter("omron_km_n1", id="hall", unit_id=2, parent="top")
    saw = meter("omron_km_n1", id="saw", unit_id=3, parent="hall")
    nested = plant(top, hall, saw)
    at_ms = MONDAY_MS + 10 * HOUR_MS
    alone = sum(shaped(seed=seed).energy_uj(at_ms) for seed in range(3))
    assert nested.energy_uj("top", at_ms) == alone
    assert nested.energy_uj("hall", at_ms) > nested.energy_uj("saw", at_ms)
    assert [child.id for child in nested.children("top")] == ["hall"]


@pytest.mark.parametrize("name", plant_file.available())
def test_shipped_plants_are_plausible(name: str) -> None:
    """A shipped plant works on weekdays, idles at night, and stays below its ratings."""
    site = plant_file.load(name, MONDAY_MS)
    roots = [row.id for row in site.meters if row.parent is None]
    days = [
        sum(
            site.energy_wh(root, MONDAY_MS + (day + 1) * DAY_MS)
            - site.energy_wh(root, MONDAY_MS + day * DAY_MS)
            for root in roots
        )
        for day in range(7)
    ]
    assert days[0] > days[5] > days[6] > 0
    for row in site.meters:
        powers = [site.power_w(row.id, MONDAY_MS + step * 60_000) for step in range(7 * 1440)]
        assert max(powers) <= row.rated_power_kw * 1000
        assert row.start_wh > 0
        assert row.name_en
    halves = range(7 * 48)
    edges = [sum(site.energy_wh(r, MONDAY_MS + h * HOUR_MS // 2) for r in roots) for h in halves]
    demands_kw = [(later - earlier) / 500 for earlier, later in pairwise(edges)]
    contract_kw = site.site.contract_power_kw
    assert contract_kw is not None
    assert 0.7 * contract_kw < max(demands_kw) < contract_kw


def test_sendai_shows_what_plants_have() -> None:
    """The demo's plant has all link kinds, three vendors, and a counter that rolls over."""
    assert {link.kind for link in _SENDAI.links} == {"tcp", "rtu", "rtu-over-tcp"}
    assert len({profile.load(row.profile).vendor for row in _SENDAI.meters}) == 3
    assert len(_SENDAI.children("main")) == 5
    modulus = profile.load("omron_km_n1").counter_modulus_wh
    assert modulus is not None
    before = _SENDAI.counter_wh("compressor", MONDAY_MS)
    after = _SENDAI.counter_wh("compressor", MONDAY_MS + DAY_MS)
    assert 0.9 * modulus < before < modulus < after


def test_the_agents_settings_are_accepted(tmp_path: Path) -> None:
    """The text for the agent passes its own loader and says where every meter is."""
    path = tmp_path / "agent.toml"
    text = _SENDAI.agent_toml(
        _addresses(_SENDAI), mqtt_url="mqtt://127.0.0.1:1883", state_dir="edge",
        mqtt_version="3.1.1", every_s=300,
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    loaded = agent_config.load(path)
    assert (loaded.agent.site, loaded.agent.state_dir) == ("sendai", tmp_path / "edge")
    assert (loaded.mqtt.version, loaded.poll.every_s) == ("3.1.1", 300)
    assert [link.kind for link in loaded.links] == [link.kind for link in _SENDAI.links]
    assert {link.gap_ms for link in loaded.links} == {0}
    assert loaded.links[1].device == "/dev/tty-line-a"
    assert [(row.id, row.name, row.profile) for row in loaded.meters] == [
        (row.id, row.name, row.profile) for row in _SENDAI.meters
    ]


@pytest.mark.parametrize(
    "store",
    [
        {"kind": "sqlite", "path": "store.sqlite"},
        {"kind": "influx", "url": "http://127.0.0.1:8086", "org": "mieruka", "token": "secret"},
    ],
)
def test_the_collectors_settings_are_accepted(tmp_path: Path, store: dict[str, str | int]) -> None:
    """The text for the collector passes its own loader, with parents, contract and calendar."""
    path = tmp_path / "collector.toml"
    text = _SENDAI.collector_toml(mqtt_url="mqtt://127.0.0.1:1883", state_dir="c", store=store)
    path.write_text(text, encoding="utf-8")
    loaded = collector_config.load(path)
    site = loaded.sites[0]
    assert (site.id, site.name, site.time_zone) == ("sendai", "仙台工場", "Asia/Tokyo")
    assert (site.contract_power_kw, site.fiscal_year_starts) == (300, 4)
    assert (site.contracts[0].supplier, site.contracts[0].from_date) == ("A0268", date(2020, 4, 1))
    assert {row.id: row.parent for row in site.meters} == {
        row.id: row.parent for row in _SENDAI.meters
    }
    assert loaded.store.kind == store["kind"]
    assert loaded.grafana is None


def test_grafana_and_several_contracts_are_passed_on() -> None:
    """A Grafana table goes into the text as it is, and contracts keep their order."""
    contracts = (
        Contract("JP", "A0268", "D", date(2024, 4, 1)),
        Contract("JP", "A0269", "M", date(2026, 4, 1)),
    )
    small = plant(meter("omron_km_n1"))
    site = Plant(
        replace(SITE, contracts=contracts), small.supply, small.links, small.meters, {}, MONDAY_MS
    )
    text = site.collector_toml(
        mqtt_url="mqtt://127.0.0.1", state_dir="c", store={"kind": "sqlite", "path": "s"},
        grafana={"url": "http://127.0.0.1:3000", "languages": ["ja", "en"]},
    )  # fmt: skip
    read = tomllib.loads(text)
    assert [row["supplier"] for row in read["sites"][0]["contracts"]] == ["A0268", "A0269"]
    assert read["grafana"]["languages"] == ["ja", "en"]
    assert "contract_power_kw" not in read["sites"][0]


def test_a_series_becomes_a_plant_of_one_meter() -> None:
    """One meter draws exactly the series, from its first interval on."""
    start_ms = int(datetime(2026, 4, 1, tzinfo=TOKYO).timestamp() * 1000)
    quarter = HOUR_MS // 4
    rows = tuple(
        Interval(start_ms + i * quarter, start_ms + (i + 1) * quarter, 10.0 + i) for i in range(8)
    )
    site = one_meter(Series(rows, ("a notice",), 900), SITE)
    assert (site.start_ms, site.notices) == (start_ms, ("a notice",))
    assert site.energy_uj("main", rows[-1].end_ms) == round(sum(r.kwh for r in rows)) * UJ_PER_KWH
    assert site.power_w("main", start_ms) == 40_000
    assert site.meters[0].rated_power_kw >= 4 * 17
    assert (site.meters[0].profile, site.links[0].kind) == ("schneider_iem3155", "tcp")

"""The readable tree, one plain number a topic."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.outlet.quantities import number
from collector.outlet.tree import leaves, level
from collector.rollup.totals import SITE_METER
from tests.collector.outlet import plant
from tests.collector.outlet.plant import POWER

PLANT = plant.figures()


def tree(meter: str, **changes: object) -> dict[str, str]:
    """The leaves of a meter below its branch."""
    figures = replace(PLANT[meter], **changes)  # type: ignore[arg-type]
    branch = f"energy/sendai/{meter}/"
    found = leaves("energy", figures, (POWER,))
    assert all(topic.startswith(branch) for topic in found)
    return {
        topic.removeprefix(branch): text for topic, text in found.items() if "json" not in topic
    }


def test_a_meter_is_plain_numbers() -> None:
    """Without units, without quotes, with a dot: what a beginner's flow can read."""
    assert tree("main") == {
        "energy_kwh": "120000",
        "today_kwh": "600",
        "month_kwh": "600",
        "demand_kw": "60",
        "co2_kg_today": "270",
        "co2_kg_month": "270",
        "coverage_percent": "98.4",
        POWER: "60001.25",
        "state": "ok",
        "available": "online",
        "age_s": "10",
    }


def test_the_site_stands_beside_its_meters() -> None:
    """With the demand of the running half hour, and no reading."""
    found = tree(SITE_METER)
    assert (found["demand_now_kw"], found["demand_forecast_kw"]) == ("61", "59.5")
    assert POWER not in found


def test_a_silent_meter_has_no_live_figure_and_says_so() -> None:
    """What was counted stands; what would be of now is taken away."""
    found = tree("main", state="stale", age_s=1234.0)
    assert not {POWER, "demand_kw"} & set(found)
    assert (found["state"], found["available"], found["age_s"]) == ("stale", "offline", "1230")
    assert found["energy_kwh"] == "120000"


def test_the_document_has_units_and_instants() -> None:
    """All of a meter in one message, for who wants to read just one."""
    facts = json.loads(leaves("energy", PLANT["gas"], ())["energy/sendai/gas/json"])
    assert (facts["site"], facts["meter"], facts["name"], facts["state"]) == (
        *("sendai", "gas", "ガス"),
        "ok",
    )
    assert facts["values"]["amount"] == {
        "value": 512.5,
        "unit": "m³",
        "at": "2026-04-01T10:09:50Z",
    }


def test_every_figure_can_be_traced_from_where_it_stands() -> None:
    """CO2 names its factor, and a sum the instant it counts from."""
    facts = json.loads(leaves("energy", PLANT["main"], (POWER,))["energy/sendai/main/json"])
    assert facts["values"]["co2_kg_today"] == {
        "value": 270,
        "unit": "kg",
        "from": "2026-04-01T00:00:00Z",
        "at": "2026-04-01T10:09:50Z",
        "factor": "jp-x",
        "provisional": False,
    }
    assert "from" not in facts["values"][POWER]


@given(st.text(max_size=80))
def test_any_name_is_one_level(name: str) -> None:
    """Nothing that MQTT gives a meaning gets into a topic, and a level is never empty."""
    found = level(name)
    assert found
    assert not set(found) & set("/+#$\0 ")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0.0, 3, "0"),
        (-0.0001, 3, "0"),
        (100.0, 0, "100"),
        (1e16, 3, "10000000000000000"),
        (1.23456e-5, 3, "0"),
        (-12.5, 3, "-12.5"),
        (0.1 + 0.2, 3, "0.3"),
    ],
)
def test_numbers_are_plain_digits(value: float, decimals: int, text: str) -> None:
    """No exponent, no needless zero, no minus before a zero."""
    assert number(value, decimals) == text

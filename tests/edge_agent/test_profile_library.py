"""The shipped library as a whole: what is in it, what it rests on, what no two may share."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from edge_agent import profile
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.profile import IdentityRow, Profile

CASES = Path(__file__).resolve().parent.parent / "profiles"
NAMES = profile.available()

VENDORS = {
    "abb": "ABB",
    "accuenergy": "Accuenergy",
    "advantech": "Advantech",
    "bg_etech": "B+G e-tech",
    "carlo_gavazzi": "Carlo Gavazzi",
    "chint": "Chint",
    "eastron": "Eastron",
    "eltako": "Eltako",
    "finder": "Finder",
    "inepro": "Inepro Metering",
    "janitza": "Janitza",
    "lovato": "Lovato",
    "mitsubishi": "Mitsubishi Electric",
    "msystem": "M-System",
    "omron": "OMRON",
    "orno": "Orno",
    "panasonic": "Panasonic",
    "peacefair": "Peacefair",
    "phoenix_contact": "Phoenix Contact",
    "saia": "Saia Burgess",
    "schneider": "Schneider Electric",
    "shelly": "Shelly",
    "siemens": "Siemens",
    "socomec": "Socomec",
    "sunspec": "SunSpec",
    "wago": "WAGO",
}
"""How a profile's name begins, and the vendor that this means."""

WITHOUT_ENERGY = {
    "abb_m4m",  # its energy addresses are in no source that was read
    "accuenergy_acuvim_ii",  # the same
    "panasonic_kw8m",  # the page with its energies was not at hand
    "advantech_adam_6050w",  # counts pulses
    "saia_pcd7_h104d",  # counts pulses
}

SCALES = {
    "V": {1.0, 0.1, 0.01, 0.001},
    "A": {1.0, 0.1, 0.01, 0.001, 0.0001},
    "W": {1.0, 0.1, 0.01, 10.0, 100.0, 1000.0},
    "": {1.0, 0.01, 0.001, 0.0001},
    "Hz": {1.0, 0.1, 0.01, 0.001},
    "Wh": {1.0, 10.0, 100.0, 1000.0},
    "count": {1.0},
}
"""What a register's step may be in the quantity's unit: powers of ten that meters use."""
_LIKE = {"var": "W", "VA": "W", "varh": "Wh"}


def _text(name: str) -> str:
    return files("edge_agent").joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")


def _expected(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / name / "expected.toml").read_text(encoding="utf-8"))


def _quantities(model: Profile) -> set[str]:
    return {register.quantity for register in model.registers}


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def test_the_library_is_broad() -> None:
    """Forty models or more, and every vendor of the table is there with one."""
    assert len(NAMES) >= 40
    assert {profile.load(name).vendor for name in NAMES} == set(VENDORS.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_vendor_and_model(name: str) -> None:
    """A file is called ``<vendor>_<model>``, and its models know that model."""
    model = profile.load(name)
    vendor = next(start for start in VENDORS if name.startswith(f"{start}_"))
    assert model.vendor == VENDORS[vendor]
    own = name.removeprefix(f"{vendor}_").split("_")[0]
    assert own in _squeezed(" ".join(model.models))


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_says_where_its_facts_are_from(name: str) -> None:
    """Every source has a title, a revision (or that none is stated) and a place."""
    sources = profile.load(name).sources
    assert all(source.title and source.revision and source.where for source in sources)


@pytest.mark.parametrize("name", NAMES)
def test_a_doubtful_profile_marks_every_row(name: str) -> None:
    """When one source alone (or none that was checked) stands behind a map, every row says so."""
    model = profile.load(name)
    if model.verification == "none" or (model.verification == "code" and model.doubtful):
        assert model.unverified == model.registers


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_tells_its_model_or_says_why_not(name: str) -> None:
    """There is a way to tell the model in the meter, or a comment why there is none."""
    model = profile.load(name)
    told = model.anchor or any(row.expects for row in model.identity)
    chain = [_text(name)] + ([_text(model.extends)] if model.extends else [])
    assert told or model.identity or any("No [[identity]]: " in text for text in chain)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_counts_energy_or_is_an_exception(name: str) -> None:
    """Energy has a counter with a step no coarser than 1 kWh; those without it are listed."""
    model = profile.load(name)
    assert ("active_energy_import_wh" in _quantities(model)) == (name not in WITHOUT_ENERGY)
    assert 0 < model.counter_step_wh <= 1000
    modulus = model.counter_modulus_wh
    assert modulus is None or modulus >= 1e6 * model.counter_step_wh


@pytest.mark.parametrize("name", NAMES)
def test_scales_are_those_of_meters(name: str) -> None:
    """A step is a power of ten that makes sense in SI: no kilo is forgotten, none is doubled."""
    for register in profile.load(name).registers:
        unit = QUANTITIES[register.quantity].unit
        assert register.scale in SCALES[_LIKE.get(unit, unit)], register.quantity
        assert register.offset == 0


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_has_a_line_to_find_it_on(name: str) -> None:
    """A new meter's settings are among those that it can have; without a serial line, Ethernet."""
    model = profile.load(name)
    assert model.baud is not None or model.tcp_port is not None
    assert model.baud is None or (model.baud in model.bauds and model.parity in model.parities)


@pytest.mark.parametrize("name", NAMES)
def test_a_fitter_is_told_something(name: str) -> None:
    """Each profile says what to look out for, in whole sentences."""
    quirks = profile.load(name).quirks
    assert quirks
    assert all(quirk[0].isupper() and quirk.endswith(".") for quirk in quirks)


@pytest.mark.parametrize("name", NAMES)
def test_an_electricity_meter_says_how_it_is_connected(name: str) -> None:
    """Whoever measures power says for which wirings; a single-phase map has no second phase."""
    model = profile.load(name)
    quantities = _quantities(model)
    assert bool(model.wirings) == (quantities != {"pulse_count"})
    if model.wirings == ("1P2W",):
        assert not {quantity for quantity in quantities if "_l2" in quantity or "_l3" in quantity}


def test_no_two_profiles_claim_the_same_model() -> None:
    """What one profile expects in a model register, no other expects there too."""
    for (one, a), (other, b) in combinations(_telling(), 2):
        if one != other and (a.function, a.address) == (b.function, b.address):
            clash = [shown for shown in _ends(a) if b.accepts(b.words_of(shown))]
            clash += [shown for shown in _ends(b) if a.accepts(a.words_of(shown))]
            assert not clash, f"{one} and {other} both claim {clash}"


@pytest.mark.parametrize("name", NAMES)
def test_a_case_is_electricity(name: str) -> None:
    """A case is what a plant could show: each phase's V x I x PF is its power, phases add up."""
    values = _expected(name)["values"]
    assert 40 < values.get("frequency_hz", 50.0) < 70
    assert all(-1 <= values[q] <= 1 for q in values if q.startswith("power_factor"))
    assert all(50 < values[q] < 10_000 for q in values if q.endswith("_v"))
    phases = [phase for phase in ("l1", "l2", "l3") if f"active_power_{phase}_w" in values]
    for phase in phases:
        volt_amperes = values[f"voltage_{phase}_v"] * values[f"current_{phase}_a"]
        factor = abs(values.get(f"power_factor_{phase}", values.get("power_factor", 0.9)))
        power = abs(values[f"active_power_{phase}_w"])
        assert power == pytest.approx(volt_amperes * factor, rel=0.12, abs=20)
    if len(phases) == 3:
        total = sum(values[f"active_power_{phase}_w"] for phase in phases)
        assert values["active_power_w"] == pytest.approx(total, rel=0.01, abs=30)


@pytest.mark.parametrize("name", NAMES)
def test_a_composed_case_says_so(name: str) -> None:
    """A case that no device gave says what it was composed from."""
    capture = tomllib.loads((CASES / name / "capture.toml").read_text(encoding="utf-8"))
    origin = capture["origin"]
    composed = origin.startswith("composed from ") and origin.endswith("not read from a device")
    assert composed or profile.load(name).verification == "hardware"


def _telling() -> list[tuple[str, IdentityRow]]:
    return [
        (name, row)
        for name in NAMES
        for row in profile.load(name).identity
        if row.role == "model" and row.expects
    ]


def _ends(row: IdentityRow) -> list[Any]:
    """Every text and number that the row names, the ends of its ranges included."""
    return [*row.begins, *row.equals, *(end for pair in row.between for end in pair)]

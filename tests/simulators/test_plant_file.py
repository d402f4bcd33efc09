"""Plant files: what may be written, and every fault told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_agent.errors import ConfigError, StopError
from simulators import plant_file
from tests.simulators.small_plant import HOUR_MS, MONDAY_MS

GOOD = """
[site]
id = "works"
name = "工場"
name_en = "Works"
time_zone = "Asia/Tokyo"

[[links]]
id = "lan"
kind = "tcp"

[[meters]]
id = "main"
name = "受電"
name_en = "Main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
rated_power_kw = 50
[meters.csv]
path = "load.csv"
time_column = "time"
energy_column = "kWh"
"""
BAD = """
[site]
id = "Works!"
name = "工場"
name_en = "Works"
time_zone = "Asia/Tokio"
colour = "green"

[hours]
starts = 08:00:00
ends = 07:00:00

[calendar]
closed_yearly = ["13-01"]

[[links]]
id = "lan"
kind = "tcp"

[[meters]]
id = "main"
name = "受電"
name_en = "Main"
link = "lam"
unit_id = 1
profile = "schneider_iem3255"
rated_power_kw = 0
parent = "press"
[meters.load]
shape = "machin"
peak_kw = 5
base_kw = 6

[[meters]]
id = "press"
name = "プレス"
name_en = "Press"
link = "lan"
unit_id = 2
profile = "omron_km_n1"
rated_power_kw = 50
parent = "main"

[[meters]]
id = "saw"
name = "鋸"
name_en = "Saw"
link = "lan"
unit_id = 2
profile = "omron_km_n1"
rated_power_kw = 50
parent = "mainn"
"""


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Each fault of schema and relations is one line with file, path, value and what to write."""
    path = tmp_path / "plant.toml"
    path.write_text(BAD, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        plant_file.load(str(path), MONDAY_MS)
    told = "\n".join(raised.value.faults)
    for part in (
        "site.id = 'Works!'",
        "site.time_zone = 'Asia/Tokio': not a time zone; write a name like Asia/Tokyo",
        "site.colour",
        "hours: not in order",
        "calendar.closed_yearly[0] = '13-01': not a month and day",
        "meters[0].profile = 'schneider_iem3255': no such profile; write schneider_iem3155",
        "meters[0].rated_power_kw = 0",
        "meters[0].load.shape = 'machin': no such shape; write machine",
        'meters[0].link = "lam": no [[links]] has that id',
        'meters[0].parent = "press": goes round in a circle',
        'meters[2].parent = "mainn": no [[meters]] has that id',
        "meters[2].unit_id = 2: already taken by meters[1]",
        "meters[2]: draws nothing",
    ):
        assert part in told
    assert all(line.startswith(str(path)) for line in raised.value.faults)


def test_a_base_above_the_peak_is_a_fault(tmp_path: Path) -> None:
    """A load whose base is above its peak, or with two sources, is refused."""
    load = '[meters.load]\nshape = "flat"\npeak_kw = 1\nbase_kw = 2\n'
    path = tmp_path / "plant.toml"
    path.write_text(GOOD + load, encoding="utf-8")
    with pytest.raises(ConfigError, match="base_kw is above peak_kw"):
        plant_file.load(str(path), MONDAY_MS)
    path.write_text(GOOD + load.replace("base_kw = 2", "base_kw = 0"), encoding="utf-8")
    with pytest.raises(ConfigError, match="keep one of them"):
        plant_file.load(str(path), MONDAY_MS)


@pytest.mark.parametrize(
    ("text", "told"), [("a = = 1", "not TOML"), ("a = 1", "site: Field required")]
)
def test_other_texts_are_refused(tmp_path: Path, text: str, told: str) -> None:
    """What is no TOML, or no plant, says so."""
    path = tmp_path / "plant.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=told):
        plant_file.load(str(path), MONDAY_MS)


def test_unknown_plants_are_told(tmp_path: Path) -> None:
    """A name that is not shipped gives those that are; a missing file says that it is missing."""
    with pytest.raises(StopError, match=r"shipped: .*sendai"):
        plant_file.load("sendei", MONDAY_MS)
    with pytest.raises(StopError, match="cannot be read"):
        plant_file.load(str(tmp_path / "none.toml"), MONDAY_MS)


def test_a_meter_replays_a_csv_beside_the_file(tmp_path: Path) -> None:
    """A CSV meter draws the file's intervals, in the site's time zone, and passes its notices."""
    (tmp_path / "plant.toml").write_text(GOOD, encoding="utf-8")
    csv = "time,kWh\n2026-11-16 00:00,1\n2026-11-16 01:00,2\n2026-11-16 01:00,2\n"
    (tmp_path / "load.csv").write_text(csv, encoding="utf-8")
    plant = plant_file.load(str(tmp_path / "plant.toml"), MONDAY_MS)
    assert plant.energy_wh("main", MONDAY_MS + HOUR_MS) == 1000
    assert plant.energy_wh("main", MONDAY_MS + 90 * HOUR_MS) == 3000
    assert len(plant.notices) == 1
    assert plant.notices[0].startswith("main: 1 row repeats")

"""The settings, and the words for everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from edge_agent import config, link_url, profile
from edge_agent.config import AgentSettings, LinkSettings
from edge_agent.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "deploy" / "examples" / "agent.toml"

GOOD = """
[agent]
id = "a-1"
site = "s"
[mqtt]
url = "mqtt://broker:1883"
[[links]]
id = "lan"
kind = "tcp"
host = "10.0.0.2"
[[links]]
id = "bus"
kind = "rtu"
device = "/dev/ttyUSB0"
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "eastron_sdm630"
[[meters]]
id = "press"
link = "bus"
unit_id = 2
profile = "omron_km_n1"
"""


def _write(folder: Path, text: str) -> Path:
    path = folder / "agent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _faults(folder: Path, text: str) -> list[str]:
    path = _write(folder, text)
    with pytest.raises(ConfigError) as caught:
        config.load(path, profile_faults=profile.faults)
    assert caught.value.hint
    assert all(fault.startswith(f"{path}: ") for fault in caught.value.faults)
    return [fault.removeprefix(f"{path}: ") for fault in caught.value.faults]


def test_the_example_is_sound() -> None:
    """The file that people copy loads, and its comments' defaults are the defaults."""
    settings = config.load(EXAMPLE, profile_faults=profile.faults)
    assert [meter.name for meter in settings.meters] == ["受電", "プレス"]
    assert settings.agent.state_dir == EXAMPLE.parent / "state" / "edge"
    defaults = config.PollSettings(), config.OutboxSettings()
    assert (settings.poll, settings.outbox) == defaults
    assert settings.clock == config.ClockSettings()
    assert (settings.delivery, settings.health) == (
        config.DeliverySettings(),
        config.HealthSettings(),
    )
    assert settings.links[1].timeout_ms is None


def test_paths_are_taken_from_the_file(tmp_path: Path) -> None:
    """State, password, certificate and profile files lie relative to the settings file."""
    for name in ("pw", "ca.pem", "own.toml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    text = GOOD.replace(
        'url = "mqtt://broker:1883"',
        'url = "mqtts://broker"\nusername = "u"\npassword_file = "pw"\nca_file = "ca.pem"',
    ).replace('"omron_km_n1"', '"own.toml"')
    settings = config.load(_write(tmp_path, text))
    assert settings.mqtt.password_file == tmp_path / "pw"
    assert settings.mqtt.ca_file == tmp_path / "ca.pem"
    assert settings.meters[1].profile == str(tmp_path / "own.toml")
    assert settings.agent.state_dir == tmp_path / "state" / "edge"


def test_settings_are_frozen(tmp_path: Path) -> None:
    """Nobody changes a setting after it was read."""
    settings = config.load(_write(tmp_path, GOOD))
    with pytest.raises(ValidationError, match="frozen"):
        settings.agent.id = "other"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('id = "a-1"', 'id = "A 1"', 'agent.id = "A 1": not a name (1 to 63 of a-z'),
        ('site = "s"', "", "agent.site: missing (add this key)"),
        (
            'site = "s"',
            'site = "s"\ncolour = 1',
            "agent.colour: unknown key (known: id, language, site,",
        ),
        ("mqtt://broker:1883", "http://b", 'mqtt.url = "http://b": not an MQTT address (write'),
        ("mqtt://broker:1883", "mqtt://u:p@b", "not an MQTT address"),
        ("mqtt://broker:1883", "mqtt://b:70000", "not an MQTT address"),
        (
            '1883"',
            '1883"\nversion = "4"',
            "mqtt.version = \"4\": not one of the choices (write '5'",
        ),
        ('1883"', '1883"\npassword_file = "pw"', 'mqtt.password_file = "pw": no such file (looked'),
        ('1883"', '1883"\npassword_file = "pw"', "mqtt.username: missing"),
        ('1883"', '1883"\nca_file = "agent.toml"', "mqtt.ca_file"),
        ("[mqtt]", "[poll]\nevery_s = 0\n[mqtt]", "poll.every_s = 0: less than 0.2"),
        ("[mqtt]", '[poll]\nevery_s = "x"\n[mqtt]', 'poll.every_s = "x": not a number (write a'),
        ("[mqtt]", '[poll]\nevery_s = "5"\n[mqtt]', 'poll.every_s = "5": not a number (write a'),
        ("[mqtt]", "[poll]\nevery_s = true\n[mqtt]", "poll.every_s = true: not a number"),
        ("[mqtt]", "[outbox]\nmax_mb = 0\n[mqtt]", "outbox.max_mb = 0: less than 1"),
        ("[mqtt]", "poll = 3\n[mqtt]", "unknown key"),
        (
            "[mqtt]",
            '[health]\nlisten = "9871"\n[mqtt]',
            'health.listen = "9871": not an address (write "127.0.0.1:9871", or "" for no page)',
        ),
        ("[mqtt]", "[health]\nlisten = 9871\n[mqtt]", "health.listen = 9871: not a text"),
        (
            "[mqtt]",
            '[care]\nallow = ["format"]\n[mqtt]',
            "care.allow[0] = \"format\": not one of the choices (write 'read'",
        ),
        ("[mqtt]", '[care]\nallow = "read"\n[mqtt]', 'care.allow = "read": not a list'),
        ("[mqtt]", "[care]\nasks_a_minute = 0\n[mqtt]", "care.asks_a_minute = 0: less than 1"),
        ("[mqtt]", "[care]\ntrial_s = 1\n[mqtt]", "care.trial_s = 1: less than 5"),
        (
            "[mqtt]",
            "[delivery]\nbacklog_readings_per_s = 0\n[mqtt]",
            "delivery.backlog_readings_per_s = 0: less than 1",
        ),
        (
            "[mqtt]",
            "[delivery]\nbacklog_readings_per_s = nan\n[mqtt]",
            "delivery.backlog_readings_per_s = nan: ",
        ),
        (
            "[mqtt]",
            "[delivery]\nbacklog_jitter_s = -1\n[mqtt]",
            "delivery.backlog_jitter_s = -1: less than 0",
        ),
        (
            'kind = "tcp"',
            'kind = "udp"',
            'links[0].kind = "udp": not one of the choices (write \'t',
        ),
        ('host = "10.0.0.2"', "", "links[0].host = \"\": missing (write the meter's or gateway's"),
        (
            'host = "10.0.0.2"',
            'host = "h"\nbaud = 9600',
            "links[0].baud = 9600: has no meaning on a",
        ),
        ('host = "10.0.0.2"', 'host = "h"\nport = 0', "links[0].port = 0: less than 1"),
        ('device = "/dev/ttyUSB0"', "", 'links[1].device = "": missing (write the serial port'),
        (
            'device = "/dev/ttyUSB0"',
            'device = "/d"\nhost = "h"',
            'links[1].host = "h": has no mean',
        ),
        ('device = "/dev/ttyUSB0"', 'device = "/d"\nparity = "X"', "links[1].parity"),
        ('id = "bus"', 'id = "lan"', 'links[1].id = "lan": already taken by links[0]'),
        ('id = "press"', 'id = "main"', 'meters[1].id = "main": already taken by meters[0]'),
        (
            'link = "bus"',
            'link = "rs485"',
            'meters[1].link = "rs485": no [[links]] has that id (known: bus, lan',
        ),
        ("unit_id = 2", "unit_id = 248", "meters[1].unit_id = 248: not a unit of a serial bus"),
        ("unit_id = 2", "unit_id = 256", "meters[1].unit_id = 256: more than 255"),
        ("unit_id = 2", 'unit_id = "two"', 'meters[1].unit_id = "two": not a whole number'),
        ("unit_id = 2", "unit_id = 2\nct_ratio = 0", "meters[1].ct_ratio = 0: not more than 0"),
        ("unit_id = 2", "unit_id = 2\nvt_ratio = inf", "meters[1].vt_ratio = inf: not a finite"),
        ("unit_id = 2", "unit_id = 2\nevery_s = 5", "meters[1].every_s = 5: faster than [poll]"),
        (
            "omron_km_n1",
            "omron",
            'meters[1].profile = "omron": unknown profile (did you mean omron_',
        ),
        ("omron_km_n1", "no.toml", 'meters[1].profile = "no.toml": no such file (looked in'),
        ("[[meters]]", "[meters]", "not TOML"),
        ("[agent]", "[agent", "not TOML"),
    ],
)
def test_every_fault_is_told_with_path_value_and_hint(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    """One wrong value is one line: where, what it is, what is wrong, what to write."""
    assert old in GOOD
    found = _faults(tmp_path, GOOD.replace(old, new, 1))
    assert any(told in fault for fault in found), found


def test_units_and_places_are_taken_once(tmp_path: Path) -> None:
    """Two meters on one unit, two links on one port or socket: both are told."""
    text = (
        GOOD
        + """
[[links]]
id = "bus2"
kind = "rtu"
device = "/dev/ttyUSB0"
[[links]]
id = "lan2"
kind = "rtu-over-tcp"
host = "10.0.0.2"
port = 502
[[meters]]
id = "again"
link = "bus"
unit_id = 2
profile = "omron_km_n1"
"""
    )
    assert _faults(tmp_path, text) == [
        'links[2].device = "/dev/ttyUSB0": already taken by links[1]'
        " (put all meters of one bus or gateway on one link)",
        'links[3].port = "10.0.0.2" and 502: already taken by links[0]'
        " (put all meters of one bus or gateway on one link)",
        'meters[2].unit_id = "bus" and 2: already taken by meters[1]'
        " (every meter on a link answers to its own unit id)",
    ]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    """Faults of schema, relations and files come in one go, each once."""
    text = (
        GOOD.replace('id = "a-1"', 'id = "A"')
        .replace("mqtt://", "http://")
        .replace('device = "/dev/ttyUSB0"', "baud = 1")
        .replace('link = "lan"', 'link = "wan"')
        .replace("unit_id = 2", 'unit_id = 2\nct_ratio = "x"')
        .replace("omron_km_n1", "nothing")
    )
    found = _faults(tmp_path, text)
    places = [fault.split(" = ")[0].split(":")[0] for fault in found]
    assert sorted(places) == [
        "agent.id",
        "links[1].baud",
        "links[1].device",
        "meters[0].link",
        "meters[1].ct_ratio",
        "meters[1].profile",
        "mqtt.url",
    ]


def test_no_meter_needs_a_page_to_add_one(tmp_path: Path) -> None:
    """An agent without meters is a fault, but for one whose page is there to add them."""
    text = GOOD[: GOOD.index("[[links]]")]
    (told,) = _faults(tmp_path, text)
    assert told.startswith("meters: no meter to read and no page to add one (")
    with_page = f'{text}\n[page]\nlisten = "127.0.0.1:9873"\n'
    assert config.load(_write(tmp_path, with_page)).meters == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "[[links]]",
            '[[poll.groups]]\nname = "a"\nevery_s = 1\nquantities = ["volts"]\n\n[[links]]',
            'poll.groups[0].quantities = "volts": no such quantity',
        ),
        (
            "[[links]]",
            '[[poll.groups]]\nname = "a"\nevery_s = 1\nquantities = ["voltage_*"]\n'
            '[[poll.groups]]\nname = "b"\nevery_s = 2\nquantities = ["voltage_l1_v"]\n\n[[links]]',
            '"voltage_l1_v": already in poll.groups[0]',
        ),
        (
            "[[meters]]",
            '[page]\npin_file = "no.pin"\n\n[[meters]]',
            'page.pin_file = "no.pin": no such',
        ),
    ],
)
def test_groups_and_page_are_checked(tmp_path: Path, old: str, new: str, told: str) -> None:
    """Unknown and doubled quantities of poll groups, and a missing PIN file, are told."""
    assert any(told in fault for fault in _faults(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(("above", "told"), [("main", "a ring"), ("nobody", "no such meter")])
def test_what_hangs_below_what_is_checked(tmp_path: Path, above: str, told: str) -> None:
    """A meter hangs below one that exists, and never below itself."""
    text = GOOD.replace("[[meters]]\n", f'[[meters]]\nbelow = "{above}"\n', 1)
    assert any(f'below = "{above}": {told}' in fault for fault in _faults(tmp_path, text))


def test_faults_inside_a_profile_are_told_too(tmp_path: Path) -> None:
    """`check` looks into the profile files that the meters name, once each."""
    (tmp_path / "own.toml").write_text("vendor = 3", encoding="utf-8")
    text = GOOD.replace("omron_km_n1", "own.toml").replace("eastron_sdm630", "own.toml")
    found = _faults(tmp_path, text)
    assert 'meters[0].profile = "own.toml": profile own: vendor = 3: not a text' in found[0]
    assert all(fault.startswith("meters[0].profile") for fault in found)


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_an_unreadable_file_is_one_line(tmp_path: Path, content: bytes | None) -> None:
    """A folder or a file that is no text is told as such."""
    path = tmp_path / "agent.toml"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"cannot be read|not UTF-8"):
        config.load(path)


def test_a_table_in_single_brackets_is_told_with_the_cure(tmp_path: Path) -> None:
    """The commonest slip in the TOML itself gets a hint of its own."""
    with pytest.raises(ConfigError, match="not TOML") as caught:
        config.load(_write(tmp_path, GOOD.replace("[[meters]]", "[meters]", 1)))
    assert "[[meters]] in double brackets" in caught.value.hint


def test_an_absent_file_names_the_example(tmp_path: Path) -> None:
    """Where nothing is, the hint says what to copy."""
    with pytest.raises(ConfigError, match="no such file") as caught:
        config.load(tmp_path / "agent.toml")
    assert "edge-agent init" in caught.value.hint


def test_settings_can_be_made_without_a_file() -> None:
    """A simulation builds the same settings in memory."""
    settings = AgentSettings.model_validate(
        {
            "agent": {"id": "a", "site": "s"},
            "mqtt": {"url": "mqtt://127.0.0.1:1883"},
            "links": [{"id": "l", "kind": "tcp", "host": "127.0.0.1", "port": 5020}],
            "meters": [{"id": "m", "link": "l", "unit_id": 1, "profile": "omron_km_n1"}],
        }
    )
    assert settings.links[0].port == 5020


@pytest.mark.parametrize(
    ("url", "link", "unit"),
    [
        (
            "tcp://10.0.0.2:1502?unit=3",
            LinkSettings(id="link", kind="tcp", host="10.0.0.2", port=1502),
            3,
        ),
        ("rtu+tcp://gw", LinkSettings(id="link", kind="rtu-over-tcp", host="gw"), 7),
        ("tcp://[::1]:502", LinkSettings(id="link", kind="tcp", host="::1"), 7),
        (
            "rtu:///dev/ttyUSB0?baud=19200&stop_bits=2&unit=9&gap_ms=5",
            LinkSettings(
                id="link",
                kind="rtu",
                device="/dev/ttyUSB0",
                baud=19_200,
                parity="E",
                stop_bits=2,
                gap_ms=5,
            ),
            9,
        ),
    ],
)
def test_a_link_can_be_one_line(url: str, link: LinkSettings, unit: int) -> None:
    """A URL names link and unit; what it leaves out is the profile's factory setting."""
    target = link_url.parse(url, unit=7, baud=9_600, parity="E", stop_bits=1)
    assert LinkSettings(**target.model_dump(exclude={"unit"}, exclude_unset=True)) == link
    assert target.unit == unit


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://x", "not a link"),
        ("tcp://", 'host = "": missing'),
        ("tcp://h:x", "Port could not be cast"),
        ("rtu://?baud=9600", 'device = "": missing'),
        ("rtu:///dev/x?baud=fast", 'baud = "fast": not a whole number'),
        ("rtu:///dev/x?stop_bits=3", "stop_bits = 3: not one of the choices (write 1 or 2)"),
        ("tcp://h?unit=256", "unit = 256: more than 255"),
        ("tcp://h?baud=9600", "has no meaning on a tcp link"),
        ("tcp://h?bud=9600", "bud: unknown key"),
        ("tcp://h?unit", "bad query field"),
    ],
)
def test_a_wrong_link_url_says_how_to_write_one(url: str, told: str) -> None:
    """Every fault of a URL is told, with the three forms as the hint."""
    with pytest.raises(ConfigError) as caught:
        link_url.parse(url, unit=1)
    assert told in caught.value.faults[0]
    assert "rtu+tcp://" in caught.value.hint

"""Settings of the collector: what is read, and every fault at once."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector import config, config_secrets
from collector.config import CollectorSettings
from collector.errors import ConfigError

EXAMPLE = Path(__file__).parents[2] / "deploy" / "examples" / "collector.toml"
HEAD = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:1883"
[store]
kind = "sqlite"
path = "store.sqlite"
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
"""


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in config_secrets.SECRET_VARIABLES.values():
        monkeypatch.delenv(variable, raising=False)


def load(folder: Path, text: str) -> CollectorSettings:
    """Load the text as a settings file."""
    file = folder / "collector.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file)


def faults(folder: Path, text: str) -> list[str]:
    """Answer the faults of the text, without the file's name in front."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    start = f"{folder / 'collector.toml'}: "
    assert all(fault.startswith(start) for fault in caught.value.faults)
    return [fault.removeprefix(start) for fault in caught.value.faults]


def test_the_example_loads_and_its_paths_count_from_the_file() -> None:
    """The file people copy is without fault."""
    settings = config.load(EXAMPLE)
    assert settings.collector.state_dir == EXAMPLE.parent / "state/collector"
    assert settings.store.path == EXAMPLE.parent / "state/collector/store.sqlite"
    (site,) = settings.sites
    assert site.zone == ZoneInfo("Asia/Tokyo")
    assert site.contracts[0].from_date == date(2020, 4, 1)
    assert [(meter.id, meter.parent) for meter in site.meters] == [
        ("main", None),
        ("press", "main"),
    ]
    assert settings.grafana is None


def test_every_commented_key_of_the_example_is_a_real_key(tmp_path: Path) -> None:
    """Somebody who takes the comment signs away finds a working file."""
    (tmp_path / "influx.token").write_text("secret-1\n")
    (tmp_path / "grafana.token").write_text("secret-2\n")
    (tmp_path / "mail-password").write_text("secret-3\n")
    (tmp_path / "kafka.password").write_text("secret-4\n")
    for name in ("grafana-acme.token", "influx-acme-read.token"):
        (tmp_path / name).write_text("secret-5\n")
    text = EXAMPLE.read_text(encoding="utf-8")
    head, tail = text.split('[store]\nkind = "sqlite"', 1)
    rest = tail.split("\n\n", 1)[1]
    text = head + "\n".join(
        line.removeprefix("# ") if "=" in line or "[" in line else line
        for line in rest.splitlines()
    )
    apart = 'bucket_raw = "acme_raw"\nbucket_totals = "acme"'
    settings = load(tmp_path, text.replace('path = "state/collector/acme.sqlite"', apart))
    assert settings.store.kind == "influx"
    assert settings.store.token == "secret-1"
    assert settings.store.raw_retention_days == 400
    assert settings.grafana is not None
    assert settings.grafana.token == "secret-2"
    assert settings.grafana.languages == ("ja", "en")
    assert settings.mail is not None
    assert settings.mail.password == "secret-3"
    assert [report.name for report in settings.reports] == ["monthly"]
    assert settings.api.listen == "127.0.0.1:9880"
    assert settings.kafka is not None
    assert settings.kafka.password == "secret-4"


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    """A short file is enough, and a name falls back on the id."""
    settings = load(tmp_path, HEAD + '[[sites.meters]]\nid = "main"\n')
    assert settings.mqtt.version == "5"
    assert settings.summarise.every_s == 60
    site = settings.sites[0]
    assert (site.name, site.fiscal_year_starts, site.co2_method) == ("sendai", 4, "jp_shk_adjusted")
    assert site.meters[0].name == "main"


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("mqtt://broker", ("broker", 1883, False)),
        ("mqtts://broker.example", ("broker.example", 8883, True)),
        ("mqtts://broker:1", ("broker", 1, True)),
        ("mqtt://[::1]:1884", ("::1", 1884, False)),
    ],
)
def test_the_broker_address_is_taken_apart(
    tmp_path: Path, url: str, place: tuple[str, int, bool]
) -> None:
    """Host, port and encryption come from the one address."""
    mqtt = load(tmp_path, HEAD.replace("mqtt://127.0.0.1:1883", url)).mqtt
    assert (mqtt.host, mqtt.port, mqtt.tls) == place


@pytest.mark.parametrize("url", ["http://b", "mqtt://", "mqtt://b/x", "mqtt://b:x", "b:1883"])
def test_what_is_no_broker_address_is_a_fault(tmp_path: Path, url: str) -> None:
    """The fault shows the value and an example."""
    (fault,) = faults(tmp_path, HEAD.replace("mqtt://127.0.0.1:1883", url))
    assert fault.startswith(f'mqtt.url = "{url}": ')
    assert "mqtt://127.0.0.1:1883" in fault


def test_a_password_in_the_broker_address_is_not_shown(tmp_path: Path) -> None:
    """What stands before the host is a fault, and in no line."""
    (fault,) = faults(tmp_path, HEAD.replace("mqtt://127.0.0.1:1883", "mqtt://user:hidden@b"))
    assert fault.startswith('mqtt.url = "mqtt://***@b": holds a user name')


@pytest.mark.parametrize("key", ["pasword", "token", "api_key", "Secret"])
def test_a_secret_under_a_misspelt_key_is_not_shown(tmp_path: Path, key: str) -> None:
    """The key is told, and what it might have meant."""
    (fault,) = faults(tmp_path, HEAD.replace("[mqtt]", f'[mqtt]\n{key} = "hidden-value"'))
    assert fault.startswith(f"mqtt.{key} = ***: unknown key (")


BROKEN = """
stray = 1
[collector]
id = "HQ"
[mqtt]
url = "mqtt://127.0.0.1:1883"
version = 5
[store]
kind = "influx"
path = "x"
token = "abc"
token_file = "nope"
[summarise]
evry_s = 60
[[sites]]
id = "s"
time_zone = "Asia/Tokio"
fiscal_year_starts = 13
contract_power_kw = inf
[[sites.contracts]]
region = "JP"
from = 2025-04-01
[[sites.contracts]]
region = "JP"
from = 2024-04-01
[[sites.meters]]
id = "a"
parent = "b"
[[sites.meters]]
id = "b"
parent = "a"
[[sites.meters]]
id = "C!"
parent = "zz"
[[sites.meters]]
id = "b"
[[sites]]
id = "s"
time_zone = "UTC"
[grafana]
url = "http://x"
languages = ["fr"]
"""


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Faults of single values and between values stand side by side, none hides another."""
    told = faults(tmp_path, BROKEN)
    for start in (
        'collector.id = "HQ": not a name',
        "collector.state_dir: missing",
        "mqtt.version = 5: should be '5' or '3.1.1'",
        "stray = 1: unknown key",
        "summarise.evry_s = 60: unknown key (did you mean every_s?)",
        'sites[0].time_zone = "Asia/Tokio": not a time zone, did you mean Asia/Tokyo?',
        "sites[0].fiscal_year_starts = 13: should be less than or equal to 12",
        "sites[0].contract_power_kw = inf: should be a finite number",
        'sites[0].meters[2].id = "C!": not a name',
        "grafana.languages[0] = \"fr\": should be 'ja' or 'en'",
        "store.token: given here and in token_file",
        'store.url: missing (a store of kind "influx" needs it)',
        'store.org: missing (a store of kind "influx" needs it)',
        'store.path = "x": not for kind "influx"',
        "grafana.token_file: missing",
        'sites[1].id = "s": already the id of sites[0]',
        'sites[0].meters[3].id = "b": already the id of sites[0].meters[1]',
        'sites[0].meters[0].parent = "b": goes round in a circle',
        'sites[0].meters[1].parent = "a": goes round in a circle',
        'sites[0].meters[2].parent = "zz": no meter of this site has that id (write one of: a, b)',
        "sites[0].contracts[1].from = 2024-04-01: not after 2025-04-01",
    ):
        assert sum(fault.startswith(start) for fault in told) == 1, (start, told)
    assert len(told) == 21
    assert all(fault.endswith(")") for fault in told), "every fault has a hint"


def test_a_list_of_nothing_but_faults_is_not_called_empty(tmp_path: Path) -> None:
    """What only follows from a fault is not told beside it."""
    (fault,) = faults(tmp_path, HEAD.replace("Asia/Tokyo", "Asia/Tokio"))
    assert fault.startswith('sites[0].time_zone = "Asia/Tokio"')
    assert faults(tmp_path, "sites = []\n" + HEAD.split("[[sites]]")[0])[0].startswith("sites = []")


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    """What was read stays as it was read."""
    settings = load(tmp_path, HEAD)
    with pytest.raises(ValueError, match="frozen"):
        settings.summarise.every_s = 1.0


def test_a_file_that_is_not_there_is_one_fault(tmp_path: Path) -> None:
    """The hint says where to start from."""
    with pytest.raises(ConfigError, match=r"No such file.*deploy/examples/collector\.toml"):
        config.load(tmp_path / "none.toml")


@pytest.mark.parametrize("text", ["[collector\n", "a = 1\na = 2\n", "x = '\n'"])
def test_a_file_that_is_not_toml_is_one_fault(tmp_path: Path, text: str) -> None:
    """The fault says at which line."""
    (fault,) = faults(tmp_path, text)
    assert fault.startswith("not TOML: ")
    assert "line" in fault


@pytest.mark.parametrize(
    "text",
    [
        "sites = 3\nmqtt = []\nstore = 'x'\ncollector = 1.5",
        "[[sites]]\nid = []\nmeters = [1, {id = [], parent = {}}]\ncontracts = {}\n",
        "[[sites]]\nmeters = [{id = 'a', parent = 'a'}]\ncontracts = [{from = 'x'}, {from = 3}]\n",
        "[store]\nkind = []\n[grafana]\ntoken = 3\ntoken_file = []\n",
    ],
)
def test_values_of_a_wrong_type_are_faults_and_nothing_worse(tmp_path: Path, text: str) -> None:
    """No shape of document brings the reader down."""
    assert len(faults(tmp_path, text)) >= 3


def test_a_meter_may_not_be_its_own_parent(tmp_path: Path) -> None:
    """The shortest circle is found too."""
    (fault,) = faults(tmp_path, HEAD + '[[sites.meters]]\nid = "a"\nparent = "a"\n')
    assert fault.startswith('sites[0].meters[0].parent = "a": goes round in a circle')


def test_a_meter_below_a_circle_is_not_blamed(tmp_path: Path) -> None:
    """Only the meters of the circle are named."""
    meters = "".join(
        f'[[sites.meters]]\nid = "{name}"\nparent = "{parent}"\n'
        for name, parent in (("a", "b"), ("b", "a"), ("c", "a"))
    )
    told = faults(tmp_path, HEAD + meters)
    assert [fault.split(" ")[0] for fault in told] == [
        "sites[0].meters[0].parent",
        "sites[0].meters[1].parent",
    ]


INFLUX = HEAD.replace(
    'kind = "sqlite"\npath = "store.sqlite"',
    'kind = "influx"\nurl = "http://127.0.0.1:8086"\norg = "mieruka"',
)


def test_the_token_comes_from_its_file_or_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file named in the settings wins over the environment."""
    monkeypatch.setenv("MIERUKA_INFLUX_TOKEN", "from-environment")
    assert load(tmp_path, INFLUX).store.token == "from-environment"
    (tmp_path / "t").write_text("from-file\n")
    with_file = INFLUX.replace('org = "mieruka"', 'org = "mieruka"\ntoken_file = "t"')
    assert load(tmp_path, with_file).store.token == "from-file"


def test_a_store_without_a_token_is_a_fault(tmp_path: Path) -> None:
    """The hint names both ways to give one."""
    (fault,) = faults(tmp_path, INFLUX)
    assert fault.startswith("store.token_file: missing")
    assert "MIERUKA_INFLUX_TOKEN" in fault


@pytest.mark.parametrize("text", ["", "\n\n", "two\nlines"])
def test_a_secret_file_must_hold_one_line(tmp_path: Path, text: str) -> None:
    """An empty file is not a secret."""
    (tmp_path / "t").write_text(text)
    told = faults(tmp_path, INFLUX.replace('org = "m', 'token_file = "t"\norg = "m'))
    assert told[0].startswith('store.token_file = "t": does not hold exactly one line')


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    """Neither a fault nor the printed settings give a secret away."""
    settings = load(tmp_path, INFLUX.replace('org = "m', 'token = "hidden"\norg = "m'))
    assert settings.store.token == "hidden"
    assert "hidden" not in repr(settings)
    told = faults(tmp_path, INFLUX.replace('org = "m', 'token = ["hidden"]\norg = "m'))
    assert "hidden" not in "\n".join(told)


@pytest.mark.parametrize(
    ("extra", "start"),
    [
        ('[grafana]\nurl = "http://g"\nusername = "a"\n', "grafana.password: missing"),
        (
            '[grafana]\nurl = "http://g"\nusername = "a"\ntoken = "x"\n',
            'grafana.username = "a": given beside a token',
        ),
        (
            '[grafana]\nurl = "g"\ntoken = "x"\n',
            'grafana.url = "g": not an http(s) address',
        ),
        (
            '[grafana]\nurl = "http://g"\ntoken = "x"\nlanguages = []\n',
            "grafana.languages = []: an empty list",
        ),
    ],
)
def test_faults_of_grafana_settings(tmp_path: Path, extra: str, start: str) -> None:
    """A token, or a user with a password, and at least one language."""
    (fault,) = faults(tmp_path, HEAD + extra)
    assert fault.startswith(start)


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ('ca_file = "ca.pem"', 'mqtt.ca_file = "ca.pem": not used by mqtt://'),
        ('password = "x"', "mqtt.username: missing"),
        ('username = "u"\npassword_file = "none"', 'mqtt.password_file = "none": No such file'),
    ],
)
def test_faults_of_mqtt_settings(tmp_path: Path, line: str, start: str) -> None:
    """What has no effect without another key is said."""
    (fault,) = faults(tmp_path, HEAD.replace("[store]", f"{line}\n[store]"))
    assert fault.startswith(start)


@pytest.mark.parametrize("place", ["", "127.0.0.1:9872", "[::1]:9872", "0.0.0.0:0"])
def test_the_health_page_has_an_address_or_none(tmp_path: Path, place: str) -> None:
    """Host and port; nothing means no page."""
    settings = load(tmp_path, HEAD + f'[health]\nlisten = "{place}"\n')
    assert settings.health.listen == place
    assert load(tmp_path, HEAD).health.listen == "127.0.0.1:9872"


@pytest.mark.parametrize("place", ["9872", ":9872", "localhost", "a:b", "a:99999", "http://a:1/"])
def test_what_is_no_address_of_a_page_is_a_fault(tmp_path: Path, place: str) -> None:
    """The fault shows the value and an example."""
    (fault,) = faults(tmp_path, HEAD + f'[health]\nlisten = "{place}"\n')
    assert fault.startswith(f'health.listen = "{place}": not an address with a port (')
    assert "127.0.0.1:9872" in fault


@pytest.mark.parametrize("group", ["Plant", "a/b", "a+", "#", " "])
def test_a_share_group_is_a_name(tmp_path: Path, group: str) -> None:
    """It becomes a level of a topic, so signs with a meaning there have no place in it."""
    (fault,) = faults(tmp_path, HEAD.replace("[store]", f'share_group = "{group}"\n[store]'))
    assert fault.startswith(f'mqtt.share_group = "{group}": not a name (')
    named = load(tmp_path, HEAD.replace("[store]", 'share_group = "plant"\n[store]'))
    assert named.mqtt.share_group == "plant"
    assert load(tmp_path, HEAD).mqtt.share_group == ""


@pytest.mark.parametrize("rate", ["0.0", "-1.0", "0.5", "inf", "nan", "true", '"fast"'])
def test_a_backlog_rate_that_drains_nothing_is_a_fault(tmp_path: Path, rate: str) -> None:
    """One reading a second at least; the default is for a small plant on one machine."""
    (fault,) = faults(tmp_path, HEAD + f"[delivery]\nbacklog_readings_per_s = {rate}\n")
    assert fault.startswith("delivery.backlog_readings_per_s = ")
    settings = load(tmp_path, HEAD + "[delivery]\nbacklog_readings_per_s = 1\n")
    assert settings.delivery.backlog_readings_per_s == 1.0
    assert load(tmp_path, HEAD).delivery.backlog_readings_per_s == 20_000.0


def test_a_collector_without_sites_is_a_fault(tmp_path: Path) -> None:
    """There is nothing to sum without a site."""
    (fault,) = faults(tmp_path, HEAD.split("[[sites]]")[0])
    assert fault == "sites: missing (at least one [[sites]])"


def test_what_the_example_only_offers_is_valid_too(tmp_path: Path) -> None:
    """Every site setting that the example shows as a comment loads when it is taken in."""
    text = EXAMPLE.read_text("utf-8")
    before, _, sites = text.partition("[[sites]]")
    offered = re.sub(r"^# (\[|[a-z_]+ = )", r"\1", sites.partition("# [grafana]")[0], flags=re.M)
    (tmp_path / "mail-password").write_text("secret\n")
    path = tmp_path / "collector.toml"
    path.write_text(f"{before}[[sites]]{offered}", encoding="utf-8")
    (site,) = config.load(path).sites
    assert site.meters[1].equipment is not None
    assert site.target is not None
    dated = (site.certificates, site.tariffs, site.contract_powers)
    assert [len(part) for part in dated] == [1, 1, 1]
    assert [meter.medium for meter in site.meters] == ["electricity"] * 3 + ["gas"]
    assert site.meters[1].moves
    assert site.meters[2].virtual

"""Settings of Grafana: contact point, customers, secrets; each fault one line with a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector import config
from collector.errors import ConfigError

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
[[sites]]
id = "austin"
time_zone = "America/Chicago"
[grafana]
url = "http://127.0.0.1:3000"
"""
TOKEN = 'token = "x"\n'
TENANT = '[[grafana.tenants]]\nname = "Acme"\nsites = ["austin"]\n'


def _load(folder: Path, text: str) -> config.CollectorSettings:
    path = folder / "collector.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return config.load(path)


def _fault(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        _load(folder, text)
    (fault,) = caught.value.faults
    return fault.partition(": ")[2]


def test_secrets_come_from_files(tmp_path: Path) -> None:
    """Tokens and the hook's address are read from their files and never shown."""
    for name in ("grafana", "read", "hook", "acme", "acme-read"):
        (tmp_path / name).write_text(f"https://secret-{name}\n")
    text = 'token_file = "grafana"\nread_token_file = "read"\nteams = true\n'
    text += "[grafana.thresholds]\ndemand_percent = 97.5\n"
    text += '[grafana.contact]\nkind = "teams"\nurl_file = "hook"\n'
    text += TENANT + 'org_id = 2\ntoken_file = "acme"\nread_token_file = "acme-read"\n'
    settings = _load(tmp_path, text)
    grafana = settings.grafana
    assert grafana is not None
    assert (grafana.token, grafana.read_token) == ("https://secret-grafana", "https://secret-read")
    assert grafana.contact is not None
    assert grafana.contact.url == "https://secret-hook"
    assert [one.read_token for one in grafana.tenants] == ["https://secret-acme-read"]
    assert grafana.thresholds == {"demand_percent": 97.5}
    assert "https://secret" not in repr(settings)


def test_read_token_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable may hold the data sources' token as well."""
    monkeypatch.setenv("MIERUKA_GRAFANA_READ_TOKEN", "from-environment")
    grafana = _load(tmp_path, TOKEN).grafana
    assert grafana is not None
    assert grafana.read_token == "from-environment"


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ('[grafana.contact]\nkind = "mail"\n', "grafana.contact.to: missing"),
        (
            '[grafana.contact]\nkind = "mail"\nto = ["nobody"]\n',
            'grafana.contact.to[0] = "nobody": not a mail address',
        ),
        (
            '[grafana.contact]\nkind = "mail"\nto = ["a@b.jp"]\nurl = "http://h"\n',
            "grafana.contact.url_file: mail goes to addresses",
        ),
        ('[grafana.contact]\nkind = "slack"\n', "grafana.contact.url_file: missing"),
        (
            '[grafana.contact]\nkind = "slack"\nurl = "hooks"\n',
            "grafana.contact.url = ***: not an http(s) address",
        ),
        (
            '[grafana.contact]\nkind = "slack"\nurl = "http://h"\nto = ["a@b.jp"]\n',
            "grafana.contact.to: slack goes to its hook",
        ),
        ('[grafana.contact]\nkind = "fax"\n', 'grafana.contact.kind = "fax": should be'),
        (
            '[grafana.contact]\nkind = "slack"\nurl_file = "none"\n',
            'grafana.contact.url_file = "none": No such file',
        ),
        (TENANT, "grafana.tenants[0].token_file: missing"),
        (TENANT + "create = true\n", "grafana.tenants[0].create = true: a token cannot"),
        (
            TENANT.replace("austin", "osaka") + 'token = "t"\n',
            'grafana.tenants[0].sites = "osaka": no such site (write one of: sendai, austin)',
        ),
        (
            TENANT + 'token = "t"\n' + TENANT.replace("Acme", "Other") + 'token = "u"\n',
            'grafana.tenants[1].sites = "austin": is grafana.tenants[0]\'s already',
        ),
        (
            TENANT + 'token = "t"\n' + TENANT.replace("austin", "sendai") + 'token = "u"\n',
            "grafana.tenants[1].name Acme: is grafana.tenants[0]'s already",
        ),
        (
            TENANT + 'org_id = 0\ntoken = "t"\n',
            "grafana.tenants[0].org_id = 0: should be greater than or equal to 1",
        ),
        (
            '[[grafana.tenants]]\nname = "A"\nsites = []\ntoken = "t"\n',
            "grafana.tenants[0].sites = []: an empty list",
        ),
        (TENANT + 'token = "t"\ntokn = 1\n', "grafana.tenants[0].tokn = 1: unknown key"),
        ('[grafana.thresholds]\na = "b"\n', 'grafana.thresholds.a = "b": should be'),
    ],
)
def test_faults_are_one_line_each(tmp_path: Path, text: str, start: str) -> None:
    """Every wrong setting is told with its path, and with what to write instead."""
    fault = _fault(tmp_path, TOKEN + text)
    assert fault.startswith(start)
    assert fault.endswith(")") or "should be" in fault


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (TENANT, "grafana.tenants[0].org_id: missing"),
        (TENANT + "create = true\norg_id = 2\n", "grafana.tenants[0].create = true: given beside"),
    ],
)
def test_faults_of_an_administrators_tenants(tmp_path: Path, text: str, start: str) -> None:
    """With a server administrator's password a tenant needs a number, or to be made: not both."""
    assert _fault(tmp_path, 'username = "a"\npassword = "b"\n' + text).startswith(start)

"""A small plant with something of every kind in it, and what it holds, to be compared."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from collector import config
from collector.commands.accounts import app as accounts
from collector.commands.backup import app
from collector.storage import open_stores
from collector.storage.port import Point
from tests.collector.commands.plant_files import (
    APRIL_MS,
    DAY,
    HEAD,
    SITE,
    invoke,
    land,
    steady,
)

SECRETS = ("mqtt-pass-7341", "mail-pass-5520", "influx-token-9917")
MORE = f"""
[factors]
folder = "own/factors"
[findings]
thresholds = "thresholds.toml"
[mail]
host = "127.0.0.1"
from = "a@example.jp"
username = "mieruka"
password = "{SECRETS[1]}"  # inline, as some do
"""
STORE = '[store]\nkind = "sqlite"\npath = "store.sqlite"\n'


def settings_text(store: str = STORE) -> str:
    """The settings, in which one secret stands inline and another in a file."""
    head = HEAD.replace(STORE, store)
    head = head.replace(
        "[store]", 'username = "collector"\npassword_file = "mqtt.password"\n[store]'
    )
    return "\n".join((head, SITE, MORE))


def make_plant(folder: Path, store: str = STORE, days: int = 31) -> Path:
    """Two meters for some days, a closed account, files beside the settings and in the state."""
    folder.mkdir(exist_ok=True)
    file = folder / "collector.toml"
    file.write_text(settings_text(store), encoding="utf-8")
    (folder / "mqtt.password").write_text(SECRETS[0] + "\n", encoding="utf-8")
    (folder / "mqtt.password").chmod(0o600)
    (folder / "thresholds.toml").write_text("# none yet\n", encoding="utf-8")
    (folder / "own/factors").mkdir(parents=True)
    (folder / "own/factors/README").write_text("ours\n", encoding="utf-8")
    end_ms = APRIL_MS + days * DAY
    kw = {"main": 20.0, "press": 5.0}
    # Every quarter of an hour: enough to count, and quick to copy.
    land(file, {meter: steady(APRIL_MS, end_ms, power)[::3] for meter, power in kw.items()})
    (folder / "state/grafana.json").write_text("{}", encoding="utf-8")
    (folder / "state/fleet").mkdir()
    key = "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n"
    (folder / "state/fleet/ca.key").write_text(key, encoding="utf-8")
    (folder / "state/fleet/ca.crt").write_text("a certificate\n", encoding="utf-8")
    return file


def close_april(file: Path) -> str:
    """Close the account of April; answer its digest."""
    done = invoke(accounts, "close", "sendai", "2025-04", "--by", "Sato", "-c", file)
    assert done.exit_code == 0, done.output
    return digest_of(file)


def digest_of(file: Path) -> str:
    """The digest of the one account that is closed."""
    done = invoke(accounts, "list", "sendai", "-c", file, "--json")
    assert done.exit_code == 0, done.output
    (closed,) = json.loads(done.stdout)
    return str(closed["digest"])


def april(file: Path) -> Any:
    """The account of April, once what is marked for it has been added up anew."""
    land(file, {})
    done = invoke(accounts, "show", "sendai", "2025-04", "-c", file, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def everything(file: Path) -> dict[str, list[Point]]:
    """Every point the store holds, by series."""
    with closing(open_stores(config.load(file))) as store:
        store.check()
        return {
            f"{one.measurement} {one.site} {one.meter}": list(store.page(one, 0, 1_000_000))
            for one in store.series()
        }


def back_up(file: Path, to: Path, *words: str) -> dict[str, Any]:
    """Take a backup; answer what it says as JSON."""
    done = invoke(app, "--to", to, "-c", file, "--json", *words)
    assert done.exit_code == 0, done.output
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def bring_back(backup: Path, file: Path, *words: str) -> dict[str, Any]:
    """Restore it; answer what it says as JSON."""
    done = invoke(app, "restore", backup, "-c", file, "--json", *words)
    assert done.exit_code == 0, done.output
    facts: dict[str, Any] = json.loads(done.stdout)
    return facts


def refusal(*words: object, code: int = 1) -> str:
    """The one line with which the command refuses."""
    done = invoke(app, *words)
    assert done.exit_code == code, done.output
    lines = done.stderr.strip().splitlines()
    assert code == 2 or len(lines) == 1, done.stderr
    return "\n".join(lines)

"""Sets up InfluxDB and Grafana of one box: what is missing is made, what is there stays.

InfluxDB: the organisation with its first user, two buckets, and two tokens, each with no more than
its holder needs: the collector reads and writes the two buckets, Grafana reads them. Grafana: a
service account for the boards. Tokens are written into TOKENS, readable by their owner alone; the
administrators' own secrets stay in SECRETS and are needed here only.

    SECRETS=... TOKENS=... INFLUX_URL=http://127.0.0.1:8086 python3 first_start.py
    python3 first_start.py --state-dir collector.toml      prints the state folder

Needs nothing but Python. Every fault is one line and exit code 1.
Sources: InfluxDB 2.9 API reference (setup, buckets, authorizations); Grafana HTTP API (service
accounts). The calls to InfluxDB run against a real one in tests/deploy.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

ORG = os.environ.get("INFLUX_ORG", "mieruka")
RAW, TOTALS = "mieruka_raw", "mieruka"
RAW_DAYS = 400
WAIT_S = float(os.environ.get("WAIT_S", "120"))
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class BoxError(Exception):
    """Something a person must look at: one line."""


def main() -> None:
    """Do what is asked for by the environment."""
    secrets, tokens = _folder("SECRETS"), _folder("TOKENS")
    influx(os.environ["INFLUX_URL"], secrets, tokens)
    if grafana_url := os.environ.get("GRAFANA_URL"):
        grafana(grafana_url, secrets, tokens)


# InfluxDB.


def influx(url: str, secrets: Path, tokens: Path) -> None:
    """Set it up, or see that it is set up with our administrator's token."""
    _wait(f"{url}/health")
    admin = {"Authorization": f"Token {_secret(secrets, 'influx-admin-token')}"}
    if _call("GET", f"{url}/api/v2/setup")["allowed"]:
        first = {"username": "admin", "password": _secret(secrets, "influx-admin"), "org": ORG}
        rest = {"bucket": TOTALS, "retentionPeriodSeconds": 0}
        token = _secret(secrets, "influx-admin-token")
        _call("POST", f"{url}/api/v2/setup", {**first, **rest, "token": token})
        _say(f"InfluxDB set up, organisation {ORG}")
    org = _only(_call("GET", f"{url}/api/v2/orgs?org={quote(ORG)}", None, admin)["orgs"])["id"]
    buckets = [
        _bucket(url, admin, org, RAW, RAW_DAYS * 86_400),
        _bucket(url, admin, org, TOTALS, 0),
    ]
    for name, actions in (("collector", ("read", "write")), ("grafana", ("read",))):
        _influx_token(url, admin, org, buckets, tokens / f"influx-{name}", actions)


def _bucket(url: str, admin: Mapping[str, str], org: str, name: str, keep_s: int) -> str:
    asked = f"{url}/api/v2/buckets?org={quote(ORG)}&name={quote(name)}"
    found = _call("GET", asked, None, admin, missing={"buckets": []})["buckets"]
    if found:
        return str(found[0]["id"])
    rule = [{"type": "expire", "everySeconds": keep_s}]
    made = _call("POST", f"{url}/api/v2/buckets", {"orgID": org, "name": name,
                 "retentionRules": rule}, admin)  # fmt: skip
    return str(made["id"])


def _influx_token(
    url: str, admin: Mapping[str, str], org: str, buckets: list[str], file: Path,
    actions: tuple[str, ...],
) -> None:  # fmt: skip
    if file.exists():
        mine = {"Authorization": f"Token {file.read_text(encoding='utf-8').strip()}"}
        if _call("GET", f"{url}/api/v2/buckets", None, mine, refused=None) is not None:
            return
    called = f"mieruka box: {file.name}"
    every = _call("GET", f"{url}/api/v2/authorizations?orgID={org}", None, admin)
    for one in every["authorizations"]:
        if one["description"] == called:  # its token can be read nowhere any more
            _call("DELETE", f"{url}/api/v2/authorizations/{one['id']}", None, admin)
    rights = [
        {"action": action, "resource": {"type": "buckets", "id": bucket, "orgID": org}}
        for bucket in buckets
        for action in actions
    ]
    wanted = {"orgID": org, "description": called, "permissions": rights}
    made = _call("POST", f"{url}/api/v2/authorizations", wanted, admin)
    _keep(file, made["token"])
    _say(f"token {file.name}: {' and '.join(actions)} on {RAW} and {TOTALS}")


# Grafana.


def grafana(url: str, secrets: Path, tokens: Path) -> None:
    """Make a service account for the boards, with a token, unless there is one that works."""
    _wait(f"{url}/api/health")
    file = tokens / "grafana-collector"
    if file.exists():
        mine = {"Authorization": f"Bearer {file.read_text(encoding='utf-8').strip()}"}
        if _call("GET", f"{url}/api/org", None, mine, refused=None) is not None:
            return
    named = f"{os.environ.get('GRAFANA_USER', 'admin')}:{_secret(secrets, 'grafana-admin')}"
    login = base64.b64encode(named.encode()).decode()
    admin = {"Authorization": f"Basic {login}"}
    asked = f"{url}/api/serviceaccounts/search?query=mieruka-collector"
    found = _call("GET", asked, None, admin)["serviceAccounts"]
    wanted = {"name": "mieruka-collector", "role": "Admin"}
    account = found[0] if found else _call("POST", f"{url}/api/serviceaccounts", wanted, admin)
    name = {"name": f"box-{time.time_ns()}"}
    made = _call("POST", f"{url}/api/serviceaccounts/{account['id']}/tokens", name, admin)
    _keep(file, made["key"])
    _say("Grafana: a service account for the boards")


# Talking, reading, keeping.


def _call(
    method: str, url: str, body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None, *, missing: Any = ..., refused: Any = ...,
) -> Any:  # fmt: skip
    """The answer's JSON; ``missing`` for a 404 and ``refused`` for a 401 or 403, where given."""
    text = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(
        url, text, {**(headers or {}), "Content-Type": "application/json"}
    )
    asked.method = method
    try:
        with _DIRECT.open(asked, timeout=30) as answer:
            said = answer.read()
    except urllib.error.HTTPError as error:
        instead = missing if error.code == 404 else refused if error.code in (401, 403) else ...
        if instead is not ...:
            return instead
        raise BoxError(f"{method} {url} answered {error.code}: {_words(error)}") from error
    except OSError as error:
        raise BoxError(f"{url} does not answer: {error}") from error
    return json.loads(said) if said else {}


def _words(error: urllib.error.HTTPError) -> str:
    text = error.read(2000).decode("utf-8", "replace")
    if error.code == 401:
        text += " (was it set up with other secrets? put them back, or begin with empty volumes)"
    return " ".join(text.split())


def _wait(url: str) -> None:
    give_up_s = time.monotonic() + WAIT_S
    while True:
        try:
            _call("GET", url)
            return
        except BoxError:
            if time.monotonic() > give_up_s:
                raise
            time.sleep(0.5)


def _secret(folder: Path, name: str) -> str:
    try:
        text = (folder / name).read_text(encoding="utf-8").strip()
    except OSError as error:
        hint = "make it with: make -C deploy secrets"
        raise BoxError(f"{folder / name} cannot be read: {error.strerror} ({hint})") from error
    if not text:
        raise BoxError(f"{folder / name} is empty (take it away, then: make -C deploy secrets)")
    return text


def _keep(file: Path, token: str) -> None:
    part = file.with_name(f".{file.name}.part")
    opened = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as out:
        out.write(token + "\n")
        out.flush()
        os.fsync(opened)
    part.replace(file)


def _folder(name: str) -> Path:
    folder = Path(os.environ.get(name, ""))
    if not os.environ.get(name) or not folder.is_dir():
        raise BoxError(f"{name} names no folder: {os.environ.get(name, '')!r}")
    return folder


def _only(found: list[Any]) -> Any:
    if not found:
        raise BoxError(f"InfluxDB has no organisation {ORG} (set INFLUX_ORG, or empty its volume)")
    return found[0]


def _say(text: str) -> None:
    sys.stdout.write(f"first start: {text}\n")


def _state_dir(settings: Path) -> str:
    doc = tomllib.loads(settings.read_text(encoding="utf-8"))
    return str(settings.parent / doc["collector"]["state_dir"])


if __name__ == "__main__":
    try:
        if sys.argv[1:2] == ["--state-dir"]:
            sys.stdout.write(_state_dir(Path(sys.argv[2])) + "\n")
        else:
            main()
    except (BoxError, OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"first start: {error}\n")
        sys.exit(1)

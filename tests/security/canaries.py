"""Settings in which every secret is a canary: a text that is nowhere else, and must get nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CLOSED = "127.0.0.1:9"
"""Nobody listens there."""


@dataclass(frozen=True, slots=True)
class Planted:
    """Settings, the files with secrets that they name, and the secrets themselves."""

    settings: Path
    files: tuple[Path, ...]
    canaries: tuple[str, ...]

    def seen_in(self, texts: Mapping[str, str | bytes]) -> list[str]:
        """Where a canary sings: the name of the text, and which it is."""
        found = []
        for name, text in texts.items():
            whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            found += [f"{name}: {canary}" for canary in self.canaries if canary in whole]
        return found


def collector_files(
    folder: Path, mqtt: str = f"mqtt://{CLOSED}", store: str = "", more: str = ""
) -> Planted:
    """A collector whose every secret is a canary; brokers and servers are where nobody listens."""
    names = (
        *("mqtt.password", "influx.token", "grafana.token", "grafana-read.token", "hook.url"),
        *("customer.token", "customer-read.token", "mail.password", "kafka.password"),
        *("outlet.password", "tenant.token", "kafka.key"),
    )
    canaries = {name: f"canary-{name.replace('.', '-')}-Zq7" for name in names}
    canaries["hook.url"] = f"http://{CLOSED}/hooks/canary-hook-Zq7"
    files = _written(folder, canaries)
    (folder / "cert.pem").write_text("-----BEGIN CERTIFICATE-----\n", "utf-8")
    influx = f'kind = "influx"\nurl = "http://{CLOSED}"\norg = "o"\ntoken_file = "influx.token"'
    text = _COLLECTOR.format(mqtt=mqtt, store=store or influx, closed=CLOSED) + more
    (folder / "collector.toml").write_text(text, "utf-8")
    inside = tuple(canaries.values())
    return Planted(folder / "collector.toml", files, (*inside[:4], "canary-hook-Zq7", *inside[5:]))


def agent_files(folder: Path, mqtt: str = f"mqtts://{CLOSED}", more: str = "") -> Planted:
    """An agent whose every secret is a canary, a web hook with a key in its address among them."""
    canaries = {"mqtt.password": "canary-mqtt-Zq7", "page.pin": "canary-pin-Zq7"}
    if mqtt.startswith("mqtts"):
        canaries["key.pem"] = _KEY
    files = _written(folder, canaries)
    (folder / "cert.pem").write_text("-----BEGIN CERTIFICATE-----\n", "utf-8")
    tls = 'cert_file = "cert.pem"\nkey_file = "key.pem"\n' if mqtt.startswith("mqtts") else ""
    text = _AGENT.format(mqtt=mqtt, closed=CLOSED, tls=tls) + more
    (folder / "agent.toml").write_text(text, "utf-8")
    shown = ("canary-mqtt-Zq7", "canary-pin-Zq7", "canary-key-Zq7", "canary-webhook-Zq7")
    return Planted(folder / "agent.toml", files, shown)


def files_below(folder: Path, but: Iterable[Path]) -> dict[str, bytes]:
    """What every file in the folder holds, without those that are meant to hold a secret."""
    left_out = set(but)
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path not in left_out
    }


def _written(folder: Path, secrets: Mapping[str, str]) -> tuple[Path, ...]:
    for name, secret in secrets.items():
        (folder / name).write_text(secret + "\n", "utf-8")
        (folder / name).chmod(0o600)
    return tuple(folder / name for name in secrets)


_KEY = "-----BEGIN PRIVATE KEY-----\ncanary-key-Zq7\n-----END PRIVATE KEY-----"
_COLLECTOR = """
[collector]
id = "hq"
state_dir = "state"
[mqtt]
url = "{mqtt}"
username = "collector"
password_file = "mqtt.password"
[store]
{store}
[health]
listen = ""
[[sites]]
id = "sendai"
time_zone = "Asia/Tokyo"
[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2020-04-01
[[sites.meters]]
id = "main"
[[sites]]
id = "osaka"
time_zone = "Asia/Tokyo"
[[sites.meters]]
id = "main"
[mail]
host = "127.0.0.1"
port = 9
username = "mieruka"
password_file = "mail.password"
from = "mieruka@example.jp"
[grafana]
url = "http://{closed}"
token_file = "grafana.token"
read_token_file = "grafana-read.token"
[grafana.contact]
kind = "webhook"
url_file = "hook.url"
[[grafana.tenants]]
name = "Osaka Ltd"
sites = ["osaka"]
org_id = 7
token_file = "customer.token"
read_token_file = "customer-read.token"
[outlet]
url = "mqtt://{closed}"
username = "outlet"
password_file = "outlet.password"
tree = true
[kafka]
brokers = ["{closed}"]
tls = true
sasl = "PLAIN"
username = "mieruka"
password_file = "kafka.password"
cert_file = "cert.pem"
key_file = "kafka.key"
[[tenants]]
id = "osaka"
name = "Osaka Ltd"
sites = ["osaka"]
[tenants.store]
bucket_raw = "osaka_raw"
bucket_totals = "osaka"
token_file = "tenant.token"
"""
_AGENT = """
[agent]
id = "sendai-1"
site = "sendai"
state_dir = "state"
[mqtt]
url = "{mqtt}"
username = "sendai-1"
password_file = "mqtt.password"
{tls}[poll]
every_s = 1
[outbox]
commit_every_s = 1
[clock]
wait_s = 0
[health]
listen = ""
[page]
listen = ""
pin_file = "page.pin"
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = 9
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
[demand]
meter = "main"
target_kw = 100
[[demand.actions]]
on = "caution"
kind = "webhook"
url = "http://user:canary-webhook-Zq7@{closed}/hook/canary-webhook-Zq7"
owner = "Shift leader"
"""

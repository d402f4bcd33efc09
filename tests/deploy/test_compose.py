"""The box in containers, as far as it can be judged without any: `deploy/compose/`."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from typer.testing import CliRunner

from collector import __main__ as command
from collector import config

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
COMPOSE = DEPLOY / "compose"
TEXT = (COMPOSE / "compose.yaml").read_text(encoding="utf-8")
BOX: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = BOX["services"]
TO_THE_NETWORK = {"broker": ["8883:8883"], "fleet": ["8884:8884"]}
"""What agents at the plants reach; everything else is for this machine."""
KNOWN = {
    "build", "cap_drop", "command", "depends_on", "entrypoint", "environment", "group_add",
    "healthcheck", "image", "logging", "mem_limit", "networks", "pids_limit", "ports", "profiles",
    "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "user",
    "volumes",
}  # fmt: skip
"""Keys of a service in the Compose Specification that are used here: a misspelt one is none."""
by_service = pytest.mark.parametrize("name", SERVICES)


def _mounts(service: dict[str, Any]) -> list[str]:
    """Source of each volume, by short or long form."""
    return [
        one["source"] if isinstance(one, dict) else _without_default(one).split(":")[0]
        for one in service.get("volumes", ())
    ]


def _without_default(text: str) -> str:
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


@by_service
def test_every_key_is_one_of_the_specification(name: str) -> None:
    """A misspelt key would be refused, or worse, ignored."""
    assert set(SERVICES[name]) <= KNOWN
    assert set(BOX) <= {"name", "services", "networks", "volumes", "secrets"} | {
        key for key in BOX if key.startswith("x-")
    }


@by_service
def test_every_image_has_a_version(name: str) -> None:
    """No `latest`: what runs tomorrow is what was tried today."""
    image, built = SERVICES[name]["image"], "build" in SERVICES[name]
    assert built or re.fullmatch(r"[a-z/-]+:\d+\.\d+\.\d+(-[a-z]+)?(@sha256:[0-9a-f]{64})?", image)


@by_service
def test_every_service_tells_whether_it_is_well(name: str) -> None:
    """But for those that do one thing and end."""
    check = SERVICES[name]["healthcheck"]
    ends = SERVICES[name]["restart"] == "no"
    assert check.get("disable") is True if ends else check["test"][0] == "CMD"


@by_service
def test_every_service_is_shut_in(name: str) -> None:
    """Not root, no capability, a read-only system, no way to more rights."""
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert re.match(r"[1-9]\d*:|\$\{BOX_UID:\?", service["user"])
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)


@by_service
def test_what_is_published_is_what_is_meant_to_be(name: str) -> None:
    """The broker and the fleet server to the network; boards and API to this machine."""
    ports = SERVICES[name].get("ports", [])
    if name in TO_THE_NETWORK:
        assert ports == TO_THE_NETWORK[name]
    else:
        assert all(port.startswith("127.0.0.1:") for port in ports)


@by_service
def test_no_secret_stands_in_an_environment(name: str) -> None:
    """Anyone who may look at a container sees its environment: files are named there, at most."""
    for key, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET_KEY|TOKEN\b|API_KEY", key):
            assert key.endswith("__FILE"), key
            assert value.startswith("/run/secrets/")
    words = [*SERVICES[name].get("command", []), *SERVICES[name].get("entrypoint", [])]
    assert not [word for word in words if re.search("password|token", str(word), re.IGNORECASE)]


@by_service
def test_all_it_names_is_there(name: str) -> None:
    """Files of the checkout, volumes, networks, secrets, other services."""
    service = SERVICES[name]
    for source in _mounts(service):
        if not source.startswith("."):
            assert source in BOX["volumes"], source
        elif source not in ("./settings", "./backups"):  # made by secrets.sh
            assert (COMPOSE / source).exists(), source
    assert set(service["networks"]) <= set(BOX["networks"])
    assert set(service.get("secrets", ())) <= set(BOX["secrets"])
    for other, wait in service.get("depends_on", {}).items():
        ends = SERVICES[other]["restart"] == "no"
        wanted = "service_completed_successfully" if ends else "service_healthy"
        assert wait == {"condition": wanted}


def test_the_database_is_reached_by_the_box_alone() -> None:
    """Its network has no way out and none in."""
    assert SERVICES["influxdb"]["networks"] == ["inside"]
    assert BOX["networks"]["inside"] == {"internal": True}
    assert "ports" not in SERVICES["influxdb"]


def test_the_broker_reads_what_the_fleet_writes() -> None:
    """Certificates and access list are one volume, which the broker cannot change."""
    broker = SERVICES["broker"]
    mounts = [one for one in broker["volumes"] if isinstance(one, dict)]
    (held,) = [one for one in mounts if one["target"] == broker["environment"]["CERTIFICATES"]]
    assert held["read_only"]
    for name in ("first-start", "collector", "fleet"):
        assert f"{held['source']}:/var/lib/mieruka/fleet/broker" in SERVICES[name]["volumes"]


def test_the_brokers_check_looks_for_its_port() -> None:
    """As the kernel writes it: in hexadecimal, listening."""
    check = SERVICES["broker"]["healthcheck"]["test"]
    assert check[3] == f":{int(SERVICES['broker']['environment']['PORT']):04X} .* 0A "
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        words = [*check[1:3], f":{port:04X} .* 0A ", *check[4:]]
        assert subprocess.run(words, check=False).returncode == 0
    assert subprocess.run([*check[1:3], ":0001 .* 0A ", *check[4:]], check=False).returncode == 1


def test_nothing_is_declared_for_nobody() -> None:
    """Every volume, network and secret has a service that uses it."""
    volumes = {source for one in SERVICES.values() for source in _mounts(one)}
    networks = {net for one in SERVICES.values() for net in one["networks"]}
    secrets = {secret for one in SERVICES.values() for secret in one.get("secrets", ())}
    assert volumes >= set(BOX["volumes"])
    assert networks == set(BOX["networks"])
    assert secrets == set(BOX["secrets"])


def _made(tmp_path: Path, **more: str) -> subprocess.CompletedProcess[str]:
    places = {name: str(tmp_path / name.lower()) for name in ("SECRETS", "SETTINGS", "BACKUPS")}
    names = {"ENVIRONMENT": str(tmp_path / "env"), "PATH": "/usr/bin:/bin"}
    return subprocess.run(
        ["sh", str(DEPLOY / "secrets.sh")], env={**names, **places, **more},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


def test_make_secrets_makes_all_that_is_asked_for(tmp_path: Path) -> None:
    """Each secret that the file names, each variable that must be set; all different, mode 0600."""
    assert _made(tmp_path, NAME="collector.example.com").returncode == 0
    files = {Path(secret["file"]).name for secret in BOX["secrets"].values()}
    made = {path.name: path for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == files
    assert len({path.read_text() for path in made.values()}) == len(made)
    assert all(len(path.read_text().strip()) == 43 for path in made.values())
    modes = {path.stat().st_mode & 0o777 for path in made.values()}
    assert modes == {0o600}
    must = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert must <= set(re.findall(r"(?m)^(\w+)=", (tmp_path / "env").read_text()))


def test_secrets_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    """Nor settings, which by then are somebody's work."""
    _made(tmp_path, NAME="collector.example.com")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    again = _made(tmp_path, NAME="another.example.com")
    assert again.returncode == 0
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, "not told how agents call this machine (NAME=collector.example.com)"),
        ({"NAME": "a b"}, "a b is no name of a machine"),
        ({"NAME": "x|y"}, "x|y is no name of a machine"),
        ({"NAME": "a.example", "KIND": "cloud"}, "KIND=cloud is not known"),
    ],
)
def test_wrong_words_are_one_line(tmp_path: Path, more: dict[str, str], told: str) -> None:
    """With what to write instead."""
    done = _made(tmp_path, **more)
    assert done.returncode == 1
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_settings_to_begin_with_are_sound(tmp_path: Path) -> None:
    """Once the tokens are there, which the first start makes."""
    _made(tmp_path, NAME="collector.example.com")
    path = tmp_path / "settings/collector.toml"
    text = path.read_text(encoding="utf-8")
    assert "@" not in text.replace("@example", "")
    tokens = tmp_path / "tokens"
    tokens.mkdir()
    for name in ("influx-collector", "influx-grafana", "grafana-collector"):
        (tokens / name).write_text("x")
    path.write_text(text.replace("/run/mieruka/tokens", str(tokens)), encoding="utf-8")
    settings = config.load(path)
    assert settings.mqtt.tls
    assert settings.mqtt.host == "broker"
    assert settings.fleet.url == "https://collector.example.com:8884"


@pytest.mark.parametrize("name", [name for name in SERVICES if "build" in SERVICES[name]])
def test_every_verb_that_is_called_exists(name: str) -> None:
    """What the entry point gets is known to the program."""
    words = list(SERVICES[name].get("command", ()))
    verb = [word for word in words if not word.startswith(("-", "/"))]
    if "entrypoint" not in SERVICES[name]:
        done = CliRunner().invoke(command.app, [*verb, "--help"])
        assert done.exit_code == 0, done.output
        options = [word for word in words if word.startswith("-")]
        assert all(option in done.output for option in options)


def test_the_image_is_built_of_what_is_locked_and_runs_as_nobody() -> None:
    """By hash, from a base with a version; what it copies is there."""
    text = (COMPOSE / "Containerfile").read_text(encoding="utf-8")
    assert all(re.search(r":\d+\.\d+\.\d+-", base) for base in re.findall(r"(?m)^FROM (\S+)", text))
    assert "--require-hashes" in text
    assert re.search(r"(?m)^USER \$UID:\$GID$", text)
    for line in re.findall(r"(?m)^COPY (?!--from)(.+)$", text):
        for source in line.split()[:-1]:
            assert (DEPLOY.parent / source).exists(), source


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
@pytest.mark.parametrize(
    "script", [*sorted(COMPOSE.rglob("*.sh")), DEPLOY / "secrets.sh"], ids=lambda path: path.name
)
def test_the_scripts_are_clean(script: Path) -> None:
    """Shellcheck finds nothing."""
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_scripts_in_python_are_clean() -> None:
    """They are checked like the program itself, though they stand outside of it."""
    files = [str(path) for path in (COMPOSE / "box").glob("*.py")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir=/dev/null", *files],
        capture_output=True, text=True, check=False, cwd=COMPOSE,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def _has_compose() -> bool:
    docker = shutil.which("docker")
    asked = [docker or "false", "compose", "version"]
    return docker is not None and subprocess.run(asked, capture_output=True).returncode == 0


@pytest.mark.skipif(not _has_compose(), reason="docker compose is not installed")
def test_docker_compose_takes_it(tmp_path: Path) -> None:
    """Where there is a real one, it reads the file as it is."""
    _made(tmp_path, NAME="collector.example.com")
    command = ["docker", "compose", "--env-file", str(tmp_path / "env")]
    command += ["-f", str(COMPOSE / "compose.yaml"), "--profile", "*", "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

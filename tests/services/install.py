"""Finds the real services the tests want, and builds with Go, once, those that nobody packages.

Kafka comes as its makers publish it, by Maven. ``python tests/services/install.py`` prints what
it found or did. It stands alone (no import from
the project), so that it runs before anything else does. See ``README.md`` beside it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console

HERE = Path(__file__).resolve().parent
REQUIRE = "MIERUKA_REQUIRE_SERVICES"
INFLUXD = "github.com/influxdata/influxdb/v2/cmd/influxd"
PKG_CONFIG = "github.com/influxdata/pkg-config"
VERSION = "v2.9.1"
HINT = (
    "install Go 1.25.10 or newer, Rust (rustup) and a C compiler, then run `make services`; or put "
    "influxd 2.x on the PATH; or set MIERUKA_INFLUXD to its path, or MIERUKA_INFLUX_URL, "
    "MIERUKA_INFLUX_TOKEN and MIERUKA_INFLUX_ORG to a server the tests may write to"
)
APT_PARTS: dict[str, tuple[str, ...]] = {
    "mosquitto": ("mosquitto",),
    "chromium": ("chromium", "chromium-browser"),
    "mbpoll": ("mbpoll",),
    "faketime": ("faketime",),
    "strace": ("strace",),
}
"""Debian package to the commands it brings."""
BEYOND_PATH: tuple[str, ...] = ("/usr/sbin", "/usr/local/go/bin")
"""Where Debian keeps daemons and Go's own archive unpacks: often not on a user's PATH."""


@dataclass(frozen=True, slots=True)
class GoTool:
    """A program that ``go install`` makes by itself: its package and version, and its plugins."""

    package: str
    version: str
    arguments: tuple[str, ...] = ()


_PLUGINS = (
    *("inputs.internal", "inputs.modbus", "inputs.mqtt_consumer"),
    *("outputs.file", "outputs.influxdb_v2", "outputs.mqtt"),
    *("parsers.influx", "parsers.json", "parsers.json_v2", "parsers.value"),
    *("serializers.influx", "serializers.json"),
)
ToolName = Literal["toxiproxy", "mochi", "telegraf"]
TOOLS: dict[ToolName, GoTool] = {
    "toxiproxy": GoTool("github.com/Shopify/toxiproxy/v2/cmd/server", "v2.12.0"),
    "mochi": GoTool("github.com/mochi-mqtt/server/v2/cmd", "v2.7.9"),
    "telegraf": GoTool(
        "github.com/influxdata/telegraf/cmd/telegraf",
        "v1.37.2",
        ("-ldflags", "-s -w", "-tags", ",".join(("custom", *_PLUGINS))),
    ),
}
"""The network's faults, the second broker, and what the benchmark compares with."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """An InfluxDB that somebody else runs and the tests may write to."""

    url: str
    token: str
    org: str


KAFKA_VERSION = "4.1.1"
KAFKA_HINT = (
    "apt install maven default-jre-headless, then `make services`; or set MIERUKA_KAFKA to the "
    "folder with the jar files of an Apache Kafka 3.7 or newer (its `libs`)"
)


class BuildError(Exception):
    """A tool is missing or the build ended with an error; the message says which."""


def cache_dir() -> Path:
    """Where built services are kept: outside the tree, shared by every checkout."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "mieruka" / "services"


def running_server() -> RunningServer | None:
    """The server named by the environment, when all three variables are set."""
    names = ("MIERUKA_INFLUX_URL", "MIERUKA_INFLUX_TOKEN", "MIERUKA_INFLUX_ORG")
    url, token, org = (os.environ.get(name, "") for name in names)
    return RunningServer(url, token, org) if url and token and org else None


def find_influxd() -> Path | None:
    """The influxd to start: from the environment, the PATH, or the cache; None when nowhere."""
    candidates = (
        os.environ.get("MIERUKA_INFLUXD"),
        shutil.which("influxd"),
        str(cache_dir() / "influxd"),
    )
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return None


def find_built(name: ToolName) -> Path | None:
    """The program of a tool: from the environment (``MIERUKA_MOCHI``) or the cache, else None."""
    candidates = (os.environ.get(f"MIERUKA_{name.upper()}"), str(cache_dir() / name))
    found = (path for path in candidates if path and os.access(path, os.X_OK))
    return next((Path(path) for path in found), None)


def find_kafka() -> Path | None:
    """The folder of a Kafka's jar files: from the environment, or the cache, else None."""
    candidates = (os.environ.get("MIERUKA_KAFKA"), str(cache_dir() / f"kafka-{KAFKA_VERSION}"))
    found = (Path(folder) for folder in candidates if folder)
    return next((folder for folder in found if any(folder.glob("kafka-clients-*.jar"))), None)


def fetch_kafka() -> Path:
    """Have Maven fetch Kafka and all it needs into the cache. Raises ``BuildError``."""
    mvn = find_command("mvn")
    missing = [name for name in ("mvn", "java") if find_command(name) is None]
    if mvn is None or missing:
        raise BuildError(f"cannot be fetched: {', '.join(missing)} not found")
    target = cache_dir() / f"kafka-{KAFKA_VERSION}"
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    part.mkdir(parents=True, exist_ok=True)
    words = [f"-Dkafka.version={KAFKA_VERSION}", f"-DoutputDirectory={part}"]
    command = [mvn, "-q", "-B", "-f", str(HERE / "kafka.pom.xml"), "dependency:copy-dependencies"]
    try:
        _logged([*command, *words, "-DincludeScope=runtime"], target, cwd=cache_dir())
        return part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def find_command(*names: str) -> str | None:
    """The first of the commands that is installed, or None."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *BEYOND_PATH])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def missing_tools() -> list[str]:
    """What the build of InfluxDB still needs on this machine."""
    wanted = {"Go": ("go",), "Rust (cargo)": ("cargo",), "a C compiler": ("cc", "gcc", "clang")}
    return [label for label, names in wanted.items() if find_command(*names) is None]


def build_influxd() -> Path:
    """Build influxd into the cache and answer its path. Raises ``BuildError``."""
    if missing := missing_tools():
        raise BuildError(f"cannot be built: {', '.join(missing)} not found")
    target = cache_dir()
    target.mkdir(parents=True, exist_ok=True)
    # Its flux part is Rust behind cgo: only this pkg-config knows how to build it.
    helper = _go_build(PKG_CONFIG, target / "pkg-config", [])
    tags = ["-tags", "sqlite_foreign_keys,sqlite_json"]
    link = ["-ldflags", f"-s -w -X main.version={VERSION}"]
    return _go_build(INFLUXD, target / "influxd", tags + link, PKG_CONFIG=str(helper))


def build_tool(name: ToolName) -> Path:
    """Build a tool into the cache and answer its path. Raises ``BuildError``."""
    go = find_command("go")
    if go is None:
        raise BuildError("cannot be built: Go not found")
    tool, target = TOOLS[name], cache_dir() / name
    part = target.with_name(f"{name}.{os.getpid()}.part")
    part.mkdir(parents=True, exist_ok=True)
    command = [go, "install", "-buildvcs=false", *tool.arguments, f"{tool.package}@{tool.version}"]
    try:
        _logged(command, target, cwd=cache_dir(), GOBIN=str(part))
        return next(part.iterdir()).replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _go_build(package: str, target: Path, arguments: list[str], **extra: str) -> Path:
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    command = [str(find_command("go")), "build", "-buildvcs=false", *arguments]
    environment = {"CGO_ENABLED": "1", **rust_toolchain(), **extra}
    try:
        _logged([*command, "-o", str(part), package], target, cwd=HERE, **environment)
        return part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _logged(command: list[str], target: Path, *, cwd: Path, **environment: str) -> None:
    log = target.with_name(f"{target.name}.log")
    with log.open("w") as output:
        ended = subprocess.run(
            command,
            cwd=cwd,
            env={**os.environ, **environment},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if ended.returncode != 0:
        raise BuildError(f"the build of {target.name} failed; its output is in {log}")


def rust_toolchain() -> dict[str, str]:
    """An installed stable toolchain for the build; flux names an old one rustup would fetch."""
    rustup = find_command("rustup")
    if rustup is None or os.environ.get("RUSTUP_TOOLCHAIN"):
        return {}
    listed = subprocess.run(
        [rustup, "toolchain", "list"], capture_output=True, text=True, check=False
    )
    names = [line.split()[0] for line in listed.stdout.splitlines() if line.strip()]
    stable = [name for name in names if name.startswith("stable")]
    return {"RUSTUP_TOOLCHAIN": stable[0]} if stable else {}


def _influx(console: Console) -> bool:
    server, found = running_server(), find_influxd()
    if server or found:
        console.print(f"InfluxDB   {server.url if server else found}")
        return True
    console.print(f"InfluxDB   building {VERSION} with Go: about 6 minutes, once ...")
    began = time.monotonic()
    try:
        built = build_influxd()
    except BuildError as error:
        console.print(f"InfluxDB   MISSING: {error}", style="bold red")
        console.print(f"           Tests on the real InfluxDB will be skipped. To run them: {HINT}")
        return False
    console.print(f"InfluxDB   {built} (built in {time.monotonic() - began:.0f} s)")
    return True


def _tool(console: Console, name: ToolName) -> bool:
    if (found := find_built(name)) is None:
        try:
            found = build_tool(name)
        except BuildError as error:
            console.print(f"{name:<10} MISSING: {error}", style="bold red")
            hint = f"install Go, or set MIERUKA_{name.upper()} to the program's path"
            console.print(f"           What needs it will be skipped. To run it: {hint}")
            return False
    console.print(f"{name:<10} {found}")
    return True


def _kafka(console: Console) -> bool:
    if (found := find_kafka()) is None:
        try:
            found = fetch_kafka()
        except BuildError as error:
            console.print(f"Kafka      MISSING: {error}", style="bold red")
            console.print(f"           Its tests will be skipped. To run them: {KAFKA_HINT}")
            return False
    console.print(f"Kafka      {found}")
    return True


def _from_apt(console: Console) -> bool:
    complete = True
    for package, commands in APT_PARTS.items():
        found = find_command(*commands)
        complete = complete and found is not None
        text = (
            found or f"MISSING: its tests will be skipped; install it with: apt install {package}"
        )
        console.print(f"{package:<10} {text}", style=None if found else "bold red")
    return complete


def main(arguments: Sequence[str] = ()) -> int:
    """Report every service; 1 only when one is missing and the environment requires all.

    ``--bench`` wants what the benchmarks compare with as well.
    """
    console = Console(markup=False, highlight=False, soft_wrap=True)
    tools: list[ToolName] = ["toxiproxy", "mochi"]
    tools += ["telegraf"] if "--bench" in arguments else []
    found = [
        _from_apt(console),
        _influx(console),
        _kafka(console),
        *(_tool(console, name) for name in tools),
    ]
    return 1 if not all(found) and os.environ.get(REQUIRE) == "1" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

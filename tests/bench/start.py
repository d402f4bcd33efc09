"""How long the agent takes from its start to its first poll, on one core, with cold files and warm.

Cold: the kernel is asked to forget every file of the program, its libraries and Python's own, so
they come from the disk again. READY=1 is what systemd waits for: by then all workers poll.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import edge_plant as plant
from tests.bench.meters import TcpMeters

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = str(Path(sys.executable).parent / "edge-agent")
Take = Callable[[Sequence[str]], float]
ONE_CORE = ("taskset", "-c", "0")
TIMES = 5
METERS = 20
WITHIN_S = 3.0
"""What the plant engineer is promised."""


@dataclass(frozen=True, slots=True)
class Start:
    """One command: median seconds with cold files, and with warm ones."""

    what: str
    cold_s: float
    warm_s: float

    def markdown(self) -> str:
        """The command as a table row."""
        kept = "yes" if max(self.cold_s, self.warm_s) < WITHIN_S else "NO"
        return f"| {self.what} | {self.cold_s:.2f} | {self.warm_s:.2f} | {kept} |"


def starts() -> Iterator[Start]:
    """The service until it is ready, with and without the page; and what a person waits for."""
    with tempfile.TemporaryDirectory() as name, TcpMeters(METERS) as meters:
        settings = _settings(Path(name), meters.ports)
        yield _start(f"`run`, {METERS} meters, to READY", ("run", "-c", str(settings)), _to_ready)
        page = ("commission", "-c", str(settings), "--listen", "127.0.0.1:0")
        yield _start("`commission`, to READY", page, _to_ready)
        yield _start("`check`", ("check", "-c", str(settings)), _to_end)
    yield _start("`--help`", ("--help",), _to_end)
    yield _start("`profile list`", ("profile", "list"), _to_end)


def _settings(folder: Path, ports: list[int]) -> Path:
    model = plant.profile(folder)
    rows = [plant.meter(at, at, 1, model) for at in range(len(ports))]
    path = plant.agent_toml(folder, plant.tcp_links(ports), rows, "mqtt://127.0.0.1:1", 1.0)
    path.write_text(path.read_text() + '\n[health]\nlisten = ""\n', encoding="utf-8")
    return path


def _start(what: str, words: Sequence[str], take: Take) -> Start:
    take(words)
    cold = []
    for _ in range(TIMES):
        _forget()
        cold.append(take(words))
    return Start(what, median(cold), median(take(words) for _ in range(TIMES)))


def _to_end(words: Sequence[str]) -> float:
    begun_s = time.perf_counter()
    subprocess.run([*ONE_CORE, PROGRAM, *words], check=True, stdout=subprocess.DEVNULL, timeout=60)
    return time.perf_counter() - begun_s


def _to_ready(words: Sequence[str]) -> float:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        name = f"mieruka-bench-{os.getpid()}-{time.monotonic_ns()}"
        manager.bind(f"\0{name}")
        manager.settimeout(60)
        begun_s = time.perf_counter()
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            [*ONE_CORE, PROGRAM, *words],
            env={**os.environ, "NOTIFY_SOCKET": f"@{name}"},
            stdout=quiet,
            stderr=quiet,
        )
        try:
            while b"READY=1" not in manager.recv(1_000):
                pass
            return time.perf_counter() - begun_s
        finally:
            process.terminate()
            process.wait(60)


def _forget() -> None:
    """Let the kernel drop these files; nobody else's are touched."""
    places = {sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}
    for folder in (*map(Path, sorted(places)), ROOT / "edge_agent"):
        for path in folder.rglob("*"):
            if path.is_file():
                handle = os.open(path, os.O_RDONLY)
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                os.close(handle)

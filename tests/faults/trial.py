"""One trial of a fault: its seed, its plant, and the proof that goes into the record."""

from __future__ import annotations

import json
import os
import random
import re
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.faults.judge import Outcome
from tests.faults.plant import Plan, Works
from tests.services.influx import InfluxServer

RECORDS = "FAULTS_RECORDS"
"""The environment variable that names the folder of the records."""
NEMESIS = "NEMESIS"
"""The environment variable that says how long the random mix lasts."""
UNITS_S = {"": 1, "s": 1, "m": 60, "h": 3600}
FIRST_SEED = 20261116


def records_folder() -> Path:
    """Where trials leave their records: as ``FAULTS_RECORDS`` says, or among temporary files."""
    return Path(os.environ.get(RECORDS) or Path(tempfile.gettempdir()) / "mieruka-faults")


def seed() -> int:
    """The seed of this run: as ``SEED`` says, or always the same."""
    return int(os.environ.get("SEED") or FIRST_SEED)


def duration_s(text: str) -> int:
    """How long "90", "90s", "20m" or "2h" is. Raises ``ValueError`` for anything else."""
    found = re.fullmatch(r"([0-9]+)([smh]?)", text)
    if not found:
        raise ValueError(f"{text!r} is no duration; write 90s, 20m or 2h")
    return int(found[1]) * UNITS_S[found[2]]


class Trial:
    """What a test of a fault works with. ``random`` is seeded; ``folder`` is the trial's own."""

    def __init__(self, test: str, folder: Path) -> None:
        self.test = test
        self.folder = folder
        self.seed = seed()
        self.random = random.Random(f"{self.seed} {test}")
        self._began_s = time.monotonic()

    def wait(self, least_s: float, most_s: float) -> None:
        """Let a random while pass."""
        time.sleep(self.random.uniform(least_s, most_s))

    @contextmanager
    def works(
        self, broker: str, plan: Plan | None = None, *, store: Any = None, name: str = "works"
    ) -> Iterator[Works]:
        """A plant on ``broker``, not started; its store is an SQLite file unless ``store`` says."""
        folder = self.folder / name
        folder.mkdir()
        with Works(folder, broker, plan, store=store) as works:
            yield works

    @contextmanager
    def influx_store(self, server: InfluxServer, url: str = "") -> Iterator[dict[str, Any]]:
        """A [store] of buckets of its own on that server, reached by ``url`` when it is given."""
        token = self.folder / "influx.token"
        token.touch(mode=0o600)
        token.write_text(server.token, "utf-8")
        buckets = [f"faults_{uuid.uuid4().hex[:8]}_{kind}" for kind in ("raw", "totals")]
        yield {
            "kind": "influx",
            "url": url or server.url,
            "org": server.org,
            "token_file": str(token),
            "bucket_raw": buckets[0],
            "bucket_totals": buckets[1],
            "raw_retention_days": 0,
        }
        for bucket in buckets:
            server.drop_bucket(bucket)

    def prove(
        self,
        outcome: Outcome,
        *,
        fault: int | str,
        injected: str,
        times: int,
        untaken_at_most: int = 0,
    ) -> None:
        """Record the outcome, and fail the test when the promise was not kept.

        ``injected`` says in plain words what was done, ``times`` how often.
        """
        faults = outcome.faults(untaken_at_most)
        record = {
            "fault": fault,
            "test": self.test,
            "injected": injected,
            "times": times,
            **outcome.counts(),
            "untaken_at_most": untaken_at_most,
            "kept": not faults,
            "seed": self.seed,
            "nemesis": os.environ.get(NEMESIS, ""),
            "seconds": round(time.monotonic() - self._began_s, 1),
            "at": time.time(),
        }
        _append(records_folder(), record)
        assert faults == [], "\n".join(faults)


def _append(folder: Path, record: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with (folder / f"{worker}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")

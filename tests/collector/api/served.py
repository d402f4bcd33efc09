"""A small plant with a neighbour behind the API, for tests: settings, store, tokens, a client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
from fastapi import FastAPI

from collector import config
from collector.api.app import make_app
from collector.api.source import OpenSource, open_source
from collector.roles import Role
from collector.state.api_tokens import ApiToken, Reach
from collector.storage.port import Row
from collector.storage.schema import COMPLETENESS
from edge_agent.contract.reading import Reading
from tests.collector.plant_year import plant_year

FIRST, END = date(2025, 4, 1), date(2025, 6, 1)
APRIL_MS = 1_743_433_200_000
"""2025-04-01T00:00+09:00."""
NOW_MS = 1_750_000_000_000
"""2025-06-15T15:06:40Z."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
FOREVER_MS = 4_000_000_000_000
READINGS = 90
_NEIGHBOUR = """
[[sites]]
id = "osaka"
name = "=cmd|' /C calc'!A0"
time_zone = "Asia/Tokyo"
[[sites.meters]]
id = "main"
name = "<script>alert(1)</script>"
"""


class StillClock:
    """Stands at ``now_ms`` until it is moved."""

    def __init__(self) -> None:
        self.now = NOW_MS

    def now_ms(self) -> int:
        """UTC ms."""
        return self.now


class Client:
    """httpx over ASGI, for tests that do not wait by themselves."""

    def __init__(self, app: FastAPI, headers: Mapping[str, str]) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._headers = headers

    def get(
        self,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """The answer to a GET."""
        return self.request("GET", url, params, headers)

    def request(
        self,
        method: str,
        url: str,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """The answer to a request."""
        sent = {**self._headers, **(headers or {})}

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://api", headers=sent
            ) as client:
                return await client.request(method, url, params=params, content=content)

        return asyncio.run(ask())


@dataclass(frozen=True, slots=True, repr=False)
class Plant:
    """A plant's files, the application over them, and its clocks."""

    source: OpenSource
    app: FastAPI
    clock: StillClock
    seconds: list[float]
    """The one figure in it is the monotonic clock of the rate limits."""

    def token(
        self,
        *sites: str,
        first: date | None = None,
        end: date | None = None,
        expires_at_ms: int = FOREVER_MS,
        role: Role = "manager",
    ) -> str:
        """A token for these sites (none: all) and days."""
        return self.made(*sites, first=first, end=end, expires_at_ms=expires_at_ms, role=role)[1]

    def made(
        self,
        *sites: str,
        first: date | None = None,
        end: date | None = None,
        expires_at_ms: int = FOREVER_MS,
        role: Role = "manager",
    ) -> tuple[ApiToken, str]:
        """A token and its text."""
        reach = Reach(sites or ("*",), first, end)
        return self.source.state.api_tokens.create("tenant", role, reach, NOW_MS, expires_at_ms)

    def later(self) -> None:
        """Let so much time pass that no limit of the past counts."""
        self.seconds[0] += 1000

    def client(self, token: str = "") -> Client:
        """A client of the application, with the token."""
        return Client(self.app, {"Authorization": f"Bearer {token}"} if token else {})


def plant_files(folder: Path, api: str = "") -> Path:
    """Write two months of a plant with readings, completeness and a neighbour."""
    path = plant_year(folder, circuits=2, first=FIRST, end=END)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + _NEIGHBOUR + f"[api]\nrequests_per_minute = 100000\n{api}\n", "utf-8")
    with open_source(config.load(path)) as source:
        instants = [APRIL_MS + n * 60_000 for n in range(READINGS)]
        source.store.write_readings(
            [Reading("sendai", "main", at, {"active_power_w": float(n)})
             for n, at in enumerate(instants)]
        )  # fmt: skip
        source.store.write_rows(
            [_completeness(meter, day) for day in range(5) for meter in ("main", "press")]
        )
    return path


@contextmanager
def plant(folder: Path, api: str = "") -> Iterator[Plant]:
    """A plant as ``plant_files`` writes it, open and behind the API."""
    with served(plant_files(folder, api)) as made:
        yield made


@contextmanager
def served(path: Path) -> Iterator[Plant]:
    """The plant of the settings, open and behind the API."""
    clock, seconds = StillClock(), [0.0]
    with open_source(config.load(path), clock) as source:
        yield Plant(source, make_app(source, clock_s=lambda: seconds[0]), clock, seconds)


def _completeness(meter: str, day: int) -> Row:
    fields = {
        "expected": 8640.0, "on_time": 8600.0, "late": 20.0, "estimated": 0.0, "gap": 20.0,
        "longest_gap_s": 60.0, "share": 8620 / 8640,
    }  # fmt: skip
    return Row(COMPLETENESS, "sendai", meter, APRIL_MS + day * DAY_MS, fields)

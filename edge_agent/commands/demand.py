"""`edge-agent demand`: how the demand guard stands now, or would have stood on past days."""

from __future__ import annotations

import csv
import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from edge_agent import config
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.config import DemandSettings
from edge_agent.demand.replay import Passage, replay
from edge_agent.errors import RetryLaterError, StopError
from edge_agent.words import said

ReplayOption = Annotated[
    Path | None,
    typer.Option("--replay", help="A CSV of past power with the columns time (ISO 8601) and kw."),
]
TIMEOUT_S = 3.0


def demand(
    path: ConfigOption = DEFAULT_CONFIG,
    past: ReplayOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how the demand stands in the running agent, or would have stood on past days."""
    settings = config.load(path)
    if settings.demand is None:
        raise StopError(
            said("these settings have no demand guard"),
            said("add [demand] with meter and target_kw; see deploy/examples/agent.toml"),
        )
    if past is None:
        standing = _asked(settings.health.listen)
        write_json(standing) if as_json else _show_standing(standing)
    else:
        passages = replay(_powers(past), settings.demand)
        if as_json:
            write_json([_document(row) for row in passages])
        else:
            _show_passages(passages, settings.demand)


def _asked(listen: str) -> dict[str, Any]:
    hint = said("is it running, with a demand guard and [health] listen? see edge-agent run")
    try:
        with urllib.request.urlopen(f"http://{listen}/health", timeout=TIMEOUT_S) as answer:
            health = json.load(answer)
    except urllib.error.HTTPError as error:
        health = json.load(error)  # 503: not all is well, and it is told all the same
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", error))
        what = said("the agent at {listen} does not answer: {why}", listen=listen, why=why)
        raise RetryLaterError(what, hint) from error
    found = health.get("demand")
    if not isinstance(found, dict):
        what = said("the agent at {listen} tells nothing of demand", listen=listen)
        raise RetryLaterError(what, hint)
    return found


def _powers(path: Path) -> Iterator[tuple[int, float]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"time", "kw"} <= set(rows.fieldnames or ()):
            raise StopError(
                said("{path} has no columns time and kw", path=str(path)),
                said("write them into the first line, then one row a minute or faster"),
            )
        was_ms = -1
        for number, row in enumerate(rows, start=2):
            at_ms, power_w = _row(path, number, row)
            if at_ms > was_ms:
                yield at_ms, power_w
            was_ms = max(was_ms, at_ms)


def _row(path: Path, number: int, row: dict[str, str]) -> tuple[int, float]:
    try:
        at = datetime.fromisoformat(row["time"])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return round(at.timestamp() * 1000), float(row["kw"]) * 1000
    except (ValueError, TypeError) as error:
        raise StopError(
            said("{path} line {line}: {why}", path=str(path), line=number, why=str(error)),
            said("time is ISO 8601 (2026-07-01T13:00:00+09:00), kw a number"),
        ) from error


def _show_standing(standing: dict[str, Any]) -> None:
    for name, value in standing.items():
        if value not in ("", None):
            typer.echo(f"{name:>14}  {value}")


def _show_passages(passages: tuple[Passage, ...], settings: DemandSettings) -> None:
    from rich.table import Column, Table

    from edge_agent.commands.screen import out

    title = f"target {settings.target_w / 1000:g} kW, {settings.window_minutes} min"
    right = [Column(name, justify="right") for name in ("kW", "caution", "alarm", "certain")]
    table = Table(Column("window (local)"), *right, title=title)
    for row in passages:
        begun = datetime.fromtimestamp(row.window.start_ms / 1000, UTC).astimezone()
        lefts = (row.caution_left, row.alarm_left, row.certain_left)
        table.add_row(f"{begun:%Y-%m-%d %H:%M}", f"{row.demand_w / 1000:.0f}", *map(_left, lefts))
    out.print(table)
    out.print("minutes that were left of the window when each level was reached")


def _left(minutes: float | None) -> str:
    return "" if minutes is None else f"{minutes:.0f} min"


def _document(row: Passage) -> dict[str, object]:
    return {
        "window_start": datetime.fromtimestamp(row.window.start_ms / 1000, UTC).isoformat(),
        "demand_kw": round(row.demand_w / 1000, 3),
        "caution_minutes_left": row.caution_left,
        "alarm_minutes_left": row.alarm_left,
        "certain_minutes_left": row.certain_left,
    }

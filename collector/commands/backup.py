"""`collector backup`: everything into one file, and back from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from collector import config
from collector.backup import restore as back
from collector.backup.manifest import Manifest
from collector.backup.restored import Restored
from collector.backup.take import Asked, Step, take
from collector.clock import SystemClock
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
)
from collector.errors import CollectorError
from edge_agent.process.verb_group import verb_group

app = verb_group(
    invoke_without_command=True,
    help="Everything the collector holds into one file, beside its running; back with `restore`.",
)
FromArgument = Annotated[Path, typer.Argument(metavar="FROM", help="The file of a backup.")]
ToOption = Annotated[
    Path | None,
    typer.Option("--to", metavar="FILE|FOLDER", help="The file; in a folder, a new one by date."),
]


@app.callback()
def backup(
    ctx: typer.Context,
    to: ToOption = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Passwords, tokens and private keys as well.")
    ] = False,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Everything the collector holds into one file, beside its running; back with `restore`.

    Readings, totals and figures of the store, the state (corrections, closed periods, imports),
    the settings with the files they name, own factors and tariffs, what stands in Grafana.
    Without --with-secrets the file opens no door; the certificates' authority must then be kept
    elsewhere, or every agent is to be enrolled anew.
    """
    if ctx.invoked_subcommand is not None:
        return
    with one_line():
        settings = config.load(path)
        target = _target(to, settings.collector.id)
        with _bar("backing up") as step:
            made = take(Asked(settings, path, target, with_secrets), SystemClock(), step)
        _tell(made, target, "backed up", as_json)


@app.command()
def verify(source: FromArgument, as_json: JsonOption = False) -> None:
    """Read all of a backup and compare it with its digests; nothing is changed."""
    with one_line():
        with _bar("verifying") as step:
            found = back.verify(source, step)
        _tell(found, source, "whole and sound", as_json)


@app.command()
def restore(
    source: FromArgument,
    path: ConfigOption = DEFAULT_CONFIG,
    overwrite: Annotated[
        bool,
        typer.Option(
            back.OVERWRITE, help="Also into a store that holds something; the state is set aside."
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring a backup back, with the collector stopped; it is verified first.

    Settings that are there stay, and may name another kind of store; where there are none they
    come from the backup. What agents still hold of the time since (7 days) is asked of them.
    """
    with one_line():
        with _bar("restoring") as step:
            report = back.restore(source, path, overwrite, step)
        _tell_restored(report, path, as_json)


def _target(to: Path | None, collector: str) -> Path:
    if to is None:
        hint = "a file that ends in .zip, or a folder: --to /mnt/backup"
        raise CollectorError("not told where the backup goes: --to", hint)
    if to.is_dir():
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        return to / f"mieruka-{collector}-{stamp}.zip"
    if to.exists():
        raise CollectorError(f"{to} is there already", "name another file, or a folder")
    if not to.parent.is_dir():
        raise CollectorError(f"there is no folder {to.parent}", "make it first: mkdir")
    return to


@contextmanager
def _bar(what: str) -> Iterator[Step]:
    if not err.is_terminal:
        yield lambda _done, _every: None
        return
    columns = (TextColumn(what), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, every: bar.update(task, completed=done, total=every)


def _tell(manifest: Manifest, file: Path, how: str, as_json: bool) -> None:
    if as_json:
        print_json(_facts(manifest, file))
        return
    out.print(f"[bold]{manifest.points:,}[/] points of {manifest.series:,} series {how}")
    out.print(f"{file}: {file.stat().st_size:,} bytes, of {_time(manifest.began_ms)}", markup=False)
    if manifest.left_out:
        out.print(f"left out as secret: {', '.join(manifest.left_out)}", markup=False)


def _tell_restored(report: Restored, path: Path, as_json: bool) -> None:
    if as_json:
        facts = {"points": report.points, "refused": report.refused, "written": report.written}
        print_json({**facts, "kept": report.kept, "set_aside": report.set_aside})
        return
    out.print(f"[bold]{report.points:,}[/] of {report.manifest.points:,} points restored")
    for reason, count in report.refused.items():
        err.print(f"collector: {count:,} points not taken: {reason}", markup=False)
    _tell_names("written", report.written)
    _tell_names("there already, left as they are", report.kept)
    if report.set_aside:
        out.print(f"the state of before is kept as {report.set_aside}", markup=False)
    _tell_names("not in the backup, as secret", list(report.manifest.left_out))
    out.print(f"check it: collector check -c {path}; then start the collector", markup=False)


def _tell_names(what: str, names: list[str]) -> None:
    if names:
        out.print(f"{what}: {', '.join(names)}", markup=False)


def _facts(manifest: Manifest, file: Path) -> dict[str, Any]:
    return {
        "file": str(file),
        "bytes": file.stat().st_size,
        "points": manifest.points,
        "series": manifest.series,
        "at": _time(manifest.began_ms),
        "program": manifest.program,
        "with_secrets": manifest.with_secrets,
        "left_out": list(manifest.left_out),
    }


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")

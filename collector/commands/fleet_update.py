"""`collector fleet update`: packages for agents made, published, rolled out ring by ring."""

from __future__ import annotations

import time
from collections.abc import Sized
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from collector import config
from collector.commands.fleet_asking import ByOption, who
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    err,
    one_line,
    out,
    print_json,
    print_table,
)
from collector.errors import CollectorError
from collector.state import CollectorState, open_state
from collector.state.rollouts import Rollout
from collector.update.course import open_ring, rings_of
from collector.update.shelf import OnShelf, on_shelf, publish, require_fitting, shelf, sign
from edge_agent.packages.keys import make_key
from edge_agent.packages.manifest import KINDS, PackageError
from edge_agent.process.verb_group import verb_group

app = verb_group(
    no_args_is_help=True,
    help="Signed packages for agents: made, published, rolled out ring by ring.",
)
NumberArgument = Annotated[
    int, typer.Argument(metavar="ROLLOUT", help="From: fleet update status.")
]


@app.command()
def keygen(
    file: Annotated[Path, typer.Argument(help="Where the private key goes: not on this machine.")],
) -> None:
    """Make the key of who makes packages; print its public part, for the lists of trusted keys."""
    with one_line():
        try:
            public = make_key(file)
        except PackageError as error:
            raise CollectorError(str(error), error.hint) from error
        out.print(public, markup=False)
        err.print(r"write this line into the files named by \[fleet] update_keys_file here and by")
        err.print(r"\[update] keys_file at the plants, and keep the key itself off both")


@app.command("sign")
def sign_(
    files: Annotated[list[Path], typer.Argument(help="Wheels, or meter profiles (.toml).")],
    version: Annotated[str, typer.Option(help="Numbers with dots; of a program, the wheel's own.")],
    key: Annotated[Path, typer.Option(help="The private key: fleet update keygen.")],
    kind: Annotated[str, typer.Option(metavar="|".join(KINDS), help="What it is.")] = "agent",
    to: Annotated[Path, typer.Option(help="The folder it goes to.")] = Path(),
    least: Annotated[str, typer.Option(help="The version that an agent must have at least.")] = "",
    back: Annotated[bool, typer.Option("--back", help="Agents may step back to it.")] = False,
    note: Annotated[str, typer.Option(help="What is new, in English.")] = "",
    note_ja: Annotated[str, typer.Option(help="What is new, in Japanese.")] = "",
) -> None:
    """Make a signed package of files."""
    with one_line():
        named = next((one for one in KINDS if one == kind), None)
        if named is None:
            raise CollectorError(f"--kind {kind} is not known", f"write one of: {', '.join(KINDS)}")
        require_fitting(files, named, version)
        notes = {"least": least, "back": back, "notes_en": note, "notes_ja": note_ja}
        out.print(str(sign(files, named, version, key, to, **notes)), markup=False)


@app.command("publish")
def publish_(
    package: Annotated[Path, typer.Argument(help="A package's file.")],
    path: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Put a package where agents fetch it, when a trusted key signed it."""
    with one_line():
        found = publish(config.load(path), package)
        out.print(f"{found.path.stem} is published; nothing is asked of any agent yet")
        err.print(f"next: collector fleet update start {found.path.stem}")


@app.command("list")
def list_(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """List the packages that agents can fetch."""
    with one_line():
        views = [_package_view(one) for one in shelf(config.load(path))]
        _print(views, as_json, "no package is published: collector fleet update publish FILE")


@app.command()
def start(
    package: Annotated[str, typer.Argument(help="From: fleet update list.")],
    agent: Annotated[
        list[str] | None, typer.Option(help="An agent to update, the first ones first.")
    ] = None,
    first: Annotated[int, typer.Option(min=1, help="So many agents go first.")] = 1,
    percent: Annotated[
        str, typer.Option(metavar="N,N,...", help="Then up to so many per cent, step by step.")
    ] = "10,50,100",
    pause_hours: Annotated[
        float, typer.Option(min=0, max=720, help="Hours between a ring that is well and the next.")
    ] = 24.0,
    by: ByOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Roll a package out: to a few agents first, then to more; the running collector does it."""
    with one_line():
        settings = config.load(path)
        found, steps = on_shelf(settings, package), _percents(percent)
        state = open_state(settings.collector.state_dir)
        try:
            agents = agents_to_update(state, agent or [])
            _require_free(state)
            rings = rings_of(agents, first, steps)
            rollout = state.rollouts.add(_rollout(found, pause_hours, who(by)[0]), rings)
            view = _rollout_view(state, rollout)
        finally:
            state.database.close()
        if as_json:
            print_json(view)
            return
        told = f"{_count(rings, 'agent')} in {_count({ring for _, ring in rings}, 'ring')}"
        out.print(f"roll-out {rollout.id}: {told}", markup=False)
        err.print(f"see: collector fleet update status; stop: fleet update halt {rollout.id}")


@app.command()
def status(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Tell how roll-outs stand: rings, agents, and why one was halted."""
    with one_line():
        settings = config.load(path)
        state = open_state(settings.collector.state_dir)
        try:
            views = [_rollout_view(state, rollout) for rollout in state.rollouts.list()]
        finally:
            state.database.close()
        if as_json:
            print_json(views)
            return
        shown = [{key: view[key] for key in view if key != "agents"} for view in views]
        _print(shown, False, "nothing was ever rolled out: collector fleet update start PACKAGE")
        for view in views[-1:]:
            _print(view["agents"], False, "")


@app.command()
def halt(number: NumberArgument, path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Ask no further agent; those that are at it come to their end."""
    _change(path, number, "running", "halted", "halted by hand")


@app.command("go-on")
def go_on(number: NumberArgument, path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Go on with a roll-out that was halted; agents that failed are asked again."""
    _change(path, number, "halted", "running", "")


def _change(path: Path, number: int, before: str, after: Any, reason: str) -> None:
    with one_line():
        state = open_state(config.load(path).collector.state_dir)
        try:
            found = next((one for one in state.rollouts.list() if one.id == number), None)
            if found is None:
                what = f"there is no roll-out {number}"
                raise CollectorError(what, "see collector fleet update status")
            if found.state != before:
                what = f"roll-out {number} is not {before}: it is {found.state}"
                raise CollectorError(what, "see collector fleet update status")
            if after == "running":
                _require_free(state)
                for member in state.rollouts.members(number):
                    if member.phase == "failed":
                        state.rollouts.member_stands(
                            type(member)(number, member.agent, member.ring)
                        )
            state.rollouts.stands(number, after, reason)
        finally:
            state.database.close()
        out.print(f"roll-out {number}: {after}", markup=False)


def agents_to_update(state: CollectorState, named: list[str]) -> list[str]:
    """The agents to update, in their order: those named, else all, those online first.

    Who is revoked hears nothing. Raises ``CollectorError`` for such a one, for one that is not
    there, and when there is none.
    """
    entries = {entry.agent: entry for entry in state.agents.all()}
    for agent in named:
        if agent not in entries:
            known = ", ".join(list(entries)[:20]) or "none has reported yet"
            raise CollectorError(f"there is no agent {agent}", f"known: {known}")
    gone = state.fleet.shut_out()
    if revoked := [agent for agent in named if agent in gone]:
        hint = f"leave it out, or let it in again: collector fleet enrol {revoked[0]} --site ID"
        raise CollectorError(f"agent {revoked[0]} is revoked", hint)
    there = [agent for agent in entries if agent not in gone]
    found = list(dict.fromkeys(named)) or sorted(there, key=lambda a: (not entries[a].online, a))
    if not found:
        raise CollectorError("no agent has reported yet", "see collector fleet list")
    return found


def _require_free(state: CollectorState) -> None:
    for rollout in state.rollouts.list():
        if rollout.state == "running":
            hint = f"wait for its end, or: collector fleet update halt {rollout.id}"
            raise CollectorError(f"roll-out {rollout.id} of {rollout.package} is running", hint)


def _rollout(found: OnShelf, pause_hours: float, by: str) -> Rollout:
    pause_ms, now_ms = round(pause_hours * 3_600_000), time.time_ns() // 1_000_000
    version, name = found.manifest.version, found.path.name
    return Rollout(0, name, version, found.sha256, found.length, pause_ms, by, now_ms)


def _count(things: Sized, name: str) -> str:
    return f"1 {name}" if len(things) == 1 else f"{len(things)} {name}s"


def _percents(text: str) -> list[int]:
    parts = text.split(",")
    if not all(part.strip().isdecimal() and 0 < int(part) <= 100 for part in parts):
        raise CollectorError(f"--percent {text} is no list of per cents", "write 10,50,100")
    steps = [int(part) for part in parts]
    if steps != sorted(set(steps)):
        hint = "each step says how far it goes in all: 10,50,100"
        raise CollectorError(f"--percent {text} does not rise", hint)
    return steps


def _package_view(one: OnShelf) -> dict[str, Any]:
    note = one.manifest.notes_en or one.manifest.notes_ja
    return {
        "package": one.path.stem,
        "kind": one.manifest.kind,
        "version": one.manifest.version,
        "made": time.strftime("%Y-%m-%d", time.gmtime(one.manifest.made_at_ms / 1000)),
        "bytes": one.length,
        "notes": note,
    }


def _rollout_view(state: CollectorState, rollout: Rollout) -> dict[str, Any]:
    members = state.rollouts.members(rollout.id)
    ring = open_ring(members, rollout.pause_ms, time.time_ns() // 1_000_000)
    return {
        "rollout": rollout.id,
        "package": rollout.package.removesuffix(".zip"),
        "state": rollout.state,
        "ring": f"{ring + 1} of {max((one.ring for one in members), default=0) + 1}",
        "done": f"{sum(one.phase == 'done' for one in members)} of {len(members)}",
        "reason": rollout.reason,
        "by": rollout.by_name,
        "agents": [
            {"agent": o.agent, "ring": o.ring + 1, "phase": o.phase, "reason": o.reason}
            for o in members
        ],
    }


def _print(views: list[dict[str, Any]], as_json: bool, nothing: str) -> None:
    if as_json:
        print_json(views)
    elif views:
        table = Table(*views[0])
        for view in views:
            table.add_row(*(str(cell) for cell in view.values()))
        print_table(table)
    elif nothing:
        out.print(nothing, markup=False)

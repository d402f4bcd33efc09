"""`collector fleet config`: settings pushed to agents as versions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from collector import config
from collector.care.pushing import difference, pushed, settings_in, version_before, version_of
from collector.care.versions import DECIDED, drift
from collector.clock import SystemClock
from collector.commands.fleet_asking import AgentArgument, ByOption, failure_of, put, who
from collector.commands.fleet_care_text import when
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
from collector.errors import CollectorError, RetryLaterError
from collector.exports.calm_text import calm
from collector.state import CollectorState, open_state
from collector.state.agent_settings import SettingsVersion
from edge_agent.process.verb_group import verb_group

app = verb_group(
    no_args_is_help=True, help="Settings pushed to agents: push, show, list, diff, rollback, fetch."
)
SETTINGS_WITHIN_S, LOOK_EVERY_S = 30.0, 0.5
DECIDED_WITHIN_S = 900.0
"""A trial lasts three minutes unless the plant says otherwise, and two starts."""
NoteOption = Annotated[str, typer.Option("--note", help="Why, for the record.")]
WaitOption = Annotated[
    bool, typer.Option("--wait/--no-wait", help="Wait until the agent has decided.")
]
OverLocalOption = Annotated[
    bool,
    typer.Option("--over-local-changes", help="Also over what was changed at the plant since."),
]


@app.command()
def push(
    agent: AgentArgument,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Its tables, as in agent.toml.")],
    note: NoteOption = "",
    over_local: OverLocalOption = False,
    wait: WaitOption = True,
    by: ByOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Push settings to an agent, which checks them and takes them on trial.

    FILE has what may change from afar: poll, outbox, clock, delivery, links, meters. When a meter
    that answered before falls silent, or the collector's receipts, the agent goes back by itself.
    """
    with one_line(), _state(path) as state:
        _require_known(state, agent)
        version = pushed(
            *(state, agent, settings_in(file), who(by), SystemClock()),
            note=note[:500],
            over_local=over_local,
        )
        _tell_pushed(state, version, wait, as_json)


@app.command()
def rollback(
    agent: AgentArgument,
    to: Annotated[int | None, typer.Option("--to", help="To this version.")] = None,
    note: NoteOption = "",
    over_local: OverLocalOption = False,
    wait: WaitOption = True,
    by: ByOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Push an earlier version again, as a new one; without --to the one in use before."""
    with one_line(), _state(path) as state:
        old = version_before(state, agent) if to is None else version_of(state, agent, to)
        version = pushed(
            *(state, agent, old.text, who(by), SystemClock()),
            note=note[:500] or f"back to version {old.version}",
            over_local=over_local,
        )
        _tell_pushed(state, version, wait, as_json)


@app.command()
def show(
    agent: AgentArgument,
    number: Annotated[
        int | None, typer.Option("--version", help="This one; else the one in use.")
    ] = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Print the text of a version as it was pushed."""
    with one_line(), _state(path) as state:
        version = version_of(state, agent, number)
        if as_json:
            print_json({**_row(state, version), "text": version.text})
        else:
            out.print(calm(version.text), markup=False)


@app.command("list")
def list_(
    agent: Annotated[str, typer.Argument(metavar="AGENT", help="All its versions.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List the newest version of every agent, or all of one agent, and how each stands."""
    with one_line(), _state(path) as state:
        found = state.agent_settings.list(agent) if agent else state.agent_settings.newest()
        rows = [_row(state, version) for version in found]
        if as_json:
            print_json(rows)
        elif rows:
            _show_rows(rows)
        else:
            out.print("no settings were pushed yet: collector fleet config push AGENT FILE")


@app.command()
def diff(
    agent: AgentArgument,
    first: Annotated[int | None, typer.Argument(metavar="FROM", help="Else: in use.")] = None,
    second: Annotated[int | None, typer.Argument(metavar="TO", help="Else: the newest.")] = None,
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two versions."""
    with one_line(), _state(path) as state:
        old = version_of(state, agent, first)
        newest = state.agent_settings.list(agent)[-1].version
        new = version_of(state, agent, newest if second is None else second)
        lines = list(difference(old, new))
        if as_json:
            print_json({"from": old.version, "to": new.version, "lines": lines})
        elif not lines:
            out.print(f"versions {old.version} and {new.version} are the same")
        for line in () if as_json else lines:
            out.print(calm(line), markup=False)


@app.command()
def fetch(
    agent: AgentArgument,
    file: Annotated[Path | None, typer.Option("--out", help="Into this new file.")] = None,
    by: ByOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Fetch the settings file that an agent has now, to change it and push it.

    Passwords and keys are in files of their own at the plant, and stay there.
    """
    with one_line():
        if file is not None and file.exists():
            raise CollectorError(f"{file} is there already", "give the name of a new file")
        request, answer = put(path, agent, "settings", {}, by, SETTINGS_WITHIN_S)
        if answer is None or answer.outcome != "done":
            raise failure_of(request)
        text = str(answer.body.get("text", ""))
        if file is not None:
            _write(file, text)
            err.print(f"next: change it, then: collector fleet config push {agent} {file}")
        if as_json:
            print_json({"agent": agent, "digest": answer.body.get("digest", ""), "text": text})
        elif file is None:
            out.print(calm(text), markup=False)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"{file} cannot be written: {error.strerror}"
        raise CollectorError(what, "give a place where you may write") from error


@contextmanager
def _state(path: Path) -> Iterator[CollectorState]:
    state = open_state(config.load(path).collector.state_dir)
    try:
        yield state
    finally:
        state.database.close()


def _require_known(state: CollectorState, agent: str) -> None:
    known = [entry.agent for entry in state.agents.all()]
    if agent not in known:
        names = ", ".join(known[:20]) or "none has reported yet"
        raise CollectorError(f"there is no agent {agent}", f"known: {names}")


def _tell_pushed(
    state: CollectorState, version: SettingsVersion, wait: bool, as_json: bool
) -> None:
    name = f"agent {version.agent}: settings version {version.version}"
    is_there = {entry.agent: entry.online for entry in state.agents.all()}[version.agent]
    if wait and is_there:
        version = _decided(state, version, f"{name}: sent; a trial takes a few minutes")
    if as_json:
        print_json(_row(state, version))
    elif version.state == "in use":
        out.print(f"{name}: in use", markup=False)
    elif version.state not in DECIDED:
        why = "the agent is offline" if not is_there else "see collector fleet config list"
        out.print(f"{name}: {version.state} ({why}); it is sent until the agent decides")
    if version.state in ("refused", "rolled back", "superseded"):
        hint = "" if version.reason.endswith(")") else _NEXT[version.state]
        raise CollectorError(f"{name}: {version.state}: {version.reason}", hint)


_NEXT = {
    "refused": "correct what is named, and push again",
    "rolled back": "the agent runs with the settings of before",
    "superseded": "a newer version was pushed meanwhile",
}


def _decided(state: CollectorState, version: SettingsVersion, told: str) -> SettingsVersion:
    err.print(told, markup=False)
    end_s, found = time.monotonic() + DECIDED_WITHIN_S, version
    while found.state not in DECIDED and time.monotonic() < end_s:
        time.sleep(LOOK_EVERY_S)
        found = version_of(state, version.agent, version.version)
        if found.state != version.state and found.state not in DECIDED:
            version = found
            err.print(f"  {found.state}", markup=False)
    if found.state not in DECIDED:
        hint = "see later: collector fleet config list"
        raise RetryLaterError(f"agent {found.agent} has not decided on it yet", hint)
    return found


def _row(state: CollectorState, version: SettingsVersion) -> dict[str, Any]:
    request = state.care_requests.find(version.request)
    told = state.agent_settings.told(version.agent)
    is_newest = state.agent_settings.list(version.agent)[-1].version == version.version
    return {
        "agent": version.agent,
        "version": version.version,
        "state": version.state,
        "reason": version.reason,
        "since_ms": version.state_at_ms,
        "by": request.by_name if request else "",
        "note": request.note if request else "",
        "digest": version.digest,
        "at_the_plant": drift(told.state if told else None) if is_newest else "",
    }


def _show_rows(rows: list[dict[str, Any]]) -> None:
    names = ("agent", "version", "state", "since (UTC)", "by", "note", "reason", "at the plant")
    table = Table(*names)
    for row in rows:
        table.add_row(
            *(row["agent"], str(row["version"]), row["state"], when(row["since_ms"])),
            *(calm(row[key]) for key in ("by", "note", "reason", "at_the_plant")),
        )
    print_table(table)

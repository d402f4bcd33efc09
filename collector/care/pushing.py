"""Settings for an agent made a version of, checked as far as a collector can."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path

from collector.care.asking import asked
from collector.care.station import CONFIG, PUSH_WITHIN_MS
from collector.clock import Clock
from collector.errors import CollectorError
from collector.state import CollectorState
from collector.state.agent_settings import SettingsVersion
from edge_agent.contract.care import SETTINGS_MOST_BYTES, Argument, settings_digest
from edge_agent.process.bounded import tables_in, text_in


def settings_in(path: Path) -> str:
    """The settings text in a file. Raises ``CollectorError`` when it cannot be one."""
    try:
        text = text_in(path, SETTINGS_MOST_BYTES)
        document = tables_in(text)
    except OSError as error:
        raise CollectorError(f"{path} cannot be read: {error.strerror}", "give its path") from error
    except UnicodeDecodeError as error:
        raise CollectorError(f"{path} is not UTF-8 text", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise CollectorError(f"{path}: not TOML: {error}", "correct that line") from error
    if not text.strip():
        raise CollectorError(f"{path} is empty", _WHAT_TO_WRITE)
    if not document.get("meters"):
        raise CollectorError(f"{path} has no meters", _WHAT_TO_WRITE)
    return text


_WHAT_TO_WRITE = "write [[links]] and [[meters]] as in agent.toml; leave out [agent] and [mqtt]"


def pushed(
    state: CollectorState,
    agent: str,
    text: str,
    who: tuple[str, str],
    clock: Clock,
    note: str = "",
    over_local: bool = False,
) -> SettingsVersion:
    """Make the text the newest version of the agent's settings; the running collector sends it.

    Raises ``CollectorError`` when it is the newest one already, and in use as it was pushed.
    """
    digest, now_ms = settings_digest(text), clock.now_ms()
    told = state.agent_settings.told(agent)
    drifted = told is not None and told.state.drifted
    for row in state.agent_settings.list(agent)[-1:]:
        if row.digest == digest and row.state == "in use" and not drifted:
            raise CollectorError(f"version {row.version} is the same and in use", "nothing to do")
    number = state.agent_settings.next_version(agent)
    arguments: dict[str, Argument] = {"version": number, "digest": digest, "over-local": over_local}
    request = asked(agent, CONFIG, arguments, who, clock, PUSH_WITHIN_MS / 1000, note)
    version = SettingsVersion(
        *(agent, number, text, digest, over_local, request.id), state_at_ms=now_ms
    )
    with state.database.write():
        state.care_requests.add(request)
        state.agent_settings.add(version)
    return version


def version_of(state: CollectorState, agent: str, number: int | None = None) -> SettingsVersion:
    """A version of an agent's settings; without a number the one in use, else the newest.

    Raises ``CollectorError`` when there is none.
    """
    rows = state.agent_settings.list(agent)
    if not rows:
        hint = f"collector fleet config push {agent} FILE"
        raise CollectorError(f"no settings were ever pushed to agent {agent}", hint)
    if number is None:
        return next((row for row in rows if row.state == "in use"), rows[-1])
    found = next((row for row in rows if row.version == number), None)
    if found is None:
        known = ", ".join(str(row.version) for row in rows[-20:])
        raise CollectorError(f"agent {agent} has no version {number}", f"known: {known}")
    return found


def version_before(state: CollectorState, agent: str) -> SettingsVersion:
    """The newest version that was in use before the one that is now.

    Raises ``CollectorError`` when there is none.
    """
    before = [row for row in state.agent_settings.list(agent) if row.state == "replaced"]
    if not before:
        hint = "see collector fleet config list, and give one with --to"
        raise CollectorError(f"agent {agent} has no version that was in use before", hint)
    return before[-1]


def difference(old: SettingsVersion, new: SettingsVersion) -> Iterator[str]:
    """The lines that differ, as ``diff -u`` shows them."""
    before, after = (f"{row.agent} version {row.version}" for row in (old, new))
    lines = (old.text.splitlines(), new.text.splitlines())
    yield from difflib.unified_diff(*lines, before, after, lineterm="")

"""At the start of the process, before the settings are read: a trial that was cut short goes on.

Runs on the bare file: settings with which no agent can start are taken back here.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

from edge_agent.care.crash_points import crash_point
from edge_agent.care.journal import Journal, JournalFile, decided, undone
from edge_agent.contract.care import settings_digest
from edge_agent.errors import AgentError
from edge_agent.process.bounded import tables_in, text_in
from edge_agent.words import said

log = logging.getLogger(__name__)
FOLDER = "care"
STATE_DIR = "state/edge"
MOST_STARTS = 1
"""One end of the process within a trial may be a power cut; a second one is taken for a fault of
the settings."""


def folder_of(path: Path) -> Path | None:
    """Where the agent of these settings keeps its journal; None when they cannot be read."""
    try:
        agent = tables_in(text_in(path)).get("agent", {})
        return path.parent.absolute() / str(agent.get("state_dir", STATE_DIR)) / FOLDER
    except (OSError, ValueError, AttributeError):
        return None


def resume(path: Path) -> None:
    """Go on from where the process ended. Never raises: an agent must start."""
    folder = folder_of(path)
    if folder is None:
        return
    file = JournalFile(folder)
    journal = file.load()
    if not journal.phase:
        return
    try:
        _go_on(path, file, journal)
    except (OSError, ValueError, AgentError) as error:
        text = said("pushed settings on trial cannot be taken back: {error}", error=str(error))
        log.error(text)


def digest_of(path: Path) -> str:
    """The digest of the file as it is, "" when it cannot be read."""
    try:
        return settings_digest(text_in(path))
    except (OSError, ValueError):
        return ""


def _go_on(path: Path, file: JournalFile, journal: Journal) -> None:
    is_new = digest_of(path) == journal.trial_file_digest
    if journal.phase == "placing":
        file.save(replace(journal, phase="trial") if is_new else undone(journal))
        return
    if journal.phase == "trial" and is_new and journal.starts < MOST_STARTS:
        file.save(replace(journal, starts=journal.starts + 1))
        return
    reason = journal.reason if journal.phase == "going-back" else _reason(path, journal, is_new)
    if is_new:
        file.save(replace(journal, phase="going-back", reason=reason))
        take_back(path, file)
    file.save(decided(journal, "rolled-back", reason))
    log.error(said("pushed settings were taken back: {reason}", reason=reason))


def take_back(path: Path, file: JournalFile) -> None:
    """Put the settings of before in the file's place. Raises ``StopError``, ``OSError``."""
    # Brings a library that no agent needs but at such a moment.
    from edge_agent import settings_file

    crash_point("going-back")
    settings_file.put_back(path, file.before())
    crash_point("put-back")


def _reason(path: Path, journal: Journal, is_new: bool) -> str:
    if is_new:
        return said("the agent ended again and again while they were on trial")
    if digest_of(path) == journal.before_digest:
        return said("the agent did not run with them")
    return said("somebody at the plant changed the settings during the trial")

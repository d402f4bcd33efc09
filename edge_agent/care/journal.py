"""How far pushed settings have come, on the disk: whatever ends the process, it can go on.

Before each step that changes something the journal says so, in one file that is replaced in one
step. The settings of before lie beside it until the trial is over.
"""

from __future__ import annotations

import json
import logging
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from edge_agent.contract.care import DECISIONS, Decision
from edge_agent.process.bounded import SETTINGS_BYTES, text_in
from edge_agent.words import said

log = logging.getLogger(__name__)
Phase = Literal["", "placing", "trial", "going-back"]
"""``placing``: the file is replaced. ``going-back``: it is replaced by the one of before."""
FILE, BEFORE, SET_ASIDE = "settings.json", "settings.before.toml", "settings.damaged.json"


@dataclass(frozen=True, slots=True)
class Journal:
    """What is in use by a push (``version`` 0: nothing), what is on trial, what was decided.

    Digests are those of ``contract.care.settings_digest``: ``digest`` of the pushed text,
    ``part_digest`` of what may be pushed as the file had it then, ``trial_file_digest`` of the
    whole file on trial, ``before_digest`` of that of before.
    ``meters`` answered before the trial, and must again; ``receipts``: so did the collector.
    ``starts`` counts the starts of the process within the trial.
    """

    version: int = 0
    digest: str = ""
    part_digest: str = ""
    phase: Phase = ""
    trial_version: int = 0
    trial_digest: str = ""
    trial_file_digest: str = ""
    before_digest: str = ""
    meters: tuple[str, ...] = ()
    receipts: bool = False
    starts: int = 0
    newest: int = 0
    newest_digest: str = ""
    decision: Decision = ""
    reason: str = ""


class JournalFile:
    """The journal in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self) -> Journal:
        """What it says; an empty one when there is none, or when it was damaged and set aside."""
        path = self._folder / FILE
        try:
            return _journal(json.loads(text_in(path)))
        except FileNotFoundError:
            return Journal()
        except (OSError, ValueError, TypeError, KeyError) as error:
            text = said("the journal of pushed settings is damaged: {error}", error=str(error))
            log.error(text)
            with suppress(OSError):
                os.replace(path, self._folder / SET_ASIDE)
            return Journal()

    def save(self, journal: Journal) -> None:
        """Keep it; on the disk when it returns. Raises ``OSError``."""
        self._write(FILE, json.dumps(asdict(journal)))

    def keep_before(self, text: str) -> None:
        """Keep the settings of before; on the disk when it returns. Raises ``OSError``."""
        self._write(BEFORE, text)

    def before(self) -> str:
        """The settings of before. Raises ``OSError`` or ``ValueError``."""
        return (self._folder / BEFORE).read_bytes()[:SETTINGS_BYTES].decode("utf-8")

    def forget_before(self) -> None:
        """They are not needed any more."""
        with suppress(OSError):
            (self._folder / BEFORE).unlink()

    def _write(self, name: str, text: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path, new = self._folder / name, self._folder / f"{name}.new"
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
        handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _journal(document: Any) -> Journal:
    if not isinstance(document, dict):
        raise ValueError("no object")
    known = {row.name: row.default for row in fields(Journal)}
    found = {key: value for key, value in document.items() if key in known}
    for key, value in found.items():
        kind = list if key == "meters" else type(known[key])
        if type(value) is not kind:
            raise ValueError(f"{key} is {value!r:.40}")
    for key, words in (("phase", get_args(Phase)), ("decision", DECISIONS)):
        if found.get(key, "") not in words:
            raise ValueError(f"{key} is {found[key]!r:.40}")
    found["meters"] = tuple(map(str, found.get("meters", ())))
    return Journal(**found)


def decided(
    journal: Journal, decision: Decision, reason: str = "", part_digest: str = ""
) -> Journal:
    """The trial is over: its version is in use, as the file has it, or that of before still is."""
    over = _without_trial(journal)
    newest: dict[str, Any] = {
        "newest": journal.trial_version,
        "newest_digest": journal.trial_digest,
        "decision": decision,
        "reason": str(reason),
    }
    if decision != "in-use":
        return replace(over, **newest)
    used: dict[str, Any] = {
        "version": journal.trial_version,
        "digest": journal.trial_digest,
        "part_digest": part_digest,
    }
    return replace(over, **newest, **used)


def undone(journal: Journal) -> Journal:
    """The trial never began."""
    return _without_trial(journal)


def _without_trial(journal: Journal) -> Journal:
    empty = Journal()
    names = ("phase", "trial_version", "trial_digest", "trial_file_digest", "before_digest")
    values: dict[str, Any] = {
        name: getattr(empty, name) for name in (*names, "meters", "receipts", "starts")
    }
    return replace(journal, **values)

"""Where an agent keeps who it is: ``<state_dir>/identity/``, written in one step, for itself alone.

``agent.pem`` holds certificate and key (mode 0600), ``ca.pem`` whom it trusts.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from edge_agent.errors import StopError
from edge_agent.words import said

FOLDER = "identity"


@dataclass(frozen=True, slots=True)
class Identity:
    """The two files in ``folder``."""

    folder: Path

    @classmethod
    def of(cls, state_dir: Path) -> Identity:
        """Where the agent with that state keeps its identity."""
        return cls(state_dir / FOLDER)

    @property
    def agent_file(self) -> Path:
        """Certificate and key."""
        return self.folder / "agent.pem"

    @property
    def ca_file(self) -> Path:
        """The authorities to trust."""
        return self.folder / "ca.pem"

    def prepare(self) -> None:
        """Make the folder, and see that it can be written. Raises ``StopError``."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _own_as(self.folder, self.folder.parent)
            handle, name = tempfile.mkstemp(dir=self.folder)
            os.close(handle)
            os.unlink(name)
        except OSError as error:
            raise self._refused(error) from error

    def put(self, certificate: str, key: str, authorities: str) -> None:
        """Keep a new identity, durably. Raises ``StopError``; then the one of before stays."""
        try:
            # Trust first: with the new certificate and the old trust the agent could be cut off.
            _write(self.ca_file, authorities, 0o644)
            _write(self.agent_file, certificate + key, 0o600)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> StopError:
        what = said(
            "{folder} cannot be written: {reason}", folder=self.folder, reason=error.strerror
        )
        hint = said("run this as the agent's user, or with sudo; free space on its disk")
        return StopError(what, hint)


def _write(path: Path, text: str, mode: int) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _own_as(Path(name), path.parent)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _own_as(path: Path, other: Path) -> None:
    """Give a file to whom the other belongs: with sudo, the agent's user must still read it."""
    if os.geteuid() == 0:
        owner = other.stat()
        os.chown(path, owner.st_uid, owner.st_gid)

"""What becomes of a package whose signature is right, by its kind."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from edge_agent import profile
from edge_agent.errors import StopError
from edge_agent.packages import archive
from edge_agent.packages.manifest import Kind, PackageError, unfit
from edge_agent.update.handed import hand_over
from edge_agent.update.standing import Phase
from edge_agent.words import said

PROFILES = "profiles"


@dataclass(frozen=True, slots=True)
class Case:
    """A package to use: where it is, who may have signed it, and this agent's version.

    ``folder`` is where updates are kept, ``settings_folder`` that of ``agent.toml``.
    """

    package: Path
    trusted: tuple[str, ...]
    version: str
    folder: Path
    settings_folder: Path


def use(case: Case) -> tuple[Phase, str]:
    """Use the package; answers how it stands then, and its version.

    Raises ``PackageError`` or ``StopError`` when it must not be used, and ``OSError``.
    """
    manifest = archive.look(case.package, case.trusted).manifest
    return KINDS[manifest.kind](case), manifest.version


def _program(case: Case) -> Phase:
    manifest = archive.look(case.package, case.trusted).manifest
    if reason := unfit(manifest, case.version):
        raise PackageError(reason, "see collector fleet update list")
    if manifest.version == case.version:
        return "done"
    hand_over(case.package, case.folder)
    return "handed"


def _profiles(case: Case) -> Phase:
    """Put the profiles beside the settings, in a folder of their version; each must be sound."""
    place = case.settings_folder / PROFILES
    place.mkdir(mode=0o750, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    try:
        found = archive.unpack(case.package, new, case.trusted)
        for path in sorted(new.iterdir()):
            _require_sound(path)
        target = place / found.manifest.version
        shutil.rmtree(target, ignore_errors=True)
        new.rename(target)
        target.chmod(0o750)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return "done"


def _require_sound(path: Path) -> None:
    faults = ["not a .toml file"] if path.suffix != ".toml" else profile.faults(str(path))
    if faults:
        what = said("profile {name}: {fault}", name=path.name, fault=faults[0])
        raise StopError(what, said("correct it, and make the package anew"))


KINDS: Mapping[Kind, Callable[[Case], Phase]] = {"agent": _program, "profiles": _profiles}

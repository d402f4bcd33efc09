"""`make audit` tells known vulnerabilities in what is locked, or that nobody could tell.

pip-audit answers 0 and "no known vulnerabilities" also when the index knew nothing of any package
(a mirror without that interface, a machine without internet). Here that is no answer: exit 0 only
when every locked package was looked up; 1 when something is vulnerable; 2 when it is not known.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 2
_HINT = "run it where the package index itself can be reached, or see the releases' own audit"
LONGEST_S = 600


@dataclass(frozen=True, slots=True)
class Verdict:
    """An exit code and the lines that say why."""

    code: int
    lines: tuple[str, ...]


def locked(text: str) -> frozenset[str]:
    """The names that a lock file holds for this machine, in their canonical form."""
    lines = [line.rstrip(" \\") for line in text.splitlines() if line[:1].isalnum()]
    found = [Requirement(line) for line in lines]
    here = [one for one in found if one.marker is None or one.marker.evaluate()]
    return frozenset(canonicalize_name(one.name) for one in here)


def verdict(lock: str, wanted: frozenset[str], document: Mapping[str, Any]) -> Verdict:
    """What pip-audit's answer (its JSON) says of a lock file's packages."""
    rows: Sequence[Mapping[str, Any]] = document.get("dependencies", ())
    looked_up = {canonicalize_name(row["name"]): row for row in rows if "vulns" in row}
    vulnerable = tuple(
        f"{lock}: {name} {row['version']}: {found['id']}{_mended(found)}"
        for name, row in sorted(looked_up.items())
        for found in row["vulns"]
    )
    if vulnerable:
        return Verdict(VULNERABLE, vulnerable)
    missing = sorted(wanted - looked_up.keys())
    if missing:
        some = ", ".join(missing[:5]) + (" ..." if len(missing) > 5 else "")
        what = f"{lock}: {len(missing)} of {len(wanted)} packages could not be looked up: {some}"
        return Verdict(UNKNOWN, (f"{what} ({_HINT})",))
    return Verdict(CLEAN, (f"{lock}: {len(wanted)} packages, no known vulnerability",))


def _mended(found: Mapping[str, Any]) -> str:
    versions = ", ".join(found.get("fix_versions", ()))
    return f" (mended in {versions})" if versions else " (no version mends it yet)"


def audited(lock: str, options: Sequence[str] = ()) -> Verdict:
    """The verdict on a lock file of this project."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    command += ["--progress-spinner", "off", "--format", "json", *options, "-r", str(ROOT / lock)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LONGEST_S
        )
        document = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Verdict(UNKNOWN, (f"{lock}: no answer within {LONGEST_S} s ({_HINT})",))
    except ValueError:
        said = (done.stderr.strip().splitlines() or ["no answer"])[-1][:200]
        return Verdict(UNKNOWN, (f"{lock}: could not be audited: {said} ({_HINT})",))
    return verdict(lock, locked((ROOT / lock).read_text("utf-8")), document)


def main() -> int:
    """Audit every lock file; the worst verdict is the exit code, unknown before clean."""
    verdicts = [audited(lock, sys.argv[1:]) for lock in LOCKS]
    for one in verdicts:
        out = sys.stdout if one.code == CLEAN else sys.stderr
        out.write("".join(f"audit: {line}\n" for line in one.lines))
    codes = {one.code for one in verdicts}
    return VULNERABLE if VULNERABLE in codes else max(codes)


if __name__ == "__main__":
    sys.exit(main())

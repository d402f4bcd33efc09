"""What we depend on: audited without false comfort, and told in a bill of materials."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from tests.security.audit import CLEAN, LOCKS, ROOT, UNKNOWN, VULNERABLE, locked, verdict

_WANTED = frozenset({"one", "two"})
_ONE: dict[str, Any] = {"name": "One", "version": "1.0", "vulns": []}
_TWO: dict[str, Any] = {"name": "two", "version": "2.0", "vulns": []}
_BAD = {"id": "PYSEC-2026-1", "fix_versions": ["2.1"], "aliases": [], "description": "x"}
_UNSEEN = {"name": "two", "skip_reason": "Dependency not found on PyPI"}


@pytest.mark.parametrize(
    ("rows", "code", "said"),
    [
        ([_ONE, _TWO], CLEAN, "lock: 2 packages, no known vulnerability"),
        ([_ONE, _UNSEEN], UNKNOWN, "1 of 2 packages could not be looked up: two"),
        ([_ONE], UNKNOWN, "1 of 2 packages could not be looked up: two"),
        ([], UNKNOWN, "2 of 2 packages could not be looked up: one, two"),
        ([{**_ONE, "vulns": [_BAD]}, _UNSEEN], VULNERABLE, "one 1.0: PYSEC-2026-1 (mended in 2.1)"),
        ([_ONE, {**_TWO, "vulns": [{**_BAD, "fix_versions": []}]}], VULNERABLE, "no version mends"),
    ],
)
def test_only_a_whole_look_is_clean(rows: list[dict[str, Any]], code: int, said: str) -> None:
    """A package that nobody knows of, or that is not in the answer at all, is no clean one."""
    found = verdict("lock", _WANTED, {"dependencies": rows})
    assert found.code == code
    assert said in " ".join(found.lines)


def test_an_audit_without_the_internet_says_so() -> None:
    """The real pip-audit behind a closed door: one clear line, and not exit code 0."""
    nowhere = "http://127.0.0.1:9"
    proxies = dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), nowhere)
    environment = {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": ""}
    program = (
        "from tests.security.audit import audited; import sys\n"
        "found = audited('requirements.lock', ['--timeout', '2'])\n"
        "print(*found.lines); sys.exit(found.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == UNKNOWN, done.stderr
    assert "requirements.lock: could not be audited: " in done.stdout
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_read_whole(lock: str) -> None:
    """Each pinned name of the file, but those of other machines, is one to be audited."""
    text = (ROOT / lock).read_text("utf-8")
    pinned = {canonicalize_name(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", text)}
    elsewhere = {
        canonicalize_name(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==[^\n]*;", text)
    }
    assert pinned - elsewhere <= locked(text) <= pinned
    assert len(locked(text)) > 40


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The bill of materials as `make sbom` writes it."""
    path = tmp_path_factory.mktemp("sbom") / "mieruka.cdx.json"
    recipe = re.findall(
        r"-m (cyclonedx_py (?:\\\n|[^\n])*)", (ROOT / "Makefile").read_text("utf-8")
    )
    words = recipe[0].replace("\\\n", " ").replace("$(SBOM)", str(path)).split()
    command = [sys.executable, "-W", "ignore::UserWarning", "-m", *words]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return path.read_text("utf-8")


def test_the_bill_is_valid(bill: str) -> None:
    """By the schema of CycloneDX 1.6, strictly."""
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_bill_names_every_locked_package(bill: str) -> None:
    """Name, version and all hashes, as the lock file has them; and what it is a bill of."""
    document = json.loads(bill)
    text = (ROOT / "requirements.lock").read_text("utf-8")
    told = {
        (part["name"], part["version"]): sorted(
            one["content"] for one in part["externalReferences"][0]["hashes"]
        )
        for part in document["components"]
    }
    held = re.findall(r"(?m)^([a-z0-9._-]+)==([^\s;\\]+)((?:[^\n]*\\\n)*[^\n]*)", text)
    wanted = {
        (name, version): sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest))
        for name, version, rest in held
    }
    assert told == wanted
    assert document["metadata"]["component"]["name"] == "mieruka"
    assert "serialNumber" not in document  # the same lock makes the same bill


def test_the_release_audits_and_tells_the_same() -> None:
    """The words of the Makefile are those of the workflow that makes a release."""
    workflow = Path(ROOT / ".github/workflows/release.yml").read_text("utf-8")
    assert "make audit" in workflow
    assert "make sbom" in workflow

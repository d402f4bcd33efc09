"""The workflows: least rights, no stored secret, nothing published that was not tested."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from tests.security.canaries import ROOT

FOLDER = ROOT / ".github/workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
ACTIONS = {
    "actions/checkout", "actions/setup-python", "actions/cache", "actions/upload-artifact",
    "actions/download-artifact", "actions/attest-build-provenance", "actions/attest-sbom",
    "pypa/gh-action-pypi-publish",
}  # fmt: skip
"""Whom we let run in our name: a new one is a decision."""


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def _steps(workflow: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in workflow["jobs"].items() for step in job.get("steps", ())]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_given_job_by_job(path: Path) -> None:
    """None by default, and each job says its own."""
    workflow = _read(path)
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_secret_is_stored_and_no_stranger_runs(path: Path) -> None:
    """Publishing is by the workflow's identity; a pull request cannot write a command."""
    text = path.read_text("utf-8")
    assert "secrets." not in text
    assert "pull_request_target" not in text
    for _, step in _steps(_read(path)):
        if "uses" in step:
            name, _, version = step["uses"].partition("@")
            assert name in ACTIONS
            assert version
        else:
            # What others write (titles, branches) would become a command.
            assert not re.search(r"\$\{\{\s*github\.(?:event|head_ref)", step["run"])
        if step.get("uses", "").startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_what_is_published_was_tested_built_and_attested() -> None:
    """The chain of jobs; and only the last two may write anything."""
    jobs = _read(FOLDER / "release.yml")["jobs"]
    assert [jobs[name].get("needs") for name in ("build", "attest", "publish", "notes")] == [
        "gate", "build", "attest", "publish",
    ]  # fmt: skip
    assert jobs["gate"]["uses"] == "./.github/workflows/ci.yml"
    writing = {name for name, job in jobs.items() if "write" in job["permissions"].values()}
    assert writing == {"attest", "publish", "notes"}
    assert jobs["publish"]["environment"] == "pypi"
    assert jobs["publish"]["steps"][-1]["with"]["attestations"] is True


def test_the_gate_is_the_one_command() -> None:
    """What runs there is what runs anywhere."""
    gate = _read(FOLDER / "ci.yml")["jobs"]["gate"]
    assert gate["steps"][-1]["run"] == ".ci/run"


def test_a_build_is_the_same_twice(tmp_path: Path) -> None:
    """The commands of the workflow here: the same bytes, so that anybody can check a release."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1760000000"}
    found = []
    for name in ("one", "two"):
        folder = tmp_path / name
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
        subprocess.run(
            command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=120
        )
        (wheel,) = folder.iterdir()
        found.append((wheel.name, wheel.read_bytes()))
    assert found[0] == found[1]

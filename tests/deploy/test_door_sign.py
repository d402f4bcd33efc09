"""`deploy/README.md`: a stranger finds everything that lies beside it."""

from __future__ import annotations

import re
from pathlib import Path

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
TEXT = (DEPLOY / "README.md").read_text(encoding="utf-8")
LINKS = re.findall(r"\]\(([^)#:]+)\)", TEXT)


def test_every_link_leads_somewhere() -> None:
    """To a file or folder that is there."""
    assert [link for link in LINKS if not (DEPLOY / link).exists()] == []


def test_everything_in_the_folder_is_linked() -> None:
    """What is made there on a machine (`secrets/`, `.env`) is none of it."""
    made = {"README.md", ".gitignore", "secrets"}
    there = {path.name for path in DEPLOY.iterdir()} - made
    assert there - {link.rstrip("/") for link in LINKS} == set()

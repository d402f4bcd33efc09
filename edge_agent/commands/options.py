"""Options that several verbs share, and their answers to machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

DEFAULT_CONFIG = Path("agent.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings.", readable=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]


def write_json(document: object) -> None:
    """One line on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")

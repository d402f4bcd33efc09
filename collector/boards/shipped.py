"""The JSON of boards and alert rules, as shipped in the package ``grafana``; data, not imports."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from collector.boards.alert_rules import checked


def board_texts(language: str) -> Iterator[dict[str, Any]]:
    """Every shipped board in the language ("ja" or "en"), in order of uid."""
    folder = files("grafana") / "dashboards"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(f"-{language}.json"):
            yield json.loads(path.read_text(encoding="utf-8"))


def alert_texts(language: str) -> Iterator[dict[str, Any]]:
    """Every shipped group of alert rules in the language, in order of file name."""
    folder = files("grafana") / "alerts"
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(".json"):
            group = checked(path.read_text(encoding="utf-8"), path.name)
            if group["language"] == language:
                yield group

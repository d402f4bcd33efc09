"""The boards' JSON, as built and shipped in the package ``grafana``; read as data, not imported."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any


def board_texts(language: str) -> Iterator[dict[str, Any]]:
    """Every shipped board in the language ("ja" or "en"), in order of uid."""
    folder = files("grafana") / "dashboards"
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.endswith(f"-{language}.json"):
            yield json.loads(path.read_text(encoding="utf-8"))

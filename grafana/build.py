"""Write every board and alert in every language: ``python -m grafana.build``, ``--check``: drift.

The JSON in ``dashboards/`` and ``alerts/`` is made from the code and committed, so that the
collector and a Grafana that provisions from files need neither this module nor the SDK behind it.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from grafana.alerts.shipped_text import alert_files
from grafana.boards import BOARDS
from grafana.links import ways
from grafana.panels import Page, dashboard_text
from grafana.words import LANGUAGES, Language, Words

DASHBOARDS = Path(__file__).parent / "dashboards"
ALERTS = Path(__file__).parent / "alerts"


def built() -> dict[str, str]:
    """Every board as text, by file name; the same text for the same code."""
    pages: dict[Language, list[Page]] = {
        language: [numbered(n, page(Words(language))) for n, page in enumerate(BOARDS.values(), 1)]
        for language in LANGUAGES
    }
    return {
        f"{page.uid}.json": dashboard_text(page, list(ways(page, language, pages, Words(language))))
        for language in LANGUAGES
        for page in pages[language]
    }


def numbered(number: int, page: Page) -> Page:
    """The page with its number in front of its title.

    Folders then list boards in the order of use. And Grafana 9 compares titles by their Latin
    letters and digits alone: "電力量 - Plant A" and "料金 - Plant A" would be one name to it.
    """
    return replace(page, title=f"{number:02d} {page.title}")


def drift(folder: Path = DASHBOARDS, texts: Mapping[str, str] | None = None) -> list[str]:
    """Name each file in the folder that is missing, differs or belongs to none of ``texts``.

    These are the boards, unless others are given.
    """
    texts = built() if texts is None else texts
    found = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")}
    wrong = [name for name, text in texts.items() if found.get(name) != text]
    return sorted([*wrong, *(name for name in found if name not in texts)])


def write(folder: Path = DASHBOARDS, texts: Mapping[str, str] | None = None) -> list[Path]:
    """Write every board (or the texts given) and take away JSON that belongs to none of them."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = built() if texts is None else texts
    for path in folder.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def main(arguments: list[str]) -> int:
    """Build, or check with ``--check``; answers the exit code."""
    rooms = {DASHBOARDS: built(), ALERTS: alert_files()}
    if arguments == ["--check"]:
        wrong = [f"{room.name}/{name}" for room, texts in rooms.items()
                 for name in drift(room, texts)]  # fmt: skip
        for name in wrong:
            sys.stderr.write(f"grafana/{name} differs from the code (run: make boards)\n")
        return 1 if wrong else 0
    if arguments:
        sys.stderr.write("usage: python -m grafana.build [--check]\n")
        return 2
    for room, texts in rooms.items():
        write(room, texts)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

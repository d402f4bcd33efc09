"""Which factors a command works with: the shipped ones, and those of the plant's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector import config
from collector.commands.terminal import DEFAULT_CONFIG
from collector.errors import CollectorError
from collector.factors.lookup import FactorLibrary

SettingsOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="The settings: they name your factor folder.")
]
FolderOption = Annotated[
    Path | None, typer.Option("--folder", help="The folder of your own factor files.")
]
KnownOnOption = Annotated[
    str | None, typer.Option("--known-on", help="As it was known on that day: 2026-01-09.")
]


def folder_named(path: Path | None, folder: Path | None) -> Path | None:
    """The plant's own folder: --folder, else what the settings say, None if there are none.

    Raises ``ConfigError`` for settings with faults.
    """
    if folder is not None:
        return folder
    if path is None and not DEFAULT_CONFIG.exists():
        return None
    settings = config.load(path or DEFAULT_CONFIG)
    return settings.factors.folder if settings.factors else None


def library_named(path: Path | None, folder: Path | None) -> FactorLibrary:
    """The shipped factors with those of the plant's own folder, when one is named."""
    own = folder_named(path, folder)
    return FactorLibrary.with_folder(own) if own else FactorLibrary.shipped()


def own_folder(path: Path | None, folder: Path | None) -> Path:
    """The plant's own folder, which need not be there yet. Raises ``CollectorError`` if none."""
    own = folder_named(path, folder)
    if own is None:
        hint = 'write [factors] with folder = "factors" in the settings, or use --folder'
        raise CollectorError("there is no folder for your own factors", hint)
    return own

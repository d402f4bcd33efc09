"""Which tariff applies: by id and day, among those shipped and those of the plant's own folder."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path

from collector.tariffs.files import TariffFiles
from collector.tariffs.series import Series
from collector.tariffs.tariff import Tariff, TariffError


@dataclass(frozen=True, slots=True)
class TariffLibrary:
    """All tariffs known, immutable, found by id and day."""

    files: TariffFiles

    @classmethod
    def shipped(cls) -> TariffLibrary:
        """The tariffs and series that come with this program."""
        return _shipped()

    def with_folder(self, folder: Path) -> TariffLibrary:
        """These and the ``.toml`` files of a folder, which may add months to a series.

        Raises ``TariffError`` for a folder that is not there and with every fault of its files.
        """
        if not folder.is_dir():
            hint = "make the folder, or correct [tariffs] folder in the settings"
            raise TariffError(f"{folder} is not a folder of tariff files", hint)
        return self.with_files(sorted(folder.glob("*.toml")))

    def with_files(self, paths: Sequence[Path]) -> TariffLibrary:
        """These and the tariffs of the files. Raises ``TariffError`` with every fault of theirs."""
        return TariffLibrary(self.files.with_files(paths))

    @property
    def tariffs(self) -> Sequence[Tariff]:
        """All versions of all tariffs, by id and time."""
        return sorted(self.files.tariffs, key=lambda tariff: (tariff.id, tariff.valid_from))

    @property
    def series(self) -> Sequence[Series]:
        """All prices by bill month."""
        return self.files.series

    def find(self, tariff_id: str, on: date) -> Tariff:
        """The version in force on the day. Raises ``TariffError`` when there is none."""
        nearest = self.nearest(tariff_id, on)
        if nearest.covers(on):
            return nearest
        end = f" to {nearest.valid_to}" if nearest.valid_to else ""
        held = f"the nearest version holds from {nearest.valid_from}{end}"
        raise TariffError(f"tariff {tariff_id} has no version for {on}", held)

    def nearest(self, tariff_id: str, on: date) -> Tariff:
        """The version in force on the day, else the latest before it, else the first after it.

        A bill made with a version that is not in force says so. Raises ``TariffError`` for an
        unknown id, with ids like it.
        """
        versions = [tariff for tariff in self.tariffs if tariff.id == tariff_id]
        if not versions:
            known = sorted({tariff.id for tariff in self.tariffs})
            near = difflib.get_close_matches(tariff_id, known, 3, 0.3) or known
            hint = f"near: {', '.join(near)}; all: collector bill tariffs"
            raise TariffError(f"there is no tariff {tariff_id}", hint)
        begun = [tariff for tariff in versions if tariff.valid_from <= on]
        return begun[-1] if begun else versions[0]


@lru_cache(maxsize=1)
def _shipped() -> TariffLibrary:
    folder = resources.files("collector.tariffs")
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return TariffLibrary(TariffFiles().with_files(sorted(files, key=lambda file: file.name)))

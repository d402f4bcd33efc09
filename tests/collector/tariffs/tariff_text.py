"""Tariff files written by tests."""

from __future__ import annotations

from pathlib import Path

from collector.tariffs.library import TariffLibrary

HEAD = """
[[tariff]]
id = "own"
name_en = "Own"
area = "JP"
supplier = "S"
voltage = "6 kV"
currency = "JPY"
status = "current"
valid_from = 2020-01-01
source = { title = "T", url = "u", published_on = "2020", confidence = "high" }
tax = { mode = "included", percent = 10 }
"""
FLAT = "energy = [{ price = 20 }]\n"
SOURCE = 'source = { title = "T", url = "u", published_on = "2020", confidence = "high" }'
TWO_KINDS = """
day_types = [{ id = "off", weekdays = ["sat", "sun"] }, { id = "work" }]
"""


def library(folder: Path, text: str) -> TariffLibrary:
    """The shipped tariffs and those of the text, written into a file of the folder."""
    file = folder / "own.toml"
    file.write_text(text, encoding="utf-8")
    return TariffLibrary.shipped().with_files([file])

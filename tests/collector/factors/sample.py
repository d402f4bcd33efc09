"""Factor files for tests: one set of one publication, with the rows a test needs."""

from __future__ import annotations

from pathlib import Path

from collector.factors.lookup import FactorLibrary
from collector.factors.own_folder import Draft

SET = """
[[set]]
id = "x"
title = "Table"
publisher = "Office"
revision = "1"
published_on = "2025"
licence = "CC BY 4.0"
attribution = "Office"
region = "XX"
valid_from = 2025-04-01
valid_to = 2026-04-01
known_on = 2025-01-01
status = "official"
unit = "kg/kWh"
gas = "CO2"
"""
ROW = 'id = "x-1", supplier = "S1", supplier_name = "S", menu = "A", kind = "named", method = "m"'
OTHER_MENU = ROW.replace("x-1", "x-2").replace('"A"', '"B"')
SAME_MENU = ROW.replace("x-1", "x-2")
GOOD = f'{ROW}, value = "0.4"'
NATIONAL = 'id = "x-1", kind = "national", method = "location"'


def text(*rows: str, shared: str = SET) -> str:
    """A file of one set with the rows."""
    return f"{shared}factors = [{', '.join(f'{{ {row} }}' for row in rows)}]\n"


def library(*rows: str, shared: str = SET) -> FactorLibrary:
    """The library of one file with the rows."""
    return FactorLibrary.load([Draft("x.toml", text(*rows, shared=shared))])


def load(folder: Path, content: str) -> FactorLibrary:
    """The library of one file, through the disk."""
    path = folder / "x.toml"
    path.write_text(content, encoding="utf-8")
    return FactorLibrary.load([path])

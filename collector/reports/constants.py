"""Figures of law and schemes out of ``data/*.toml``: which value holds on a day, how surely.

A value that is less than sure carries the reason, which every report prints beside it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from collector.errors import StopError
from collector.reports.report import Language

Confidence = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value from ``first`` (included) to ``end`` (excluded), with its source.

    ``ja`` and ``en`` say why it is to be confirmed; "" where it is sure.
    """

    id: str
    value: Decimal
    unit: str
    first: date
    end: date
    source: str
    confidence: Confidence
    ja: str = ""
    en: str = ""

    @property
    def sure(self) -> bool:
        """Whether nothing is left to confirm."""
        return self.confidence == "high"

    def said(self, language: Language) -> str:
        """The value with its unit as the reader writes it: 45 GJ/千Nm³."""
        unit = self.unit.replace("1,000 Nm³", "千Nm³") if language == "ja" else self.unit
        return f"{self.value} {unit}"

    def doubt(self, language: Language) -> str:
        """Why it is to be confirmed; "" where it is sure."""
        return self.ja if language == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Fuel:
    """A fuel a person enters: its name and unit, and what is known of it (None: to be entered)."""

    id: str
    ja: str
    en: str
    unit_ja: str
    unit_en: str
    gj: Constant | None
    co2_t: Constant | None

    def name(self, language: Language) -> str:
        """Its name."""
        return self.ja if language == "ja" else self.en

    def unit(self, language: Language) -> str:
        """The unit it is entered in."""
        return self.unit_ja if language == "ja" else self.unit_en


@cache
def constants(name: str) -> tuple[Constant, ...]:
    """Every row of ``data/<name>.toml``.

    Raises ``StopError`` for a row without source, without a reason to confirm where one is due,
    and for two values of one id on a day.
    """
    found = tuple(_constant(row) for row in _document(name).get("constant", ()))
    for number, one in enumerate(found):
        for other in found[:number]:
            if one.id == other.id and one.first < other.end and other.first < one.end:
                raise StopError(f"data/{name}.toml: {one.id} has two values on one day")
    return found


def constant_on(name: str, id: str, day: date) -> Constant | None:
    """The value of ``data/<name>.toml`` that holds on the day; None where none is held."""
    return next((c for c in constants(name) if c.id == id and c.first <= day < c.end), None)


def fuels_on(day: date) -> tuple[Fuel, ...]:
    """The fuels in the order of the forms, with what is known of them on the day."""
    return tuple(
        Fuel(
            *(row["id"], row["ja"], row["en"], row["unit"], row["unit_en"]),
            constant_on("fuels", f"gj.{row['id']}", day),
            constant_on("fuels", f"co2.{row['id']}", day),
        )
        for row in _document("fuels")["fuel"]
    )


def _constant(row: Mapping[str, Any]) -> Constant:
    found = Constant(
        *(row["id"], Decimal(row["value"]), row["unit"], row["from"], row.get("to", date.max)),
        *(row["source"], row["confidence"], row.get("ja", ""), row.get("en", "")),
    )
    if not found.source or not (found.sure or (found.ja and found.en)):
        raise StopError(f"{found.id}: a source, and a reason to confirm in both languages")
    return found


@cache
def _document(name: str) -> Mapping[str, Any]:
    text = files("collector.reports.data").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)

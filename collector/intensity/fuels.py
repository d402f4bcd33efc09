"""The weights of fuels: TOML text in, checked sets out, or every fault at once.

A file holds ``[[source]]`` tables and ``[[set]]`` tables; the README of this folder shows both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import combinations
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from collector.errors import FactorError
from collector.intensity.mix import FUELS, Fuel
from collector.intensity.point import Boundary
from edge_agent.process.bounded import tables_in, text_in

LARGEST = Decimal("1.5")
"""A larger weight is in another unit: the dirtiest lignite plant stays below."""
Text = Annotated[str, Field(min_length=1)]


class _Text(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Source(_Text):
    id: Text
    title: Text
    publisher: Text
    licence: Text
    attribution: Text
    url: str = ""
    via: str = ""


class _Weight(_Text):
    fuel: Fuel
    value: Annotated[str, Field(pattern=r"^[0-9]+(\.[0-9]+)?$")]
    source: Text
    note: str = ""


class _Set(_Text):
    id: Text
    boundary: Boundary
    unit: Literal["kg/kWh"]
    valid_from: date
    valid_to: date | None = None
    known_on: date
    weights: Annotated[list[_Weight], Field(min_length=1)]

    def overlaps(self, other: _Set) -> bool:
        """Whether both are for one boundary and a day lies in both windows."""
        ends_before = self.valid_to is not None and self.valid_to <= other.valid_from
        starts_after = other.valid_to is not None and other.valid_to <= self.valid_from
        return self.boundary == other.boundary and not ends_before and not starts_after


class _File(_Text):
    source: Annotated[list[_Source], Field(min_length=1)]
    set: Annotated[list[_Set], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class FuelSource:
    """The publication a weight was taken from; ``via`` names a transcription, when one was used."""

    id: str
    title: str
    publisher: str
    licence: str
    attribution: str
    url: str
    via: str


@dataclass(frozen=True, slots=True)
class FuelWeights:
    """One set: kg/kWh of every fuel, for the local days from ``valid_from`` to ``valid_to``.

    ``valid_to`` is excluded, None while no successor is known; ``sources`` is by fuel.
    """

    id: str
    boundary: Boundary
    valid_from: date
    valid_to: date | None
    known_on: date
    kg_per_kwh: Mapping[Fuel, Decimal]
    sources: Mapping[Fuel, FuelSource]


class FuelLibrary:
    """All sets of weights known, found by boundary and local day."""

    def __init__(self, sets: Sequence[FuelWeights]) -> None:
        self.sets = tuple(sets)

    @classmethod
    def shipped(cls) -> FuelLibrary:
        """The sets that come with this program."""
        return _shipped()

    def on(self, boundary: Boundary, day: date) -> FuelWeights:
        """The set of the boundary for the local day. Raises ``FactorError`` when there is none."""
        for held in self.sets:
            ended = held.valid_to is not None and held.valid_to <= day
            if held.boundary == boundary and held.valid_from <= day and not ended:
                return held
        hint = "the sets and their days are in collector/intensity/fuels.toml"
        raise FactorError(f"no {boundary} weights of fuels apply on {day}", hint)


def read_weights(path: Path | Traversable) -> FuelLibrary:
    """The sets of the file.

    Raises ``FactorError`` with one line for each fault: text that is not TOML, a wrong unit, a
    fuel without weight or with two, an unknown source, two sets for one boundary and day.
    """
    try:
        file = _File.model_validate(tables_in(text_in(path)))
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
    except (OSError, ValueError) as error:
        faults = [f"cannot be read: {error}"]
    else:
        faults = [*_faults_of_sets(file), *_faults_between(file.set)]
    if faults:
        lines = "\n".join(f"{path.name}: {fault}" for fault in faults)
        raise FactorError(lines, "correct the file of fuel weights")
    return _library(file)


def _faults_of_sets(file: _File) -> Iterator[str]:
    sources = {source.id for source in file.source}
    for held in file.set:
        counts = Counter(weight.fuel for weight in held.weights)
        for fuel in FUELS:
            if counts[fuel] != 1:
                many = "no weight" if not counts[fuel] else f"{counts[fuel]} weights"
                yield f"set {held.id}: {fuel}: has {many}, needs one"
        for weight in held.weights:
            if weight.source not in sources:
                yield f"set {held.id}: {weight.fuel}: source {weight.source} is not in the file"
            if Decimal(weight.value) > LARGEST:
                yield f"set {held.id}: {weight.fuel}: {weight.value} cannot be kg/kWh; is it g/kWh?"
        if held.valid_to is not None and held.valid_to <= held.valid_from:
            yield f"set {held.id}: valid_to: {held.valid_to} is not after {held.valid_from}"


def _faults_between(sets: Sequence[_Set]) -> Iterator[str]:
    for one, other in combinations(sets, 2):
        if one.id == other.id:
            yield f"set {one.id}: the id is given twice"
        if one.overlaps(other):
            yield f"set {other.id}: applies to the same boundary and days as {one.id}"


def _library(file: _File) -> FuelLibrary:
    sources = {source.id: FuelSource(**source.model_dump()) for source in file.source}
    return FuelLibrary(
        [
            FuelWeights(
                id=held.id,
                boundary=held.boundary,
                valid_from=held.valid_from,
                valid_to=held.valid_to,
                known_on=held.known_on,
                kg_per_kwh={weight.fuel: Decimal(weight.value) for weight in held.weights},
                sources={weight.fuel: sources[weight.source] for weight in held.weights},
            )
            for held in file.set
        ]
    )


@lru_cache(maxsize=1)
def _shipped() -> FuelLibrary:
    return read_weights(resources.files("collector.intensity") / "fuels.toml")

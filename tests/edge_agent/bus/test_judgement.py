"""What the answers of all units on a line tell together."""

from __future__ import annotations

from typing import Any

import pytest

from edge_agent.bus.judgement import suspicion
from edge_agent.bus.statistics import Answers
from edge_agent.config import LinkSettings
from edge_agent.words import in_language

RTU = LinkSettings(id="bus", kind="rtu", device="/dev/ttyUSB0", baud=9_600)


def kind_of(units: dict[int, Answers], **link: Any) -> str:
    """The kind of suspicion that these answers raise, "" for none."""
    found = suspicion(RTU.model_copy(update=link), units)
    return found.kind if found else ""


@pytest.mark.parametrize(
    ("units", "kind"),
    [
        ({1: Answers(100), 2: Answers(100)}, ""),
        ({1: Answers(100), 2: Answers(0, 0, 40)}, ""),
        ({1: Answers(100, 4)}, ""),
        ({1: Answers(0, 30), 2: Answers(0, 30)}, "settings"),
        ({1: Answers(0, 20), 2: Answers(0, 0, 20)}, "settings"),
        ({1: Answers(100), 2: Answers(100), 3: Answers(10, 30)}, "doubled 3"),
        ({1: Answers(100), 3: Answers(0, 30)}, "doubled 3"),
        ({1: Answers(3), 3: Answers(0, 30)}, "noise"),
        ({1: Answers(95, 5), 2: Answers(96, 4)}, "noise"),
        ({1: Answers(60, 30), 2: Answers(50, 40)}, "noise"),
        ({1: Answers(10_000, 6), 2: Answers(10_000)}, ""),
    ],
)
def test_what_answers_point_to(units: dict[int, Answers], kind: str) -> None:
    """Wrong settings spoil all, two meters with one id their own, noise here and there."""
    assert kind_of(units) == kind


def test_numbered_connections_are_never_suspected() -> None:
    """Modbus TCP has no collisions and no parity."""
    link = LinkSettings(id="lan", kind="tcp", host="192.0.2.1")
    assert suspicion(link, {1: Answers(0, 50)}) is None


@pytest.mark.parametrize("kind", ["rtu", "rtu-over-tcp"])
def test_wrong_settings_name_what_to_compare(kind: str) -> None:
    """A serial port with its own settings, a gateway by its name; in both languages."""
    where = {"device": "/dev/ttyUSB0"} if kind == "rtu" else {"host": "192.0.2.1"}
    link = LinkSettings.model_validate({"id": "bus", "kind": kind, **where})
    found = suspicion(link, {1: Answers(0, 50)})
    assert found is not None
    assert ("9600 N 1" if kind == "rtu" else "gateway") in found.hint
    for text in (found.message, found.hint):
        assert in_language(text, "ja") != text

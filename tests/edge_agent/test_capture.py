"""A live meter made into a case."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from edge_agent.capture import Case, Recorder, save, take
from edge_agent.decode import Ratios
from edge_agent.errors import RefusedError, SilentMeterError
from tests.edge_agent.bench import START_MS, ScriptedLink
from tests.edge_agent.profile_texts import GOOD, Registers, made

FACTS = """
[[identity]]
role = "serial"
function = 3
address = 0x0100
format = "u32"
[settings.ct]
function = 3
address = 0x0006
format = "u16"
optional = true
"""


def _meter() -> Registers:
    meter = Registers().put(3, 0, [2_301, 0, 250]).put(3, 3, [500]).put(4, 0x10, [7, 0])
    return meter.put(3, 0x100, [1, 2])


def _recorder(meter: Registers) -> Recorder:
    return Recorder(ScriptedLink(lambda _unit, *asked: meter.read(*asked)), 1, 300)


def _files(folder: Path, case: Case) -> tuple[dict, dict]:  # type: ignore[type-arg]
    save(folder, case, START_MS)
    return tuple(  # type: ignore[return-value]
        tomllib.loads((folder / name).read_text(encoding="utf-8"))
        for name in ("capture.toml", "expected.toml")
    )


def test_a_case_holds_every_answer_and_every_refusal(tmp_path: Path) -> None:
    """Identity, settings and values, as asked; the refused setting with its code."""
    case = take(made(tmp_path, FACTS), _recorder(_meter()), Ratios(ct=2.0))
    capture, expected = _files(tmp_path / "case", case)
    asked = [(b["function"], b["address"], len(b["words"])) for b in capture["blocks"]]
    assert asked == [(3, 0x100, 2), (3, 0, 3), (4, 0x10, 2), (3, 3, 1)]
    assert capture["refusals"] == [{"function": 3, "address": 6, "count": 1, "code": 2}]
    assert capture["origin"].startswith("read from a device on 20")
    assert (expected["serial"], expected["absent"]) == ("65538", [])
    assert expected["values"] == {
        "voltage_l1_v": 230.1,
        "current_l1_a": 3.0,
        "active_energy_import_wh": 14.0,
        "frequency_hz": 500.0,
    }


def test_a_refused_block_is_read_without_its_gaps(tmp_path: Path) -> None:
    """A meter that refuses a gap gives its values all the same; an optional one is absent."""
    meter = Registers().put(3, 0, [2_301]).put(3, 2, [250]).put(4, 0x10, [7, 0])
    case = take(made(tmp_path, ""), _recorder(meter), Ratios())
    _, expected = _files(tmp_path / "case", case)
    assert expected["absent"] == ["frequency_hz"]
    assert expected["values"]["voltage_l1_v"] == 230.1


def test_settings_are_part_of_what_is_expected(tmp_path: Path) -> None:
    """What the meter is set to is kept beside the values."""
    case = take(made(tmp_path, FACTS), _recorder(_meter().put(3, 6, [80])), Ratios())
    assert _files(tmp_path / "case", case)[1]["settings"] == {"ct": 80}


def test_a_value_that_must_be_there_ends_the_capture(tmp_path: Path) -> None:
    """A refusal of what the profile promises is the meter's word that it does not fit."""
    with pytest.raises(RefusedError):
        take(made(tmp_path, "", GOOD), _recorder(Registers().put(3, 0, [1, 2, 3])), Ratios())


def test_one_lost_answer_is_asked_for_again(tmp_path: Path) -> None:
    """A line that swallows every first request still gives a whole case."""
    meter, lost = _meter(), set()

    def answer(_unit: int, *asked: int) -> tuple[int, ...]:
        if asked not in lost:
            lost.add(asked)
            raise SilentMeterError("no answer")
        function, address, count = asked
        return meter.read(function, address, count)

    case = take(made(tmp_path, ""), Recorder(ScriptedLink(answer), 1, 300), Ratios())
    assert len(case.values) == 4

"""One question to one unit, and what the line made of it.

A probe is a read that any meter answers, be it with an exception: that is an answer too. Only
reads, never to unit 0, two registers at most.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from edge_agent.commission.scan.heard import Heard
from edge_agent.commission.scan.plan import PAUSE_MS, REGISTERS
from edge_agent.config import LinkSettings
from edge_agent.errors import BadAnswerError, RefusedError, SilentMeterError
from edge_agent.link_faults import SpoiledAnswerError
from edge_agent.meter_link import MeterLink, ModbusLink

FUNCTION, ADDRESS = 3, 0
Opener = Callable[[LinkSettings], MeterLink]


def open_for_scan(settings: LinkSettings) -> MeterLink:
    """A line that does not stay silent for long after a unit that is not there.

    The long silence of polling keeps a late answer from being taken for the next one of the same
    unit. A scan asks each time another unit, and sees by the unit id when an answer is late.
    """
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)  # silence is no news in a scan
    longest_s = max(PAUSE_MS, settings.gap_ms or 0) / 1000
    return ModbusLink(settings, {}, sleep=lambda wait_s: time.sleep(min(wait_s, longest_s)))


def probe(link: MeterLink, unit_id: int, timeout_ms: int) -> Heard:
    """Ask ``unit_id`` for two registers. Raises ``LinkDownError``."""
    start_s = time.monotonic()
    try:
        link.read(unit_id, FUNCTION, ADDRESS, REGISTERS, timeout_ms)
    except RefusedError as error:
        return Heard("refusal", _latency_ms(link, start_s), error.code, error.message)
    except SilentMeterError as error:
        return Heard("silent", told=error.message)
    except SpoiledAnswerError as error:
        return Heard("garbled", told=error.message)
    except BadAnswerError as error:
        return Heard("foreign", told=error.message, todo=error.hint)
    return Heard("answer", _latency_ms(link, start_s))


def _latency_ms(link: MeterLink, start_s: float) -> float:
    """How long the unit took; a read may also hold pauses, and a question before the question."""
    since_s = time.monotonic() - start_s
    return 1000 * (link.answer_s if isinstance(link, ModbusLink) else since_s)

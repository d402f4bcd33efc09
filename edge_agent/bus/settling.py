"""What must be read of a meter before its values mean something, at first contact and once a day.

``settle`` does the reading; here is when, and what becomes of what it found. A meter that is set
otherwise than its profile needs is not read at all: a value under a wrong scale is worse than none.
"""

from __future__ import annotations

from edge_agent.bus.meter import PolledMeter
from edge_agent.errors import LinkDownError, RefusedError, SkipMeterError
from edge_agent.meter_link import MeterLink
from edge_agent.settle import Read, Settled, settle
from edge_agent.words import joined, said

AGAIN_S = 86_400.0
"""A settled meter is looked at again after so long: someone may have changed it."""
RETRY_S = 300.0
"""One that could not be settled, after so long."""
STOP_HINT = said("correct the meter's settings or choose another profile; it is tried again")


class NotSettledError(SkipMeterError):
    """The meter is set such that its values would be wrong."""


def settle_when_due(meter: PolledMeter, link: MeterLink, now_s: float) -> SkipMeterError | None:
    """Settle ``meter`` when it is time; why it may not be read now, None when it may.

    Raises ``LinkDownError`` when the line goes meanwhile, and the error of a meter that gave no
    answer at its first contact.
    """
    if meter.model.to_settle and now_s >= meter.settle_at_s:
        meter.settle_at_s = now_s + RETRY_S
        try:
            settled = settle(meter.model, _reader(meter, link))
        except LinkDownError:
            meter.settle_at_s = now_s
            raise
        except SkipMeterError:
            if meter.settled:
                return meter.stopped  # it was sound before, and what was found then still holds
            meter.settle_at_s = now_s
            raise
        _adopt(meter, settled, now_s)
    return meter.stopped


def _reader(meter: PolledMeter, link: MeterLink) -> Read:
    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        unit_id, timeout_ms = meter.settings.unit_id, meter.timeout_ms(count)
        try:
            return link.read(unit_id, function, address, count, timeout_ms)
        except RefusedError:
            raise
        except SkipMeterError:
            if meter.circuit.failures:
                raise
            return link.read(unit_id, function, address, count, timeout_ms)

    return read


def _adopt(meter: PolledMeter, settled: Settled, now_s: float) -> None:
    stops = [row.text for row in settled.complaints if row.severity == "stop"]
    for row in settled.complaints:
        if row.severity != "stop":
            meter.told.once(row.text)
    _note_serial(meter, settled.serial)
    if stops:
        meter.stopped = NotSettledError(joined("; ", stops), STOP_HINT)
        return
    meter.stopped, meter.settled, meter.settle_at_s = None, True, now_s + AGAIN_S
    meter.plan(settled.profile)


def _note_serial(meter: PolledMeter, serial: str) -> None:
    """Keep the serial number that was read; tell when it is another than before, or than set."""
    before = meter.serials[-1] if meter.serials else ""
    if not serial or serial == before:
        return
    set_as = meter.settings.serial
    if serial in meter.serials:
        text = said(
            "serial numbers {one} and {other} are both read at unit {unit}: two meters answer "
            "there (give one of them another unit id)",
            one=before,
            other=serial,
            unit=meter.settings.unit_id,
        )
        meter.told.tell(text)
    elif before:
        text = said(
            "serial number {before} is now {after} (was the meter replaced? the collector is told)",
            before=before,
            after=serial,
        )
        meter.told.tell(text)
    elif set_as and set_as != serial:
        text = said(
            "its serial number is {serial}, and {set_as} in the settings (correct one of them)",
            serial=serial,
            set_as=set_as,
        )
        meter.told.tell(text)
    meter.serials = (*(old for old in meter.serials if old != serial), serial)

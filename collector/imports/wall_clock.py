"""The times on a wall clock as instants, in a zone whose clocks may change."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (the wall's own time has no zone)
_DAY_MS = 86_400_000


class WallClock:
    """The clock of one zone. Wall time is counted in ms from 1970-01-01 00:00 on the wall."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone
        self._steady: dict[int, int | None] = {}

    def instants(self, wall_ms: int) -> tuple[int, ...]:
        """The instants (UTC ms) at which the wall showed that time, in their order.

        Two in the hour that a clock change repeats, none in the hour that it skips; the very
        beginning of a skipped hour is the instant of the change, as it labels the end of what
        came before.
        """
        offset_ms = self._steady_offset(wall_ms // _DAY_MS)
        if offset_ms is not None:
            return (wall_ms - offset_ms,)
        candidates = sorted({wall_ms - self._offset(wall_ms, fold) for fold in (0, 1)})
        found = tuple(at for at in candidates if self.wall(at) == wall_ms)
        return found or tuple(at for at in candidates if self.wall(at - 1) == wall_ms - 1)

    def wall(self, at_ms: int) -> int:
        """What the wall shows (ms) at the instant."""
        moment = datetime.fromtimestamp(at_ms / 1000, self.zone)
        return at_ms + _ms(moment.utcoffset() or timedelta())

    def _steady_offset(self, day: int) -> int | None:
        # The offset of a day without a change in it or near it: nearly all days are so.
        if day not in self._steady:
            first, last = (self._offset(day * _DAY_MS + ms, 0) for ms in (-7_200_000, 93_600_000))
            self._steady[day] = first if first == last else None
        return self._steady[day]

    def _offset(self, wall_ms: int, fold: int) -> int:
        moment = (_EPOCH + timedelta(milliseconds=wall_ms)).replace(tzinfo=self.zone, fold=fold)
        return _ms(moment.utcoffset() or timedelta())


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)

"""What the log is told of the outbox: each trouble once, and its end."""

from __future__ import annotations

import logging
from pathlib import Path

from edge_agent.contract.wire import Receipt
from edge_agent.errors import RetryLaterError
from edge_agent.outbox.memory import MEMORY_READINGS
from edge_agent.outbox.rows import REJECTED_KEPT_MS
from edge_agent.words import said

log = logging.getLogger(__name__)

REASONS = 100
"""With more reasons for a refusal than this, each may be told once more."""
SAY_AGAIN_S = 3600.0
"""Lost receipts among others that come are told at most so often."""


def refusal(path: Path, reason: str, full: bool) -> RetryLaterError:
    """The error for a disk that does not take what it is given now."""
    what = said("outbox {path} cannot be written: {reason}", path=str(path), reason=reason)
    if full:
        return RetryLaterError(
            what,
            said(
                "free space on that disk; up to {count} readings wait in memory, and it is tried "
                "again",
                count=MEMORY_READINGS,
            ),
        )
    return RetryLaterError(
        what,
        said(
            "check that disk; up to {count} readings wait in memory, and it is tried again",
            count=MEMORY_READINGS,
        ),
    )


def closed(path: Path) -> RetryLaterError:
    """The error for an outbox that has been closed already."""
    what = said("outbox {path} is closed", path=str(path))
    return RetryLaterError(what, said("start the agent again"))


class Told:
    """Which troubles of the outbox at ``path`` the log knows of."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._reasons: set[str] = set()
        self._refused = self._full = self._old = self._silence = self._ahead = False
        self._silence_s = float("-inf")

    def refused(self, trouble: RetryLaterError) -> None:
        """The disk refuses."""
        if not self._refused:
            log.error(trouble.told)
        self._refused = True

    def written(self) -> None:
        """A commit has worked."""
        if self._refused:
            self._refused = False
            log.warning(said("outbox {path} is written again", path=self._path))

    def dropped(self, count: int) -> None:
        """So many unsent readings were dropped."""
        if count and not self._full:
            self._full = True
            text = said(
                "outbox {path} is full: unsent readings are dropped, power samples first, and "
                "recorded as gaps (raise [outbox] max_mb, and see why the collector sends no "
                "receipts)",
                path=self._path,
            )
            log.error(text)

    def too_old(self, count: int) -> None:
        """So many readings have waited for too long."""
        if count and not self._old:
            self._old = True
            text = said(
                "outbox {path}: readings unsent for longer than [outbox] max_days are dropped and "
                "recorded as gaps (see why the collector sends no receipts)",
                path=self._path,
            )
            log.error(text)

    def spoilt(self, count: int) -> None:
        """So many rows cannot be read any more."""
        text = said(
            "outbox {path}: {count} readings cannot be read any more and are recorded as a gap "
            "(check that disk: it gives back what was never written)",
            path=self._path,
            count=count,
        )
        log.error(text)

    def silence(self, now_s: float, waited_s: float) -> None:
        """No receipt has come for what was sent."""
        if not self._silence and now_s - self._silence_s >= SAY_AGAIN_S:
            self._silence, self._silence_s = True, now_s
            text = said(
                "readings without a receipt for {s:.0f} s are sent again (does the collector run, "
                "and may this agent write its up and read its down topics?)",
                s=waited_s,
            )
            log.warning(text)

    def ahead(self, seq: int) -> None:
        """A receipt names a number that was not given yet."""
        if not self._ahead:
            self._ahead = True
            text = said(
                "outbox {path}: a receipt names reading {seq}, which it has not given: numbers go "
                "on after it (is the outbox an old copy, from a backup? then what it had sent "
                "since is not in it, and nothing is lost)",
                path=self._path,
                seq=seq,
            )
            log.warning(text)

    def receipt(self, receipt: Receipt) -> None:
        """A receipt has come; what it refuses is told once a reason."""
        self._silence = False
        fresh = {r.reason for r in receipt.rejected} - self._reasons
        if len(self._reasons) > REASONS:
            self._reasons.clear()
        self._reasons |= fresh
        for reason in sorted(fresh):
            text = said(
                "the collector refused readings: {reason} (they are kept for {days} days; correct "
                "the cause there or in the agent's configuration)",
                reason=reason,
                days=REJECTED_KEPT_MS // 86_400_000,
            )
            log.error(text)

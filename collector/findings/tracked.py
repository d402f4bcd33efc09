"""Findings with what people made of them: owner, status, history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from collector.findings.finding import Finding, Range, with_cost
from collector.findings.status import Change, Promise, Status


@dataclass(frozen=True, slots=True)
class Tracked:
    """A finding and its history, oldest first; ``status`` is that of the day asked for.

    ``finding`` is None where no rule finds it any more: it was done, or the load has changed.
    """

    key: str
    finding: Finding | None
    status: Status
    history: tuple[Change, ...] = ()

    @property
    def last(self) -> Change | None:
        """The newest entry; None while nobody has touched it."""
        return self.history[-1] if self.history else None

    @property
    def owner(self) -> str:
        """Who has it."""
        return self.last.owner if self.last else ""

    @property
    def reason(self) -> str:
        """What was said last."""
        return self.last.reason if self.last else ""

    @property
    def since_ms(self) -> int | None:
        """When it was last changed (UTC ms)."""
        return self.last.at_ms if self.last else None

    @property
    def changed_by(self) -> str:
        """Who changed it last."""
        return self.last.by if self.last else ""

    @property
    def until(self) -> date | None:
        """When its mute ends."""
        return self.last.until if self.last else None

    @property
    def cost_yen(self) -> float | None:
        """What the measure costs, once somebody said so."""
        return self.last.cost_yen if self.last else None

    @property
    def promise(self) -> Promise | None:
        """What it is held to, once it is done."""
        return self.last.promise if self.last else None


def tracked(found: Iterable[Finding], changes: Sequence[Change], on: date) -> tuple[Tracked, ...]:
    """Every finding with its status on a local day, those found first, in their order.

    Findings that were touched and are not found any more follow. A cost that was given is on the
    finding, with its payback.
    """
    history: dict[str, list[Change]] = {}
    for change in changes:
        history.setdefault(change.key, []).append(change)
    by_key = {finding.key: finding for finding in found}
    gone = [key for key in history if key not in by_key]
    return tuple(
        _tracked(key, by_key.get(key), tuple(history.get(key, ())), on) for key in (*by_key, *gone)
    )


def _tracked(key: str, finding: Finding | None, history: tuple[Change, ...], on: date) -> Tracked:
    last = history[-1] if history else None
    if finding is not None and last is not None and last.cost_yen is not None:
        cost = last.cost_yen
        finding = with_cost(finding, Range(cost, cost, cost))
    return Tracked(key, finding, last.status_on(on) if last else "open", history)

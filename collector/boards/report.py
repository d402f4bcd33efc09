"""What a pass did, or would do, told line by line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from collector.boards.step import DONE, Step


@dataclass(frozen=True, slots=True)
class BoardsReport:
    """What a run did: uids by outcome, and one line each, in the order of the work.

    ``left`` holds what was not touched because somebody else keeps it (changed by hand, or
    provisioned from a file); ``unhealthy`` the data sources that Grafana cannot read. ``steps``
    are the same as data; of a plan they are what would be done.
    """

    created: tuple[str, ...]
    updated: tuple[str, ...]
    unchanged: tuple[str, ...]
    left: tuple[str, ...]
    unhealthy: tuple[str, ...]
    lines: tuple[str, ...]
    removed: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    def document(self) -> dict[str, object]:
        """The report for a program: no calls, as their bodies hold secrets."""
        keys = ("created", "updated", "unchanged", "left", "removed", "unhealthy", "lines")
        steps = [
            {
                "verb": one.verb,
                "kind": one.kind,
                "uid": one.uid,
                "why": one.why,
                "calls": _told(one),
            }
            for one in self.steps
        ]
        return {**{key: list(getattr(self, key)) for key in keys}, "steps": steps}


def _told(step: Step) -> list[str]:
    """The calls without bodies; a number that is not known yet shows as what it is of."""
    parts = ([str(getattr(part, "name", part)) for part in call.path] for call in step.calls)
    return [
        f"{call.method} /{'/'.join(path)}" for call, path in zip(step.calls, parts, strict=True)
    ]


@dataclass(slots=True)
class Log:
    """A report in the making."""

    lines: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    unhealthy: list[str] = field(default_factory=list)

    def planned(self, steps: Sequence[Step]) -> None:
        """Tell steps that are not carried out."""
        self.steps += steps
        self.lines += [step.line(step.verb) for step in steps]

    def done(self, step: Step) -> None:
        """Tell a step that was carried out."""
        self.steps.append(step)
        self.lines.append(step.line(DONE[step.verb]))

    def report(self) -> BoardsReport:
        """The finished report."""
        by_verb = {
            verb: tuple(step.uid for step in self.steps if step.verb == verb and told(step))
            for verb in DONE
        }
        return BoardsReport(
            created=by_verb["create"],
            updated=by_verb["update"],
            unchanged=by_verb["keep"],
            left=by_verb["leave"],
            unhealthy=tuple(self.unhealthy),
            lines=tuple(self.lines),
            removed=by_verb["remove"],
            steps=tuple(self.steps),
        )


def told(step: Step) -> bool:
    """Whether the step's uid stands for a thing of its own, not for a right on one."""
    return step.kind not in ("team", "permission")

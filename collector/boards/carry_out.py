"""Steps carried out one by one; what was written is remembered at once.

A run that is cut off leaves a record that is right, or one step behind: the next run finds the
content it wanted and takes it over.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from collector.boards.connection import ConflictError, Grafana, MissingError
from collector.boards.record import Record
from collector.boards.step import Call, Given, Step
from collector.errors import StopError


class Carrier:
    """Carries steps into one organisation of Grafana and keeps its record."""

    def __init__(self, grafana: Grafana, record: Record) -> None:
        self._grafana = grafana
        self._record = record
        self._numbers: dict[str, int] = {}

    def carry_out(self, step: Step) -> Step:
        """Do the step; answers it, or the leaving of it where Grafana holds something newer.

        Raises ``StopError`` with the step's hint where a person must act, ``RetryLaterError``
        when Grafana is away.
        """
        answer: dict[str, Any] = {}
        if step.kind == "member" and step.verb == "create":
            self._remember(step, answer)  # first: whom we let in must be known when we are cut off
        try:
            for call in step.calls:
                answer = self._send(step, call)
        except ConflictError as error:
            if step.hint:
                raise StopError(
                    f"Grafana refuses {step.kind} {step.uid}: {error.message}", step.hint
                ) from error
            why = f"Grafana says: {error.message}; {error.hint}"
            return replace(step, verb="leave", why=why, calls=(), note=None)
        self._remember(step, answer)
        return step

    def _send(self, step: Step, call: Call) -> dict[str, Any]:
        path = "/" + "/".join(str(self._filled(part)) for part in call.path)
        try:
            answer = self._grafana.send(call.method, path, self._filled(call.body))
        except MissingError as error:
            if call.method == "DELETE":
                return {}
            if step.hint:
                what = f"Grafana does not find what {step.kind} {step.uid} needs"
                raise StopError(what, step.hint) from error
            raise
        if call.gives:
            self._numbers[call.gives] = int(answer[call.key])
        if step.kind == "organisation":
            self._grafana.enter(self._numbers[call.gives])
        return answer

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Given):
            return self._numbers[value.name]
        if isinstance(value, dict):
            return {key: self._filled(one) for key, one in value.items()}
        return [self._filled(one) for one in value] if isinstance(value, list) else value

    def _remember(self, step: Step, answer: dict[str, Any]) -> None:
        before = self._record.notes.get(step.name)
        if step.forget:
            self._record.notes.pop(step.name, None)
        elif step.note is not None:
            version = int(answer.get("version") or step.note.version) if step.kind == "board" else 0
            self._record.notes[step.name] = replace(step.note, version=version)
        if self._record.notes.get(step.name) != before:
            self._record.save()

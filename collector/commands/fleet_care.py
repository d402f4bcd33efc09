"""`collector fleet ask` and `audit`: an agent looked after from afar."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from collector import config
from collector.commands.fleet_asking import AgentArgument, ByOption, failure_of, put
from collector.commands.fleet_care_text import show_answer, show_audit
from collector.commands.terminal import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    one_line,
    out,
    print_json,
)
from collector.errors import CollectorError
from collector.state import open_state
from collector.state.care_requests import CareRequest
from edge_agent.contract.care import Answer, Argument


class QuestionName(StrEnum):
    """What an agent may be asked."""

    status = "status"
    read = "read"
    wiring = "wiring"
    log = "log"
    doctor = "doctor"


WITHIN_S = {QuestionName.doctor: 90.0}
USUAL_WITHIN_S = 30.0
OF_A_METER = (QuestionName.read, QuestionName.wiring)


def ask(
    agent: AgentArgument,
    question: Annotated[QuestionName, typer.Argument(help="What to ask.")],
    meter: Annotated[
        str, typer.Argument(metavar="METER", help="Of read and wiring: only this meter.")
    ] = "",
    lines: Annotated[
        int | None, typer.Option(min=1, max=500, help="Of log: so many of the newest lines.")
    ] = None,
    timeout_s: Annotated[
        float | None, typer.Option("--timeout", min=1, max=600, help="Seconds to wait.")
    ] = None,
    by: ByOption = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Ask a running agent: how it is, a meter's values now, its wiring, its log, its doctor.

    The question goes over the agent's own connection, through the collector that runs; nothing
    is opened at the plant, which decides what may be asked by allow in its agent.toml.
    """
    with one_line():
        arguments = _arguments(question, meter, lines)
        within_s = timeout_s or WITHIN_S.get(question, USUAL_WITHIN_S)
        request, answer = put(path, agent, question.value, arguments, by, within_s)
        done = answer is not None and answer.outcome == "done"
        if as_json:
            print_json(_document(request, answer))
        elif answer is None or not done:
            raise failure_of(request)
        else:
            show_answer(answer)
        if not done or (answer is not None and answer.body.get("ok") is False):
            raise typer.Exit(1)


def audit(
    agent: Annotated[str, typer.Option("--agent", help="Only this agent's.")] = "",
    path: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """List every request ever made to an agent: who, when, what, how it ended.

    Nothing can be deleted from this list or changed in it. The digest is that of the whole answer,
    which is kept for 90 days.
    """
    with one_line():
        state = open_state(config.load(path).collector.state_dir)
        try:
            rows = state.care_requests.list(agent)
        finally:
            state.database.close()
        if as_json:
            print_json([_row(row) for row in rows])
        elif rows:
            show_audit(rows)
        else:
            out.print("nothing was ever asked: collector fleet ask AGENT status", markup=False)


def _arguments(question: QuestionName, meter: str, lines: int | None) -> dict[str, Argument]:
    if meter and question not in OF_A_METER:
        raise CollectorError(f"{question.value} is not asked of a meter", "leave the meter out")
    if lines is not None and question is not QuestionName.log:
        raise CollectorError(f"{question.value} has no lines", "--lines goes with log")
    found: dict[str, Argument] = {}
    if meter:
        found["meter"] = meter
    if lines is not None:
        found["lines"] = lines
    return found


def _document(request: CareRequest, answer: Answer | None) -> dict[str, Any]:
    body = {} if answer is None else dict(answer.body)
    return {**_row(request), "cut": answer is not None and answer.cut, "body": body}


def _row(request: CareRequest) -> dict[str, Any]:
    ending = request.ending
    return {
        "id": request.id,
        "agent": request.agent,
        "kind": request.kind,
        "arguments": dict(request.arguments),
        "by": request.by_name,
        "account": request.os_user,
        "note": request.note,
        "asked_ms": request.at_ms,
        "sent_ms": request.sent_ms,
        "ended_ms": request.ended_ms,
        "outcome": ending.outcome,
        "message": ending.message,
        "hint": ending.hint,
        "took_ms": ending.took_ms,
        "digest": ending.digest,
    }

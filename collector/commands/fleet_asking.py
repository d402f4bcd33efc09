"""What the verbs of remote care share: who asks, and a question put and waited for."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from collector import config
from collector.care.asking import answer_to, asked, require_there
from collector.clock import SystemClock
from collector.errors import CollectorError, RetryLaterError
from collector.state import open_state
from collector.state.care_requests import CareRequest
from edge_agent.contract.care import Answer, Argument

AgentArgument = Annotated[str, typer.Argument(metavar="AGENT", help="The agent's id.")]
ByOption = Annotated[
    str, typer.Option("--by", help="Who asks, for the record; else the account of this machine.")
]


def who(by: str) -> tuple[str, str]:
    """The name for the record, and the account that runs this command."""
    try:
        account = getpass.getuser()
    except (OSError, KeyError):  # an account without a name, in a container
        account = "unknown"
    return by.strip()[:200] or account, account


def put(
    path: Path, agent: str, kind: str, arguments: dict[str, Argument], by: str, within_s: float
) -> tuple[CareRequest, Answer | None]:
    """Ask an agent, and wait. Raises ``CollectorError`` when it is not there to be asked."""
    state, clock = open_state(config.load(path).collector.state_dir), SystemClock()
    try:
        require_there(state, agent, clock.now_ms())
        request = asked(agent, kind, arguments, who(by), clock, within_s)
        return answer_to(state, request)
    finally:
        state.database.close()


def failure_of(request: CareRequest) -> CollectorError:
    """What to raise for a request that did not end well."""
    ending = request.ending
    if ending.outcome == "no answer":
        hint = "its agent may be older than remote care, or its network down: try again"
        return RetryLaterError(f"agent {request.agent}: {ending.message}", hint)
    what = f"agent {request.agent} {_VERBS.get(ending.outcome, ending.outcome)}: {ending.message}"
    return CollectorError(what, ending.hint)


_VERBS = {"refused": "refuses", "failed": "could not do it"}

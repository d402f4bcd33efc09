"""The part of `edge-agent init` that asks for the broker, and really goes there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from edge_agent.commands.asking import Asker
from edge_agent.first_settings import typed
from edge_agent.first_settings.answers import BrokerAnswers
from edge_agent.first_settings.broker_try import try_broker
from edge_agent.first_settings.document import PASSWORD_FILE
from edge_agent.words import said

DEFAULT = "mqtt://127.0.0.1:1883"


@dataclass(frozen=True, slots=True)
class BrokerWishes:
    """What was answered by options; None is to be asked for. ``offline``: do not go there."""

    broker: str | None = None
    user: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    offline: bool = False


def broker_asked(asker: Asker, wishes: BrokerWishes, folder: Path, agent_id: str) -> BrokerAnswers:
    """The broker, tried. Until it lets the agent in, or the person keeps it all the same.

    ``folder`` is that of the settings. Raises ``StopError`` for options that are wrong.
    """
    while True:
        answers = _asked(asker, wishes, folder)
        if wishes.offline or _tried(asker, answers, agent_id):
            return answers
        if asker.agree(said("Keep it? Readings are kept until the broker is there"), True):
            return answers
        wishes = BrokerWishes()


def _asked(asker: Asker, wishes: BrokerWishes, folder: Path) -> BrokerAnswers:
    question = said("Address of the MQTT broker")
    url = asker.ask(question, DEFAULT, typed.broker_url, wishes.broker)
    answers = BrokerAnswers(url)
    if url.startswith("mqtts:"):
        given = None if wishes.ca_file is None else str(wishes.ca_file)
        question = said("File with the certificate of its own CA (empty: a public one)")
        answers = replace(answers, ca_file=asker.ask(question, "", typed.file, given))
    user = asker.ask(said("User name at the broker (empty: none)"), "", str, wishes.user)
    return _with_password(asker, replace(answers, username=user), wishes, folder)


def _with_password(
    asker: Asker, answers: BrokerAnswers, wishes: BrokerWishes, folder: Path
) -> BrokerAnswers:
    if not answers.username:
        return answers
    kept = folder / PASSWORD_FILE
    file = wishes.password_file or (kept if kept.is_file() else None)
    if file is not None:
        return replace(answers, password_file=typed.file(str(file)))
    return replace(answers, password=asker.secret(said("Password (is not shown; empty: none)")))


def _tried(asker: Asker, answers: BrokerAnswers, agent_id: str) -> bool:
    tried = try_broker(answers, agent_id)
    if tried.well:
        asker.say(tried.text)
        return True
    asker.complain(tried.text, tried.hint)
    asker.complain(tried.detail)
    return False

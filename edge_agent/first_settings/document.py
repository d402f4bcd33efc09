"""The answers as the text of a settings file, with a remark beside what is not plain. PURE."""

from __future__ import annotations

import json
from collections.abc import Iterator

from edge_agent.config import NETWORK_KEYS, SERIAL_KEYS, LinkSettings
from edge_agent.first_settings.answers import Answers, BrokerAnswers
from edge_agent.settings_file.tables import Row, table_text
from edge_agent.words import Language, in_language, said

PASSWORD_FILE, PIN_FILE = "mqtt.password", "page.pin"
"""Secrets lie in files of their own, beside the settings."""
PAGE_LISTEN = "0.0.0.0:9873"


def text_of(answers: Answers) -> str:
    """A whole settings file; remarks are in the language of the answers."""
    parts = [_head(answers), _broker(answers.broker), _poll(answers.language)]
    if answers.page:
        parts.append(_page(answers.language))
    parts += [table_text("links", _link_row(link)) for link in answers.links]
    for meter in answers.meters:
        parts.append(table_text("meters", meter.model_dump(exclude_defaults=True)))
    return "\n".join(parts)


def _head(answers: Answers) -> str:
    first = said(
        "The settings of an edge agent. After a change: edge-agent check, then start it anew."
    )
    rows = [_remark(first, answers.language), "", "[agent]", _row("id", answers.agent_id)]
    rows += [_row("site", answers.site), _row("state_dir", answers.state_dir)]
    rows += [_remark(said("messages and pages: en or ja"), answers.language)]
    return _block([*rows, _row("language", answers.language)])


def _broker(broker: BrokerAnswers) -> str:
    return _block(["[mqtt]", _row("url", broker.url), *_secrets(broker)])


def _secrets(broker: BrokerAnswers) -> Iterator[str]:
    if broker.username:
        yield _row("username", broker.username)
    if broker.password_file or broker.password:
        yield _row("password_file", str(broker.password_file or PASSWORD_FILE))
    if broker.ca_file:
        yield _row("ca_file", str(broker.ca_file))


def _poll(language: Language) -> str:
    remark = said("seconds from reading to reading")
    return _block(["[poll]", _remark(remark, language), "every_s = 10"])


def _page(language: Language) -> str:
    remark = said('the commissioning page; listen = "" when all meters are set up')
    listen = [_remark(remark, language), _row("listen", PAGE_LISTEN)]
    return _block(["[page]", *listen, _row("pin_file", PIN_FILE)])


def _link_row(link: LinkSettings) -> Row:
    keys = ("id", "kind", *(SERIAL_KEYS if link.device else NETWORK_KEYS))
    rest = link.model_dump(exclude_defaults=True, exclude=set(keys))
    return {**{key: getattr(link, key) for key in keys}, **rest}


def _row(key: str, value: str) -> str:
    # A basic string of TOML is written as one of JSON, but for DEL, which no answer holds.
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def _remark(text: str, language: Language) -> str:
    return f"# {in_language(text, language)}"


def _block(rows: list[str]) -> str:
    return "\n".join(rows) + "\n"
